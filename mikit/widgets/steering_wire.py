"""What SteeringPanel sends to the browser: texts being written, how a direction was found, every dose, a rating."""

from __future__ import annotations

import html
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mikit.models.model import Model
from mikit.studies.base import Grid, Result
from mikit.studies.prompts import RepeatPrompt
from mikit.studies.rate_blind import RateBlind
from mikit.studies.steer_dose import NEUTRAL, SteerDose, bounds, out_of_range, text_name
from mikit.studies.steer_text import RANDOM, STREAMS, SteerText
from mikit.studies.steering import Steering
from mikit.widgets import still
from mikit.widgets.features_wire import number
from mikit.widgets.wire import decode, encode

COSTS = {"kl": "kl", "surprise": "surprise", "repetition": "repetition", "ratio": "norm ratio"}
"""Costs as the browser calls them, and as the study does."""

LIMIT = 4.0
"""Change of a token's log-probability at the end of the colour scale, in nats."""

SENT = {**{name: name for name in STREAMS}, "random": RANDOM}
"""Texts as the browser calls them, and as the study does."""


def about_steering(steering: Steering) -> dict[str, Any]:
    """What is steered, as the traits say it: numbers stand on screen only beside what they are about."""
    return {
        "direction": steering.direction.name,
        "how": steering.how,
        "layer": min(steering.layers),
        "last": max(steering.layers),
        "since": steering.since,
    }


def stream_wire(result: Result, model: Model) -> dict[str, Any]:
    """The texts so far, each token with how much likelier steering made it."""
    study = result.study
    assert isinstance(study, SteerText)
    special = study.prompt.tokens(model).special
    return {
        **about_steering(study.steering),
        "dose": study.dose,
        "prompt": [
            {"text": text, "special": bool(mark)} for text, mark in zip(result.texts["prompt"], special, strict=True)
        ],
        "samples": [
            {name: _line(result, sample, stream) for name, stream in SENT.items()} for sample in range(study.samples)
        ],
        "done": result.done == 1,
    }


def _line(result: Result, sample: int, stream: str) -> dict[str, Any]:
    """One text. It has ended where others went on, or could have."""
    tokens = result.texts[f"{stream} {sample}"]
    change = change_of(result, stream).values.numpy()[sample]
    row = change_of(result, stream).axes["stream"].index(stream)
    return {
        "tokens": list(tokens),
        "change": encode(change[row, : len(tokens)]),
        "ended": len(tokens) < change.shape[1],
    }


def change_of(result: Result, stream: str) -> Grid:
    """The grid that holds a stream: the study's, or its control's."""
    return (result if stream in STREAMS else result.controls[0]).grids["change"]


def found_wire(result: Result) -> dict[str, Any]:
    """How a direction lies at every layer, with and without position 0, and how well it tells new pairs apart."""
    own, shuffled = result.grids, result.controls[0].grids
    told = own["told apart"]
    return {
        "length": encode(own["length"].values),
        "sink": encode(own["sink"].values),
        "told": encode(np.stack(with_interval(told), 1)),
        "told_shuffled": encode(shuffled["told apart"].values),
    }


def with_interval(grid: Grid) -> list[NDArray[np.float32]]:
    """Value, low and high; NaN where there is no interval."""
    values = grid.values.numpy()
    return [values] + [np.full_like(values, np.nan) if end is None else end.numpy() for end in (grid.low, grid.high)]


def measured_wire(result: Result) -> dict[str, Any]:
    """What every dose does and costs, beside the controls, and the first text at each; NaN where not yet measured."""
    study = result.study
    assert isinstance(study, SteerDose)
    return {
        **about_steering(study.steering),
        "doses": encode(np.array(study.doses)),
        "effect": _curve(result.grids["score"]),
        "costs": _costs(result.grids),
        "controls": [
            {"name": one.name, "why": one.why, "effect": _curve(one.grids["score"]), **_costs(one.grids)}
            for one in result.controls
        ],
        "score": study.score.model_dump(mode="json"),
        "unit": result.grids["score"].unit,
        "bad": out_of_range(result),
        "bounds": bounds(result),
        "texts": [_first_text(result, at) for at in range(len(study.doses))],
        "prompts": list(result.texts["prompts"]),
        "of": _averaged(result),
    }


def _averaged(result: Result) -> str:
    """What the curves are means of."""
    study = result.study
    assert isinstance(study, SteerDose)
    prompts, neutral = len(study.prompts), len(result.grids[NEUTRAL].axes["text"])
    after = f"{prompts} prompts" if prompts > 1 else "this prompt"
    return f"{study.samples * prompts} texts after {after} (KL: {neutral} neutral texts)"


def _first_text(result: Result, at: int) -> dict[str, Any]:
    """What was written first at a dose."""
    study = result.study
    assert isinstance(study, SteerDose)
    tokens = result.texts.get(text_name(study.doses[at], 0), ())
    return {
        "tokens": list(tokens),
        "change": encode(result.grids["change"].values.numpy()[at, 0, 0, : len(tokens)]),
        "ended": len(tokens) < study.length,
    }


def _costs(grids: dict[str, Grid]) -> dict[str, Any]:
    return {name: _curve(grids[measure]) for name, measure in COSTS.items()}


def _curve(grid: Grid) -> dict[str, Any]:
    return {name: encode(values) for name, values in zip(("value", "low", "high"), with_interval(grid), strict=True)}


def rating_wire(result: Result) -> dict[str, Any]:
    """Pairs to be judged; of which and where a text was changed nothing goes out before they are."""
    study = result.study
    assert isinstance(study, RateBlind)
    shown = [study.prompts[int(number)] for number in result.texts["prompts"]]
    items = [
        {
            "prompt": "" if isinstance(prompt, RepeatPrompt) else prompt.text,
            "a": list(result.texts[f"A {n}"]),
            "b": list(result.texts[f"B {n}"]),
        }
        for n, prompt in enumerate(shown)
    ]
    return {"items": items, "question": study.question, "outcome": _outcome(result) if study.answers else None}


def _outcome(result: Result) -> dict[str, Any]:
    """How often the changed text was picked, with how many pairs that is of; beside pairs with a random arrow."""
    truth = zip(result.texts["changed"], result.texts["kind"], strict=True)
    return {
        "picked": _share(result.grids),
        "random": _share(result.controls[0].grids),
        "truth": [{"changed": changed, "kind": kind} for changed, kind in truth],
    }


def _share(grids: dict[str, Grid]) -> list[float | None]:
    ends = [number(float(values[0])) for values in with_interval(grids["picked"])]
    return [*ends, float(grids["answered"].values.numpy()[0])]


def picture(stream: dict[str, Any], measured: dict[str, Any] | None, shown: int) -> str:
    """The texts of one sample, each token on its tint, and what was measured at the dose nearest to theirs."""
    sample = stream["samples"][min(shown, len(stream["samples"]) - 1)]
    layers = f"L{stream['layer']}" + (f" to L{stream['last']}" if stream["last"] > stream["layer"] else "")
    steered = f"{stream['direction']}: {stream['how']}, strength {stream['dose']:+.2f}, after {layers}"
    titles = {"unsteered": "unsteered", "steered": steered, "random": "a random arrow of equal length"}
    parts = [_line_of("".join(token["text"] for token in stream["prompt"]))]
    for name, title in titles.items():
        change = decode(sample[name]["change"])
        parts += [_line_of(f"{title}:"), still.words(sample[name]["tokens"], change, "diverging", LIMIT)]
    parts.append(_line_of(f"Tint: change of a token's log-probability, {still.ends('diverging', LIMIT)} nats."))
    if measured is not None:
        parts += map(_line_of, _in_words(measured, stream["dose"]))
    return "".join(parts)


def _line_of(text: str) -> str:
    return f"<p>{html.escape(text)}</p>"


def _in_words(measured: dict[str, Any], dose: float) -> list[str]:
    """The effect and the costs at the measured dose that is nearest, then each control's."""
    doses = decode(measured["doses"])
    at = int(np.abs(doses - dose).argmin())
    own = {"name": f"measured at {doses[at]:+.2f}", "effect": measured["effect"], **measured["costs"]}
    units = {"effect": measured["unit"], "kl": "nats KL", "surprise": "nats surprise", "repetition": "repeated"}
    return [
        f"{one['name']}: " + ", ".join(f"{decode(one[name]['value'])[at]:.2f} {unit}" for name, unit in units.items())
        for one in (own, *measured["controls"])
    ]

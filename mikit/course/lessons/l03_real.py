"""Lesson 03, second part: patches in a real model, by hand, by dose, by a straight line, and over many prompts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from mikit.course.lessons.verdicts import as_head, no, yes
from mikit.course.plan import Context, Exercise, Verdict, Wrong
from mikit.errors import UnknownSite
from mikit.methods.metrics import logit_difference
from mikit.methods.patching import Source
from mikit.models.model import Model
from mikit.studies.attribution import Attribution
from mikit.studies.base import Result, Study, run_study, stream
from mikit.studies.dose import Dose
from mikit.studies.mute_heads import Head
from mikit.studies.names import name_pair, name_pairs
from mikit.studies.pairs import PromptPair, position_of
from mikit.studies.patch_sweep import PatchSweep
from mikit.trace.arrays import Array
from mikit.trace.edits import Patch
from mikit.trace.engine import capture, run
from mikit.trace.sites import Site

Numbers = np.ndarray[Any, Any]
Cell = tuple[int, int | str]

COUPLES = (
    ("Anna", "Peter"), ("Sarah", "David"), ("Emma", "James"), ("Kate", "Tom"), ("Jane", "Paul"), ("Alice", "John"),
    ("Peter", "Mary"), ("David", "Emma"), ("James", "Anna"), ("Tom", "Sarah"),
)  # fmt: skip
"""Names of which the house model puts the right one ahead by a logit or more in both prompts of the first wording."""

SWITCH: Cell = (5, "S2")
HEADS: tuple[tuple[int, int], ...] = tuple((layer, head) for layer in (1, 20, 23) for head in range(9))
"""The heads whose switching off is compared."""
STRONGEST = 10
LATE = tuple(range(20, 26))
"""Layers in which the name moves from S2 to the end."""

_RESULTS: dict[str, Result] = {}


def measured(study: Study, model: Model) -> Result:
    """A study's result; run once, and kept while the kernel is."""
    key = study.model_dump_json()
    if key not in _RESULTS:
        _RESULTS[key] = run_study(study, model)
    return _RESULTS[key]


def mary(model: Model) -> PromptPair:
    """The pair of the lesson: John gave a drink to Mary; in the changed prompt Mary gave it to John."""
    return name_pair(model, "Mary", "John")


def my_pair(context: Context) -> PromptPair:
    """A pair with names of the learner's own."""
    io, s = COUPLES[int(context.draw("names").integers(len(COUPLES)))]
    return name_pair(context.model(), io, s)


def my_pairs(context: Context) -> tuple[PromptPair, ...]:
    """64 pairs over four wordings; eight where time is short."""
    return name_pairs(context.model(), 64 if context.pace == "full" else 8)


# -- E3: a patch by hand ----------------------------------------------------------------------------------------------


def our_patched(model: Model, pair: PromptPair, layer: int, position: int) -> float:
    """Logit difference of the changed prompt with one ``resid_post`` from the original prompt."""
    return _patched(model, pair, layer, position)


def _patched(
    model: Model, pair: PromptPair, layer: int, position: int, *, site: Any = "resid_post", into: str = "corrupt"
) -> float:
    read = pair.read(model)
    base, other = (read.corrupt, read.clean) if into == "corrupt" else (read.clean, read.corrupt)
    place = Site(name=site, layer=layer, position=position)
    value = capture(model, other, [place])[place][0]
    logits = run(model, base, [[Patch(site=place, source=Array.of(value))]])
    return float(logit_difference(logits, read.answer, read.foil)[0])


@lru_cache(maxsize=16)
def _ends(model: Model, clean: str, corrupt: str, answer: str, foil: str) -> tuple[float, float]:
    read = PromptPair(clean=clean, corrupt=corrupt, answer=answer, foil=foil).read(model)
    both = [run(model, tokens, [[]]) for tokens in (read.clean, read.corrupt)]
    clean_, corrupt_ = (float(logit_difference(x, read.answer, read.foil)[0]) for x in both)
    return clean_, corrupt_


def ends(model: Model, pair: PromptPair) -> tuple[float, float]:
    """Logit difference of the original and of the changed prompt."""
    return _ends(model, pair.clean, pair.corrupt, pair.answer, pair.foil)


def check_patched(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: patched, not patched(...).")
    model, pair = context.model(), my_pair(context)
    clean, corrupt = ends(model, pair)
    last, end, s2 = model.spec.layers - 1, len(pair.read(model).clean.strings) - 1, pair.positions["S2"]

    def near(value: float, other: float) -> bool:
        return abs(value - other) < 0.02

    whole, beside = float(answer(model, pair, last, end)), float(answer(model, pair, last, s2))
    wrong = _wrong_whole(whole, beside, clean, corrupt)
    if wrong is not None:
        return wrong
    early = float(answer(model, pair, 5, s2))
    if not near(early, our_patched(model, pair, 5, s2)):
        return no(
            "layer and position are the ones asked for",
            f"At the end it is right. At layer 5, position {s2}, yours gives {early:+.2f}. Does it use both numbers?",
        )
    return yes(
        "the last layer's end is everything",
        f"Patched there, the changed prompt gives {whole:+.2f}: the original's own number, for any two prompts of"
        " any model. Such a cell tells nothing about how the model works. It is a good test of a patch.",
    )


def _wrong_whole(whole: float, beside: float, clean: float, corrupt: float) -> Verdict | None:
    """What is wrong with a patch, from the last layer's end and from another position of it; None if both are right."""

    def near(value: float, other: float) -> bool:
        return abs(value - other) < 0.02

    name = f"the last layer's end gives the original's {clean:+.2f}"
    if near(whole, clean) and near(beside, corrupt):
        return None
    if near(whole, clean) and near(beside, clean):
        return no(
            "one position at a time",
            "At another position of the last layer nothing can reach the end any more, yet yours restores everything.",
        )
    if near(whole, corrupt) and near(beside, corrupt):
        return no(
            name, "Yours changes nothing, even there. Both runs seem to read the same prompt, or no edit is made."
        )
    if near(whole, corrupt) and near(beside, clean):
        return no(name, "You put the changed value into the original run. That breaks it; here we restore it.")
    if near(whole, clean - corrupt):
        return no("the value, not its change", "Return the logit difference itself; the change is taken later.")
    if near(whole, -clean):
        return no("answer first", "The sign is turned round: the answer's logit less the foil's.")
    return no(
        name,
        f"Yours gives {whole:+.2f}. The last layer still adds something: take resid_post, the stream that leaves it.",
    )


E3 = Exercise(
    id="E3",
    title="A patch by hand, with capture and run",
    minutes=7,
    hints=(
        "Capture in one prompt, run the other with an edit, compare two logits.",
        "site = mikit.Site(name='resid_post', layer=layer, position=position); capture(model, read.clean, [site])[site]"
        " has a batch of one: take [0].",
        "logits = run(model, read.corrupt, [[Patch(site=site, source=Array.of(value))]])[0]; then"
        " logits[read.answer] - logits[read.foil].",
    ),
    check=check_patched,
    ours=lambda _: our_patched,
    wrong=(
        Wrong(lambda _: lambda m, p, x, t: _patched(m, p, x, t, into="clean"), "That breaks it"),
        Wrong(lambda _: lambda m, p, x, t: ends(m, p)[1], "changes nothing, even there"),
        Wrong(lambda _: lambda m, p, x, t: our_patched(m, p, x, t) - ends(m, p)[1], "the change is taken later"),
        Wrong(lambda _: lambda m, p, x, t: -our_patched(m, p, x, t), "The sign is turned round"),
        Wrong(lambda _: lambda m, p, x, t: _patched(m, p, x, t, site="resid_pre"), "The last layer still adds"),
        Wrong(lambda _: lambda m, p, x, t: ends(m, p)[0], "yet yours restores everything"),
        Wrong(lambda _: lambda m, p, x, t: our_patched(m, p, x if x > 20 else 21, t), "Does it use both numbers"),
    ),
)

# -- E4: switch, dimmer, dead knob ------------------------------------------------------------------------------------

KNOBS = ("switch", "dimmer", "dead")
WINDOW = 4
STEEP, EVEN, LARGE, NOTHING = 0.5, 0.33, 3.0, 0.1


def curve(model: Model, layer: int, position: int | str) -> Numbers:
    """Logit difference [dose] of the changed prompt while one resid_pre moves to the original's value."""
    key = f"curve {model.ref.sha256} {layer} {position_of(mary(model).read(model), position)}"
    if key not in _RESULTS:
        study = Dose(model=model.ref, pair=mary(model), layer=layer, position=position)
        _RESULTS[key] = next(stream(study, model))  # the first result holds the site itself, without the random ones
    return _RESULTS[key].grids["metric"].values.numpy()


def steepest(values: Numbers) -> float:
    """The largest share of a curve's range that falls on a quarter of the doses; 0.25 for a straight line."""
    return float(np.abs(values[WINDOW:] - values[:-WINDOW]).max() / np.ptp(values))


def differ(model: Model, layer: int, position: int) -> bool:
    """Whether the two runs differ at all at this resid_pre of the lesson's pair."""
    read, site = mary(model).read(model), Site(name="resid_pre", layer=layer, position=position)
    values = [capture(model, tokens, [site])[site] for tokens in (read.clean, read.corrupt)]
    return bool((values[0] - values[1]).abs().max() > 1e-4)


def check_knobs(answer: Any, context: Context) -> Verdict:
    model = context.model()
    if not isinstance(answer, dict) or set(answer) != set(KNOBS):
        return no("three cells", 'Give {"switch": (layer, position), "dimmer": ..., "dead": ...}.')
    read = mary(model).read(model)
    cells: dict[str, tuple[int, int]] = {}
    for name, cell in answer.items():
        try:
            layer, position = cell
            cells[name] = int(layer), position_of(read, position)
        except (TypeError, ValueError, UnknownSite):
            return no("each is (layer, position)", f"The {name} is {cell!r}: a layer, then a position, as (5, 9).")
        if not 0 <= cells[name][0] < model.spec.layers:
            return no(
                "each is (layer, position)",
                f"There is no layer {layer}: they are 0 to {model.spec.layers - 1}. Layer first, then position.",
            )
    for name in KNOBS:
        found = _knob(name, model, *cells[name])
        if found is not None:
            return found
    half = curve(model, *cells["switch"])[8], curve(model, *cells["dimmer"])[8]
    return yes(
        "a switch, a dimmer and a dead knob",
        f"Half way, the switch gives {half[0]:+.1f} and the dimmer {half[1]:+.1f}. What half of a value does depends on"
        " what reads it.",
    )


def _knob(name: str, model: Model, layer: int, position: int) -> Verdict | None:
    """What speaks against this cell; None if nothing does."""
    values = curve(model, layer, position)
    moved = float(np.ptp(values))
    at = f"layer {layer}, position {position}"
    if name == "dead":
        if not differ(model, layer, position):
            return no("a dead knob can be turned", f"At {at} both runs hold the same value: there is nothing to turn.")
        if moved > NOTHING:
            return no("a dead knob moves nothing", f"At {at} the logit difference moves by {moved:.2f} on the way.")
        return None
    if moved < LARGE:
        return no(f"a {name} moves the answer", f"At {at} the whole way moves it by {moved:.2f} logits only.")
    share = steepest(values)
    said = f"At {at} the steepest quarter of the way does {share:.0%} of the change"
    if name == "switch" and share < STEEP:
        return no(
            "a switch flips within a short part of the way", f"{said}; a straight line does 25 %. Look further down."
        )
    if name == "dimmer" and share > EVEN:
        return no("a dimmer turns evenly", f"{said}. That is nearer to a switch: look further up.")
    return None


OUR_KNOBS: dict[str, Cell] = {"switch": SWITCH, "dimmer": (27, "end"), "dead": (10, 10)}

E4 = Exercise(
    id="E4",
    title="Find a switch, a dimmer and a dead knob",
    minutes=7,
    hints=(
        "Two columns of the map are strong: the second name, and the end. Try low and high layers of both.",
        "Between the value and the answer, many layers can sharpen it, or none. A dead knob stands where nobody looks.",
        "Switch: (5, 9). Dimmer: (27, 13). Dead: a position after the second name, such as (10, 10).",
    ),
    check=check_knobs,
    ours=lambda _: dict(OUR_KNOBS),
    wrong=(
        Wrong(lambda _: OUR_KNOBS | {"switch": (27, "end"), "dimmer": SWITCH}, "a straight line does 25 %"),
        Wrong(lambda _: OUR_KNOBS | {"dimmer": (15, "S2")}, "nearer to a switch"),
        Wrong(lambda _: OUR_KNOBS | {"dead": (10, 3)}, "there is nothing to turn"),
        Wrong(lambda _: OUR_KNOBS | {"dead": (24, "S2")}, "on the way"),
        Wrong(lambda _: OUR_KNOBS | {"switch": (10, 10)}, "logits only"),
        Wrong(lambda _: OUR_KNOBS | {"switch": (9, 25)}, "a layer, then a position"),
    ),
)

# -- E5: where the straight line fails --------------------------------------------------------------------------------


def maps(model: Model) -> tuple[Numbers, Numbers]:
    """Exact and approximate changes of the logit difference [layer, position], for the lesson's pair."""
    studies = (PatchSweep(model=model.ref, pairs=(mary(model),)), Attribution(model=model.ref, pairs=(mary(model),)))
    exact, approximate = (measured(study, model).grids["resid_pre"].values.numpy() for study in studies)
    return exact, approximate


def check_worst(answer: Any, context: Context) -> Verdict:
    exact, approximate = maps(context.model())
    cell = as_head(answer, *exact.shape)
    if cell is None:
        return no(
            "one cell",
            "Give (layer, position), both counted from 0. A flat index i is"
            f" (i // {exact.shape[1]}, i % {exact.shape[1]}).",
        )
    gap = np.abs(exact - approximate)
    at = f"There the exact change is {exact[cell]:+.2f} and the straight line's {approximate[cell]:+.2f}"
    if gap[cell] > gap.max() - 1:
        return yes(
            "the straight line falls short",
            f"{at}. All of the large misses are at the second name, where the curve is a switch: flat at first, then"
            " steep.",
        )
    if gap[cell] < 0.02:
        return no("where they are furthest apart", f"{at}: no gap at all. Is it (layer, position), in this order?")
    if gap[cell] < 1.5 and abs(exact[cell]) > 3:
        return no("where they are furthest apart", f"{at}. Both are large, and they agree. Subtract first.")
    if abs(exact[cell]) < 0.3:
        return no(
            "where they are furthest apart",
            f"{at}. A ratio of two small numbers can be anything. Take the difference, in logits.",
        )
    return no("where they are furthest apart", f"{at}. The largest gap, up or down, is {gap.max():.1f} logits.")


def _at(index: Any, shape: tuple[int, ...]) -> tuple[int, int]:
    layer, position = np.unravel_index(int(index), shape)
    return int(layer), int(position)


def our_worst(context: Context) -> tuple[int, int]:
    exact, approximate = maps(context.model())
    return _at(np.abs(exact - approximate).argmax(), exact.shape)


def _largest_ratio(context: Context) -> tuple[int, int]:
    exact, approximate = maps(context.model())
    ratio = np.where((np.abs(exact) > 1e-3) & (np.abs(exact) < 0.3), np.abs(approximate / (exact + 1e-12)), 0)
    far = np.where(np.abs(exact - approximate) > 0.02, ratio, 0)
    return _at(far.argmax(), exact.shape)


def _largest_exact_end(context: Context) -> tuple[int, int]:
    exact, _ = maps(context.model())
    return _at(np.where(np.arange(exact.shape[1]) == exact.shape[1] - 1, exact, 0).argmax(), exact.shape)


def _largest_upwards(context: Context) -> tuple[int, int]:
    exact, approximate = maps(context.model())
    layers = np.arange(len(exact))[:, None] == 24
    return _at(np.where(layers, approximate - exact, -9).argmax(), exact.shape)


E5 = Exercise(
    id="E5",
    title="Where the straight line fails most",
    minutes=5,
    hints=(
        "You have two maps of the same shape. What do you do with them, cell by cell?",
        "The size of the difference: np.abs(exact - approximate). Then the place of its largest number.",
        "np.unravel_index(np.abs(exact - approximate).argmax(), exact.shape)",
    ),
    check=check_worst,
    ours=our_worst,
    wrong=(
        Wrong(lambda c: (our_worst(c)[1], our_worst(c)[0]), "in this order"),
        Wrong(_largest_exact_end, "Both are large, and they agree"),
        Wrong(_largest_upwards, "Both are large, and they agree"),
        Wrong(_largest_ratio, "A ratio of two small numbers"),
        Wrong(lambda c: int(np.abs(np.subtract(*maps(c.model()))).argmax()), "A flat index"),
    ),
)

# -- E6: the ten strongest of 64 pairs --------------------------------------------------------------------------------


def attributed(context: Context) -> tuple[Numbers, tuple[str, ...]]:
    """The straight line's mean change over the learner's pairs [layer, name], and the names."""
    model = context.model()
    grid = measured(Attribution(model=model.ref, pairs=my_pairs(context)), model).grids["resid_pre"]
    return grid.values.numpy(), grid.axes["position"]


def strongest(context: Context, sign: float = 0.0, count: int = STRONGEST) -> list[Cell]:
    """The cells with the largest changes; with a sign, the most positive or the most negative ones."""
    values, names = attributed(context)
    order = np.argsort(-(np.abs(values) if sign == 0 else sign * values), axis=None)[:count]
    return [(int(i) // len(names), names[int(i) % len(names)]) for i in order]


def check_ten(answer: Any, context: Context) -> Verdict:
    values, names = attributed(context)
    if not isinstance(answer, (list, tuple)) or len(answer) != STRONGEST:
        return no("ten cells", "Give a list of ten cells, each (layer, name), as (24, 'end').")
    cells: set[tuple[int, str]] = set()
    for cell in answer:
        if not isinstance(cell, (tuple, list)) or len(cell) != 2 or not 0 <= as_layer(cell[0]) < len(values):
            return no("each is (layer, name)", f"{cell!r} is not: a layer's number first, then the position's name.")
        if cell[1] == "random":
            return no("the control stays out", "'random' is the control. Keep the rows whose 'from' is 'effect'.")
        if cell[1] not in names:
            return no(
                "positions by name",
                f"{cell[1]!r} is no name. The four wordings have four lengths: only {', '.join(names)} mean the same in"
                " all.",
            )
        cells.add((as_layer(cell[0]), str(cell[1])))
    found = {cell: abs(float(values[cell[0], names.index(cell[1])])) for cell in cells}
    least = sorted(np.abs(values).ravel())[-STRONGEST]
    weak = [cell for cell, size in found.items() if size < 0.95 * least]
    if len(cells) < STRONGEST:
        return no("ten different cells", f"There are {len(cells)} different ones.")
    if weak:
        layer, name = weak[0]
        return no(
            "the ten largest, up or down",
            f"At layer {layer}, {name}, the change is {found[weak[0]]:.2f}; the tenth largest is {least:.2f}. Sort by"
            " size, largest first.",
        )
    at_end = sum(name == "end" for _, name in cells)
    return yes(
        f"{at_end} of the ten are at the end",
        "The straight line says so. The next cell computes these ten exactly.",
    )


def as_layer(value: Any) -> int:
    """A layer given as a number or as its label; -1 for anything else."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return -1


E6 = Exercise(
    id="E6",
    title="From one pair to 64: which ten cells to compute exactly",
    minutes=5,
    hints=(
        "The table has a row for each layer and name. You want the ten rows whose value is largest, up or down.",
        "table[table['from'] == 'effect'] leaves the control out. Sort by the size of the value.",
        "rows = effect.loc[effect['value'].abs().nlargest(10).index]; then [(int(r.layer), r.position) for r in"
        " rows.itertuples()]",
    ),
    check=check_ten,
    ours=strongest,
    wrong=(
        Wrong(lambda c: strongest(c, sign=-1), "Sort by size"),
        Wrong(lambda c: [(x, 13) for x, _ in strongest(c)], "is no name"),
        Wrong(lambda c: [*strongest(c, count=9), (29, "random")], "'random' is the control"),
        Wrong(lambda c: strongest(c, count=4), "a list of ten"),
        Wrong(lambda c: [strongest(c)[0]] * 10, "different ones"),
        Wrong(lambda c: [("S2", x) for x in range(10)], "a layer's number first"),
    ),
)

# -- E7: three ways to switch off, and the first token -----------------------------------------------------------------


def first_token(model: Model, layers: Sequence[int], source: Source) -> list[float]:
    """For each layer, the change of the original prompt's logit difference when the first token's resid_pre is
    replaced."""
    pair = mary(model)
    if source == "other prompt":
        own = ends(model, pair)[0]
        return [_patched(model, pair, layer, 0, site="resid_pre", into="clean") - own for layer in layers]
    cells = tuple((layer, 0) for layer in layers)
    study = PatchSweep(model=model.ref, pairs=(pair,), direction="noise", source=source, cells=cells)
    values = measured(study, model).grids["resid_pre"].values.numpy()
    return [float(values[layer, 0]) for layer in layers]


def switched_off(model: Model) -> dict[str, dict[Head, float]]:
    """Change of the logit difference of the original prompt: each head of HEADS replaced, by what."""
    found = {}
    for source in ("zero", "mean", "resample", "other prompt"):
        study = PatchSweep(
            model=model.ref,
            pairs=(mary(model),),
            site="z",
            by="head",
            direction="noise",
            source=source,
            cells=HEADS,
        )
        values = measured(study, model).grids["z"].values.numpy()
        found[source] = {head: float(values[head]) for head in HEADS}
    return found


def check_artefact(answer: Any, context: Context) -> Verdict:
    model = context.model()
    head = as_head(answer, model.spec.layers, model.spec.heads)
    if head is None:
        return no("one head", "Give one pair (layer, head), such as (23, 3).")
    if head not in HEADS:
        return no("a head of the table", f"L{head[0]}H{head[1]} is not in the table: take layer 1, 20 or 23.")
    found = switched_off(model)
    zero, mean, drawn = (found[how][head] for how in ("zero", "mean", "resample"))
    said = f"L{head[0]}H{head[1]}: zero {zero:+.2f}, mean {mean:+.2f}, resample {drawn:+.2f}"
    if zero > -1 and max(abs(mean), abs(drawn)) < 1:
        return no("zeros say that it matters", f"{said}. Zeros cost less than a logit here.")
    if abs(mean) > 0.3 and np.sign(mean) == np.sign(zero):
        return no("mean and resample say that it does not", f"{said}. All three say the same, so this head is no case.")
    if max(abs(mean), abs(drawn)) > 0.3:
        return no("mean and resample say that it does not", f"{said}. Another draw moves it by more than 0.3.")
    return yes(
        "zeros break what was never tested",
        f"{said}. A head of layer 1 that gives zeros is something the model never met. What breaks is not the head's"
        " work on these names.",
    )


def our_artefact(context: Context) -> Head:
    found = switched_off(context.model())
    return max(HEADS, key=lambda h: -found["zero"][h] - 4 * max(abs(found["mean"][h]), abs(found["resample"][h])))


E7 = Exercise(
    id="E7",
    title="A head that only zeros make look important",
    minutes=5,
    hints=(
        "Look for a head with a large number in one column and small ones in the next two.",
        "Zero below -1, mean and resample both between -0.3 and 0.3. It is a low layer.",
        "Layer 1 has two such heads: 3 and 4.",
    ),
    check=check_artefact,
    ours=our_artefact,
    wrong=(
        Wrong(lambda _: (23, 3), "All three say the same"),
        Wrong(lambda _: (23, 0), "Zeros cost less than a logit"),
        Wrong(lambda _: (1, 5), "moves it by more than 0.3"),
        Wrong(lambda _: (16, 0), "is not in the table"),
        Wrong(lambda _: -1.91, "Give one pair"),
    ),
)

# -- the paper's number -----------------------------------------------------------------------------------------------


def handovers(model: Model, count: int) -> Numbers:
    """For each of ``count`` name pairs, the first layer whose stream restores more at the end than at S2 [pair]."""
    cells = tuple((layer, name) for layer in LATE for name in ("S2", "end"))
    found = []
    for pair in name_pairs(model, count):
        grid = measured(PatchSweep(model=model.ref, pairs=(pair,), cells=cells), model).grids["resid_pre"]
        values, at = grid.values.numpy(), pair.read(model).positions
        over = [layer for layer in LATE if values[layer, at["end"]] > values[layer, at["S2"]]]
        found.append(over[0] if over else LATE[-1] + 1)
    return np.array(found)

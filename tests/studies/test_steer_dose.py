"""Effect and cost by dose, against plain hooks and a key-value cache."""

from __future__ import annotations

import re
import runpy
from contextlib import contextmanager

import numpy as np
import pytest
import torch
from scipy import stats
from torch.nn import functional
from transformers import DynamicCache

from mikit.errors import BadMetric, EmptyText, NotFinite, TooLong, UnknownSite
from mikit.methods.scores import WordScore
from mikit.models.weights import weights_hash
from mikit.studies import written
from mikit.studies.base import Grid, Result, run_study
from mikit.studies.directions import TokenDirection
from mikit.studies.prompts import TextPrompt
from mikit.studies.record import Record
from mikit.studies.side_effects import TOKENS
from mikit.studies.steer_dose import NORM_BOUND, SteerDose, bounds, out_of_range, text_name
from mikit.studies.steering import Steering, another_layer, random_arrow, shuffled_pairs
from mikit.studies.texts import ORDINARY as ORDINARY_TEXTS
from mikit.trace import engine
from mikit.trace.arrays import Array
from mikit.trace.checks import load
from tests import tiny as tiny_models
from tests.studies import steered
from tests.trace import reference

PROMPTS = ("w5 w6 w7 w8 w9", "w1 w2")
LAYER, LENGTH, SAMPLES, DOSES = 2, 6, 2, (-2.0, 0.0, 2.0)
SCORE = WordScore(name="low", plus=tuple(f"w{i}" for i in range(50)), minus=tuple(f"w{i}" for i in range(50, 96, 2)))
NEUTRAL = tuple(" ".join(f"w{(7 * n + 13 * i) % 90}" for i in range(12 + n)) for n in range(8))
"""Ordinary sentences are one and the same unknown token to a small model's tokenizer."""
MEASURES = ("score", "surprise", "repetition", "kl", "norm ratio")


@pytest.fixture(autouse=True)
def neutral(monkeypatch):
    for module in ("side_effects", "code_steering"):
        monkeypatch.setattr(f"mikit.studies.{module}.ORDINARY", NEUTRAL)


@pytest.fixture(scope="module")
def model():
    return tiny_models.model("llama", seed=3)


def study(model, **fields):
    given = {"doses": DOSES, "length": LENGTH, "samples": SAMPLES, "temperature": 1.0, "seed": 3, **fields}
    about = {name: given.pop(name) for name in ("direction", "how", "layers", "since") if name in given}
    return SteerDose(
        model=model.ref,
        prompts=tuple(TextPrompt(text=text) for text in given.pop("texts", PROMPTS)),
        steering=Steering(**{"direction": steered.PAIRS, "layers": (LAYER,), **about}),
        score=SCORE,
        **given,
    )


def of(grid):
    return tuple(None if one is None else one.numpy() for one in (grid.values, grid.low, grid.high))


def interval(samples):
    """Mean and 95 % interval over the last axis."""
    mean, half = samples.mean(1), stats.sem(samples, axis=1) * stats.t.ppf(0.975, samples.shape[1] - 1)
    return mean, mean - half, mean + half


def neutral_ids(model):
    ids = [model.tokens(text).ids[:, :TOKENS] for text in NEUTRAL]
    return [one[:, : min(one.shape[1] for one in ids)] for one in ids]


def side_effects(model, layer, push):
    """Of each neutral text: KL in nats a token, and how much longer the stream is."""
    found = []
    for ids in neutral_ids(model):
        before = reference.logits(model.hf, ids)[0, 1:].log_softmax(-1)
        with steered.Push(model, layer, push).hooked():
            after = reference.logits(model.hf, ids)[0, 1:].log_softmax(-1)
        kl = functional.kl_div(after, before, log_target=True, reduction="sum") / len(after)
        x = steered.stream(model, ids, layer)
        found.append((float(kl), float(((x + push).norm(dim=-1) / x.norm(dim=-1)).mean())))
    return np.array(found)


def by_hand(ids):
    """Score and repetition of a text, told from its ids: w0 is 4."""
    numbers = [i - 4 for i in ids]
    hits = sum(0 <= n < 50 for n in numbers) - sum(n >= 50 and n % 2 == 0 for n in numbers)
    words = len(numbers)  # "<user>" reads as a word too
    grams = [tuple(ids[i : i + 3]) for i in range(len(ids) - 2)]
    return 100 * hits / words, sum(gram in grams[:i] for i, gram in enumerate(grams)) / len(grams)


def assert_written(model, result, grids, push, layer, of_arrow="written"):
    """Texts and their measures after both prompts, at every dose, by hooks. ``push``: of dose 1."""
    expected = {name: np.zeros((len(DOSES), len(PROMPTS) * SAMPLES)) for name in ("score", "surprise", "repetition")}
    for d, dose in enumerate(DOSES):
        for p, text in enumerate(PROMPTS):
            ids = model.tokens(text).ids
            for s in range(SAMPLES):
                pushed = steered.Push(model, layer, dose * push)
                seed = 1000 * 3 + p * SAMPLES + s
                found, told = steered.write(model, ids, pushed, seed=seed, length=LENGTH, temperature=1.0)
                before = steered.read(model, ids, found)
                at = p * SAMPLES + s
                expected["surprise"][d, at] = -before.mean()
                expected["score"][d, at], expected["repetition"][d, at] = by_hand(found)
                if dose or of_arrow == "written":
                    words = result.texts[text_name(dose, p, s, of=of_arrow)]
                    assert words == tuple(map(model.token_string, found))
                if of_arrow == "written":
                    change = result.grids["change"].values.numpy()[d, p, s]
                    np.testing.assert_allclose(change[: len(found)], told - before, atol=2e-4)
                    assert np.isnan(change[len(found) :]).all()
    for name, samples in expected.items():
        for ours, theirs in zip(of(grids[name]), interval(samples), strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1e-3)


def test_texts_and_costs_by_hooks(tiny):
    result = run_study(study(tiny), tiny)
    push = steered.norm(tiny, LAYER) * steered.arrow(tiny, LAYER)
    assert_written(tiny, result, result.grids, push, LAYER)
    assert len({result.texts[text_name(dose, 0)] for dose in DOSES}) > 1
    aside = np.stack([side_effects(tiny, LAYER, dose * push) for dose in DOSES])
    for name, samples in (("kl", aside[:, :, 0]), ("norm ratio", aside[:, :, 1])):
        for ours, theirs in zip(of(result.grids[name]), interval(samples), strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1e-4, rtol=1e-3)
    nats = [functional.cross_entropy(reference.logits(tiny.hf, ids)[0, 1:-1], ids[0, 2:]) for ids in neutral_ids(tiny)]
    np.testing.assert_allclose(result.grids["neutral surprise"].values.numpy(), nats, atol=1e-4)


def test_controls_are_arrows_of_equal_length(model):
    asked = study(model)
    result = run_study(asked, model)
    random, shuffled, moved = result.controls
    assert [one.name for one in result.controls] == ["random arrows", "shuffled pairs", "another layer"]
    draws = [random_arrow(asked.steering, 2 * 3 + n) for n in range(2)]
    more = {"shuffled pairs": shuffled_pairs(asked.steering, 3), "another layer": another_layer(asked.steering, model)}
    pushes = {}
    for name, one in {"random arrow 0": draws[0], "random arrow 1": draws[1], **more}.items():
        (edit,) = one.edits(model, 1.0)
        push = edit.dose * torch.tensor(edit.direction.numpy())
        assert push.norm() == pytest.approx(float(steered.norm(model, edit.site.layer)), rel=1e-5)
        pushes[name] = (edit.site.layer, push)
    assert pushes["another layer"][0] != LAYER
    for control in (shuffled, moved):
        layer, push = pushes[control.name]
        assert_written(model, result, control.grids, push, layer, of_arrow=control.name)
    for name in ("kl", "norm ratio"):
        drawn = [
            np.stack([side_effects(model, layer, dose * push)[:, int(name != "kl")].mean() for dose in DOSES])
            for layer, push in (pushes["random arrow 0"], pushes["random arrow 1"])
        ]
        for ours, theirs in zip(
            of(random.grids[name]), (np.mean(drawn, 0), np.min(drawn, 0), np.max(drawn, 0)), strict=True
        ):
            np.testing.assert_allclose(ours, theirs, atol=1e-4, rtol=1e-3)
    assert (of(random.grids["kl"])[1][[0, 2]] < of(random.grids["kl"])[2][[0, 2]]).all()
    assert text_name(2, 0, of="shuffled pairs") in result.texts
    assert text_name(0, 0, of="shuffled pairs") not in result.texts  # that text is everyone's, and written once
    assert all(tuple(control.grids) == MEASURES for control in result.controls)


@pytest.mark.parametrize("how", ["add", "project"])
def test_strength_0_is_the_unsteered_text_with_every_arrow(model, how):
    result = run_study(study(model, doses=(0.0, 1e-9), how=how), model)
    arrows = ("written", "random arrow 0", "random arrow 1", "shuffled pairs", "another layer")
    for p, text in enumerate(PROMPTS):
        for s in range(SAMPLES):
            nothing = steered.Push(model, LAYER, None)
            ids = model.tokens(text).ids
            found, _ = steered.write(model, ids, nothing, seed=3000 + 2 * p + s, length=LENGTH, temperature=1.0)
            words = tuple(map(model.token_string, found))
            assert result.texts[text_name(0, p, s)] == words
            assert all(result.texts[text_name(1e-9, p, s, of=arrow)] == words for arrow in arrows)
    for grids in (result.grids, *(control.grids for control in result.controls)):
        assert grids["kl"].values.numpy()[0] == 0 and grids["norm ratio"].values.numpy()[0] == 1
        for name in ("score", "surprise", "repetition"):
            np.testing.assert_allclose(of(grids[name])[0], of(result.grids[name])[0][0], atol=1e-5)
    np.testing.assert_allclose(result.grids["change"].values.numpy()[0], 0, atol=2e-5)


def test_where_the_text_begins_and_several_layers(model):
    """``since`` counts over the whole text; neutral text is steered from position 1 all the same."""
    result = run_study(study(model, texts=PROMPTS[:1], samples=1, since=5), model)
    push = 2 * steered.norm(model, LAYER) * steered.arrow(model, LAYER)
    pushed = steered.Push(model, LAYER, push, since=5)
    ids = model.tokens(PROMPTS[0]).ids
    found, _ = steered.write(model, ids, pushed, seed=3000, length=LENGTH, temperature=1.0)
    assert result.texts[text_name(2, 0)] == tuple(map(model.token_string, found))
    kl = side_effects(model, LAYER, push)[:, 0].mean()
    assert result.grids["kl"].values.numpy()[2] == pytest.approx(kl, rel=1e-3)
    both = run_study(study(model, layers=(0, 2), samples=1, length=1), model)
    first = side_effects(model, 0, 2 * steered.norm(model, 0) * steered.arrow(model, 0))
    assert both.grids["norm ratio"].values.numpy()[2] == pytest.approx(first[:, 1].mean(), rel=1e-3)
    assert both.grids["kl"].values.numpy()[2] != pytest.approx(first[:, 0].mean(), rel=1e-2)


def test_a_text_that_ended_counts_up_to_its_end(model, monkeypatch):
    asked = study(model, doses=(0.0,), texts=PROMPTS[:1], samples=1)
    whole = run_study(asked, model)
    words, change = whole.texts[text_name(0, 0)], whole.grids["surprise"].values.numpy()
    (end,) = model.tokens(words[3]).ids[0].tolist()
    assert words[3] not in words[:3]
    monkeypatch.setattr(type(model), "end_ids", lambda self: {end})
    cut = run_study(asked, model)
    assert cut.done == 1 and cut.texts[text_name(0, 0)] == words[:3]
    ids = [int(word[1:]) + 4 for word in words[:3]]
    told = steered.read(model, model.tokens(PROMPTS[0]).ids, ids)
    assert cut.grids["surprise"].values.numpy()[0] == pytest.approx(-float(told.mean()), abs=1e-4) != change[0]
    assert cut.grids["score"].values.numpy()[0] == pytest.approx(by_hand(ids)[0])
    assert np.isfinite(cut.grids["change"].values.numpy()[0, 0, 0]).tolist() == [True] * 3 + [False] * 3


def test_an_arrow_without_pairs_has_no_pairs_to_shuffle(model):
    asked = study(model, direction=TokenDirection(name="w1", token="w1"), doses=(1.0,), samples=1, length=1)
    result = run_study(asked, model)
    assert [one.name for one in result.controls] == ["random arrows", "another layer"]
    assert result.grids["score"].low is not None and np.isnan(result.grids["repetition"].values.numpy()).all()


@contextmanager
def counted_traces():
    """A list that grows by one with every trace."""
    traces, turn = [], engine._turn

    def counting():
        traces.append(1)
        return turn()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_turn", counting)
        yield traces


def test_effect_first_in_short_traces_the_weights_as_they_were(model, monkeypatch):
    before = weights_hash(model.hf)
    asked = study(model, doses=(0.0, 2.0), length=3)
    whole = run_study(asked, model)
    monkeypatch.setattr("mikit.studies.cost.budget", lambda spec: 10 * spec.layers)  # ten tokens in a trace
    results, most, last = [], 0, 0
    with counted_traces() as traces:
        for found in asked.steps(model):
            most, last = max(most, len(traces) - last), len(traces)
            results += [found] if found else []
    assert most == 1  # Stop is heard after every trace
    effect = [one.done for one in results if not np.isnan(of(one.controls[0].grids["kl"])[0]).any()]
    assert len(effect) < len(results) - 3 and results[-1].done == 1
    firsts = [~np.isnan(of(one.grids["score"])[0]).any() for one in results]
    assert firsts[:2] == [False, True] and not np.isnan(of(results[0].grids["kl"])[0]).any()
    assert results[-1].texts == whole.texts
    for name in MEASURES:
        np.testing.assert_allclose(of(results[-1].grids[name])[0], of(whole.grids[name])[0], atol=1e-3)
    stopped = asked.steps(model)
    for _ in range(30):
        next(stopped)
    stopped.close()
    assert weights_hash(model.hf) == before


def test_groups_are_few_and_alike(model, monkeypatch):
    monkeypatch.setattr("mikit.studies.cost.budget", lambda spec: 74 * spec.layers)
    assert list(map(len, written.groups(64, 9, model))) == [32, 32]
    assert list(map(len, written.groups(38, 8, model))) == [19, 19]
    assert [list(group) for group in written.groups(3, 1000, model)] == [[0], [1], [2]]


@pytest.mark.parametrize(
    ("error", "says", "fields"),
    [
        (TooLong, "prompt has 5 tokens", {"length": 60}),
        (EmptyText, "no prompt to write after", {"texts": ()}),
        (EmptyText, "token", {"texts": ("",)}),
        (BadMetric, "one dose or several", {"doses": ()}),
        (BadMetric, "different ones", {"doses": (1.0, 1.0)}),
        (NotFinite, "smaller", {"doses": (0.0, float("nan"))}),
        (UnknownSite, "no layer 9", {"layers": (9,)}),
    ],
)
def test_what_cannot_be_measured_is_refused_before_the_first_text(model, error, says, fields):
    before = weights_hash(model.hf)
    with pytest.raises(error, match=says):
        run_study(study(model, **fields), model)
    assert weights_hash(model.hf) == before


def test_out_of_range_is_stranger_than_other_peoples_text_or_in_circles_or_too_long(model):
    doses = {"dose": ("1", "2", "3", "4", "5", "6")}
    grids = {
        "surprise": Grid(
            values=Array.of(np.array([3.9, 4.1, 1.0, np.nan, 3.0, np.nan])), axes=doses, unit="nats a token"
        ),
        "repetition": Grid(values=Array.of(np.array([0.1, 0.0, 0.3, np.nan, 0.0, np.nan])), axes=doses, unit="share"),
        "norm ratio": Grid(values=Array.of(np.array([1.2, 1.0, 1.0, 1.0, 1.3, np.nan])), axes=doses, unit="lengths"),
        "neutral surprise": Grid(values=Array.of(np.array([3.0, 5.0])), axes={"text": ("0", "1")}, unit="nats"),
    }
    result = Result(study=study(model), grids=grids)
    assert bounds(result) == {"surprise": 4.0, "repetition": 0.2, "norm ratio": 1.25}
    assert out_of_range(result) == [False, True, True, False, True, False]


def test_longer_than_the_bound_is_longer_than_ordinary_positions_are(smollm):
    read = [smollm.tokens(text).ids for text in ORDINARY_TEXTS]
    for layer in (10, 14, 18):
        lengths = torch.cat([steered.stream(smollm, ids, layer).norm(dim=-1) for ids in read])
        common = float(lengths.quantile(0.95) / lengths.mean())
        assert common < NORM_BOUND < 1.1 * common


def test_what_writing_holds_grows_by_the_keys_and_values_of_a_position(tiny):
    cache = DynamicCache(config=tiny.hf.config)
    with torch.no_grad():
        tiny.hf(torch.tensor([[5]]), past_key_values=cache, use_cache=True)
    a_position = sum(4 * (layer.keys.numel() + layer.values.numel()) for layer in cache.layers)
    shorter, longer = (written.held_in_writing(tiny.spec, 7, length, 3) for length in (10, 11))
    assert longer - shorter == 3 * a_position


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A model that a script can load."""
    folder = tmp_path_factory.mktemp("models") / "llama"
    tiny_models.weights("llama", seed=7).save_pretrained(folder)
    tiny_models.tokenizer().save_pretrained(folder)
    return load(folder)


@pytest.mark.parametrize(
    ("flavour", "fields"),
    [
        ("mikit", {}),
        ("nnsight", {}),
        ("nnsight", {"how": "project", "layers": (0, 2), "since": 4, "temperature": 0.0, "samples": 1}),
    ],
)
def test_the_scripts_print_the_same_numbers(saved, tmp_path, capsys, flavour, fields):
    asked = study(saved, length=4, **fields)
    script = tmp_path / "script.py"
    script.write_text(asked.code(flavour, saved), encoding="utf-8")
    runpy.run_path(str(script), run_name="__main__")
    printed = capsys.readouterr().out
    result = run_study(asked, saved)
    expected = [of(result.grids[name])[0] for name in ("score", "kl")]
    if flavour == "nnsight":
        rows = np.array([line.split() for line in printed.splitlines()[-len(DOSES) :]], float)
        np.testing.assert_allclose(rows, np.stack([DOSES, *expected], axis=1), atol=2e-5, rtol=1e-4)
    else:
        found = [float(x) for x in re.findall(r"(?<![\w.])-?\d+\.?\d*(?:e-?\d+)?(?![\w.])", printed)]
        assert all(np.isclose(found, value, atol=2e-5, rtol=1e-4).any() for value in np.concatenate(expected)), printed


def test_a_record_is_replayed(model, tmp_path):
    asked = study(model, doses=(0.0, 1.0), texts=PROMPTS[:1], samples=1, length=2)
    record = Record.of([run_study(asked, model)], model)
    assert Record.read(record.save(tmp_path / "record.json")).replay(model).within

"""How each number of mikit/course/canon.json is measured. ``python -m tests.course.measures`` writes what comes out."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

import mikit
from mikit.circuits.influence import scores
from mikit.course import canon
from mikit.course.lessons.l00_names import (
    HEAD,
    MARY,
    all_on,
    difference_with,
    likeliest,
    logit_difference,
    probability,
    sink_share,
)
from mikit.course.lessons.l02_heads import HELPER, SILENT, head_shares, loss_without, lowered
from mikit.course.lessons.l02_stream import CHANGED, LAYER, lens_readings, our_share, sink_length, stream_of
from mikit.course.lessons.l03_real import SWITCH, curve, handovers, maps, measured
from mikit.course.lessons.l04_figures import MANY, SLOTS, STICKY, directions, trained
from mikit.course.lessons.l04_words import come_back, random_directions, words
from mikit.course.lessons.l06 import found_of_the_weak
from mikit.course.lessons.l06_controls import NAME, SCRAMBLED, label_scores, twins
from mikit.course.lessons.l06_labels import our_share as losing
from mikit.course.lessons.l07_arrow import beside, shift, sink_cosine, steering
from mikit.course.lessons.l07_texts import FORMAL_CASUAL
from mikit.course.lessons.l07_without import ALL, ONE, left
from mikit.course.lessons.l08_beat import worst
from mikit.course.lessons.l08_real import two
from mikit.course.lessons.l08_repair import by_chance as beyond_by_chance
from mikit.course.lessons.l08_repair import four, our_beyond, share_lost
from mikit.course.lessons.l08_words import our_share as share_kept
from mikit.course.lessons.l09_graph import COUNT, for_half, graph, nothing_named, share_of, smaller
from mikit.course.lessons.l09_locked import ALL as EVERY
from mikit.course.lessons.l09_locked import DOUBLED, PLANTS, SINK, Outcome, more, outcomes, result
from mikit.course.plan import Context
from mikit.methods.intervals import mean_interval
from mikit.methods.lens import logit_lens, streams
from mikit.models.model import Model, ModelRef
from mikit.sae.library import DictionaryRef, load_dictionary, ref_of
from mikit.studies.base import run_study
from mikit.studies.kinds import HeadScores, MuteHeads
from mikit.studies.names import name_pair, name_pairs
from mikit.studies.prompts import RepeatPrompt
from mikit.studies.steering import Arrow
from mikit.studies.superposition import Superposition
from mikit.studies.train_planted import TrainPlanted
from mikit.trace.arrays import Array
from mikit.trace.edits import Patch
from mikit.trace.engine import run
from mikit.trace.sites import Site

FILE = Path(canon.__file__).with_name("canon.json")
NAMES = (
    "Mary", "John", "Anna", "Peter", "Sarah", "David", "Emma", "Paul",
    "Lucy", "Mark", "Kate", "James", "Alice", "Tom", "Laura", "Simon",
)  # fmt: skip
TEMPLATES = (
    "When {a} and {b} went to the store, {b} gave a drink to",
    "After {a} and {b} left the park, {b} handed a book to",
    "While {a} and {b} were at work, {b} sent a letter to",
    "Then {a} and {b} sat down, and {b} told a story to",
)
PROMPTS = 16


class Measured(NamedTuple):
    value: float
    low: float | None = None
    high: float | None = None
    of: ModelRef | DictionaryRef | None = None
    """What was measured, where it is not the model of the lessons but a toy or a dictionary."""


@cache
def on_the_answer(model: Model) -> np.ndarray:
    """[prompt, run] logit differences of 16 prompts that nobody chose: as they are, HEAD on the answer alone, and the
    same in one head drawn at random."""
    rng = np.random.default_rng(0)
    others = [(x, y) for x in range(model.spec.layers) for y in range(model.spec.heads) if (x, y) != HEAD]
    found = []
    for i in range(PROMPTS):
        a, b = rng.choice(NAMES, 2, replace=False)
        tokens = model.tokens(TEMPLATES[i % len(TEMPLATES)].format(a=a, b=b))
        row = Array.of(torch.eye(len(tokens.strings))[tokens.strings.index(f" {a}")])
        heads = HEAD, others[rng.integers(len(others))]
        edits = [[Patch(site=Site(name="pattern", layer=x, head=y, position=-1), source=row)] for x, y in heads]
        answer, foil = (int(model.tokens(f" {name}").ids[0, 0]) for name in (a, b))
        logits = run(model, tokens, [[], *edits])
        found.append((logits[:, answer] - logits[:, foil]).tolist())
    return np.array(found)


@cache
def eight(model: Model) -> tuple[tuple[int, int], ...]:
    scores = run_study(HeadScores(model=model.ref), model).grids["induction"].values.numpy()
    return tuple(sorted(tuple(map(int, divmod(i, scores.shape[1]))) for i in np.argsort(-scores, axis=None)[:8]))


@cache
def guessed(model: Model) -> tuple[np.ndarray, np.ndarray]:
    """Tokens guessed of 24: (as is, eight off), and in each random draw."""
    result = run_study(MuteHeads(model=model.ref, prompt=RepeatPrompt(), heads=eight(model)), model)
    return result.grids["guessed"].values.numpy(), result.controls[0].grids["guessed"].values.numpy()


def mean(values: np.ndarray) -> Measured:
    middle, low, high = mean_interval(values[:, None])
    assert low is not None and high is not None
    return Measured(float(middle[0]), float(low[0]), float(high[0]))


def draws(model: Model) -> Measured:
    values = guessed(model)[1]
    return Measured(float(np.median(values)), float(values.min()), float(values.max()))


@cache
def lens_of_pairs(model: Model) -> np.ndarray:
    """[pair, run, layer] logit differences that the lens reads on 64 pairs of names, original and changed."""
    found = []
    for pair in name_pairs(model, 64):
        read = pair.read(model)
        ids = read.answer, read.foil
        both = [logit_lens(model, streams(model, x)[:, -1], ids) for x in (read.clean, read.corrupt)]
        found.append(torch.stack([one[:, 0] - one[:, 1] for one in both]).numpy())
    return np.array(found)


@cache
def head_pairs(model: Model) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of 16 pairs of names: shares [pair, layer, head]; what is lost without HELPER and without SILENT [pair, 2]; and
    how many of both names each head lowers to the bottom [pair, layer, head]."""
    pairs = name_pairs(model, PROMPTS)
    shares = np.array([head_shares(model, pair) for pair in pairs])
    lost = np.array([[loss_without(model, pair, head) for head in (HELPER, SILENT)] for pair in pairs])
    return shares, lost, np.array([lowered(model, pair).numpy() for pair in pairs])


def moves(model: Model, layer: int) -> Measured:
    """How far the lens' reading is from the changed prompt's: median, and the middle half of the pairs."""
    apart = np.abs(lens_of_pairs(model)[:, 0, layer] - lens_of_pairs(model)[:, 1, layer])
    low, middle, high = np.quantile(apart, [0.25, 0.5, 0.75])
    return Measured(float(middle), float(low), float(high))


def negative_copy(model: Model) -> np.ndarray:
    """For each head [layer, head], the share of 32 names, in per cent."""
    return 100 * head_pairs(model)[2].mean(0) / 2


def frozen(model: Model) -> float:
    stream = stream_of(model, MARY.text)
    return our_share(model, stream[LAYER], stream[-1])


def facts_kept(sparsity: float) -> Measured:
    """Of five facts in two slots, in the toy of seed 0."""
    study = Superposition()
    counts = trained(study).grids["represented"].values.numpy()
    return Measured(float(counts[study.sparsities.index(sparsity)]), of=study.model)


def slots_a_fact() -> Measured:
    """Slots by the squared lengths of all directions, of forty facts in ten slots."""
    study = Superposition(features=MANY, hidden=SLOTS, importance=1.0, sparsities=(STICKY,), updates=600)
    return Measured(SLOTS / float(directions(study)[STICKY].square().sum()), of=study.model)


@cache
def all_words(model: Model) -> torch.Tensor:
    return words(Context(seed=0))


def planted(grid: str, price: float, *, random: bool = False) -> Measured:
    """What a dictionary of planted directions ends with, in the toy of seed 0, trained briefly."""
    study = TrainPlanted(sparsities=(0.02, 0.3), updates=600)
    result = measured(study, study.open())
    grids = result.controls[0].grids if random else result.grids
    return Measured(float(grids[grid].values.numpy()[-1][study.sparsities.index(price)]), of=study.model)


def label_score(name: str) -> Measured:
    """Of a dictionary's features that fired 100 times or more, the middle label's score and the middle half."""
    low, middle, high = np.quantile(label_scores(name), (0.25, 0.5, 0.75)).tolist()
    return Measured(middle, low, high, ref_of(load_dictionary(name)))


def apart(circuit: float, whole: float) -> float:
    return abs(circuit - whole)


def of_the_dictionary(value: float) -> Measured:
    return Measured(value, of=ref_of(load_dictionary(NAME)))


def by_random_arrows(_: Model) -> Measured:
    """Nine of them: mean, least and most."""
    found = beside(Context(seed=0, pace="ci"))[1]["random"].mean(1)
    return Measured(float(found.mean()), float(found.min()), float(found.max()))


QUICK = Context(seed=0, pace="ci")


def of_the_graph(name: str) -> Outcome:
    """What the graph of lesson 09 says of a change, and what happens."""
    return (outcomes(result(QUICK)) | outcomes(result(QUICK, more(QUICK))))[name]


MEASURES: dict[str, Callable[[Model], Measured]] = {
    "mary": lambda m: Measured(100 * probability(m, MARY.text, MARY.answer)),
    "mary-space": lambda m: Measured(100 * probability(m, MARY.text + " ", MARY.answer)),
    "digit-space": lambda m: Measured(100 * likeliest(m, MARY.text + " ")[1]),
    "bare-question": lambda m: Measured(100 * likeliest(m, "What is the capital of France?")[1]),
    "mary-difference": lambda m: Measured(logit_difference(m, MARY)),
    "head-on-mary": lambda m: Measured(difference_with(m, MARY, HEAD, all_on(m, MARY, MARY.answer))),
    "names-difference": lambda m: mean(on_the_answer(m)[:, 0]),
    "head-on-answer": lambda m: mean(on_the_answer(m)[:, 1] - on_the_answer(m)[:, 0]),
    "head-on-answer-control": lambda m: mean(on_the_answer(m)[:, 2] - on_the_answer(m)[:, 0]),
    "head-on-answer-turned": lambda m: Measured(float((on_the_answer(m)[:, 1] < 0).sum())),
    "sink": lambda m: Measured(sink_share(m, MARY.text)),
    "guessed": lambda m: Measured(float(guessed(m)[0][0])),
    "guessed-eight-off": lambda m: Measured(float(guessed(m)[0][1])),
    "guessed-random-off": draws,
    "mary-lens": lambda m: Measured(float(lens_readings(m, MARY.text)[LAYER])),
    "mary-lens-changed": lambda m: Measured(float(lens_readings(m, CHANGED)[LAYER])),
    "mary-frozen": lambda m: Measured(frozen(m)),
    "sink-length": lambda m: Measured(sink_length(m)),
    "lens-right": lambda m: Measured(float((lens_of_pairs(m)[:, 0, LAYER] > 0).sum())),
    "lens-moves": lambda m: moves(m, LAYER),
    "answer-moves": lambda m: moves(m, -1),
    "mary-helper": lambda m: Measured(float(head_shares(m, name_pair(m, "Mary", "John"))[HELPER])),
    "mary-helper-off": lambda m: Measured(loss_without(m, name_pair(m, "Mary", "John"), HELPER)),
    "loud-share": lambda m: mean(head_pairs(m)[0][:, *HELPER]),
    "loud-off": lambda m: mean(head_pairs(m)[1][:, 0]),
    "silent-share": lambda m: mean(head_pairs(m)[0][:, *SILENT]),
    "silent-off": lambda m: mean(head_pairs(m)[1][:, 1]),
    "negative-copy": lambda m: Measured(float(negative_copy(m)[HEAD])),
    "negative-copy-average": lambda m: Measured(float(negative_copy(m).mean())),
    "negative-copy-heads": lambda m: Measured(float((negative_copy(m) >= 95).sum())),
    "switch-half": lambda m: Measured(float(curve(m, *SWITCH)[8])),
    "switch-whole": lambda m: Measured(float(maps(m)[0][5, 9])),
    "switch-line": lambda m: Measured(float(maps(m)[1][5, 9])),
    "maps-agree": lambda m: Measured(float(np.corrcoef(*(x.ravel() for x in maps(m)))[0, 1])),
    "handover": lambda m: mean(handovers(m, PROMPTS).astype(float)),
    "toy-kept-0": lambda m: facts_kept(0.0),
    "toy-kept-80": lambda m: facts_kept(0.8),
    "toy-kept-90": lambda m: facts_kept(0.9),
    "toy-slots-a-fact": lambda m: slots_a_fact(),
    "words-at-once": lambda m: Measured(100 * come_back(all_words(m), 6)),
    "random-at-once": lambda m: Measured(100 * come_back(random_directions(all_words(m)), 6)),
    "planted-left-out": lambda m: Measured(100 * planted("fvu", 0.02).value, of=planted("fvu", 0.02).of),
    "planted-came-back": lambda m: planted("recovered", 0.02),
    "planted-came-back-dear": lambda m: planted("recovered", 0.3),
    "planted-came-back-random": lambda m: planted("recovered", 0.02, random=True),
    "label-score-trained": lambda m: label_score(NAME),
    "label-score-scrambled": lambda m: label_score(SCRAMBLED),
    "label-loses": lambda m: of_the_dictionary(100 * losing(Context(seed=0))),
    "label-weak": lambda m: of_the_dictionary(found_of_the_weak(Context(seed=0))),
    "seed-twins": lambda m: of_the_dictionary(twins()),
    "steer-sink": lambda m: Measured(sink_cosine(m)),
    "steer-sink-without": lambda m: Measured(sink_cosine(m, positions="without 0")),
    "steer-formality": lambda m: mean(shift(m, [Arrow("own", "", steering())], FORMAL_CASUAL[:6])[0]),
    "steer-random": by_random_arrows,
    "steer-left-one": lambda m: Measured(left(Context(seed=0, pace="ci"), ONE)),
    "steer-left-all": lambda m: Measured(left(Context(seed=0, pace="ci"), ALL)),
    "circuit-keeps": lambda m: Measured(share_kept(Context(seed=0, pace="ci"))),
    "circuit-beaten": lambda m: Measured(apart(*worst(Context(seed=0, pace="ci"))[1:])),
    "circuit-overlap": lambda m: Measured(100 * two(Context(seed=0, pace="ci"))["overlap"]),
    "repair-share": lambda m: Measured(share_lost(Context(seed=0, pace="ci"))),
    "repair-beyond": lambda m: Measured(our_beyond(*four(Context(seed=0, pace="ci")))),
    "repair-beyond-random": lambda m: Measured(max(map(abs, beyond_by_chance(Context(seed=0, pace="ci"))))),
    "graph-share": lambda m: Measured(100 * share_of(QUICK)),
    "graph-signed": lambda m: Measured(-100 * of_the_graph(EVERY).said / graph(QUICK).value),
    "graph-half": lambda m: Measured(for_half(QUICK) / 1000),
    "graph-replacement": lambda m: Measured(scores(smaller(QUICK, COUNT)).replacement),
    "graph-completeness": lambda m: Measured(scores(smaller(QUICK, COUNT)).completeness),
    "graph-nothing-named": lambda m: Measured(nothing_named(QUICK)),
    "graph-plants": lambda m: Measured(-of_the_graph(PLANTS).measured),
    "graph-doubled": lambda m: Measured(of_the_graph(DOUBLED).measured),
    "graph-sink": lambda m: Measured(-of_the_graph(SINK).measured),
}


def main() -> None:
    """Measure everything anew and write values, intervals and the weights' hash; the words stay as they are."""
    model = mikit.load("smollm2-135m")
    content = json.loads(FILE.read_text(encoding="utf-8"))
    for id, measure in MEASURES.items():
        found = measure(model)
        entry = content["numbers"][id]
        of = found.of or model.ref
        entry |= {"value": round(found.value, 4), "weights": of.sha256, "model": of.chip}
        if found.low is not None and found.high is not None:
            entry |= {"low": round(found.low, 4), "high": round(found.high, 4)}
        print(f"{id}: {entry['value']}", [entry.get("low"), entry.get("high")])
    FILE.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

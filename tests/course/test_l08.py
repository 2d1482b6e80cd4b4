"""Lesson 08: checks reject what they should, numbers are what plain hooks give, and what the text says is so."""

from __future__ import annotations

from contextlib import suppress
from itertools import combinations
from math import comb
from pathlib import Path

import numpy as np
import pytest
import torch

from mikit.course.lessons import l08_beat, l08_minimal, l08_real, l08_repair, l08_toy, l08_words
from mikit.course.lessons.l03_real import mary
from mikit.course.lessons.l08 import LESSON
from mikit.course.plan import Context
from mikit.models.planted import CIRCUIT
from mikit.models.units import inputs, trained
from mikit.studies.base import run_study
from mikit.studies.beat_circuit import BeatCircuit
from mikit.studies.circuits import PartsCircuit
from tests.course.steps import (  # noqa: F401  # run here
    test_a_typical_wrong_answer_is_told_why,
    test_every_step_has_three_wrong_answers_that_are_told_different_things,
    test_our_answer_passes,
)

MADE_UP = ("E1", "E2", "E3", "E5", "E6", "E7")
"""Steps whose check draws numbers and needs no real model."""


@pytest.fixture(scope="module")
def context(smollm):
    return Context(seed=0, pace="ci", lesson=LESSON)


@pytest.mark.parametrize("answer", [None, -7, "two", [], {}, float("nan"), object(), lambda *_: None, lambda *_: "x"])
def test_an_answer_of_any_other_kind_is_not_passed(exercise, answer, context):
    """A check may raise: the course then says that the answer could not be used."""
    with suppress(TypeError, ValueError, RuntimeError, AttributeError):
        assert not exercise.check(answer, context).passed


@pytest.mark.parametrize("seed", range(1, 6))
def test_every_learner_can_solve_what_is_drawn(seed):
    learner = Context(seed=seed, pace="ci", lesson=LESSON)
    for id in MADE_UP:
        step = LESSON.exercise(id)
        assert step.check(step.ours(learner), learner).passed, id
        for wrong in step.wrong:
            verdict = step.check(wrong.answer(learner), learner)
            assert not verdict.passed and wrong.says in verdict.sentence, (id, verdict)


# -- the toy ----------------------------------------------------------------------------------------------------------


def test_learners_have_the_same_ten_edges_in_other_orders():
    orders = [tuple(l08_toy.candidates(Context(seed=seed))) for seed in range(10)]
    assert len(set(orders)) == 10 and len({frozenset(order) for order in orders}) == 1


def test_of_the_ten_edges_the_planted_ones_are_needed_and_no_other():
    step, learner = LESSON.exercise("E2"), Context(seed=3, lesson=LESSON)
    ten = l08_toy.candidates(learner)
    needed = [edge for edge in ten if l08_toy.keeps([one for one in ten if one != edge]).min() < 0.5]
    spare = [edge for edge in ten if "L0H1" in edge or "L1H1" in edge]
    assert sorted(needed + spare) == sorted(ten) and len(needed) == len(CIRCUIT)
    assert step.check(needed, learner).passed


def test_tables_of_the_toy():
    lines = list(l08_toy.decodable())
    assert len(lines) == 7 and lines[5].split()[:2] == ["L1H1", "100%"]
    probe = next(line for line in l08_toy.grades() if line.startswith("probe"))
    assert probe.split()[1:] == ["31%", "23%", "67%", "50%"]


# -- smallest circuits ------------------------------------------------------------------------------------------------


def test_smallest_circuits_are_those_of_a_plain_search():
    network, (x, _) = trained(l08_minimal.UNITS, l08_minimal.SEED), inputs(l08_minimal.SEED)
    hidden = torch.relu(x @ network.W_in + network.b_in)
    whole = hidden @ network.w_out + network.b_out > 0

    def keeps(units):
        held = hidden.mean(0).repeat(len(x), 1)
        held[:, list(units)] = hidden[:, list(units)]
        return ((held @ network.w_out + network.b_out > 0) == whole).float().mean() >= 0.9

    size = len(l08_minimal.circuits()[0])
    assert not any(keeps(some) for some in combinations(range(12), size - 1))
    assert {frozenset(some) for some in combinations(range(12), size) if keeps(some)} == {
        frozenset(circuit) for circuit in l08_minimal.circuits()
    }


def test_as_many_and_as_far_apart_as_the_text_says():
    counts = l08_minimal.by_seed()
    assert counts[l08_minimal.SEED] == max(counts) and counts.count(1) == len(counts) / 2
    one, other = (l08_minimal.circuits()[i] for i in l08_minimal.apart())
    assert (len(one & other), len(one | other)) == (1, 11)


def test_sets_by_counting():
    units = range(7)
    assert l08_minimal.our_sets(7, 3) == sum(1 for k in range(4) for _ in combinations(units, k))
    assert l08_minimal.our_sets(5, 5) == 2**5 and comb(5, 2) == 10
    assert l08_minimal.years(1000, 0.1) == "100 seconds" and l08_minimal.years(864000, 1) == "10 days"
    assert l08_minimal.years(1e12, 1).endswith("years")


# -- the real model ---------------------------------------------------------------------------------------------------


def test_parts_that_score_and_edges_that_lead(context):
    lines = list(l08_real.edges_by_score(context))
    assert lines[0].startswith("embedding > L0 MLP") and lines[-1].startswith("70,651 edges")
    scores = l08_real.part_scores(context)
    assert len(scores) == 300 and scores["L23H3"] > 2 > 0 > scores["L24H4"]


def test_a_few_edges_keep_it_and_random_ones_nothing(context):
    own, new, random = l08_real.sizes(context)
    assert own[1] > 0.9 and new[1] > 0.6 and own[-1] > 1.3
    assert np.abs(random).max() < 0.05
    assert l08_real.edges_needed(context) == l08_real.P3_CHOICES[0]


def test_a_circuit_of_parts_is_tested_beside_random_ones(context):
    parts = l08_real.our_parts(context)
    assert len(parts) <= l08_real.MOST_PARTS and "L0 MLP" in parts
    result = l08_real.tested(context, parts)
    kept = l08_real.bench(context).keep([PartsCircuit(parts=tuple(parts)).edges(context.model())])
    assert result.grids["faithfulness"].values.numpy()[0] == pytest.approx(float(kept[0]), abs=1e-3)
    assert len(list(l08_real.test_table(context, parts))) == 6
    assert result.grids["measure"].values.numpy()[3] < 0, "without the circuit's edges the other name is ahead"


def test_the_adversary_is_the_one_of_the_study(context):
    parts = ("L0 MLP", "L17H4", "L20H0", "L23H3", "L29H1")
    study = BeatCircuit(
        model=context.model().ref,
        pairs=l08_real.pairs_of(context),
        circuit=PartsCircuit(parts=parts),
        rounds=1,
    )
    result = run_study(study, context.model())
    react = l08_beat.reaction(context, parts)
    worst = l08_beat.our_next_out(react, parts, ())
    assert result.texts["out"] == (worst,)
    np.testing.assert_allclose(result.grids["reaction"].values.numpy(), [react(()), react((worst,))], atol=1e-3)


def test_a_part_in_brackets_is_no_tuple():
    def one(react, parts, out):
        return max(parts, key=lambda name: react(name)[0])

    with pytest.raises(TypeError, match="react takes a tuple of parts"):
        l08_beat.check_next_out(one, Context(seed=0, lesson=LESSON))


def test_without_one_head_the_circuit_says_the_other_name(context):
    parts = l08_real.our_parts(context)
    name, circuit, whole = l08_beat.worst(context)
    assert name == "L17H4" and circuit < 0 < 2 < whole
    assert l08_beat.circuit_says(context) == l08_beat.P4_CHOICES[2]
    assert len(list(l08_beat.beaten(context, parts, l08_beat.our_next_out))) == 3


def test_two_circuits_of_one_behaviour(context):
    found = l08_real.two(context)
    one, other = l08_real.first(context), l08_real.second(context)
    core = l08_real.core(context)
    assert int((one & other).sum()) == found["shared edges"] <= found["core"] and not (one & other & ~core).any()
    assert found["overlap"] == pytest.approx(found["shared edges"] / int((one | other).sum()))
    assert found["overlap"] < 0.1 and found["first"] > 0.9
    assert found["second"] > 0.4, "on one pair it is worse than on the four of the lesson at full pace"
    assert found["shared parts"] > found["first parts"] / 2
    assert len(list(l08_real.two_table(context))) == 6


# -- self-repair ------------------------------------------------------------------------------------------------------


def test_losses_are_what_plain_hooks_give(context, smollm):
    read = mary(smollm).read(smollm)
    values = {}

    def difference(tokens, off=()):
        handles = []
        for layer, head in off:

            def hook(module, args, layer=layer, head=head):
                z = args[0].clone()
                z[0, -1, 64 * head : 64 * head + 64] = values[layer][64 * head : 64 * head + 64]
                return (z,)

            handles.append(smollm.hf.model.layers[layer].self_attn.o_proj.register_forward_pre_hook(hook))
        with torch.no_grad():
            logits = smollm.hf(tokens.ids).logits[0, -1]
        for handle in handles:
            handle.remove()
        return float(logits[read.answer] - logits[read.foil])

    keep = [
        smollm.hf.model.layers[n].self_attn.o_proj.register_forward_pre_hook(
            lambda module, args, n=n: values.update({n: args[0][0, -1].clone()})
        )
        for n in (23, 24)
    ]
    difference(read.corrupt)
    for handle in keep:
        handle.remove()
    a, b = l08_repair.TOGETHER
    plain = [difference(read.clean, off) for off in ((), (a,), (b,), (a, b))]
    np.testing.assert_allclose(l08_repair.four(context), plain, atol=2e-3)
    assert l08_repair.our_beyond(*plain) == pytest.approx(1.5, abs=0.05)
    assert max(map(abs, l08_repair.by_chance(context))) < 0.1


def test_heads_of_layer_23_come_back_and_the_loudest_does_not(context, smollm):
    def back(head):
        return l08_repair.wrote(smollm, head), l08_repair.lost(smollm, frozenset([head]))

    for head in ((23, 0), (23, 1), (23, 7)):
        own, gone = back(head)
        assert own > 0.5 and gone < 0.05
    own, gone = back((23, 3))
    assert own == max(l08_repair.wrote(smollm, head) for head in l08_repair.loudest(context))
    assert abs(own - gone) < 0.2
    first, *_ = l08_repair.who(context)
    assert first.startswith("without L23H0: L24H4 +") and "norms +" in first
    assert "L23H0 writes 0.82 logits" in l08_repair.P_REPAIR.text
    assert f"{l08_repair.wrote(smollm, (23, 0)):.2f}" == "0.82"


def test_beyond_the_sum():
    assert l08_repair.our_beyond(6, 4, 5, 3) == 0
    assert l08_repair.our_beyond(6, 4, 5, 1) == 2


# -- the sentence -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda s: s + " It is the only one.", "of other edges"),
        (lambda s: s.replace("keeps", "explains"), "you measured a share"),
        (lambda s: s.replace("but without one head", "and when all is well"), "What the adversary found"),
        (lambda s: s.replace("pairs of name prompts that no ranking saw", "names"), "on which prompts"),
        (lambda s: s + " and so on" * 40, "are enough"),
        (lambda s: s.replace("%", ""), "in %"),
    ],
)
def test_a_sentence_that_says_too_much_or_too_little(change, says, context):
    verdict = LESSON.exercise("E8").check(change(l08_words.our_sentence(context)), context)
    assert not verdict.passed and says in verdict.sentence + verdict.property, verdict


def test_an_adversary_may_be_told_of_in_other_words(context):
    ours = l08_words.our_sentence(context)
    for words in ("with one head removed", "and it breaks when one head is gone:"):
        assert LESSON.exercise("E8").check(ours.replace("but without one head", words), context).passed


def test_check_boxes_are_of_the_first_pair(context):
    full = Context(seed=0, pace="full", lesson=LESSON)
    assert l08_real.looked_at(full) == (context.model(), l08_real.pairs_of(full)[0])
    toy, pair = l08_real.looked_at(context)
    assert toy.ref != context.model().ref and pair.read(toy)


def test_predictions_come_out_as_the_text_says(context):
    heads, smallest, edges, beaten, repair = (question.truth(context) for question in LESSON.predictions)
    assert heads == l08_toy.P1_CHOICES[1] and smallest == l08_minimal.P2_CHOICES[2]
    assert edges == l08_real.P3_CHOICES[0] and beaten == l08_beat.P4_CHOICES[2]
    assert repair < 10


def test_the_text_has_our_circuit_in_it():
    text = (Path(__file__).parents[2] / "lessons" / "src" / "08_circuits.py").read_text()
    assert "With our circuit the head is L17H4." in text.replace("\n# ", " ")

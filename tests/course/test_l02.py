"""Lesson 02: our answers pass, each typical wrong one is told what is wrong with it, and what the text says is so."""

from __future__ import annotations

import pytest
import torch

from mikit.course.lessons.l00_names import MARY, PAIRS, my_names
from mikit.course.lessons.l02 import LESSON, P1_CHOICES, P2_CHOICES, P3_CHOICES
from mikit.course.lessons.l02_heads import HELPER, SILENT, head_shares, loss_without, lowered, my_pair, switched_off
from mikit.course.lessons.l02_stream import LAYER, lens_readings, our_share, parts_of, stream_of
from mikit.course.lessons.l02_toy import our_gap, readings, toy
from mikit.course.plan import Context
from mikit.methods.lens import direct
from mikit.models.model import Model
from mikit.studies.names import name_pair, name_pairs
from mikit.trace.engine import capture
from mikit.trace.sites import Site
from tests.course.steps import (  # noqa: F401  # run here
    test_a_typical_wrong_answer_is_told_why,
    test_every_step_has_three_wrong_answers_that_are_told_different_things,
    test_our_answer_passes,
)


@pytest.fixture(scope="module")
def context(smollm: Model) -> Context:
    return Context(seed=11, pace="ci", lesson=LESSON)


@pytest.mark.parametrize("answer", [None, 7, "L0H1", [], {}, float("nan"), object(), (1,), (-1, 99), [(1, 2)], ""])
def test_an_answer_of_any_other_kind_is_not_passed(exercise, answer, context):
    assert not exercise.check(answer, context).passed


@pytest.mark.parametrize("seed", range(30))
def test_each_learner_has_a_stream_whose_wrong_readings_differ_from_the_right_one(seed):
    learner = Context(seed=seed, lesson=LESSON)
    small = toy(learner)
    assert sum(small.shares.values()) == pytest.approx(
        float(sum(small.parts.values()) @ (small.words[" tea"] - small.words[" jam"]))
    )
    for id in ("E1", "E2"):
        step = LESSON.exercise(id)
        assert step.check(step.ours(learner), learner).passed
        for wrong in step.wrong:
            assert wrong.says in step.check(wrong.answer(learner), learner).sentence
    assert LESSON.question("P1").truth(learner) == P1_CHOICES[2]


def test_of_four_readings_two_split(context):
    small = toy(context)
    gaps = [our_gap(read, list(small.parts.values())) for read in readings(small).values()]
    assert [gap < 1e-4 for gap in gaps] == [True, False, False, True]


def test_the_real_models_outcomes_are_those_of_the_text(context):
    assert LESSON.question("P2").truth(context) == P2_CHOICES[1]
    assert LESSON.question("P3").truth(context) == P3_CHOICES[2]
    assert LESSON.question("P4").truth(context) == pytest.approx(6.16, abs=0.05)


def test_the_parts_add_up_to_the_stream(smollm):
    parts, last = parts_of(smollm, MARY.text), stream_of(smollm, MARY.text)[-1]
    assert len(parts) == 2 * smollm.spec.layers + 1
    assert torch.allclose(sum(parts.values(), torch.zeros_like(last)), last, atol=0.01)


def test_a_share_is_what_the_unembedding_reads_from_plain_hooks(smollm):
    """The last stream from a plain PyTorch hook; the share of one layer's MLP by taking it away before a norm whose
    scale is held."""
    kept = {}
    hooks = [
        smollm.hf.model.norm.register_forward_pre_hook(lambda _, args: kept.update(last=args[0][0, -1])),
        smollm.hf.model.layers[28].mlp.register_forward_hook(lambda _, args, out: kept.update(mlp=out[0, -1])),
    ]
    tokens = smollm.tokens(MARY.text)
    with torch.no_grad():
        logits = smollm.hf(tokens.ids).logits[0, -1]
        for hook in hooks:
            hook.remove()
        normed = smollm.hf.model.norm(kept["last"])
        without = normed - kept["mlp"] * (normed / kept["last"])
        changed = smollm.hf.lm_head(without)
    mary, john = (int(smollm.tokens(word).ids[0, 0]) for word in (" Mary", " John"))
    assert our_share(smollm, kept["last"], kept["last"]) == pytest.approx(float(logits[mary] - logits[john]), abs=1e-3)
    lost = float((logits - changed)[mary] - (logits - changed)[john])
    assert our_share(smollm, kept["mlp"], kept["last"]) == pytest.approx(lost, abs=1e-3)


def test_a_head_off_is_what_plain_hooks_give(smollm):
    pair, read = name_pair(smollm, "Mary", "John"), name_pair(smollm, "Mary", "John").read(smollm)
    layer, head = SILENT

    def off(_, args):
        value = args[0].clone()
        value[:, -1, 64 * head : 64 * (head + 1)] = 0
        return (value,)

    hook = smollm.hf.model.layers[layer].self_attn.o_proj.register_forward_pre_hook(off)
    with torch.no_grad():
        logits = smollm.hf(read.clean.ids).logits[0, -1]
    hook.remove()
    found = switched_off(smollm, pair, [HELPER, SILENT])
    assert found[SILENT] == pytest.approx(float(logits[read.answer] - logits[read.foil]), abs=1e-3)
    assert abs(found[SILENT] - found[HELPER]) > 0.5


def test_two_heads_lower_every_name_and_all_others_hardly_any(smollm):
    found = lowered(smollm, name_pair(smollm, "Mary", "John"))
    assert {tuple(map(int, place)) for place in (found == 2).nonzero()} == {(23, 3), (24, 4)}
    assert int(found.sum()) == 4


def test_where_the_heads_of_the_text_look(smollm):
    """L23H3 at the wrong name, L24H4 and L23H0 at the right one: the mean over eight pairs, from the last token."""
    found = []
    for pair in name_pairs(smollm, 8):
        read = pair.read(smollm)
        sites = [Site(name="pattern", layer=layer) for layer in (23, 24)]
        early, late = (value[0, :, -1] for value in capture(smollm, read.clean, sites).values())
        right, wrong = read.positions["IO"], [read.positions["S1"], read.positions["S2"]]
        rows = early[3], late[4], early[0]
        found.append([[float(row[right]), float(row[wrong].sum())] for row in rows])
    (negative, against, helper) = torch.tensor(found).mean(0).tolist()
    assert negative[1] > 0.5 > 0.1 > negative[0]
    assert against[0] > against[1] and helper[0] > helper[1]


@pytest.mark.parametrize("word", ["Queen", "to", "Dear", "Mary"])
def test_at_the_sink_the_lens_says_the_same_of_any_word(word, smollm):
    assert float(lens_readings(smollm, word)[LAYER]) == pytest.approx(-1.8, abs=0.05)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_steps_on_their_own_names_hold_for_other_learners(seed, smollm):
    learner = Context(seed=seed, lesson=LESSON)
    for id in ("E7", "E8"):
        step = LESSON.exercise(id)
        assert step.check(step.ours(learner), learner).passed
        for wrong in step.wrong:
            assert wrong.says in step.check(wrong.answer(learner), learner).sentence
    assert len({my_names(Context(seed=seed)) for seed in range(40)}) > len(PAIRS) // 2


def test_the_heads_shares_are_those_of_the_method(context, smollm):
    pair = my_pair(context)
    read = pair.read(smollm)
    ours = direct(smollm, read.clean, read.answer, read.foil).heads.numpy()
    assert head_shares(smollm, pair) == pytest.approx(ours, abs=1e-4)
    assert loss_without(smollm, pair, SILENT) > 0.5

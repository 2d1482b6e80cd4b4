"""Lesson 09: checks reject what they should, measures are what plain hooks and closed forms give, and what the text
says is so."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch

from mikit.circuits.influence import Adjacency, adjacency, influence, pruned, scores
from mikit.circuits.prediction import predicted
from mikit.course.lessons import l09_breaks, l09_graph, l09_locked, l09_story, l09_toy
from mikit.course.lessons.l09 import LESSON
from mikit.course.lessons.l09_claim import CLAIM, TOO_MUCH, claim_lines, our_claim
from mikit.course.lessons.l09_graph import COUNT, LAST, ROSE, our_completeness, our_share
from mikit.course.lessons.l09_locked import ALL, CHOICES, DOUBLED, LATE_OFF, PLANTS, SINK, TOP, our_came_out, outcomes
from mikit.course.lessons.l09_toy import PROMPT, our_predicted
from mikit.course.plan import Context
from mikit.models.planted import WORDS
from mikit.studies.graphs import EDGES
from mikit.studies.prompts import answer_and_foil
from tests.course.steps import (  # noqa: F401  # run here
    test_a_typical_wrong_answer_is_told_why,
    test_every_step_has_three_wrong_answers_that_are_told_different_things,
    test_our_answer_passes,
)

DRAWN = ("E1", "E2", "E3", "E4", "E7")
"""Steps whose check draws numbers for each learner."""


@pytest.fixture(scope="module")
def context(smollm):
    return Context(seed=0, pace="ci", lesson=LESSON)


@pytest.fixture(scope="module")
def came(context):
    return outcomes(l09_locked.result(context)) | outcomes(l09_locked.result(context, l09_locked.more(context)))


@pytest.mark.parametrize("answer", [None, -7, "two", [], {}, float("nan"), object(), lambda *_: None, lambda *_: "x"])
def test_an_answer_of_any_other_kind_is_not_passed(exercise, answer, context):
    """A check may raise: the course then says that the answer could not be used."""
    with suppress(TypeError, ValueError, RuntimeError, AttributeError):
        assert not exercise.check(answer, context).passed


@pytest.mark.parametrize("seed", range(1, 9))
def test_every_learner_can_solve_what_is_drawn(seed, smollm):
    learner = Context(seed=seed, pace="ci", lesson=LESSON)
    for id in DRAWN:
        step = LESSON.exercise(id)
        assert step.check(step.ours(learner), learner).passed
        for wrong in step.wrong:
            verdict = step.check(wrong.answer(learner), learner)
            assert not verdict.passed and wrong.says in verdict.sentence, (id, verdict)


# -- the toy ----------------------------------------------------------------------------------------------------------


def plain_lead(text):
    """By the toy's own forward pass."""
    ids = torch.tensor([[WORDS.index(word) for word in text.split()]])
    with torch.no_grad():
        logits = l09_toy.toy().hf(ids).logits[0, -1]
    return float(logits[WORDS.index("purple")] - logits[WORDS.index("green")])


def test_the_toys_graph_is_one_way_and_holds_everything():
    drawn = l09_toy.graph()
    assert drawn.share == drawn.direct_share == 1
    assert drawn.neurons.tolist() == [[1, 3, 3]]
    assert drawn.value == pytest.approx(plain_lead(" ".join(PROMPT)), abs=1e-4)
    assert sum("plum" in line for line in l09_toy.edges()) == 1
    assert not any("lemon" in line for line in l09_toy.edges())
    assert {f"{x:.2f}" for x in vars(scores(adjacency(drawn))).values()} == {"1.00"}


def test_what_the_toys_graph_says_of_its_neuron_is_so_at_any_dose():
    drawn = l09_toy.graph()
    for ratio in (0.0, 0.5, 2.0, 3.0, -1.0):
        said = our_predicted(drawn.effects, drawn.values, {0: ratio})
        assert said == pytest.approx(l09_toy.with_neuron(ratio), abs=1e-4)
        assert said == pytest.approx((ratio - 1) * drawn.value, abs=1e-4)


def test_what_it_says_of_words_is_not(context):
    drawn = l09_toy.graph()
    said = [our_predicted(drawn.effects, drawn.values, {drawn.embeddings.start + n: 0.0}) for n in range(4)]
    found = [plain_lead(l09_toy.exchanged(n)) - drawn.value for n in range(4)]
    assert said[0] == said[2] == said[3] == pytest.approx(0, abs=1e-4)
    assert said[1] == pytest.approx(2 * found[1], rel=0.05)
    assert found == pytest.approx([-drawn.value, -drawn.value, 0, -drawn.value], abs=1e-3)
    assert LESSON.question("P1").truth(context) == l09_toy.PLACES[2]
    assert len(list(l09_toy.word_lines(our_predicted))) == 5


def test_a_prediction_by_solving_all_nodes_at_once():
    effects, values = l09_toy._random_graph(Context(seed=3))
    shares = torch.zeros_like(effects)
    shares[: len(values)] = effects[: len(values)] / values[:, None]
    shares[[0, 3]] = 0  # these are set
    given = torch.zeros(len(effects))
    given[[0, 3, 7]] = torch.tensor([-1.0, 1.0, -0.5])
    whole = torch.linalg.solve(torch.eye(len(effects)) - shares, given)
    ratios = {0: 0.0, 3: 2.0, 7: 0.5}
    assert our_predicted(effects, values, ratios) == pytest.approx(float(effects[-1] @ whole), rel=1e-4)


# -- the real graph ---------------------------------------------------------------------------------------------------


def test_a_learners_function_says_what_the_study_says(context, came):
    whole = l09_graph.graph(context)
    for one in l09_locked.four(context):
        said = our_predicted(whole.effects, whole.values, one.ratios(whole))
        assert said == pytest.approx(predicted(whole, one.ratios(whole)), abs=1e-3)
        assert said == pytest.approx(came[one.name].said, abs=1e-3)


def test_the_share_is_the_studys_and_half_of_it_takes_as_many_as_the_text_says(context):
    effects = l09_graph.all_effects(context)
    assert our_share(effects, COUNT) == pytest.approx(l09_graph.share_of(context), abs=1e-5)
    assert l09_graph.share_of(context) > 100 * l09_graph.random_share(context)
    half = l09_graph.for_half(context)
    assert our_share(effects, half) >= 0.5 > our_share(effects, half - 1)
    kept = effects.abs() >= effects.abs().flatten().topk(COUNT).values[-1]
    assert int(kept.sum()) == len(l09_graph.graph(context).neurons)
    assert len(list(l09_graph.share_lines(context, our_share))) == 3 + len(l09_graph.SIZES)


def test_completeness_is_the_score_and_begins_at_a_half(context):
    for count in (COUNT, 50, 0):
        numbers = l09_graph.smaller(context, count)
        assert our_completeness(*l09_graph.from_shares(numbers)) == pytest.approx(
            scores(numbers).completeness, abs=1e-5
        )
    effects = torch.zeros(4, 4)
    effects[3, :3] = torch.tensor([3.0, 5.0, 2.0])  # two rest nodes and a word bring the output all that it has
    rest = torch.tensor([True, True, False, False])
    bare = Adjacency(effects, rest, torch.tensor([False, False, True, False]), torch.tensor([0.0, 0, 0, 1]))
    assert our_completeness(*l09_graph.from_shares(bare)) == pytest.approx((0.2 + 1) / 2)
    assert l09_graph.nothing_named(context) == pytest.approx(0.5, abs=0.01)


def test_the_neurons_that_the_story_is_told_of(context):
    lines = {line.split(" at")[0]: line for line in l09_graph.strongest(context)}
    for name, word in (("L29 N307", "plant"), ("L25 N111", "buds"), ("L29 N693", "living"), ("L29 N611", "animal")):
        assert word in lines[name]
    assert "-" in lines["L29 N611"].split("   ")[-2]


# -- four predictions -------------------------------------------------------------------------------------------------


def plain_change(model, neurons, factor, frozen_norm=False):
    """By plain hooks: neurons {layer: [(position, neuron)]} at ``factor`` times their value; the last norm's scale as
    it was in the run, where asked."""
    ids = model.tokens(l09_graph.PROMPT).ids
    answer, foil = (int(model.tokens(word).ids[0, 0]) for word in (l09_graph.ANSWER, l09_graph.FOIL))
    norm, seen = model.hf.model.norm, {}

    def hook(layer):
        def changed(module, inputs):
            value = inputs[0].clone()
            for position, neuron in neurons[layer]:
                value[0, position, neuron] = factor * seen[layer][0, position, neuron]
            return (value,)

        return model.hf.model.layers[layer].mlp.down_proj.register_forward_pre_hook(changed)

    def keep(layer):
        return model.hf.model.layers[layer].mlp.down_proj.register_forward_pre_hook(
            lambda _, inputs: seen.update({layer: inputs[0].clone()})
        )

    def lead():
        with torch.no_grad():
            logits = model.hf(ids).logits[0, -1]
        return float(logits[answer] - logits[foil])

    handles = [keep(layer) for layer in neurons]
    handles.append(norm.register_forward_hook(lambda _, inputs, out: seen.update(norm=(inputs[0], out))))
    own = lead()
    for handle in handles:
        handle.remove()
    handles = [hook(layer) for layer in neurons]
    if frozen_norm:
        stream, out = (value[0, -1] for value in seen["norm"])
        handles.append(norm.register_forward_hook(lambda _, inputs, now: inputs[0] * (out / stream)))
    moved = lead() - own
    for handle in handles:
        handle.remove()
    return moved


def places(context, name):
    found = {}
    for one in (*l09_locked.four(context), *l09_locked.more(context)):
        if one.name == name:
            for id in one.nodes:
                layer, neuron, position = map(int, id.split("_"))
                found.setdefault(layer, []).append((position, neuron))
    return found


@pytest.mark.parametrize(("name", "factor"), [(PLANTS, 0.0), (DOUBLED, 2.0), (SINK, 0.0)])
def test_a_change_is_what_plain_hooks_give(name, factor, context, came, smollm):
    assert came[name].measured == pytest.approx(plain_change(smollm, places(context, name), factor), abs=2e-3)


def test_the_four_come_out_as_the_text_says(context, came):
    words = [our_came_out(*came[one.name]) for one in l09_locked.four(context)]
    assert words == ["as said", "another size", "another sign", "nothing"]
    assert [len(one.nodes) for one in l09_locked.four(context)] == [2, 346, 1, 1]
    assert [question.truth(context) for question in LESSON.predictions[1:]] == [*CHOICES, CHOICES[2]]
    assert our_came_out(*came[LATE_OFF]) == our_came_out(*came[ALL]) == "as said"
    assert abs(came[SINK].said) < 0.15 and came[SINK].measured < came[LATE_OFF].measured
    assert len(places(context, SINK)) == 2 and sum(map(len, places(context, SINK).values())) == 3
    for question, one in zip(LESSON.predictions[1:], l09_locked.four(context), strict=True):
        assert f"the graph says {came[one.name].said:+.1f} logits".replace("-", "\N{MINUS SIGN}") in question.text


def test_the_top_neuron_is_the_most_influential(context):
    whole = l09_graph.graph(context)
    layer, position, neuron = whole.neurons[int(influence(adjacency(whole))[:COUNT].argmax())].tolist()
    assert places(context, TOP) == {layer: [(position, neuron)]} == {1: [(0, 83)]}


# -- where it breaks --------------------------------------------------------------------------------------------------


def test_with_the_norm_held_doubling_is_as_said(context, came, smollm):
    held = l09_breaks.held(context)
    plain = plain_change(smollm, places(context, DOUBLED), 2.0, frozen_norm=True)
    assert held[DOUBLED].norm == pytest.approx(plain, abs=0.02)
    assert held[DOUBLED].norm == pytest.approx(came[DOUBLED].said, rel=0.1)
    assert held[DOUBLED].length > 1.3 and held[LATE_OFF].length > 0.9


def test_with_attention_held_three_quarters_of_the_sinks_effect_are_gone(context, came):
    held = l09_breaks.held(context)
    assert 0.2 < held[SINK].attention / came[SINK].measured < 0.3
    miss, left = (came[TOP].said - x for x in (came[TOP].measured, held[TOP].attention))
    assert 0.2 < 1 - left / miss < 0.3
    assert held[PLANTS].attention == pytest.approx(came[PLANTS].measured, abs=0.1)
    assert len(list(l09_breaks.held_lines(context))) == 2 + len(l09_breaks.shown(context))
    along = l09_breaks.along_all_ways(context)
    assert 0.3 < (came[TOP].said - along) / miss < 0.35


def test_late_neurons_keep_their_sign_and_those_at_the_first_word_do_not(context, smollm):
    found = l09_breaks.singles(context)
    late, first = found.chosen(l09_breaks.our_trusted), found.chosen(lambda layer, position: position == 0)
    assert found.right[late].mean() > 0.9 and found.right[first].mean() < 0.6
    assert late.mean() > 0.6 and len(found.said) == 40
    strongest = int(np.abs(found.said).argmax())
    whole = l09_graph.graph(context)
    assert found.said[strongest] == pytest.approx(min(predicted(whole, {n: 0.0}) for n in range(COUNT)), abs=1e-3)
    assert sum(int(line[29:37]) for line in list(l09_breaks.part_lines(context))[1:]) == 40


@pytest.mark.parametrize("rule", [lambda layer, position: position > 0, lambda layer, position: layer >= 22])
def test_another_right_line_passes_too(rule, context):
    assert LESSON.exercise("E5").check(rule, context).passed


# -- pruning, the dial and the claim ----------------------------------------------------------------------------------


def test_what_is_kept_is_what_pruning_keeps(context):
    numbers, whole = adjacency(l09_graph.graph(context)), l09_graph.graph(context)
    kept = pruned(numbers, nodes=float(l09_story.levels(context)[0]), edges=EDGES).nodes[:COUNT]
    counted = whole.neurons[kept, 1].bincount(minlength=whole.positions)
    found = l09_story.named(context)
    assert found[0].tolist() == counted.tolist() and (np.diff(found, axis=0) >= 0).all()
    shares = l09_story.first_word(context)
    assert shares[0] > 0.5 > 0.1 > shares[-1]
    assert found[0][ROSE] < found[-1][ROSE] and found[-1].argmax() == LAST
    assert len(list(l09_story.story_lines(context))) == 11


def test_prompts_of_the_dial_are_24_others_and_their_answers_one_token_each(smollm):
    texts = {one.prompt for one in l09_story.PROMPTS}
    assert len(texts) == 24 and not texts & {l09_graph.PROMPT, *(prompt for prompt, _, _ in l09_breaks.OTHERS)}
    for one in l09_story.PROMPTS:
        answer_and_foil(smollm, one.answer, one.foil)


def test_a_rule_that_is_moved_covers_all_or_none(context):
    numbers = np.array([[0.2, 0.75, 0.9], [0.05, 0.75, 1.0], [0.2, 0.75, 0.6], [0.2, 0.6, 0.9]])
    assert l09_story.our_covered(numbers, l09_story.RULE) == 0.25
    shares = [l09_story.our_covered(l09_story.found(context), rule) for rule in l09_story.RULES.values()]
    assert max(shares) == 1 and min(shares) == 0
    assert shares[0] == pytest.approx(float(l09_story.coverage(context).grids["covered"].values.numpy()[0]))
    assert set(l09_story.found(context)[:, 2] * 10 % 1) == {0}  # of ten neurons, in double precision
    assert len(list(l09_story.rule_lines(context, l09_story.our_covered))) == 1 + len(l09_story.RULES)
    assert len(list(l09_story.prompt_lines(context))) == 1 + len(l09_story.prompts(context))


def test_another_change_can_be_claimed_too(context, came):
    claim = our_claim(context)
    one = came[SINK]
    claim |= {
        "says": "On one prompt, three neurons set to zero take the lead away, where the graph says next to nothing.",
        "said": one.said,
        "measured": one.measured,
        "random": [one.low, one.high],
        "as_said": [1, 4],
    }
    assert LESSON.exercise("E8").check(claim, context).passed
    assert f"{one.measured:+.2f}" in "\n".join(claim_lines(claim))


def test_the_first_claim_says_more_than_was_seen():
    assert sum(word in CLAIM.lower() for word in TOO_MUCH) >= 4


def test_the_text_names_what_was_measured(context, came):
    source = Path(__file__).parents[2] / "lessons/src/09_attribution_graphs.py"
    lines = (line.removeprefix("# ") for line in source.read_text(encoding="utf-8").splitlines())
    text = " ".join(" ".join(lines).split())
    assert f"{-came[SINK].measured:.1f} logits, more than all {len(l09_locked.four(context)[1].nodes)} late" in text
    assert f"+{l09_breaks.held(context)[DOUBLED].norm:.1f} of +{came[DOUBLED].said:.1f}" in text
    assert f"gets {l09_breaks.held(context)[DOUBLED].length:.1f} times" in text
    assert f"graph's {came[TOP].said:+.1f} becomes {l09_breaks.along_all_ways(context):+.1f}" in text
    low, middle, least = l09_story.RULE
    assert f"replacement at least {low}, completeness at least {middle}" in text and least == 0.8

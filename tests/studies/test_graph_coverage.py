"""A rule over many prompts: scores from the graph, signs from hooks, the share's interval from scipy."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
import torch
from scipy import stats

from mikit.circuits.attribution import attribution_graph
from mikit.circuits.influence import adjacency, scores
from mikit.circuits.prediction import predicted
from mikit.errors import BadClaim, BadMetric, NotOneToken
from mikit.studies import graph_coverage
from mikit.studies.base import run_study, stream
from mikit.studies.graph_coverage import TESTED, GraphCoverage, Question, Rule
from mikit.trace.engine import remember
from tests import tiny as tiny_models
from tests.studies.test_graphs import by_hooks
from tests.trace import reference

PROMPTS = (
    Question(prompt="w1 w2 w3", answer="w7", foil="w2"),
    Question(prompt="w4 w5 w6 w8", answer="w9"),
    Question(prompt="w9 w9 w1", answer="w3", foil="w4"),
)
ANY = Rule(replacement=0, completeness=0, agreement=0)


def study(model, rule=ANY, prompts=PROMPTS, **fields):
    return GraphCoverage(model=model.ref, prompts=prompts, rule=rule, **{"count": 30} | fields)


def signs(model, one, count=30):
    """Both scores of a prompt's graph, and of its ten neurons of largest foretold effect what was foretold and what
    came, by hooks."""
    tokens = model.tokens(one.prompt)
    answer, foil = (None if word is None else int(model.tokens(word).ids[0, 0]) for word in (one.answer, one.foil))
    *_, graph = attribution_graph(model, tokens, answer, foil, count=count, budget=1e5)
    said = np.array([predicted(graph, {n: 0.0}) for n in range(count)])
    top = np.argsort(-np.abs(said))[:TESTED]
    nothing = (graph.neurons[:0], graph.values[:0])
    settings = [nothing, *((graph.neurons[[n]], torch.zeros(1)) for n in top)]
    own, *moved = by_hooks(model, tokens.ids, answer, foil, settings)
    return scores(adjacency(graph)), np.sign(said[top]), np.sign(np.array(moved) - own)


def test_scores_agreement_and_the_rule(tiny):
    found = [signs(tiny, one) for one in PROMPTS]
    scored = [one for one, _, _ in found]
    agreement = [float((said == came).mean()) for _, said, came in found]
    rule = Rule(replacement=sorted(one.replacement for one in scored)[1], completeness=0, agreement=0)
    result = run_study(study(tiny, rule), tiny)
    np.testing.assert_allclose(
        result.grids["replacement"].values.numpy(), [one.replacement for one in scored], atol=1e-5
    )
    np.testing.assert_allclose(
        result.grids["completeness"].values.numpy(), [one.completeness for one in scored], atol=1e-5
    )
    np.testing.assert_allclose(result.grids["agreement"].values.numpy(), agreement)
    covered = result.grids["covered"]
    assert float(covered.values.numpy()[0]) == pytest.approx(2 / 3)
    ends = stats.binomtest(2, 3).proportion_ci(method="wilson")
    np.testing.assert_allclose([covered.low.numpy()[0], covered.high.numpy()[0]], [ends.low, ends.high], rtol=1e-5)


@pytest.mark.parametrize("part", ["replacement", "completeness", "agreement"])
def test_each_part_of_the_rule_counts(part):
    model = tiny_models.model("gemma3_text")  # of which one of the ten moves the other way
    one = PROMPTS[0]
    own = float(run_study(study(model, prompts=(one,)), model).grids[part].values.numpy()[0])
    for bar, covered in ((own - 1e-4, 1), (own + 1e-4, 0)):
        rule = ANY.model_copy(update={part: bar})
        assert run_study(study(model, rule, (one,)), model).grids["covered"].values.numpy()[0] == covered


def test_shuffled_predictions_by_closed_form(tiny):
    """Of signs in any order: the mean agreement is the chance that two drawn at random are alike."""
    result = run_study(study(tiny), tiny)
    shuffled, passing = (result.controls[0].grids[name] for name in ("agreement", "passing"))
    for row, one in enumerate(PROMPTS):
        _, said, came = signs(tiny, one)
        chance = sum((said == sign).mean() * (came == sign).mean() for sign in (-1, 1))
        assert float(shuffled.values.numpy()[row]) == pytest.approx(chance, abs=0.03)
        assert shuffled.low.numpy()[row] <= chance + 1e-9 and chance - 1e-9 <= shuffled.high.numpy()[row]
        # Of n signs, a positive as said and b as they came: of the a, as many come positive as a blind draw of b takes.
        n, a, b = len(said), int((said > 0).sum()), int((came > 0).sum())
        alike = np.arange(n + 1)
        agreeing = (n - a - b + 2 * alike) / n
        reached = [stats.hypergeom(n, a, b).pmf(alike)[agreeing >= bar - 1e-9].sum() for bar in np.arange(11) / 10]
        np.testing.assert_allclose(passing.values.numpy()[row], reached, atol=0.05)
    assert passing.axes["at least"][8] == "0.8"
    assert result.controls[0].grids["covered"].values.numpy()[0] == 1, "of a rule that all meet"
    never = run_study(study(tiny, Rule(replacement=1, completeness=1, agreement=1)), tiny)
    assert never.controls[0].grids["covered"].values.numpy()[0] == 0


def test_it_shows_each_prompt_and_stops_after_any():
    model = tiny_models.model("llama")
    shown = list(stream(study(model), model))
    known = [np.isfinite(one.grids["replacement"].values.numpy()).tolist() for one in shown]
    assert known == [[True, False, False], [True, True, False], [True, True, True]]
    assert [one.done for one in shown] == pytest.approx([1 / 3, 2 / 3, 1])
    orders = [np.isfinite(one.controls[0].grids["passing"].values.numpy()).all(1).tolist() for one in shown]
    assert orders == known
    stopped = list(stream(study(model), model, cancelled=lambda: True))
    assert len(stopped) == 0, "the first step only looks at a prompt"


def test_no_graph_is_drawn_where_a_prompt_has_no_difference(monkeypatch):
    model = tiny_models.model("gpt2")
    logits = reference.logits(model.hf, model.tokens("w1 w2").ids)[0, -1]
    order = logits.argsort()
    near = int((logits[order[1:]] - logits[order[:-1]]).argmin())
    answer, foil = (model.token_string(int(id)) for id in order[near : near + 2])
    monkeypatch.setattr(graph_coverage, "graph_steps", lambda *a: pytest.fail("it was drawn"))
    with pytest.raises(BadMetric, match="says nothing"):
        run_study(study(model, prompts=(*PROMPTS, Question(prompt="w1 w2", answer=answer, foil=foil))), model)


def test_no_more_than_one_prompts_run_is_held(monkeypatch):
    model, held = tiny_models.model("gpt2"), []

    def remembered(*given):
        gc.collect()
        assert not any(one() for one in held)
        held.append(weakref.ref(past := remember(*given)))
        return past

    monkeypatch.setattr(graph_coverage, "remember", remembered)
    run_study(study(model), model)
    assert len(held) > 2


def test_what_is_refused():
    model = tiny_models.model("gpt2")
    with pytest.raises(BadClaim, match="no prompt"):
        study(model, prompts=())
    with pytest.raises(NotOneToken):
        run_study(study(model, prompts=(Question(prompt="w1", answer="w2 w3"),)), model)
    with pytest.raises(ValueError, match="less than or equal to 1"):
        Rule(replacement=2, completeness=0, agreement=0)

"""CircuitGraph without a browser: what it draws and what it tests is what the studies find."""

from __future__ import annotations

import json

import numpy as np
import pytest
import traitlets

from mikit.errors import BadPair, DictionaryUnusable, GraphUnusable, NotOneToken
from mikit.studies.base import run_study
from mikit.studies.draw_graph import DrawGraph
from mikit.studies.graph_coverage import GraphCoverage, Question, Rule
from mikit.studies.neuron_examples import NeuronExamples
from mikit.studies.record import Record
from mikit.studies.test_graph import Intervention, TestGraph
from mikit.studies.test_levels import TestLevels
from mikit.widgets.circuit_graph import CircuitGraph
from mikit.widgets.wire import decode
from tests.studies.test_graph_nodes import made, names
from tests.widgets.waiting import until, until_settled

ASKED = {"prompt": "w5 w6 w7 w8", "answer": "w9", "foil": "w3", "count": 40}
OTHER = "w1 w2 w3 w4"
PROMPTS = (Question(prompt="w5 w6 w7", answer="w9", foil="w3"), Question(prompt="w8 w2", answer="w1", foil="w4"))
RULE = Rule(replacement=0.1, completeness=0.1, agreement=0.5)


@pytest.fixture
def panel(model):
    made = []

    def make(**given):
        made.append(CircuitGraph(model, **ASKED | {"prompts": PROMPTS} | given))
        until_settled(made[-1])
        return made[-1]

    yield make
    for view in made:
        view.close()


def say(view, buffers=(), **message):
    view._heard(None, message, list(buffers))
    view._hear_person(None, message, list(buffers))


def neurons(view) -> list[str]:
    return [id for id, kind in zip(view.graph["ids"], decode(view.graph["kind"]), strict=True) if kind == 0]


def one(name="some", nodes=(), how="ablate", other=""):
    return {"name": name, "nodes": list(nodes), "how": how, "other": other}


def ask(view, *tests) -> None:
    """As the browser does, one press after another."""
    for test in tests:
        view.set_state({"tests": [*view.tests, test]})
    until_settled(view)


def studied(kind, model, **more):
    return run_study(kind(model=model.ref, **ASKED | more), model)


def test_the_graph_on_screen_is_the_studys(panel, model):
    view = panel()
    study = DrawGraph(model=model.ref, **ASKED)
    *_, graph = study.drawn(model)
    drawn = {name: decode(value) if isinstance(value, dict) and "data" in value else value
             for name, value in view.graph.items()}  # fmt: skip
    assert drawn["value"] == pytest.approx(graph.value) and drawn["share"] == pytest.approx(graph.share)
    beside = run_study(study, model).controls[0].grids["share"]
    assert drawn["share_random"] == [float(x.numpy()[0]) for x in (beside.values, beside.low, beside.high)]
    assert 0 < drawn["share_random"][1] < drawn["share_random"][2] < drawn["share"]
    assert (drawn["tokens"], drawn["layers"], drawn["source"]) == (["w5", "w6", "w7", "w8"], 3, "")
    place = {f"{layer}_{neuron}_{at}": n for n, (layer, at, neuron) in enumerate(graph.neurons.tolist())}
    place |= {f"{layer}_-1_{at}": graph.rest.start + 4 * layer + at for layer in range(3) for at in range(4)}
    place |= {f"E_{id}_{at}": graph.embeddings.start + at for at, id in enumerate(graph.tokens.ids[0].tolist())}
    place[drawn["ids"][-1]] = graph.output
    rows = [place[id] for id in drawn["ids"]]
    of_neuron = graph.neurons[[row for row in rows if row < 40]]
    assert drawn["kind"].tolist() == sorted(drawn["kind"].tolist()) and drawn["kind"][-1] == 3
    assert drawn["kind"].tolist().count(2) == 4 and list(drawn["labels"].values()) == ['Output "w9" - "w3"']
    own = drawn["kind"] == 0
    for column, name in enumerate(("layer", "position", "feature")):
        assert drawn[name][own].tolist() == of_neuron[:, column].tolist()
    assert drawn["layer"][drawn["kind"] == 2].tolist() == [-1] * 4 and drawn["layer"][-1] == 3
    assert drawn["value_of"][own].tolist() == pytest.approx(graph.values[rows[: own.sum()]].tolist())
    to, source = ([rows[n] for n in drawn[end]] for end in ("to", "from"))
    assert drawn["weight"].tolist() == pytest.approx(graph.effects[to, source].tolist()) and len(to) > 10
    assert (drawn["edge_since"] >= np.maximum(drawn["since"][drawn["to"]], drawn["since"][drawn["from"]])).all()
    kept = decode(view.levels["kept"])
    assert kept.tolist() == [int((own & (drawn["since"] <= level)).sum()) for level in range(10)]
    assert view.estimate == study.estimate(model).model_dump()


def test_each_level_stands_beside_its_test(panel, model):
    view = panel()
    scored, tested = studied(DrawGraph, model), studied(TestLevels, model)
    np.testing.assert_array_equal(
        np.stack([decode(view.levels[name]) for name in ("replacement", "completeness")], 1),
        scored.grids["score"].values.numpy(),
    )
    random = tested.controls[0].grids["measured"]
    expected = {"predicted": tested.grids["predicted"].values, "measured": tested.grids["measured"].values,
                "random": random.values, "random_low": random.low, "random_high": random.high}  # fmt: skip
    for name, values in expected.items():
        np.testing.assert_array_equal(decode(view.levels[name]), values.numpy())
    assert np.isfinite(decode(view.levels["measured"])).all()


def test_what_is_asked_is_answered_in_order(panel, model):
    view = panel()
    first, second = neurons(view)[:2], neurons(view)[1:4]
    asked = [one("off", first), one("twice", second, "boost"), one("other", first, "swap", OTHER)]
    ask(view, *asked)
    assert [{name: said[name] for name in asked[0]} for said in view.outcome] == asked
    result = studied(TestGraph, model, interventions=tuple(Intervention(**test) for test in asked))
    random = result.controls[0].grids["measured"]
    for n, said in enumerate(view.outcome):
        assert said["predicted"] == pytest.approx(float(result.grids["predicted"].values.numpy()[n]))
        assert said["measured"] == pytest.approx(float(result.grids["measured"].values.numpy()[n]))
        assert said["random"] == pytest.approx([float(x.numpy()[n]) for x in (random.values, random.low, random.high)])
    say(view, do="forget")
    until_settled(view)
    assert view.tests == [] and view.outcome == []


def test_an_answer_stays_while_the_next_is_computed(panel):
    view = panel()
    ask(view, one("off", neurons(view)[:1]))
    seen = []
    view.observe(lambda change: seen.append(change["new"]), "outcome")
    ask(view, one("all", neurons(view)))
    assert min(map(len, seen)) >= 1 and len(view.outcome) == 2
    assert all(np.isfinite(said["measured"]) for shown in seen for said in shown)


@pytest.mark.parametrize(
    ("test", "sentence"),
    [
        (one("short", ["FIRST"], "swap", "w1 w2"), "this one has 4, and 'w1 w2' has 2"),
        (one("rest", ["0_-1_1"]), "no single neuron"),
        (one("far", ["2_39_99"]), "no neuron of this graph"),
        (one("nobody"), "names no node"),
        (one("no prompt", ["FIRST"], "swap"), "A swap needs one"),
    ],
)
def test_a_test_that_cannot_be_run_goes_and_says_why(panel, test, sentence):
    view = panel()
    first = neurons(view)[0]
    ask(view, one("good", [first]))
    test = test | {"nodes": [first if node == "FIRST" else node for node in test["nodes"]]}
    view.set_state({"tests": [*view.tests, test]})
    until(view, lambda: sentence in view.problem)
    until_settled(view)
    assert [test["name"] for test in view.tests] == ["good"] == [said["name"] for said in view.outcome]
    assert view.error == ""
    ask(view, one("next", [first], "boost"))
    assert view.problem == "" and len(view.outcome) == 2
    with pytest.raises(traitlets.TraitError, match="cannot be asked"):
        view.tests = [one(nodes=[first], how="melt")]


def test_another_prompt_takes_marks_and_tests_with_it(panel):
    view = panel()
    first = neurons(view)[:3]
    view.set_state({"pinned": first[:1], "groups": [{"name": "two", "nodes": first[1:]}], "chosen": "two"})
    ask(view, one("off", first))
    assert view.outcome
    view.set_state({"prompt": "w5 w6 w7 w8 w9"})
    assert (view.pinned, view.groups, view.chosen, view.tests) == ([], [], "", [])
    until_settled(view)
    assert len(view.graph["tokens"]) == 5 and view.outcome == []
    assert np.isfinite(decode(view.levels["measured"])).all()


def test_another_answer_takes_what_its_graph_does_not_have(panel):
    view = panel()
    before = neurons(view)
    view.set_state({"pinned": before, "groups": [{"name": "all", "nodes": before}], "chosen": before[0]})
    ask(view, *(one(id, [id]) for id in before[:6]))
    view.set_state({"answer": "w40", "foil": ""})
    until(view, lambda: view.graph["answer"] == "w40")
    until_settled(view)
    both = [id for id in before if id in neurons(view)]
    assert 0 < len(both) < len(before)
    assert view.pinned == both and view.groups == [{"name": "all", "nodes": both}]
    assert [said["name"] for said in view.outcome] == [id for id in before[:6] if id in both]
    assert view.graph["labels"] == {view.graph["ids"][-1]: 'Output "w40"'} and view.graph["foil"] == ""


def test_a_prompt_that_cannot_be_read_is_said(panel):
    view = panel()
    view.prompt = ""
    until(view, lambda: "text" in view.error)
    assert view.estimate is None and view.graph is not None
    view.prompt = "w5 w6"
    until_settled(view)
    assert view.error == "" and len(view.graph["tokens"]) == 2
    view.answer = "w9 w9"
    until(view, lambda: "2 tokens" in view.error)


def test_the_chosen_neuron_is_looked_up(panel, model):
    view = panel()
    own = neurons(view)[0]
    layer, neuron, _ = map(int, own.split("_"))
    view.chosen = own
    until_settled(view)
    found = run_study(NeuronExamples(model=model.ref, layer=layer, neuron=neuron), model)
    assert view.detail["id"] == own
    assert [each["token"] for each in view.detail["promoted"]] == list(found.texts["promoted"])
    assert [each["token"] for each in view.detail["other"]["suppressed"]] == list(found.texts["other suppressed"])
    values = found.grids["activation"].values.numpy()
    for row, example in zip(values, view.detail["examples"], strict=True):
        assert example["values"][example["centre"]] == pytest.approx(float(row[8]))
        assert len(example["tokens"]) == len(example["values"])
    view.chosen = f"{layer}_{neuron}_2"
    until_settled(view)
    assert view.detail["id"] == view.chosen
    view.chosen = "0_-1_1"
    until_settled(view)
    assert view.detail is None


def test_the_dial_runs_once_its_rule_is_stated(panel, model):
    view = panel()
    assert view.coverage["prompts"] == [each.prompt for each in PROMPTS] and view.coverage["stated"] is None
    assert np.isnan(decode(view.coverage["agreement"])).all()
    say(view, do="state", rule=RULE.model_dump() | {"agreement": 1.2})
    assert "each from 0 to 1" in view.problem and view.stated is None
    say(view, do="state", rule=RULE.model_dump())
    until_settled(view)
    found = run_study(GraphCoverage(model=model.ref, prompts=PROMPTS, rule=RULE, count=ASKED["count"]), model)
    assert view.coverage["count"] == ASKED["count"]
    for name in ("replacement", "completeness", "agreement"):
        np.testing.assert_array_equal(decode(view.coverage[name]), found.grids[name].values.numpy())
    shuffled = found.controls[0].grids
    for name, covered in (("stated", found.grids["covered"]), ("stated_shuffled", shuffled["covered"])):
        assert view.coverage[name] == [float(x.numpy()[0]) for x in (covered.values, covered.low, covered.high)]
    np.testing.assert_array_equal(decode(view.coverage["shuffled"]), shuffled["passing"].values.numpy())
    before = view.asked["cover"]
    view.count = 20
    view.rule = RULE.model_dump() | {"agreement": 0.9}
    say(view, do="state", rule=view.rule)
    say(view, do="reset")
    until_settled(view)
    assert view.stated == RULE.model_dump() and view.asked["cover"] == before
    assert view.coverage["count"] == ASKED["count"], "as its rule was stated"


def test_a_stopped_dial_goes_on_when_it_is_asked_to(panel):
    view = panel()

    def press(_: object) -> None:
        view.unobserve(press, "coverage")
        say(view, do="stop")

    view.observe(press, "coverage")
    say(view, do="state", rule=RULE.model_dump())
    until(view, lambda: view.status["state"] == "stopped")
    view.chosen = neurons(view)[0]
    until(view, lambda: view.detail is not None and view.status["state"] == "stopped")
    assert np.isnan(decode(view.coverage["agreement"])).sum() == 1
    say(view, do="state", rule=RULE.model_dump())
    until_settled(view)
    assert np.isfinite(decode(view.coverage["agreement"])).all()


def test_what_is_on_screen_is_recorded_and_saved(panel, model, tmp_path):
    view = panel(predicted=-1.0)
    ask(view, one("off", neurons(view)[:2]))
    record = Record.read(view.record().save(tmp_path / "graph.json"))
    assert {result.study.kind for result in record.results} == {"draw-graph", "test-levels", "test-graph"}
    assert record.replay(model).within
    assert all(name in view.code["mikit"] for name in ("DrawGraph", "TestLevels", "TestGraph"))
    state = view._state_for_page()
    assert state["frozen"] and state["graph"]["ids"] == view.graph["ids"] and state["predicted"] == -1.0
    arrays = ("graph", "levels", "coverage")
    json.dumps({name: value for name, value in state.items() if name not in arrays}, allow_nan=False)
    page = view.freeze(tmp_path / "page.html").read_text(encoding="utf-8")
    assert neurons(view)[0] in page and "off" in page
    picture = view.picture()
    assert f"{view.outcome[0]['measured']:+.2f}".replace("-", "\N{MINUS SIGN}") in picture
    assert f"{view.graph['share']:.1%}" in picture
    assert "8 random sets of as many {:.1%}, from {:.1%} to {:.1%}".format(*view.graph["share_random"]) in picture
    mean, low, high = (f"{x:+.2f}".replace("-", "\N{MINUS SIGN}") for x in view.outcome[0]["random"])
    assert f"{mean}, from {low} to {high}" in picture


def test_run_draws_and_tests_without_a_browser(model):
    view = CircuitGraph(model, **ASKED)
    view.tests = [one("off", ["0_4_0"])]
    view.run()
    assert len(view.outcome) == 1 and view.graph["done"]
    view.close()


def test_what_cannot_be_drawn_is_refused(model):
    with pytest.raises(TypeError, match="Did you mean 'prompt'"):
        CircuitGraph(model, promt="w5")
    with pytest.raises(BadPair, match="give answer="):
        CircuitGraph(model, prompt="w5 w6")
    with pytest.raises(BadPair, match="give a prompt and an answer"):
        CircuitGraph(model)
    with pytest.raises(NotOneToken):
        CircuitGraph(model, prompt="w5 w6", answer="w1 w2")
    with pytest.raises(GraphUnusable, match="Without a model"):
        CircuitGraph(None)


def test_features_of_transcoders_in_place_of_neurons(panel, model):
    ours = made(model)
    view = panel(transcoders=ours)
    drawn = studied(DrawGraph, model, transcoders=names(ours))
    assert view.graph["share"] == pytest.approx(drawn.grids["share"].values.numpy()[0])
    ask(view, one(nodes=neurons(view)[:2]))
    tested = studied(
        TestGraph, model, transcoders=names(ours), interventions=(Intervention(name="some", nodes=neurons(view)[:2]),)
    )
    assert view.outcome[0]["measured"] == pytest.approx(float(tested.grids["measured"].values.numpy()[0]))
    view.chosen = neurons(view)[0]
    until_settled(view)
    assert view.detail is None and "features of transcoders" in view.hides
    file = json.dumps(view._document()[0].document)
    view.close()
    again = panel(graph=file)
    assert "features of transcoders. Draw it anew" in again.problem


def test_transcoders_that_do_not_fit_are_refused_at_once(panel, model):
    with pytest.raises(DictionaryUnusable, match="transcoders were given"):
        panel(transcoders=made(model)[1:])

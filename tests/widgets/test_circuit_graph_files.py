"""Graph files in CircuitGraph: what was kept comes back, others' are drawn, what cannot be read or tested says why."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

import mikit
from mikit.circuits.influence import scores
from mikit.circuits.interchange import read_graph
from mikit.errors import GraphUnusable
from mikit.widgets import circuit_graph_files
from mikit.widgets.circuit_graph import CircuitGraph
from mikit.widgets.circuit_graph_files import read_file
from mikit.widgets.wire import decode
from tests import tiny
from tests.circuits.test_interchange import foreign
from tests.widgets.test_circuit_graph import ask, neurons, one, panel, say  # noqa: F401  # panel is a fixture
from tests.widgets.waiting import until, until_settled


def kept(view, tmp_path, monkeypatch):
    """The file that "keep" writes: its path."""
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.iterdir())
    view.note = ""
    say(view, do="keep")
    until(view, lambda: "Saved mikit-graph-" in view.note)
    (path,) = set(tmp_path.iterdir()) - before
    return path


def opened(view, document, name="theirs.json"):
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    say(view, [memoryview(content)], do="file", name=name)
    until_settled(view)


def test_what_is_kept_comes_back_with_its_marks(panel, model, tmp_path, monkeypatch):  # noqa: F811
    view = panel()
    first = neurons(view)
    marks = {
        "pinned": first[:2],
        "groups": [{"name": "some <b>", "nodes": first[2:5]}, {"name": "é", "nodes": first[:1]}],
    }
    view.set_state(marks)
    ask(view, one("off", first[:3]))
    path = kept(view, tmp_path, monkeypatch)
    drawn = read_graph(path.read_text(encoding="utf-8"))
    assert [node.id for node in drawn.nodes if node.kind == "feature"] == first
    assert drawn.document["qParams"]["pinnedIds"] == first[:2]
    assert drawn.document["qParams"]["supernodes"] == [["some <b>", *first[2:5]], ["é", first[0]]]

    again = CircuitGraph(model, graph=path)
    until_settled(again)
    assert {name: getattr(again, name) for name in marks} == marks and again.problem == ""
    assert (again.prompt, again.answer, again.foil, again.count) == ("w5 w6 w7 w8", "w9", "w3", 40)
    assert again.graph["source"] == path.name and again.graph["value"] == view.graph["value"]
    assert again.graph["share"] == view.graph["share"]
    shown, before = ({name: decode(each.graph[name]) for name in ("weight", "value_of")} for each in (again, view))
    own = decode(view.graph["kind"]) == 0
    drawn_before = set(zip(*edges(view), before["weight"].tolist(), strict=True))
    assert set(zip(*edges(again), shown["weight"].tolist(), strict=True)) == drawn_before
    np.testing.assert_array_equal(shown["value_of"][decode(again.graph["kind"]) == 0], before["value_of"][own])
    second = kept(again, tmp_path, monkeypatch)
    assert json.loads(second.read_text(encoding="utf-8")) == json.loads(path.read_text(encoding="utf-8"))

    ask(again, one("off", first[:3]))
    assert again.outcome == view.outcome
    again.close()


def edges(view):
    return [[view.graph["ids"][n] for n in decode(view.graph[end])] for end in ("from", "to")]


def test_a_file_goes_where_another_graph_is_asked_for(panel, tmp_path, monkeypatch):  # noqa: F811
    view = panel()
    view.pinned = neurons(view)[:1]
    path = kept(view, tmp_path, monkeypatch)
    view.set_state({"count": 20, "pinned": []})
    until_settled(view)
    assert np.isfinite(decode(view.levels["measured"])).all()
    opened(view, path.read_bytes(), path.name)
    assert view.count == 40 and view.graph["source"] == path.name and view.pinned
    assert np.isnan(decode(view.levels["measured"])).all() and view.ask("graph") is None
    view.set_state({"prompt": "w1 w2 w3"})
    until_settled(view)
    assert view.graph["source"] == "" and len(view.graph["tokens"]) == 3 and view.pinned == []
    opened(view, foreign())
    assert view.graph["source"] == "theirs.json" and view.prompt == "w1 w2 w3"
    say(view, do="reset")
    until_settled(view)
    assert view.graph["source"] == "" and view.graph["prompt"] == "w5 w6 w7 w8"
    opened(view, foreign())
    say(view, do="reset")
    until_settled(view)
    assert view.graph["source"] == ""
    assert np.isfinite(decode(view.levels["measured"])).all()


def test_reset_leads_back_to_the_file_that_was_given(model, tmp_path):
    (tmp_path / "theirs.json").write_text(json.dumps(foreign()), encoding="utf-8")
    view = CircuitGraph(model, prompt="w5 w6", answer="w9", graph=tmp_path / "theirs.json")
    assert view.pinned == ["0_3_1"]
    view.set_state({"prompt": "w1 w2 w3"})
    until_settled(view)
    assert view.graph["source"] == ""
    say(view, do="reset")
    until_settled(view)
    assert view.graph["source"] == "theirs.json" and view.pinned == ["0_3_1"]
    view.close()


def test_another_labs_graph_is_drawn_without_a_model(tmp_path, monkeypatch):
    view = CircuitGraph(None, graph=json.dumps(foreign()))
    assert view.graph["tokens"] == ["The", " x"] and view.graph["share"] is None and view.graph["layers"] == 2
    assert decode(view.graph["kind"]).tolist() == [2, 0, 1, 1, 3]
    assert decode(view.graph["layer"]).tolist() == [-1, 0, 0, 1, 2]
    assert view.pinned == ["0_3_1"] and view.groups == [{"name": "capitals", "nodes": ["0_3_1", "E_812_0"]}]
    assert view.graph["labels"] == {"E_812_0": "Emb: The", "0_3_1": "capitals ⟨é⟩"}
    # by hand: the feature of value 2.5 gets 1 from the embedding, and brings the output 1.5 at a quarter's weight
    effect = dict(zip(view.graph["ids"], decode(view.graph["effect"]).tolist(), strict=True))
    assert effect["E_812_0"] == pytest.approx(0.25 * 1.5 / 2.5) and effect["0_3_1"] == pytest.approx(0.25 * 1.5)
    assert effect["0_-1_1"] == pytest.approx(-0.125) and effect["1_-1_1"] == 0
    found = scores(read_graph(json.dumps(foreign())).numbers)
    assert decode(view.levels["replacement"])[-1] == pytest.approx(found.replacement)
    assert decode(view.levels["completeness"])[-1] == pytest.approx(found.completeness)
    assert decode(view.levels["kept"])[-1] == 1 and decode(view.graph["since"]).max() <= 9
    assert "no model was given" in view.problem and not view.can_save and view.chip == ""
    assert "graph" in view.picture()
    view.tests = [one("off", ["0_3_1"])]
    assert view.tests == [] and "no model was given" in view.problem
    assert json.loads(kept(view, tmp_path, monkeypatch).read_text(encoding="utf-8")) == foreign()
    view.pinned = ["E_812_0"]
    changed = json.loads(kept(view, tmp_path, monkeypatch).read_text(encoding="utf-8"))
    assert changed["qParams"] == foreign()["qParams"] | {"pinnedIds": ["E_812_0"]}
    assert changed | {"qParams": 0} == foreign() | {"qParams": 0}
    view.close()


def test_every_level_of_a_file_holds_the_last(model):
    view = CircuitGraph(None, graph=json.dumps(wide(30)))
    kept_by = decode(view.levels["kept"])
    since, edge_since = decode(view.graph["since"]), decode(view.graph["edge_since"])
    kind, to, source = (decode(view.graph[name]) for name in ("kind", "to", "from"))
    assert (np.diff(kept_by) >= 0).all() and kept_by[-1] == 30 and kept_by[0] < 30
    assert kept_by.tolist() == [int(((kind == 0) & (since <= level)).sum()) for level in range(10)]
    assert (edge_since >= np.maximum(since[to], since[source])).all() and len(to) == 60
    view.close()


def test_numbers_longer_than_the_wires_are_cut():
    text = json.dumps(foreign()).replace("0_3_1", "0_99999999999999999999_1")
    view = CircuitGraph(None, graph=text)
    assert decode(view.graph["feature"]).tolist() == [812, 2**31 - 1, -1, -1, 77]
    view.close()


def wide(count):
    """One embedding, ``count`` features that it reaches, each with another share of the output."""
    nodes = [{"node_id": "E_1_0", "layer": "E", "ctx_idx": 0, "feature_type": "embedding"}]
    nodes += [
        {"node_id": f"0_{n}_0", "layer": "0", "ctx_idx": 0, "feature_type": "cross layer transcoder"}
        for n in range(count)
    ]
    nodes.append({"node_id": "2_9_0", "layer": "2", "ctx_idx": 0, "feature_type": "logit", "token_prob": 1.0})
    links = [{"source": "E_1_0", "target": f"0_{n}_0", "weight": 1.0} for n in range(count)]
    links += [{"source": f"0_{n}_0", "target": "2_9_0", "weight": 1 / (n + 1)} for n in range(count)]
    return {"metadata": {}, "nodes": nodes, "links": links}


def without(key):
    return {name: value for name, value in foreign().items() if name != key}


def newer():
    return foreign() | {"metadata": {"schema_version": 2}}


def dangling():
    return foreign() | {"links": [{"source": "0_3_1", "target": "9_9_9", "weight": 1.0}]}


def circular():
    links = [("0_3_1", "3_77_1", 1.0), ("3_77_1", "0_3_1", 1.0)]
    return foreign() | {"links": [dict(zip(("source", "target", "weight"), link, strict=True)) for link in links]}


def far():
    nodes = foreign()["nodes"]
    return foreign() | {"nodes": [nodes[0] | {"node_id": "E_812_99999", "ctx_idx": 99999}, *nodes[1:]], "links": []}


def aimless():
    return foreign() | {"nodes": foreign()["nodes"][:-1], "links": []}


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (b"once upon a time", "is not JSON"),
        (b"\xff\xfe\x00", "no text"),
        (without("links"), "it has no links"),
        (newer(), "version 2 of its form"),
        (dangling(), "which is none of its 5 nodes"),
        (circular(), "circle"),
        (b"[" * 100_000, "nested too deep"),
        (far(), "past 4,000"),
        (aimless(), "no node of type 'logit'"),
    ],
)
def test_what_cannot_be_read_says_why_and_changes_nothing(panel, document, sentence):  # noqa: F811
    view = panel()
    before = (view.graph, view.levels, view.pinned)
    opened(view, document, "odd <b>.json")
    assert sentence in view.problem and view.graph is before[0]
    assert (view.graph, view.levels, view.pinned) == before and view.ask("graph") is not None
    opened(view, foreign())
    assert view.graph["source"] == "theirs.json"


def test_what_is_too_large_is_not_read(monkeypatch):
    monkeypatch.setattr(circuit_graph_files, "LARGEST", 100)
    with pytest.raises(GraphUnusable, match="has 0 MB; graph files up to 0 MB"):
        read_file("big.json", b" " * 101, None)
    monkeypatch.setattr(circuit_graph_files, "LARGEST", 10_000)
    monkeypatch.setattr(circuit_graph_files, "MOST_NODES", 4)
    with pytest.raises(GraphUnusable, match="5 nodes; graphs of up to 4"):
        read_file("big.json", json.dumps(foreign()).encode(), None)


def test_a_file_that_is_not_there_says_so(model, tmp_path):
    with pytest.raises(GraphUnusable, match="cannot be read: No such file"):
        CircuitGraph(model, graph=tmp_path / "nowhere.json")


def test_nodes_of_another_model_cannot_be_tested(panel, tmp_path, monkeypatch):  # noqa: F811
    view = panel()
    document = json.loads(kept(view, tmp_path, monkeypatch).read_text(encoding="utf-8"))
    first = neurons(view)[:1]
    other = mikit.load(tiny.weights("gpt2"), tokenizer=tiny.tokenizer())
    elsewhere = CircuitGraph(other, prompt="w5 w6", answer="w9", graph=json.dumps(document))
    until_settled(elsewhere)
    assert f"drawn on weights {view._model.ref.sha256[:8]}" in elsewhere.problem
    elsewhere.set_state({"tests": [one("off", first)]})
    assert elsewhere.tests == [] and f"{other.ref.sha256[:8]}" in elsewhere.problem and elsewhere.outcome == []
    elsewhere.chosen = first[0]
    assert elsewhere.ask("examples") is None and elsewhere.graph["ids"] == [
        node["node_id"] for node in document["nodes"]
    ]
    elsewhere.close()
    for name, value, sentence in (
        ("model_sha256", None, "it was drawn on weights None"),
        ("answer", None, "from what it was drawn (answer)"),
        ("count", 0, "from what it was drawn (count)"),
    ):
        ours = document["metadata"]["mikit"] | {name: value}
        opened(view, document | {"metadata": document["metadata"] | {"mikit": ours}})
        assert sentence in view.problem and view.graph["source"] == "theirs.json"
    opened(view, foreign())
    assert "not said to be neurons" in view.problem


def test_only_what_is_on_screen_is_kept(panel, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    view = panel()
    with mikit.exclusive():
        view.set_state({"prompt": "w21 w22 w23"})
        view._write_kept()
        assert "no whole graph" in view.note and view.graph["prompt"] == "w5 w6 w7 w8"
    until_settled(view)
    assert list(tmp_path.iterdir()) == []


def test_stop_leaves_what_was_drawn_and_writes_no_half(panel, model, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    view = panel()

    def press(change) -> None:
        if not change["new"]["done"]:
            view.unobserve(press, "graph")
            say(view, do="stop")

    view.observe(press, "graph")
    view.set_state({"prompt": "w11 w12 w13", "pinned": []})
    until(view, lambda: view.status["state"] == "stopped")
    assert not view.graph["done"] and view.graph["ids"] == [] and view.graph["share"] > 0 and view.levels is None
    say(view, do="keep")
    until(view, lambda: "no whole graph" in view.note)
    assert list(tmp_path.iterdir()) == []
    view.set_state({"asked": {lane: number + 1 for lane, number in view.asked.items()}})
    until_settled(view)
    assert view.graph["done"] and torch.tensor(decode(view.levels["measured"])).isfinite().all()

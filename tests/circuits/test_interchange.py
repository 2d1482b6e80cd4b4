"""Graph files: out and in again, other people's in both forms, and what is refused."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from mikit.circuits import interchange
from mikit.circuits.attribution import attribution_graph
from mikit.circuits.influence import adjacency, influence, pruned, scores
from mikit.circuits.interchange import drawing_of, read_graph, write_graph
from mikit.errors import GraphUnusable

FIXTURES = Path(__file__).with_name("fixtures")


def node(id, kind, layer, position, **more):
    return {"node_id": id, "feature": 5, "layer": layer, "ctx_idx": position, "feature_type": kind} | more


def foreign(error="{layer}_-1_{position}"):
    """A small file as others write it, with things that mikit has no use for."""
    rest = [node(error.format(layer=n, position=1), "mlp reconstruction error", str(n), 1, feature=-1) for n in (0, 1)]
    nodes = [
        node("E_812_0", "embedding", "E", 0, clerp="Emb: The"),
        node("0_3_1", "cross layer transcoder", "0", 1, clerp="capitals ⟨é⟩", influence=0.4, activation=2.5),
        *rest,
        node("3_77_1", "logit", "3", 1, token_prob=0.25, is_target_logit=True),
    ]
    links = [("E_812_0", "0_3_1", 1), (rest[0]["node_id"], "3_77_1", -0.5), ("0_3_1", "3_77_1", 1.5)]
    return {
        "metadata": {"slug": "s", "scan": "a-model", "schema_version": 1, "prompt_tokens": ["The", " x"], "own": [1]},
        "qParams": {"pinnedIds": ["0_3_1"], "supernodes": [["capitals", "0_3_1", "E_812_0"]], "linkType": "both"},
        "nodes": nodes,
        "links": [dict(zip(("source", "target", "weight"), link, strict=True)) for link in links],
        "more": {"of": "theirs"},
    }


@pytest.mark.parametrize("error", ["{layer}_-1_{position}", "0_{layer}_{position}"])
def test_a_foreign_graph_comes_back_unchanged(error):
    document = foreign(error)
    drawing = read_graph(json.dumps(document))
    assert json.loads(write_graph(drawing)) == document
    assert [each.kind for each in drawing.nodes] == ["embedding", "feature", "rest", "rest", "output"]
    assert [(each.layer, each.position, each.feature) for each in drawing.nodes] == [
        (None, 0, 812),
        (0, 1, 3),
        (0, 1, None),
        (1, 1, None),
        (None, 1, 77),
    ]
    expected = torch.zeros(5, 5)
    expected[1, 0], expected[4, 2], expected[4, 1] = 1, -0.5, 1.5
    assert drawing.numbers.effects.equal(expected)
    assert drawing.numbers.outputs.tolist() == [0, 0, 0, 0, 0.25]
    found = scores(drawing.numbers)
    assert found.replacement == pytest.approx(0.75)
    assert found.completeness == pytest.approx(1 - 0.25 * 0.25 / (2 * 0.25 + 0.75 * 0.25))


@pytest.mark.parametrize("foil", [9, None])
def test_our_graph_goes_out_and_comes_back(tiny, foil):
    tokens = tiny.tokens_from(torch.tensor([[5, 6, 7, 8, 5]]))
    *_, graph = attribution_graph(tiny, tokens, 7, foil, count=30, budget=1e5)
    kept = pruned(adjacency(graph), nodes=0.7, edges=0.8)
    drawing = drawing_of(tiny, graph, kept, slug="soup")
    text = write_graph(drawing)
    again = read_graph(text)
    assert again.document == drawing.document and write_graph(again) == text and again.nodes == drawing.nodes

    places = [place_of(graph, each) for each in again.nodes]
    assert places == sorted(places) and set(range(graph.embeddings.start, graph.output + 1)) <= set(places)
    expected = (graph.effects * kept.edges)[places][:, places]
    torch.testing.assert_close(again.numbers.effects, expected, rtol=0, atol=0)
    assert int((again.numbers.effects != 0).sum()) == int(kept.edges.sum())
    metadata = again.document["metadata"]
    assert metadata["mikit"]["share"] == graph.share and metadata["prompt_tokens"] == ["w1", "w2", "w3", "w4", "w1"]
    assert again.nodes[-1].label == ('Output "w3" - "w5"' if foil else 'Output "w3"')
    assert influence(again.numbers).sum() > 0


def place_of(graph, node):
    if node.kind == "feature":
        return graph.neurons.tolist().index([node.layer, node.position, node.feature])
    if node.kind == "rest":
        return graph.rest.start + node.layer * graph.positions + node.position
    if node.kind == "embedding":
        assert node.feature == int(graph.tokens.ids[0, node.position])
        return graph.embeddings.start + node.position
    return graph.output


def broken(change):
    document = foreign()
    change(document)
    return json.dumps(document)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d["metadata"].update(schema_version=2), "version 2 of its form; this mikit reads up to 1"),
        (lambda d: d["links"][0].update(source="0_9_9"), "ends at '0_9_9', which is none of its 5"),
        (lambda d: d["links"][0].update(weight=float("nan")), "weight nan"),
        (lambda d: d["links"][0].pop("weight"), "An edge of this graph cannot be read"),
        (lambda d: d["nodes"].append(d["nodes"][1]), "2 nodes of this graph are called '0_3_1'"),
        (lambda d: d["nodes"][1].update(feature_type="lorsa"), "A node of this graph cannot be read"),
        (lambda d: d["nodes"][1].update(layer="4"), "A node of this graph cannot be read"),
        (lambda d: d["nodes"][2].update(ctx_idx=0), "A node of this graph cannot be read"),
        (lambda d: d["nodes"][1].pop("node_id"), "A node of this graph cannot be read"),
        (lambda d: d.pop("links"), "has no links"),
    ],
)
def test_what_is_refused(change, words):
    with pytest.raises(GraphUnusable, match=words):
        read_graph(broken(change))


@pytest.mark.parametrize(("text", "words"), [("{", "not JSON"), ("[]", "has no metadata, nodes, links")])
def test_what_is_no_graph_at_all(text, words):
    with pytest.raises(GraphUnusable, match=words):
        read_graph(text)


def test_a_graph_in_which_nothing_reaches_the_output_has_no_edges_to_keep():
    document = foreign() | {"links": []}
    assert not pruned(read_graph(json.dumps(document)).numbers).edges.any()


def of_circuit_tracer(name):
    return (FIXTURES / f"{name}.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["whole", "pruned"])
def test_a_file_of_circuit_tracer_comes_back_unchanged(name):
    """tests/references/circuit_tracer_graph.py wrote it, with circuit-tracer 0.4.1."""
    text = of_circuit_tracer(name)
    assert json.loads(write_graph(read_graph(text))) == json.loads(text)


def test_a_file_of_circuit_tracer_has_its_scores_and_is_pruned_as_it_does():
    said, whole = json.loads(of_circuit_tracer("scores")), read_graph(of_circuit_tracer("whole"))
    found = scores(whole.numbers)
    assert (found.replacement, found.completeness) == pytest.approx((said["replacement"], said["completeness"]))
    kept = pruned(whole.numbers, nodes=said["nodes"], edges=said["edges"])
    theirs = json.loads(of_circuit_tracer("pruned"))
    ids = [node.id for node in whole.nodes]
    edges = {(ids[source], ids[target]) for target, source in kept.edges.nonzero().tolist()}
    assert edges == {(link["source"], link["target"]) for link in theirs["links"]} and len(edges) > 50
    reached = {each["node_id"]: each["influence"] for each in theirs["nodes"] if each["influence"] is not None}
    for id, share in reached.items():
        assert float(kept.reached[ids.index(id)]) == pytest.approx(share, abs=1e-5)


def test_a_graph_too_large_for_memory_is_refused_before_it_is_made(monkeypatch):
    for free, refused in ((376, False), (374, True)):  # 3 * 4 * 25 bytes are 0.8 of 375
        monkeypatch.setattr(interchange.psutil, "virtual_memory", lambda free=free: SimpleNamespace(available=free))
        with pytest.raises(GraphUnusable, match="has 5 nodes") if refused else nullcontext():
            read_graph(json.dumps(foreign()))

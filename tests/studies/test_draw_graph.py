"""A drawn graph's numbers against its own edges and autograd, and the random neurons beside it."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from mikit.circuits.influence import adjacency, narrowed, pruned, scores
from mikit.circuits.interchange import read_graph, write_graph
from mikit.circuits.prediction import predicted
from mikit.studies.base import run_study, stream
from mikit.studies.draw_graph import DRAWS, DrawGraph
from mikit.studies.graphs import EDGES, LEVELS, node_index
from mikit.studies.record import Record
from tests.circuits import replaced

PROMPT, ANSWER, FOIL, COUNT = "w1 w2 w3 w4 w5", "w7", "w2", 24


def study(model, **fields):
    return DrawGraph(model=model.ref, **{"prompt": PROMPT, "answer": ANSWER, "foil": FOIL, "count": COUNT} | fields)


def token(model, word):
    return int(model.tokens(word).ids[0, 0])


def test_what_the_graph_and_random_neurons_hold_by_autograd(tiny):
    result = run_study(study(tiny), tiny)
    ids, held = tiny.tokens(PROMPT).ids, []
    for linear in (True, False):
        logits, _, passed, *_ = replaced.run(tiny, ids, linear=linear)
        slopes = torch.autograd.grad(logits[token(tiny, ANSWER)] - logits[token(tiny, FOIL)], passed)
        sizes = torch.stack([(s * n)[0].detach() for s, n in zip(slopes, passed, strict=True)]).abs().flatten()
        held.append((sizes, sizes / sizes.sum()))
    best = held[0][0].topk(COUNT).indices
    expected = [float(share[best].sum()) for _, share in held]
    np.testing.assert_allclose(result.grids["share"].values.numpy(), expected, rtol=1e-4)
    luck = torch.Generator().manual_seed(0)
    sets = [torch.randperm(len(held[0][0]), generator=luck)[:COUNT] for _ in range(DRAWS)]
    drawn = np.array([[float(share[one].sum()) for _, share in held] for one in sets])
    random = result.controls[0].grids["share"]
    np.testing.assert_allclose(random.values.numpy(), drawn.mean(0), rtol=1e-4)
    np.testing.assert_allclose(random.low.numpy(), drawn.min(0), rtol=1e-4)
    np.testing.assert_allclose(random.high.numpy(), drawn.max(0), rtol=1e-4)
    assert (random.high.numpy() < result.grids["share"].values.numpy()).all()


def test_nodes_edges_and_levels(tiny):
    asked = study(tiny)
    result = run_study(asked, tiny)
    *_, graph = asked.drawn(tiny)
    numbers = adjacency(graph)
    kept = [pruned(numbers, nodes=share, edges=EDGES) for share in LEVELS]
    shown = [torch.stack([one.nodes for one in kept[: n + 1]]).any(0) for n in range(len(kept))]
    lines = [torch.stack([one.edges for one in kept[: n + 1]]).any(0) for n in range(len(kept))]
    found = [scores(narrowed(numbers, one)) for one in shown]
    np.testing.assert_allclose(
        result.grids["score"].values.numpy(), [[one.replacement, one.completeness] for one in found], atol=1e-6
    )
    counts = [[int(one[:COUNT].sum()), int(edges.sum())] for one, edges in zip(shown, lines, strict=True)]
    assert result.grids["kept"].values.numpy().tolist() == counts

    node = result.grids["node"]
    names, fields = node.axes["node"], dict(zip(node.axes["field"], node.values.numpy().T, strict=True))
    assert len(names) == int(shown[-1].sum()) and counts[-1][0] > 1
    neurons = [n for n, name in enumerate(names) if name.split("_")[0] != "E" and "_-1_" not in name][:-1]
    at = [node_index(graph, names[n]) for n in neurons]
    assert at == shown[-1][:COUNT].nonzero().ravel().tolist()
    np.testing.assert_allclose(fields["value"][neurons], graph.values[at])
    effects = [-predicted(graph, {n: 0.0}) for n in at]
    np.testing.assert_allclose(fields["effect"][neurons], effects, atol=1e-5)
    np.testing.assert_allclose(fields["reached"][neurons], kept[-1].reached[at], atol=1e-6)
    assert fields["level"][neurons].tolist() == [next(k for k, one in enumerate(shown) if one[n]) for n in at]
    assert names[-1].endswith("_100_4") and np.isnan(fields["reached"][-1]) and fields["level"][-1] == 0
    assert fields["value"][-1] == fields["effect"][-1] == np.float32(graph.value)
    others = sorted(set(range(len(names) - 1)) - set(neurons))
    assert np.isnan(fields["value"][others]).all() and names[others[-1]] == f"E_{token(tiny, 'w5')}_4"

    edge = result.grids["edge"]
    assert len(edge.axes["edge"]) == counts[-1][1]
    nodes = shown[-1].nonzero().ravel().tolist()
    for name, (weight, level) in zip(edge.axes["edge"], edge.values.numpy(), strict=True):
        s, t = (nodes[names.index(end)] for end in name.split(">"))
        assert weight == graph.effects[t, s] != 0
        assert level == next(k for k, one in enumerate(lines) if one[t, s])


def test_the_share_comes_first_and_the_graph_last(tiny):
    *growing, last = stream(study(tiny), tiny)
    assert growing and all(set(one.grids) == {"share"} and one.controls and one.done < 1 for one in growing)
    assert set(last.grids) == {"share", "score", "kept", "node", "edge"} and last.done == 1


def test_without_a_foil_it_is_the_logit(tiny):
    result = run_study(study(tiny, foil=None), tiny)
    logits = tiny.hf(tiny.tokens(PROMPT).ids).logits[0, -1]
    names = result.grids["node"].axes["node"]
    assert names[-1] == f"{tiny.spec.layers + 1}_{token(tiny, ANSWER)}_4"
    np.testing.assert_allclose(
        result.grids["node"].values.numpy()[-1, 0], logits[token(tiny, ANSWER)].item(), atol=1e-5
    )


def test_the_drawing_holds_the_same_nodes_and_edges(tiny):
    asked = study(tiny)
    drawing, grids = asked.drawing(tiny), run_study(asked, tiny).grids
    again = read_graph(write_graph(drawing))
    edges = {f"{link['source']}>{link['target']}": link["weight"] for link in again.document["links"]}
    assert list(edges) and set(edges) == set(grids["edge"].axes["edge"])
    np.testing.assert_allclose(
        [edges[name] for name in grids["edge"].axes["edge"]], grids["edge"].values.numpy()[:, 0], rtol=1e-6
    )
    assert {node.id for node in again.nodes} <= set(grids["node"].axes["node"])


def test_a_record_of_it_replays(tiny, tmp_path):
    result = run_study(study(tiny), tiny)
    path = Record.of([result], tiny).save(tmp_path / "graph.json")
    assert json.loads(path.read_text())["entries"][0]["result"]["study"]["count"] == COUNT
    assert Record.read(path).replay(tiny).within


@pytest.mark.parametrize("seed", [1, 2])
def test_the_seed_draws_the_random_neurons_alone(tiny, seed):
    one, two = run_study(study(tiny), tiny), run_study(study(tiny, seed=seed), tiny)
    assert one.grids["share"] == two.grids["share"] and one.grids["edge"] == two.grids["edge"]
    assert one.controls[0].grids["share"] != two.controls[0].grids["share"]

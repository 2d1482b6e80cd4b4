"""Circuits as data, what edges carry that are cut, kept scores, and shares of several pairs."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from pydantic import TypeAdapter, ValidationError

from mikit.circuits.faithfulness import Ends
from mikit.circuits.run_edges import against_texts
from mikit.errors import BadCircuit, BadMetric, BadPair, EmptyText, ShapeMismatch, TooCostly, UnknownSite
from mikit.studies import circuits
from mikit.studies.base import run_study, stream
from mikit.studies.circuits import Circuit, EdgeCircuit, PartsCircuit, Pooled, RankedCircuit, part_name
from mikit.studies.kinds import BeatCircuit, CircuitCurve, RankEdges, TestCircuit
from mikit.studies.pairs import PromptPair
from mikit.trace.arrays import Array
from mikit.trace.graph import graph_of
from tests import tiny as tiny_models
from tests.circuits import split
from tests.studies.edges import LONGER, PAIR
from tests.trace.reference import blocks, changed


@pytest.fixture(scope="module")
def model():
    """Two heads share a key-value head, so that a head's k is not the one of its number."""
    return tiny_models.model("llama")


def names_of(model, kept):
    graph = graph_of(model.spec)
    return {(part_name(graph.senders[s]), part_name(graph.receivers[r])) for r, s in kept.nonzero().tolist()}


def test_the_edges_between_parts(model):
    kept = PartsCircuit(parts=("L0H1", "L1 MLP", "L2H3")).edges(model)
    assert names_of(model, kept) == {
        ("embedding", "L0H1 q"),
        ("embedding", "L0H0 k"),
        ("embedding", "L0H0 v"),
        ("embedding", "L1 MLP"),
        ("L0H1", "L1 MLP"),
        *((sender, f"L2H{head}") for sender in ("embedding", "L0H1", "L1 MLP") for head in ("3 q", "1 k", "1 v")),
        *((sender, "logits") for sender in ("embedding", "L0H1", "L1 MLP", "L2H3")),
    }


def test_parts_left_out_are_parts_switched_to_the_other_prompt(model):
    """A circuit of parts does what a plain pass does in which all other heads and MLPs say what they said there."""
    parts = ("L0H1", "L0 MLP", "L1H0", "L1H3", "L2H2")
    read, size = PAIR.read(model), model.spec.d_head
    z, mlp = {}, {}

    def remember(store, layer):
        return lambda x: store.__setitem__(layer, x.clone()) or x

    watching = [(b.self_attn.o_proj, "input", remember(z, n)) for n, b in enumerate(blocks(model))]
    watching += [(b.mlp, "output", remember(mlp, n)) for n, b in enumerate(blocks(model))]

    def heads(layer):
        def mixed(x):
            x = x.clone()
            for head in range(model.spec.heads):
                if f"L{layer}H{head}" not in parts:
                    where = slice(head * size, (head + 1) * size)
                    x[..., where] = z[layer][..., where]
            return x

        return mixed

    with torch.no_grad():
        with changed(*watching):
            model.hf(read.corrupt.ids, use_cache=False)
        switching = [(b.self_attn.o_proj, "input", heads(n)) for n, b in enumerate(blocks(model))]
        switching += [
            (b.mlp, "output", lambda _, n=n: mlp[n]) for n, b in enumerate(blocks(model)) if f"L{n} MLP" not in parts
        ]
        with changed(*switching):
            logits = model.hf(read.clean.ids, use_cache=False).logits[0, -1]
    expected = float(logits[read.answer] - logits[read.foil])
    found = run_study(TestCircuit(model=model.ref, pairs=(PAIR,), circuit=PartsCircuit(parts=parts), draws=1), model)
    whole, none, circuit, _ = found.grids["measure"].values.numpy()
    assert circuit == pytest.approx(expected, abs=1e-5)
    assert min(abs(circuit - whole), abs(circuit - none)) > 1e-3


def test_ranked_and_masked_circuits(model):
    graph = graph_of(model.spec)
    scores = torch.linspace(-2, 1, graph.edges.numel()).view(graph.edges.shape)
    signed, size = (RankedCircuit(count=7, absolute=absolute).edges(model, scores) for absolute in (False, True))
    assert scores[signed].min() == scores[graph.edges].topk(7).values.min()
    assert scores[size].max() == scores[graph.edges].topk(7, largest=False).values.max()
    assert torch.equal(EdgeCircuit(mask=Array.of(signed)).edges(model), signed)


def test_circuits_travel_as_json(model):
    reader = TypeAdapter(Circuit)
    for one in (RankedCircuit(count=3), PartsCircuit(parts=("L0H1", "L0H1")), EdgeCircuit(mask=Array.of([[True]]))):
        assert reader.validate_json(one.model_dump_json()) == one
    assert PartsCircuit(parts=("L0H1", "L1 MLP", "L0H1")).parts == ("L0H1", "L1 MLP")


def test_what_is_no_circuit(model):
    edges = graph_of(model.spec).edges
    backwards = torch.zeros_like(edges)
    backwards[0, -1] = True
    for circuit, error, says in (
        (lambda: PartsCircuit(parts=()), BadCircuit, "no part"),
        (lambda: PartsCircuit(parts=("Mary",)), UnknownSite, "no part called 'Mary'"),
        (lambda: PartsCircuit(parts=("embedding",)), UnknownSite, "belong to every circuit"),
        (lambda: PartsCircuit(parts=("L40H2",)), UnknownSite, "no layer 40"),
        (lambda: PartsCircuit(parts=("L1H4",)), UnknownSite, "no head 4"),
        (lambda: EdgeCircuit(mask=Array.of(edges[1:])), ShapeMismatch, r"\(27, 16\).*\(28, 16\)"),
        (lambda: EdgeCircuit(mask=Array.of(torch.zeros_like(edges))), BadCircuit, "no edge"),
        (lambda: EdgeCircuit(mask=Array.of(backwards)), BadCircuit, "1 edges that do not exist.*'L2 MLP > L0H0 q'"),
        (lambda: EdgeCircuit(mask=Array.of(edges.float() / 2)), BadCircuit, "has 0.5"),
        (lambda: RankedCircuit(count=10_000), BadCircuit, "10000 edges"),
    ):
        with pytest.raises(error, match=says):
            run_study(TestCircuit(model=model.ref, pairs=(PAIR,), circuit=circuit()), model)
    with pytest.raises(ValidationError, match="count"):
        RankedCircuit(count=0)


def studies(model, *pairs, **fields):
    plain = {"model": model.ref, "pairs": pairs}
    circuit = PartsCircuit(parts=("L0H1", "L1 MLP"))
    yield TestCircuit(**plain, **fields, circuit=circuit, draws=2)
    yield BeatCircuit(**plain, **fields, circuit=circuit, rounds=1, tries=1)
    yield CircuitCurve(**plain, **fields, ig_steps=1, draws=2, shares=(0.1, 0.5))


def test_pairs_that_cannot_be_tested(model):
    unequal = PAIR.model_copy(update={"corrupt": "w1 w2 w9 w4"})
    for study in (RankEdges(model=model.ref, pairs=(unequal,)), *studies(model, PAIR, unequal)):
        with pytest.raises(BadPair, match="5, the changed one 4"):
            run_study(study, model)
        with pytest.raises(BadPair, match="no prompt pair"):
            type(study)(**{**dict(study), "pairs": ()})
    test, _, curve = studies(model, PromptPair(**{**dict(PAIR), "foil": "w7"}))
    for study in (test, curve):
        with pytest.raises((BadMetric, BadPair)):
            run_study(study, model)


def test_two_prompts_of_equal_measure_have_nothing_to_share(model, monkeypatch):
    monkeypatch.setattr("mikit.circuits.faithfulness.LEAST", 1e3)
    test, _, curve = studies(model, PAIR)
    for study in (test, curve):
        with pytest.raises(BadMetric, match="no difference for a circuit to keep a share of"):
            run_study(study, model)


def test_pairs_that_cancel_have_nothing_to_share(model):
    """A pair beside its swap; a third makes a difference, but none is left without it, so there is no interval."""
    swapped = PAIR.model_copy(update={"clean": PAIR.corrupt, "corrupt": PAIR.clean})
    for study in (*studies(model, PAIR, swapped), *studies(model, PAIR, swapped, LONGER)):
        if isinstance(study, BeatCircuit):
            continue
        if len(study.pairs) == 2:
            with pytest.raises(BadMetric, match="opposite ways and cancel"):
                run_study(study, model)
            continue
        grid = run_study(study, model).grids["faithfulness"]
        assert np.isfinite(grid.values.numpy()).all() and grid.low is None


def test_too_long_for_memory_is_refused_before_the_run(model, monkeypatch):
    monkeypatch.setattr("mikit.studies.base.psutil.virtual_memory", lambda: type("M", (), {"available": 1000}))
    for study in (RankEdges(model=model.ref, pairs=(PAIR,)), *studies(model, PAIR)):
        with pytest.raises(TooCostly, match="Use shorter prompts, or fewer pairs"):
            next(stream(study, model))


def test_stopped_at_any_step_the_next_run_finds_the_same(model):
    """No step leaves anything behind that a later run would take for finished."""
    fresh = tiny_models.model("llama", seed=3)
    for study in (RankEdges(model=fresh.ref, pairs=(PAIR, LONGER), ig_steps=3), *studies(fresh, PAIR, LONGER)):
        steps = list(study.steps(fresh))
        assert steps[-1].done == 1 and all(a is None or a.done < 1 for a in steps[:-1])
        circuits._SCORES.clear()
        running = study.steps(fresh)
        for _ in range(5):  # amid the second pair's scores, or the first pair's circuits
            next(running)
        running.close()
        assert run_study(study, fresh) == steps[-1]


def test_a_ranking_serves_all_studies(model, monkeypatch):
    circuits._SCORES.clear()
    ranked = run_study(RankEdges(model=model.ref, pairs=(PAIR,), ig_steps=2), model)
    asked = ranked.study.estimate(model).seconds

    def never(*_, **__):
        raise AssertionError("scored again")

    monkeypatch.setattr(circuits, "edge_scores", never)
    assert run_study(ranked.study, model) == ranked
    circuit = RankedCircuit(count=9, ig_steps=2)
    run_study(TestCircuit(model=model.ref, pairs=(PAIR,), circuit=circuit, draws=1), model)
    circuits._SCORES.clear()
    assert ranked.study.estimate(model).seconds > asked
    for changed_pair in (LONGER, PAIR.model_copy(update={"answer": "w9"})):
        with pytest.raises(AssertionError, match="scored again"):
            run_study(RankEdges(model=model.ref, pairs=(changed_pair,), ig_steps=2), model)


def test_a_circuit_of_too_many_edges_is_refused_before_the_ranking(model, monkeypatch):
    monkeypatch.setattr(circuits, "ranking", None)
    with pytest.raises(BadCircuit, match="10000 edges"):
        next(circuits.edges_of(RankedCircuit(count=10_000), model, (PAIR,)))


def test_the_method_says_what_a_ranking_is_of(model):
    said = "on these same pairs, against the changed prompt; intervals leave out"
    test, _, curve = studies(model, PAIR, against="mean")
    ranked = test.model_copy(update={"circuit": RankedCircuit(count=9)})
    assert [said in study.method(model).metric for study in (test, ranked, curve)] == [False, True, True]


def test_the_scores_that_are_kept_are_few(model, monkeypatch):
    monkeypatch.setattr(circuits, "SCORED_AT_MOST", 2)
    circuits._SCORES.clear()
    pairs = [PAIR.model_copy(update={"foil": f"w{n}"}) for n in range(20, 24)]
    *_, found = circuits.scored(model, pairs, 1)
    assert len(found) == 4 and len(circuits._SCORES[model]) == 2


@pytest.mark.parametrize("how", ["mean", "resample"])
def test_cut_edges_carry_ordinary_texts(model, monkeypatch, how):
    """Read text by text, with a stop after each."""
    monkeypatch.setattr(circuits, "ORDINARY", ("w20 w21 w22", "w23 w24 w25 w26 w27"))
    *_, study = studies(model, PAIR, against=how)
    read, texts = PAIR.read(model), [model.tokens(text) for text in circuits.ORDINARY]
    found = list(against_texts(model, read.clean, texts, how, study.seed))
    with torch.no_grad():
        pool = torch.cat([split.run(model, text.ids)[1][:, 1:] for text in texts], dim=1)
    brought = pool.mean(1, keepdim=True)[:, None] if how == "mean" else pool[:, None]
    apart = (found[-1].other[:, :, None] - brought).abs().amax((0, 3))
    assert apart.amin(1).max() < 1e-5
    running = study.running(model, read)
    assert len(found) == 2 and [next(running), next(running)] == [None, None]
    with pytest.raises(StopIteration) as stop:
        next(running)
    torch.testing.assert_close(stop.value.value.args[1].other, found[-1].other)


def test_a_prompt_of_one_token_has_nothing_beside_position_0(model):
    pair = PAIR.model_copy(update={"clean": "w1", "corrupt": "w2"})
    for study in studies(model, pair, against="mean"):
        with pytest.raises(EmptyText, match="two tokens or more"):
            run_study(study, model)


def test_pooled_shares_are_shares_of_the_mean():
    pooled = Pooled.of([Ends(6.0, 2.0), Ends(5.0, -5.0), Ends(1.0, 0.0)])
    values = np.array([[4.0, 2.0], [5.0, 0.0], [0.5, 3.0]])
    shares = (values - pooled.none[:, None]) / (pooled.whole - pooled.none)[:, None]
    expected = (values.mean(0) - pooled.none.mean()) / (pooled.whole.mean() - pooled.none.mean())
    np.testing.assert_allclose(pooled.values(shares), values)
    np.testing.assert_allclose(pooled.share(shares), expected)
    without_first = (values[1:].mean(0) - -2.5) / (3.0 - -2.5)
    np.testing.assert_allclose(pooled.left_out(shares)[0], without_first)
    grid = pooled.grid(shares, {"size": ("1", "2")})
    assert (grid.low.numpy() < expected).all() and (expected < grid.high.numpy()).all()
    alone = Pooled.of([Ends(6.0, 2.0)]).grid(shares[:1], {"size": ("1", "2")})
    assert alone.low is None and alone.values.numpy().tolist() == [0.5, 0.0]


def test_shares_of_pairs_that_cancel_exactly():
    pooled = Pooled.of([Ends(6.0, 2.0), Ends(2.0, 6.0)])
    assert pooled.cancels and np.isnan(pooled.share(np.array([[0.5], [0.25]]))).all()
    assert not Pooled.of([Ends(6.0, 2.0), Ends(2.0, 6.0), Ends(1.0, 0.0)]).cancels

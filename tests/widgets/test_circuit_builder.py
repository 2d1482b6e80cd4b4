"""The circuit builder on a small random model, without a browser. What it shows of a circuit is held against a run by
plain hooks, in which each part reads what it would without the rest."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

import mikit
from mikit.circuits.edges import edge_scores
from mikit.circuits.faithfulness import SHARES
from mikit.errors import BadPair, MikitError, NotOneToken, UnknownSite
from mikit.models.model import Model
from mikit.studies import circuits
from mikit.studies.base import Result, run_study, stream
from mikit.studies.kinds import RankEdges, TestCircuit
from mikit.studies.pairs import PromptPair
from mikit.trace.graph import graph_of
from mikit.widgets import circuit_builder_wire
from mikit.widgets.circuit_builder import OFFERED, CircuitBuilder
from mikit.widgets.wire import decode
from tests import tiny
from tests.widgets.waiting import until, until_settled

PAIR = PromptPair(clean="w1 w2 w3 w4 w5", corrupt="w1 w2 w9 w4 w5", answer="w7", foil="w8")
LONGER = PromptPair(clean="w2 w4 w6 w8 w1 w3", corrupt="w2 w5 w6 w8 w1 w3", answer="w7", foil="w8")


def view_of(model: Model, **more: object) -> CircuitBuilder:
    return CircuitBuilder(model, **({"pair": PAIR} | more))


def every_part(model: Model) -> list[str]:
    kinds = [*(f"H{head}" for head in range(model.spec.heads)), " MLP"]
    return [f"L{layer}{kind}" for layer in range(model.spec.layers) for kind in kinds]


def difference(model: Model, text: str) -> float:
    with torch.no_grad():
        logits = model.hf(model.tokens(text).ids).logits[0, -1]
    answer, foil = (model.tokens(word).ids[0, 0] for word in ("w7", "w8"))
    return float(logits[answer] - logits[foil])


def faithfulness(view: CircuitBuilder) -> float:
    return float(decode(view.tested["faithfulness"])[0, 0])


def test_run_ranks_ticks_and_tests_and_the_record_replays_it(model: Model) -> None:
    view = view_of(model).run()
    assert view.answers == view.asked and view.status["state"] == "idle"
    scores = run_study(RankEdges(model=model.ref, pairs=(PAIR,)), model).grids["score"].values.numpy()
    parts = np.nansum(np.abs(scores), axis=0)[1:]
    np.testing.assert_allclose(decode(view.ranking["scores"]), parts, rtol=1e-5)
    names = np.array(every_part(model))
    assert set(view.parts) == set(names[np.argsort(-parts)[:OFFERED]])
    assert view.tested["parts"] == view.parts and view.tested["draws"] == 10
    assert set(view.tested["needed"]) == set(view.parts)
    record = view.record()
    assert [type(entry.study).__name__ for entry in record.results] == ["RankEdges", "TestCircuit", "CircuitCurve"]
    assert record.replay(model).within
    assert "PartsCircuit" in view.code["mikit"]


def test_the_strongest_edge_of_each_part_has_its_place(model: Model) -> None:
    view = view_of(model, mode="edges", count=7).run()
    scores = run_study(RankEdges(model=model.ref, pairs=(PAIR,)), model).grids["score"].values.numpy()
    order = [s for s in np.argsort(np.where(np.isnan(scores), np.inf, -scores), axis=None) % scores.shape[1]]
    for n, place in enumerate(decode(view.ranking["first"]), start=1):
        assert order[place - 1] == n and n not in order[: place - 1]
    assert view.ranking["edges"] == np.isfinite(scores).sum() == graph_of(model.spec).size
    assert view.tested["mode"] == "edges" and view.tested["edges"] == 7


def test_the_ends_are_the_two_prompts_own_runs(model: Model) -> None:
    view = view_of(model, parts=every_part(model)).run()
    whole, nothing, alone, without = decode(view.tested["measure"])[:, 0]
    assert [whole, nothing] == pytest.approx([difference(model, PAIR.clean), difference(model, PAIR.corrupt)], abs=1e-4)
    assert alone == pytest.approx(whole, abs=1e-4) and without == pytest.approx(nothing, abs=1e-4)
    assert faithfulness(view) == pytest.approx(1, abs=1e-4)
    assert view.tested["edges"] == graph_of(model.spec).size


def test_one_part_alone_is_what_plain_hooks_give(model: Model) -> None:
    """The last MLP, reading the original's embedding among the changed prompt's values, writes to the logits alone."""
    last = model.spec.layers - 1
    view = view_of(model, parts=[f"L{last} MLP"]).run()
    clean, corrupt = (model.tokens(text).ids for text in (PAIR.clean, PAIR.corrupt))
    block, embed = model.hf.model.layers[last], model.hf.model.embed_tokens
    with torch.no_grad():
        apart = embed(clean) - embed(corrupt)

        def read(_: object, given: tuple[torch.Tensor]) -> tuple[torch.Tensor]:
            return (given[0] + apart,)

        def write(_: object, __: object, out: torch.Tensor) -> torch.Tensor:
            return out + apart  # the embedding's own edge to the logits

        handles = [
            block.post_attention_layernorm.register_forward_pre_hook(read),
            block.register_forward_hook(write),
        ]
        logits = model.hf(corrupt).logits[0, -1]
        for handle in handles:
            handle.remove()
    answer, foil = (model.tokens(word).ids[0, 0] for word in ("w7", "w8"))
    assert decode(view.tested["measure"])[2, 0] == pytest.approx(float(logits[answer] - logits[foil]), abs=1e-4)


def test_a_tick_asks_for_that_circuit_alone(model: Model) -> None:
    view = view_of(model, parts=["L0 MLP"])
    until_settled(view)
    before = dict(view.answers)
    view.parts = ["L0 MLP", "L1H1"]
    until(view, lambda: view.tested["parts"] == ["L0 MLP", "L1H1"])
    until_settled(view)
    assert {lane for lane in before if view.answers[lane] != before[lane]} == {"test"}
    assert set(view.tested["needed"]) == {"L0 MLP", "L1H1"}


def test_an_empty_circuit_has_no_numbers_and_no_error(model: Model) -> None:
    view = view_of(model, parts=[])
    until_settled(view)
    assert view.parts == [] and view.tested is None and view.error == ""
    assert view.curve is not None
    view.parts = ["L1H0"]
    until(view, lambda: view.tested is not None)
    until_settled(view)
    view.parts = []
    until(view, lambda: view.tested is None)
    until_settled(view)
    assert view.error == ""


def test_parts_ticked_by_hand_stay_and_offered_ones_follow_the_prompts(model: Model) -> None:
    view = view_of(model)
    until_settled(view)
    offered = list(view.parts)
    with view.hold_trait_notifications():
        view.clean, view.corrupt = LONGER.clean, LONGER.corrupt
    until(view, lambda: view.parts != offered)
    until_settled(view)
    view.parts = ["L0H0"]
    view.corrupt = "w2 w9 w6 w8 w1 w3"
    until_settled(view)
    assert view.parts == ["L0H0"] and view.tested["parts"] == ["L0H0"]
    view._heard(view, {"do": "reset"}, [])
    until_settled(view)
    assert view.clean == PAIR.clean and view.tested["parts"] == view.parts != ["L0H0"]


def test_edges_wait_for_their_ranking(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    ranked: list[object] = []
    monkeypatch.setattr(circuits, "edge_scores", lambda *of, **how: ranked.append(of) or edge_scores(*of, **how))
    view = view_of(model, pair=PAIR.model_copy(update={"foil": "w9"}), mode="edges", count=20)
    until_settled(view)
    assert len(ranked) == 1  # once for all lanes
    assert view.tested["edges"] == 20 and decode(view.curve["sizes"]).tolist() == [
        max(1, int(share * graph_of(model.spec).size)) for share in SHARES
    ]
    view.count = graph_of(model.spec).size
    until(view, lambda: view.tested["edges"] == view.count)
    until_settled(view)
    assert faithfulness(view) == pytest.approx(1, abs=1e-4)
    view.count += 1
    until(view, lambda: "Take at least one" in view.error)


def test_the_adversary_takes_parts_of_the_circuit_and_is_of_one_circuit(model: Model) -> None:
    view = view_of(model, parts=["L0 MLP", "L1H0", "L1H2", "L2H1"])
    until_settled(view)
    assert view.beaten is None and view.estimate["seconds"] > 0
    view.beating = True
    until(view, lambda: view.beaten is not None and view.beaten["done"])
    until_settled(view)
    assert sorted(view.beaten["out"]) == sorted(view.parts)  # four rounds, four parts
    found, random = decode(view.beaten["found"]), decode(view.beaten["random"])
    measure = decode(view.tested["measure"])[:, 0]
    assert found[0] == pytest.approx([measure[2], measure[0]], abs=1e-4)
    assert found[-1] == pytest.approx(random[-1], abs=1e-4)  # the same four, in whatever order
    view.parts = ["L0 MLP"]
    until_settled(view)
    assert view.beating is False and view.beaten is None


def test_a_stopped_circuit_says_how_to_go_on_and_goes_on(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, steps = threading.Event(), TestCircuit.steps

    def held(self: TestCircuit, model: Model) -> Iterator[Result | None]:
        for result in steps(self, model):
            yield result
            while result is not None and not gate.wait(0.01):
                yield None

    monkeypatch.setattr(TestCircuit, "steps", held)
    view = view_of(model, parts=["L0 MLP"])
    until(view, lambda: view.tested is not None and view.curve is not None and view.curve["done"])  # all but the test
    view._heard(view, {"do": "stop"}, [])
    until(view, lambda: view.status["state"] == "stopped")
    assert "the next tick" in view.status["text"] and not view.tested["done"]
    gate.set()
    view.parts = ["L0 MLP", "L1H1"]
    until_settled(view)
    assert view.tested["parts"] == view.parts and view.tested["done"] and view.curve["done"]


def test_a_ranking_that_ends_as_stop_is_pressed_begins_nothing(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    view = view_of(model, parts=["L0 MLP"])
    until_settled(view)
    ranking, asked = view._scores, list[str]()
    assert ranking is not None
    view._ranked = None
    monkeypatch.setattr(view, "_ask_changed_lanes", lambda: asked.append("all"))
    view._heard(view, {"do": "stop"}, [])
    view.show("rank", ranking)
    assert asked == []
    view._stopped, view._ranked = False, None
    view.show("rank", ranking)
    assert asked == ["all"]


def test_several_pairs_of_other_lengths_have_an_interval(model: Model) -> None:
    view = view_of(model, pairs=[PAIR, LONGER], parts=["L0 MLP", "L2 MLP"], against="mean").run()
    assert view.on == 1 and view.sets == ["this pair", "your 2 pairs"] and view.tested["pairs"] == 2
    values, low, high = decode(view.tested["measure"]).T
    own = np.mean([difference(model, pair.clean) for pair in (PAIR, LONGER)])
    assert values[0] == pytest.approx(own, abs=1e-4) and low[0] < values[0] < high[0]
    for result in stream(view.ask("test"), model):  # an interval as soon as there are two to take it over
        wire = circuit_builder_wire.tested_wire(result)
        assert wire["pairs"] == 1 + np.isfinite(decode(wire["measure"])[0, 1])
    view.on = 0
    until_settled(view)
    assert view.tested["pairs"] == 1 and np.isnan(decode(view.tested["measure"])[:, 1]).all()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"corrupt": "w1 w2 w9 w4"}, "as many tokens"),
        ({"corrupt": PAIR.clean}, "are the same"),
        ({"answer": "w7 w8"}, "token"),
        ({"parts": ["L40H2"]}, "There is no layer 40"),
    ],
)
def test_an_error_stands_in_the_view(model: Model, change: dict[str, object], sentence: str) -> None:
    view = view_of(model, parts=["L0 MLP"])
    until_settled(view)
    for name, value in change.items():
        setattr(view, name, value)
    until(view, lambda: view.status["state"] == "error" and sentence in view.error)
    with pytest.raises(MikitError):
        view.record()


def test_two_runs_with_the_same_difference_leave_nothing_to_share() -> None:
    weights = tiny.weights("gpt_neox")
    seven, eight = (tiny.WORDS.index(word) for word in ("w7", "w8"))
    rows = weights.get_output_embeddings().weight.data
    rows[seven] = rows[eight]
    view = view_of(mikit.load(weights, tokenizer=tiny.tokenizer()), parts=["L0 MLP"])
    until(view, lambda: "no difference for a circuit to keep a share of" in view.error)


def test_what_cannot_be_asked(model: Model) -> None:
    with pytest.raises(BadPair, match="as many tokens"):
        view_of(model, corrupt="w1")
    with pytest.raises(NotOneToken):
        view_of(model, answer="w7 w8")
    with pytest.raises(UnknownSite, match="Mary"):
        view_of(model, parts=["Mary"])
    with pytest.raises(UnknownSite, match="resample"):
        view_of(model, against="resampled")
    with pytest.raises(UnknownSite, match="edges"):
        view_of(model, mode="edge")
    with pytest.raises(TypeError, match="Did you mean 'predicted'"):
        view_of(model, predict=1)


def test_the_page_and_the_picture(model: Model, tmp_path: Path) -> None:
    view = view_of(model, predicted=0.5)
    view.run()
    assert "png" in view.picture() and "faithfulness" in view.picture() and "random circuits of" in view.picture()
    assert ", from " in view.picture().split("random circuits of")[1]
    assert view.freeze(tmp_path / "page.html").stat().st_size > 10_000

"""A claim against plain passes of the network, its rule against the intervals, its record, and what it refuses."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats

from mikit.errors import BadClaim, MikitError, NotOneToken
from mikit.models.model import Model
from mikit.studies import claim as claim_module
from mikit.studies.base import Result, run_study, stream
from mikit.studies.claim import LISTS, OFFERED, CheckClaim, Earlier, NameList, Rule
from mikit.studies.record import Record
from mikit.trace.checks import load
from tests import tiny as tiny_models
from tests.trace import reference

ROOT = Path(__file__).resolve().parents[2]
LOCKED = "2026-01-31T12:00:00Z"
WORDINGS = ("w1 {IO} w2 {S} w3 {S} w4", "{S} w1 w2 {IO} w3", "w1 w2 {S} w1 {IO} w3 {S} w4 w4 w5")
NAMES = (
    NameList(name="low", names=tuple(f"w{i}" for i in range(20, 26))),
    NameList(name="high", names=tuple(f"w{i}" for i in range(40, 45))),
)


def claim_of(model: Model, **more: object) -> CheckClaim:
    fields = {"claim": "It names the receiver.", "wordings": WORDINGS, "names": NAMES, "n": 12, "locked_at": LOCKED}
    return CheckClaim(**({"model": model.ref} | fields | more))


def differences(model: Model, wording: str, names: tuple[str, ...], n: int, seed: int = 0) -> np.ndarray:
    """One plain pass a prompt."""
    couples = list(permutations(names, 2))
    order = torch.randperm(len(couples), generator=torch.Generator().manual_seed(seed))[:n]
    found = []
    for io, s in (couples[i] for i in order):
        logits = reference.logits(model.hf, model.tokens(wording.format(IO=io, S=s)).ids)[0, -1]
        answer, foil = (model.tokenizer(f" {name}", add_special_tokens=False).input_ids[0] for name in (io, s))
        found.append(float(logits[answer] - logits[foil]))
    return np.array(found)


def test_every_cell_is_what_single_passes_give(tiny: Model) -> None:
    result = run_study(claim_of(tiny, seed=3), tiny)
    expected = np.array([[differences(tiny, w, names.names, 12, 3) for names in NAMES] for w in WORDINGS])
    found = result.grids["logit difference"]
    np.testing.assert_allclose(found.values.numpy(), expected.mean(-1), atol=1e-4)
    half = stats.t.ppf(1 - 0.025 / 6, 11) * expected.std(-1, ddof=1) / np.sqrt(12)
    np.testing.assert_allclose(found.high.numpy(), expected.mean(-1) + half, atol=1e-4)
    right = result.grids["right"]
    np.testing.assert_allclose(right.values.numpy(), (expected > 0).mean(-1), atol=1e-6)
    exact = stats.binomtest(int((expected[1, 0] > 0).sum()), 12).proportion_ci(1 - 0.05 / 6, method="exact")
    assert (right.low.numpy()[1, 0], right.high.numpy()[1, 0]) == pytest.approx((exact.low, exact.high), abs=1e-6)
    assert result.grids["n"].values.numpy().tolist() == [[12, 12]] * 3


def test_the_changed_prompts_name_the_other(tiny: Model) -> None:
    control = run_study(claim_of(tiny), tiny).controls[0]
    once_more = differences(tiny, "w1 {IO} w2 {S} w3 {IO} w4", NAMES[0].names, 12).mean()
    found = control.grids["logit difference"].values.numpy()
    assert found[0, 0] == pytest.approx(once_more, abs=1e-4)


def test_a_wording_that_names_the_giver_once_is_exchanged() -> None:
    cell = claim_module.Cell("{S} gave {IO} a drink to", "any", [("Mary", "John")])
    assert cell.changed == ["Mary gave John a drink to"]
    assert claim_module.Cell(OFFERED[0], "any", [("Mary", "John")]).changed == [
        "When Mary and John went to the store, Mary gave a drink to"
    ]


def test_numbers_grow_and_the_verdict_comes_last(tiny: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim_module, "_tokens_a_trace", lambda model: 30)
    whole = run_study(claim_of(tiny), tiny)
    steps: list[Result] = list(stream(claim_of(tiny), tiny))
    assert len(steps) > 6 * 2 * 2
    counts = [int(step.grids["n"].values.numpy().sum()) for step in steps]
    assert counts == sorted(counts) and counts[-1] == 72
    assert all("verdict" not in step.texts for step in steps[:-1]) and steps[-1].done == 1
    for name in ("right", "logit difference"):
        last, once = (step.grids[name].values.numpy() for step in (steps[-1], whole))
        np.testing.assert_allclose(last, once, atol=1e-5)


@pytest.mark.parametrize("rule", [Rule(), Rule(measure="mean logit difference", at_least=0.1)])
def test_the_verdict_is_the_rules(tiny: Model, rule: Rule) -> None:
    result = run_study(claim_of(tiny, rule=rule), tiny)
    grid = result.grids["right" if rule.measure == "share right" else "logit difference"]
    low, high = grid.low.numpy(), grid.high.numpy()
    codes = np.where(low >= rule.at_least, 1, np.where(high < rule.at_least, -1, 0))
    assert result.grids["verdict"].values.numpy().tolist() == codes.tolist()
    overall = -1 if (codes < 0).any() else int((codes > 0).all())
    words = {1: "rule met", -1: "rule not met", 0: "cannot tell at n = 12"}
    assert result.texts["verdict"] == (words[overall],)
    assert result.texts["cells"][0].endswith(words[int(codes[0, 0])])


def test_a_bar_low_enough_is_met_and_one_high_enough_is_not(tiny: Model) -> None:
    def verdict(at_least: float) -> str:
        rule = Rule(measure="mean logit difference", at_least=at_least)
        return run_study(claim_of(tiny, rule=rule), tiny).texts["verdict"][0]

    assert verdict(-100) == "rule met" and verdict(100) == "rule not met"


def test_what_n_could_have_told_stands_there(tiny: Model) -> None:
    told = run_study(claim_of(tiny, rule=Rule(at_least=0.9)), tiny).texts["told"][0]
    assert "no true value would have given 'rule met'" in told, "12 of 12 right reach down to 0.67"
    told = run_study(claim_of(tiny, rule=Rule(at_least=0.5)), tiny).texts["told"][0]
    assert re.search(
        r"a bar of 50 %, a true value of \d\d % or more would have given 'rule met' there with 80 % chance", told
    )


def test_without_a_lock_nothing_runs(tiny: Model) -> None:
    with pytest.raises(BadClaim, match="not locked"):
        run_study(claim_of(tiny, locked_at=""), tiny)
    with pytest.raises(BadClaim, match="ISO 8601 in UTC"):
        claim_of(tiny, locked_at="2026-01-31T12:00:00+02:00")
    with pytest.raises(BadClaim, match="ISO 8601 in UTC"):
        claim_of(tiny, locked_at="yesterday")


@pytest.mark.parametrize("access", ["API only", "a paper"])
def test_without_weights_nothing_runs_and_it_says_what_is_missing(tiny: Model, access: str) -> None:
    study = claim_of(tiny, access=access)
    result = run_study(study, tiny)
    assert result.grids == {} and result.done == 1 and study.inputs(tiny) == []
    assert result.texts["cannot test"][0].startswith("mikit ran nothing") and result.texts["needed"]
    assert Record.of([result], tiny).replay(tiny).within


def test_one_wording_or_list_is_stamped(tiny: Model) -> None:
    assert run_study(claim_of(tiny), tiny).texts["stamps"] == ()
    alone = run_study(claim_of(tiny, wordings=WORDINGS[:1], names=NAMES[:1]), tiny)
    assert alone.texts["stamps"] == ("one wording", "one name list")
    assert "one wording and one name list was tried" in alone.texts["not shown"][0]


def test_an_earlier_claim_is_told_of(tiny: Model) -> None:
    before = Earlier(locked_at=LOCKED, claim="Another.", rule=Rule().says, verdict="rule not met")
    assert "1 other claims were locked" in run_study(claim_of(tiny, earlier=(before,)), tiny).texts["not shown"][-1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"claim": "  "}, "No claim is written down"),
        ({"wordings": ()}, "There is no wording"),
        ({"wordings": WORDINGS[:1] * 2}, "stands there twice"),
        ({"wordings": ("{IO} gave",)}, r"lacks \{S\}"),
        ({"wordings": ("{IO} gave {X} to {S}",)}, r"has \{X\}"),
        ({"wordings": ("{IO} gave {S",)}, "Only"),
        ({"wordings": ("{S} gave {IO} to ",)}, "begins or ends with a space"),
        ({"names": ()}, "There is no name list"),
        ({"names": (NameList(name="a", names=("w1", "w1")),)}, "'w1' stands there twice"),
    ],
)
def test_what_cannot_be_claimed(tiny: Model, change: dict[str, object], words: str) -> None:
    with pytest.raises(MikitError, match=words):
        claim_of(tiny, **change)


def test_too_few_names_and_a_name_of_several_tokens(tiny: Model, smollm: Model) -> None:
    with pytest.raises(BadClaim, match="3 names, which make 6 ordered couples; n is 12"):
        run_study(claim_of(tiny, names=(NameList(name="few", names=("w1", "w2", "w3")),)), tiny)
    odd = NameList(name="odd", names=("Mary", "Zbigniew"))
    with pytest.raises(NotOneToken, match="Zbigniew"):
        run_study(claim_of(smollm, wordings=OFFERED[:1], names=(odd,), n=2), smollm)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    tiny_models.weights("llama", seed=5).save_pretrained(folder)
    tiny_models.tokenizer().save_pretrained(folder)
    return load(folder)


def test_the_record_replays_and_a_moved_lock_is_found(saved: Model, tmp_path: Path) -> None:
    path = Record.of([run_study(claim_of(saved), saved)], saved).save(tmp_path / "record.json")
    assert LOCKED in path.read_text()
    deviation = Record.read(path).replay()
    assert deviation.within
    assert any(line.startswith("claim / verdict: differs by 0") for line in deviation.lines)
    path.write_text(path.read_text().replace(LOCKED, "2026-01-30T12:00:00Z"))
    with pytest.raises(MikitError, match="altered after it was written"):
        Record.read(path)


@pytest.mark.parametrize("flavour", ["mikit", "nnsight"])
def test_the_script_prints_the_same_numbers(saved: Model, flavour: str, tmp_path: Path) -> None:
    study = claim_of(saved)
    script = tmp_path / "script.py"
    script.write_text(study.code(flavour, saved))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", script], capture_output=True, text=True, timeout=200, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    found = [float(x) for x in re.findall(r"[-+]?\d+\.\d+", done.stdout)]
    for expected in run_study(study, saved).grids["logit difference"].values.numpy().ravel():
        assert np.isclose(found, expected, atol=2e-5).any(), done.stdout
    assert study.model_copy(update={"access": "a paper"}).code("nnsight", saved) == ""


def test_names_the_receiver_in_one_wording_and_not_in_another(smollm: Model) -> None:
    """The claim worth having: the same task in two sentences instead of one."""
    study = CheckClaim(
        model=smollm.ref, claim="It names the receiver.", wordings=OFFERED[:2], names=LISTS, n=64, locked_at=LOCKED
    )
    result = run_study(study, smollm)
    right = result.grids["right"].values.numpy() * 64
    print(f"\nright of 64: {right.round().astype(int).tolist()}")
    print(result.grids["logit difference"].values.numpy().round(2).tolist(), *result.texts["told"], sep="\n")
    np.testing.assert_allclose(right, [[64, 64], [4, 14]], atol=1)  # a near tie may fall the other way elsewhere
    assert result.texts["verdict"] == ("rule not met",)
    assert result.grids["verdict"].values.numpy().tolist() == [[1, 1], [-1, -1]]
    changed, coin = (one.grids["right"].values.numpy() for one in result.controls)
    assert changed[0].max() < 0.1 and np.all((coin[0] > 0.3) & (coin[0] < 0.7))

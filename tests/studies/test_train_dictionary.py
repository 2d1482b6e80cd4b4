"""Training a dictionary as a study: it learns, its control does not; stopped and run again, it arrives where one does
that was never stopped."""

from __future__ import annotations

import errno

import pytest
import torch

from mikit.errors import DictionaryUnusable, EmptyText, UnknownSite
from mikit.models.model import Model
from mikit.sae import files
from mikit.sae.evaluate import measure
from mikit.studies import train_dictionary
from mikit.studies.base import Result, run_study, stream
from mikit.studies.record import Record
from mikit.studies.train_dictionary import TrainDictionary
from mikit.trace.engine import capture
from mikit.trace.sites import Site
from tests import tiny

TEXTS = tuple(" ".join(f"w{(5 * i + 3 * j * j) % 89}" for j in range(32)) for i in range(80))
PLACE = Site(name="resid_post", layer=1)


@pytest.fixture(scope="module")
def llama() -> Model:
    return tiny.model("llama")


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("MIKIT_CACHE", str(tmp_path / "cache"))
    train_dictionary._TRAINED.clear()


def of(model: Model, **given) -> TrainDictionary:
    fields = {"site": PLACE, "features": 48, "k": 4, "updates": 40, "batch": 16, "texts": TEXTS}
    return TrainDictionary(model=model.ref, **fields | given)


def kept(tmp_path):
    return sorted(path.name for path in (tmp_path / "cache" / ".trainings").glob("*"))


def last(result: Result, grid: str, control: bool = False) -> float:
    grids = result.controls[0].grids if control else result.grids
    return float(grids[grid].values.numpy()[-1])


def stop_after(study: TrainDictionary, model: Model, updates: int) -> Result:
    """Run it until so many updates are done, then close it, as Stop does."""
    found: list[Result] = []
    for result in stream(study, model, cancelled=lambda: len(found) >= updates):
        found.append(result)
    return found[-1]


def test_it_learns_what_random_directions_do_not_explain(llama, tmp_path):
    study = of(llama, updates=100, batch=32)
    result = run_study(study, llama)
    assert result.grids["fvu"].axes["step"] == tuple(map(str, range(1, 101)))
    assert last(result, "fvu") < 0.9 * last(result, "fvu", control=True)
    assert last(result, "held-out fvu") < 0.95 * last(result, "held-out fvu", control=True)
    assert last(result, "held-out l0") == last(result, "held-out l0", control=True) == last(result, "l0") == 4
    interval = result.grids["held-out fvu"]
    assert interval.low.numpy()[0] < interval.values.numpy()[0] < interval.high.numpy()[0]
    assert result.grids.keys() == result.controls[0].grids.keys()
    assert kept(tmp_path) == []

    dictionary = study.dictionary()
    assert dictionary.place.site == PLACE and dictionary.place.model_sha256 == llama.ref.sha256
    assert dictionary.place.declared["fvu"] == pytest.approx(last(result, "held-out fvu"), abs=1e-4)


def test_held_out_windows_are_measured_as_by_hand(llama):
    study = of(llama, updates=5)
    result = run_study(study, llama)
    held_out, trained = study.pieces()
    assert set(held_out) == set(TEXTS[::20]) and set(held_out) | set(trained) == set(TEXTS)
    assert not set(held_out) & set(trained)
    x = torch.cat([capture(llama, llama.tokens(text), {PLACE})[PLACE][0, 1:] for text in held_out])
    left = x - study.dictionary().reconstruct(x)
    fvu = left.square().sum() / (x - x.mean(0)).square().sum()
    assert last(result, "held-out fvu") == pytest.approx(float(fvu), rel=1e-4)
    assert last(result, "held-out dead") == pytest.approx(measure(study.dictionary(), x).dead)


@pytest.mark.parametrize("given", [{"k": 4}, {"k": None, "activation": "relu", "sparsity": 0.1}], ids=["topk", "relu"])
def test_a_stop_changes_nothing(llama, tmp_path, given):
    study = of(llama, updates=14, **given)
    whole = run_study(study, llama)
    weights = study.dictionary().weights()
    train_dictionary._TRAINED.clear()

    stopped = stop_after(study, llama, 9)
    assert stopped.done < 1 and len(stopped.grids["fvu"].axes["step"]) == 9
    assert study.kept == "Stopped at update 9 of 14; start again to go on from there."
    assert len(kept(tmp_path)) == 1
    with pytest.raises(DictionaryUnusable, match="not trained to its end"):
        study.dictionary()

    again = list(stream(study, llama))
    assert len(again[0].grids["fvu"].axes["step"]) == 10
    assert again[-1] == whole
    for name, weight in study.dictionary().weights().items():
        assert torch.equal(weight, weights[name]), name
    assert kept(tmp_path) == [] and study.kept == ""


def test_another_study_does_not_go_on_there(llama, tmp_path):
    stop_after(of(llama), llama, 3)
    first = next(iter(stream(of(llama, seed=1), llama)))
    assert first.grids["fvu"].axes["step"] == ("1",)
    assert len(kept(tmp_path)) == 2  # that one was closed too


def test_only_the_newest_stopped_trainings_are_kept(llama, tmp_path, monkeypatch):
    monkeypatch.setattr(train_dictionary, "KEPT", 1)
    for seed in range(2):
        stop_after(of(llama, seed=seed), llama, 1)
    assert len(kept(tmp_path)) == 1


def test_a_damaged_file_is_no_reason_to_stop(llama, tmp_path):
    study = of(llama, updates=4)
    stop_after(study, llama, 2)
    (file,) = (tmp_path / "cache" / ".trainings").iterdir()
    file.write_bytes(file.read_bytes()[:300])
    assert run_study(study, llama).done == 1


def test_a_full_disk_leaves_the_old_file_and_the_numbers(llama, tmp_path, monkeypatch):
    study = of(llama)
    stop_after(study, llama, 3)
    (file,) = (tmp_path / "cache" / ".trainings").iterdir()
    before = file.read_bytes()

    def full(tensors, path, metadata):
        path.write_bytes(b"half of it")
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(files, "save_file", full)
        stopped = stop_after(study, llama, 4)
    assert len(stopped.grids["fvu"].axes["step"]) == 7
    assert "Stopped at update 7, and not kept" in study.kept and "no room" in study.kept
    assert file.read_bytes() == before and kept(tmp_path) == [file.name]
    assert len(next(iter(stream(study, llama))).grids["fvu"].axes["step"]) == 4


def test_texts_are_data(llama):
    odd = ("<script>alert(1)</script> w1 w2 w3", "w4 \x00\x1b[31m w5\u202e w6", "w7 w8 w9 " * 40, *TEXTS[:5])
    study = of(llama, texts=odd, updates=2)
    held_out, trained = study.pieces()
    assert sorted("".join(held_out + trained)) == sorted("".join(odd))
    assert run_study(study, llama).done == 1


def test_a_long_text_is_cut_at_white_space(llama):
    held_out, trained = of(llama, texts=(" ".join(map(str, range(3000))) + "x" * 5000,)).pieces()
    pieces = held_out + trained
    assert max(map(len, pieces)) <= 2000 and sum(map(len, pieces)) == 13_889 + 5000
    assert all(piece[0] == " " for piece in pieces if piece[:3] != "0 1" and "xx" not in piece)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"texts": ()}, EmptyText, "0 different pieces"),
        ({"texts": ("  \n ", "\t")}, EmptyText, "0 different pieces"),
        ({"texts": ("one piece alone", "one piece alone")}, EmptyText, "1 different pieces"),
        ({"texts": ("w1", "w2", "w3")}, EmptyText, "two tokens or more"),
        ({"texts": ("w1 w2 w3", "w2", "w3")}, EmptyText, "two tokens or more"),
        ({"site": Site(name="resid_post", layer=9)}, UnknownSite, "layer"),
        ({"site": Site(name="logits")}, UnknownSite, "cannot be a dictionary's place"),
        ({"site": Site(name="resid_post", layer=1, position=2)}, UnknownSite, "cannot be a dictionary's place"),
    ],
)
def test_what_cannot_be_trained_on(llama, given, error, message):
    with pytest.raises(error, match=message):
        run_study(of(llama, **given), llama)


def test_settings_that_do_not_go_together(llama):
    with pytest.raises(DictionaryUnusable, match="sparsity above 0"):
        of(llama, k=None, activation="relu")
    with pytest.raises(DictionaryUnusable, match="from 1 to 48"):
        of(llama, k=60)


def test_the_estimate_counts_the_weights_with_their_moments(llama):
    small, large = (of(llama, features=n).estimate(llama).bytes for n in (1000, 2000))
    assert large - small > 1000 * 24 * 4 * (2 + 2 * 2 + 2)  # weights, Adam's two moments of each, gradients


def test_a_record_replays(llama, tmp_path):
    result = run_study(of(llama, updates=6), llama)
    assert Result.model_validate_json(result.model_dump_json()) == result
    record = Record.of([result], llama)
    assert record.replay(llama).largest < 1e-6
    assert "TrainDictionary" in result.study.code("mikit", llama) and result.study.code("nnsight", llama) == ""

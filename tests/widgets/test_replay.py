"""Replaying a record by clicks, on a small random model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mikit.errors import RecordUnusable
from mikit.models.model import Model
from mikit.studies.attention import AttentionPatterns
from mikit.studies.base import run_study
from mikit.studies.prompts import TextPrompt
from mikit.studies.record import Record, _digest
from mikit.trace.arrays import Array
from mikit.trace.checks import load
from mikit.widgets.claim import ClaimView
from mikit.widgets.replay import ReplayView
from tests import tiny as tiny_models
from tests.widgets.test_claim import NAMES, WORDINGS
from tests.widgets.waiting import until, until_settled


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A model that a record can name."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    tiny_models.weights("llama", seed=5).save_pretrained(folder)
    tiny_models.tokenizer().save_pretrained(folder)
    return load(folder)


@pytest.fixture
def here(kept: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A notebook's folder with a record and a saved page in it."""
    monkeypatch.chdir(tmp_path)
    view = ClaimView(kept, wordings=WORDINGS, names=NAMES, n=6).run()
    view.record().save("mikit-record-claim-1.json")
    view.freeze("mikit-page-claim-1.html")
    return tmp_path


def press(view: ReplayView, do: str, *buffers: bytes, **more: object) -> None:
    view._handle_custom_msg({"do": do, **more}, list(buffers))


@pytest.mark.parametrize("name", ["mikit-record-claim-1.json", "mikit-page-claim-1.html"])
def test_a_record_beside_the_notebook(here: Path, name: str) -> None:
    view = ReplayView()
    assert view.files == ["mikit-page-claim-1.html", "mikit-record-claim-1.json"]
    press(view, "choose", name=name)
    assert view.chosen == name and view.problem == "" and view.rows == []
    assert view.recorded["lines"][0].startswith("Claim: ")
    view.started = True
    until(view, lambda: bool(view.outcome))
    until_settled(view)
    assert view.outcome["within"] and view.outcome["sentence"].startswith("Found again: of ")
    assert {row["where"].split(" / ")[0] for row in view.rows} == {"claim", "dose"}
    assert all(then == now for _, then, now in view.environment)


def test_it_says_what_record_replay_says(here: Path) -> None:
    view = ReplayView(here / "mikit-record-claim-1.json").run()
    lines = Record.read(here / "mikit-record-claim-1.json").replay().lines
    assert len(view.rows) == len(lines)
    for row, line in zip(view.rows, lines, strict=True):
        assert line.startswith(f"{row['where']}: differs by ") and f"(tolerance {row['tolerance']:g})" in line


def test_a_file_through_the_browser(here: Path) -> None:
    view = ReplayView()
    press(view, "file", (here / "mikit-record-claim-1.json").read_bytes(), name="from a colleague.json")
    assert view.chosen == "from a colleague.json"
    assert view.run().outcome["within"]


def test_a_forged_number_is_not_found_again(here: Path) -> None:
    path = here / "mikit-record-claim-1.json"
    content = json.loads(path.read_text())
    values = content["entries"][0]["result"]["grids"]["logit difference"]["values"]
    values["data"][0] += 0.5
    values["sha256"] = Array.of(Array.model_validate(values).numpy()).sha256
    content["digest"] = _digest(content)
    path.write_text(json.dumps(content))
    view = ReplayView(path).run()
    assert not view.outcome["within"]
    assert (
        "Not found again" in view.outcome["sentence"]
        and "claim / logit difference moved most" in view.outcome["sentence"]
    )
    assert view.outcome["largest"] == pytest.approx(500, rel=0.01)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is not JSON"), (b"[1]", "no record"), (b"\xff\xfe", "cannot be read"), (b'{"schema_id": "x/9"}', "x/9")],
)
def test_a_bad_file_gives_a_sentence_and_keeps_what_was_chosen(here: Path, content: bytes, words: str) -> None:
    view = ReplayView(here / "mikit-record-claim-1.json")
    press(view, "file", content, name="notes.json")
    assert words in view.problem and view.chosen == "mikit-record-claim-1.json"
    press(view, "choose", name="gone.json")
    assert "cannot be read" in view.problem
    press(view, "choose", name="mikit-page-claim-1.html")
    assert view.problem == ""


def test_a_file_that_changes_after_it_was_chosen(here: Path, kept: Model) -> None:
    path = here / "mikit-record-claim-1.json"
    view = ReplayView(path)
    other = run_study(AttentionPatterns(model=kept.ref, prompt=TextPrompt(text="w1 w2")), kept)
    Record.of([other], kept).save(path)
    with pytest.raises(RecordUnusable, match="another record now"):
        view.run()


def test_nothing_chosen_runs_nothing(here: Path) -> None:
    view = ReplayView().run()
    assert view.rows == [] and view.status["text"] == "choose a record" and not view.can_save
    with pytest.raises(RecordUnusable):
        ReplayView(here / "none.json")
    with pytest.raises(TypeError, match="Did you mean 'path'"):
        ReplayView(pth="x")

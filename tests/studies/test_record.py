"""A record replays; an altered or foreign one says what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import torch

from mikit.errors import RecordUnusable
from mikit.studies import record as record_module
from mikit.studies.base import run_study, stream
from mikit.studies.kinds import AttentionPatterns, HeadScores, MuteHeads
from mikit.studies.prompts import RepeatPrompt, TextPrompt
from mikit.studies.record import SCRIPT_ID, Record, _digest, json_schema
from mikit.trace.checks import load
from tests import tiny as tiny_models

SCHEMA = Path(__file__).parents[2] / "docs" / "record.schema.json"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny"
    tiny_models.weights("llama", seed=11).save_pretrained(folder)
    tiny_models.tokenizer().save_pretrained(folder)
    return load(folder)


@pytest.fixture(scope="module")
def record(model):
    studies = [
        AttentionPatterns(model=model.ref, prompt=TextPrompt(text="w5 w6 w7 w5")),
        MuteHeads(model=model.ref, prompt=RepeatPrompt(length=6), heads=((1, 1),), draws=2),
        HeadScores(model=model.ref, length=6, seeds=2),
    ]
    return Record.of([run_study(study, model) for study in studies], model)


@pytest.fixture
def saved(record, tmp_path):
    return record.save(tmp_path / "record.json")


def altered(path, change, *, forged=False):
    """The record with ``change`` done to its JSON; ``forged``: every checksum made to fit again."""
    content = json.loads(path.read_text())
    change(content)
    if forged:
        from mikit.trace.arrays import Array

        def fit(node):
            if isinstance(node, dict) and "sha256" in node and isinstance(node.get("data"), list):
                node["sha256"] = Array.of(Array.model_validate(node).numpy()).sha256
            for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
                fit(child)

        fit(content["entries"])
        content["digest"] = _digest(content)
    path.write_text(json.dumps(content))
    return path


def test_it_replays_within_tolerance(saved):
    deviation = Record.read(saved).replay()
    assert deviation.within
    assert deviation.largest <= 1
    assert any(line.startswith("mute-heads / random heads / guessed") for line in deviation.lines)


def test_it_says_everything_that_matters(saved, model):
    content = json.loads(saved.read_text())
    mute = content["entries"][1]
    assert mute["result"]["study"]["model"]["sha256"] == model.ref.sha256
    assert mute["result"]["study"]["model"]["tokenizer_sha256"] == model.ref.tokenizer_sha256
    assert mute["method"]["edits"][0] == {
        "kind": "ablate",
        "site": {"name": "z", "layer": 1, "head": 1, "position": None},
        "since": None,
        "until": None,
        "how": "zero",
        "source": None,
    }
    assert "nats" in mute["method"]["metric"]
    assert len(mute["inputs_sha256"]) == 64
    assert content["environment"] | {"dtype": "fp32", "attention": "eager"} == content["environment"]
    assert set(content["environment"]["versions"]) == set(record_module.PACKAGES)
    assert mute["result"]["controls"][0]["name"] == "random heads"


def test_it_fits_the_published_schema(saved):
    schema = json.loads(SCHEMA.read_text())
    assert schema == json_schema(), "write json.dumps(json_schema(), indent=1) to docs/record.schema.json"
    content = json.loads(saved.read_text())
    jsonschema.validate(content, schema)
    content["entries"][1]["result"]["study"]["heads"] = "all"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, schema)


def test_a_saved_page_holds_it_too(record, tmp_path):
    page = tmp_path / "page.html"
    text = record.embedded().replace("<", "\\u003c")
    page.write_text(f'<html><script type="application/json" id="{SCRIPT_ID}">{text}</script></html>')
    assert Record.read(page).results == record.results
    assert Record.read(page).replay().within


def test_large_arrays_lie_beside_it(model, tmp_path, monkeypatch):
    monkeypatch.setattr("mikit.trace.arrays.INLINE_BYTES", 256)
    result = run_study(AttentionPatterns(model=model.ref, prompt=TextPrompt(text="w5 w6 w7 w5")), model)
    path = Record.of([result], model).save(tmp_path / "large.json")
    assert Record.read(path).results == [result]
    path.with_suffix(".safetensors").unlink()
    with pytest.raises(RecordUnusable, match=r"large\.safetensors belongs beside"):
        Record.read(path)


def test_an_altered_digit_is_found(saved):
    def change(content):
        content["entries"][1]["result"]["grids"]["mean surprise"]["values"]["data"][1] += 0.01

    with pytest.raises(RecordUnusable, match="altered after it was written"):
        Record.read(altered(saved, change))


def test_a_forged_digit_is_outside_tolerance(saved):
    def change(content):
        content["entries"][1]["result"]["grids"]["mean surprise"]["values"]["data"][1] += 0.01

    deviation = Record.read(altered(saved, change, forged=True)).replay()
    assert not deviation.within
    assert deviation.where == "mute-heads / mean surprise"
    assert deviation.largest == pytest.approx(10, rel=0.01)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c["entries"][0]["result"]["study"]["model"].update(sha256="0" * 64), "cannot be had here"),
        (lambda c: c["entries"][0]["result"]["study"]["model"].update(tokenizer_sha256="0" * 64), "tokenizer"),
        (lambda c: c["entries"][0].update(inputs_sha256="0" * 64), "other tokens"),
        (
            lambda c: c["entries"][0]["result"]["study"]["model"].update(source="gone", name="gone"),
            "cannot be had here",
        ),
    ],
)
def test_another_model_or_prompt_is_unusable(saved, change, words):
    with pytest.raises(RecordUnusable, match=words):
        Record.read(altered(saved, change, forged=True)).replay()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ('{"schema_id": "mikit-record/1"', "not JSON"),
        ("[1, 2]", "no record"),
        ('{"schema_id": "mikit-record/9"}', "mikit-record/9"),
    ],
)
def test_what_is_no_record_is_unusable(tmp_path, text, words):
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(RecordUnusable, match=words):
        Record.read(path)


def test_a_page_without_a_record_and_a_missing_file(tmp_path):
    (tmp_path / "x.html").write_text("<html></html>")
    with pytest.raises(RecordUnusable, match="holds no record"):
        Record.read(tmp_path / "x.html")
    with pytest.raises(RecordUnusable, match="cannot be read"):
        Record.read(tmp_path / "none.json")


def test_only_finished_results_are_recorded(model):
    study = MuteHeads(model=model.ref, prompt=RepeatPrompt(length=6), heads=((1, 1),), draws=2)
    first = next(iter(stream(study, model)))
    with pytest.raises(RecordUnusable, match="not finished"):
        Record.of([first], model)
    with pytest.raises(RecordUnusable, match="nothing to record"):
        Record.of([], model)


def test_other_threads_stay_within_tolerance_and_are_told(saved):
    before = torch.get_num_threads()
    torch.set_num_threads(before + 1)
    try:
        deviation = Record.read(saved).replay()
    finally:
        torch.set_num_threads(before)
    assert deviation.within
    assert any("threads were" in line for line in deviation.lines)

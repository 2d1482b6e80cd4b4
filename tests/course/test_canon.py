"""Every quoted number is measured again, and every sentence that quotes one is looked up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from mikit.course import canon
from mikit.course.canon import Canon, Number, UnknownNumber
from mikit.models.catalog import CATALOG
from mikit.models.model import Model
from tests.course.measures import MEASURES

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = canon.canon()
QUOTES = [(id, quote) for id, number in NUMBERS.items() for quote in number.quotes]


def text_of(file: str) -> str:
    """A file's text on one line, without the marks of a markdown cell in a lesson source."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return " ".join(" ".join(line.removeprefix("# ") for line in lines).split())


def test_every_number_has_a_measure_and_every_measure_a_number() -> None:
    assert set(MEASURES) == set(NUMBERS)


@pytest.mark.parametrize("id", NUMBERS)
def test_it_is_measured_again(id: str, smollm: Model) -> None:
    number, found = NUMBERS[id], MEASURES[id](smollm)
    of = found.of or smollm.ref
    assert number.weights == of.sha256 and number.model == of.chip
    assert found.value == pytest.approx(number.value, abs=number.tolerance)
    for ours, now in ((number.low, found.low), (number.high, found.high)):
        assert (ours is None) == (now is None)
        if ours is not None and now is not None:
            assert now == pytest.approx(ours, abs=max(number.tolerance, 0.1))


@pytest.mark.parametrize(("id", "quote"), QUOTES, ids=[f"{id}-{quote.file}" for id, quote in QUOTES])
def test_the_sentence_stands_there(id: str, quote: canon.Quote) -> None:
    sentence = quote.text.format(value=NUMBERS[id].value)
    assert sentence in text_of(quote.file), f"{quote.file} should say: {sentence}"


def test_readme_names_measures_and_licences(smollm: Model) -> None:
    readme = text_of("README.md")
    assert f"all {smollm.spec.layers * smollm.spec.heads} heads" in readme
    for entry in CATALOG.values():
        row = next(line for line in readme.split("| `") if line.startswith(entry.name))
        assert entry.licence.split()[0] in row


def test_it_is_shown_beside_the_papers_and_yours(capsys: pytest.CaptureFixture[str]) -> None:
    canon.show("names-difference", yours=3.5)
    said = capsys.readouterr().out
    for part in (
        "3.56 logits over 100,000 prompts",
        "GPT-2 small",
        "arXiv 2211.00593",
        "you: 3.50 logits, inside 2.71 to 4.41",
    ):
        assert part in said
    canon.show("head-on-mary", yours=1.0)
    assert "you: 1.00 logits, outside" in capsys.readouterr().out


def test_words_of_a_number() -> None:
    assert NUMBERS["head-on-answer"].text(1) == "\N{MINUS SIGN}7.0 [\N{MINUS SIGN}8.3, \N{MINUS SIGN}5.8] logits"


def test_an_unknown_number() -> None:
    with pytest.raises(UnknownNumber, match="Did you mean 'mary-space'"):
        canon.number("mary-spaces")


@pytest.mark.parametrize(
    "change",
    [{"low": 1.0}, {"low": 1.0, "high": 2.0}, {"tag": "read"}, {"valeu": 3}],
    ids=["half an interval", "an interval of what", "read, but no paper", "a misspelt field"],
)
def test_what_no_number_may_be(change: dict[str, object]) -> None:
    entry = json.loads(NUMBERS["mary"].model_dump_json()) | change
    with pytest.raises(ValidationError):
        Number.model_validate(entry)


def test_the_file_is_kept_as_the_measures_write_it() -> None:
    text = Path(canon.__file__).with_name("canon.json").read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=1, ensure_ascii=False) + "\n"
    assert Canon.model_validate_json(text).numbers == NUMBERS

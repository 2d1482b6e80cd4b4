"""Pairs that can be compared, and sentences for those that cannot."""

from __future__ import annotations

import pytest

from mikit.errors import BadPair, NotOneToken, UnknownSite
from mikit.studies.names import NAMES, TEMPLATES, name_pair, name_pairs
from mikit.studies.pairs import PromptPair, position_of
from mikit.studies.patch_sweep import PatchSweep
from mikit.trace.engine import run
from tests import tiny as tiny_models


@pytest.fixture(scope="module")
def model():
    return tiny_models.model("llama")


def pair(**changed):
    return PromptPair(**{"clean": "w1 w2 w3 w4", "corrupt": "w1 w9 w3 w4", "answer": "w2", "foil": "w9", **changed})


def test_reads_both_prompts(model):
    read = pair(positions={"name": 1, "last": -1}, corrupt="w1 w9 w3 w8").read(model)
    assert read.differs == (1, 3)
    assert read.first == 1
    assert read.positions == {"name": 1, "last": 3, "end": 3}
    assert (position_of(read, "name"), position_of(read, -2)) == (1, 2)


@pytest.mark.parametrize(
    ("changed", "error", "says"),
    [
        ({"corrupt": "w1 w9 w9 w3 w4"}, BadPair, "original has 4, the changed one 5: from token 1 on"),
        ({"corrupt": "w1 w2 w3 w4"}, BadPair, "prompts are the same"),
        ({"foil": "w2"}, BadPair, "always 0"),
        ({"answer": "w2 w3"}, NotOneToken, "2 tokens"),
        ({"positions": {"x": 4}}, UnknownSite, "'x' is token 4, but this prompt has 4"),
    ],
)
def test_what_cannot_be_compared(model, changed, error, says):
    with pytest.raises(error, match=says):
        pair(**changed).read(model)


def test_an_unknown_position(model):
    read = pair(positions={"name": 1}).read(model)
    with pytest.raises(UnknownSite, match="Did you mean 'name'"):
        position_of(read, "nam")
    with pytest.raises(UnknownSite, match="0 to 3"):
        position_of(read, 4)


def test_the_pairs_of_a_set_share_names(model):
    with pytest.raises(BadPair, match="differ in S2"):
        PatchSweep(model=model.ref, pairs=(pair(), pair(positions={"S2": 2})))
    with pytest.raises(BadPair, match="at least one"):
        PatchSweep(model=model.ref, pairs=())


def test_name_pairs(smollm):
    pairs = name_pairs(smollm)
    assert len({p.clean for p in pairs}) == 64
    read = [p.read(smollm) for p in pairs]
    assert len({r.clean.ids.shape[1] for r in read}) == len(TEMPLATES) == 4
    for p, r in zip(pairs, read, strict=True):
        words = {name: r.clean.strings[at] for name, at in r.positions.items()}
        assert words["IO"] == p.answer
        assert words["S1"] == words["S2"] == p.foil
        assert r.differs == (r.positions["S2"],)
        assert p.answer.strip() in NAMES


def test_the_model_names_the_receiver_in_all_of_them(smollm):
    """Quoted in the lessons: 64 of 64, and the other name in 64 of 64 changed prompts."""
    right = changed = 0
    for p in name_pairs(smollm):
        r = p.read(smollm)
        for tokens in (r.clean, r.corrupt):
            logits = run(smollm, tokens, [[]])[0]
            won = float(logits[r.answer] - logits[r.foil]) > 0
            right += won and tokens is r.clean
            changed += not won and tokens is r.corrupt
    assert (right, changed) == (64, 64)


def test_a_name_of_several_tokens(smollm):
    with pytest.raises(UnknownSite, match="0 tokens"):
        name_pair(smollm, "Bartholomew", "John")

"""What a person waits for, on the real model: from a keystroke or a switch to its numbers, and bytes on the wire.

Times are printed beside the model's own plain forward pass on the same tokens, as a ratio, since machines differ.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import pytest
import torch

import mikit
from mikit.models.model import Model
from mikit.studies.base import stream
from mikit.studies.kinds import AttentionPatterns, MuteHeads
from mikit.studies.prompts import RepeatPrompt, TextPrompt
from mikit.widgets.attention import AttentionView

pytestmark = pytest.mark.bench

TOP = ((17, 3), (17, 4), (17, 5), (18, 6), (18, 7), (20, 6), (23, 2), (23, 7))
RUNS = 7


def milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return 1e3 * (time.perf_counter() - begun)


def compared(name: str, ours: Callable[[], object], plain: Callable[[], object]) -> float:
    """Median ratio of ours to the plain pass, taken in turn with it; prints the milliseconds too."""
    ours(), plain()
    pairs = [(milliseconds(ours), milliseconds(plain)) for _ in range(RUNS)]
    ratio = median(a / b for a, b in pairs)
    took, base = (median(column) for column in zip(*pairs, strict=True))
    print(f"\n{name}: {took:.0f} ms, {ratio:.2f} x a plain forward pass of one row ({base:.0f} ms)")
    return ratio


def plain_pass(model: Model, ids: torch.Tensor) -> Callable[[], object]:
    def work() -> object:
        with torch.no_grad():
            return model.hf(ids, use_cache=False)

    return work


def test_muting_gives_its_number_in_time(smollm: Model) -> None:
    study = MuteHeads(model=smollm.ref, prompt=RepeatPrompt(length=25), heads=TOP)
    ids = study.prompt.tokens(smollm).ids
    plain = plain_pass(smollm, ids)
    assert compared("mute 8 heads, 2 x 25 tokens", lambda: next(stream(study, smollm)), plain) < 2.2
    assert compared("the same and 8 random draws", lambda: list(stream(study, smollm)), plain) < 12


def test_a_keystroke(smollm: Model) -> None:
    text = "one two three four five six seven eight nine ten " * 7
    ids = smollm.tokens(text).ids[:, :64]
    study = AttentionPatterns(model=smollm.ref, prompt=TextPrompt(text=smollm.tokenizer.decode(ids[0])))
    ratio = compared("patterns of 64 tokens", lambda: list(stream(study, smollm)), plain_pass(smollm, ids))
    assert ratio < 1.6


def test_bytes_of_a_keystroke(smollm: Model) -> None:
    view = AttentionView(smollm, text="one two three four five six seven eight nine ten " * 7)
    view.run()
    state = view.get_state(["tokens", "patterns", "sink", "next", "status", "answers", "code"])
    size = sum(bytes_in(value) for value in state.values())
    print(f"\none keystroke at {len(view.tokens)} tokens: {size / 1e6:.2f} MB")
    assert len(view.tokens) == 64
    assert size <= 0.6e6


def bytes_in(value: object) -> int:
    if isinstance(value, dict):
        return sum(bytes_in(v) + len(str(k)) for k, v in value.items())
    if isinstance(value, list | tuple):
        return sum(map(bytes_in, value))
    return len(value) if isinstance(value, bytes | memoryview) else len(str(value))


def test_loading_and_checks(smollm: Model) -> None:
    from mikit.trace.checks import check_model

    ids = smollm.tokens_from(torch.arange(5000, 5008)).ids
    compared("the self-checks", lambda: check_model(smollm), plain_pass(smollm, ids))
    assert mikit.load("smollm2-135m") is smollm

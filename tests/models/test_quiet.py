"""Bars and warnings are off inside the block and as before after it, also when it fails."""

from __future__ import annotations

import logging
import warnings

import pytest
from huggingface_hub.utils.tqdm import are_progress_bars_disabled
from transformers.utils import logging as hf_logging

from mikit.models.quiet import quiet


def switches() -> tuple[object, ...]:
    levels = [logging.getLogger(name).level for name in ("transformers", "huggingface_hub")]
    return hf_logging.is_progress_bar_enabled(), are_progress_bars_disabled(), *levels


def test_quiet_inside_and_as_before_outside(capfd: pytest.CaptureFixture[str]) -> None:
    before = switches()
    with pytest.raises(ZeroDivisionError), quiet():
        assert switches() == (False, True, logging.CRITICAL, logging.CRITICAL)
        warnings.warn("not for learners", stacklevel=1)
        logging.getLogger("transformers.modeling_utils").error("nor this")
        _ = 1 / 0
    assert switches() == before
    assert capfd.readouterr() == ("", "")

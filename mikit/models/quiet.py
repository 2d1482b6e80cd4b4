"""Keep the libraries' warnings and progress bars out of a learner's notebook."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from transformers import modeling_gguf_pytorch_utils as gguf_reader
from transformers.utils import logging as hf_logging

# Unless this is set, a process that has used a tokenizer prints a warning at every later fork (`!ls` in a cell).
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


@contextmanager
def quiet() -> Iterator[None]:
    """Silence transformers and the hub client inside the block; what must be said, mikit says as an error."""
    loggers = [logging.getLogger(name) for name in ("transformers", "huggingface_hub")]
    levels = [logger.level for logger in loggers]
    bars = hf_logging.is_progress_bar_enabled()
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    hf_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # the hub client's bars too
    gguf_bar = vars(gguf_reader)["tqdm"]  # drawn without asking any of the switches above
    vars(gguf_reader)["tqdm"] = partial(gguf_bar, disable=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        vars(gguf_reader)["tqdm"] = gguf_bar
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        if bars:
            hf_logging.enable_progress_bar()  # type: ignore[no-untyped-call]

"""Lesson 05, third part: a dictionary of the real model, trained live and measured on texts it never saw."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from mikit.course.lessons.l03_real import measured
from mikit.course.plan import Context
from mikit.errors import DictionaryUnusable
from mikit.methods.surprise import surprise
from mikit.models.model import Model
from mikit.sae.dictionary import Dictionary
from mikit.sae.formats import write
from mikit.sae.library import load_dictionary, ref_of
from mikit.studies.base import Grid, Result, run_study
from mikit.studies.evaluate_dictionary import EvaluateDictionary
from mikit.studies.train_dictionary import TrainDictionary
from mikit.trace.arrays import Array
from mikit.trace.edits import Patch
from mikit.trace.engine import capture, run
from mikit.trace.sites import Site

SHIPPED = "smollm2-135m-l9"
SITE = Site(name="resid_post", layer=9)
LARGE = {"features": 2304, "updates": 400, "batch": 512}
SMALL = {"features": 1152, "updates": 150, "batch": 512}
"""On one core, as on Binder."""
TINY = {"features": 576, "updates": 12, "batch": 64}

CPU_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def cores() -> float:
    """Processor cores that this process may use: those it is bound to, or fewer where its container has a quota."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = CPU_QUOTA.read_text().split()
        return min(float(bound), int(quota) / int(period))
    except (OSError, ValueError):  # no such file, or "max"
        return float(bound)


def real(context: Context) -> TrainDictionary:
    """The training of this lesson: smaller where there is one core, and tiny in tests."""
    model = context.model().ref
    if context.pace == "full":
        return TrainDictionary(model=model, site=SITE, **(LARGE if cores() >= 2 else SMALL))
    _, pieces = TrainDictionary(model=model, site=SITE).pieces()
    return TrainDictionary(model=model, site=SITE, texts=tuple(pieces[:45]), **TINY)


def folder(study: TrainDictionary) -> Path:
    """Beside the notebook: a kernel that starts again needs no new training."""
    return Path(f"my-dictionary-{study.features}")


def trained(context: Context) -> Dictionary:
    """The learner's dictionary: trained in the view, or beside the notebook from earlier, or trained now."""
    study = real(context)
    kept = folder(study)
    try:
        write(study.dictionary(), kept)
    except DictionaryUnusable:
        if not kept.is_dir():
            run_study(study, context.model())
            write(study.dictionary(), kept)
    return load_dictionary(kept)


def texts(context: Context) -> tuple[str, ...]:
    """The beginnings of texts that were not trained on here: a window each. The shipped dictionary saw speeches
    like the few among them, and no text of the other kinds."""
    held_out, _ = real(context).pieces()
    return tuple(piece[: 200 if context.pace == "full" else 60] for piece in held_out[:12])


def stream(model: Model, text: str) -> Tensor:
    """The stream after layer 9 at each token, [position, 576]."""
    return capture(model, model.tokens(text), [SITE])[SITE][0]


def streams(context: Context) -> Tensor:
    """The stream after layer 9 over all held-out texts, position 0 left out, [token, 576]."""
    return torch.cat([stream(context.model(), text)[1:] for text in texts(context)])


def surprise_with(model: Model, text: str, value: Tensor | None = None) -> float:
    """Mean surprise at the tokens from the third on, in nats, with ``value`` [position, 576] in place of the stream
    after layer 9; without it the model's own."""
    tokens = model.tokens(text)
    edits = [] if value is None else [Patch(site=SITE, source=Array.of(value))]
    logits = run(model, tokens, [edits], logits="all")[0, 1:-1]
    return float(surprise(logits, tokens.ids[0, 2:]).nats.mean())


def evaluated(context: Context, dictionary: Dictionary) -> Result:
    """A dictionary on the held-out texts, beside a random one; measured once, and kept while the kernel is."""
    given = texts(context)
    study = EvaluateDictionary(
        model=context.model().ref,
        dictionary=ref_of(dictionary),
        texts={"held out": given},
        windows=len(given),
        index="",
    )
    return measured(study, context.model())


def compared(context: Context) -> pd.DataFrame:
    """Random directions, the learner's dictionary and the shipped one, on the same windows."""
    mine, shipped = evaluated(context, trained(context)), evaluated(context, load_dictionary(SHIPPED))
    return pd.DataFrame(
        [
            row("random directions", mine.controls[0].grids),
            row("yours", mine.grids),
            row(SHIPPED, shipped.grids),
        ]
    ).set_index("dictionary")


def row(name: str, grids: Mapping[str, Grid]) -> dict[str, Any]:
    """What was measured of a dictionary, in words and numbers."""
    own, spliced, _, _ = grids["cross entropy"].values.numpy()[0].tolist()
    zeros, mean = grids["recovered"].values.numpy()[0].tolist()
    return {
        "dictionary": name,
        "left out": float(grids["fvu"].values.numpy()[0]),
        "L0": float(grids["l0"].values.numpy()[0]),
        "silent": float(grids["dead"].values.numpy()[0]),
        "nats lost": spliced - own,
        "recovered from zeros": zeros,
        "recovered from mean": mean,
    }

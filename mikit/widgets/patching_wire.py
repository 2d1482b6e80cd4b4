"""What PatchingView sends to the browser: a map of one question, and one site at every dose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from mikit.methods.metrics import Function, MetricName
from mikit.models.model import Model
from mikit.studies.attribution import Attribution
from mikit.studies.base import Grid, Result, Study
from mikit.studies.dose import Dose
from mikit.studies.patch_sweep import PatchSweep
from mikit.widgets.wire import encode

TEXTS = ("clean", "corrupt", "answer", "foil")


def judged_by(metric: MetricName | Function) -> str:
    """The metric as the view calls it; a learner's own function by its name."""
    return f"{getattr(metric, '__name__', 'function')} (yours)" if callable(metric) else metric


def about_of(study: Study) -> dict[str, str]:
    """What numbers are about. Approximate and exact cells stand on one map only where this is the same."""
    if isinstance(study, Dose):
        return {name: getattr(study.pair, name) for name in TEXTS} | {
            "site": study.site,
            "metric": judged_by(study.metric),
        }
    assert isinstance(study, PatchSweep | Attribution)
    return {name: getattr(study.pairs[0], name) for name in TEXTS} | {
        "site": study.site if isinstance(study, PatchSweep) else study.sites[0],
        "metric": judged_by(study.metric),
        "direction": study.direction,
    }


def grid_of(result: Result) -> Grid:
    """The map."""
    return result.grids[about_of(result.study)["site"]]


def map_wire(maps: Mapping[str, Result], model: Model) -> dict[str, Any]:
    """One question's map: approximate cells from ``maps["approx"]``, exact ones from ``maps["map"]``, as far as they
    are there, each with its random sites."""
    result = next(iter(maps.values()))
    study = result.study
    assert isinstance(study, PatchSweep | Attribution)
    read = study.pairs[0].read(model)
    original, changed = result.grids["baseline"].values.numpy().tolist()
    wire: dict[str, Any] = {
        **about_of(study),
        "by": study.by,
        "unit": grid_of(result).unit,
        "clean_tokens": list(read.clean.strings),
        "corrupt_tokens": list(read.corrupt.strings),
        "first": read.first,
        "size": list(grid_of(result).values.shape),
        "original": original,
        "changed": changed,
    }
    for name, lane in (("approx", "approx"), ("exact", "map")):
        one = maps.get(lane)
        wire[name] = None if one is None else encode(grid_of(one).values)
        wire[f"{name}_random"] = None if one is None else encode(_random(one).values.numpy().ravel())
    return wire


def _random(result: Result) -> Grid:
    return result.controls[0].grids[about_of(result.study)["site"]]


def dosed_wire(result: Result) -> dict[str, Any]:
    """One site at every dose, beside the random sites."""
    study = result.study
    assert isinstance(study, Dose)
    curve, kl, shares = (result.grids[name] for name in ("metric", "kl", "probability"))
    beside = result.controls[0].grids
    return {
        **about_of(study),
        "unit": curve.unit,
        "row": study.layer,
        "column": study.position if study.head is None else study.head,
        "doses": encode(np.array([float(dose) for dose in curve.axes["dose"]])),
        "curve": encode(curve.values),
        "curve_random": encode(beside["metric"].values),
        "kl": encode(kl.values),
        "kl_random": encode(beside["kl"].values),
        "sites": [*result.texts["site"], *beside["metric"].axes["site"]],
        "top": list(shares.axes["token"]),
        "probabilities": encode(shares.values),
    }

"""Dictionaries that mikit writes, for SAELens to read: run this in mikit's environment, then sae_lens_reads_ours.py in
SAELens'. The tests hold the committed folders to what is written today."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from mikit.sae.dictionary import Config, Dictionary, Place, shapes
from mikit.sae.formats import write
from mikit.trace.sites import Site

KINDS: dict[str, dict[str, Any]] = {
    "relu": {"normalise": "rms"},
    "topk": {"activation": "topk", "k": 3, "normalise": "layer norm"},
    "batchtopk": {"activation": "batchtopk", "k": 3, "prefixes": (4, 12)},
    "jumprelu": {"activation": "jumprelu", "subtract_b_dec": False},
    "jumprelu-float16": {"activation": "jumprelu", "subtract_b_dec": False},
    "skip-transcoder": {
        "activation": "jumprelu",
        "subtract_b_dec": False,
        "transcoder": True,
        "skip": True,
        "d_out": 6,
    },
}


def write_all(home: Path) -> None:
    for name, given in KINDS.items():
        config = Config(d_in=8, features=12, **given)
        generator = torch.Generator().manual_seed(0)
        weights = {part: 0.5 * torch.randn(*shape, generator=generator) for part, shape in shapes(config).items()}
        if "threshold" in weights:
            weights["threshold"] = weights["threshold"].abs()
        target = Site(name="mlp_out", layer=6) if config.transcoder else None
        place = Place(model="a-model", model_sha256="ab" * 32, site=Site(name="resid_mid", layer=6), target=target)
        write(Dictionary(config, weights, place), home / name, dtype="float16" if "float16" in name else "float32")


if __name__ == "__main__":
    write_all(Path(__file__).resolve().parent.parent / "sae" / "fixtures" / "ours")

"""Dictionaries that EleutherAI's sparsify wrote, with the encodings it gives them."""

from __future__ import annotations

import os
import shutil

import torch
from common import D_IN, FEATURES, FIXTURES, K, activations, fill, keep

os.environ["SPARSIFY_DISABLE_TRITON"] = "1"  # its kernels need a GPU

from sparsify import SparseCoder
from sparsify.config import SparseCoderConfig

HOME = FIXTURES / "sparsify"


def write(name: str, **given) -> None:
    made = SparseCoder(D_IN, SparseCoderConfig(num_latents=FEATURES, k=K, **given))
    fill(made)
    folder = HOME / name
    made.save_to_disk(folder)
    read = SparseCoder.load_from_disk(folder)
    x = activations()
    top = read.encode(x)
    features = torch.zeros(len(x), FEATURES).scatter(1, top.top_indices.long(), top.top_acts)
    keep(folder, x, features, read(x).sae_out)


if __name__ == "__main__":
    shutil.rmtree(HOME, ignore_errors=True)
    write("layers.8")
    write("layers.8.mlp", transcode=True, skip_connection=True, normalize_decoder=False)

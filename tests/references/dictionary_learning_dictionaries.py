"""Dictionaries as dictionary_learning saves them, with the encodings it gives them."""

from __future__ import annotations

import json
import shutil

import torch
from common import D_IN, FEATURES, FIXTURES, K, activations, fill, keep
from dictionary_learning.dictionary import AutoEncoder, AutoEncoderNew, JumpReluAutoEncoder
from dictionary_learning.trainers.batch_top_k import BatchTopKSAE
from dictionary_learning.trainers.matryoshka_batch_top_k import MatryoshkaBatchTopKSAE
from dictionary_learning.trainers.top_k import AutoEncoderTopK
from dictionary_learning.utils import load_dictionary

HOME = FIXTURES / "dictionary_learning"


def write(made) -> None:
    fill(made)
    if "Batch" in type(made).__name__:
        made.threshold.fill_(0.7)
    kind = type(made).__name__
    folder = HOME / kind
    folder.mkdir(parents=True, exist_ok=True)
    trainer = {
        "dict_class": kind,
        "activation_dim": D_IN,
        "dict_size": FEATURES,
        "k": K,
        "layer": 8,
        "lm_name": "org/a-model",
        "submodule_name": "resid_post_layer_8",
    }
    (folder / "config.json").write_text(json.dumps({"trainer": trainer, "buffer": {"ctx_len": 128}}))
    torch.save({name: value.cpu() for name, value in made.state_dict().items()}, folder / "ae.pt")
    if kind == "MatryoshkaBatchTopKSAE":  # load_dictionary hands no group sizes on, the class itself does
        read = MatryoshkaBatchTopKSAE.from_pretrained(str(folder / "ae.pt"), k=K)
    else:
        read, _ = load_dictionary(str(folder), "cpu")
    x = activations()
    keep(folder, x, read.encode(x), read(x))


if __name__ == "__main__":
    shutil.rmtree(HOME, ignore_errors=True)
    for kind in (AutoEncoder, AutoEncoderNew, JumpReluAutoEncoder):
        write(kind(D_IN, FEATURES))
    for kind in (AutoEncoderTopK, BatchTopKSAE):
        write(kind(D_IN, FEATURES, K))
    write(MatryoshkaBatchTopKSAE(D_IN, FEATURES, K, [4, FEATURES - 4]))

"""A model that learned nothing: the control for what is read out of one that did."""

from __future__ import annotations

import copy

import torch

from mikit.models.model import Model, open_model


def scrambled(model: Model, seed: int = 0) -> Model:
    """The same architecture with the numbers of every weight matrix, embeddings included, in random order: sizes and
    spread stay, what was learned goes. The same seed gives the same weights. Takes as much memory as the model again.

    Heap et al. (2025, arXiv:2501.17727) find that sparse features of such models can look interpretable."""
    hf = copy.deepcopy(model.hf)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in hf.parameters():
            if weight.ndim > 1:
                order = torch.randperm(weight.numel(), generator=generator)
                weight.copy_(weight.flatten()[order].view_as(weight))
    found = open_model(hf, tokenizer=model.tokenizer)
    found.ref = found.ref.model_copy(update={"name": f"{model.ref.name}-scrambled-{seed}"})
    return found

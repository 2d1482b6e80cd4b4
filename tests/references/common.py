"""What the reference scripts share. No library but PyTorch and safetensors."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

FIXTURES = Path(__file__).resolve().parent.parent / "sae" / "fixtures"
D_IN, D_OUT, FEATURES, K, ROWS = 8, 6, 12, 3, 10


def numbers(seed: int, *shape: int, size: float = 1.0) -> Tensor:
    return size * torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def activations() -> Tensor:
    """[10, 8], of different lengths, off the origin."""
    return numbers(0, ROWS, D_IN) * torch.linspace(0.5, 4, ROWS)[:, None] + 0.3


@torch.no_grad()
def fill(module: torch.nn.Module) -> None:
    """Give every parameter numbers of its own; thresholds stay positive."""
    for seed, (name, weight) in enumerate(sorted(module.named_parameters()), 1):
        value = numbers(seed, *weight.shape, size=0.5)
        weight.copy_(value.abs() + 0.2 if "threshold" in name else value)


def keep(folder: Path, x: Tensor, features: Tensor, output: Tensor) -> None:
    """Write what the library gave, beside its dictionary."""
    found = {"x": x, "features": features, "output": output}
    save_file(
        {name: value.detach().float().contiguous() for name, value in found.items()}, folder / "expected.safetensors"
    )
    assert (features > 0).any() and (features == 0).any(), folder
    print(folder.relative_to(FIXTURES), f"L0 {float((features > 0).float().sum(1).mean()):.1f}")

"""Rows of different lengths laid end to end in one sequence, and the masks that keep them apart.

Row r holds the positions ``starts[r]`` to the prompt's end. Its tokens see those before it in the row and, left of
``starts[r]``, the keys and values of a remembered prompt. No position is computed twice, and none is padded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from mikit.models.model import Model
from mikit.trace.sites import Site


@dataclass(frozen=True)
class Packed:
    """N tokens of all rows: the row and prompt position of each [N], where each row begins and ends, and each row's
    last token [rows]."""

    length: int
    starts: tuple[int, ...]
    edges: tuple[int, ...]
    rows: Tensor
    positions: Tensor

    @property
    def last(self) -> Tensor:
        return torch.tensor(self.edges[1:]) - 1

    def where(self, row: int, site: Site) -> int | slice:
        """Which of the N tokens a site names in one row; without a position, the whole row."""
        if isinstance(site.position, int):
            return self.edges[row] + site.position % self.length - self.starts[row]
        return slice(self.edges[row], self.edges[row + 1])


def pack(starts: Sequence[int], length: int) -> Packed:
    spans = [torch.arange(start, length) for start in starts]
    edges = torch.tensor([0, *map(len, spans)]).cumsum(0).tolist()
    rows = torch.cat([torch.full((b - a,), row) for row, (a, b) in enumerate(pairwise(edges))])
    return Packed(length, tuple(starts), tuple(edges), rows, torch.cat(spans))


def attention_masks(model: Model, packed: Packed, device: torch.device) -> Tensor | dict[str, Tensor]:
    """Additive masks [1, 1, N, T + N]: the remembered prompt's T keys, then the packed ones. A dictionary by kind of
    layer where a model mixes full and sliding attention."""
    config = model.hf.config.get_text_config()
    window = getattr(config, "sliding_window", None)
    kinds = sorted(set(getattr(config, "layer_types", None) or ()))
    full = _mask(packed, None).to(device)
    if not window or kinds == ["full_attention"]:
        return full
    sliding = _mask(packed, window).to(device)
    return {"full_attention": full, "sliding_attention": sliding} if len(kinds) > 1 else sliding


def _mask(packed: Packed, window: int | None) -> Tensor:
    starts = torch.tensor(packed.starts)[packed.rows][:, None]
    reader = packed.positions[:, None]
    keys = torch.cat([torch.arange(packed.length), packed.positions])[None]
    own = packed.rows[:, None] == packed.rows[None]
    before = torch.arange(packed.length)[None] < starts
    seen = torch.cat([before, own], dim=1) & (keys <= reader)
    if window is not None:
        seen &= reader - keys < window
    return torch.zeros(seen.shape).masked_fill(~seen, torch.finfo(torch.float32).min)[None, None]

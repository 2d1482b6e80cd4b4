"""Activation patching: put one run's value into another run, site by site, and see what changes.

Exact, one short run a site (Meng et al. 2022, arXiv:2202.05262; Wang et al. 2022, arXiv:2211.00593), or for all sites
at once by a straight line: attribution patching (Nanda 2023; Syed et al. 2023, arXiv:2310.10348). Maps have the axes
[layer, position], [layer, head] or [layer, head, position]."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from mikit.errors import UnknownSite
from mikit.models.model import Model
from mikit.models.tokens import Tokens
from mikit.trace.arrays import Array
from mikit.trace.edits import Patch
from mikit.trace.engine import Past, Start, capture, rerun, run, value_and_grad
from mikit.trace.sites import WITH_HEADS, Site, SiteName, check

By = Literal["position", "head", "head and position"]
Source = Literal["other prompt", "zero", "mean", "resample"]
Measure = Callable[[Tensor], Tensor]
"""Logits [rows, vocab] -> [rows]."""

Index = tuple[int, ...]

ROWS = 128
"""Most rows of one trace: each has a whole vocabulary of logits."""
TOKENS = 1024
"""Most tokens of one trace, unless a single row is longer: attention between packed rows is masked, yet computed."""
WASTE = 1 / 6
"""Share of a trace's work that may go into layers below a row's own patch, to save a trace."""


@dataclass(frozen=True)
class Patched:
    """One cell of a map: where it stands, the site, what is put there, and the first position it can change."""

    index: Index
    site: Site
    source: Tensor
    start: int

    @property
    def layer(self) -> int:
        assert self.site.layer is not None, "every patch has a layer"
        return self.site.layer


def values_and_logits(model: Model, tokens: Tokens, name: SiteName) -> tuple[Tensor, Tensor]:
    """One run's values, [layer, position, ...] (of a pattern [layer, head, query, key]), and its last logits [vocab].
    Raises UnknownSite."""
    *values, logits = capture(model, tokens, [*layers_of(model, name), Site(name="logits", position=-1)]).values()
    return torch.cat(values), logits[0]


def source_values(
    model: Model, other: Tensor, name: SiteName, how: Source, reference: Sequence[Tokens], seed: int
) -> Tensor:
    """What a patch brings, shaped as ``other``, the values of the other run.

    "other prompt": those. "zero". "mean": the mean over all positions of the ``reference`` texts but position 0, an
    attention sink. "resample": for each position, one of those drawn at random.

    Raises UnknownSite.
    """
    if how == "other prompt":
        return other
    if how == "zero":
        return torch.zeros_like(other)
    if name == "pattern":
        raise UnknownSite(
            f"A pattern has one share a token, so there is no {how} of other texts to put in its place. Use 'zero' or"
            " 'other prompt'."
        )
    pool = torch.cat([values_and_logits(model, tokens, name)[0][:, 1:] for tokens in reference], dim=1)
    if how == "mean":
        return pool.mean(1, keepdim=True).expand_as(other)
    drawn = torch.randint(pool.shape[1], other.shape[1:2], generator=torch.Generator().manual_seed(seed))
    return pool[:, drawn]


def patches(name: SiteName, by: By, source: Tensor, *, columns: Sequence[int], since: int) -> list[Patched]:
    """All cells of one map, from the last layer down. ``columns`` are the positions of a map by position; a head
    is patched at all positions from ``since`` on, where the two runs first differ. ``source`` as ``source_values``.

    Raises UnknownSite for heads of a value that has none."""
    _check_split(name, by)
    pattern = name == "pattern"
    heads = range(source.shape[1 if pattern else 2]) if by != "position" else [None]
    found = []
    for layer in reversed(range(len(source))):
        for h in heads:
            whole = source[layer] if h is None else source[layer, h] if pattern else source[layer, :, h]
            index = (layer,) if h is None else (layer, h)
            if by == "head":
                rest = whole if pattern else whole[since:]
                found.append(Patched(index, Site(name=name, layer=layer, head=h), rest, since))
                continue
            for column, t in enumerate(columns):
                row = whole[:, t] if pattern and h is None else whole[t]
                found.append(Patched((*index, column), Site(name=name, layer=layer, head=h, position=t), row, t))
    return found


def exact(
    model: Model, past: Past, cells: Iterable[Patched], measure: Measure, *, since: int, budget: float
) -> Iterator[list[tuple[Index, float]]]:
    """Patch each cell into the remembered run, many cells to a trace: yields (index, measure) of the cells of one
    trace. ``budget``: tokens times layers of one trace. Raises what ``measure`` raises, UnknownSite, WrongDtype."""
    for group, logits in patched_logits(model, past, cells, since=since, budget=budget):
        yield list(zip((cell.index for cell in group), measure(logits).tolist(), strict=True))


def patched_logits(
    model: Model, past: Past, cells: Iterable[Patched], *, since: int, budget: float
) -> Iterator[tuple[list[Patched], Tensor]]:
    """As ``exact``: the cells of each trace and their logits [cells, vocab]."""
    for group in groups(list(cells), model.spec.layers, past.tokens.ids.shape[1], budget):
        edits = [[Patch(site=cell.site, source=Array.of(cell.source))] for cell in group]
        if group[0].site.name == "pattern":
            layer = group[0].layer
            start = Start(layer, past.resid[layer].expand(len(group), -1, -1).clone())
            yield group, run(model, past.tokens, edits, start=start)
        else:
            yield group, rerun(model, past, edits, since=since)


def groups(cells: Sequence[Patched], layers: int, length: int, budget: float) -> Iterator[list[Patched]]:
    """Cells in their order, cut into traces. A trace begins at its lowest cell's layer, so cells of higher layers pay
    for some layers they do not need; that is worth it while it saves traces."""
    group: list[Patched] = []
    for cell in cells:
        if group and not _fits([*group, cell], layers, length, budget):
            yield group
            group = []
        group.append(cell)
    if group:
        yield group


def _fits(group: list[Patched], layers: int, length: int, budget: float) -> bool:
    if group[0].site.name == "pattern":  # whole passes, all from one layer
        return group[0].layer == group[-1].layer and len(group) * length * (layers - group[0].layer) <= budget
    lowest = min(cell.layer for cell in group)
    tokens = sum(length - cell.start for cell in group)
    wasted = sum((length - cell.start) * (cell.layer - lowest) for cell in group)
    small = len(group) <= ROWS and tokens <= TOKENS
    return small and tokens * (layers - lowest) <= budget and wasted <= WASTE * budget


def attribution(
    model: Model, base: Tokens, other: Tokens, names: Sequence[SiteName], metric: Callable[[Tensor], Measure]
) -> dict[SiteName, Tensor]:
    """Attribution patching for all sites in one forward and one backward pass: (other - base) times the metric's
    slope at ``base``, summed over each vector: [layer, position], [layer, position, head] for values with heads,
    [layer, head, query, key] for patterns.

    ``metric``: from the logits [2, vocab] of base and other to what measures base's. Raises UnknownSite, WrongDtype."""
    both = model.tokens_from(torch.cat([base.ids, other.ids]))
    sites = {name: layers_of(model, name) for name in names}

    def of_base(logits: Tensor) -> Tensor:
        return metric(logits.detach())(logits[:1])

    found = value_and_grad(model, both, [site for one in sites.values() for site in one], of_base)

    def score(name: SiteName, site: Site) -> Tensor:
        value, slope = found[site]
        change = (value[1] - value[0]) * slope[0]
        return change if name == "pattern" else change.sum(-1)

    return {name: torch.stack([score(name, site) for site in one]) for name, one in sites.items()}


def as_map(scores: Tensor, name: SiteName, by: By, *, columns: Sequence[int], since: int) -> Tensor:
    """Attribution scores summed to a map with the axes of ``patches``. Raises UnknownSite."""
    _check_split(name, by)
    if name not in WITH_HEADS:
        return scores[:, list(columns)]
    by_head = scores.sum(-1) if name == "pattern" else scores.transpose(1, 2)  # [layer, head, position | query]
    if by == "head":
        return by_head[:, :, since:].sum(-1)
    picked = by_head[:, :, list(columns)]
    return picked.sum(1) if by == "position" else picked


def layers_of(model: Model, name: SiteName) -> list[Site]:
    """The site in every layer. Raises UnknownSite where this model has none."""
    sites = [Site(name=name, layer=layer) for layer in range(model.spec.layers)]
    check(sites[0], model.spec)
    return sites


def _check_split(name: SiteName, by: By) -> None:
    if by != "position" and name not in WITH_HEADS:
        raise UnknownSite(
            f"{name} is not split into heads. Patch it by position, or take one of {', '.join(WITH_HEADS)}."
        )

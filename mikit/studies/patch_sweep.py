"""Exact activation patching at every site of one kind: the field's central experiment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from mikit.errors import UnknownSite
from mikit.methods.patching import Index, Patched, Source, exact, patches, source_values, values_and_logits
from mikit.models.model import Model
from mikit.studies import code_patching, cost
from mikit.studies.base import Cost, Flavour, Method, Result
from mikit.studies.pairs import ReadPair, position_of
from mikit.studies.patching import Judged, PatchStudy, baseline, draw, judge, random_sites
from mikit.studies.texts import ORDINARY
from mikit.trace.engine import remember
from mikit.trace.sites import Site, SiteName


class PatchSweep(PatchStudy):
    """Patch ``site`` in every layer, by position, by head (all positions together) or both. The grid is called like
    the site, with axes [layer, position] | [layer, head] | [layer, head, position]: the change of the metric against
    the unpatched run, NaN until computed, and ``exact`` 1 where it is. ``baseline`` [run] holds the metric of the
    unpatched runs. One pair has its tokens as positions; several have their shared names, a mean and an interval.

    ``cells``: only these, each (layer, head), or (layer, position) by number or name. ``source`` other than "other
    prompt" switches a site off: by zero, by the mean over ordinary texts, or by draws from them; position 0 is left
    alone by head. Control "random sites": as many cells of the map; for several pairs by position, a random position
    without a name."""

    kind: Literal["patch-sweep"] = "patch-sweep"
    site: SiteName = "resid_pre"
    source: Source = "other prompt"
    cells: tuple[tuple[int, int | str], ...] = ()

    def estimate(self, model: Model) -> Cost:
        costs = []
        for pair in self.read(model):
            length = pair.clean.ids.shape[1]
            cells, _ = self._cells(pair, _nothing(model, self.site, length))
            costs.append(cost.patching(model, cells, length))
        return Cost(seconds=sum(c.seconds for c in costs), bytes=max(c.bytes for c in costs))

    def method(self, model: Model) -> Method:
        return Method(
            sites=tuple(Site(name=self.site, layer=layer) for layer in range(model.spec.layers)),
            metric=f"change of the {self.judged} when one site at a time has its value replaced (by: {self.source})",
        )

    def steps(self, model: Model) -> Iterator[Result | None]:
        pairs = self.read(model)
        finished: list[_Map] = []
        for n, pair in enumerate(pairs):
            for now in self._one(model, pair):
                if now is None:
                    yield None
                    continue
                if now.done == 1:
                    finished.append(now)
                yield self._result(model, pairs[0], finished or [now], (n + now.done) / len(pairs))

    def code(self, flavour: Flavour, model: Model) -> str:
        return code_patching.patch_sweep_script(self, model, flavour)

    def _one(self, model: Model, pair: ReadPair) -> Iterator[_Map | None]:
        """The map of one pair as it fills, at last with ``done`` 1; None before there is any."""
        patched, other = self.patched_and_other(pair)
        base = remember(model, patched)
        yield None
        brought, logits = values_and_logits(model, other, self.site)
        clean, corrupt = (logits, base.logits) if self.direction == "denoise" else (base.logits, logits)
        judged = judge(pair, self.direction, self.metric, clean, corrupt)
        reference = [model.tokens(text) for text in ORDINARY]
        source = source_values(model, brought, self.site, self.source, reference, self.seed)
        cells, draws = self._cells(pair, source)
        values = torch.full(self._shape(model, pair), torch.nan)
        if self.source == "other prompt" and self.by != "head" and not self.cells:
            values[..., [column < pair.first for column in self.columns(pair)]] = 0.0  # nothing differs there
        yield _Map(judged, values.clone(), draws, 0.0)
        done = 0
        budget = cost.budget(model.spec)
        for chunk in exact(model, base, cells, judged.metric.measure, since=self._since(pair), budget=budget):
            for index, value in chunk:
                values[index] = value - judged.own
            done += len(chunk)
            yield _Map(judged, values.clone(), draws, done / len(cells))

    def _cells(self, pair: ReadPair, source: Tensor) -> tuple[list[Patched], list[Index]]:
        """What has to be run, and which of it are the random sites."""
        since, columns = self._since(pair), self.columns(pair)
        every = patches(self.site, self.by, source, columns=columns, since=since)
        cells = [cell for cell in every if cell.start >= since or self.source != "other prompt"]
        asked = {(layer, self._column(pair, where)) for layer, where in self.cells}
        if outside := [layer for layer, _ in asked if not 0 <= layer < len(source)]:
            raise UnknownSite(f"There is no layer {outside[0]}: this model's layers are 0 to {len(source) - 1}.")
        others = [cell.index for cell in cells if cell.index[:2] not in asked]
        if self.named:
            layers = {layer for layer, _ in asked}
            draws = [i for i in others if i[-1] == len(columns) - 1 and (not layers or i[0] in layers)]
        else:
            draws = draw(others, self.seed)
        if asked:
            random = set(draws)
            cells = [cell for cell in cells if cell.index[:2] in asked or cell.index in random]
        return cells, draws

    def _since(self, pair: ReadPair) -> int:
        return pair.first if self.source == "other prompt" else 1

    def _column(self, pair: ReadPair, where: int | str) -> int:
        """The second index of a cell: a head's number, or a position's place among the columns."""
        if self.by != "position" or not self.named:
            return position_of(pair, where) if self.by == "position" else int(where)
        return list(pair.positions).index(str(where))

    def _shape(self, model: Model, pair: ReadPair) -> list[int]:
        """Of a map, the random column included."""
        *most, last = (len(labels) for labels in self.axes(model, pair, self.site).values())
        return [*most, last + self.named]

    def _result(self, model: Model, pair: ReadPair, maps: Sequence[_Map], done: float) -> Result:
        values = torch.stack([one.values for one in maps])
        effect, control = self.effect_and_control(
            values, self.axes(model, pair, self.site), maps[0].judged.metric.unit, maps[0].draws
        )
        return Result(
            study=self,
            grids={self.site: effect, "baseline": baseline([one.judged for one in maps])},
            texts={"clean": pair.clean.strings, "corrupt": pair.corrupt.strings},
            controls=(random_sites({self.site: control}, self.seed),),
            done=done,
        )


@dataclass(frozen=True)
class _Map:
    """One pair's map so far, and which cells of it are random sites."""

    judged: Judged
    values: Tensor
    draws: list[Index]
    done: float


def _nothing(model: Model, site: SiteName, length: int) -> Tensor:
    """Source values without content, to count cells by: [layer, position, ...]."""
    heads = model.spec.kv_heads if site in ("k", "v") else model.spec.heads
    shape = (model.spec.layers, heads, length, length) if site == "pattern" else (model.spec.layers, length, heads, 1)
    return torch.empty(1).expand(shape)

"""Path patching: what each head sends to one place directly, past all other heads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from pydantic import field_validator
from torch import Tensor

from mikit.errors import UnknownSite
from mikit.methods.patching import Index, Patched
from mikit.methods.paths import paths, sent
from mikit.models.model import Model
from mikit.studies import code_paths, cost
from mikit.studies.base import Control, Cost, Flavour, Method, Result
from mikit.studies.pairs import ReadPair
from mikit.studies.patching import Judged, PatchStudy, baseline, draw, judge
from mikit.trace.engine import remember
from mikit.trace.sites import Site, check

RECEIVERS = ("logits", "q", "k", "v")


class PathPatch(PatchStudy):
    """Patch the path from each sender, a head, to ``receiver``: the site "logits", or "q", "k" or "v" of one head (k
    and v: of one key-value head, shared by several). All other heads are held at their values of the patched run, MLPs
    and norms follow (``mikit.methods.paths`` has the definition and its source). Grid ``path`` [layer, head]: the
    change of the metric against the unpatched run for every head below the receiver, NaN until computed; ``baseline``
    [run] holds the metric of the unpatched runs. Several pairs give a mean and an interval.

    ``senders``: only these, each (layer, head). Control "random senders": heads drawn from the same map."""

    kind: Literal["path-patch"] = "path-patch"
    by: Literal["head"] = "head"
    receiver: Site = Site(name="logits")
    senders: tuple[tuple[int, int], ...] = ()

    @field_validator("receiver")
    @classmethod
    def _can_receive(cls, receiver: Site) -> Site:
        if receiver.name not in RECEIVERS or receiver.position is not None:
            raise UnknownSite(f"A path ends at the logits, or at q, k or v of one head; {receiver} is none of these.")
        if receiver.name != "logits" and receiver.head is None:
            raise UnknownSite(f"A path ends at one head's {receiver.name}: give {receiver} a head.")
        return receiver

    def estimate(self, model: Model) -> Cost:
        """To a head there are two passes a sender; the first, up to the receiver, is counted to the top."""
        self._check(model)
        costs: list[Cost] = []
        for pair in self.read(model):
            length = pair.clean.ids.shape[1]
            top = self._top(model)
            sender = torch.empty(1).expand(length, model.spec.d_head)
            start = length - 1 if self.receiver.layer is None else pair.first
            _, picks = self._picks(model)
            passes = [[Patched(i, Site(name="z", layer=i[0], head=i[1]), sender, start) for i in picks]]
            if top < model.spec.layers:
                passes.append([Patched(i, self.receiver, sender, start) for i in picks])
            costs.extend(cost.patching(model, cells, length) for cells in passes)
        return Cost(seconds=sum(c.seconds for c in costs), bytes=max(c.bytes for c in costs))

    def method(self, model: Model) -> Method:
        senders = tuple(Site(name="z", layer=layer) for layer in range(self._top(model)))
        return Method(
            sites=(*senders, self.receiver),
            metric=f"change of the {self.judged} when one head's output is replaced by that of the other prompt on its"
            f" paths to {self.receiver} that meet no other head: all other heads are held, MLPs and norms follow",
        )

    def steps(self, model: Model) -> Iterator[Result]:
        self._check(model)
        pairs = self.read(model)
        finished: list[_Map] = []
        for n, pair in enumerate(pairs):
            for now in self._one(model, pair):
                shown = [*finished, now] if now.done == 1 or not finished else finished
                yield self._result(model, pairs[0], shown, (n + now.done) / len(pairs))
            finished.append(now)

    def code(self, flavour: Flavour, model: Model) -> str:
        return code_paths.path_patch_script(self, model, flavour)

    def _one(self, model: Model, pair: ReadPair) -> Iterator[_Map]:
        """The map of one pair as it fills, at last with ``done`` 1."""
        patched, other = self.patched_and_other(pair)
        base = remember(model, patched)
        found = paths(model, base, other, self.receiver, first=pair.first)
        clean, corrupt = (found.other, base.logits) if self.direction == "denoise" else (base.logits, found.other)
        judged = judge(pair, self.direction, self.metric, clean, corrupt)
        picks = set(self._picks(model)[1])
        senders = [cell for cell in found.senders if cell.index in picks]
        values = torch.full((self._top(model), model.spec.heads), torch.nan)
        done = 0
        for chunk in sent(model, found, senders, judged.metric.measure, budget=cost.budget(model.spec)):
            for index, value in chunk:
                values[index] = value - judged.own
            done += len(chunk)
            yield _Map(judged, values.clone(), done / len(senders))

    def _picks(self, model: Model) -> tuple[list[Index], list[Index]]:
        """The random senders, and all senders to run, from the last layer down."""
        every = [(layer, head) for layer in reversed(range(self._top(model))) for head in range(model.spec.heads)]
        asked = set(self.senders)
        draws: list[Index] = draw([one for one in every if one not in asked] or every, self.seed)
        return draws, [one for one in every if not asked or one in asked or one in draws]

    def _top(self, model: Model) -> int:
        """Senders are in the layers below this one."""
        return model.spec.layers if self.receiver.layer is None else self.receiver.layer

    def _check(self, model: Model) -> None:
        """Raises UnknownSite for a receiver or a sender that this model does not have, or a sender with no way up."""
        check(self.receiver, model.spec)
        if self.receiver.layer == 0:
            raise UnknownSite(f"No head is below {self.receiver}. Take a receiver in layer 1 or above.")
        for layer, head in self.senders:
            check(Site(name="z", layer=layer, head=head), model.spec)
            if layer >= self._top(model):
                raise UnknownSite(
                    f"L{layer}H{head} cannot send to {self.receiver}: heads read layers below their own. Take senders"
                    f" below layer {self._top(model)}."
                )

    def _result(self, model: Model, pair: ReadPair, maps: Sequence[_Map], done: float) -> Result:
        axes = self.axes(model, pair, "z")
        axes["layer"] = axes["layer"][: self._top(model)]
        values, judged = torch.stack([one.values for one in maps]), [one.judged for one in maps]
        draws, _ = self._picks(model)
        _, control = self.effect_and_control(values, axes, judged[0].metric.unit, draws)
        effect, _ = self.effect_and_control(self._asked(values), axes, judged[0].metric.unit, draws)
        why = f"Heads drawn at random (seed {self.seed}), sending in the same way: what any head sends."
        return Result(
            study=self,
            grids={"path": effect, "baseline": baseline(judged)},
            texts={"clean": pair.clean.strings, "corrupt": pair.corrupt.strings},
            controls=(Control(name="random senders", why=why, grids={"path": control}),),
            done=done,
        )

    def _asked(self, maps: Tensor) -> Tensor:
        """Maps [pair, layer, head] without the senders that were run for the control alone."""
        if not self.senders:
            return maps
        kept = torch.full_like(maps, torch.nan)
        for layer, head in self.senders:
            kept[:, layer, head] = maps[:, layer, head]
        return kept


@dataclass(frozen=True)
class _Map:
    """One pair's map so far."""

    judged: Judged
    values: Tensor
    done: float

"""Attribution patching: the whole map at once, by a straight line from one run to the other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Literal

import torch
from torch import Tensor

from mikit.errors import BadMetric
from mikit.methods.patching import Measure, as_map, attribution
from mikit.models.model import Model
from mikit.studies import code_patching, cost
from mikit.studies.base import Cost, Flavour, Grid, Method, Result
from mikit.studies.pairs import ReadPair
from mikit.studies.patching import Judged, PatchStudy, baseline, draw, judge, random_sites
from mikit.trace.sites import Site, SiteName


class Attribution(PatchStudy):
    """What ``PatchSweep`` would find at every site of ``sites``, approximately: the difference of the two runs times
    the metric's slope at the run that is patched. One forward and one backward pass a pair, whatever the number of
    sites. A grid for each site, with the axes of ``PatchSweep`` and ``exact`` all 0; ``baseline`` [run]. Control:
    random sites of each map.

    A straight line goes wrong where the metric is curved between the two runs: early layers, saturated attention."""

    kind: Literal["attribution"] = "attribution"
    sites: tuple[SiteName, ...] = ("resid_pre",)

    def estimate(self, model: Model) -> Cost:
        lengths = [pair.clean.ids.shape[1] for pair in self.read(model)]
        s = model.spec
        # Backward costs about two forward passes, and every layer's activations are held for it.
        took = sum(3 * cost.seconds(s, 2 * length) for length in lengths)
        return Cost(seconds=took, bytes=s.layers * cost.held_a_layer(s, max(lengths), rows=2))

    def method(self, model: Model) -> Method:
        return Method(
            sites=tuple(Site(name=name, layer=layer) for name in self.sites for layer in range(model.spec.layers)),
            metric=f"slope of the {self.judged} at the patched run, times the difference of the two runs",
        )

    def steps(self, model: Model) -> Iterator[Result]:
        if self.metric == "KL":
            raise BadMetric(
                "KL is at its lowest, 0, where nothing is patched, so its slope there is 0 and a straight line from"
                " there says nothing. Use the logit difference here; the exact sweep can use KL."
            )
        pairs = self.read(model)
        maps: dict[SiteName, list[Tensor]] = {name: [] for name in self.sites}
        judged: list[Judged] = []
        for pair in pairs:
            scores, one = self._one(model, pair)
            judged.append(one)
            for name in self.sites:
                columns = self.columns(pair)
                maps[name].append(as_map(scores[name], name, self.by, columns=columns, since=pair.first))
            yield self._result(model, pairs[0], maps, judged)

    def code(self, flavour: Flavour, model: Model) -> str:
        return code_patching.attribution_script(self, model, flavour)

    def _one(self, model: Model, pair: ReadPair) -> tuple[dict[SiteName, Tensor], Judged]:
        base, other = self.patched_and_other(pair)
        found: list[Judged] = []

        def metric(logits: Tensor) -> Measure:
            clean, corrupt = logits.flip(0) if self.direction == "denoise" else logits
            found.append(judge(pair, self.direction, self.metric, clean, corrupt))
            return found[0].metric.measure

        return attribution(model, base, other, self.sites, metric), found[0]

    def _result(self, model: Model, pair: ReadPair, maps: dict[SiteName, list[Tensor]], judged: list[Judged]) -> Result:
        unit = judged[0].metric.unit
        grids: dict[str, Grid] = {"baseline": baseline(judged)}
        controls: dict[str, Grid] = {}
        for name, found in maps.items():
            axes = self.axes(model, pair, name)
            cells = product(*(range(len(labels)) for labels in axes.values()))
            differ = [index for index in cells if self.by == "head" or index[-1] >= pair.first]
            draws = [] if self.named else draw(differ, self.seed)
            grids[name], controls[name] = self.effect_and_control(torch.stack(found), axes, unit, draws, exact=False)
        return Result(
            study=self,
            grids=grids,
            texts={"clean": pair.clean.strings, "corrupt": pair.corrupt.strings},
            controls=(random_sites(controls, self.seed),),
            done=len(judged) / len(self.pairs),
        )

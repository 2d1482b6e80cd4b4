"""One patch in sixteen steps: how much of a site's difference it takes to move the answer."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from itertools import product
from typing import ClassVar, Literal, NamedTuple

import torch
from torch import Tensor

from mikit.errors import UnknownSite
from mikit.methods.metrics import kl
from mikit.methods.patching import Patched, patched_logits
from mikit.models.model import Model
from mikit.studies import code_patching, cost
from mikit.studies.base import Cost, Flavour, Grid, Method, Result, Study
from mikit.studies.pairs import PromptPair, ReadPair, position_of
from mikit.studies.patching import NEEDS, Judge, Judged, in_words, judge, no_record, random_sites
from mikit.trace.arrays import Array
from mikit.trace.engine import Past, capture, remember
from mikit.trace.sites import Site, SiteName, check

DOSES = tuple(i / 16 for i in range(17))
OTHERS = 3
TOP = 5


class Dose(Study):
    """Move one site of the changed run step by step to its value in the original run: ``dose`` 0 is the changed run,
    1 a whole patch. Give a ``position`` (a number, or a name of the pair), a ``head`` (all positions together), or
    both.

    Grids: ``metric`` [dose]; ``kl`` [dose], KL(changed || dosed) of the next token in nats; ``probability`` [dose,
    token] for the likeliest tokens at both ends, the answer and the foil. Control "random sites": ``metric`` and
    ``kl`` [site, dose] at three sites of the same kind, at other tokens that read the same in both prompts
    (other heads)."""

    kind: Literal["dose"] = "dose"
    pair: PromptPair
    site: SiteName = "resid_pre"
    layer: int
    position: int | str | None = None
    head: int | None = None
    metric: Judge = "logit difference"

    needs: ClassVar[tuple[str, ...]] = NEEDS

    @property
    def unrecordable(self) -> str:
        return no_record(self.metric)

    def estimate(self, model: Model) -> Cost:
        pair = self.pair.read(model)
        length = pair.clean.ids.shape[1]
        cells = [cell for place in self._places(model, pair) for cell in _nothing(self.site, place, pair.first)]
        return cost.patching(model, cells, length)

    def inputs(self, model: Model) -> list[Tensor]:
        pair = self.pair.read(model)
        return [pair.clean.ids[0], pair.corrupt.ids[0]]

    def method(self, model: Model) -> Method:
        place = self._places(model, self.pair.read(model))[0]
        metric = f"{in_words(self.metric)} as this value moves to the original run's"
        return Method(sites=(place.site(self.site),), metric=metric)

    def steps(self, model: Model) -> Iterator[Result | None]:
        pair = self.pair.read(model)
        places = self._places(model, pair)
        sites = [place.site(self.site) for place in places]
        base = remember(model, pair.corrupt)
        yield None
        low = capture(model, pair.corrupt, sites)
        last = Site(name="logits", position=-1)
        high = capture(model, pair.clean, [*sites, last])
        yield None
        judged = judge(pair, "denoise", self.metric, high[last][0], base.logits)

        def dosed(site: Site) -> Generator[None, None, Tensor]:
            return _dosed(model, pair, base, site, low[site][0], high[site][0])

        logits = yield from dosed(sites[0])
        others: list[Tensor] = []
        yield self._result(model, pair, judged, places, logits, others)
        for site in sites[1:]:
            found = yield from dosed(site)
            others.append(torch.stack([judged.metric.measure(found), kl(found, base.logits)]))
            yield self._result(model, pair, judged, places, logits, others)

    def code(self, flavour: Flavour, model: Model) -> str:
        return code_patching.dose_script(self, model, flavour)

    def _places(self, model: Model, pair: ReadPair) -> list[Place]:
        """The site asked for, then the random ones. Raises UnknownSite."""
        if self.position is None and self.head is None:
            raise UnknownSite("A dose needs one site: give a position, a head, or both.")
        position = None if self.position is None else position_of(pair, self.position)
        chosen = Place(self.layer, self.head, position)
        check(chosen.site(self.site), model.spec)
        heads: Sequence[int | None] = [None]
        if self.head is not None:
            heads = range(model.spec.kv_heads if self.site in ("k", "v") else model.spec.heads)
        # The same token in another layer carries much the same, and the changed words carry all of it: no controls.
        length = pair.clean.ids.shape[1]
        elsewhere = [t for t in range(pair.first, length) if t not in (position, *pair.differs)] or [length - 1]
        positions = [None] if position is None else elsewhere
        every = [Place(*place) for place in product(range(model.spec.layers), heads, positions)]
        every = [place for place in every if place != chosen]
        order = torch.randperm(len(every), generator=torch.Generator().manual_seed(self.seed))[:OTHERS]
        return [chosen, *(every[i] for i in order.tolist())]

    def _result(
        self,
        model: Model,
        pair: ReadPair,
        judged: Judged,
        places: Sequence[Place],
        logits: Tensor,
        others: Sequence[Tensor],
    ) -> Result:
        doses = tuple(f"{dose:g}" for dose in DOSES)
        sites = tuple(place.label(pair) for place in places)
        tokens = _tokens(logits, pair)
        measured = torch.full((2, OTHERS, len(DOSES)), torch.nan)[:, : len(places) - 1]
        if others:
            measured[:, : len(others)] = torch.stack(list(others), dim=1)
        at = {"site": sites[1:], "dose": doses}
        unit = judged.metric.unit
        names = tuple(model.token_string(i) for i in tokens)
        return Result(
            study=self,
            grids={
                "metric": Grid(values=Array.of(judged.metric.measure(logits)), axes={"dose": doses}, unit=unit),
                "kl": Grid(values=Array.of(kl(logits, logits[0])), axes={"dose": doses}, unit="nats"),
                "probability": Grid(
                    values=Array.of(logits.softmax(-1)[:, tokens]),
                    axes={"dose": doses, "token": names},
                    unit="probability",
                ),
            },
            texts={"site": sites[:1]},
            controls=(
                random_sites(
                    {
                        "metric": Grid(values=Array.of(measured[0]), axes=at, unit=unit),
                        "kl": Grid(values=Array.of(measured[1]), axes=at, unit="nats"),
                    },
                    self.seed,
                ),
            ),
            done=(1 + len(others)) / len(places),
        )


class Place(NamedTuple):
    layer: int
    head: int | None
    position: int | None

    def site(self, name: SiteName) -> Site:
        return Site(name=name, layer=self.layer, head=self.head, position=self.position)

    def label(self, pair: ReadPair) -> str:
        head = "" if self.head is None else f"H{self.head}"
        token = "" if self.position is None else f" {self.position}:{pair.clean.strings[self.position]}"
        return f"L{self.layer}{head}{token}"


def _dosed(
    model: Model, pair: ReadPair, base: Past, site: Site, low: Tensor, high: Tensor
) -> Generator[None, None, Tensor]:
    """Logits [dose, vocab] with one site at every dose between its values in the changed and the original run. Yields
    after each trace."""
    if site.position is None and site.name != "pattern":
        low, high = low[pair.first :], high[pair.first :]
    start = site.position if isinstance(site.position, int) else pair.first
    cells = [Patched((i,), site, low + dose * (high - low), start) for i, dose in enumerate(DOSES)]
    budget = cost.budget(model.spec)
    found = []
    for _, logits in patched_logits(model, base, cells, since=pair.first, budget=budget):
        found.append(logits)
        yield
    return torch.cat(found)


def _tokens(logits: Tensor, pair: ReadPair) -> list[int]:
    """The likeliest tokens of both ends, the answer and the foil, each once."""
    both = [i for end in (logits[0], logits[-1]) for i in end.topk(TOP).indices.tolist()]
    return list(dict.fromkeys([pair.answer, pair.foil, *both]))


def _nothing(name: SiteName, place: Place, first: int) -> list[Patched]:
    """The cells of one site without their values, to count the cost by."""
    start = first if place.position is None else place.position
    return [Patched((i,), place.site(name), torch.empty(0), start) for i in range(len(DOSES))]

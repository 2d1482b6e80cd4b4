"""Methods graded where the truth is known: what each finds of a planted circuit, and what it takes of the decoy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from mikit.circuits.edges import edge_scores
from mikit.circuits.faithfulness import minimality
from mikit.circuits.run_edges import against_prompt, measured
from mikit.circuits.sets import by_edge
from mikit.models.model import Model
from mikit.models.planted import CIRCUIT, COLOURS, DECOY, WORDS, answer, planted, tokenizer
from mikit.studies import cost
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result
from mikit.studies.circuits import difference, part_name, sender_of
from mikit.studies.pairs import PromptPair, ReadPair
from mikit.studies.toys import ToyStudy, fields_of
from mikit.trace.arrays import Array
from mikit.trace.checks import load
from mikit.trace.edits import Ablate, Edit, Patch
from mikit.trace.engine import capture, run
from mikit.trace.graph import Graph, graph_of
from mikit.trace.sites import Site

METHODS = ("EAP", "EAP-IG", "edges cut one by one", "activation patching", "knock-out", "probe")
OF = ("edges", "parts")
IG_STEPS = 5
PROBED = 400
"""Prompts whose answer a probe learns to read; half of them are held out."""
RANKINGS = 200
TIED = 1e-5
"""Scores this near to each other, as a share of the largest, are equal."""

TEXTS = (
    ("apple lemon lime plum apple", "apple fig lime plum apple"),  # another fruit came after it
    ("apple lemon lime plum apple", "apple lemon lime plum lime"),  # another is asked for
    ("apple lemon lime plum apple", "lime lemon apple plum apple"),  # it came elsewhere
)
PAIRS = tuple(PromptPair(clean=a, corrupt=b, answer=answer(a.split()), foil=answer(b.split())) for a, b in TEXTS)


class GradeMethods(ToyStudy):
    """Each method scores the edges and the parts of the planted transformer (``mikit.models.planted``), and is held
    against what is written into its weights: as many edges (6) or parts (3) as are planted are taken from the top of
    its ranking; of equal scores each has the same chance. Scores are means of sizes over three pairs of prompts.

    A method that scores edges gives a part the largest score of what it sends; one that scores parts gives an edge the
    lower score of its two ends, the embedding and the logits being as high as any part. The probe's score of a part is
    how often a linear readout of what it writes at the last position tells the answer of new prompts.

    Grids: ``found`` [method, of], the share of the planted ones taken; ``decoy`` [method, of], the share of the decoy's
    taken; ``score`` [method, part], as a share of the method's largest; ``decodable`` [part], the probe's share of
    right answers. Controls: "random rankings", the mean of 200 and the middle 95 % of them, with ``found`` and
    ``decoy``; "shuffled answers" with ``decodable``. ``model`` is the planted transformer; nothing is loaded."""

    kind: Literal["planted-circuit"] = "planted-circuit"

    def open(self) -> Model:
        return opened()

    def estimate(self, model: Model) -> Cost:
        tokens = PROBED * 5 + len(PAIRS) * 5 * (graph_of(model.spec).size + 30)
        return Cost(seconds=2 + cost.seconds(model.spec, tokens), bytes=20_000_000)

    def inputs(self, model: Model) -> list[Tensor]:
        ids = [tokens.ids[0] for pair in PAIRS for tokens in (pair.read(model).clean, pair.read(model).corrupt)]
        return [*ids, *_asked(model, self.seed)[0]]

    def method(self, model: Model) -> Method:
        graph = graph_of(model.spec)
        return Method(
            sites=(*graph.senders, *graph.receivers),
            metric="share of the planted, and of the decoy's, edges or parts among the top 6 edges or 3 parts by the"
            " size of their score; scores of the logit difference, of the probe: share of answers told",
        )

    def steps(self, model: Model) -> Iterator[Result | None]:
        toy = Toy.of(model)
        scores = dict[str, tuple[Tensor, Tensor]]()
        decodable = decodability(toy, self.seed)
        yield None
        for method in METHODS:
            if method == "probe":
                scores[method] = toy.edges_between(decodable[0]), decodable[0]
            elif method in OF_EDGES:
                edges = sizes(OF_EDGES[method], toy)
                scores[method] = edges, edges.amax(0)[list(toy.senders)]
            else:
                parts = sizes(OF_PARTS[method], toy)
                scores[method] = toy.edges_between(parts), parts
            yield self._result(toy, scores, decodable) if len(scores) == len(METHODS) else None

    def code(self, flavour: Flavour, model: Model) -> str:
        return MIKIT_SCRIPT.format(fields=fields_of(self)) if flavour == "mikit" else ""

    def _result(self, toy: Toy, scores: dict[str, tuple[Tensor, Tensor]], decodable: Tensor) -> Result:
        graded = np.array([toy.grades(*both) for both in scores.values()])  # [method, planted or decoy, of]
        axes, parts = {"method": METHODS, "of": OF}, {"part": toy.names}
        own = torch.stack([part / part.max() for _, part in scores.values()])
        return Result(
            study=self,
            grids={
                "found": Grid(values=Array.of(graded[:, 0]), axes=axes, unit="share of the planted"),
                "decoy": Grid(values=Array.of(graded[:, 1]), axes=axes, unit="share of the decoy's"),
                "score": Grid(values=Array.of(own), axes={"method": METHODS} | parts, unit="share of the largest"),
                "decodable": Grid(values=Array.of(decodable[0]), axes=parts, unit="share of right answers"),
            },
            controls=(
                self._random(toy),
                Control(
                    name="shuffled answers",
                    why=f"The same probe, taught with the answers in random order (seed {self.seed}): what it tells by"
                    " chance.",
                    grids={"decodable": Grid(values=Array.of(decodable[1]), axes=parts, unit="share of right answers")},
                ),
            ),
        )

    def _random(self, toy: Toy) -> Control:
        generator = torch.Generator().manual_seed(self.seed)
        drawn = []
        for _ in range(RANKINGS):
            edges = torch.rand(toy.graph.edges.shape, generator=generator) * toy.graph.edges
            drawn.append(toy.grades(edges, torch.rand(len(toy.names), generator=generator)))
        low, high = np.quantile(drawn, (0.025, 0.975), 0, method="nearest")
        mean = np.mean(drawn, 0)
        grids = {
            name: Grid(
                values=Array.of(mean[None, i]),
                low=Array.of(low[None, i]),
                high=Array.of(high[None, i]),
                axes={"method": ("random",), "of": OF},
                unit=unit,
            )
            for i, (name, unit) in enumerate((("found", "share of the planted"), ("decoy", "share of the decoy's")))
        }
        why = f"{RANKINGS} rankings drawn at random (seed {self.seed}): their mean, and the range of the middle 95 %."
        return Control(name="random rankings", why=why, grids=grids)


@cache
def opened() -> Model:
    """The planted transformer, opened once a process."""
    return load(planted(), tokenizer=tokenizer())


@dataclass(frozen=True, eq=False)
class Toy:
    """The planted transformer's graph, with what is known of it."""

    model: Model
    graph: Graph
    senders: tuple[int, ...]
    """Where the parts stand among the senders: all but the embedding."""
    planted: tuple[Tensor, Tensor]
    """Which edges [receiver, sender] and which parts [part] are of the circuit."""
    decoy: tuple[Tensor, Tensor]

    @classmethod
    def of(cls, model: Model) -> Toy:
        graph = graph_of(model.spec)
        senders = tuple(range(1, len(graph.senders)))

        def known(pairs: tuple[tuple[str, str], ...]) -> tuple[Tensor, Tensor]:
            edges = edges_named(graph, pairs)
            return edges, edges.any(0)[list(senders)]

        decoy_edges, decoy_parts = known(DECOY)
        ends = torch.tensor([any(edge[1].startswith(part_name(graph.senders[i])) for edge in DECOY) for i in senders])
        return cls(model, graph, senders, known(CIRCUIT), (decoy_edges, decoy_parts | ends))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(part_name(self.graph.senders[i]) for i in self.senders)

    @property
    def sites(self) -> list[Site]:
        return [self.graph.senders[i] for i in self.senders]

    def edges_between(self, parts: Tensor) -> Tensor:
        """Each edge has the lower score of its two ends, [receiver, sender]."""
        sent = torch.full((len(self.graph.senders),), float(parts.max()))
        read = torch.full((len(self.graph.receivers),), float(parts.max()))
        for site, score in zip(self.sites, parts.tolist(), strict=True):
            sent[sender_of(self.graph, site)] = score
            read[self.graph.made_of(site)] = score
        return torch.minimum(read[:, None], sent[None]) * self.graph.edges

    def grades(self, edges: Tensor, parts: Tensor) -> list[list[float]]:
        """What is taken of the planted and of the decoy's edges and parts, [planted or decoy, of]."""
        exists = self.graph.edges
        planted_edges, planted_parts = self.planted
        found = []
        for wanted_edges, wanted_parts in (self.planted, self.decoy):
            found.append(
                [
                    share_taken(edges[exists], wanted_edges[exists], int(planted_edges.sum())),
                    share_taken(parts, wanted_parts, int(planted_parts.sum())),
                ]
            )
        return found


def edges_named(graph: Graph, pairs: tuple[tuple[str, str], ...]) -> Tensor:
    """Edges by the names of their ends, as a set [receiver, sender]."""
    senders, receivers = ([str(site) for site in sites] for sites in (graph.senders, graph.receivers))
    found = torch.zeros_like(graph.edges)
    for sender, receiver in pairs:
        found[receivers.index(receiver), senders.index(sender)] = True
    return found


def share_taken(scores: Tensor, wanted: Tensor, count: int) -> float:
    """The share of the wanted among the ``count`` of highest score; of those that are equal at the edge each has the
    same chance."""
    last = scores.topk(count).values[-1]
    near = TIED * scores.max()
    above, level = scores > last + near, (scores - last).abs() <= near
    chance = (count - above.sum()) / level.sum()
    return float(((above & wanted).sum() + chance * (level & wanted).sum()) / wanted.sum())


def sizes(method: Callable[[Toy, ReadPair], Tensor], toy: Toy) -> Tensor:
    """A method's scores, the mean of their sizes over all pairs."""
    return torch.stack([method(toy, pair.read(toy.model)).abs() for pair in PAIRS]).mean(0)


def _estimated(steps: int) -> Callable[[Toy, ReadPair], Tensor]:
    def scores(toy: Toy, pair: ReadPair) -> Tensor:
        *_, last = edge_scores(toy.model, pair.clean, pair.corrupt, difference(pair), steps=steps)
        return last

    return scores


def cut(toy: Toy, pair: ReadPair) -> Tensor:
    """What is lost without each edge, [receiver, sender]."""
    setting = against_prompt(toy.model, pair.clean, pair.corrupt)
    edges = toy.graph.edges

    def running(circuits: Iterable[Tensor]) -> Iterator[float]:
        return measured(toy.model, setting, difference(pair), cost.budget(toy.model.spec), circuits)

    found = torch.zeros(edges.shape)
    found[edges] = torch.tensor(list(minimality(running, edges, by_edge(edges))))
    return found


def patched(toy: Toy, pair: ReadPair) -> Tensor:
    """What comes back when one part of the corrupt run is set to what it writes in the clean one, [part]."""
    values = capture(toy.model, pair.clean, toy.sites)
    edits: list[Edit] = [Patch(site=site, source=Array.of(values[site][0])) for site in toy.sites]
    return _changes(toy, pair, "corrupt", edits)


def knocked_out(toy: Toy, pair: ReadPair) -> Tensor:
    """What is lost when one part writes zeros in the clean run, [part]."""
    return _changes(toy, pair, "clean", [Ablate(site=site) for site in toy.sites])


def _changes(toy: Toy, pair: ReadPair, into: Literal["clean", "corrupt"], edits: list[Edit]) -> Tensor:
    logits = run(toy.model, getattr(pair, into), [[], *([edit] for edit in edits)])
    values = difference(pair)(logits)
    return values[1:] - values[0]


OF_EDGES: dict[str, Callable[[Toy, ReadPair], Tensor]] = {
    "EAP": _estimated(1),
    "EAP-IG": _estimated(IG_STEPS),
    "edges cut one by one": cut,
}
OF_PARTS: dict[str, Callable[[Toy, ReadPair], Tensor]] = {"activation patching": patched, "knock-out": knocked_out}


def _asked(model: Model, seed: int) -> tuple[Tensor, Tensor]:
    """Prompts of four fruits, one of the first three again, ids [prompt, 5], and which colour should follow."""
    generator = np.random.default_rng(seed)
    fruits, colours = list(COLOURS), list(COLOURS.values())
    texts = []
    for _ in range(PROBED):
        four = [fruits[i] for i in generator.permutation(len(fruits))[:4]]
        texts.append([*four, four[generator.integers(3)]])
    ids = torch.tensor([[WORDS.index(word) for word in text] for text in texts])
    return ids, torch.tensor([colours.index(answer(text)) for text in texts])


def decodability(toy: Toy, seed: int) -> Tensor:
    """The share of new prompts whose answer a linear probe reads off what each part writes at the last position, taught
    with the answers and with shuffled ones, [2, part]."""
    ids, labels = _asked(toy.model, seed)
    ends = [site.model_copy(update={"position": -1}) for site in toy.sites]
    values = capture(toy.model, toy.model.tokens_from(ids), ends)
    shuffled = labels[torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))]
    return torch.tensor([[_told(values[site], each) for site in ends] for each in (labels, shuffled)])


def _told(values: Tensor, labels: Tensor) -> float:
    """A linear probe by least squares on every other prompt, and its share of right answers on the rest."""
    x = torch.cat([values.flatten(1), torch.ones(len(values), 1)], 1).double()
    wanted = torch.nn.functional.one_hot(labels, len(COLOURS)).double()
    weights = torch.linalg.lstsq(x[::2], wanted[::2], driver="gelsd").solution
    return float(((x[1::2] @ weights).argmax(1) == labels[1::2]).double().mean())


MIKIT_SCRIPT = """\
import mikit

result = mikit.run_study(mikit.GradeMethods({fields}))
for name in ("found", "decoy", "decodable"):
    print(result.frame(name))
"""

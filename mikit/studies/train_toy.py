"""Train a small attention-only transformer from its seed, beside one with a single layer, and watch its heads."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Literal

import torch
from pydantic import Field, model_validator
from torch import Tensor

from mikit.errors import ShapeMismatch
from mikit.methods.heads import PROTOCOL, SCORES, score
from mikit.models import toy
from mikit.models.model import Model, ModelRef, Spec
from mikit.models.toy import AttentionOnly, Repeats, ToyShape, copy_loss, repeats
from mikit.models.weights import weights_hash
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result, Study
from mikit.trace.arrays import Array
from mikit.trace.engine import exclusive
from mikit.trace.sites import Site

SHORTEST, LONGEST = 12, 24
"""Periods of the texts. The longest fills half the context, so that every text says its tokens twice at least."""

BATCH = 32
PROBES = 32
MEASURED_EVERY = 10
YIELDED_EVERY = 2
"""Updates between two results: Stop is heard then. Numbers are measured less often."""

BATCH_SEEDS, PROBE_SEEDS = 10_000, 20_000
LEARNING_RATE = 3e-3
SCORED = ("induction", "previous")

WHY = (
    "The same training, texts and seed with one layer of heads: what falls here needs no second layer to work on the"
    " first."
)


class ToyModel(Model):
    """A toy as studies know a model: its name, and the hash of its weights before training. It is not traced: the
    study that trains it reads the network directly."""

    def __init__(self, shape: ToyShape, seed: int) -> None:
        self.ref = ModelRef(
            name=f"toy-{shape.layers}x{shape.heads}-seed-{seed}", sha256=weights_hash(AttentionOnly(shape, seed))
        )
        self.spec = Spec(
            family="attention-only",
            layers=shape.layers,
            heads=shape.heads,
            kv_heads=shape.heads,
            d_model=shape.d_model,
            d_head=shape.d_head,
            d_mlp=0,
            vocab=shape.vocab,
            context=shape.context,
            adds_bos=False,
            has_chat=False,
            parallel=False,
        )
        self.checks = None


class TrainToy(Study):
    """Train ``layers`` layers of two heads for ``updates`` updates, to copy random tokens that repeat.

    ``model`` is the untrained network and follows from the other fields: nothing is loaded. Grids: ``loss`` [step],
    on texts never trained on, in nats a token; ``induction`` and ``previous`` [step, layer, head], as shares of
    attention on 24 random tokens said twice; ``pattern`` [layer, head, query, key], on the first of these, now.
    Control: the same with one layer. ``step`` counts updates."""

    kind: Literal["train-toy"] = "train-toy"
    model: ModelRef = Field(default_factory=lambda: ToyModel(ToyShape(), 0).ref)  # filled in before, from the seed
    layers: int = Field(default=2, ge=2, le=4)
    updates: int = Field(default=500, ge=MEASURED_EVERY, le=5000)

    # Training passes rounding on: 1e-6 in one weight became 3e-6 in the loss and 1e-3 in a pattern, at most.
    tolerances: ClassVar[dict[str, float]] = {"loss": 0.01, "induction": 0.01, "previous": 0.01, "pattern": 0.05}

    @model_validator(mode="before")
    @classmethod
    def _model_from_seed(cls, data: Any) -> Any:
        if isinstance(data, dict) and "model" not in data:
            layers, seed = (data.get(name, cls.model_fields[name].default) for name in ("layers", "seed"))
            return {"model": ToyModel(ToyShape(layers=layers), seed).ref, **data}
        return data

    @model_validator(mode="after")
    def _model_is_the_seeds(self) -> TrainToy:
        here = self.open().ref
        if here.sha256 != self.model.sha256:
            raise ShapeMismatch(
                f"Seed {self.seed} gives an untrained network with weights {here.sha256[:8]}; this study speaks of"
                f" {self.model.sha256[:8]}. Leave the model out: it follows from the seed."
            )
        return self

    @property
    def shape(self) -> ToyShape:
        return ToyShape(layers=self.layers)

    def open(self) -> Model:
        return ToyModel(self.shape, self.seed)

    def estimate(self, model: Model) -> Cost:
        return Cost(seconds=0.03 * self.updates, bytes=100_000_000)

    def inputs(self, model: Model) -> list[Tensor]:
        return [*(batch.ids for batch in self.batches()), self.probes().ids, self.twice().ids]

    def method(self, model: Model) -> Method:
        return Method(
            sites=(Site(name="pattern"), Site(name="logits")),
            metric=f"loss: mean cross entropy of the tokens that can be known, in nats, AdamW, learning rate "
            f"{LEARNING_RATE:g}, {BATCH} texts an update, periods {SHORTEST} to {LONGEST}; scores: {PROTOCOL}",
        )

    def batches(self) -> Iterator[Repeats]:
        """The texts of each update, in order."""
        generator = torch.Generator().manual_seed(BATCH_SEEDS + self.seed)
        for _ in range(self.updates):
            yield repeats(self.shape, BATCH, generator, SHORTEST, LONGEST)

    def probes(self) -> Repeats:
        """Texts that are never trained on; the loss is measured on them."""
        generator = torch.Generator().manual_seed(PROBE_SEEDS + self.seed)
        return repeats(self.shape, PROBES, generator, SHORTEST, LONGEST)

    def twice(self) -> Repeats:
        """Eight texts of 24 random tokens said twice; the heads are scored and drawn on them."""
        generator = torch.Generator().manual_seed(PROBE_SEEDS + self.seed + 1)
        return repeats(self.shape, 8, generator, LONGEST, LONGEST)

    def steps(self, model: Model) -> Iterator[Result]:
        effect, control = Trainee(self, self.shape), Trainee(self, ToyShape(layers=1))
        for update, batch in enumerate([*self.batches(), None]):
            with exclusive(), one_thread():  # free between updates, so that others get their turn
                if update % MEASURED_EVERY == 0 or batch is None:
                    one = Control(name="one layer", why=WHY, grids=control.measured(update))
                    grids = effect.measured(update)
                if batch is not None:
                    effect.learn(batch)
                    control.learn(batch)
            if batch is None:
                _TRAINED[self] = effect.network
            if update % YIELDED_EVERY == 0 or batch is None:
                shown = tuple(map(str, self.twice().ids[0].tolist()))
                yield Result(
                    study=self, grids=grids, texts={"tokens": shown}, controls=(one,), done=update / self.updates
                )

    def network(self) -> AttentionOnly:
        """The trained network, in plain PyTorch: the one that a view or a script trained in this process, else trained
        now, from its seed, in seconds."""
        if self not in _TRAINED:
            trainee = Trainee(self, self.shape)
            for batch in self.batches():
                with exclusive(), one_thread():
                    trainee.learn(batch)
            _TRAINED[self] = trainee.network
        return _TRAINED[self]

    def code(self, flavour: Flavour, model: Model) -> str:
        if flavour == "mikit":
            given = self.model_dump(include={"layers", "updates", "seed"}, exclude_defaults=True)
            return MIKIT_SCRIPT.format(fields=", ".join(f"{name}={value}" for name, value in given.items()))
        return PLAIN_SCRIPT.format(
            page=inspect.getsource(toy),
            layers=self.layers,
            seed=self.seed,
            updates=self.updates,
            rate=LEARNING_RATE,
            batches=BATCH_SEEDS + self.seed,
            probes=PROBE_SEEDS + self.seed,
            count=BATCH,
            probed=PROBES,
            shortest=SHORTEST,
            longest=LONGEST,
        )


class Trainee:
    """A network that learns, and what was measured of it so far."""

    def __init__(self, study: TrainToy, shape: ToyShape) -> None:
        self.network = AttentionOnly(shape, study.seed)
        self._optimiser = torch.optim.AdamW(self.network.parameters(), lr=LEARNING_RATE, weight_decay=0.0)
        self._probes, self._twice = study.probes(), study.twice()
        self._steps: list[str] = []
        self._loss: list[float] = []
        self._scores: dict[str, list[Tensor]] = {name: [] for name in SCORED}

    def learn(self, batch: Repeats) -> None:
        """One update."""
        with torch.enable_grad():
            loss = copy_loss(self.network, batch)
            self._optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
        self._optimiser.step()

    @torch.no_grad()
    def measured(self, update: int) -> dict[str, Grid]:
        """Measure now; all grids, with everything measured before."""
        self._steps.append(str(update))
        self._loss.append(self.network.loss(self._probes))
        patterns = self.network.run(self._twice.ids)[1]
        for name, scores in self._scores.items():
            texts = zip(patterns, self._twice.ids, strict=True)
            scores.append(torch.stack([score(pattern, SCORES[name](ids)) for pattern, ids in texts]).mean(0))
        return self._grids(patterns[0])

    def _grids(self, pattern: Tensor) -> dict[str, Grid]:
        steps = {"step": tuple(self._steps)}
        heads = {"layer": _numbers(pattern.shape[0]), "head": _numbers(pattern.shape[1])}
        places = {"query": _numbers(pattern.shape[2]), "key": _numbers(pattern.shape[3])}
        share = "share of attention"
        scores = {
            name: Grid(values=Array.of(torch.stack(found)), axes=steps | heads, unit=share)
            for name, found in self._scores.items()
        }
        return {
            "loss": Grid(values=Array.of(self._loss), axes=steps, unit="nats a token"),
            **scores,
            "pattern": Grid(values=Array.of(pattern), axes=heads | places, unit=share),
        }


@contextmanager
def one_thread() -> Iterator[None]:
    """Matrices this small gain nothing from a second core, and on a busy machine threads that wait for each other took
    eighteen times as long. Threads are the process' own: hold the model meanwhile."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _numbers(count: int) -> tuple[str, ...]:
    return tuple(map(str, range(count)))


_TRAINED: dict[TrainToy, AttentionOnly] = {}
"""Networks trained in this process. They are small: a hundred are a few megabytes."""

MIKIT_SCRIPT = """\
import mikit

study = mikit.TrainToy({fields})
result = mikit.run_study(study)
print(result.frame("loss").groupby("from")["value"].last())
print(result.frame("induction").groupby(["from", "layer", "head"])["value"].last())
"""

PLAIN_SCRIPT = """\
# Training a toy needs no nnsight: this is the whole network, in plain PyTorch, and a loop below it.
{page}
torch.set_num_threads(1)  # matrices this small gain nothing from more

for layers in ({layers}, 1):
    shape = ToyShape(layers=layers)
    network = AttentionOnly(shape, seed={seed})
    optimiser = torch.optim.AdamW(network.parameters(), lr={rate}, weight_decay=0.0)
    texts = torch.Generator().manual_seed({batches})
    for update in range({updates}):
        loss = copy_loss(network, repeats(shape, {count}, texts, {shortest}, {longest}))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    probes = repeats(shape, {probed}, torch.Generator().manual_seed({probes}), {shortest}, {longest})
    print(f"{{layers}} layers: loss {{network.loss(probes):.6f}}, chance {{shape.chance:.6f}}")
"""

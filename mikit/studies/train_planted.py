"""Train dictionaries on inputs whose true directions are known: what is explained well need not be what is there."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import ClassVar, Literal

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn
from torch.nn import functional

from mikit.errors import ShapeMismatch
from mikit.models.model import Model
from mikit.sae.dictionary import Activation, Dictionary
from mikit.sae.evaluate import measure, random_dictionary, recovered
from mikit.sae.store import Drawn
from mikit.sae.train import Trainer, Training
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result
from mikit.studies.toys import ToyModel, ToyStudy, fields_of
from mikit.studies.train_toy import one_thread
from mikit.trace.arrays import Array
from mikit.trace.engine import exclusive

BATCH = 256
LEARNING_RATE = 1e-2
DEAD_AFTER = 50_000
HELD_OUT = 4096
HELD_OUT_SEEDS = 20_000
MEASURED = 100
"""How often the numbers are measured in a training."""
YIELDED_EVERY = 10
"""Updates of each dictionary between two results: Stop is heard then."""

SPARSITIES = {"relu": (0.02, 0.1, 0.3), "jumprelu": (0.02, 0.1, 0.3)}
KS = (1, 2, 4)

WHY = (
    "As many random directions, with as many features an input and the best scale for these inputs: what any directions"
    " would reach."
)


class Planted(nn.Module):
    """Inputs that are sums of few of ``truth`` directions in ``width`` dimensions: each is there with the chance
    ``present``, at a size of 0.3 to 1. Equal seeds give equal directions."""

    def __init__(self, truth: int, width: int, present: float, seed: int) -> None:
        super().__init__()
        drawn = torch.rand(truth, width, generator=torch.Generator().manual_seed(seed))
        self.drawn = nn.Parameter(2 * drawn - 1, requires_grad=False)  # uniform: the same bits on every machine
        self.present = present

    @property
    def directions(self) -> Tensor:
        """[truth, width], rows of length 1."""
        return functional.normalize(self.drawn, dim=1)

    def inputs(self, count: int, generator: torch.Generator) -> Tensor:
        """[count, width]"""
        size = 0.3 + 0.7 * torch.rand(count, len(self.drawn), generator=generator)
        there = torch.rand(count, len(self.drawn), generator=generator) < self.present
        return (size * there) @ self.directions


class PlantedModel(ToyModel):
    """A world of planted directions as studies know a model, by the hash of its directions."""

    def __init__(self, world: Planted, seed: int) -> None:
        truth, width = world.drawn.shape
        super().__init__(f"planted-{truth}-in-{width}-seed-{seed}", world, "planted", features=truth, width=width)


class TrainPlanted(ToyStudy):
    """Train dictionaries of ``features`` features on inputs that are sums of few of ``truth`` directions in ``width``
    dimensions, each there with the chance ``present``. One dictionary for each of ``sparsities`` (ReLU, JumpReLU: the
    price of firing) or ``ks`` (TopK, BatchTopK: features an input); they learn in turns, from the same seed. Neither
    given: the usual ones.

    Grids, on inputs never trained on: ``fvu``, ``l0``, ``dead`` (the share that never fires), ``recovered`` (true
    directions with a feature of their own within 0.9 of cosine) and ``shrinkage`` (length of what comes back by that of
    the input), all [step, sparsity] or [step, k]; ``cosine`` [sparsity, direction] now, each true direction with its
    own feature. Control: a random dictionary with as many features an input. ``step`` counts updates. ``model`` is the
    directions and follows from the other fields: nothing is loaded."""

    kind: Literal["train-planted"] = "train-planted"
    truth: int = Field(default=20, ge=2, le=200)
    width: int = Field(default=8, ge=2, le=64)
    present: float = Field(default=0.05, gt=0, le=1)
    features: int = Field(default=32, ge=2, le=512)
    activation: Activation = "relu"
    sparsities: tuple[float, ...] = ()
    ks: tuple[int, ...] = ()
    prefixes: tuple[int, ...] = ()
    updates: int = Field(default=2000, ge=10, le=20_000)

    # Training passes rounding on: see test_rounding_changes_little.
    tolerances: ClassVar[dict[str, float]] = {
        "fvu": 0.02, "l0": 0.5, "dead": 0.1, "recovered": 3.0, "shrinkage": 0.02, "cosine": 0.3,
    }  # fmt: skip

    @model_validator(mode="after")
    def _levels(self) -> TrainPlanted:
        usual, other = (self.sparsities, self.ks) if self.activation in SPARSITIES else (self.ks, self.sparsities)
        if other:
            raise ShapeMismatch(
                f"{self.activation} is kept sparse by {self.knob}: {other} is for the other kinds. Give {self.knob}"
                " values, or none for the usual ones."
            )
        if not usual:  # frozen from now on
            name = "sparsities" if self.activation in SPARSITIES else "ks"
            object.__setattr__(self, name, SPARSITIES.get(self.activation, KS))
        self.trainings()  # says what cannot be trained
        return self

    @property
    def knob(self) -> str:
        """What differs between the dictionaries: an axis of the grids."""
        return "sparsity" if self.activation in SPARSITIES else "k"

    @property
    def levels(self) -> tuple[float, ...]:
        """Its values."""
        return self.sparsities or self.ks

    @property
    def world(self) -> Planted:
        return Planted(self.truth, self.width, self.present, self.seed)

    def trainings(self) -> list[Training]:
        return [
            Training(
                features=self.features,
                updates=self.updates,
                activation=self.activation,
                prefixes=self.prefixes,
                learning_rate=LEARNING_RATE,
                dead_after=DEAD_AFTER,
                seed=self.seed,
                **{self.knob: level},
            )
            for level in self.levels
        ]

    def open(self) -> Model:
        return PlantedModel(self.world, self.seed)

    def estimate(self, model: Model) -> Cost:
        numbers = self.features * (BATCH + self.width)
        took = 6e-4 + 2e-8 * numbers
        return Cost(seconds=took * self.updates * len(self.levels), bytes=50_000_000 + 40 * numbers * len(self.levels))

    def inputs(self, model: Model) -> list[Tensor]:
        """No token ids: the inputs are random, and follow from the seed."""
        return []

    def method(self, model: Model) -> Method:
        return Method(
            sites=(),
            metric=f"fvu: squared error by squared distance from the mean, on {HELD_OUT} new inputs; Adam, learning"
            f" rate {LEARNING_RATE:g}, {BATCH} inputs an update; recovered: cosine above 0.9 with a feature of its own",
        )

    def steps(self, model: Model) -> Iterator[Result | None]:
        world = self.world
        held_out = world.inputs(HELD_OUT, torch.Generator().manual_seed(HELD_OUT_SEEDS + self.seed))
        trainers = [Trainer(one, self._source(world)) for one in self.trainings()]
        steps: list[str] = []
        effect, chance = _Measured(world, held_out), _Measured(world, held_out)
        every = max(YIELDED_EVERY, self.updates // MEASURED)
        for update in range(1, self.updates + 1):
            with exclusive(), one_thread():  # free between updates, so that others get their turn
                for trainer in trainers:
                    next(trainer)
                if update == 1 or update % every == 0 or update == self.updates:
                    dictionaries = [trainer.dictionary() for trainer in trainers]
                    steps.append(str(update))
                    effect.add(dictionaries)
                    chance.add([random_dictionary(one, held_out, seed=self.seed) for one in dictionaries])
                    grids, control = self._grids(steps, effect), self._grids(steps, chance)
            if update == self.updates:
                _TRAINED[self] = tuple(dictionaries)
            if update % YIELDED_EVERY == 0 or update in (1, self.updates):
                yield Result(
                    study=self,
                    grids=grids,
                    controls=(Control(name="random dictionary", why=WHY, grids=control),),
                    done=update / self.updates,
                )

    def _source(self, world: Planted) -> Drawn:
        return Drawn(lambda generator: world.inputs(BATCH, generator), self.seed)

    def _grids(self, steps: list[str], measured: _Measured) -> dict[str, Grid]:
        levels = {self.knob: tuple(f"{level:g}" for level in self.levels)}
        by_step = {"step": tuple(steps)} | levels
        curves = {
            name: Grid(values=Array.of(values), axes=by_step, unit=UNITS[name])
            for name, values in measured.curves.items()
        }
        directions = {"direction": tuple(map(str, range(self.truth)))}
        return curves | {"cosine": Grid(values=Array.of(measured.cosine), axes=levels | directions, unit="cosine")}

    def dictionaries(self) -> tuple[Dictionary, ...]:
        """The trained dictionaries, one for each of ``levels``: those that a view or a script trained in this process,
        else trained now, from the seed, in seconds."""
        if self not in _TRAINED:
            for _ in self.steps(self.open()):
                pass
        return _TRAINED[self]

    def code(self, flavour: Flavour, model: Model) -> str:
        if flavour == "mikit":
            return MIKIT_SCRIPT.format(fields=fields_of(self), knob=self.knob)
        if self.activation != "relu" or self.prefixes:
            return ""  # the other kinds take more than a script of a page
        return PLAIN_SCRIPT.format(
            world=inspect.getsource(Planted),
            truth=self.truth,
            width=self.width,
            present=self.present,
            features=self.features,
            sparsities=self.sparsities,
            updates=self.updates,
            batch=BATCH,
            rate=LEARNING_RATE,
            dead_after=DEAD_AFTER,
            seed=self.seed,
            held_out=HELD_OUT,
            held_out_seed=HELD_OUT_SEEDS + self.seed,
        )


class _Measured:
    """What was measured so far, by name, [step, level], and the cosines now, [level, direction]."""

    def __init__(self, world: Planted, held_out: Tensor) -> None:
        self._truth, self._held_out = world.directions, held_out
        self.curves: dict[str, list[list[float]]] = {name: [] for name in UNITS}
        self.cosine: list[Tensor] = []

    def add(self, dictionaries: list[Dictionary]) -> None:
        """Measure one dictionary a level, now."""
        x = self._held_out
        length = x.norm(dim=1).mean()
        tallies = [measure(one, x) for one in dictionaries]
        found = [recovered(self._truth, one) for one in dictionaries]
        now = {
            "fvu": [tally.fvu for tally in tallies],
            "l0": [tally.l0 for tally in tallies],
            "dead": [tally.dead for tally in tallies],
            "recovered": [float(count) for count, _ in found],
            "shrinkage": [float(one.reconstruct(x).norm(dim=1).mean() / length) for one in dictionaries],
        }
        for name, values in now.items():
            self.curves[name].append(values)
        self.cosine = [cosine for _, cosine in found]


UNITS = {
    "fvu": "fraction of variance",
    "l0": "features an input",
    "dead": "share of features",
    "recovered": "directions",
    "shrinkage": "length by length",
}

_TRAINED: dict[TrainPlanted, tuple[Dictionary, ...]] = {}
"""Dictionaries trained in this process. They are small: a hundred are a few megabytes."""

MIKIT_SCRIPT = """\
import mikit

study = mikit.TrainPlanted({fields})
result = mikit.run_study(study)
for name in ("fvu", "l0", "recovered"):
    print(name, result.frame(name).groupby(["from", "{knob}"])["value"].last(), sep="\\n")
"""

PLAIN_SCRIPT = """\
# Known directions need no model, so no nnsight: a sparse autoencoder with ReLU and an L1 price, in plain PyTorch.
import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor, nn
from torch.nn import functional


{world}

torch.set_num_threads(1)  # matrices this small gain nothing from more
world = Planted({truth}, {width}, {present}, {seed})
held_out = world.inputs({held_out}, torch.Generator().manual_seed({held_out_seed}))

for sparsity in {sparsities}:
    batch = world.inputs({batch}, torch.Generator().manual_seed({seed} * 1_000_003))
    scale = {width}**0.5 / (batch - batch.mean(0)).norm(dim=1).mean()
    generator = torch.Generator().manual_seed({seed})
    dec = functional.normalize(torch.randn({features}, {width}, generator=generator), dim=1).requires_grad_()
    enc = dec.detach().clone().requires_grad_()
    b_enc = torch.zeros({features}, requires_grad=True)
    b_dec = (batch.mean(0) * scale).requires_grad_()
    optimiser = torch.optim.Adam([enc, b_enc, dec, b_dec])
    silent = torch.zeros({features})
    for update in range({updates}):
        u = scale * world.inputs({batch}, torch.Generator().manual_seed({seed} * 1_000_003 + update))
        features = ((u - b_dec) @ enc.T + b_enc).relu()
        left = u - features @ dec - b_dec
        optimiser.zero_grad()
        (left.square().mean() + sparsity * features.sum(1).mean()).backward()
        climb = (update + 1) / max(0.05 * {updates}, 1)
        fall = ({updates} - update) / max(0.2 * {updates}, 1)
        optimiser.param_groups[0]["lr"] = {rate} * min(1.0, climb, fall)
        optimiser.step()
        with torch.no_grad():
            dec /= dec.norm(dim=1, keepdim=True)
            silent = torch.where((features > 0).any(0), 0, silent + {batch})
            dead = (silent > {dead_after}).nonzero().flatten()
            if len(dead) and (update + 1) % 50 == 0 and update < 0.8 * {updates}:  # pointed at what is left over
                draws = torch.Generator().manual_seed({seed} * 1_000_003 + update)
                chosen = left.square().sum(1).multinomial(len(dead), replacement=True, generator=draws)
                dec[dead] = enc[dead] = functional.normalize(left[chosen], dim=1)
                b_enc[dead] = 0
                for weight in (enc, b_enc, dec):
                    optimiser.state[weight]["exp_avg"][dead] = optimiser.state[weight]["exp_avg_sq"][dead] = 0
                silent[dead] = 0
    with torch.no_grad():
        u = scale * held_out
        features = ((u - b_dec) @ enc.T + b_enc).relu()
        fvu = (u - features @ dec - b_dec).square().sum() / (u - u.mean(0)).square().sum()
        cosine = world.directions @ functional.normalize(dec, dim=1).T
        found = cosine[linear_sum_assignment(cosine, maximize=True)]
        l0 = (features > 0).sum(1).float().mean()
    print(f"sparsity {{sparsity:g}}: fvu {{fvu:.6f}}, l0 {{l0:.6f}}, recovered {{(found > 0.9).sum()}}")
"""

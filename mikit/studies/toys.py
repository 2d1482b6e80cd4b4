"""What the studies of superposition share: toys as a model that follows from a seed, and the draw that is shown."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn

from mikit.errors import ShapeMismatch
from mikit.methods import geometry
from mikit.models import superposition
from mikit.models.model import Model, ModelRef, Spec
from mikit.models.superposition import Toys, Training, World
from mikit.models.weights import weights_hash
from mikit.studies.base import Study
from mikit.studies.train_toy import one_thread
from mikit.trace.engine import exclusive

TIED = 1.002
"""Draws whose loss is this near to the lowest count as equal, and the first of them is shown: the same figure turned,
or with two of its features exchanged, is as good."""

HELD_OUT = 2048
HELD_OUT_SEEDS = 20_000
MEASURED_EVERY = 20
YIELDED_EVERY = 10
"""Updates between two results: Stop is heard then. Numbers are measured less often."""

UNTRAINED = "The first draw of the same toys before training: what random directions look like."
UNNAMED = ModelRef(name="toys", sha256="")
"""Stands for the untrained toys until the other fields are read, from which they follow."""


class ToyModel(Model):
    """Toys as studies know a model: a name, and the hash of their weights. They are not traced."""

    def __init__(self, name: str, weights: nn.Module, family: str, *, features: int, width: int) -> None:
        self.ref = ModelRef(name=name, sha256=weights_hash(weights))
        self.spec = Spec(
            family=family,
            layers=0,
            heads=0,
            kv_heads=0,
            d_model=width,
            d_head=0,
            d_mlp=0,
            vocab=features,
            context=1,
            adds_bos=False,
            has_chat=False,
            parallel=False,
        )
        self.checks = None


class UntrainedToys(ToyModel):
    """Toys of superposition before training."""

    def __init__(self, instances: int, features: int, hidden: int, seed: int) -> None:
        untrained = Toys(instances, features, hidden, seed)
        name = f"toys-{features}-in-{hidden}-seed-{seed}"
        super().__init__(name, untrained, "superposition", features=features, width=hidden)


class ToyStudy(Study):
    """A study that trains toys: ``model`` is the untrained ones, and follows from the other fields."""

    model: ModelRef = UNNAMED
    seed: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _model_is_the_seeds(self) -> ToyStudy:
        here = self.open().ref
        if self.model == UNNAMED:
            object.__setattr__(self, "model", here)  # frozen from now on
        elif here.sha256 != self.model.sha256:
            raise ShapeMismatch(
                f"Seed {self.seed} gives untrained toys with weights {here.sha256[:8]}; this study speaks of"
                f" {self.model.sha256[:8]}. Leave the model out: it follows from the seed."
            )
        return self


class Draws:
    """Several draws of each case of a world learn side by side; one of each case is shown, the first of the best."""

    def __init__(self, world: World, draws: int, hidden: int, updates: int, batch: int, seed: int) -> None:
        self._training = Training(world.times(draws), hidden, updates, batch, seed)
        self._cases = len(world.present)
        self.updates = updates
        self.untrained = self.weights()
        generator = torch.Generator().manual_seed(HELD_OUT_SEEDS + seed)
        self._held_out = self._training.world.inputs(HELD_OUT, generator)

    def weights(self) -> Tensor:
        """W now, [case, draw, feature, hidden]."""
        W = self._training.toys.W.detach().clone()
        return W.view(self._cases, -1, *W.shape[1:])

    def losses(self) -> Tensor:
        """On inputs never trained on, [case, draw]."""
        with exclusive(), one_thread(), torch.no_grad():
            found = self._training.toys.losses(self._held_out, self._training.world.importance)
        return found.view(self._cases, -1)

    def learning(self) -> Iterator[tuple[int, bool]]:
        """Train to the end: yields the updates done and whether it is time to measure, often enough for Stop."""
        for update in range(self.updates):
            if update % YIELDED_EVERY == 0:
                yield update, update % MEASURED_EVERY == 0
            with exclusive(), one_thread():  # free between updates, so that others get their turn
                self._training.learn()
        yield self.updates, True


def shown(losses: Tensor) -> Tensor:
    """Which draw of each case is shown: the first whose loss is as good as the lowest. [case, draw] -> [case]."""
    return (losses <= TIED * losses.amin(1, keepdim=True)).int().argmax(1)


def taken(values: Tensor, draw: Tensor) -> Tensor:
    """Of each case the draw that is shown: [case, draw, ...] -> [case, ...]."""
    return values[torch.arange(len(values)), draw]


def plain_script(world: str, draws: int, hidden: int, updates: int, batch: int, seed: int, end: str) -> str:
    """Training and picking in plain PyTorch, with nothing of ours but the pages themselves; ``end`` prints."""
    pages = (inspect.getsource(superposition), inspect.getsource(geometry.dimensionality))
    return PLAIN_SCRIPT.format(
        page="\n\n".join(pages),
        world=world,
        draws=draws,
        hidden=hidden,
        updates=updates,
        batch=batch,
        seed=seed,
        held_out=HELD_OUT,
        held_out_seed=HELD_OUT_SEEDS + seed,
        tied=TIED,
        end=end,
    )


def fields_of(study: ToyStudy) -> str:
    """The fields that are not as they are by default, as arguments in Python."""
    given = study.model_dump(exclude={"kind", "model"}, exclude_defaults=True)
    return ", ".join(f"{name}={value!r}" for name, value in given.items())


PLAIN_SCRIPT = """\
# Training toys needs no nnsight: this is all of them, in plain PyTorch, and a loop below.
{page}

torch.set_num_threads(1)  # matrices this small gain nothing from more

{world}
training = Training(world.times({draws}), hidden={hidden}, updates={updates}, batch={batch}, seed={seed})
for update in range({updates}):
    training.learn()

# Of several draws of each case, the first whose loss on new inputs is as good as the lowest.
held_out = training.world.inputs({held_out}, torch.Generator().manual_seed({held_out_seed}))
with torch.no_grad():
    losses = training.toys.losses(held_out, training.world.importance).view(-1, {draws})
    best = (losses <= {tied} * losses.amin(1, keepdim=True)).int().argmax(1)
    cases = torch.arange(len(best))
    W = training.toys.W.unflatten(0, (-1, {draws}))[cases, best]
    losses = losses[cases, best]
{end}"""

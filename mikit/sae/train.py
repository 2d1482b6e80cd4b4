"""Training a dictionary, one update at a time: stop anywhere, save, go on, and arrive at the same weights.

Activations are scaled by one number so that their mean length, about their mean, is sqrt(width); b_dec starts at the
mean, the encoder as the decoder's transpose. Decoder rows have length 1 after every update. The scale is folded into
the dictionary that comes out, which reads activations as they are.

Where only the k largest features of a token count, the decoder gathers their rows and the backward pass touches no
others: the one dense product left is the encoder's forward pass."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from safetensors import SafetensorError, safe_open
from torch import Tensor
from torch.nn import functional

from mikit.errors import DictionaryUnusable
from mikit.sae.dictionary import Activation, Config, Dictionary
from mikit.sae.files import tensors_to, write_whole
from mikit.sae.store import Batch, Source

AUX_WEIGHT = 1 / 32
THRESHOLD_WEIGHT = 0.01
"""How much one batch moves the threshold of BatchTopK, once as many batches as its inverse have passed."""

POINTED_EVERY = 50
"""Updates between two looks for features to be pointed at errors."""

PATIENCE = 5
"""The auxiliary loss gets this many times ``dead_after`` tokens: a feature that is negative everywhere gets no gradient
from it."""

BANDWIDTH = 0.5
"""JumpReLU: how near a threshold an activation must be to have a say in where it moves, in scaled units."""

_FORMAT = "mikit-training-2"


class Training(BaseModel):
    """What decides a training, apart from its activations.

    ``k``: features a token, for "topk" and "batchtopk". ``sparsity``: the weight of the L1 norm (ReLU) or of the number
    of active features (JumpReLU) against the squared error a dimension. ``prefixes``: Matryoshka sizes, each of which
    should reconstruct alone. ``dead_after``: tokens without firing after which a feature counts as dead and is revived:
    by an auxiliary loss (TopK, BatchTopK) in which the dead reconstruct what is left, or by pointing it at an
    activation that is badly reconstructed (ReLU, JumpReLU, and whatever the auxiliary loss could not wake)."""

    model_config = ConfigDict(frozen=True)

    features: int = Field(gt=0)
    updates: int = Field(gt=0)
    activation: Activation = "topk"
    k: int | None = None
    sparsity: float = Field(default=0.0, ge=0)
    prefixes: tuple[int, ...] = ()
    transcoder: bool = False
    learning_rate: float = Field(default=1e-3, gt=0)
    dead_after: int = Field(default=100_000, gt=0)
    seed: int = 0

    @model_validator(mode="after")
    def _sparse(self) -> Training:
        if (self.activation in ("relu", "jumprelu")) != (self.sparsity > 0):
            raise DictionaryUnusable(
                f"{self.activation} is kept sparse by {'sparsity' if self.k is None else 'k'}: set sparsity above 0 for"
                " relu and jumprelu, k for topk and batchtopk, and not both."
            )
        self.config(self.features, self.features)
        return self

    def config(self, d_in: int, d_out: int) -> Config:
        """The configuration of the dictionary that comes out."""
        return Config(
            d_in=d_in,
            d_out=d_out,
            features=self.features,
            activation=self.activation,
            k=self.k,
            prefixes=self.prefixes,
            transcoder=self.transcoder,
            subtract_b_dec=not self.transcoder,
        )

    def rate(self, update: int) -> float:
        """The learning rate: it climbs over the first 5 % of the updates and falls to 0 over the last 20 %."""
        climb, fall = 0.05 * self.updates, 0.2 * self.updates
        return self.learning_rate * min(1.0, (update + 1) / max(climb, 1), (self.updates - update) / max(fall, 1))


class Progress(NamedTuple):
    """Where a training is: updates done, and of the newest batch FVU, features a token, and the share of features that
    count as dead now. NaN while the first activations are gathered."""

    update: int
    fvu: float
    l0: float
    dead: float


class Trainer:
    """An iterator: one step is one update, or one short trace while activations are gathered. Leave the loop to stop;
    ``save`` keeps all that is needed to go on, with `resume`. ``history``: the numbers of every update done."""

    def __init__(self, training: Training, source: Source) -> None:
        self.training = training
        self.update = 0
        self.history: list[Progress] = []
        self._source = source
        self._state: _State | None = None
        self._last = Progress(0, math.nan, math.nan, math.nan)
        source.seek(0)

    def __iter__(self) -> Iterator[Progress]:
        return self

    def __next__(self) -> Progress:
        if self.update == self.training.updates:
            raise StopIteration
        if not self._source.ready():
            return self._last
        batch = self._source.take()
        if self._state is None:
            self._state = _begin(self.training, batch)
        with torch.enable_grad():
            self._last = _learn(self.training, self._state, batch, self.update)
        self.history.append(self._last)
        self.update += 1
        return self._last

    def dictionary(self) -> Dictionary:
        """The dictionary as it is now, for activations as they are. Raises DictionaryUnusable before any update."""
        if self._state is None:
            raise DictionaryUnusable("The training has not begun: no activation was read yet.")
        return _exported(self.training, self._state, self._source)

    def save(self, file: str | Path) -> None:
        """Write everything to a safetensors file; a file of that name stays whole until the new one is complete.
        Raises NoDisk, DictionaryUnusable before any update."""
        if self._state is None:
            raise DictionaryUnusable("The training has not begun: there is nothing to save.")
        about = {"format": _FORMAT, "training": self.training.model_dump_json(), "update": str(self.update)}
        place = self._source.place.model_dump_json()
        tensors = self._state.tensors() | {"history": torch.tensor(self.history, dtype=torch.float64)}
        write_whole({Path(file): tensors_to(tensors, about | {"place": place})})


def resume(file: str | Path, source: Source) -> Trainer:
    """A training as it was when it was saved; ``source`` must be made as it was then. Raises DictionaryUnusable."""
    tensors, about = _read(Path(file))
    if about["place"] != source.place.model_dump_json():
        raise DictionaryUnusable(
            f"{file} was trained on {about['place']}; the activations given now come from"
            f" {source.place.model_dump_json()}."
        )
    trainer = Trainer(Training.model_validate_json(about["training"]), source)
    trainer.update = int(about["update"])
    trainer.history = [Progress(int(update), *numbers) for update, *numbers in tensors["history"].tolist()]
    trainer._state = _State(tensors)
    source.seek(trainer.update)
    return trainer


class _State:
    """Everything that an update changes, by name. Learned: enc [F, d_in], b_enc [F], dec [F, d_out], b_dec [d_out], and
    log_threshold [F] for JumpReLU; Adam's two moments of each; when each feature last fired; BatchTopK's threshold; and
    the two scales, which do not change."""

    LEARNED = ("enc", "b_enc", "dec", "b_dec", "log_threshold")

    def __init__(self, tensors: dict[str, Tensor]) -> None:
        self.learned = {name: tensors[name].requires_grad_() for name in self.LEARNED if name in tensors}
        self.optimiser = torch.optim.Adam(self.learned.values(), fused=True)
        self.silent = tensors["silent"]
        self.threshold = tensors["threshold"]
        self.scales = tensors["scales"]
        for name, weight in self.learned.items():
            kept = {
                key: tensors[f"{key}.{name}"] for key in ("step", "exp_avg", "exp_avg_sq") if f"{key}.{name}" in tensors
            }
            if kept:
                self.optimiser.state[weight] = kept

    def tensors(self) -> dict[str, Tensor]:
        """All of it, to be saved."""
        found = {name: weight.detach() for name, weight in self.learned.items()}
        for name, weight in self.learned.items():
            found |= {f"{key}.{name}": value for key, value in self.optimiser.state[weight].items()}
        return found | {"silent": self.silent, "threshold": self.threshold, "scales": self.scales}


def _begin(training: Training, batch: Batch) -> _State:
    """Weights before the first update, fitted to the first batch's mean and length."""
    generator = torch.Generator().manual_seed(training.seed)
    d_in, d_out = batch.x.shape[1], batch.target.shape[1]
    n = training.features
    scales = torch.tensor([_scale(batch.x), _scale(batch.target)])
    dec = functional.normalize(torch.randn(n, d_out, generator=generator), dim=1)
    mean = batch.target.mean(0) * scales[1]
    if training.transcoder:
        enc = functional.normalize(torch.randn(n, d_in, generator=generator), dim=1)
        b_enc = -enc @ (batch.x.mean(0) * scales[0])
    else:
        enc, b_enc = dec.clone(), torch.zeros(n)
    tensors = {"enc": enc, "b_enc": b_enc, "dec": dec, "b_dec": mean}
    if training.activation == "jumprelu":
        tensors["log_threshold"] = torch.full((n,), math.log(BANDWIDTH))
    return _State(
        tensors | {"silent": torch.zeros(n, dtype=torch.int64), "threshold": torch.zeros(()), "scales": scales}
    )


def _scale(x: Tensor) -> float:
    length = float((x - x.mean(0)).norm(dim=1).mean())
    if not math.isfinite(length) or length == 0:
        raise DictionaryUnusable(
            f"The first batch of activations has a mean length of {length} about its mean: there is nothing to learn"
            " from. All activations may be the same, or not finite."
        )
    return math.sqrt(x.shape[1]) / length


def _learn(training: Training, state: _State, batch: Batch, update: int) -> Progress:
    """One update."""
    weights = state.learned
    u, target = batch.x * state.scales[0], batch.target * state.scales[1]
    read = u if training.transcoder else u - weights["b_dec"].detach()
    if training.k is not None:
        loss, left, fired, active = _sparse_loss(training, state, read, target, update)
    else:
        loss, left, fired, active = _dense_loss(training, state, read, target)
    state.optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    for group in state.optimiser.param_groups:
        group["lr"] = training.rate(update)
    state.optimiser.step()
    with torch.no_grad():
        weights["dec"] /= weights["dec"].norm(dim=1, keepdim=True).clamp(min=1e-8)
        state.silent = torch.where(fired, 0, state.silent + len(u))
        dead = state.silent > training.dead_after
        if (update + 1) % POINTED_EVERY == 0 and update < 0.8 * training.updates:
            patience = training.dead_after * (1 if training.k is None else PATIENCE)
            _point_at_errors(training, state, state.silent > patience, read, left, update)
        fvu = float(left.square().sum() / (target - target.mean(0)).square().sum())
    return Progress(update + 1, fvu, active / len(u), float(dead.float().mean()))


def _bias(training: Training, w: dict[str, Tensor]) -> Tensor:
    """b_enc [F], with what b_dec does by way of the encoder's input in its gradient: a product of enc with one vector,
    where autograd would make one with a batch."""
    if training.transcoder:
        return w["b_enc"]
    nothing = w["b_dec"] - w["b_dec"].detach()
    return w["b_enc"] - w["enc"].detach() @ nothing


class _Picked(NamedTuple):
    """Which features of which tokens count: ids and rows [nnz], token by token, each token's first place [n]; the same
    places in the order of features, and each feature's first [F]."""

    ids: Tensor
    rows: Tensor
    first: Tensor
    by_feature: Tensor
    first_of_feature: Tensor


def _pick(training: Training, z: Tensor) -> tuple[Tensor, _Picked]:
    """The values [nnz] that pass: the k largest of each token, or the n x k largest of the batch."""
    assert training.k is not None
    n, features = z.shape
    if training.activation == "batchtopk":
        flat = z.flatten().topk(training.k * n, sorted=False).indices.sort().values
    else:
        flat = (z.topk(training.k, sorted=False).indices + torch.arange(n)[:, None] * features).flatten()
    rows, ids = flat // features, flat % features
    return z.flatten()[flat], _picked(ids, rows, n, features)


def _picked(ids: Tensor, rows: Tensor, n: int, features: int) -> _Picked:
    return _Picked(ids, rows, _firsts(rows, n), ids.argsort(stable=True), _firsts(ids, features))


def _firsts(numbers: Tensor, count: int) -> Tensor:
    """Where each number's run begins once they are sorted, [count]."""
    return functional.pad(torch.bincount(numbers, minlength=count).cumsum(0)[:-1], (1, 0))


def _gather(table: Tensor, ids: Tensor, first: Tensor, values: Tensor) -> Tensor:
    """Sums of table rows times values, one sum for each run of ids: a product with a sparse matrix."""
    return functional.embedding_bag(ids, table, first, mode="sum", per_sample_weights=values)


class _Read(torch.autograd.Function):
    """The picked values of read @ enc.T + b_enc, already computed, for the gradients of enc [F, d] and b_enc [F];
    backward visits picked places alone."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, read: Tensor, enc: Tensor, b_enc: Tensor, picked: _Picked) -> Tensor:
        ctx.save_for_backward(read)
        ctx.picked, ctx.features = picked, len(enc)
        return values.clone()

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        (read,) = ctx.saved_tensors
        p: _Picked = ctx.picked
        to_enc = _gather(read, p.rows[p.by_feature], p.first_of_feature, grad[p.by_feature])
        to_bias = grad.new_zeros(ctx.features).index_add_(0, p.ids, grad)
        return None, None, to_enc, to_bias, None


class _Write(torch.autograd.Function):
    """values @ dec at the picked places, by gathering rows of dec."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, dec: Tensor, picked: _Picked) -> Tensor:
        ctx.save_for_backward(values, dec)
        ctx.picked = picked
        return _gather(dec, picked.ids, picked.first, values)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        values, dec = ctx.saved_tensors
        p: _Picked = ctx.picked
        to_dec = _gather(grad, p.rows[p.by_feature], p.first_of_feature, values[p.by_feature])
        pairs = zip(torch.split(p.ids, _CHUNK), torch.split(p.rows, _CHUNK), strict=True)
        products = (dec.index_select(0, ids).mul_(grad.index_select(0, rows)) for ids, rows in pairs)
        to_values = torch.cat([product.sum(1) for product in products])
        return to_values, to_dec, None


_CHUNK = 512
"""Pairs of rows multiplied at once: they stay in the processor's cache."""

_Parts = tuple[Tensor, Tensor, Tensor, float]
"""loss, what is left of the target [n, d_out], which features fired [F], and how many firings there were."""


def _sparse_loss(training: Training, state: _State, read: Tensor, target: Tensor, update: int) -> _Parts:
    """TopK and BatchTopK: mean squared error a dimension, averaged over the prefixes, and the dead features' share."""
    w = state.learned
    with torch.no_grad():
        z = read @ w["enc"].T + w["b_enc"]
        found, picked = _pick(training, z)
    values = _Read.apply(found, read, w["enc"], _bias(training, w), picked).relu()  # type: ignore[no-untyped-call]
    loss = torch.zeros(())
    for size in training.prefixes or (training.features,):
        kept = values if size == training.features else values * (picked.ids < size)
        left = target - _Write.apply(kept, w["dec"], picked) - w["b_dec"]  # type: ignore[no-untyped-call]
        loss = loss + left.square().mean()
    loss = loss / max(len(training.prefixes), 1)
    left = left.detach()
    fired = torch.zeros(training.features, dtype=torch.bool)
    fired[picked.ids[found > 0]] = True
    if training.activation == "batchtopk":
        least = found[found > 0].min() if bool((found > 0).any()) else torch.zeros(())
        state.threshold += (least - state.threshold) * max(THRESHOLD_WEIGHT, 1 / (update + 1))
    dead = (state.silent > training.dead_after).nonzero().flatten()
    if len(dead):
        loss = loss + AUX_WEIGHT * _dead_loss(w, dead, read, left)
    return loss, left, fired, float((found > 0).sum())


def _dead_loss(w: dict[str, Tensor], dead: Tensor, read: Tensor, left: Tensor) -> Tensor:
    """How badly the dead features alone reconstruct what the live ones left; b_dec is in that already, so it is not
    added again (Gao et al. 2024, arXiv:2406.04093)."""
    k = min(left.shape[1] // 2 or 1, len(dead))
    z = read @ w["enc"][dead].T + w["b_enc"][dead]
    top = z.topk(k, sorted=False)
    picked = _picked(dead[top.indices].flatten(), torch.arange(len(z)).repeat_interleave(k), len(z), len(w["enc"]))
    output: Tensor = _Write.apply(top.values.relu().flatten(), w["dec"], picked)  # type: ignore[no-untyped-call]
    return (left - output).square().mean()


def _dense_loss(training: Training, state: _State, read: Tensor, target: Tensor) -> _Parts:
    """ReLU and JumpReLU: mean squared error a dimension plus the price of firing."""
    w = state.learned
    z = read @ w["enc"].T + _bias(training, w)
    if training.activation == "jumprelu":
        threshold = w["log_threshold"].exp()
        features = _Jump.apply(z.relu(), threshold)  # type: ignore[no-untyped-call]
        price = _Step.apply(z, threshold).sum(1).mean()  # type: ignore[no-untyped-call]
    else:
        features = z.relu()
        price = features.sum(1).mean()
    left = target - features @ w["dec"] - w["b_dec"]
    for size in training.prefixes[:-1]:
        price = price + (target - features[:, :size] @ w["dec"][:size] - w["b_dec"]).square().mean() / training.sparsity
    loss = left.square().mean() + training.sparsity * price
    fired = features.detach() > 0
    return loss, left.detach(), fired.any(0), float(fired.sum())


class _Jump(torch.autograd.Function):
    """z where it is above the threshold, else 0. Its slope by the threshold is estimated from values near it, as
    Rajamanoharan et al. (2024, arXiv:2407.14435) do, since the true one is 0 almost everywhere."""

    @staticmethod
    def forward(ctx: Any, z: Tensor, threshold: Tensor) -> Tensor:
        ctx.save_for_backward(z, threshold)
        return z * (z > threshold)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor]:
        z, threshold = ctx.saved_tensors
        return grad * (z > threshold), (-threshold / BANDWIDTH * _near(z, threshold) * grad).sum(0)


class _Step(torch.autograd.Function):
    """1 where z is above the threshold, else 0; slope as in _Jump."""

    @staticmethod
    def forward(ctx: Any, z: Tensor, threshold: Tensor) -> Tensor:
        ctx.save_for_backward(z, threshold)
        return (z > threshold).to(z)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[None, Tensor]:
        z, threshold = ctx.saved_tensors
        return None, (-1 / BANDWIDTH * _near(z, threshold) * grad).sum(0)


def _near(z: Tensor, threshold: Tensor) -> Tensor:
    return ((z - threshold).abs() < BANDWIDTH / 2).to(z)


def _point_at_errors(training: Training, state: _State, dead: Tensor, read: Tensor, left: Tensor, update: int) -> None:
    """Point dead features at what is left of tokens that are badly reconstructed, drawn by squared error, and let Adam
    forget them (Bricken et al. 2023)."""
    ids = dead.nonzero().flatten()
    error = left.square().sum(1)
    if len(ids) == 0 or float(error.sum()) == 0:
        return
    generator = torch.Generator().manual_seed(training.seed * 1_000_003 + update)
    tokens = error.multinomial(len(ids), replacement=True, generator=generator)
    w = state.learned
    w["dec"][ids] = functional.normalize(left[tokens], dim=1)
    towards = read[tokens] if training.transcoder else left[tokens]
    w["enc"][ids] = functional.normalize(towards, dim=1)
    w["b_enc"][ids] = 0
    if "log_threshold" in w:
        w["log_threshold"][ids] = math.log(BANDWIDTH)
    for name in ("enc", "dec", "b_enc", "log_threshold"):
        if name in w:
            for moment in ("exp_avg", "exp_avg_sq"):
                state.optimiser.state[w[name]][moment][ids] = 0
    state.silent[ids] = 0


def _exported(training: Training, state: _State, source: Source) -> Dictionary:
    """The weights with both scales folded in, decoder rows of length 1 and features in units of the target."""
    w = {name: weight.detach() for name, weight in state.learned.items()}
    into, out = state.scales.tolist()
    config = training.config(w["enc"].shape[1], w["dec"].shape[1])
    weights = {
        "W_enc": w["enc"].T * (into / out),
        "b_enc": w["b_enc"] / out,
        "W_dec": w["dec"].clone(),
        "b_dec": w["b_dec"] / out,
    }
    if training.activation == "batchtopk":
        weights["threshold"] = (state.threshold / out).expand(training.features).clone()
    if training.activation == "jumprelu":
        weights["threshold"] = w["log_threshold"].exp() / out
    return Dictionary(config, weights, source.place)


def _read(file: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    try:
        with safe_open(file, framework="pt") as opened:
            about = opened.metadata() or {}
            tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
        if about.get("format") != _FORMAT:
            raise ValueError(f"its format is {about.get('format', 'not named')}")
        Training.model_validate_json(about["training"])
    except (OSError, SafetensorError, ValueError, KeyError, ValidationError, json.JSONDecodeError) as error:
        reason = str(error).strip().split("\n")[0]
        raise DictionaryUnusable(f"{file} holds no training that can go on: {reason}.") from error
    return tensors, about

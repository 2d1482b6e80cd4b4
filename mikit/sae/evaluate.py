"""How good a dictionary is: what it leaves out, how sparse it is, what the model loses by it, and what a dictionary of
random directions would have reached.

Position 0 is left out of every number: it is a sink of attention, after many layers a hundred times as long as others
(smollm2-135m: 146 times after layer 14, though not after layer 9), and would decide all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor
from torch.nn import functional

from mikit.errors import DictionaryUnusable, EmptyText
from mikit.models.model import Model
from mikit.models.tokens import Tokens
from mikit.sae.dictionary import Config, Dictionary
from mikit.trace.arrays import Array
from mikit.trace.edits import Patch
from mikit.trace.engine import capture, run
from mikit.trace.sites import Site

FOUND = 0.9
"""A true direction is found where a feature points along it with at least this cosine."""

BROKEN_FVU = 1.0
"""Worse than answering the mean activation every time: no dictionary at its own place does that."""

FVU_FACTOR = 2.0
"""Measured FVU above this many times the declared one, and 0.05, does not come from other text alone."""

BETTER = 0.5
"""A dictionary whose best layer leaves out less than this share of what the declared one does is in the wrong place. A
dictionary that is poorly trained can reach a little less at a layer below, whose stream varies less."""

LOOKED_AT = 400
"""Tokens on which the layers are compared."""

L0_FACTOR = 3.0
"""A measured L0 further than this factor from the declared one does not come from other text alone."""


class Tally:
    """Numbers over many activations, added a batch at a time: memory does not grow with their count."""

    def __init__(self, features: int, d_out: int) -> None:
        self.tokens = 0
        self._fired = torch.zeros(features, dtype=torch.float64)
        self._active = 0.0
        self._left = 0.0
        self._square = 0.0
        self._sum = torch.zeros(d_out, dtype=torch.float64)

    def add(self, features: Tensor, target: Tensor, output: Tensor) -> None:
        """features [n, features], target and output [n, d_out]."""
        fired = features > 0
        self.tokens += len(target)
        self._fired += fired.sum(0).cpu()
        self._active += float(fired.sum())
        self._left += float((target - output).double().square().sum())
        self._square += float(target.double().square().sum())
        self._sum += target.double().sum(0).cpu()

    @property
    def fvu(self) -> float:
        """Fraction of variance unexplained: squared error over squared distance from the mean activation."""
        variance = self._square - float(self._sum.square().sum()) / self.tokens
        return self._left / variance if variance > 0 else float("nan")

    @property
    def l0(self) -> float:
        """Features that fire on a token, on average."""
        return self._active / self.tokens

    @property
    def density(self) -> Tensor:
        """The share of tokens that each feature fires on, [features]."""
        return (self._fired / self.tokens).float()

    @property
    def dead(self) -> float:
        """The share of features that never fired."""
        return float((self._fired == 0).double().mean())


def measure(dictionary: Dictionary, x: Tensor, target: Tensor | None = None, *, batch: int = 2048) -> Tally:
    """FVU, L0, density and dead share on activations x [n, d_in]; a transcoder needs its target [n, d_out]."""
    if len(x) == 0:
        raise EmptyText("There are no activations to measure on: the texts held one token each, or none.")
    tally = Tally(dictionary.config.features, dictionary.config.d_out)
    target = x if target is None else target
    for part, wanted in zip(torch.split(x, batch), torch.split(target, batch), strict=True):
        features = dictionary.encode(part)
        tally.add(features, wanted, dictionary.decode(features, part))
    return tally


def fvu(target: Tensor, output: Tensor) -> float:
    """Fraction of variance unexplained, of arrays [n, d]: 0 is perfect, 1 is no better than the mean."""
    return float((target - output).square().sum() / (target - target.mean(0)).square().sum())


class CrossEntropy(NamedTuple):
    """Mean surprise in nats at the tokens that position 1 and later predict: the model's own; with the dictionary's
    output in place of the activation; with zeros there; with the mean activation there."""

    own: float
    spliced: float
    zero: float
    mean: float

    @property
    def recovered(self) -> float:
        """1: as good as the model's own; 0: as bad as zeros. Zeros break most models so badly that this flatters."""
        return _share(self.own, self.spliced, self.zero)

    @property
    def recovered_from_mean(self) -> float:
        """1: as good as the model's own; 0: as bad as the mean activation. The stricter of the two."""
        return _share(self.own, self.spliced, self.mean)


def cross_entropy(model: Model, dictionary: Dictionary, texts: Iterable[Tokens], mean: Tensor) -> CrossEntropy:
    """What the model loses where the dictionary stands in for its activation. ``mean`` [d_out] is the mean activation
    at the target over other text. Position 0 keeps its own activation in every run.

    Raises DictionaryUnusable for a dictionary without a site of this model."""
    check_place(model, dictionary)
    source, target = sites(dictionary)
    total, count = torch.zeros(4, dtype=torch.float64), 0
    for tokens in texts:
        for ids in tokens.ids:
            one = Tokens(ids[None], tokens.strings, tokens.special)
            if ids.shape[0] < 3:
                continue
            values = capture(model, one, {source, target})
            own = values[target][0]
            output = dictionary.reconstruct(flat(values[source])[0, 1:])
            outputs = (None, output, torch.zeros_like(output), mean.to(output).expand_as(output))
            total += surprises(model, one, target, own, outputs)
            count += ids.shape[0] - 2
    if count == 0:
        raise EmptyText("No text has three tokens, so there is nothing to predict after position 0.")
    return CrossEntropy(*(total / count).tolist())


def surprises(model: Model, tokens: Tokens, target: Site, own: Tensor, outputs: Sequence[Tensor | None]) -> Tensor:
    """Summed surprise of one text, in nats, at the tokens that position 1 and later predict, with each of ``outputs``
    [position - 1, d_out] in place of ``own`` [position, ...] at the target; None: nothing is replaced. Position 0 keeps
    its own activation. [outputs], float64."""
    rows: list[list[Patch]] = []
    for output in outputs:
        if output is None:
            rows.append([])
            continue
        value = own.clone()
        value[1:] = output.reshape(value[1:].shape)
        rows.append([Patch(site=target, source=Array.of(value))])
    logits = run(model, tokens, rows, logits="all")
    ids = tokens.ids[0].to(logits.device)
    losses = [functional.cross_entropy(row[1:-1], ids[2:], reduction="sum") for row in logits]
    return torch.stack(losses).double().cpu()


def activations(model: Model, dictionary: Dictionary, texts: Iterable[Tokens]) -> tuple[Tensor, Tensor]:
    """What the dictionary reads and what it should give, [n, d_in] and [n, d_out], at every position but 0."""
    check_place(model, dictionary)
    source, target = sites(dictionary)
    found = [capture(model, tokens, {source, target}) for tokens in texts]
    if not any(values[source].shape[1] > 1 for values in found):
        raise EmptyText("No text has two tokens, and position 0 is left out: there is nothing to read.")
    x, y = (torch.cat([flat(values[site])[:, 1:].flatten(0, 1) for values in found]) for site in (source, target))
    return x, y


class Fit(NamedTuple):
    """What a dictionary reaches at its place, beside what its makers declared there (empty where they did not);
    ``best`` is the layer at which it leaves out least, of those that were looked at."""

    fvu: float
    l0: float
    dead: float
    declared: dict[str, float]
    best: Site


def fit(model: Model, dictionary: Dictionary, texts: Sequence[Tokens]) -> Fit:
    """Measure a dictionary at its declared place before leaning on it; an autoencoder also at the same site of every
    other layer, on the first few hundred tokens.

    Raises DictionaryUnusable with the reason: another model or width, no site, FVU of 1 or more or far above the
    declared one, a layer that fits better (a wrong hook or scale), or an L0 far from the declared one (a lost
    threshold)."""
    tally = measure(dictionary, *activations(model, dictionary, texts))
    place = sites(dictionary)[0]
    declared = dictionary.place.declared
    best, least, here = _best_layer(model, dictionary, texts)
    found = Fit(tally.fvu, tally.l0, tally.dead, declared, best)
    where = f"{place} of {model.ref.name}"
    if not found.fvu < BROKEN_FVU:
        raise DictionaryUnusable(
            f"At {where} this dictionary leaves out {found.fvu:.2f} of the variance (FVU); the mean activation alone"
            " leaves out 1. It was made for another place, or for activations on another scale."
        )
    if least < BETTER * here:
        raise DictionaryUnusable(
            f"At {where} this dictionary leaves out {found.fvu:.2f} of the variance (FVU); at {best} only {least:.2f}."
            " Its file names the wrong layer, or counts layers in another way."
        )
    if "fvu" in declared and found.fvu > FVU_FACTOR * declared["fvu"] + 0.05:
        raise DictionaryUnusable(
            f"At {where} this dictionary leaves out {found.fvu:.2f} of the variance (FVU); {declared['fvu']:g} was"
            " declared. Other text makes a smaller difference: look for a wrong site, scale or bias."
        )
    l0 = declared.get("l0")
    if l0 and not l0 / L0_FACTOR <= found.l0 <= l0 * L0_FACTOR:
        raise DictionaryUnusable(
            f"At {where} {found.l0:.1f} features fire on a token; {l0:g} were declared. A lost threshold or a wrong"
            " scale does this."
        )
    return found


def _best_layer(model: Model, dictionary: Dictionary, texts: Sequence[Tokens]) -> tuple[Site, float, float]:
    """The layer at which it leaves out least, its FVU, and the declared layer's on the same tokens."""
    place = sites(dictionary)[0]
    if dictionary.config.transcoder:
        return place, 1.0, 1.0
    layers = [place.model_copy(update={"layer": layer}) for layer in range(model.spec.layers)]
    found: dict[Site, list[Tensor]] = {site: [] for site in layers}
    seen = 0
    for tokens in texts:
        for site, value in capture(model, tokens, layers).items():
            found[site].append(flat(value)[:, 1:].flatten(0, 1))
        seen += tokens.ids.numel()
        if seen > LOOKED_AT:
            break
    reached = {site: measure(dictionary, torch.cat(values)).fvu for site, values in found.items()}
    best = min(reached, key=lambda site: reached[site])
    return best, reached[best], reached[place]


def check_place(model: Model, dictionary: Dictionary) -> None:
    """Raise DictionaryUnusable where the dictionary was made for other weights or has no site here."""
    made_for = dictionary.place.model_sha256
    if made_for and made_for != model.ref.sha256:
        raise DictionaryUnusable(
            f"This dictionary was made for {dictionary.place.model} with weights {made_for[:8]}; this model is"
            f" {model.ref.chip}. Load that model, or train a dictionary for this one."
        )
    sites(dictionary)


def sites(dictionary: Dictionary) -> tuple[Site, Site]:
    """Where it reads and where its output belongs. Raises DictionaryUnusable where mikit has no such site."""
    place = dictionary.place
    source = place.site
    target = place.target if dictionary.config.transcoder else source
    if source is None or target is None:
        raise DictionaryUnusable(
            f"mikit cannot say where this dictionary belongs: its file names '{place.hook or 'no place'}'. Give it one:"
            " dictionary.place = Place(site=Site(name='resid_post', layer=8))."
        )
    return source, target


def flat(value: Tensor) -> Tensor:
    """[batch, position, ...] -> [batch, position, d]: heads side by side."""
    return value.flatten(2)


class Match(NamedTuple):
    """For each row of one dictionary the cosine of the likest row of the other, and of its partner where every row may
    be partner once."""

    likest: Tensor
    paired: Tensor

    @property
    def mean_max(self) -> float:
        return float(self.likest.mean())

    @property
    def mean_paired(self) -> float:
        return float(self.paired.mean())


def match(ours: Tensor, theirs: Tensor) -> Match:
    """How well directions ours [n, d] come back in theirs [m, d]. Not symmetric where n and m differ; where m < n,
    rows left without a partner count 0 in ``paired``."""
    cosine = functional.normalize(ours, dim=1) @ functional.normalize(theirs, dim=1).T
    rows, columns = linear_sum_assignment(cosine.cpu().numpy(), maximize=True)
    paired = torch.zeros(len(ours))
    paired[torch.as_tensor(rows)] = cosine.cpu()[rows, columns]
    return Match(cosine.max(1).values.cpu(), paired)


def recovered(truth: Tensor, dictionary: Dictionary) -> tuple[int, Tensor]:
    """Planted truth: how many of the true directions [n, d] came back as a feature of their own, and the cosine of
    each one's partner [n]."""
    paired = match(truth, dictionary.W_dec).paired
    return int((paired > FOUND).sum()), paired


def random_dictionary(like: Dictionary, x: Tensor, *, seed: int = 0) -> Dictionary:
    """The control: as many directions, drawn at random, each read along itself, with as many features a token as
    ``like`` has on x [n, d_in]. Its scale and bias are the best for these activations, so that no more than the
    directions differ."""
    config = like.config
    if config.transcoder:
        raise DictionaryUnusable("A transcoder has no random control of this kind: its two sides are different spaces.")
    generator = torch.Generator().manual_seed(seed)
    rows = functional.normalize(torch.randn(config.features, config.d_in, generator=generator), dim=1)
    mean = x.mean(0)
    k = min(max(round(measure(like, x).l0), 1), config.features)
    drawn = Config(d_in=config.d_in, features=config.features, activation="topk", k=k)
    zero = torch.zeros(config.features)
    raw = Dictionary(drawn, {"W_enc": rows.T, "b_enc": zero, "W_dec": rows, "b_dec": mean}, like.place)
    centred, moves = x - mean, raw.reconstruct(x) - mean
    best = float((centred * moves).sum() / moves.square().sum())
    return Dictionary(drawn, {**raw.weights(), "W_dec": rows * best}, like.place)


def _share(own: float, spliced: float, broken: float) -> float:
    return (broken - spliced) / (broken - own) if broken != own else float("nan")

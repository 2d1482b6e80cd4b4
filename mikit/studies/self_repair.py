"""Self-repair: what each head writes to the answer itself, what is lost without it, and who brings back the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np
import torch
from pydantic import field_validator
from torch import Tensor

from mikit.methods.patching import Source, source_values, values_and_logits
from mikit.methods.repair import Case, Heads, Repair, beyond_sum, case, losses, random_pairs, repair, strongest_pairs
from mikit.models.model import Model
from mikit.models.tokens import Tokens
from mikit.studies import cost
from mikit.studies.base import Control, Cost, Flavour, Grid, Method, Result, Study, layer_head_axes, mean_grid
from mikit.studies.code import mikit_script, nnsight_script
from mikit.studies.pairs import PairStudy
from mikit.studies.prompts import answer_and_foil
from mikit.studies.texts import ORDINARY
from mikit.trace.arrays import Array
from mikit.trace.sites import Site, check

Head = tuple[int, int]

STRONGEST = 24
"""Heads whose compensation is shown when none are asked for."""
PAIRED = 6
"""Heads of which all pairs are switched off together."""
LATER = 16
"""Later heads that are named; what the others bring back is one number."""
RANDOM_PAIRS = 16
DRAWS = 2
"""Times that the heads are set to a place of ordinary texts instead: how much effects hang on what a head is set to."""
OTHERS, NORMS, SUM = "other heads", "norms", "sum"

OTHER_DRAWS = (
    f"The same heads set to what they write at {DRAWS} places of ordinary texts instead (seed {{seed}}): how much the"
    " effects hang on what a head is set to. Low and high are the lowest and highest of these draws."
)
WHY_RANDOM = "Pairs of heads drawn at random (seed {seed}): what two heads do beyond their sum by chance."


class SelfRepair(PairStudy, Study):
    """Every head is switched off at the last position of the clean prompts, one at a time: set to what it writes on
    average over ordinary texts (``brought`` "mean"), at one place of them ("resample"), on the changed prompt ("other
    prompt"), or to "zero". The two prompts of a pair need not be as long as each other.

    Grids, in logits, the mean over prompts with an interval where there are several: ``logit difference`` [of], the
    model's own; ``direct`` [layer, head], what the head's own writing loses, all norms frozen; ``total`` [layer, head],
    what the model loses; ``back`` [head, by] who makes up for the difference: named later heads, the other heads, each
    MLP, norms, and their sum, which is direct less total; ``pair`` [pair], what is lost without both heads beyond what
    is lost without each, added up.

    ``heads``: those of ``back``; empty: those of largest effect, direct or total. Pairs are of six heads: the first of
    ``heads``, then others by their effect.
    Controls: "other draws", ``direct`` and ``total`` with heads set to places of ordinary texts instead, whatever
    ``brought``; "random pairs" with ``pair``."""

    kind: Literal["self-repair"] = "self-repair"
    brought: Source = "mean"
    heads: tuple[Head, ...] = ()

    needs: ClassVar[tuple[str, ...]] = ("heads sum", "lens at last layer", "traced is raw", "short pass")

    @field_validator("heads")
    @classmethod
    def _each_once(cls, heads: tuple[Head, ...]) -> tuple[Head, ...]:
        return tuple(dict.fromkeys(heads))

    def estimate(self, model: Model) -> Cost:
        s = model.spec
        prompts, texts = self._prompts(model), self._ordinary(model)
        lengths, read = [len(ids) for ids in prompts], sum(len(ids) for ids in texts)
        rows = s.layers * s.heads * (1 + DRAWS) + 2 * (len(self.heads) or STRONGEST) + PAIRED**2 + RANDOM_PAIRS
        tokens = 2 * read + len(self.pairs) * rows + 2 * (1 + DRAWS) * sum(lengths)
        pool = 8 * read * s.layers * s.heads * s.d_head
        kept = 4 * sum(lengths) * s.layers * (s.d_model + 2 * s.kv_heads * s.d_head)
        return Cost(seconds=cost.seconds(s, tokens), bytes=pool + kept + cost.held(s, max(lengths)))

    def inputs(self, model: Model) -> list[Tensor]:
        return self._prompts(model) + self._ordinary(model)

    def _prompts(self, model: Model) -> list[Tensor]:
        texts = [pair.clean for pair in self.pairs]
        if self.brought == "other prompt":
            texts += [pair.corrupt for pair in self.pairs]
        return [model.tokens(text).ids[0] for text in texts]

    def _ordinary(self, model: Model) -> list[Tensor]:
        """Where the other draws come from, whatever is brought."""
        return [model.tokens(text).ids[0] for text in ORDINARY]

    def method(self, model: Model) -> Method:
        return Method(
            sites=tuple(Site(name="z", layer=layer, position=-1) for layer in range(model.spec.layers)),
            metric=f"logit difference (answer less foil) lost when one head at the last position is replaced (by:"
            f" {self.brought}): by its own writing with all norms frozen (direct), and by the model (total)",
        )

    def steps(self, model: Model) -> Iterator[Result | None]:
        for layer, head in self.heads:
            check(Site(name="z", layer=layer, head=head), model.spec)
        asked = [(model.tokens(p.clean), *answer_and_foil(model, p.answer, p.foil)) for p in self.pairs]
        sources, cases = self._sources(model, self.brought, 1)[0], list[Case]()
        for (tokens, answer, foil), brought in zip(asked, sources, strict=True):
            cases.append(case(model, tokens, brought, answer, foil))
            yield None
        direct = torch.stack([one.direct for one in cases])
        found = _Found(cases, direct, torch.full_like(direct, torch.nan))
        budget, work = cost.budget(model.spec), len(cases) * (1 + DRAWS)
        for n, one in enumerate(cases):
            for share in _totals(model, one, found.total[n], budget):
                yield self._result(model, found, (n + share) / work)
        effects = torch.maximum(direct.mean(0).abs(), found.total.mean(0).abs())
        found.heads = self.heads or _strongest(effects, STRONGEST)
        for one in cases:
            for whole in repair(model, one, [frozenset([head]) for head in found.heads], budget=budget):  # noqa: B007
                yield None
            found.repairs.append(whole)
        paired = strongest_pairs(_ranks(effects, self.heads), PAIRED)
        found.pairs, found.random = paired, random_pairs(model.spec.layers, model.spec.heads, RANDOM_PAIRS, self.seed)
        for n, one in enumerate(cases):
            joint = {}
            for pair, beyond in beyond_sum(model, one, found.total[n], {*paired, *found.random}, budget=budget):
                joint[pair] = beyond
                yield None
            found.joint.append(joint)
        yield self._result(model, found, len(cases) / work)
        done = len(cases)
        for draw in self._sources(model, "resample", 1 + DRAWS)[1:]:
            drawn = torch.full((2, *direct.shape), torch.nan)  # direct, total
            found.draws.append(drawn)
            for n, ((tokens, answer, foil), brought) in enumerate(zip(asked, draw, strict=True)):
                other = case(model, tokens, brought, answer, foil)
                drawn[0, n] = other.direct
                for share in _totals(model, other, drawn[1, n], budget):
                    yield self._result(model, found, (done + share) / work)
                done += 1

    def code(self, flavour: Flavour, model: Model) -> str:
        if flavour == "mikit":
            return mikit_script(self, model, 'print(result.frame("direct"))\nprint(result.frame("total"))')
        if len(self.pairs) > 1 or self.brought == "resample":
            return ""
        pair, s = self.pairs[0], model.spec
        answer, foil = answer_and_foil(model, pair.answer, pair.foil)
        names = {"o_proj": model.arch.o_proj, "blocks": model.arch.blocks, "heads": s.heads, "size": s.d_head}
        brought = BROUGHT[self.brought].format(texts=list(ORDINARY), corrupt=pair.corrupt, **names)
        body = SCRIPT.format(clean=pair.clean, answer=answer, foil=foil, brought=brought, **names)
        return nnsight_script(self.model, body)

    def _sources(self, model: Model, how: Source, draws: int) -> list[list[Tensor]]:
        """What heads are set to [layer, head, d_head], by draw and prompt."""
        s, prompts = model.spec, len(self.pairs)
        like = torch.zeros(s.layers, draws * prompts, s.heads, s.d_head)
        if how == "other prompt":
            last = [_last(model, model.tokens(pair.corrupt)) for pair in self.pairs]
            like = torch.stack(last, 1)
        texts = [model.tokens(text) for text in ORDINARY] if how in ("mean", "resample") else []
        found = source_values(model, like, "z", how, texts, self.seed)
        by_draw = found.reshape(s.layers, draws, prompts, s.heads, s.d_head).movedim(0, 2)
        return [list(draw) for draw in by_draw]

    def _result(self, model: Model, found: _Found, done: float) -> Result:
        axes, controls = layer_head_axes(model), list[Control]()
        clean = torch.stack([one.difference(one.past.logits) for one in found.cases])
        grids = {
            "logit difference": _mean(clean[:, None], {"of": ("model",)}),
            "direct": _mean(found.direct, axes),
            "total": _mean(found.total, axes),
        }
        if found.draws:
            names = ("direct", "total")
            ranges = {
                name: _range(torch.stack([draw[i] for draw in found.draws]), axes) for i, name in enumerate(names)
            }
            controls.append(Control(name="other draws", why=OTHER_DRAWS.format(seed=self.seed), grids=ranges))
        if found.joint:
            grids["back"] = _back(found)
            grids["pair"] = _pairs(found, found.pairs)
            random = {"pair": _pairs(found, found.random)}
            controls.append(Control(name="random pairs", why=WHY_RANDOM.format(seed=self.seed), grids=random))
        return Result(study=self, grids=grids, controls=tuple(controls), done=done)


@dataclass
class _Found:
    """What was measured so far, by prompt: effects [prompt, layer, head], NaN where not yet."""

    cases: list[Case]
    direct: Tensor
    total: Tensor
    heads: tuple[Head, ...] = ()
    repairs: list[Repair] = field(default_factory=list)
    pairs: list[Heads] = field(default_factory=list)
    random: list[Heads] = field(default_factory=list)
    joint: list[dict[Heads, float]] = field(default_factory=list)
    draws: list[Tensor] = field(default_factory=list)
    """Direct and total effect with other draws, each [2, prompt, layer, head]."""


def head_name(head: Head) -> str:
    return f"L{head[0]}H{head[1]}"


def _last(model: Model, tokens: Tokens) -> Tensor:
    """What every head writes at the last position [layer, head, d_head]."""
    return values_and_logits(model, tokens, "z")[0][:, -1]


def _totals(model: Model, case: Case, total: Tensor, budget: float) -> Iterator[float]:
    """Fill in the total effect of every head [layer, head]: yields the share done after each trace."""
    flat, done = total.view(-1), 0
    every = [frozenset([divmod(i, total.shape[1])]) for i in range(flat.numel())]
    for part in losses(model, case, every, budget=budget):
        flat[done : done + len(part)] = part
        done += len(part)
        yield done / flat.numel()


def _strongest(effects: Tensor, count: int) -> tuple[Head, ...]:
    """The heads of largest effect [layer, head], the largest first."""
    order = effects.flatten().topk(min(count, effects.numel())).indices.tolist()
    return tuple((i // effects.shape[1], i % effects.shape[1]) for i in order)


def _ranks(effects: Tensor, first: Sequence[Head]) -> Tensor:
    """Numbers [layer, head] that put these heads first, in their order, and then others by their effect."""
    ranks = effects / (1 + effects.max())
    for n, (layer, head) in enumerate(first):
        ranks[layer, head] = 1 + len(first) - n
    return ranks


def _back(found: _Found) -> Grid:
    """Who brings back what, [head, by]."""
    heads = torch.stack([one.heads for one in found.repairs])  # [prompt, head, layer, head]
    size = heads.shape[-1]
    largest = heads.mean(0).abs().amax(0).flatten()
    named = sorted(i for i in largest.topk(min(LATER, len(largest))).indices.tolist() if largest[i] > 0)
    flat = heads.flatten(2)
    later = flat[..., named]
    others = (flat.sum(-1) - later.sum(-1))[..., None]
    mlps, norms = (torch.stack([getattr(one, name) for one in found.repairs]) for name in ("mlps", "norm"))
    parts = torch.cat([later, others, mlps, norms[..., None]], -1)
    by = (
        *(head_name(divmod(i, size)) for i in named),
        OTHERS,
        *(f"L{n} MLP" for n in range(mlps.shape[-1])),
        NORMS,
        SUM,
    )
    whole = torch.cat([parts, parts.sum(-1, keepdim=True)], -1)
    return _mean(whole, {"head": tuple(map(head_name, found.heads)), "by": by})


def _pairs(found: _Found, pairs: Sequence[Heads]) -> Grid:
    names = tuple(" + ".join(map(head_name, sorted(pair))) for pair in pairs)
    return _mean(torch.tensor([[joint[pair] for pair in pairs] for joint in found.joint]), {"pair": names})


def _mean(samples: Tensor, axes: dict[str, tuple[str, ...]]) -> Grid:
    """The mean over prompts [prompt, ...], with its interval where there are several."""
    return mean_grid(samples.cpu().numpy(), axes, "logits")


def _range(draws: Tensor, axes: dict[str, tuple[str, ...]]) -> Grid:
    """The mean over draws [draw, prompt, ...], and the lowest and highest of the draws."""
    by_draw = np.stack([_mean(draw, axes).values.numpy() for draw in draws])
    low, high = np.fmin.reduce(by_draw), np.fmax.reduce(by_draw)
    values = mean_grid(by_draw, axes, "logits").values
    return Grid(values=values, axes=axes, unit="logits", low=Array.of(low), high=Array.of(high))


BROUGHT: dict[Source, str] = {
    "zero": "brought = torch.zeros(len(lm.{blocks}), heads * size)",
    "mean": """\
texts = {texts}
brought = torch.cat([written(text)[:, 1:] for text in texts], 1).mean(1)  # position 0 is an attention sink""",
    "other prompt": "brought = written({corrupt!r})[:, -1]",
}

SCRIPT = """\
heads, size = {heads}, {size}

def difference(logits):
    return logits[:, {answer}] - logits[:, {foil}]

def written(text):
    ids = tokenizer(text, return_tensors="pt").input_ids
    with torch.no_grad():
        with lm.trace(ids, use_cache=False):
            z = nnsight.save([block.{o_proj}.input[0].clone() for block in lm.{blocks}])
    return torch.stack(z)  # what heads write, side by side, [layer, position, heads * size]

{brought}
ids = tokenizer({clean!r}, return_tensors="pt").input_ids
with torch.no_grad():
    with lm.trace(ids, use_cache=False, logits_to_keep=1):
        clean = nnsight.save(difference(lm.output.logits[:, -1]).clone())
    for layer in range(len(lm.{blocks})):
        with lm.trace(ids.expand(heads, -1), use_cache=False, logits_to_keep=1):
            z = lm.{blocks}[layer].{o_proj}.input
            for head in range(heads):  # row by row, another head is off at the last position
                part = slice(head * size, (head + 1) * size)
                z[head, -1, part] = brought[layer, part]
            total = nnsight.save((clean - difference(lm.output.logits[:, -1])).clone())
        print(layer, [round(x, 6) for x in total.tolist()])
"""

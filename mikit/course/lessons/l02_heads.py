"""Lesson 02, last part: heads that write for and against the answer, and what happens when one is off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mikit.course.lessons.l00_names import HEAD, my_names
from mikit.course.lessons.verdicts import as_head, no, yes
from mikit.course.plan import Context, Exercise, Verdict, Wrong
from mikit.methods.lens import logit_lens
from mikit.models.model import W_O, Model
from mikit.studies.base import run_study
from mikit.studies.direct_attribution import DirectAttribution
from mikit.studies.mute_heads import Head
from mikit.studies.names import name_pair
from mikit.studies.pairs import PromptPair
from mikit.trace.edits import Ablate
from mikit.trace.engine import capture, run
from mikit.trace.sites import Site

HELPER: Head = (23, 0)
"""Adds +0.8 to Mary less John directly; with it off nothing is lost."""

SILENT: Head = (20, 0)
"""Adds nearly nothing directly; with it off about 1 is lost."""

QUIET, MATTERS = 0.35, 0.5
"""Logits: a direct share that is small, and a loss that is not."""

BOTTOM = 5


def my_pair(context: Context) -> PromptPair:
    """The learner's own names, as in lesson 00, beside the prompt that calls for the other name."""
    mine = my_names(context)
    return name_pair(context.model(), mine.answer.strip(), mine.foil.strip())


def head_shares(model: Model, pair: PromptPair) -> np.ndarray[Any, Any]:
    """What each head adds directly to the answer less the foil, [layer, head]."""
    result = run_study(DirectAttribution(model=model.ref, pairs=(pair,), neurons=0), model)
    return result.grids["head"].values.numpy()


def switched_off(model: Model, pair: PromptPair, heads: Sequence[Head]) -> dict[Head, float]:
    """The logit difference on the original prompt with each head off by itself: it writes zeros at the last
    position, and all that comes after it is computed anew."""
    read = pair.read(model)
    found: dict[Head, float] = {}
    for start in range(0, len(heads), 9):
        some = heads[start : start + 9]
        rows = [[Ablate(site=Site(name="z", layer=layer, head=head, position=-1))] for layer, head in some]
        logits = run(model, read.clean, rows)
        found |= dict(zip(some, (logits[:, read.answer] - logits[:, read.foil]).tolist(), strict=True))
    return found


def loss_without(model: Model, pair: PromptPair, head: Head) -> float:
    """By how much the logit difference falls with the head off; below 0 where it rises."""
    read = pair.read(model)
    logits = run(model, read.clean, [[]])[0]
    return float(logits[read.answer] - logits[read.foil]) - switched_off(model, pair, [head])[head]


def lowered(model: Model, pair: PromptPair) -> Tensor:
    """For each head [layer, head], how many of the pair's two names it writes into the lowest five of all tokens when
    it looks at that name alone.

    Wang et al. 2022, section 3.1: the stream after the first MLP, read by the head's values and outputs, then by final
    norm and unembedding. Their negative copy score is the share of names for which this holds."""
    read = pair.read(model)
    first = Site(name="resid_post", layer=0)
    places = [read.positions[name] for name in ("IO", "S1")]
    stream, names = capture(model, read.clean, [first])[first][0, places], read.clean.ids[0, places]
    s, found = model.spec, []
    with torch.no_grad():
        for layer, block in enumerate(model.hf.model.layers):
            values = block.self_attn.v_proj(block.input_layernorm(stream)).view(2, s.kv_heads, s.d_head)
            values = values.repeat_interleave(s.heads // s.kv_heads, 1)
            logits = logit_lens(model, torch.einsum("nhd,hdm->nhm", values, W_O(model, layer)))
            own = logits.gather(-1, names[:, None, None].expand(2, s.heads, 1))
            found.append(((logits < own).sum(-1) < BOTTOM).sum(0))
    return torch.stack(found)


# -- E7: the head that writes most against the answer ----------------------------------------------------------------


def check_against(answer: Any, context: Context) -> Verdict:
    model = context.model()
    head = as_head(answer, model.spec.layers, model.spec.heads)
    if head is None:
        return no(
            "one head",
            f"Give one pair (layer, head). A flat index i is layer i // {model.spec.heads}, head i %"
            f" {model.spec.heads}.",
        )
    shares = head_shares(model, my_pair(context))
    name, share, lowest = f"L{head[0]}H{head[1]}", float(shares[head]), float(shares.min())
    if share > 0.05:
        about = (
            " It writes against the name that it looks at. Here that is the wrong name, so it helps."
            if head == HEAD
            else " Take the lowest share, not the highest."
        )
        return no("it writes against the answer", f"{name} adds {share:+.2f}: it writes for the answer.{about}")
    if share > lowest + 0.01:
        return no(
            "the lowest share of all",
            f"{name} adds {share:+.2f}. Another head adds {lowest:+.2f}: look at all 270, on your original prompt.",
        )
    return yes(
        f"{name} adds {share:+.2f}",
        "It writes against the very answer that the model gives. Other names, another head: ask before you generalise.",
    )


def _lowest(shares: np.ndarray[Any, Any], rank: int = 0) -> Head:
    layer, head = divmod(int(np.argsort(shares, axis=None)[rank]), shares.shape[1])
    return layer, head


E7 = Exercise(
    id="E7",
    title="Find the head that writes most against your answer",
    minutes=5,
    hints=(
        "The study gives one share for each of 270 heads, with its sign.",
        'Keep the rows of table where "from" is "effect": the others are the control. You want the smallest value.',
        'row = table[table["from"] == "effect"].nsmallest(1, "value").iloc[0]; against = (int(row.layer),'
        ' int(row["head"])).',
    ),
    check=check_against,
    ours=lambda c: _lowest(head_shares(c.model(), my_pair(c))),
    wrong=(
        Wrong(lambda c: _lowest(-head_shares(c.model(), my_pair(c))), "it writes for the answer"),
        Wrong(lambda c: HEAD, "against the name that it looks at"),
        Wrong(lambda c: _lowest(head_shares(c.model(), my_pair(c)), 5), "Another head adds"),
        Wrong(lambda c: int(head_shares(c.model(), my_pair(c)).argmin()), "A flat index"),
    ),
)

# -- E8: it adds nothing, and much depends on it ---------------------------------------------------------------------


def check_silent(answer: Any, context: Context) -> Verdict:
    model, pair = context.model(), my_pair(context)
    head = as_head(answer, model.spec.layers, model.spec.heads)
    if head is None:
        return no("one head", "Give one pair (layer, head), counted from 0, such as (7, 2).")
    name, share = f"L{head[0]}H{head[1]}", float(head_shares(model, pair)[head])
    if abs(share) > QUIET:
        return no(
            f"a direct share within {QUIET} of 0",
            f"{name} adds {share:+.2f}: direct attribution shows it. Find one that it does not show.",
        )
    if head[0] == model.spec.layers - 1:
        return no(
            f"a loss of {MATTERS} or more",
            f"{name} stands in the last layer: no later head can read what it writes. All it does is direct.",
        )
    lost = loss_without(model, pair, head)
    if lost < MATTERS:
        what = f"rises by {-lost:.2f}" if lost < 0 else f"falls by {lost:.2f}"
        return no(
            f"a loss of {MATTERS} or more",
            f"With {name} off, the logit difference {what}. Little depends on it: try another.",
        )
    return yes(
        f"{name} adds {share:+.2f}, and without it {lost:.2f} is lost",
        "What it writes is read by later parts, and they write the answer. A small direct share is no sign that a part"
        " does not matter.",
    )


E8 = Exercise(
    id="E8",
    title="Find the head that direct attribution overlooks",
    minutes=7,
    hints=(
        "It must stand before the heads that write the answer, and those stand in layers 23 to 29.",
        "Layers 18 to 22 are worth a look: 45 heads. switched_off(model, pair, heads) gives the number without each.",
        "heads = [(x, y) for x in range(18, 23) for y in range(9)]; off = switched_off(model, pair, heads); take"
        " min(quiet, key=off.get), where quiet are the heads with abs(shares[head]) < 0.35.",
    ),
    check=check_silent,
    ours=lambda c: SILENT,
    wrong=(
        Wrong(lambda c: HEAD, "direct attribution shows it"),
        Wrong(lambda c: (2, 7), "Little depends on it"),
        Wrong(lambda c: (29, 3), "no later head can read"),
        Wrong(lambda c: 20, "Give one pair"),
    ),
)

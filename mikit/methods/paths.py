"""Path patching: what one attention head sends to one place, and to nowhere else.

As Wang et al. 2022 define it (arXiv:2211.00593, appendix B): the sender's output is taken from the other prompt, every
other head's output is held at its value of the run that is patched, and MLPs and norms are computed anew. What then
differs at the receiver came there through the stream and the MLPs between, through no other head. Goldowsky-Dill et
al. 2023 (arXiv:2304.05969) call this the set of paths from sender to receiver that meet no attention.

The receiver is the logits, or the q, k or v of one head. What arrives at a head is then put into the run that is
patched, and everything above follows from it. With all heads held nothing moves between positions, so of what goes to
the logits only the last position is computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from torch import Tensor

from mikit.methods.patching import Index, Measure, Patched, exact, groups, patches, values_and_logits
from mikit.models.model import Model
from mikit.models.tokens import Tokens
from mikit.trace.arrays import Array
from mikit.trace.edits import Patch
from mikit.trace.engine import Past, rerun, rerun_to
from mikit.trace.sites import Site


@dataclass(frozen=True)
class Paths:
    """What path patching into one run needs: the run ``past``, each layer's heads as they were in it, ``held``, and
    every possible sender below the receiver, with what it brings, from the last layer down. Positions are those from
    ``since`` on."""

    past: Past
    receiver: Site
    since: int
    held: tuple[Patch, ...]
    senders: tuple[Patched, ...]
    other: Tensor
    """The last logits [vocab] of the run that senders bring their values from."""

    def edits(self, senders: Iterable[Patched]) -> list[Patch]:
        """One row: these senders changed, all other heads from the lowest of them up to the receiver held."""
        senders = list(senders)
        held = self.held[min(sender.layer for sender in senders) :]
        return [*held, *(Patch(site=sender.site, source=Array.of(sender.source)) for sender in senders)]


def paths(model: Model, past: Past, other: Tokens, receiver: Site, *, first: int) -> Paths:
    """From every head below ``receiver``: the site "logits", or "q", "k" or "v" of one head (k and v: of one key-value
    head). ``other`` is the prompt that senders bring their values from, ``first`` where it first differs.

    Raises UnknownSite, WrongDtype, Busy."""
    own, _ = values_and_logits(model, past.tokens, "z")
    brought, logits = values_and_logits(model, other, "z")
    since = first if receiver.layer is not None else own.shape[1] - 1
    top = len(own) if receiver.layer is None else receiver.layer
    held = tuple(Patch(site=Site(name="z", layer=n), source=Array.of(own[n, since:])) for n in range(top))
    senders = patches("z", "head", brought[:top], columns=(), since=since)
    return Paths(past, receiver, since, held, tuple(senders), logits)


def sent(
    model: Model, found: Paths, senders: Sequence[Patched], measure: Measure, *, budget: float
) -> Iterator[list[tuple[Index, float]]]:
    """Patch the path from each sender in turn, many to a trace: yields (sender, measure). ``budget``: tokens times
    layers of one trace. Raises what ``measure`` raises."""
    if found.receiver.layer is None:
        for group in groups(senders, model.spec.layers, found.past.tokens.ids.shape[1], budget):
            logits = rerun(model, found.past, [found.edits([cell]) for cell in group], since=found.since)
            yield list(zip((cell.index for cell in group), measure(logits).tolist(), strict=True))
        return
    for group in groups(senders, found.receiver.layer, found.past.tokens.ids.shape[1], budget):
        arrived = arrivals(model, found, [[cell] for cell in group])
        cells = [Patched(c.index, found.receiver, x, found.since) for c, x in zip(group, arrived, strict=True)]
        yield from exact(model, found.past, cells, measure, since=found.since, budget=budget)


def arrivals(model: Model, found: Paths, rows: Sequence[Sequence[Patched]]) -> list[Tensor]:
    """The receiving head's q, k or v [position, d_head], from ``since`` on, for each row of senders changed at once."""
    edits = [found.edits(senders) for senders in rows]
    return rerun_to(model, found.past, edits, found.receiver, since=found.since)

"""Scores of all edges at once: edge attribution patching, with or without integrated gradients.

Edge attribution patching (EAP: Syed et al. 2023, arXiv:2310.10348) estimates what cutting an edge does to a metric by a
straight line: the difference that its sender makes between two prompts, times the metric's slope at what its receiver
reads. EAP-IG (Hanna et al. 2024, arXiv:2403.17806) takes the mean slope over several embeddings between the two
prompts'. Receivers need no input of their own: the slope at a head's q, k or v is pulled back through that head's
weights and the norm before them, so one forward and one backward pass serve all edges."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from mikit.errors import BadPair, ShapeMismatch
from mikit.models.architectures import HeadValue, applied, at, input_matrix
from mikit.models.model import Model
from mikit.models.tokens import Tokens
from mikit.trace.engine import Metric, capture, value_and_grad
from mikit.trace.graph import graph_of, written
from mikit.trace.sites import Site

Slopes = dict[Site, tuple[Tensor, Tensor]]


def sender_values(model: Model, tokens: Tokens) -> Tensor:
    """What every sender writes to the stream in one prompt's run, [sender, T, d_model]: one trace. They add up to the
    last stream, less the biases. Raises ShapeMismatch for several prompts, WrongDtype, Busy."""
    if tokens.ids.shape[0] != 1:
        raise ShapeMismatch(f"One prompt's parts can be read at a time; {tokens.ids.shape[0]} were given.")
    layers = range(model.spec.layers)
    z, mlp = ([Site(name=name, layer=layer) for layer in layers] for name in ("z", "mlp_out"))
    embedding = Site(name="resid_pre", layer=0)
    found = capture(model, tokens, [embedding, *z, *mlp])
    values = [found[embedding]]
    with torch.no_grad():
        for layer in layers:
            values += [written(model, layer, found[z[layer]])[0], found[mlp[layer]]]
    return torch.cat(values)


def receiver_slopes(
    model: Model, tokens: Tokens, metric: Metric, *, embedding: Tensor | None = None
) -> Iterator[tuple[slice, Tensor]]:
    """d(metric) / d(stream that a receiver reads), [receiver, T, d_model], for the receivers of one layer at a time,
    with their places in the graph: one trace, forward and backward. The sum over all receivers above a layer is the
    slope at the stream that leaves it.

    ``embedding`` [1, T, d_model] enters layer 0 in place of the tokens'. Raises WrongDtype, Busy."""
    graph = graph_of(model.spec)
    found = value_and_grad(model, tokens, _read_sites(model), metric, embedding=embedding)
    blocks = at(model.hf, model.arch.blocks)
    for layer, block in enumerate(blocks):
        before = found[Site(name="resid_pre", layer=layer)][0]
        heads = torch.cat([_before_projection(model, block, layer, name, found) for name in ("q", "k", "v")])
        yield (
            slice(graph.read_by("q", layer).start, graph.read_by("v", layer).stop),
            _before_norm(at(block, model.arch.attn_norm), before, heads),
        )
        mid = before if model.spec.parallel else found[Site(name="resid_mid", layer=layer)][0]
        mlp = found[Site(name="mlp_in", layer=layer)][1]
        yield graph.read_by("mlp_in", layer), _before_norm(at(block, model.arch.mlp_norm), mid, mlp)
    last = model.spec.layers - 1
    yield graph.read_by("resid_post", last), found[Site(name="resid_post", layer=last)][1]


def edge_scores(model: Model, clean: Tokens, corrupt: Tokens, metric: Metric, *, steps: int = 1) -> Iterator[Tensor]:
    """How much lower the metric [1] is expected to be, in its own unit, when the corrupt prompt's value goes along an
    edge of the clean run: [receiver, sender], 0 where there is no edge.

    Yields after each of ``steps`` traces the mean so far; the first is EAP, its slope taken in the clean run, and the
    last EAP-IG, with slopes at k / steps of the way from the corrupt embedding to the clean one, k from ``steps`` down
    to 1. Raises ShapeMismatch, BadPair, WrongDtype, Busy."""
    first = first_apart(clean, corrupt)
    own, other = sender_values(model, clean), sender_values(model, corrupt)
    differ = (own - other)[:, first:].flatten(1)
    graph = graph_of(model.spec)
    total = differ.new_zeros(graph.edges.shape)
    for k in range(steps, 0, -1):
        embedding = torch.lerp(other[:1], own[:1], k / steps)
        for where, slope in receiver_slopes(model, clean, metric, embedding=embedding):
            reach = graph.reach(where)
            total[where, :reach] += slope[:, first:].flatten(1) @ differ[:reach].T
        yield total / (steps - k + 1)


def first_apart(clean: Tokens, corrupt: Tokens) -> int:
    """The first position at which two prompts differ. Raises ShapeMismatch where they are of different lengths, BadPair
    where they are the same."""
    if clean.ids.shape != corrupt.ids.shape or clean.ids.shape[0] != 1:
        raise ShapeMismatch(
            "Two prompts, one each way, must have as many tokens as each other; their ids have shapes"
            f" {tuple(clean.ids.shape)} and {tuple(corrupt.ids.shape)}."
        )
    apart = (clean.ids[0] != corrupt.ids[0]).nonzero()
    if not len(apart):
        raise BadPair("The two prompts are the same, so no edge can make a difference. Change one word in one.")
    return int(apart[0])


def _read_sites(model: Model) -> list[Site]:
    names = ["resid_pre", "q", "k", "v", "mlp_in", *([] if model.spec.parallel else ["resid_mid"])]
    sites = [Site.model_validate({"name": name, "layer": n}) for n in range(model.spec.layers) for name in names]
    return [*sites, Site(name="resid_post", layer=model.spec.layers - 1)]


def _before_projection(model: Model, block: nn.Module, layer: int, name: HeadValue, found: Slopes) -> Tensor:
    """The slope at what each head's projection reads, [head, T, d_model]."""
    slope = found[Site(name=name, layer=layer)][1][0]
    matrix, _ = input_matrix(at(block, getattr(model.arch, name)), name, slope.shape[1], model.arch.layout)
    return torch.einsum("thd,hmd->htm", slope, matrix)


def _before_norm(norm: nn.Module, value: Tensor, slopes: Tensor) -> Tensor:
    """Slopes [n, T, d_model] at a norm's output, as slopes at its input ``value`` [1, T, d_model]."""
    with torch.enable_grad():
        each = value.detach().expand_as(slopes).clone().requires_grad_()
        (before,) = torch.autograd.grad(applied(norm, each), each, slopes)
    return before

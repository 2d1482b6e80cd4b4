"""Where a site's value is in a running forward pass, and how its parts are read and written in place.

Called from inside the traces of ``engine``: ``lm`` is nnsight's wrapper, and reading ``.input`` or ``.output`` of its
modules hands over the real tensors, in forward order only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor

from mikit.errors import UnsupportedModel
from mikit.models.architectures import at, heads_of
from mikit.models.model import Model
from mikit.trace.edits import Placed
from mikit.trace.sites import ORDER, Site, SiteName

Key = tuple[SiteName, int | None]
"""(site name, layer): one tensor of a pass."""
Visit = Callable[[Key, Tensor], None]


# A pattern that is only read comes out of the attention module as a whole, after z.
_SWAPPED: dict[SiteName, SiteName] = {"pattern": "z", "z": "pattern"}
_REPORT_ORDER = tuple(_SWAPPED.get(name, name) for name in ORDER)


def key(site: Site) -> Key:
    return site.name, site.layer


def walk(model: Model, lm: Any, wanted: set[Key], visit: Visit, *, first: int = 0, live: bool = False) -> None:
    """Call ``visit(key, raw)`` for every wanted value of layers ``first`` on, as the pass reaches it; ``shaped``
    gives its site's shape.

    ``live``: of a pattern, hand over the tensor that the pass goes on to use, which can be changed and differentiated.
    """
    blocks = at(lm, model.arch.blocks)
    order = ORDER if live else _REPORT_ORDER
    for layer in sorted({layer for _, layer in wanted if layer is not None and layer >= first}):
        for name in order:
            if (name, layer) in wanted:
                visit((name, layer), _raw(model, blocks[layer], name, live))


def shaped(model: Model, raw: Tensor, name: SiteName) -> Tensor:
    """A module's tensor as the site's shape, a view of the same memory."""
    if name == "q" or name == "z":
        return heads_of(raw, name, model.spec.heads, model.arch.layout)
    if name == "k" or name == "v":
        return heads_of(raw, name, model.spec.kv_heads, model.arch.layout)
    return raw


def part(value: Tensor, site: Site) -> Tensor:
    """The part of a whole value [batch, ...] that a site names: its head, then its position."""
    return _cut(value, site, site.position if isinstance(site.position, int) else slice(None))


def edit(value: Tensor, placed: Sequence[Placed]) -> None:
    """Apply edits to a whole value, in place."""
    for change, row, where in placed:
        target = _cut(value[row : row + 1], change.site, where)[0]
        target.copy_(change.apply(target))


def embedding(model: Model, lm: Any) -> Any:
    """What enters block 0."""
    return at(lm, model.arch.embed).output


def look_through(model: Model, lm: Any, masks: Any) -> None:
    """Give the decoder its attention masks, one tensor or one a kind of layer. As an argument of the trace a
    dictionary would be taken for a batch."""
    decoder = at(lm, model.arch.blocks.rpartition(".")[0])
    args, kwargs = decoder.inputs
    decoder.inputs = args, {**kwargs, "attention_mask": masks}


def skip_to(model: Model, lm: Any, layer: int, resid: Tensor) -> None:
    """Do not compute the blocks below ``layer``; ``resid`` enters it."""
    blocks = at(lm, model.arch.blocks)
    for block in blocks[:layer]:
        block.skip(resid)
    if layer == 0:
        blocks[0].input = resid


def _cut(value: Tensor, site: Site, where: int | slice) -> Tensor:
    """A site's head, then the positions ``where`` (of a pattern: the queries), of a whole value [batch, ...]."""
    if site.head is not None:
        value = value[:, site.head] if site.name == "pattern" else value[:, :, site.head]
    by_query = site.name == "pattern" and site.head is None
    return value[:, :, where] if by_query else value[:, where]


def _raw(model: Model, block: Any, name: SiteName, live: bool) -> Any:
    arch = model.arch
    if name == "pattern":
        return _live_pattern(at(block, arch.attn)) if live else at(block, arch.attn).output[1]
    if name == "attn_out":
        output = at(block, arch.attn_out).output
        return output if arch.attn_out_index is None else output[arch.attn_out_index]
    if name == "resid_mid":
        assert arch.resid_mid is not None, "sites.check refuses it"
        return at(block, arch.resid_mid).input
    outputs = {"q": arch.q, "k": arch.k, "v": arch.v, "mlp_out": arch.mlp_out}
    inputs = {"z": arch.o_proj, "mlp_in": arch.mlp, "mlp_post": arch.mlp_down}
    if name in outputs:
        return at(block, outputs[name]).output
    if name in inputs:
        return at(block, inputs[name]).input
    return block.input if name == "resid_pre" else block.output


def _live_pattern(attn: Any) -> Any:
    """The pattern on its way to the values. ``attn.output[1]`` is a report of it: writing there changes nothing.

    The call that makes it has a number in its name that moves between versions of nnsight, so it is looked for.
    """
    calls = [name for name in attn.source.names if name.startswith("attention_interface")]
    for name in reversed(calls):
        inner = getattr(attn.source, name).source
        for op in getattr(inner, "names", ()):
            if "dropout" in op:
                return getattr(inner, op).output
    raise UnsupportedModel(
        "This model's attention hides its pattern, so it can be read but not changed. Load it with eager attention."
    )

"""The scripts behind "Code" of path patching. In plain nnsight there is that of one pair, judged by the logit
difference; the rest exists with mikit alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mikit.models.model import Model
from mikit.studies.base import Flavour
from mikit.studies.code import mikit_script, nnsight_script
from mikit.trace.sites import Site

if TYPE_CHECKING:
    from mikit.studies.path_patch import PathPatch

PATHS = """\
clean = tokenizer({clean!r}, return_tensors="pt").input_ids
corrupt = tokenizer({corrupt!r}, return_tensors="pt").input_ids
base, other = {order}
heads, size, top = {heads}, {size}, {top}

def difference(logits):
    return logits[:, {answer}] - logits[:, {foil}]

with torch.no_grad():
    with lm.trace(base, use_cache=False, logits_to_keep=1):
        held = nnsight.save([block.{o_proj}.input.clone() for block in lm.{blocks}])
        unpatched = nnsight.save(difference(lm.output.logits[:, -1]).clone())
    with lm.trace(other, use_cache=False):
        brought = nnsight.save([block.{o_proj}.input.clone() for block in lm.{blocks}])
    for sender in range(top):
        with lm.trace(base.expand(heads, -1), use_cache=False, logits_to_keep=1):
            for layer in range(sender, top):  # all heads are held, but for one in each row
                z = lm.{blocks}[layer].{o_proj}.input
                z[:] = held[layer]
                if layer == sender:
                    for head in range(heads):
                        part = slice(head * size, (head + 1) * size)
                        z[head, :, part] = brought[layer][0, :, part]
            {ends}
        print(sender, [round(x, 6) for x in effect.tolist()])
"""

TO_LOGITS = """effect = nnsight.save((difference(lm.output.logits[:, -1]) - unpatched).clone())"""

TO_HEAD = """\
arrived = nnsight.save(lm.{blocks}[top].{module}.output[..., {begin}:{end}].clone())
        with lm.trace(base.expand(heads, -1), use_cache=False, logits_to_keep=1):
            lm.{blocks}[top].{module}.output[..., {begin}:{end}] = arrived
            effect = nnsight.save((difference(lm.output.logits[:, -1]) - unpatched).clone())"""


def path_patch_script(study: PathPatch, model: Model, flavour: Flavour) -> str:
    if study.unrecordable:  # a function cannot be written down
        return ""
    if flavour == "mikit":
        return mikit_script(study, model, 'print(result.frame("path"))')
    if len(study.pairs) > 1 or study.metric != "logit difference" or study.senders:
        return ""
    pair, s, arch = study.pairs[0], model.spec, model.arch
    read = pair.read(model)
    body = PATHS.format(
        clean=pair.clean,
        corrupt=pair.corrupt,
        order="corrupt, clean" if study.direction == "denoise" else "clean, corrupt",
        heads=s.heads,
        size=s.d_head,
        top=s.layers if study.receiver.layer is None else study.receiver.layer,
        answer=read.answer,
        foil=read.foil,
        o_proj=arch.o_proj,
        blocks=arch.blocks,
        ends=_ends(study.receiver, model),
    )
    return nnsight_script(study.model, body)


def _ends(receiver: Site, model: Model) -> str:
    if receiver.layer is None:
        return TO_LOGITS
    assert receiver.head is not None, "PathPatch refuses it"
    part = ("q", "k", "v").index(receiver.name)
    column = {
        "separate": receiver.head,
        "thirds": part * model.spec.heads + receiver.head,
        "interleaved": 3 * receiver.head + part,
    }[model.arch.layout]
    size = model.spec.d_head
    return TO_HEAD.format(
        blocks=model.arch.blocks,
        module=getattr(model.arch, receiver.name),
        begin=column * size,
        end=(column + 1) * size,
    )

"""The scripts behind "Code" of the patching studies. In plain nnsight there are those of one pair, judged by the logit
difference, at values that are one module's input or output; the rest exists with mikit alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mikit.models.model import Model
from mikit.studies.base import Flavour
from mikit.studies.code import mikit_script, nnsight_script
from mikit.studies.pairs import PromptPair
from mikit.trace.sites import SiteName

if TYPE_CHECKING:
    from mikit.studies.attribution import Attribution
    from mikit.studies.dose import Dose
    from mikit.studies.patch_sweep import PatchSweep

PROMPTS = """\
clean = tokenizer({clean!r}, return_tensors="pt").input_ids
corrupt = tokenizer({corrupt!r}, return_tensors="pt").input_ids
base, other = {order}
length, blocks = base.shape[1], len(lm.{blocks})

def difference(logits):
    return logits[:, {answer}] - logits[:, {foil}]

"""

SWEEP = """\
with torch.no_grad():
    with lm.trace(other, use_cache=False):
        source = nnsight.save([block.{value}.clone() for block in lm.{blocks}])
    with lm.trace(base, use_cache=False, logits_to_keep=1):
        unpatched = nnsight.save(difference(lm.output.logits[:, -1]).clone())
    for layer in range(blocks):
        with lm.trace(base.expand(length, -1), use_cache=False, logits_to_keep=1):
            value = lm.{blocks}[layer].{value}
            for t in range(length):  # row t has position t patched
                value[t, t] = source[layer][0, t]
            effect = nnsight.save((difference(lm.output.logits[:, -1]) - unpatched).clone())
        print(layer, [round(x, 6) for x in effect.tolist()])
"""

ATTRIBUTION = """\
hf.requires_grad_(False)
with lm.trace(torch.cat([base, other]), use_cache=False, logits_to_keep=1):
    lm.{embed}.output.requires_grad_(True)
    values = [block.{value} for block in lm.{blocks}]
    slopes = torch.autograd.grad(difference(lm.output.logits[:1, -1]).sum(), values)
    found = nnsight.save([((v[1] - v[0]) * g[0]).sum(-1).detach() for v, g in zip(values, slopes)])
for layer in range(blocks):
    print(layer, [round(x, 6) for x in found[layer].tolist()])
"""

DOSE = """\
doses = torch.arange(17) / 16
with torch.no_grad():
    with lm.trace(other, use_cache=False):
        source = nnsight.save(lm.{blocks}[{layer}].{value}[0, {position}].clone())
    with lm.trace(base.expand(17, -1), use_cache=False, logits_to_keep=1):
        value = lm.{blocks}[{layer}].{value}
        value[:, {position}] += doses[:, None] * (source - value[:, {position}])
        logits = nnsight.save(lm.output.logits[:, -1].clone())
print([round(x, 6) for x in difference(logits).tolist()])
"""


def patch_sweep_script(study: PatchSweep, model: Model, flavour: Flavour) -> str:
    if flavour == "mikit":
        return _mikit(study, model, study.site)
    plain = len(study.pairs) == 1 and study.by == "position" and study.source == "other prompt" and not study.cells
    value = _value(model, study.site)
    if not plain or study.metric != "logit difference" or value is None:
        return ""
    body = SWEEP.format(blocks=model.arch.blocks, value=value)
    return nnsight_script(study.model, _prompts(model, study.pairs[0], study.direction) + body)


def attribution_script(study: Attribution, model: Model, flavour: Flavour) -> str:
    if flavour == "mikit":
        return _mikit(study, model, study.sites[0])
    value = _value(model, study.sites[0])
    plain = len(study.pairs) == 1 and study.by == "position" and len(study.sites) == 1
    if not plain or study.metric != "logit difference" or value is None:
        return ""
    body = ATTRIBUTION.format(blocks=model.arch.blocks, value=value, embed=model.arch.embed)
    return nnsight_script(study.model, _prompts(model, study.pairs[0], study.direction) + body)


def dose_script(study: Dose, model: Model, flavour: Flavour) -> str:
    if flavour == "mikit":
        return _mikit(study, model, "metric")
    value = _value(model, study.site)
    if study.metric != "logit difference" or value is None or study.head is not None or study.position is None:
        return ""
    named = study.pair.read(model).positions
    position = named[study.position] if isinstance(study.position, str) else study.position
    body = DOSE.format(blocks=model.arch.blocks, value=value, layer=study.layer, position=position)
    return nnsight_script(study.model, _prompts(model, study.pair, "denoise") + body)


def _mikit(study: PatchSweep | Attribution | Dose, model: Model, grid: str) -> str:
    if study.unrecordable:  # a function cannot be written down
        return ""
    return mikit_script(study, model, f'print(result.frame("{grid}"))')


def _value(model: Model, site: SiteName) -> str | None:
    """The site as an expression on a block, where it is a whole module's input or output."""
    arch = model.arch
    index = "" if arch.attn_out_index is None else f"[{arch.attn_out_index}]"
    found: dict[SiteName, str | None] = {
        "resid_pre": "input",
        "resid_post": "output",
        "resid_mid": arch.resid_mid and f"{arch.resid_mid}.input",
        "attn_out": f"{arch.attn_out}.output{index}",
        "mlp_out": f"{arch.mlp_out}.output",
        "mlp_in": f"{arch.mlp}.input",
        "mlp_post": f"{arch.mlp_down}.input",
        "z": f"{arch.o_proj}.input",
    }
    return found.get(site)


def _prompts(model: Model, pair: PromptPair, direction: str) -> str:
    read = pair.read(model)
    return PROMPTS.format(
        clean=pair.clean,
        corrupt=pair.corrupt,
        order="corrupt, clean" if direction == "denoise" else "clean, corrupt",
        blocks=model.arch.blocks,
        answer=read.answer,
        foil=read.foil,
    )

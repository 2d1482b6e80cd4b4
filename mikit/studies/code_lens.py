"""The scripts behind "Code" of lens and direct attribution; how such scripts are held to the truth stands in
``code``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mikit.methods.lens import softcap
from mikit.models.model import Model
from mikit.studies.code import nnsight_script

if TYPE_CHECKING:
    from mikit.studies.direct_attribution import DirectAttribution
    from mikit.studies.lens import LogitLens

LENS = """\
for text in {texts}:
    ids = tokenizer(text, return_tensors="pt").input_ids
    with torch.no_grad():
        with lm.trace(ids, use_cache=False):
            streams = nnsight.save([block.output[0, -1].clone() for block in lm.{blocks}])
        logits = hf.{unembed}(hf.{final_norm}(torch.stack(streams)))  # every layer read as if it were the last
{softcap}    print(repr(text))
    for layer, row in enumerate(logits):
        print(layer, repr(tokenizer.decode([int(row.argmax())])), round((row[{answer}] - row[{foil}]).item(), 6))
"""

SOFTCAP = "    logits = torch.tanh(logits / {cap}) * {cap}\n"

DIRECT = """\
norm, unembed = hf.{final_norm}, hf.{unembed}
found = []
for text, answer, foil in {prompts}:
    ids = tokenizer(text, return_tensors="pt").input_ids
    written = []  # what each part adds to the stream at the last position
    with torch.no_grad():
        with lm.trace(ids, use_cache=False):
            written.append(lm.{blocks}[0].input[0, -1].clone())
            for block in lm.{blocks}:
                written.append(block.{attn_out}.output{first}[0, -1].clone())
                written.append(block.{mlp_out}.output[0, -1].clone())
            last = nnsight.save(lm.{blocks}[-1].output[0, -1].clone())
            written = nnsight.save(written)
        parts = torch.stack(written)
{frozen}        row = unembed.weight[answer] - unembed.weight[foil]
        found.append(torch.cat([normed @ row, bias @ row]))
mean = torch.stack(found).mean(0)
for name, share in zip({labels}, mean.tolist()):
    print(name, round(share, 6))
print("sum", round(mean.sum().item(), 6))
"""

LAYER_NORM = """\
        scale = (last.var(unbiased=False) + norm.eps).rsqrt()  # frozen: this run's own
        normed = (parts - parts.mean(-1, keepdim=True)) * scale * norm.weight
        bias = norm.bias[None]
"""

RMS_NORM = """\
        scale = (last.pow(2).mean() + norm.{eps}).rsqrt()  # frozen: this run's own
        normed = parts * scale * {gain}
        bias = torch.zeros(1, parts.shape[1])
"""


def lens_script(study: LogitLens, model: Model, pair: tuple[int, int]) -> str:
    cap = softcap(model)
    return nnsight_script(
        study.model,
        LENS.format(
            texts=[study.prompt, study.control],
            blocks=model.arch.blocks,
            unembed=model.arch.unembed,
            final_norm=model.arch.final_norm,
            softcap=SOFTCAP.format(cap=cap) if cap else "",
            answer=pair[0],
            foil=pair[1],
        ),
    )


def direct_script(study: DirectAttribution, model: Model, ids: Sequence[tuple[int, int]], labels: Sequence[str]) -> str:
    """``labels``: of the parts, in the order of a pass."""
    arch = model.arch
    return nnsight_script(
        study.model,
        DIRECT.format(
            prompts=[(pair.clean, *both) for pair, both in zip(study.pairs, ids, strict=True)],
            labels=list(labels),
            first="" if arch.attn_out_index is None else f"[{arch.attn_out_index}]",
            frozen=_frozen(model),
            blocks=arch.blocks,
            attn_out=arch.attn_out,
            mlp_out=arch.mlp_out,
            final_norm=arch.final_norm,
            unembed=arch.unembed,
        ),
    )


def direct_mikit_script(study: DirectAttribution) -> str:
    pairs = "".join(f"    {pair!r},\n" for pair in study.pairs)
    return f"""\
import mikit
from mikit.studies.pairs import PromptPair

pairs = (
{pairs})
model = mikit.load({study.model.handle!r})
result = mikit.run_study(mikit.DirectAttribution(model=model.ref, pairs=pairs, neurons={study.neurons}), model)
print(result.grids["layer"].frame().to_string())
print(result.grids["logit difference"].frame())
"""


def _frozen(model: Model) -> str:
    """Lines that give ``normed`` [parts, d_model] and ``bias`` [1, d_model] with the final norm's scale frozen."""
    if model.arch.family in ("gpt2", "gpt_neox"):
        return LAYER_NORM
    if model.arch.family == "gemma":
        return RMS_NORM.format(eps="eps", gain="(1 + norm.weight)")
    return RMS_NORM.format(eps="variance_epsilon", gain="norm.weight")

"""The scripts behind "Code" of the studies over a finished dictionary. In plain nnsight there are those that read a
dictionary in SAELens' format at a block's output; the rest exists with mikit alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mikit.models.model import Model
from mikit.sae.dictionary import Config
from mikit.sae.evaluate import sites
from mikit.sae.formats import WEIGHTS
from mikit.sae.index import FILE
from mikit.sae.library import SHIPPED, folder_of
from mikit.studies.base import Flavour
from mikit.studies.code import nnsight_script

if TYPE_CHECKING:
    from mikit.studies.dictionary import DictionaryStudy
    from mikit.studies.feature_effect import FeatureEffect
    from mikit.studies.features_on_text import FeaturesOnText

MIKIT = """\
import mikit
from mikit.sae.library import ref_of

model = mikit.load({model!r})
dictionary = mikit.load_dictionary({dictionary!r})
study = mikit.{kind}({fields})
result = mikit.run_study(study, model)
{show}
"""

OPEN = """\
from safetensors.torch import load_file

sae = {{name: weight.float() for name, weight in load_file({file!r}).items()}}

def encode(x):
    z = {entering} @ sae["W_enc"] + sae["b_enc"]
    {activation}

ids = tokenizer({text!r}, return_tensors="pt").input_ids
layer = lm.{blocks}[{layer}]
with torch.no_grad():
    with lm.trace(ids, use_cache=False):
        x = nnsight.save(layer.output[0, 1:].clone())  # position 0 is left out
features = encode(x)  # [position - 1, feature]

"""

TOPK = """\
top = z.topk({k}, dim=-1)
    return torch.zeros_like(z).scatter(-1, top.indices, top.values.relu())"""

ON_TEXT = """\
peak = {peak}
strength = (features / peak).where(peak > 0, 0).amax(0)
for feature in {asked} + strength.topk({strongest}).indices.tolist():
    print(feature, [round(a, 6) for a in features[:, feature].tolist()])
"""

EFFECT = """\
doses = torch.tensor({doses})
change = {change}
with torch.no_grad():
    with lm.trace(ids.expand(len(doses), -1), use_cache=False, logits_to_keep=1):
        layer.output[:, 1:] += doses[:, None, None] * change
        logits = nnsight.save(lm.output.logits[:, -1].clone())
before, after = logits[0].log_softmax(-1), logits.log_softmax(-1)
print("KL", [round(d, 6) for d in (before.exp() * (before - after)).sum(-1).tolist()])
moves = logits - logits[0]
moves = moves - moves.mean(-1, keepdim=True)
for token in moves[doses == 1][0].abs().topk({moved}).indices.tolist():
    print(repr(tokenizer.decode([token])), [round(m, 6) for m in moves[:, token].tolist()])
"""


def features_on_text_script(study: FeaturesOnText, model: Model, flavour: Flavour, strongest: int) -> str:
    if flavour == "mikit":
        return mikit_script(study, 'print(result.frame("activation").to_string())')
    peak = "torch.ones(features.shape[1])"
    if study.index:
        peak = f'load_file({str(folder_of(study.dictionary.name) / FILE)!r})["peak"]'
    body = ON_TEXT.format(peak=peak, asked=list(study.features), strongest=min(strongest, study.dictionary.features))
    opened = _open(study, model, study.text)
    return opened and nnsight_script(study.model, opened + body)


def feature_effect_script(
    study: FeatureEffect, model: Model, flavour: Flavour, doses: Sequence[float], moved: int
) -> str:
    if flavour == "mikit":
        return mikit_script(study, 'print(result.frame("kl"))\nprint(result.frame("logit change").to_string())')
    direction = f'sae["W_dec"][{study.feature}]'
    change = f"-features[:, {study.feature}, None] * {direction}"
    if study.how == "boost":
        index = study.described()
        known = None if index is None else round(float(index.peak[study.feature]), 6)
        change = f"{known or f'features[:, {study.feature}].max()'} * {direction}"
    opened = _open(study, model, study.prompt)
    body = EFFECT.format(doses=list(doses), change=change, moved=min(moved, model.spec.vocab))
    return opened and nnsight_script(study.model, opened + body)


def mikit_script(study: DictionaryStudy, show: str) -> str:
    """With mikit; "" for a study that another session cannot run."""
    if study.unrecordable:
        return ""
    given = study.model_dump(exclude={"kind", "model", "dictionary", "index"}, exclude_defaults=True)
    fields = [f"{name}={value!r}" for name, value in given.items()]
    return MIKIT.format(
        model=study.model.handle,
        dictionary=study.dictionary.handle,
        kind=type(study).__name__,
        fields=", ".join(["model=model.ref", "dictionary=ref_of(dictionary)", *fields]),
        show=show,
    )


def _open(study: DictionaryStudy, model: Model, text: str) -> str:
    """Lines that read the dictionary's file and set ``ids``, ``x`` and ``features``; "" where there are none."""
    dictionary = study.fitting(model)
    config, (site, _) = dictionary.config, sites(dictionary)
    name = study.dictionary.handle
    file = (folder_of(name) if name in SHIPPED else Path(name).expanduser().resolve()) / WEIGHTS
    plain = config.activation != "batchtopk" and config.normalise == "none" and not config.transcoder
    if study.unrecordable or not plain or site.name != "resid_post" or not file.is_file():
        return ""
    return OPEN.format(
        file=str(file),
        entering='(x - sae["b_dec"])' if config.subtract_b_dec else "x",
        activation=_activation(config),
        text=text,
        blocks=model.arch.blocks,
        layer=site.layer,
    )


def _activation(config: Config) -> str:
    if config.activation == "topk":
        return TOPK.format(k=config.k)
    return "return z.relu()" + (' * (z > sae["threshold"])' if config.activation == "jumprelu" else "")

"""The scripts behind "Code" of the steering studies. In plain nnsight a text can be steered along a difference of means
over text pairs; along other arrows with mikit alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mikit.methods.scores import WORD, pattern
from mikit.models.model import Model
from mikit.studies.base import Flavour
from mikit.studies.code import mikit_script, nnsight_script, prompt_ids
from mikit.studies.directions import NORM_TEXTS, PairDirection
from mikit.studies.side_effects import neutral
from mikit.studies.texts import ORDINARY

if TYPE_CHECKING:
    from mikit.studies.find_direction import FindDirection
    from mikit.studies.rate_blind import RateBlind
    from mikit.studies.steer_dose import SteerDose
    from mikit.studies.steer_text import SteerText
    from mikit.studies.steering import Steering

SHOW_TEXTS = """\
for name in ("unsteered 0", "steered 0"):
    print(name, repr("".join(result.texts[name])))
print(result.frame("change"))"""

SHOW_DOSES = """\
for name in ("score", "surprise", "repetition", "kl", "norm ratio"):
    print(name, result.grids[name].unit)
    print(result.frame(name).to_string())"""

SHOW_PICKED = """\
print(result.frame("picked"))
print(result.frame("answered"))"""

STEER_DOSE = """\
import re

from transformers import DynamicCache

doses = torch.tensor({doses})
plus, minus, word = {plus!r}, {minus!r}, {word!r}
ends = {ends}
prompts = []
{prompts}
def score(text):
    text = " ".join(text.casefold().replace("\\u2019", "'").split())
    words = len(re.findall(word, text))
    return 100 * (len(re.findall(plus, text)) - len(re.findall(minus, text))) / words if words else float("nan")

scores = []
for n, ids in enumerate(prompts):
    for sample in range({samples}):
        luck = torch.Generator().manual_seed({luck} + n * {samples} + sample)
        cache, new, since, written = DynamicCache(config=hf.config), ids.repeat(len(doses), 1), {since}, []
        for _ in range({length}):
            with torch.no_grad():
                with lm.trace(new, past_key_values=cache, use_cache=True):
                    for layer, arrow, norm in zip({layers}, arrows, norms):
                        x = lm.{blocks}[layer].output[:, since:]
                        {edit}
                    logits = nnsight.save(lm.output.logits[:, -1].clone())
            {pick}
            since, new = max(since - new.shape[1], 0), chosen[:, None]
            written.append(chosen)
        rows = torch.stack(written, dim=1).tolist()
        rows = [row[: next((i for i, token in enumerate(row) if token in ends), len(row))] for row in rows]
        scores.append([score(tokenizer.decode(row)) for row in rows])
divergence = 0
neutral = {neutral}
for text in neutral:
    ids = tokenizer(text, return_tensors="pt").input_ids[:, :{tokens}].repeat(1 + len(doses), 1)
    with torch.no_grad():
        with lm.trace(ids, use_cache=False):
            for layer, arrow, norm in zip({layers}, arrows, norms):
                x = lm.{blocks}[layer].output[1:, 1:]  # row 0 as it is
                {edit}
            logits = nnsight.save(lm.output.logits[:, 1:].clone())
    before, after = logits[:1].log_softmax(-1), logits[1:].log_softmax(-1)
    divergence = divergence + (before.exp() * (before - after)).sum(-1).mean(-1) / len(neutral)
print("dose, score, KL")
for dose, found, kl in zip(doses.tolist(), torch.tensor(scores).nanmean(0).tolist(), divergence.tolist()):
    print(round(dose, 6), round(found, 6), round(kl, 6))
"""

EDIT_ROWS = {
    "add": "x += doses[:, None, None] * norm * arrow",
    "project": "x -= doses[:, None, None] * (x @ arrow)[..., None] * arrow",
}

ARROWS = """\
plus = {plus}
minus = {minus}
ordinary = {ordinary}

def streams(text):  # after each steered layer, position 0 left out: it is a sink of attention
    ids = tokenizer(text, return_tensors="pt").input_ids
    with torch.no_grad():
        with lm.trace(ids, use_cache=False):
            found = nnsight.save([lm.{blocks}[layer].output[0, 1:].clone() for layer in {layers}])
    return found

def means(texts):
    return torch.stack([torch.stack([x.mean(0) for x in streams(text)]) for text in texts]).mean(0)

arrows = means(plus) - means(minus)  # [layer, d_model]
arrows /= arrows.norm(dim=1, keepdim=True)
read = [streams(text) for text in ordinary]
norms = [torch.cat([found[i] for found in read]).norm(dim=1).mean() for i in range(len(arrows))]

"""

STEER_TEXT = """\
luck = torch.Generator().manual_seed({luck})
ends = {ends}
start = ids.shape[1]
ids = ids.repeat(2, 1)  # row 0 as it is, row 1 steered
for _ in range({length}):
    with torch.no_grad():
        with lm.trace(ids, use_cache=False):
            for layer, arrow, norm in zip({layers}, arrows, norms):
                x = lm.{blocks}[layer].output[1, {since}:]
                {edit}
            logits = nnsight.save(lm.output.logits[:, -1].clone())
    {pick}
    ids = torch.cat([ids, chosen[:, None]], dim=1)
for name, row in zip(["unsteered 0", "steered 0"], ids[:, start:].tolist()):
    n = next((i for i, token in enumerate(row) if token in ends), len(row))
    print(name, repr(tokenizer.decode(row[:n])))
"""

EDIT = {"add": "x += {dose} * norm * arrow", "project": "x -= {dose} * (x @ arrow)[:, None] * arrow"}


FIND_DIRECTION = """\
plus = {plus}
minus = {minus}
ordinary = {ordinary}

def streams(text):  # after each layer, [layer, position, d_model]
    ids = tokenizer(text, return_tensors="pt").input_ids
    with torch.no_grad():
        with lm.trace(ids, use_cache=False):
            found = nnsight.save([block.output[0].clone() for block in lm.{blocks}])
    return torch.stack(found)

def means(x):  # over the positions that count, with position 0 among them and without
    return torch.stack([torch.cat([x[:, :1], x[:, {first}:]], dim=1).mean(1), x[:, {first}:].mean(1)])

def arrow(plus, minus):
{arrow}
read = [[streams(text) for text in side] for side in (plus, minus)]
first = torch.stack([x[:, 0] for side in read for x in side]).mean(0)
x, y = (torch.stack([means(x) for x in side]) for side in read)  # [pair, 2, layer, d_model]
norms = torch.cat([streams(text)[:, 1:].norm(dim=-1) for text in ordinary], dim=1).mean(1)
apart = (x - y).mean(0)
length = apart.norm(dim=-1) / norms
sink = torch.cosine_similarity(apart, first, dim=-1).abs()
others = [[i for i in range(len(plus)) if i != n] for n in range(len(plus))]
for layer in range(len(norms)):
    a, b = x[:, {counted}, layer], y[:, {counted}, layer]
    told = [float((a[n] - b[n]) @ arrow(a[rest], b[rest]) > 0) for n, rest in enumerate(others)]
    numbers = [*length[:, layer].tolist(), *sink[:, layer].tolist(), sum(told) / len(told)]
    print(layer, *(round(number, 6) for number in numbers))
"""

ARROW = {
    "mean": "    return plus.mean(0) - minus.mean(0)\n",
    "pca": """\
    apart = plus - minus
    line = torch.linalg.svd(apart, full_matrices=False).Vh[0]
    return line * (apart @ line).sum().sign()
""",
    "probe": """\
    from sklearn.linear_model import LogisticRegression

    both = torch.cat([plus, minus]).double()
    spread = both.std(0, correction=0)
    scale = torch.where(spread > 0, 1 / spread, 0)
    labels = [1] * len(plus) + [0] * len(minus)
    fitted = LogisticRegression(tol=1e-8, max_iter=1000).fit(((both - both.mean(0)) * scale).numpy(), labels)
    return (torch.from_numpy(fitted.coef_[0]) * scale).float()
""",
}

SHOW_FOUND = """\
for grid in ("length", "sink", "told apart"):
    print(result.frame(grid).to_string())"""


def find_direction_script(study: FindDirection, model: Model, flavour: Flavour) -> str:
    if flavour == "mikit":
        return mikit_script(study, model, SHOW_FOUND)
    direction = study.direction
    body = FIND_DIRECTION.format(
        plus=_lines(direction.plus),
        minus=_lines(direction.minus),
        ordinary=_lines(NORM_TEXTS),
        blocks=model.arch.blocks,
        first=max(direction.first, 1),
        arrow=ARROW[direction.how],
        counted=int(direction.first > 0),
    )
    return nnsight_script(study.model, body)


def steer_text_script(study: SteerText, model: Model, flavour: Flavour) -> str:
    if flavour == "mikit":
        return mikit_script(study, model, SHOW_TEXTS)
    steering = study.steering
    if not _plain(steering):
        return ""
    body = STEER_TEXT.format(
        luck=study.luck(0),
        ends=sorted(model.end_ids()),
        length=study.length,
        layers=list(steering.layers),
        blocks=model.arch.blocks,
        since=steering.since,
        edit=EDIT[steering.how].format(dose=study.dose),
        pick=_pick(study.temperature, 4),
    )
    return nnsight_script(study.model, arrows_script(steering, model) + prompt_ids(study.prompt) + body)


def steer_dose_script(study: SteerDose, model: Model, flavour: Flavour) -> str:
    if flavour == "mikit":
        return mikit_script(study, model, SHOW_DOSES)
    steering = study.steering
    if not _plain(steering):
        return ""
    prompts = "".join(f"{prompt_ids(prompt)}prompts.append(ids)\n" for prompt in study.prompts)
    body = STEER_DOSE.format(
        prompts=prompts,
        doses=list(study.doses),
        plus=pattern(study.score.plus),
        minus=pattern(study.score.minus),
        word=WORD,
        ends=sorted(model.end_ids()),
        samples=study.samples,
        luck=study.luck(0, 0),
        since=steering.since,
        length=study.length,
        layers=list(steering.layers),
        blocks=model.arch.blocks,
        edit=EDIT_ROWS[steering.how],
        pick=_pick(study.temperature, 12),
        neutral=_lines(ORDINARY),
        tokens=neutral(model).shape[1],
    )
    return nnsight_script(study.model, arrows_script(steering, model) + body)


def rate_blind_script(study: RateBlind, model: Model, flavour: Flavour) -> str:
    return mikit_script(study, model, SHOW_PICKED) if flavour == "mikit" else ""


def arrows_script(steering: Steering, model: Model) -> str:
    """Lines that set ``arrows`` [layer, d_model] and ``norms`` for each steered layer."""
    direction = steering.direction
    assert isinstance(direction, PairDirection)
    return ARROWS.format(
        plus=_lines(direction.plus),
        minus=_lines(direction.minus),
        ordinary=_lines(NORM_TEXTS),
        blocks=model.arch.blocks,
        layers=list(steering.layers),
    )


def _pick(temperature: float, indent: int) -> str:
    """Lines that set ``chosen`` [row], the second one indented."""
    if not temperature:
        return "chosen = logits.argmax(-1)"
    return (
        "gumbel = -torch.empty(logits.shape[1]).exponential_(generator=luck).log()  # argmax of both: a draw\n"
        f"{' ' * indent}chosen = (logits / {temperature} + gumbel).argmax(-1)"
    )


def _plain(steering: Steering) -> bool:
    """Whether the arrow can be told in a few lines of plain PyTorch."""
    direction = steering.direction
    return isinstance(direction, PairDirection) and direction.how == "mean" and direction.first == 1


def _lines(texts: tuple[str, ...]) -> str:
    return "[\n" + "".join(f"    {text!r},\n" for text in texts) + "]"

"""The few lines of Python that give a study's numbers again: by mikit, or by plain nnsight with nothing of ours but
the lock.

The tests run every script in a process of its own and compare its numbers with the study's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import indent
from typing import TYPE_CHECKING

from pydantic import BaseModel

from mikit.models.model import Model, ModelRef
from mikit.studies.prompts import ChatPrompt, Prompt, TextPrompt

if TYPE_CHECKING:
    from mikit.studies.attention import AttentionPatterns
    from mikit.studies.base import Study
    from mikit.studies.be_the_head import AttendEach, PlaceAttention
    from mikit.studies.head_scores import HeadScores
    from mikit.studies.mute_heads import MuteHeads

WIDTH = 100
"""Longer calls are broken into lines."""

OPEN = """\
import nnsight
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

import mikit
from mikit.models.sources import find

folder = find({handle!r}).folder
with mikit.exclusive():  # nnsight is not thread-safe: live views wait until this is done
    tokenizer = AutoTokenizer.from_pretrained(folder)
    hf = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()
    lm = nnsight.TransformersModel(hf, tokenizer=tokenizer, task="text-generation")
"""

RANDOM_IDS = """\
special = set(tokenizer.all_special_ids) | set(tokenizer.added_tokens_decoder)
plain = torch.tensor([i for i in range(len(tokenizer)) if i not in special])

def random_ids(length, seed):
    return plain[torch.randperm(len(plain), generator=torch.Generator().manual_seed(seed))[:length]]

"""

ATTENTION = """\
with torch.no_grad():
    with lm.trace(ids, use_cache=False):
        patterns = nnsight.save([block.{attn}.output[1].clone() for block in lm.{blocks}])
        logits = nnsight.save(lm.output.logits[0, -1].clone())
top = logits.softmax(-1).topk(5)
for share, i in zip(top.values.tolist(), top.indices.tolist()):
    print(repr(tokenizer.decode([i])), round(share, 6))
"""

HEAD_SCORES = """\
n, total = {length}, 0
for seed in range({seed}, {stop}):
    once = random_ids(n, seed)
    ids = torch.cat([once, once])[None]
    with torch.no_grad():
        with lm.trace(ids, use_cache=False):
            patterns = nnsight.save([block.{attn}.output[1][0].clone() for block in lm.{blocks}])
    pattern = torch.stack(patterns)  # [layer, head, query, key]
    queries = torch.arange(n, 2 * n)
    total = total + pattern[..., queries, queries - n + 1].mean(-1)  # the key after the previous occurrence
top = (total / {seeds}).flatten().topk(8)
for share, i in zip(top.values.tolist(), top.indices.tolist()):
    print(f"L{{i // total.shape[1]}}H{{i % total.shape[1]}}", round(share, 6))
"""

MUTE_HEADS = """\
off = {off}  # layer: heads
with torch.no_grad():
    with lm.trace(ids.repeat(2, 1), use_cache=False):  # row 0 as is, row 1 with the heads off
        for layer, heads in off.items():
            z = lm.{blocks}[layer].{o_proj}.input  # the heads' outputs side by side, before they are mixed
            for head in heads:
                z[1, :, head * {size} : (head + 1) * {size}] = 0
        logits = nnsight.save(lm.output.logits[:, {first} - 1 : -1].clone())
targets = ids[0, {first}:]
nats = -logits.log_softmax(-1)[:, torch.arange(len(targets)), targets]
hit = logits.argmax(-1) == targets
for row, name in enumerate(["as is", "switched off"]):
    print(f"{{name}}: {{nats[row].mean():.6f}} nats a token, guessed {{hit[row].sum()}} of {{len(targets)}}")
"""

LIVE_PATTERN = """\
# The pattern on its way to the values; the one in .output[1] is a report, and writing there changes nothing.
attn = lm.{blocks}[{layer}].{attn}.source
call = [name for name in attn.names if name.startswith("attention_interface")][-1]
inner = getattr(attn, call).source
pattern = getattr(inner, next(name for name in inner.names if "dropout" in name))
"""

PLACE_ATTENTION = """\
length = ids.shape[1]
placed = torch.tensor({shares})
rows = torch.stack([placed, torch.full((length,), 1 / length), torch.eye(length)[0]])
with torch.no_grad():
    with lm.trace(ids.repeat(4, 1), use_cache=False):  # row 0 as is, then placed, even, first token
{live}        pattern.output[1:, {head}, -1] = rows
        logits = nnsight.save(lm.output.logits[:, -1].clone())
for name, row in zip(["real head", "placed", "spread evenly", "all on the first"], logits):
    print(name, round((row[{answer}] - row[{foil}]).item(), 6))
top = logits[1].softmax(-1).topk(5)
for share, i in zip(top.values.tolist(), top.indices.tolist()):
    print(repr(tokenizer.decode([i])), round(share, 6))
"""

ATTEND_EACH = """\
length = ids.shape[1]
with torch.no_grad():
    with lm.trace(ids.repeat(length, 1), use_cache=False):  # one row for each token
{live}        pattern.output[:, {head}, -1] = torch.eye(length)
        logits = nnsight.save(lm.output.logits[:, -1].clone())
for i, row in zip(ids[0].tolist(), logits):
    print(repr(tokenizer.decode([i])), round((row[{answer}] - row[{foil}]).item(), 6))
"""


def mikit_script(study: Study, model: Model, show: str) -> str:
    """Load, run, show. ``show`` prints from ``result``."""
    fields = [
        f"{name}={_literal(value)}" for name, value in study if name not in ("kind", "model") and _is_set(study, name)
    ]
    imports = sorted(
        {
            f"from {type(part).__module__} import {type(part).__name__}"
            for _, value in study
            for part in _parts(value)
            if not isinstance(part, ModelRef)
        }
    )
    call = _call(f"mikit.{type(study).__name__}", ["model=model.ref", *fields])
    return "\n".join(
        [
            "import mikit",
            *imports,
            "",
            f"model = mikit.load({study.model.handle!r})",
            f"result = mikit.run_study({call}, model)",
            show,
            "",
        ]
    )


def attention_script(study: AttentionPatterns, model: Model) -> str:
    body = ATTENTION.format(attn=model.arch.attn, blocks=model.arch.blocks)
    return nnsight_script(study.model, prompt_ids(study.prompt) + body)


def head_scores_script(study: HeadScores, model: Model) -> str:
    body = HEAD_SCORES.format(
        length=study.length,
        seed=study.seed,
        stop=study.seed + study.seeds,
        seeds=study.seeds,
        attn=model.arch.attn,
        blocks=model.arch.blocks,
    )
    return nnsight_script(study.model, RANDOM_IDS + body)


def mute_heads_script(study: MuteHeads, model: Model) -> str:
    off: dict[int, list[int]] = {}
    for layer, head in study.heads:
        off.setdefault(layer, []).append(head)
    first = study.prompt.scored_from(study.prompt.tokens(model))
    body = MUTE_HEADS.format(
        off=off, blocks=model.arch.blocks, o_proj=model.arch.o_proj, size=model.spec.d_head, first=first
    )
    return nnsight_script(study.model, prompt_ids(study.prompt) + body)


def place_attention_script(study: PlaceAttention, model: Model, pair: tuple[int, int]) -> str:
    return _of_one_head(PLACE_ATTENTION, study, model, pair, shares=list(study.shares))


def attend_each_script(study: AttendEach, model: Model, pair: tuple[int, int]) -> str:
    return _of_one_head(ATTEND_EACH, study, model, pair)


def _of_one_head(
    template: str, study: PlaceAttention | AttendEach, model: Model, pair: tuple[int, int], **more: object
) -> str:
    live = LIVE_PATTERN.format(blocks=model.arch.blocks, attn=model.arch.attn, layer=study.layer)
    body = template.format(live=indent(live, 8 * " "), head=study.head, answer=pair[0], foil=pair[1], **more)
    return nnsight_script(study.model, prompt_ids(study.prompt) + body)


def nnsight_script(ref: ModelRef, body: str) -> str:
    return OPEN.format(handle=ref.handle) + indent(body, "    ")


def prompt_ids(prompt: Prompt) -> str:
    """Lines that set ``ids`` [1, T]."""
    if isinstance(prompt, TextPrompt):
        return f'ids = tokenizer({prompt.text!r}, return_tensors="pt").input_ids\n'
    if isinstance(prompt, ChatPrompt):
        turn = [{"role": "user", "content": prompt.text}]
        return (
            f"text = tokenizer.apply_chat_template({turn!r}, tokenize=False, add_generation_prompt=True)\n"
            'ids = tokenizer(text, add_special_tokens=False, return_tensors="pt").input_ids\n'
        )
    return f"{RANDOM_IDS}once = random_ids({prompt.length}, seed={prompt.seed})\nids = torch.cat([once, once])[None]\n"


def _parts(value: object) -> Iterator[BaseModel]:
    """The models in a value, itself among them, as far as a script must name them."""
    if isinstance(value, BaseModel):
        yield value
        value = tuple(getattr(value, name) for name in type(value).model_fields if _is_set(value, name))
    for part in value if isinstance(value, tuple) else ():
        yield from _parts(part)


def _literal(value: object) -> str:
    if isinstance(value, BaseModel):
        fields = [f"{name}={_literal(field)}" for name, field in value if name != "kind" and _is_set(value, name)]
        return _call(type(value).__name__, fields)
    if isinstance(value, tuple):
        return _call("", [_literal(part) for part in value], alone=",")
    return repr(value)


def _call(name: str, fields: Sequence[str], alone: str = "") -> str:
    """``name(fields)``, on several lines where one would be long; ``alone`` follows a single field."""
    line = f"{name}({', '.join(fields)}{alone if len(fields) == 1 else ''})"
    if len(line) <= WIDTH and "\n" not in line:
        return line
    return f"{name}(\n{indent(''.join(f'{field},' + chr(10) for field in fields), '    ')})"


def _is_set(value: BaseModel, name: str) -> bool:
    """Whether a field differs from its default, and so must be written down."""
    field = type(value).model_fields[name]
    return field.is_required() or getattr(value, name) != field.get_default()

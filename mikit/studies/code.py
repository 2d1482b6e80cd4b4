"""The few lines of Python that give a study's numbers again: by mikit, or by plain nnsight with nothing of ours but the lock.

The tests run every script in a process of its own and compare its numbers with the study's.
"""

from __future__ import annotations

from textwrap import dedent, indent
from typing import TYPE_CHECKING

import torch

from mikit.models.model import Model, ModelRef

if TYPE_CHECKING:
    from mikit.studies.attention import AttentionPatterns
    from mikit.studies.base import Study
    from mikit.studies.head_scores import HeadScores
    from mikit.studies.mute_heads import MuteHeads


def mikit_script(study: Study, model: Model, show: str) -> str:
    """Load, run, show. ``show`` prints from ``result``."""
    fields = [f"{name}={value!r}" for name, value in study if name not in ("kind", "model") and value != _default(study, name)]
    prompts = sorted({type(value).__name__ for _, value in study if type(value).__name__.endswith("Prompt")})
    imports = [f"from mikit.studies.prompts import {', '.join(prompts)}"] if prompts else []
    arguments = ", ".join(["model=model.ref", *fields])
    return "\n".join(
        [
            "import mikit",
            *imports,
            "",
            f'model = mikit.load("{study.model.handle}")',
            f"result = mikit.run_study(mikit.{type(study).__name__}({arguments}), model)",
            show,
            "",
        ]
    )


def attention_script(study: AttentionPatterns, model: Model) -> str:
    body = f"""
        ids = torch.tensor({study.prompt.tokens(model).ids.tolist()})
        with torch.no_grad():
            with lm.trace(ids, use_cache=False):
                patterns = [nnsight.save(block.{model.arch.attn}.output[1].clone()) for block in lm.{model.arch.blocks}]
                logits = nnsight.save(lm.output.logits[0, -1].clone())
        top = logits.softmax(-1).topk(5)
    """
    return _nnsight(
        study.model,
        body,
        """
        for share, i in zip(top.values.tolist(), top.indices.tolist()):
            print(repr(tokenizer.decode([i])), round(share, 6))
        """,
    )


def head_scores_script(study: HeadScores, model: Model) -> str:
    sequences = torch.stack([study.sequences(model, s)[0] for s in range(study.seeds)])
    body = f"""
        n = {study.length}
        total = 0
        for ids in torch.tensor({sequences.tolist()}):  # {study.seeds} sequences of n random tokens, said twice
            with torch.no_grad():
                with lm.trace(ids[None], use_cache=False):
                    patterns = [nnsight.save(block.{model.arch.attn}.output[1][0].clone()) for block in lm.{model.arch.blocks}]
            pattern = torch.stack(patterns)  # [layer, head, query, key]
            queries = torch.arange(n, 2 * n)
            total = total + pattern[..., queries, queries - n + 1].mean(-1)  # the token after the previous occurrence
        scores = total / {study.seeds}
    """
    return _nnsight(
        study.model,
        body,
        """
        for score, i in zip(*(x.tolist() for x in scores.flatten().topk(8))):
            print(f"L{i // scores.shape[1]}H{i % scores.shape[1]}", round(score, 6))
        """,
    )


def mute_heads_script(study: MuteHeads, model: Model) -> str:
    tokens = study.prompt.tokens(model)
    first = study.prompt.scored_from(tokens)
    size = model.spec.d_head
    off = "\n".join(
        f"                    z = lm.{model.arch.blocks}[{layer}].{model.arch.o_proj}.input\n"
        f"                    z[1, :, {head * size}:{(head + 1) * size}] = 0  # L{layer}H{head}"
        for layer, head in study.heads
    )
    body = f"""
        ids = torch.tensor({tokens.ids.tolist()})
        with torch.no_grad():
            with lm.trace(ids.expand(2, -1), use_cache=False):  # row 0 as is, row 1 with the heads off
                {off.strip() or "pass"}
                logits = nnsight.save(lm.output.logits[:, {first - 1}:-1].clone())
        targets = ids[0, {first}:]
        nats = -logits.log_softmax(-1)[:, torch.arange(len(targets)), targets]
        hit = logits.argmax(-1) == targets
    """
    return _nnsight(
        study.model,
        body,
        """
        for row, name in enumerate(["as is", "switched off"]):
            print(name, round(nats[row].mean().item(), 6), "nats a token, guessed", hit[row].sum().item(), "of", len(targets))
        """,
    )


def _nnsight(ref: ModelRef, body: str, show: str) -> str:
    head = f"""\
import nnsight
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

import mikit
from mikit.models.sources import folder_for

folder = folder_for("{ref.handle}")
with mikit.exclusive():  # nnsight is not thread-safe: live views wait until this is done
    tokenizer = AutoTokenizer.from_pretrained(folder)
    hf = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()
    lm = nnsight.TransformersModel(hf, tokenizer=tokenizer, task="text-generation")
"""
    return head + indent(dedent(body).strip("\n"), "    ").rstrip() + "\n" + dedent(show).strip("\n").rstrip() + "\n"


def _default(study: Study, name: str) -> object:
    return type(study).model_fields[name].default

"""The residual sweep against TransformerLens and plain batched hooks: turns, and what any exact sweep must compute.

CPU seconds (all threads of a process, waiting not counted) and their ratios, each contender in a process that lives
for the whole comparison, taking turns on the same two pairs."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from mikit.methods.patching import groups, patches
from mikit.models.model import Model, Spec
from mikit.studies.cost import budget
from mikit.studies.pairs import PromptPair, ReadPair
from tests.bench.turns import Contender, contenders, interpreter
from tests.bench.turns import ratio as turns_ratio

REPORT = Path(__file__).with_suffix(".json")

CONTENDERS = ("transformer_lens", "mikit", "hooks")
THREADS = min(2, os.cpu_count() or 1)
ROUNDS = 2

PAIRS = {
    "differs at its first name": PromptPair(
        clean="When Mary and John went to the store, John gave a drink to",
        corrupt="When Sarah and John went to the store, John gave a drink to",
        answer=" Mary",
        foil=" Sarah",
    ),
    "differs at its last name": PromptPair(
        clean="When Mary and John went to the store, John gave a drink to",
        corrupt="When Mary and John went to the store, Mary gave a drink to",
        answer=" Mary",
        foil=" John",
    ),
}


@dataclass(frozen=True)
class Turn:
    """One sweep: the patched logit differences [layer, position], and the seconds it took."""

    map: NDArray[np.float64]
    cpu: float
    wall: float


def running(folder: Path) -> AbstractContextManager[dict[str, Contender]]:
    """All three, ready."""
    interpreters = {name: interpreter(name) if name == "transformer_lens" else None for name in CONTENDERS}
    return contenders(Path(__file__).with_name("contenders.py"), interpreters, folder, THREADS)


def sweep(contender: Contender, task: dict[str, Any]) -> Turn:
    answer = contender.ask(task)
    return Turn(np.array(answer["map"]), answer["cpu"], answer["wall"])


def job(pair: PromptPair, read: ReadPair) -> dict[str, Any]:
    ids = {"clean_ids": read.clean.ids[0].tolist(), "corrupt_ids": read.corrupt.ids[0].tolist()}
    return pair.model_dump() | ids | {"answer_id": read.answer, "foil_id": read.foil}


def take_turns(running: dict[str, Contender], task: dict[str, Any]) -> dict[str, list[Turn]]:
    """``ROUNDS`` sweeps of each, A-B-C-A-B-C; before them one of the fast two, to warm up."""
    for name in ("mikit", "hooks"):
        sweep(running[name], task)
    turns: dict[str, list[Turn]] = {name: [] for name in running}
    for _ in range(ROUNDS):
        for name, contender in running.items():
            turns[name].append(sweep(contender, task))
    return turns


def ratio(turns: dict[str, list[Turn]], name: str) -> float:
    """CPU seconds of ``name`` over ours."""
    return turns_ratio([turn.cpu for turn in turns[name]], [turn.cpu for turn in turns["mikit"]])


def needed(spec: Spec, length: int, first: int) -> int:
    """Multiply-adds that any exact resid_pre sweep has to do for a metric of two tokens, both unpatched runs included.

    Patched at (layer, t), the stream differs at t, where q, k and v are those of the other run. Of what attention makes
    from there on, each later query has one key changed and query t has all; output projections and MLPs are new. In
    the layers above all positions from t on are new; of the last layer only the last position is read. Nothing is
    counted before ``first``, nor for norms, softmax and rotations, nor for the rest of the vocabulary."""
    qo, kv, mlp = _weights(spec)
    total = 2 * length * spec.layers * (2 * qo + kv + mlp)
    for layer in range(spec.layers):
        for t in range(first, length):
            for above in range(layer, spec.layers):
                read = 1 if above == spec.layers - 1 else length - t  # positions whose output is needed
                queries = range(length - read, length)
                pairs = sum(query + 1 if above > layer or query == t else 1 for query in queries)
                total += read * (qo + mlp) + 2 * pairs * spec.heads * spec.d_head
                total += read * qo + (length - t) * kv if above > layer else 0
            total += 2 * spec.d_model
    return total


def done(model: Model, length: int, first: int) -> int:
    """Multiply-adds of our sweep as it is cut into traces: whole layers from each trace's lowest patch on, attention
    between packed rows, and all logits."""
    s, (qo, kv, mlp) = model.spec, _weights(model.spec)
    source = torch.empty(1).expand(s.layers, length, 1)
    cells = patches("resid_pre", "position", source, columns=range(first, length), since=first)
    total = 2 * length * s.layers * (2 * qo + kv + mlp)
    for group in groups(cells, s.layers, length, budget(s)):
        tokens = sum(length - cell.start for cell in group)
        layer = tokens * (2 * qo + kv + mlp) + 2 * tokens * (length + tokens) * s.heads * s.d_head
        total += (s.layers - group[-1].layer) * layer + len(group) * s.vocab * s.d_model
    return total


def speed(model: Model) -> float:
    """Multiply-adds a CPU second of a plain pass over many tokens: the best this machine gives this model."""
    s, (qo, kv, mlp) = model.spec, _weights(model.spec)
    rows, length = 8, 64
    ids = torch.randint(s.vocab, (rows, length), generator=torch.Generator().manual_seed(0))
    a_row = length * s.layers * (2 * qo + kv + mlp + 2 * length * s.heads * s.d_head) + s.vocab * s.d_model
    took = []
    with torch.no_grad():
        for _ in range(4):
            began = process_time()
            model.hf(ids, use_cache=False, logits_to_keep=1)
            took.append(process_time() - began)
    return rows * a_row / min(took)


def _weights(spec: Spec) -> tuple[int, int, int]:
    """Multiply-adds of one token and layer: q or o, k and v, MLP."""
    head = spec.d_model * spec.d_head
    return spec.heads * head, 2 * spec.kv_heads * head, 3 * spec.d_model * spec.d_mlp

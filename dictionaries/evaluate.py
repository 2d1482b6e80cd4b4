"""Measure a dictionary on text of kinds that training had none of: `python dictionaries/evaluate.py CORPUS FOLDER`.

Writes FOLDER/numbers.json, which the card quotes and a test takes again on a sample: for each kind of held-out text FVU
at 16, 32 and 64 features a token, the same of a dictionary of random directions, and what the model loses where the
dictionary stands in, unless its weights are scrambled, which leaves nothing to lose. In fp32, position 0 of every
window left out. About eight minutes on one core."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import torch

import mikit
from mikit.models.model import Model
from mikit.models.scrambled import scrambled
from mikit.models.tokens import Tokens
from mikit.sae.dictionary import Dictionary
from mikit.sae.evaluate import activations, cross_entropy, measure, random_dictionary
from mikit.sae.formats import read
from mikit.sae.index import Index, index_of
from mikit.sae.store import windows

CONTEXT = 128
WINDOWS = 64  # of each kind: 8,128 tokens
SPLICED = 12  # windows of each kind in which the dictionary stands in
KS = (16, 32, 64)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("corpus", type=Path)
    asked.add_argument("folder", type=Path)
    given = asked.parse_args()
    torch.set_num_threads(1)
    model = mikit.load("smollm2-135m")
    dictionary = read(given.folder)
    if dictionary.place.model_sha256 != model.ref.sha256:
        model = scrambled(model)
    kinds = {
        file.stem: measured(model, dictionary, file) for file in sorted((given.corpus / "held_out").glob("*.jsonl"))
    }
    numbers = {"windows of each kind": WINDOWS, "windows spliced": SPLICED, "kinds": kinds}
    if (index := index_of(dictionary)) is not None:
        numbers["sample"] = sample(model, dictionary, index)
    (given.folder / "numbers.json").write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")


def measured(model: Model, dictionary: Dictionary, file: Path) -> dict[str, Any]:
    """All numbers of one kind of text."""
    texts = held_out(model, file)
    x, _ = activations(model, dictionary, texts)
    found: dict[str, Any] = {"tokens": len(x)}
    for k in KS:
        tally = measure(dictionary.with_k(k), x)
        found[f"fvu at {k}"], found[f"l0 at {k}"] = round(tally.fvu, 4), round(tally.l0, 2)
    found["fvu random"] = round(measure(random_dictionary(dictionary, x), x).fvu, 4)
    if "scrambled" not in model.ref.name:
        loss = cross_entropy(model, dictionary, texts[:SPLICED], x.mean(0))
        found |= {name: round(getattr(loss, name), 4) for name in (*loss._fields, "recovered", "recovered_from_mean")}
    print(file.stem, found, flush=True)
    return found


def sample(model: Model, dictionary: Dictionary, index: Index) -> dict[str, float]:
    """FVU and L0 on the first 16 whole windows of the index, CE on the first 3: what a test takes again."""
    whole = [Tokens(torch.from_numpy(ids[None]).long(), (), ()) for ids in index.tokens if ids[-1] >= 0][:16]
    x, _ = activations(model, dictionary, whole)
    tally, loss = measure(dictionary, x), cross_entropy(model, dictionary, whole[:3], x.mean(0))
    return {"fvu": tally.fvu, "l0": tally.l0} | {n: getattr(loss, n) for n in ("recovered", "recovered_from_mean")}


def held_out(model: Model, file: Path) -> list[Tokens]:
    """The first whole window of as many documents as are needed, then their second ones, and so on."""
    texts = [json.loads(line)["text"] for line in file.read_text(encoding="utf-8").splitlines()]
    cut = [[ids for ids in windows(model, [text], CONTEXT) if len(ids) == CONTEXT] for text in texts]
    turns = [rows[turn] for turn in range(max(map(len, cut))) for rows in cut if turn < len(rows)]
    return [Tokens(torch.tensor([ids]), (), ()) for ids in turns[:WINDOWS]]


if __name__ == "__main__":
    main()

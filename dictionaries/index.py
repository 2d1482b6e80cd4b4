"""Build the index of a dictionary's features from held-out text, for the dictionary's own folder.

    python dictionaries/index.py mikit/sae/shipped/smollm2-135m-l9 HELD_OUT --second SEED_1

HELD_OUT holds a .jsonl file for each kind of text, one {"text": ...} a line. SEED_1 is the folder of a dictionary that
was trained in the same way from another seed."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import mikit
from mikit.models.scrambled import scrambled
from mikit.sae import index as indexing
from mikit.sae.formats import read


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dictionary", type=Path)
    parser.add_argument("held_out", type=Path)
    parser.add_argument("--second", type=Path)
    parser.add_argument("--windows", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()

    dictionary = read(given.dictionary)
    model = mikit.load("smollm2-135m")
    if dictionary.place.model_sha256 != model.ref.sha256:
        model = scrambled(model)
    texts = {file.stem: list(_texts(file)) for file in sorted(given.held_out.glob("*.jsonl"))}
    second = read(given.second) if given.second else None
    began = time.perf_counter()
    index = None
    for step in indexing.build(model, dictionary, texts, windows=given.windows, seed=given.seed, second=second):
        if isinstance(step, indexing.Index):
            index = step
        else:
            print(f"\r{step:.0%}, {time.perf_counter() - began:.0f} s", end="", flush=True)
    assert index is not None
    indexing.save(index, given.dictionary / indexing.FILE)
    print(f"\n{index}: {(given.dictionary / indexing.FILE).stat().st_size:,} bytes, digest {index.digest[:8]}")


def _texts(file: Path) -> list[str]:
    return [json.loads(line)["text"] for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    main()

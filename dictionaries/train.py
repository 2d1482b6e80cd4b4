"""Train the dictionaries that come with mikit: `python dictionaries/train.py CORPUS OUT`, about an hour on one core.

CORPUS is what corpus.py wrote. Two dictionaries learn from the same batches, with seeds 0 and 1: the first ships, the
second says which of its features come back. `--scrambled` trains the smaller one of the random-model control.

A training that was interrupted goes on where its files in OUT end, with texts in another order.
Activations come from a bf16 copy of the model's first layers, cut off after the one that is read: with avx512_bf16
twice as fast as fp32. They differ from fp32 by rounding; whatever is measured afterwards is measured in fp32."""

from __future__ import annotations

import argparse
import copy
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor, nn

import mikit
from mikit.models.model import Model
from mikit.models.scrambled import scrambled
from mikit.sae.dictionary import Place
from mikit.sae.formats import write
from mikit.sae.store import Batch, windows
from mikit.sae.train import Trainer, Training, resume
from mikit.trace.sites import Site

LAYER = 9
CONTEXT = 128
BATCH = 1024
BLOCK = 64  # batches that are shuffled together
ROWS = 16  # windows in one pass


class Feed:
    """The batches of one harvest, handed to several trainings."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.batch: Batch | None = None

    def ready(self) -> bool:
        return self.batch is not None

    def take(self) -> Batch:
        assert self.batch is not None
        return self.batch

    def seek(self, batches: int) -> None:
        """Batches come one after another only."""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("corpus", type=Path)
    asked.add_argument("out", type=Path)
    asked.add_argument("--updates", type=int, default=3000)
    asked.add_argument("--features", type=int, default=4608)
    asked.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    asked.add_argument("--scrambled", action="store_true")
    given = asked.parse_args()
    torch.set_num_threads(1)
    model = mikit.load("smollm2-135m")
    if given.scrambled:
        model = scrambled(model)
    place = Place(model=model.ref.name, model_sha256=model.ref.sha256, site=Site(name="resid_post", layer=LAYER))
    feed = Feed(place)
    trainers = {
        seed: trainer(given.out / f"seed-{seed}.training.safetensors", given, seed, feed) for seed in given.seeds
    }
    done = min(one.update for one in trainers.values())
    began = time.monotonic()
    for update, x in zip(range(done, given.updates), batches(model, given.corpus / "train", done), strict=False):
        feed.batch = Batch(x, x)
        found = [next(one) for one in trainers.values()]
        if update % 50 == 49:
            seconds = round(time.monotonic() - began)
            print(update + 1, seconds, *(f"{one.fvu:.4f} {one.dead:.3f}" for one in found), flush=True)
        if update % 500 == 499 or update == given.updates - 1:
            for seed, one in trainers.items():
                one.save(given.out / f"seed-{seed}.training.safetensors")
                write(one.dictionary(), given.out / f"seed-{seed}", dtype="float16")


def trainer(saved: Path, given: argparse.Namespace, seed: int, feed: Feed) -> Trainer:
    """A new training, or the one that was saved there, with the learning rate of as many updates as asked for now."""
    asked = Training(features=given.features, updates=given.updates, k=32, learning_rate=2e-3, seed=seed)
    if not saved.exists():
        return Trainer(asked, feed)
    found = resume(saved, feed)
    found.training = asked
    return found


def batches(model: Model, texts: Path, seed: int) -> Iterator[Tensor]:
    """Activations [BATCH, width] in random order, position 0 of every window left out."""
    first = cut(model)
    kept: list[Tensor] = []
    generator = torch.Generator().manual_seed(seed)
    for ids in passes(model, texts, seed):
        with torch.no_grad():
            kept.append(first(ids, use_cache=False).last_hidden_state[:, 1:].flatten(0, 1).float())
        if sum(map(len, kept)) >= BATCH * BLOCK:
            block = torch.cat(kept)
            block = block[torch.randperm(len(block), generator=generator)]
            yield from block[: BATCH * BLOCK].split(BATCH)
            kept = [block[BATCH * BLOCK :]]


def passes(model: Model, texts: Path, seed: int) -> Iterator[Tensor]:
    """Whole windows of all documents, in random order, ROWS at a time; through once, then again in another order."""
    rows = [row for text in documents(texts) for row in windows(model, [text], CONTEXT) if len(row) == CONTEXT]
    drawn = random.Random(seed)
    while True:
        drawn.shuffle(rows)
        yield from torch.tensor(rows).split(ROWS)


def documents(folder: Path) -> list[str]:
    files = sorted(folder.glob("*.jsonl"))
    return [json.loads(line)["text"] for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def cut(model: Model) -> nn.Module:
    """The model up to the layer that is read, in bf16."""
    first: nn.Module = copy.deepcopy(model.hf.model).to(torch.bfloat16)
    first.layers = first.layers[: LAYER + 1]
    first.norm = nn.Identity()
    return first


if __name__ == "__main__":
    main()

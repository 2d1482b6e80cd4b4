"""The dictionary that comes with mikit is what its card says: files, sizes, hashes, and its numbers on a sample."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mikit.models.model import Model
from mikit.models.tokens import Tokens
from mikit.sae.evaluate import activations, cross_entropy, measure
from mikit.sae.formats import WEIGHTS
from mikit.sae.index import FILE, Index, index_of
from mikit.sae.library import SHIPPED, folder_of, load_dictionary

NAME = "smollm2-135m-l9"


def numbers(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder_of(name) / "numbers.json").read_text())
    return found


def sample(index: Index, count: int) -> list[Tokens]:
    whole = [Tokens(torch.from_numpy(ids[None]).long(), (), ()) for ids in index.tokens if ids[-1] >= 0]
    return whole[:count]


@pytest.mark.parametrize("name", SHIPPED)
def test_the_files_are_the_ones_that_were_made(name: str) -> None:
    weights, index = folder_of(name) / WEIGHTS, folder_of(name) / FILE
    assert hashlib.sha256(weights.read_bytes()).hexdigest() == SHIPPED[name].sha256
    assert weights.stat().st_size <= 16_000_000 and index.stat().st_size <= 4_000_000
    assert index_of(load_dictionary(name)) is not None


def test_the_numbers_come_out_again_on_a_sample(smollm: Model) -> None:
    dictionary, stated = load_dictionary(NAME), numbers(NAME)["sample"]
    index = index_of(dictionary)
    assert index is not None
    x, _ = activations(smollm, dictionary, sample(index, 16))
    tally = measure(dictionary, x)
    assert tally.fvu == pytest.approx(stated["fvu"], rel=1e-3) and tally.l0 == pytest.approx(stated["l0"], rel=1e-3)
    loss = cross_entropy(smollm, dictionary, sample(index, 3), x.mean(0))
    assert loss.recovered == pytest.approx(stated["recovered"], abs=1e-3)
    assert loss.recovered_from_mean == pytest.approx(stated["recovered_from_mean"], abs=1e-3)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_card_quotes_what_was_measured(name: str) -> None:
    """A row for each kind of text: FVU at 16, 32, 64, that of random directions, and what the model loses."""
    card = (folder_of(name) / "README.md").read_text()
    rows = {row[0]: row[1:] for row in (re.split(r"\s*\|\s*", line.strip("| ")) for line in card.splitlines())}
    keys = ("fvu at 16", "fvu at 32", "fvu at 64", "fvu random", "recovered", "recovered_from_mean")
    for kind, found in numbers(name)["kinds"].items():
        assert rows[kind.replace("_", " ")] == [f"{found[key]:.3f}" for key in keys if key in found]


def test_what_the_card_says_of_all_features_is_in_the_index() -> None:
    card = " ".join((folder_of(NAME) / "README.md").read_text().split())
    ours, theirs = (index_of(load_dictionary(name)) for name in SHIPPED)
    assert ours is not None and theirs is not None
    label, shuffled = np.nanmean(ours.score[:, 0]), np.nanmean(ours.shuffled)
    for said in (
        f"{(ours.density == 0).mean():.1%} never fire".replace("%", " %"),
        f"a cosine of {ours.stability.mean():.2f} on average (random directions {ours.stability_random:.2f})",
        f"{(ours.stability > 0.7).mean():.0%} come back with more than 0.7".replace("%", " %"),
        f"a balanced accuracy of {label:.2f} on average; another feature's rule {shuffled:.2f}",
        f"labels {np.nanmean(theirs.score[:, 0]):.2f}",
    ):
        assert said in card, said


def test_the_card_names_licence_origin_and_recipe() -> None:
    card = (folder_of(NAME) / "README.md").read_text()
    for word in ("Apache-2.0", "SmolLM2-135M-Instruct", "dictionaries/train.py", "seed 0", "does not"):
        assert word in card, word
    root = Path(__file__).parents[2]
    assert all((root / path).exists() for path in re.findall(r"dictionaries/\w+\.\w+", card))

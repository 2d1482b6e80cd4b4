"""Name prompts: two people are named, one of them acts, and the model should name the other. The task of Wang et al.
2022 ("indirect object identification", arXiv:2211.00593), in sentences of our own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle, islice, permutations

import torch

from mikit.models.model import Model
from mikit.studies.pairs import PromptPair, where

TEMPLATES = (
    "When {IO} and {S} went to the store, {S} gave a drink to",
    "After {S} and {IO} had lunch together at the old inn, {S} passed the bill to",
    "Then {IO} and {S} worked in the garden all day. {S} handed the rake to",
    "While {S} and {IO} waited for the late train, {S} told a story to",
)
"""Four wordings of four lengths. {IO} is to be named next, {S} is not."""

NAMES = (
    "Mary", "John", "Anna", "Peter", "Sarah", "David", "Emma", "James",
    "Lucy", "Paul", "Kate", "Tom", "Jane", "Mark", "Alice", "Simon",
)  # fmt: skip

POSITIONS = ("IO", "S1", "S2", "end")


def name_pair(model: Model, io: str, s: str, template: str = TEMPLATES[0]) -> PromptPair:
    """The changed prompt lets the other person act ({IO} where {S} stood second), so the other name is right.

    Positions: IO, S1, S2 (the second {S}), and the end. Raises UnknownSite for a name that is not one token there.
    """
    clean = template.format(IO=io, S=s)
    corrupt = changed(template).format(IO=io, S=s)
    tokens = model.tokens(clean)
    positions = {"IO": where(tokens, f" {io}"), "S1": where(tokens, f" {s}"), "S2": where(tokens, f" {s}", nth=1)}
    return PromptPair(clean=clean, corrupt=corrupt, answer=f" {io}", foil=f" {s}", positions=positions)


def changed(template: str) -> str:
    """The wording in which the other person acts: its last {S} becomes {IO}."""
    before, after = template.rsplit("{S}", 1)
    return before + "{IO}" + after


def couples(names: Sequence[str], seed: int) -> list[tuple[str, str]]:
    """All ordered couples (IO, S) of different names, in an order drawn by ``seed``."""
    every = list(permutations(names, 2))
    order = torch.randperm(len(every), generator=torch.Generator().manual_seed(seed)).tolist()
    return [every[i] for i in order]


def name_pairs(
    model: Model,
    count: int = 64,
    seed: int = 0,
    templates: tuple[str, ...] = TEMPLATES,
    names: tuple[str, ...] = NAMES,
) -> tuple[PromptPair, ...]:
    """``count`` pairs, the templates in turn, each with two different names drawn without repeating a couple."""
    drawn = islice(cycle(couples(names, seed)), count)
    return tuple(name_pair(model, io, s, template) for (io, s), template in zip(drawn, cycle(templates), strict=False))

"""A transformer whose weights are written down, not trained: what it does is known, and how.

Its prompts are names of fruit, and the last has come before: "lemon plum lime lemon". What follows is the colour of the
fruit that came after it then: "purple". Two heads and one MLP do it. A second pair of heads does the same work as the
first, but writes where nothing reads: whoever looks there can read off the fruit in question, and the answer does not
depend on it. The first is a planted circuit, the second a decoy.

It is a GPT-2 of transformers with weights of its own, so everything runs on it that runs on a model. Its stream is a
row of rooms, one number a fruit or position in each. Everything that is written adds up to zero over the stream, so a
LayerNorm has nothing to centre, and beside an epsilon of 2^40 every stream is as large: the norms are there and do
nothing."""

from __future__ import annotations

from typing import Literal

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from torch import Tensor
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

from mikit.models.architectures import at

COLOURS = {
    "apple": "red",
    "lemon": "yellow",
    "lime": "green",
    "plum": "purple",
    "peach": "pink",
    "mango": "orange",
    "fig": "brown",
    "coconut": "white",
}
"""The fruits, and what is to be said of each."""

FRUITS = len(COLOURS)
WORDS = ("<eos>", "<unk>", *COLOURS, *COLOURS.values(), "and", "then", "here", "there")
"""The vocabulary. Only fruits are seen, and only colours are said."""

FIRST_FRUIT, FIRST_COLOUR = 2, 2 + FRUITS
CONTEXT = 15
LAYERS, HEADS = 2, 2

Room = Literal["fruit", "position", "before", "before, unread", "found", "found, unread", "colour", "balance"]

ROOMS: dict[Room, int] = {
    "fruit": FRUITS,  # the word itself; the embedding writes it
    "position": CONTEXT,
    "before": FRUITS,  # the fruit one position to the left; L0H0 writes it
    "before, unread": FRUITS,  # the same; L0H1
    "found": FRUITS,  # what followed the last fruit when it came before; L1H0
    "found, unread": FRUITS,  # the same; L1H1
    "colour": FRUITS,  # the MLP of layer 1 writes it, the logits read it
    "balance": 1,  # minus the sum of all others
}
"""The rooms of the stream and how many numbers each has."""

D_MODEL = sum(ROOMS.values())
D_HEAD = D_MODEL // HEADS

BESIDE, SAME = 5.0, 5.0
"""The attention score of the right place, all others having 0: in the heads of layer 0, in those of layer 1. It gets
about nine tenths of the attention, so that slopes are not lost in a softmax that is all or nothing."""

HALF, LOUD = 0.5, 20.0
"""What a neuron must find to fire, as a share of all attention; the logit of a colour whose fruit has it all."""

CIRCUIT = (
    ("L0 resid_pre", "L0H0 v"),
    ("L0H0 z", "L1H0 k"),
    ("L0 resid_pre", "L1H0 q"),
    ("L0 resid_pre", "L1H0 v"),
    ("L1H0 z", "L1 mlp_in"),
    ("L1 mlp_out", "logits"),
)
"""The planted edges along which fruits and colours go, sender and receiver. L0H0 reads positions, too: two prompts of
one length have the same, so no pair of prompts can show these edges."""

DECOY = (
    ("L0 resid_pre", "L0H1 v"),
    ("L0H1 z", "L1H1 k"),
    ("L0 resid_pre", "L1H1 q"),
    ("L0 resid_pre", "L1H1 v"),
)
"""The edges inside the decoy. None leads out of it."""

EPSILON = 2.0**40
GAIN = 2.0**20
"""A norm divides by the square root of the epsilon, and its gain takes that back."""

Matrices = tuple[Tensor, Tensor]
"""What makes a head's queries and keys, [d_model, d_head] each."""


def planted() -> GPT2LMHeadModel:
    """The model object, for ``mikit.load(planted(), tokenizer=tokenizer())``."""
    config = GPT2Config(
        vocab_size=len(WORDS),
        n_positions=CONTEXT,
        n_embd=D_MODEL,
        n_layer=LAYERS,
        n_head=HEADS,
        n_inner=FRUITS,
        activation_function="relu",
        layer_norm_epsilon=EPSILON,
        tie_word_embeddings=False,
        bos_token_id=0,
        eos_token_id=0,
    )
    hf = GPT2LMHeadModel(config)
    with torch.no_grad():
        for name, weight in hf.named_parameters():
            weight.fill_(GAIN if "ln_" in name and name.endswith("weight") else 0.0)
        _embed(hf)
        _attend(hf, 0, 0, _beside(), into="before")
        _attend(hf, 0, 1, _beside(), into="before, unread")
        _attend(hf, 1, 0, _same("before"), into="found")
        _attend(hf, 1, 1, _same("before, unread"), into="found, unread")
        _colour(hf)
    return hf


def tokenizer() -> PreTrainedTokenizerFast:
    """A word is a token."""
    backend = Tokenizer(models.WordLevel({word: id for id, word in enumerate(WORDS)}, unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=backend, eos_token="<eos>", unk_token="<unk>"
    )


def room(name: Room) -> slice:
    """Where in the stream a room is."""
    start = 0
    for each, size in ROOMS.items():
        if each == name:
            return slice(start, start + size)
        start += size
    raise KeyError(name)


def answer(fruits: list[str]) -> str:
    """What should follow a prompt whose last fruit came once before."""
    return COLOURS[fruits[fruits.index(fruits[-1]) + 1]]


def _embed(hf: GPT2LMHeadModel) -> None:
    fruits, positions = hf.transformer.wte.weight, hf.transformer.wpe.weight
    _write(fruits[FIRST_FRUIT:FIRST_COLOUR], "fruit")
    _write(positions, "position")


def _attend(hf: GPT2LMHeadModel, layer: int, head: int, look: Matrices, into: Room) -> None:
    """A head that looks where queries and keys agree and copies the fruit that is there into a room."""
    attn = at(hf, f"transformer.h.{layer}.attn")
    own = slice(head * D_HEAD, (head + 1) * D_HEAD)
    queries, keys, values = attn.c_attn.weight.split(D_MODEL, dim=1)
    queries[:, own], keys[:, own] = look
    values[:, own][room("fruit"), :FRUITS] = torch.eye(FRUITS)
    _write(attn.c_proj.weight[own][:FRUITS], into)


def _beside() -> Matrices:
    """Look one position to the left; from position 0 there is only itself to look at."""
    queries, keys = torch.zeros(2, D_MODEL, D_HEAD)
    queries[room("position"), :CONTEXT] = torch.eye(CONTEXT).roll(-1, 1).tril(-1) * BESIDE * D_HEAD**0.5
    keys[room("position"), :CONTEXT] = torch.eye(CONTEXT)
    return queries, keys


def _same(before: Room) -> Matrices:
    """Look where the fruit before is the fruit here. Position 0 has none before it, and is not looked at."""
    queries, keys = torch.zeros(2, D_MODEL, D_HEAD)
    queries[room("fruit"), :FRUITS] = torch.eye(FRUITS) * SAME * D_HEAD**0.5
    keys[room(before), :FRUITS] = torch.eye(FRUITS)
    keys[room("position").start, :FRUITS] = -1
    return queries, keys


def _colour(hf: GPT2LMHeadModel) -> None:
    """One neuron a fruit, which says its colour."""
    mlp = at(hf, "transformer.h.1.mlp")
    mlp.c_fc.weight[room("found")] = torch.eye(FRUITS)
    mlp.c_fc.bias.fill_(-HALF)
    _write(mlp.c_proj.weight, "colour", LOUD / (1 - HALF))
    hf.lm_head.weight[FIRST_COLOUR : FIRST_COLOUR + FRUITS, room("colour")] = torch.eye(FRUITS)


def _write(rows: Tensor, into: Room, size: float = 1.0) -> None:
    """Row i [d_model] writes ``size`` to place i of a room, and takes it from the balance."""
    rows[:, room(into)] = size * torch.eye(len(rows))
    rows[:, room("balance")] = -size

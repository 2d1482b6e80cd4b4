"""A model in memory: weights, tokenizer, addresses, and the name and hash that say which bytes these are."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import torch
from nnsight import TransformersModel
from pydantic import BaseModel
from torch import Tensor, nn
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from mikit.errors import EmptyText, MikitError, TooLong, UnknownSite
from mikit.models.architectures import Architecture, architecture_of, at, output_matrix
from mikit.models.quiet import quiet
from mikit.models.sources import Found, bf16_copy, check_weights, find, name_of
from mikit.models.tokens import (
    Chat,
    Tokens,
    adds_bos,
    encode,
    encode_chat,
    special_ids,
    token_text,
    tokenizer_hash,
)
from mikit.models.weights import TORCH, Dtype, read_tokenizer, read_weights, weights_hash


class ModelRef(BaseModel, frozen=True):
    """Which weights: a name for people and hashes that hold wherever the files came from.

    ``sha256`` is the hash of the weights in fp32 (see `weights_hash`), also when they run in bf16.
    """

    name: str
    sha256: str
    dtype: Dtype = "fp32"
    source: str = ""
    quantisation: str = ""
    tokenizer_sha256: str = ""

    @property
    def chip(self) -> str:
        """The line that every view shows: name, 8 digits of the weights' hash, dtype."""
        return f"{self.name} · {self.sha256[:8]} · {self.dtype}"

    @property
    def handle(self) -> str:
        """What `mikit.load` takes to get these weights again: the folder or file they came from, else the name."""
        return self.source or self.name


class Spec(BaseModel, frozen=True):
    """A model's measures. ``context`` in tokens; ``heads * d_head`` need not equal ``d_model``."""

    family: str
    layers: int
    heads: int
    kv_heads: int
    d_model: int
    d_head: int
    d_mlp: int
    vocab: int
    context: int
    adds_bos: bool
    has_chat: bool
    parallel: bool


class Model:
    """One model, ready to be traced: ``hf`` in eval mode with frozen weights, ``lm`` its nnsight wrapper."""

    def __init__(self, hf: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, ref: ModelRef) -> None:
        self.hf = hf
        self.tokenizer = tokenizer
        self.ref = ref
        self.arch: Architecture = architecture_of(hf.config)
        self.spec = spec_of(hf, self.arch, tokenizer)
        self.lm = TransformersModel(hf, tokenizer=tokenizer, task="text-generation")
        self.checks: pd.DataFrame | None = None

    def __repr__(self) -> str:
        s = self.spec
        return f"Model({self.ref.chip}; {s.layers} layers x {s.heads} heads, d_model {s.d_model}, vocab {s.vocab})"

    def tokens(self, text: str | Chat) -> Tokens:
        """A text as this model's tokenizer writes it by default, or a user's turn in its chat template. Ids [1, T].

        Raises EmptyText, TooLong, NoChatTemplate.
        """
        typed = text.user if isinstance(text, Chat) else text
        if not typed:
            raise EmptyText("The text is empty: there is no token to look at. Type at least one character.")
        ids, special = encode_chat(self.tokenizer, text) if isinstance(text, Chat) else encode(self.tokenizer, text)
        if not ids:
            raise EmptyText(f"The text {typed!r} gives no tokens with this tokenizer. Type something else.")
        self._check_length(len(ids))
        return Tokens(torch.tensor([ids]), tuple(map(self.token_string, ids)), tuple(special))

    def tokens_from(self, ids: Tensor) -> Tokens:
        """Tokens of ready-made ids, [T] or [B, T]. Raises EmptyText, TooLong, UnknownSite."""
        rows = (ids if ids.dim() > 1 else ids[None]).long().cpu()
        if rows.shape[-1] == 0:
            raise EmptyText("There are no token ids: there is nothing to look at.")
        self._check_length(rows.shape[-1])
        if (wrong := rows[(rows < 0) | (rows >= self.spec.vocab)]).numel():
            raise UnknownSite(f"There is no token {int(wrong[0])}: {self.ref.name} has ids 0 to {self.spec.vocab - 1}.")
        first: list[int] = rows[0].tolist()
        special = special_ids(self.tokenizer)
        return Tokens(rows, tuple(map(self.token_string, first)), tuple(id in special for id in first))

    def _check_length(self, length: int) -> None:
        if length > self.spec.context:
            raise TooLong(
                f"This is {length} tokens long; {self.ref.name} reads at most {self.spec.context}. Shorten it."
            )

    def token_string(self, id: int) -> str:
        """The text of one token, its leading space kept; "⟨E2 80⟩" for bytes that are no text alone."""
        return token_text(self.tokenizer, id)

    def end_ids(self) -> set[int]:
        """Ids that end a text: the tokenizer's, and those that the model's own settings for writing text name."""
        named = getattr(self.hf.generation_config, "eos_token_id", None)
        ids = named if isinstance(named, list) else [named]
        return {int(i) for i in [*ids, self.tokenizer.eos_token_id] if i is not None}

    def check(self) -> pd.DataFrame:
        """The table of self-checks that `mikit.load` ran on this model."""
        if self.checks is None:
            raise MikitError("This model was opened without self-checks. Open it with mikit.load(...).")
        return self.checks


def W_O(model: Model, layer: int) -> Tensor:
    """A layer's output projection cut into heads, [H, d_head, d_model]; a view of the weights."""
    block = at(model.hf, model.arch.blocks)[layer]
    return output_matrix(at(block, model.arch.o_proj), model.spec.heads)


def gain(model: Model, norm: nn.Module) -> Tensor:
    """What a norm multiplies each normed number with, [d_model]. Gemma's weights are that less 1."""
    weight: Tensor = norm.weight  # type: ignore[assignment]
    return 1 + weight if model.arch.family == "gemma" else weight


def rms_scale(norm: nn.Module, value: Tensor) -> Tensor:
    """What an RMS norm multiplies ``value`` [..., d_model] with before its gain, [..., 1]."""
    eps = float(getattr(norm, "variance_epsilon", getattr(norm, "eps", 0.0)))
    return (value.pow(2).mean(-1, keepdim=True) + eps).rsqrt()


def spec_of(hf: PreTrainedModel, arch: Architecture, tokenizer: PreTrainedTokenizerBase) -> Spec:
    """Read a model's measures from its config."""
    config = hf.config.get_text_config()
    heads, width = config.num_attention_heads, config.hidden_size
    down = at(at(hf, arch.blocks)[0], arch.mlp_down)
    return Spec(
        family=arch.family,
        layers=config.num_hidden_layers,
        heads=heads,
        kv_heads=getattr(config, "num_key_value_heads", None) or heads,
        d_model=width,
        d_head=getattr(config, "head_dim", None) or width // heads,
        d_mlp=down.in_features if isinstance(down, nn.Linear) else down.weight.shape[0],
        vocab=config.vocab_size,
        context=config.max_position_embeddings,
        adds_bos=adds_bos(tokenizer),
        has_chat=bool(tokenizer.chat_template),
        parallel=arch.parallel,
    )


def open_model(
    source: str | Path | PreTrainedModel,
    *,
    tokenizer: PreTrainedTokenizerBase | None = None,
    dtype: Dtype = "fp32",
    device: str = "cpu",
) -> Model:
    """Open a model, without self-checks (`mikit.load` adds them).

    ``source``: a name of the catalog, "org/name" on the hub, a folder with safetensors, a .gguf file, or a model
    object, which then needs a ``tokenizer``. An object is used as it is, not copied: it is set to ``dtype``, eval mode
    and eager attention, and its weights are frozen.

    Raises UnknownModel, FetchFailed, NoDisk, WeightsBroken, UnsupportedModel.
    """
    with quiet():
        if isinstance(source, PreTrainedModel):
            if tokenizer is None:
                raise MikitError("A model object needs its tokenizer: mikit.load(model, tokenizer=tokenizer).")
            sha256 = weights_hash(source)
            ref = ModelRef(
                name=name_of(type(source).__name__, sha256),
                sha256=sha256,
                dtype=dtype,
                tokenizer_sha256=tokenizer_hash(tokenizer),
            )
            return Model(_ready(source, dtype, device), tokenizer, ref)
        found = find(source)
        tokenizer = tokenizer or read_tokenizer(found.folder)
        hf, sha256 = _read(found, dtype)
        ref = ModelRef(
            name=name_of(found.name, sha256),
            sha256=sha256,
            dtype=dtype,
            source=found.load,
            quantisation=found.card.quantisation if found.card else "",
            tokenizer_sha256=tokenizer_hash(tokenizer),
        )
        return Model(_ready(hf, dtype, device), tokenizer, ref)


def _read(found: Found, dtype: Dtype) -> tuple[PreTrainedModel, str]:
    """A folder's weights in ``dtype``, checked against its card, and their hash in fp32."""
    if dtype == "bf16":
        known = found.card.sha256 if found.card else weights_hash(read_weights(found.folder, "fp32"))
        copy = bf16_copy(found, known)
        hf = read_weights(copy.folder, "bf16")
        check_weights(copy, weights_hash(hf))
        return hf, known
    hf = read_weights(found.folder, "fp32")
    sha256 = weights_hash(hf)
    check_weights(found, sha256)
    return hf, sha256


def _ready(hf: PreTrainedModel, dtype: Dtype, device: str) -> PreTrainedModel:
    nn.Module.to(hf, device, TORCH[dtype])
    hf.train(False)
    hf.requires_grad_(False)
    hf.set_attn_implementation("eager")
    return hf

"""Small random models of every family, and a tokenizer in memory: seconds on one core, nothing to download."""

from __future__ import annotations

from collections.abc import Callable

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    AutoModelForCausalLM,
    Gemma2Config,
    Gemma3Config,
    Gemma3TextConfig,
    GPT2Config,
    GPTNeoXConfig,
    LlamaConfig,
    MistralConfig,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen3Config,
    SiglipVisionConfig,
)

from mikit.models.model import Model, open_model

CONTEXT = 64
WORDS = ["<eos>", "<unk>", "<user>", "<bot>", *(f"w{i}" for i in range(96))]
CHAT = "{% for turn in messages %}<user> {{ turn.content }} {% endfor %}<bot>"


def tokenizer(*, chat: bool = False) -> PreTrainedTokenizerFast:
    """A word is a token: "w0" to "w95". No beginning-of-sequence token."""
    backend = Tokenizer(models.WordLevel({word: id for id, word in enumerate(WORDS)}, unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made = PreTrainedTokenizerFast(tokenizer_object=backend, eos_token="<eos>", unk_token="<unk>")
    made.chat_template = CHAT if chat else None
    return made


# The sizes are all different, so that a mixed-up dimension shows; heads * head_dim differs from the width where it can.
_COMMON = {
    "vocab_size": len(WORDS),
    "hidden_size": 24,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 40,
    "max_position_embeddings": CONTEXT,
    "bos_token_id": 0,
    "eos_token_id": 0,
    "pad_token_id": 0,
}
_GROUPED = _COMMON | {"num_key_value_heads": 2, "head_dim": 8, "tie_word_embeddings": True}
_WINDOWED = _GROUPED | {"sliding_window": 4, "query_pre_attn_scalar": 8}


def _gpt2() -> PretrainedConfig:
    return GPT2Config(
        vocab_size=len(WORDS), n_positions=CONTEXT, n_embd=24, n_layer=3, n_head=4, bos_token_id=0, eos_token_id=0
    )


def _gemma3() -> PretrainedConfig:
    vision = SiglipVisionConfig(
        hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1, image_size=8, patch_size=4
    )
    return Gemma3Config(
        text_config=Gemma3TextConfig(**_WINDOWED), vision_config=vision, mm_tokens_per_image=1, image_token_index=1
    )


CONFIGS: dict[str, Callable[[], PretrainedConfig]] = {
    "gpt2": _gpt2,
    "gpt_neox": lambda: GPTNeoXConfig(**_COMMON),
    "gpt_neox_sequential": lambda: GPTNeoXConfig(**_COMMON, use_parallel_residual=False),
    "llama": lambda: LlamaConfig(**_GROUPED),
    "mistral": lambda: MistralConfig(**_GROUPED, sliding_window=4),
    "qwen2": lambda: Qwen2Config(**_COMMON, num_key_value_heads=2),
    "qwen3": lambda: Qwen3Config(**_GROUPED),
    "gemma2": lambda: Gemma2Config(**_WINDOWED),
    "gemma3_text": lambda: Gemma3TextConfig(**_WINDOWED),
    "gemma3": _gemma3,
}


def weights(family: str, seed: int = 0) -> PreTrainedModel:
    """A random model of one family; every weight is moved off its default, biases and norms too."""
    torch.manual_seed(seed)
    hf = AutoModelForCausalLM.from_config(CONFIGS[family]())
    with torch.no_grad():
        for weight in hf.parameters():
            weight.add_(0.1 * torch.randn_like(weight))
    return hf


def model(family: str, seed: int = 0, *, chat: bool = False) -> Model:
    """A random model of one family, opened."""
    return open_model(weights(family, seed), tokenizer=tokenizer(chat=chat))

"""A GGUF file with a small random Llama, written by the format's own library, and a wheel that holds it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import gguf
import numpy as np
import torch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedModel
from transformers.convert_slow_tokenizer import bytes_to_unicode

ALPHABET = list(bytes_to_unicode().values())
VOCAB = [*ALPHABET, "Ġw", "<|end|>"]
MEMBER = "tiny_model/tiny.gguf"
METADATA = "Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\nRequires-Dist: no-such\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def reference() -> PreTrainedModel:
    """The model that the file holds, built without the file."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(VOCAB),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        intermediate_size=48,
        max_position_embeddings=64,
        tie_word_embeddings=True,
        rms_norm_eps=1e-5,
    )
    return LlamaForCausalLM(config).eval()


def write(file: Path) -> Path:
    """Write the model in fp32 by llama.cpp's names, its rotary halves interleaved as llama.cpp wants them."""
    hf = reference()
    config = hf.config
    writer = gguf.GGUFWriter(file, "llama")
    writer.add_context_length(64)
    writer.add_embedding_length(32)
    writer.add_block_count(2)
    writer.add_feed_forward_length(48)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_rope_dimension_count(8)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10000.0)
    writer.add_vocab_size(len(VOCAB))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(VOCAB)
    writer.add_token_types([1] * (len(VOCAB) - 1) + [3])
    writer.add_token_merges(["Ġ w"])
    writer.add_bos_token_id(len(VOCAB) - 1)
    writer.add_eos_token_id(len(VOCAB) - 1)

    state = {name: weight.detach().numpy() for name, weight in hf.named_parameters()}
    writer.add_tensor("token_embd.weight", state["model.embed_tokens.weight"])
    writer.add_tensor("output_norm.weight", state["model.norm.weight"])
    for layer in range(config.num_hidden_layers):
        ours, theirs = f"model.layers.{layer}.", f"blk.{layer}."
        writer.add_tensor(theirs + "attn_q.weight", _interleave(state[ours + "self_attn.q_proj.weight"], 4))
        writer.add_tensor(theirs + "attn_k.weight", _interleave(state[ours + "self_attn.k_proj.weight"], 2))
        for name, other in {
            "attn_v": "self_attn.v_proj",
            "attn_output": "self_attn.o_proj",
            "ffn_gate": "mlp.gate_proj",
            "ffn_up": "mlp.up_proj",
            "ffn_down": "mlp.down_proj",
            "attn_norm": "input_layernorm",
            "ffn_norm": "post_attention_layernorm",
        }.items():
            writer.add_tensor(f"{theirs}{name}.weight", state[f"{ours}{other}.weight"])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


def _interleave(weight: np.ndarray, heads: int) -> np.ndarray:
    rows = weight.reshape(heads, 2, -1, weight.shape[1])
    return np.ascontiguousarray(rows.swapaxes(1, 2).reshape(weight.shape))


def wheel(folder: Path, file: Path) -> Path:
    """A wheel "tiny-model 1.0" that holds the file and, like the real one, asks for a package that must not come."""
    info = "tiny_model-1.0.dist-info"
    made = folder / "tiny_model-1.0-py3-none-any.whl"
    with zipfile.ZipFile(made, "w") as opened:
        opened.write(file, MEMBER)
        opened.writestr(f"{info}/METADATA", METADATA)
        opened.writestr(f"{info}/WHEEL", WHEEL)
        opened.writestr(f"{info}/RECORD", "")
    return made

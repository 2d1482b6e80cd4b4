"""What TransformerLens calls the values that mikit names: each of its names, with the value it has in a small Llama."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformer_lens.model_bridge import TransformerBridge
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

FILE = Path(__file__).resolve().parent.parent / "trace" / "fixtures" / "transformer_lens_names.safetensors"
LAYER, IDS = 1, [5, 6, 7, 8, 9]
HOOKS = (
    *("hook_resid_pre", "attn.hook_q", "attn.hook_k", "attn.hook_v", "attn.hook_pattern", "attn.hook_z"),
    *("hook_attn_out", "hook_resid_mid", "ln2.hook_out", "mlp.hook_post", "hook_mlp_out", "hook_resid_post"),
)
CONFIG = {
    **{"vocab_size": 64, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2},
    **{"num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 64},
}

torch.manual_seed(0)
hf = LlamaForCausalLM(LlamaConfig(**CONFIG)).eval()
with torch.no_grad():
    for weight in hf.parameters():
        weight.add_(0.3 * torch.randn_like(weight))
weights = {f"weights.{name}": weight.detach().clone() for name, weight in hf.named_parameters()}
folder = sys.argv[1]  # of any model that transformers reads: its tokenizer stands in
bridge = TransformerBridge.boot_transformers(folder, hf_model=hf, tokenizer=AutoTokenizer.from_pretrained(folder))
bridge.enable_compatibility_mode(no_processing=True)
_, cache = bridge.run_with_cache(torch.tensor([IDS]))
values = {f"blocks.L.{name}": cache[f"blocks.{LAYER}.{name}"].clone() for name in HOOKS}
values["unembed.hook_out"] = cache["unembed.hook_out"].clone()
FILE.parent.mkdir(exist_ok=True)
save_file(weights | values, FILE, metadata={"config": json.dumps(CONFIG), "layer": str(LAYER), "ids": json.dumps(IDS)})
print(FILE.name, FILE.stat().st_size)

"""Weights and tokenizers between files and memory: read, write, hash."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from mikit.errors import WeightsBroken
from mikit.models.architectures import check_supported
from mikit.models.quiet import quiet

Dtype = Literal["fp32", "bf16"]
TORCH: dict[Dtype, torch.dtype] = {"fp32": torch.float32, "bf16": torch.bfloat16}


@quiet()
def read_weights(folder: Path, dtype: Dtype) -> PreTrainedModel:
    """The model in a folder of safetensors; a file that is in ``dtype`` already stays memory-mapped.

    Raises UnsupportedModel, and WeightsBroken where a file is damaged, incomplete, or lacks weights of the model.
    """
    check_type(folder)
    try:
        opened: Any = AutoModelForCausalLM.from_pretrained(
            folder,
            dtype=TORCH[dtype],
            attn_implementation="eager",
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            output_loading_info=True,
        )
    except Exception as error:  # damaged bytes come to light as errors of any kind
        raise WeightsBroken(f"The model files in {folder} cannot be read: {_first_line(error)}") from error
    hf: PreTrainedModel = opened[0]
    if missing := sorted(opened[1]["missing_keys"]):
        raise WeightsBroken(f"The model files in {folder} lack {len(missing)} of the model's weights: {missing[0]} ...")
    return hf


def check_type(folder: Path) -> None:
    """Look at a folder's config alone. Raises UnsupportedModel, WeightsBroken."""
    try:
        model_type = str(json.loads((folder / "config.json").read_bytes())["model_type"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise WeightsBroken(f"{folder / 'config.json'} cannot be read: {_first_line(error)}") from error
    check_supported(model_type)


@quiet()
def read_tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    """The tokenizer in a model's folder. Raises WeightsBroken."""
    try:
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
    except Exception as error:  # as above
        raise WeightsBroken(f"The tokenizer in {folder} cannot be read: {_first_line(error)}") from error
    return tokenizer


@quiet()
def read_gguf(file: Path) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Model in fp32 and tokenizer from a GGUF file. Slow: every weight is taken out of its quantised form.

    Raises WeightsBroken where the file is damaged or of a kind that transformers cannot read.
    """
    where: dict[str, Any] = {"gguf_file": file.name, "local_files_only": True}
    try:
        hf: PreTrainedModel = AutoModelForCausalLM.from_pretrained(file.parent, dtype=torch.float32, **where)
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(file.parent, **where)
    except Exception as error:  # as above
        raise WeightsBroken(f"The GGUF file {file} cannot be read: {_first_line(error)}") from error
    return hf, tokenizer


def write_folder(hf: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, folder: Path, dtype: Dtype) -> None:
    """Write a model as an ordinary safetensors folder, tied weights once.

    Not by ``save_pretrained``, which refuses a model that came from GGUF.
    """
    config = hf.config.to_dict()
    config.pop("quantization_config", None)
    plain = type(hf.config).from_dict(config | {"dtype": str(TORCH[dtype]).removeprefix("torch.")})
    plain.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    weights = {name: weight.detach().to(TORCH[dtype]).contiguous() for name, weight in hf.named_parameters()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def weights_hash(network: nn.Module) -> str:
    """sha256 over all parameters as they run in fp32, sorted by name, tied ones once: name, shape, bytes.

    It depends on the numbers alone, not on the file that they came from, nor on whether that file repeats tied weights.
    """
    digest = hashlib.sha256()
    for name, weight in sorted(network.named_parameters()):
        digest.update(f"{name} {tuple(weight.shape)}\n".encode())
        values: np.ndarray[Any, np.dtype[Any]] = weight.detach().to("cpu", torch.float32).contiguous().numpy()
        digest.update(np.ascontiguousarray(values, dtype="<f4").data)
    return digest.hexdigest()


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]

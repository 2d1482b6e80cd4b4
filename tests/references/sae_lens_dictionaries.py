"""Dictionaries written by SAELens, and Gemma Scope folders read by it, with the encodings it gives them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import torch
from common import D_IN, D_OUT, FEATURES, FIXTURES, K, activations, fill, keep, numbers
from sae_lens import saes
from sae_lens.loading import pretrained_sae_loaders as loaders
from sae_lens.registry import get_sae_class
from sae_lens.saes.sae import SAEMetadata
from safetensors.torch import save_file

HOME = FIXTURES / "sae_lens"
HOOK = "blocks.5.hook_resid_post"


def metadata(**more):
    return SAEMetadata(model_name="a-model", hook_name=HOOK, **more)


def write(name, made):
    fill(made)
    folder = HOME / name
    made.save_model(folder)
    kept(folder, saes.SAE.load_from_disk(folder))


def kept(folder, read):
    x = activations()
    features = read.encode(x)
    keep(folder, x, features, read(x))


def native():
    both = {"d_in": D_IN, "d_sae": FEATURES}
    plain = {"standard": {}, "no_b_dec": {"apply_b_dec_to_input": False}}
    plain |= {f"standard_{how}": {"normalize_activations": how} for how in ("layer_norm", "constant_norm_rescale")}
    for name, given in plain.items():
        write(name, saes.StandardSAE(saes.StandardSAEConfig(**both, metadata=metadata(), **given)))
    for name, rescale in (("topk", False), ("topk_rescaled", True)):
        config = saes.TopKSAEConfig(**both, k=K, rescale_acts_by_decoder_norm=rescale, metadata=metadata())
        write(name, saes.TopKSAE(config))
    write("jumprelu", saes.JumpReLUSAE(saes.JumpReLUSAEConfig(**both, metadata=metadata())))
    across = {**both, "d_out": D_OUT, "apply_b_dec_to_input": False}
    for name, kind, config in (
        ("transcoder", saes.Transcoder, saes.TranscoderConfig),
        ("skip_transcoder", saes.SkipTranscoder, saes.SkipTranscoderConfig),
        ("jumprelu_transcoder", saes.JumpReLUTranscoder, saes.JumpReLUTranscoderConfig),
        ("jumprelu_skip_transcoder", saes.JumpReLUSkipTranscoder, saes.JumpReLUSkipTranscoderConfig),
    ):
        write(name, kind(config(**across, metadata=metadata(hook_name_out="blocks.6.hook_mlp_out"))))


def trained():
    """BatchTopK and Matryoshka, whose threshold comes from batches, as a checkpoint and as it is handed on."""
    for name, kind, config, more in (
        ("batchtopk", saes.BatchTopKTrainingSAE, saes.BatchTopKTrainingSAEConfig, {}),
        (
            "matryoshka",
            saes.MatryoshkaBatchTopKTrainingSAE,
            saes.MatryoshkaBatchTopKTrainingSAEConfig,
            {"matryoshka_widths": [4, FEATURES]},
        ),
    ):
        made = kind(config(d_in=D_IN, d_sae=FEATURES, k=K, topk_threshold_lr=0.5, metadata=metadata(), **more))
        fill(made)
        for _ in range(20):
            made.update_topk_threshold(made.encode(activations()))
        checkpoint, final = HOME / f"{name}_checkpoint", HOME / name
        made.save_model(checkpoint)
        made.save_inference_model(final)
        read = saes.SAE.load_from_disk(final)
        kept(final, read)
        kept(checkpoint, read)


def before_six():
    """A configuration as SAELens wrote it before version 6."""
    folder = HOME / "topk_before_6"
    shutil.copytree(HOME / "topk", folder, dirs_exist_ok=True)
    config = {
        "architecture": "standard",
        "d_in": D_IN,
        "d_sae": FEATURES,
        "activation_fn_str": "topk",
        "activation_fn_kwargs": {"k": K},
        "model_name": "a-model",
        "hook_point": HOOK,
        "apply_b_dec_to_input": True,
        "normalize_activations": "none",
        "finetuning_scaling_factor": False,
        "dtype": "float32",
        "device": "cpu",
    }
    (folder / "cfg.json").write_text(json.dumps(config))
    kept(folder, saes.SAE.load_from_disk(folder))


def gemma_scope():
    """Gemma Scope 1 and 2: folders as the hub has them, through SAELens' own readers of the hub."""
    home = FIXTURES / "gemma_scope"
    loaders.hf_hub_download = lambda repo_id, filename, subfolder=None, **_: str(
        home / repo_id.removeprefix("google/") / (f"{subfolder}/{filename}" if subfolder else filename)
    )
    arrays = {
        "W_enc": numbers(1, D_IN, FEATURES),
        "b_enc": numbers(2, FEATURES),
        "W_dec": numbers(3, FEATURES, D_IN),
        "b_dec": numbers(4, D_IN),
        "threshold": numbers(5, FEATURES).abs(),
    }
    repo, place = "gemma-scope-2b-pt-res", "layer_20/width_16k/average_l0_71"
    folder = home / repo / place
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / "params.npz", **{name: value.numpy() for name, value in arrays.items()})
    read_through(loaders.gemma_2_sae_huggingface_loader, repo, place, folder, d_in=D_IN, d_sae=FEATURES)

    repo = "gemma-scope-2-270m-pt"
    about = {"architecture": "jump_relu", "model_name": "gemma-v3-270m-pt", "l0": 60, "affine_connection": False}
    layer = "model.layers.9"
    for place, source, out, d_out in (
        ("resid_post/layer_9_width_16k_l0_medium", f"{layer}.output", None, D_IN),
        (
            "transcoder/layer_9_width_16k_l0_medium_affine",
            f"{layer}.pre_feedforward_layernorm.output",
            f"{layer}.post_feedforward_layernorm.output",
            D_OUT,
        ),
    ):
        folder = home / repo / place
        folder.mkdir(parents=True, exist_ok=True)
        hooks = {"hf_hook_point_in": source} | ({"hf_hook_point_out": out} if out else {})
        (folder / "config.json").write_text(json.dumps({**about, **hooks, "affine_connection": bool(out)}))
        weights = {name.lower(): value for name, value in arrays.items()}
        weights |= {"w_dec": numbers(6, FEATURES, d_out), "b_dec": numbers(7, d_out)}
        if out:
            weights["affine_skip_connection"] = numbers(8, D_IN, d_out)
        save_file(weights, folder / "params.safetensors")
        shapes = {name: list(value.shape) for name, value in weights.items()}
        loaders.get_safetensors_tensor_shapes = lambda *_, shapes=shapes: shapes
        read_through(loaders.gemma_3_sae_huggingface_loader, f"google/{repo}", place, folder)


def read_through(loader, repo: str, place: str, folder: Path, **overrides):
    config, weights, _ = loader(repo, place, device="cpu", cfg_overrides=overrides or None)
    config = loaders.handle_config_defaulting(config)
    kind, _ = get_sae_class(config["architecture"])
    made = kind.from_dict(config)
    made.load_state_dict(weights)
    kept(folder, made)


if __name__ == "__main__":
    torch.manual_seed(0)
    shutil.rmtree(HOME, ignore_errors=True)
    native()
    trained()
    before_six()
    gemma_scope()

"""Dictionaries of families other than SAELens', read into the one form that mikit computes with."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import accumulate
from pathlib import Path
from typing import Any

from torch import Tensor

from mikit.errors import DictionaryUnusable
from mikit.sae.dictionary import Config, Dictionary, Place, unit_rows
from mikit.sae.files import number, part, read_json, read_tensors
from mikit.sae.hooks import from_lens, from_modules, from_openai

_PARTS = ("W_enc", "b_enc", "W_dec", "b_dec")


def read_gemma_scope(folder: Path) -> Dictionary:
    """Gemma Scope 1: params.npz. Model, site and declared L0 stand in the path alone:
    gemma-scope-2b-pt-res/layer_20/width_16k/average_l0_71. Its MLP site is what MLP adds to the stream, after the norm;
    its attention site is z, heads side by side. Its transcoders read the stream before the MLP at length sqrt(d_in),
    which is the norm without its gain (circuit-tracer, tl_nnsight_mapping.py)."""
    file = folder / "params.npz"
    given = read_tensors(file)
    weights = {name: part(given, name, file) for name in (*_PARTS, "threshold")}
    words = str(folder.resolve())
    if "embedding" in words:
        raise DictionaryUnusable(f"{folder} reads token embeddings, a place that mikit has no site for.")
    repo = re.search(r"gemma-scope-(\d+b)-(pt|it)-(res|mlp|att|transcoders)", words)
    layer = re.search(r"layer_(\d+)", words)
    hooks = {
        "res": "hook_resid_post",
        "mlp": "hook_mlp_out",
        "att": "attn.hook_z",
        "transcoders": "hook_resid_mid",
    }
    hook = f"blocks.{layer[1]}.{hooks[repo[3]]}" if repo and layer else folder.name
    transcoder = bool(repo) and "transcoders" in words
    place = Place(
        model=f"gemma-2-{repo[1]}{'-it' if repo[2] == 'it' else ''}" if repo else "",
        site=from_lens(hook),
        target=from_lens(f"blocks.{layer[1]}.hook_mlp_out") if transcoder and layer else None,
        hook=hook,
        declared=_declared(re.search(r"average_l0_(\d+)", words)),
    )
    config = _jumprelu(weights, transcoder=transcoder)
    if transcoder:
        config = config.model_copy(update={"normalise": "rms"})
    return Dictionary(config, weights, place)


def read_gemma_scope_2(folder: Path) -> Dictionary:
    """Gemma Scope 2: config.json and params.safetensors. A transcoder has another hook out than in."""
    file = folder / "params.safetensors"
    given = read_tensors(file)
    about = read_json(folder / "config.json", "the place it reads")
    if about.get("architecture") != "jump_relu":
        raise DictionaryUnusable(f"{folder} says architecture '{about.get('architecture')}'; mikit reads jump_relu.")
    weights = {name: part(given, name.lower(), file) for name in (*_PARTS, "threshold")}
    if weights["W_dec"].dim() != 2:
        raise DictionaryUnusable(
            f"{folder} writes to several layers (a cross-layer transcoder); mikit reads one layer."
        )
    source, out = str(about.get("hf_hook_point_in") or ""), str(about.get("hf_hook_point_out") or "")
    transcoder = bool(out) and out != source
    if "affine_skip_connection" in given:
        weights["W_skip"] = part(given, "affine_skip_connection", file)
    place = Place(
        model=str(about.get("model_name") or ""),
        site=from_modules(source),
        target=from_modules(out) if transcoder else None,
        hook=source,
        declared={"l0": float(about["l0"])} if isinstance(about.get("l0"), (int, float)) else {},
    )
    return Dictionary(_jumprelu(weights, transcoder=transcoder), weights, place)


def read_dictionary_learning(folder: Path) -> Dictionary:
    """dictionary_learning: ae.pt and config.json, whose "trainer" says what the numbers mean."""
    file, where = folder / "ae.pt", folder / "config.json"
    trainer: dict[str, Any] = read_json(where, "which kind of dictionary these weights are").get("trainer") or {}
    kind = trainer.get("dict_class")
    if kind not in _LEARNED:
        raise DictionaryUnusable(f"{where} says dict_class '{kind}'; mikit reads {', '.join(_LEARNED)}.")
    given = read_tensors(file)
    if "W_enc" in given:
        weights = {name: part(given, name, file) for name in _PARTS}
    else:
        bias = {"AutoEncoder": "bias", "AutoEncoderNew": "decoder.bias"}.get(kind, "b_dec")
        weights = {
            "W_enc": part(given, "encoder.weight", file).T,
            "b_enc": part(given, "encoder.bias", file),
            "W_dec": part(given, "decoder.weight", file).T,
            "b_dec": part(given, bias, file),
        }
    d_in, features = weights["W_enc"].shape
    activation = _LEARNED[kind]
    if activation == "batchtopk":
        weights["threshold"] = _trained_threshold(part(given, "threshold", file), file).expand(features)
    if activation == "jumprelu":
        weights["threshold"] = part(given, "threshold", file)
    if kind == "AutoEncoder":  # as its makers do on reading, so that features add unit directions
        weights = unit_rows(weights)
    sizes = part(given, "group_sizes", file).tolist() if "group_sizes" in given else []
    config = Config(
        d_in=d_in,
        features=features,
        activation=activation,
        k=int(part(given, "k", file)) if "topk" in activation else None,
        subtract_b_dec=kind not in ("AutoEncoderNew", "JumpReluAutoEncoder"),
        prefixes=tuple(accumulate(sizes)),
    )
    return Dictionary(config, weights, _learned_place(trainer))


_LEARNED: dict[str, Any] = {
    "AutoEncoder": "relu",
    "AutoEncoderNew": "relu",
    "AutoEncoderTopK": "topk",
    "BatchTopKSAE": "batchtopk",
    "MatryoshkaBatchTopKSAE": "batchtopk",
    "JumpReluAutoEncoder": "jumprelu",
}


def _trained_threshold(threshold: Tensor, file: Path) -> Tensor:
    if float(threshold) < 0:
        raise DictionaryUnusable(
            f"{file} holds the threshold {float(threshold):g}, which it starts with: training ended before it was set,"
            " so it is not known which features fire."
        )
    return threshold


def _learned_place(trainer: Mapping[str, Any]) -> Place:
    layer, name = trainer.get("layer"), str(trainer.get("submodule_name") or "")
    hook = name or f"layer {layer}"
    plain = not name or name.startswith("resid_post")
    site = from_lens(f"blocks.{layer}.hook_resid_post") if plain else None
    return Place(model=str(trainer.get("lm_name") or "").split("/")[-1], site=site, hook=hook)


def read_sparsify(folder: Path) -> Dictionary:
    """EleutherAI's sparsify: cfg.json and sae.safetensors; the folder's name is the place, as in layers.8.mlp."""
    file, where = folder / "sae.safetensors", folder / "cfg.json"
    about = read_json(where, "how many features fire on a token")
    if about.get("activation", "topk") != "topk" or about.get("signed"):
        raise DictionaryUnusable(
            f"{where} says activation '{about.get('activation')}', signed or not; mikit reads topk."
        )
    given = read_tensors(file)
    weights = {
        "W_enc": part(given, "encoder.weight", file).T,
        "b_enc": part(given, "encoder.bias", file),
        "W_dec": part(given, "W_dec", file),
        "b_dec": part(given, "b_dec", file),
    }
    transcoder = bool(about.get("transcode"))
    if about.get("skip_connection"):
        weights["W_skip"] = part(given, "W_skip", file).T
    hook = folder.resolve().name
    site = from_modules(hook)
    config = Config(
        d_in=number(about, "d_in", where),
        d_out=weights["W_dec"].shape[-1],
        features=weights["W_enc"].shape[-1],
        activation="topk",
        k=number(about, "k", where),
        subtract_b_dec=not transcoder,
        transcoder=transcoder,
        skip="W_skip" in weights,
    )
    if transcoder:  # from the module's input to its output
        return Dictionary(config, weights, Place(site=from_modules(f"{hook}.input"), target=site, hook=hook))
    return Dictionary(config, weights, Place(site=site, hook=hook))


def read_openai(file: Path) -> Dictionary:
    """OpenAI's GPT-2 dictionaries: one .pt file a layer. Those with TopK read layer-normed activations."""
    given = read_tensors(file)
    kind = given.get("activation", "ReLU")
    state = given.get("activation_state_dict") or {}
    if kind not in ("ReLU", "TopK") or state.get("postact_fn", "ReLU") != "ReLU":
        raise DictionaryUnusable(
            f"{file} uses {kind} with {state.get('postact_fn')}; mikit reads ReLU and TopK of ReLU."
        )
    weights = {
        "W_enc": part(given, "encoder.weight", file).T,
        "b_enc": part(given, "latent_bias", file),
        "W_dec": part(given, "decoder.weight", file).T,
        "b_dec": part(given, "pre_bias", file),
    }
    d_in, features = weights["W_enc"].shape
    config = Config(
        d_in=d_in,
        features=features,
        activation="topk" if kind == "TopK" else "relu",
        k=int(state["k"]) if kind == "TopK" and "k" in state else None,
        normalise="layer norm" if kind == "TopK" else "none",
    )
    path = file.resolve().as_posix()
    return Dictionary(config, weights, Place(model="gpt2", site=from_openai(path), hook="/".join(file.parts[-3:])))


def read_layer(file: Path) -> Dictionary:
    """One layer_N.safetensors of a set of transcoders, as circuit-tracer reads them: from what enters the MLP to what
    it adds, where the set's config.yaml names no other places; the encoder is stored transposed."""
    given = read_tensors(file)
    weights = {name: part(given, name, file) for name in _PARTS}
    weights["W_enc"] = weights["W_enc"].T
    for theirs, ours in (
        ("W_skip", "W_skip"),
        ("threshold", "threshold"),
        ("activation_function.threshold", "threshold"),
    ):
        if theirs in given:
            weights[ours] = part(given, theirs, file)
    if "W_skip" in weights:
        weights["W_skip"] = weights["W_skip"].T
    layer = re.search(r"(\d+)\.safetensors$", file.name)
    about = file.with_name("config.yaml")
    said = dict(_SET_HOOK.findall(about.read_text(encoding="utf-8"))) if about.is_file() else {}
    hook = f"blocks.{layer[1]}.{said.get('input', 'mlp.hook_in')}" if layer else file.name
    out = f"blocks.{layer[1]}.{said.get('output', 'hook_mlp_out')}" if layer else ""
    config = _jumprelu(weights, transcoder=True)
    if "threshold" not in weights:
        config = config.model_copy(update={"activation": "relu"})
    return Dictionary(config, weights, Place(site=from_lens(hook), target=from_lens(out), hook=hook))


_SET_HOOK = re.compile(r"^feature_(input|output)_hook:\s*[\"']?([\w.]+)", re.MULTILINE)


def _jumprelu(weights: Mapping[str, Tensor], *, transcoder: bool) -> Config:
    d_in, features = weights["W_enc"].shape
    return Config(
        d_in=d_in,
        d_out=weights["W_dec"].shape[-1],
        features=features,
        activation="jumprelu",
        subtract_b_dec=False,
        transcoder=transcoder,
        skip="W_skip" in weights,
    )


def _declared(l0: re.Match[str] | None) -> dict[str, float]:
    return {"l0": float(l0[1])} if l0 else {}


FILES: dict[str, Callable[[Path], Dictionary]] = {
    "params.npz": read_gemma_scope,
    "params.safetensors": read_gemma_scope_2,
    "ae.pt": read_dictionary_learning,
    "sae.safetensors": read_sparsify,
}
"""The file by which each family's folder is known."""

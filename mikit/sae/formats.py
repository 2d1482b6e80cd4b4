"""Dictionaries in files: `read` takes any family that mikit knows, `write` writes SAELens' own.

SAELens: a folder with cfg.json and sae_weights.safetensors. The other families are in foreign.py. What a file does not
settle is refused, never guessed: a lost threshold or scale gives features that look right and are not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import torch
from pydantic import ValidationError
from torch import Tensor

from mikit.errors import DictionaryUnusable
from mikit.sae import foreign
from mikit.sae.dictionary import Config, Dictionary, Normalise, Place, scaled, unit_rows
from mikit.sae.files import json_to, number, part, read_json, read_tensors, tensors_to, write_whole
from mikit.sae.hooks import from_lens, to_lens

CONFIG, WEIGHTS = "cfg.json", "sae_weights.safetensors"

_NORMALISE: dict[str, Normalise] = {"none": "none", "constant_norm_rescale": "rms", "layer_norm": "layer norm"}
_TRANSCODERS = ("transcoder", "skip_transcoder", "jumprelu_transcoder", "jumprelu_skip_transcoder")
_ARCHITECTURES = ("standard", "topk", "jumprelu", "batchtopk", "matryoshka_batchtopk", *_TRANSCODERS)


def read(path: str | Path, *, scale: float | None = None) -> Dictionary:
    """The dictionary in a folder, or in one of OpenAI's .pt files.

    ``scale`` is the number that activations were multiplied by in training, for a file which says that there was one
    and not which. Raises DictionaryUnusable, with the reason.
    """
    path = Path(path).expanduser()
    folder = path.parent if path.name in (CONFIG, WEIGHTS, *foreign.FILES) else path
    try:
        if (folder / WEIGHTS).is_file():
            return _read_saelens(folder, scale)
        for name, reader in foreign.FILES.items():
            if (folder / name).is_file():
                return reader(folder)
        if path.is_file() and path.suffix == ".pt":
            return foreign.read_openai(path)
        if path.is_file() and path.suffix == ".safetensors":
            return foreign.read_layer(path)
    except ValidationError as error:
        wrong = error.errors()[0]
        raise DictionaryUnusable(
            f"{path} says {'.'.join(map(str, wrong['loc']))} = {wrong['input']!r}: {wrong['msg']}."
        ) from error
    there = sorted(file.name for file in folder.iterdir())[:8] if folder.is_dir() else []
    raise DictionaryUnusable(
        f"{path} is no dictionary that mikit knows ({', '.join(there) or 'there is nothing'}). It looks for"
        f" {', '.join([WEIGHTS, *foreign.FILES])}, or a single .pt or layer_N.safetensors file."
    )


def write(dictionary: Dictionary, folder: str | Path, *, dtype: Literal["float32", "float16"] = "float32") -> None:
    """Write SAELens' format. SAELens has no BatchTopK of its own to read: it becomes a JumpReLU, which gives the same
    features; mikit reads back what it was. "float16" halves the file; SAELens and mikit compute in float32 still.

    Raises DictionaryUnusable for what SAELens cannot hold, NoDisk.
    """
    folder = Path(folder)
    config = _saelens_config(dictionary)
    weights = {name: value.to(getattr(torch, dtype)) for name, value in dictionary.weights().items()}
    if "W_skip" in weights:
        weights["W_skip"] = weights["W_skip"].T
    if wide := [name for name, value in weights.items() if not bool(torch.isfinite(value).all())]:
        raise DictionaryUnusable(f"{', '.join(wide)} is too large for float16. Write float32.")
    write_whole({folder / WEIGHTS: tensors_to(weights, {}), folder / CONFIG: json_to(config)})


def _read_saelens(folder: Path, scale: float | None) -> Dictionary:
    given = _modern(read_json(folder / CONFIG, "which activation function and biases it was trained with"))
    weights = read_tensors(folder / WEIGHTS)
    where = folder / CONFIG
    architecture = given.get("architecture")
    if architecture not in _ARCHITECTURES:
        raise DictionaryUnusable(
            f"{where} says architecture '{architecture}'; mikit reads {', '.join(_ARCHITECTURES)}."
        )
    metadata = given.get("metadata") or {}
    ours: dict[str, Any] = metadata.get("mikit") or {}
    d_in, features = number(given, "d_in", where), number(given, "d_sae", where)
    found = {name: value for name, value in weights.items() if name != "topk_threshold"}
    if "W_skip" in found:
        found["W_skip"] = found["W_skip"].T
    if architecture.endswith("batchtopk"):
        found["threshold"] = part(weights, "topk_threshold", folder / WEIGHTS).expand(features)
    transcoder = architecture in _TRANSCODERS
    config = Config(
        d_in=d_in,
        d_out=number(given, "d_out", where) if transcoder else d_in,
        features=features,
        activation=ours.get("activation") or _activation(architecture),
        k=number(given, "k", where) if "topk" in architecture else ours.get("k"),
        subtract_b_dec=bool(given.get("apply_b_dec_to_input", True)) and not transcoder,
        normalise=_normalise(given, where, scale),
        transcoder=transcoder,
        skip="skip" in architecture,
        prefixes=tuple(ours.get("prefixes") or given.get("matryoshka_widths") or ()),
    )
    if given.get("rescale_acts_by_decoder_norm"):
        found = unit_rows(
            {**found, "threshold": found["threshold"] / _lengths(found)} if "threshold" in found else found
        )
    if scale is not None:
        found = scaled(found, scale)
    return Dictionary(config, found, _place(metadata, ours))


def _lengths(weights: Mapping[str, Tensor]) -> Tensor:
    """BatchTopK's threshold is held against values that have the decoder's lengths in them already."""
    lengths: Tensor = weights["W_dec"].norm(dim=-1)
    return lengths.clamp(min=1e-8)


def _activation(architecture: str) -> str:
    if "batchtopk" in architecture:
        return "batchtopk"
    return "jumprelu" if "jumprelu" in architecture else "topk" if architecture == "topk" else "relu"


def _normalise(given: Mapping[str, Any], where: Path, scale: float | None) -> Normalise:
    how = given.get("normalize_activations") or "none"
    if how == "expected_average_only_in" and scale is not None:
        return "none"
    if how not in _NORMALISE:
        raise DictionaryUnusable(
            f"{where} says normalize_activations = '{how}': activations were scaled in training by a number that the"
            " files do not hold. Give it: read(folder, scale=...)."
            if how == "expected_average_only_in"
            else f"{where} says normalize_activations = '{how}', which mikit cannot undo."
        )
    if scale is not None:
        raise DictionaryUnusable(f"{where} says normalize_activations = '{how}': there is no scale to give.")
    return _NORMALISE[how]


def _modern(config: dict[str, Any]) -> dict[str, Any]:
    """A configuration written before SAELens 6, in today's words."""
    if "metadata" in config:
        return config
    found = dict(config)
    hook = found.get("hook_name") or found.get("hook_point") or ""
    names = ("model_name", "hook_name_out", "sae_lens_training_version")
    found["metadata"] = {"hook_name": hook} | {name: found[name] for name in names if name in found}
    found.setdefault("architecture", "standard")
    if found.get("activation_fn_str", found.get("activation_fn")) == "topk":
        found |= {"architecture": "topk", "k": (found.get("activation_fn_kwargs") or {}).get("k")}
    if isinstance(found.get("normalize_activations"), bool):
        found["normalize_activations"] = "expected_average_only_in" if found["normalize_activations"] else "none"
    if found.get("finetuning_scaling_factor"):
        raise DictionaryUnusable("This dictionary was fine-tuned with a factor a feature, which mikit does not read.")
    return found


def _place(metadata: Mapping[str, Any], ours: Mapping[str, Any]) -> Place:
    hook = str(metadata.get("hook_name") or "")
    return Place(
        model=str(metadata.get("model_name") or ""),
        model_sha256=ours.get("model_sha256") or "",
        site=from_lens(hook),
        target=from_lens(str(metadata.get("hook_name_out") or "")),
        hook=hook,
        declared=ours.get("declared") or {},
    )


def _saelens_config(dictionary: Dictionary) -> dict[str, Any]:
    c, place = dictionary.config, dictionary.place
    if c.transcoder and c.activation == "topk":
        raise DictionaryUnusable("SAELens has no TopK transcoder, so there is no such file to write.")
    base = {"relu": "standard", "topk": "topk"}.get(c.activation, "jumprelu")
    if c.transcoder:
        base = ("jumprelu_" if base == "jumprelu" else "") + ("skip_" if c.skip else "") + "transcoder"
    found: dict[str, Any] = {
        "architecture": base,
        "d_in": c.d_in,
        "d_sae": c.features,
        "dtype": "float32",
        "device": "cpu",
        "apply_b_dec_to_input": c.subtract_b_dec,
        "normalize_activations": next(theirs for theirs, how in _NORMALISE.items() if how == c.normalise),
        "reshape_activations": "hook_z" if place.site and place.site.name == "z" else "none",
    }
    if c.transcoder:
        found["d_out"] = c.d_out
    if c.activation == "topk":
        found |= {"k": c.k, "rescale_acts_by_decoder_norm": False}
    metadata = {"model_name": place.model, "hook_name": to_lens(place.site) if place.site else place.hook}
    if place.target:
        metadata["hook_name_out"] = to_lens(place.target)
    ours: dict[str, Any] = {"activation": c.activation, "k": c.k, "prefixes": list(c.prefixes)}
    ours |= {"model_sha256": place.model_sha256, "declared": place.declared}
    # Without a version SAELens takes a configuration for one from before 6.0 and drops what it does not know.
    found["metadata"] = metadata | {"sae_lens_version": "6.0.0", "mikit": ours}
    return found

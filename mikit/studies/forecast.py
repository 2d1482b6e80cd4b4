"""What a model will need, from its description alone: asked before any of its weights are fetched or read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
import torch
from transformers import AutoConfig, AutoModelForCausalLM, PretrainedConfig

from mikit.errors import UnknownModel, WeightsBroken, nearest
from mikit.models import hub, sources
from mikit.models.architectures import architecture_of
from mikit.models.catalog import CATALOG
from mikit.models.quiet import quiet
from mikit.models.weights import check_type
from mikit.studies.cost import FLOPS

WORKING = 600_000_000
"""Bytes beside the weights: Python, PyTorch, and one short experiment (measured with smollm2-135m: 0.56 GB)."""
LAYERS = 24
"""Of a model of the catalog that is not here yet: a middling number, good enough for seconds."""
PROMPT = 20
"""Tokens of the pass whose seconds are foretold."""


@dataclass(frozen=True)
class Forecast:
    """``about``: family, layers and heads. ``parameters``: numbers in the weights. In bytes: ``download`` (0 where the
    model is on this machine), ``memory`` in 32-bit floats, all in all, and ``free`` here now. ``seconds`` of one pass
    over 20 tokens on an ordinary laptop, ``map_seconds`` of an exact patching map of such a prompt: right within a
    factor of a few."""

    name: str
    about: str
    parameters: int
    download: int
    memory: int
    free: int
    seconds: float
    map_seconds: float

    @property
    def fits(self) -> bool:
        """Whether its memory is free here, with some to spare."""
        return self.memory < 0.8 * self.free

    def __str__(self) -> str:
        there = f"{self.download / 1e6:,.0f} MB to fetch" if self.download else "on this machine already"
        verdict = "It fits." if self.fits else "It does not fit: take a smaller model."
        return (
            f"{self.name}: {self.about}, {self.parameters / 1e6:,.0f} million numbers. {there[0].upper()}{there[1:]}.\n"
            f"About {self.memory / 1e9:.1f} GB of memory; {self.free / 1e9:.1f} GB are free here. {verdict}\n"
            f"About {self.seconds:.2g} s for one pass over {PROMPT} tokens, {self.map_seconds:.2g} s for an exact"
            " patching map of them."
        )


def forecast(source: str | Path) -> Forecast:
    """What ``mikit.load(source)`` will need. Of the hub it asks for the list of files and the configuration alone.

    ``source``: a name of the catalog, "org/name[@revision]" on the hub, a folder, or a .gguf file. Raises UnknownModel,
    UnsupportedModel, FetchFailed, WeightsBroken.
    """
    with quiet():
        name, path = str(source), Path(source).expanduser()
        if path.is_file():
            return _of_config(name, _config(path.parent, gguf_file=path.name), 0)
        folder = path if path.is_dir() else sources.folder_of(name)
        if folder is not None:
            return _of_config(name, _read(folder), 0)
        if name in CATALOG:
            entry = CATALOG[name]
            return _forecast(name, entry.about, entry.disk_mb * 250_000, LAYERS, entry.download_mb * 1_000_000)
        if hub.is_hub_name(name):
            return _of_hub(name)
    raise UnknownModel(f"There is no model, folder or file '{name}'.{nearest(name, CATALOG)}")


def _of_hub(name: str) -> Forecast:
    info = hub.look_up(name)
    beside, weights = hub.files_to_fetch(info)
    config = [file for file in beside if file.rfilename == "config.json"]
    if not config or info.sha is None:
        raise UnknownModel(f"The hub's '{name}' holds no model: it has no config.json.")
    with TemporaryDirectory() as folder:
        hub.download(info.id, info.sha, config, Path(folder), lambda _: None)
        return _of_config(name, _read(Path(folder)), sum(file.size or 0 for file in beside + weights))


def _read(folder: Path) -> PretrainedConfig:
    if not (folder / "config.json").is_file():
        raise UnknownModel(f"The folder {folder} holds no model: it has no config.json.")
    check_type(folder)
    return _config(folder)


def _config(folder: Path, **where: Any) -> PretrainedConfig:
    try:
        config: PretrainedConfig = AutoConfig.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False, **where
        )
    except Exception as error:  # damaged bytes come to light as errors of any kind
        said = str(error).strip().split("\n")[0]
        raise WeightsBroken(f"The model's description in {folder} cannot be read: {said}") from error
    return config


def _of_config(name: str, config: PretrainedConfig, download: int) -> Forecast:
    arch, text = architecture_of(config), config.get_text_config()
    try:
        with torch.device("meta"):  # shapes without numbers
            hf = AutoModelForCausalLM.from_config(config)  # type: ignore[no-untyped-call]
    except Exception as error:  # measures that do not go together
        said = str(error).strip().split("\n")[0]
        raise WeightsBroken(f"'{name}' describes a model that cannot be built: {said}") from error
    layers = text.num_hidden_layers
    about = f"{arch.family}, {layers} layers x {text.num_attention_heads} heads"
    return _forecast(name, about, sum(weight.numel() for weight in hf.parameters()), layers, download)


def _forecast(name: str, about: str, parameters: int, layers: int, download: int) -> Forecast:
    free = psutil.virtual_memory().available
    seconds = 2 * parameters * PROMPT / FLOPS
    sites = layers * PROMPT / 4  # one at every layer and token; half of the layers and half of the tokens lie before it
    return Forecast(name, about, parameters, download, 4 * parameters + WORKING, free, seconds, seconds * sites)

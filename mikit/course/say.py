"""Course blocks on the page: a 3 px rule in ink on the left, no box; the same words where there is no page."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

RULE = "border-left: 3px solid currentColor; padding-left: 12px; margin: 4px 0"


@dataclass(frozen=True)
class Block:
    """What a course block says.

    Attributes:
        mark: "✓", "×" or "".
        bold: the few words that matter most.
        sentences: one paragraph each.
        folded: (summary, text) to open on demand, such as hints.
    """

    mark: str = ""
    bold: str = ""
    sentences: Sequence[str] = ()
    folded: Sequence[tuple[str, str]] = ()

    def text(self) -> str:
        head = " ".join(filter(None, [self.mark, self.bold]))
        body = [*self.sentences, *(f"{summary}: {text}" for summary, text in self.folded)]
        return "\n".join([*filter(None, [head]), *(f"  {line}" if head else line for line in body)])

    def html(self) -> str:
        head = "".join([f"{html.escape(self.mark)} " if self.mark else "", _bold(self.bold)])
        parts = [f"<div>{line}</div>" for line in filter(None, [head, *map(html.escape, self.sentences)])]
        for summary, text in self.folded:
            summary, text = html.escape(summary), html.escape(text)
            parts.append(f"<details><summary>{summary}</summary><div>{text}</div></details>")
        return f'<div style="{RULE}">{"".join(parts)}</div>'


def say(block: Block) -> None:
    """Put a block on the page; print its text where there is none."""
    if in_notebook():
        display({"text/html": block.html(), "text/plain": block.text()}, raw=True)  # type: ignore[no-untyped-call]
    else:
        print(block.text())


def tell(*sentences: str) -> None:
    """Say sentences without a mark."""
    say(Block(sentences=sentences))


def in_notebook() -> bool:
    """Whether a page, and not a terminal, shows what is said."""
    return InteractiveShell.initialized() and hasattr(InteractiveShell.instance(), "kernel")


def _bold(text: str) -> str:
    return f"<b>{html.escape(text)}</b>" if text else ""

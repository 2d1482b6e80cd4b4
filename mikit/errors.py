"""Errors whose message is a sentence for a learner: what happened, the value that did it, what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class MikitError(Exception):
    """Base of every mistake that mikit foresees. ``str(error)`` is the sentence to show."""

    def _render_traceback_(self) -> list[str]:
        """Show only the sentence in a notebook; the stack would bury it."""
        return [f"{type(self).__name__}: {self}"]


class UnknownModel(MikitError):
    """No model of that name, and no such folder or file."""


class ModelNotHere(MikitError):
    """The model is known, but its files are not on this machine and cannot be fetched now."""


class FetchFailed(MikitError):
    """A download did not arrive whole."""


class NoDisk(MikitError):
    """Too little free disk for what would be written."""


class WeightsBroken(MikitError):
    """A weight file is damaged, half written, or not the bytes its name stands for."""


class UnsupportedModel(MikitError):
    """A model of a family that the address book does not know."""


class EmptyText(MikitError):
    """A prompt without a single token."""


class TooLong(MikitError):
    """A prompt longer than the model's context."""


class NotOneToken(MikitError):
    """A word that should be a single token, and is none or several."""


class BadPair(MikitError):
    """Two prompts, or an answer and a foil, that cannot be compared."""


class BadMetric(MikitError):
    """A metric that is unknown, or gives no finite number for each row."""


class BadClaim(MikitError):
    """A claim that cannot be checked: not locked, a wording without names, a list with too few."""


class BadDirection(MikitError):
    """A direction that points nowhere, or cannot be made: zero, not finite, from another model or width."""


class BadCircuit(MikitError):
    """A set of edges that is no circuit: empty, or larger than the graph."""


class NoChatTemplate(MikitError):
    """Chat asked of a tokenizer that has no chat template."""


class UnknownSite(MikitError):
    """A layer, head, position or value that this model does not have."""


class ShapeMismatch(MikitError):
    """An array whose shape does not fit; the message holds both shapes."""


class WrongDtype(MikitError):
    """A measurement asked of weights that may only stream text (bf16)."""


class NotFinite(MikitError):
    """A change so strong that what the model gives is no number any more."""


class CheckFailed(MikitError):
    """A model failed a self-check that a study leans on."""


class Busy(MikitError):
    """A trace asked for from inside a trace."""


class TooCostly(MikitError):
    """A study refused before it ran: too many bytes or seconds for this machine."""


class DictionaryUnusable(MikitError):
    """A dictionary that cannot be read, lacks a part, or does not fit the model or place it is put to."""


class GraphUnusable(MikitError):
    """A graph file that cannot be read: of a newer form, with edges that end nowhere, with two nodes of one name."""


class RecordUnusable(MikitError):
    """A record that cannot be read, was altered, or names a model that cannot be had."""


def nearest(wrong: str, known: Iterable[str]) -> str:
    """A tail for a message: ' Did you mean x?' when something close is known, else the list of what is known.

    >>> nearest("gtp2", ["gpt2"])
    " Did you mean 'gpt2'?"
    """
    names = sorted(known)
    close = difflib.get_close_matches(wrong, names, n=1, cutoff=0.6)
    if close:
        return f" Did you mean '{close[0]}'?"
    return f" Known: {', '.join(names)}." if names else ""

"""The prompts of lesson 00: two names, one of which the model should say next. Each learner has a pair of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mikit.course.plan import Context

if TYPE_CHECKING:
    from torch import Tensor

    from mikit.models.model import Model
    from mikit.models.tokens import Chat

HEAD = (23, 3)
"""The head of this lesson: of all 270, the one whose last row, set by hand, moves the logit difference of MARY most."""

PAIRS = (
    "Mary Peter", "Mary David", "Mary Lucy", "John Anna", "John Lucy", "John Emma", "Anna Peter", "Anna David",
    "Anna James", "Peter Mary", "Peter David", "Sarah Paul", "Sarah James", "Sarah Lucy", "David Anna", "David Lucy",
    "Emma Paul", "Emma James", "Kate David", "James Kate",
)  # fmt: skip
"""Answer and foil. For each the model prefers the answer, and prefers the foil when HEAD looks at the answer alone."""


class Names(NamedTuple):
    """A prompt of 14 tokens, the token that it calls for, and the one that it does not."""

    text: str
    answer: str
    foil: str


def names(answer: str, foil: str) -> Names:
    return Names(f"When {answer} and {foil} went to the store, {foil} gave a drink to", f" {answer}", f" {foil}")


MARY = names("Mary", "John")


def my_names(context: Context) -> Names:
    """The learner's own pair, drawn by the seed of their progress code."""
    answer, foil = PAIRS[int(context.draw("names").integers(len(PAIRS)))].split()
    return names(answer, foil)


def next_logits(model: Model, text: str | Chat) -> Tensor:
    """Logits [vocab] of the token that follows."""
    from mikit.trace.engine import run

    return run(model, model.tokens(text), [[]])[0]


class Next(NamedTuple):
    """A token that may follow."""

    token: str
    share: float
    logit: float


def top_tokens(model: Model, text: str | Chat, count: int = 5) -> list[Next]:
    """The likeliest next tokens."""
    logits = next_logits(model, text)
    top = logits.softmax(-1).topk(count)
    return [
        Next(model.token_string(id), share, float(logits[id]))
        for share, id in zip(top.values.tolist(), top.indices.tolist(), strict=True)
    ]


def likeliest(model: Model, text: str | Chat) -> tuple[str, float]:
    """The likeliest next token and its probability."""
    token, share, _ = top_tokens(model, text, 1)[0]
    return token, share


def probability(model: Model, text: str, word: str) -> float:
    """Of one word, a single token, to follow."""
    return float(next_logits(model, text).softmax(-1)[model.tokens(word).ids[0, 0]])


def logit_difference(model: Model, task: Names) -> float:
    answer, foil = (int(model.tokens(word).ids[0, 0]) for word in (task.answer, task.foil))
    logits = next_logits(model, task.text)
    return float(logits[answer] - logits[foil])


def difference_with(model: Model, task: Names, head: tuple[int, int], shares: list[float]) -> float:
    """The logit difference when ``head`` looks from the last token where ``shares`` says."""
    from mikit.studies.base import run_study
    from mikit.studies.be_the_head import PlaceAttention
    from mikit.studies.prompts import TextPrompt

    study = PlaceAttention(
        model=model.ref,
        prompt=TextPrompt(text=task.text),
        layer=head[0],
        head=head[1],
        answer=task.answer,
        foil=task.foil,
        shares=tuple(shares),
    )
    return float(run_study(study, model).grids["logit difference"].values.numpy()[0])


def all_on(model: Model, task: Names, word: str) -> list[float]:
    """100 % of attention on the first place where ``word`` stands."""
    strings = list(model.tokens(task.text).strings)
    return [float(i == strings.index(word)) for i in range(len(strings))]


def sink_share(model: Model, text: str) -> float:
    """Attention on position 0: the mean over all heads, and over all readers but position 0 itself."""
    return float(patterns(model, text)[:, :, 1:, 0].mean())


def patterns(model: Model, text: str) -> np.ndarray:
    """Attention [layer, head, query, key]."""
    from mikit.studies.attention import AttentionPatterns
    from mikit.studies.base import run_study
    from mikit.studies.prompts import TextPrompt

    study = AttentionPatterns(model=model.ref, prompt=TextPrompt(text=text))
    return run_study(study, model).grids["pattern"].values.numpy()

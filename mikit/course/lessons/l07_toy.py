"""Lesson 07, first part: a toy that was taught to refuse, and what becomes of it without one direction, or with more of
it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import torch
from torch import Tensor

from mikit.course.lessons.verdicts import no, yes
from mikit.course.plan import Context, Exercise, Question, Verdict, Wrong
from mikit.models.refusal import ANSWERS, LAST, PASS, REFUSED, Change, Refusing, World, difference, trained, world

CLOSE = 1e-4
ARROWS = 8
"""Random arrows that stand beside the toy's own."""

Predict = Callable[[Tensor, Tensor, Tensor], Any]


class Shares(NamedTuple):
    """What the toy says, as shares of the questions that no arrow was made from."""

    closed_refused: float
    closed_answered: float
    open_refused: float
    open_answered: float

    def __str__(self) -> str:
        return (
            f"closed: refused {self.closed_refused:4.0%}, answered {self.closed_answered:4.0%}"
            f"   open: refused {self.open_refused:4.0%}, answered {self.open_answered:4.0%}"
        )


@dataclass(frozen=True, eq=False)
class Toy:
    """The toy before and after it was taught to refuse, and its questions."""

    before: Refusing
    network: Refusing
    world: World

    @cached_property
    def streams(self) -> list[Tensor]:
        """Stream 0, 1 and 2, each [question, 256]."""
        return self.network.streams(self.world.ids)

    @property
    def stream(self) -> Tensor:
        """The last stream, from which the tokens are read."""
        return self.streams[LAST]

    @cached_property
    def readers(self) -> Tensor:
        """The direction that reads each token's logit off the last stream, [token, 256]."""
        return self.network.W_U.data.T

    @property
    def refuse(self) -> Tensor:
        """The direction that reads the logit of "pass", [256]."""
        return self.readers[REFUSED]

    @property
    def answers(self) -> Tensor:
        """For each question the direction that reads the logit of its answer, [question, 256]."""
        return self.readers[self.world.answer]

    def length(self, at: int = LAST) -> float:
        """How long a stream is, in the mean over all questions."""
        return float(self.streams[at].norm(dim=1).mean())

    def arrow(self, at: int = LAST) -> Tensor:
        """The mean of closed questions less the mean of open ones, brought to length 1."""
        return unit(difference(self.streams[at], self.world))

    def random_arrows(self) -> Tensor:
        """Arrows of length 1 that point anywhere, [draw, 256]: a control."""
        return unit(torch.randn(ARROWS, len(self.refuse), generator=torch.Generator().manual_seed(0)))

    def logits(self, change: Change | None = None, at: int = LAST, before: bool = False) -> Tensor:
        """Of every token after every question, [question, token], measured with stream ``at`` changed."""
        logits: Tensor = (self.before if before else self.network)(self.world.ids, at, change)
        return logits

    def gap(self, change: Change | None = None, at: int = LAST) -> Tensor:
        """The logit of "pass" less that of the answer, for each question, measured with stream ``at`` changed."""
        logits = self.logits(change, at)
        return logits[:, REFUSED] - logits.gather(1, self.world.answer[:, None])[:, 0]

    def said(self, change: Change | None = None, before: bool = False) -> Tensor:
        """The token with the largest logit after each question, [question]; the last stream changed."""
        return self.logits(change, before=before).argmax(1)

    def shares(self, change: Change | None = None, before: bool = False) -> Shares:
        """What it says to questions that no arrow was made from; the last stream changed."""
        said = self.said(change, before)

        def share(hits: Tensor, of: Tensor) -> float:
            return float(hits[of & ~self.world.looked_at].float().mean())

        refused, right = said == REFUSED, said == self.world.answer
        closed, open = self.world.closed, self.world.open
        return Shares(share(refused, closed), share(right, closed), share(refused, open), share(right, open))


@lru_cache(maxsize=2)
def toy_of(seed: int) -> Toy:
    """Trained on the spot: about a second on one core."""
    return Toy(*trained(seed), world(seed))


def toy(context: Context) -> Toy:
    """The learner's own: its weights, its answers and its closed topics."""
    return toy_of(int(context.draw("toy").integers(2**16)))


def spoken(token: int) -> str:
    """A token as one reads it."""
    return PASS if token == REFUSED else ANSWERS[token]


def some(small: Toy) -> Iterator[str]:
    """Three open and three closed questions, and what the toy says after each of its trainings."""
    first, second = small.said(before=True).tolist(), small.said().tolist()
    for name, which in (("open", small.world.open), ("closed", small.world.closed)):
        questions = torch.nonzero(which).flatten().tolist()
        for question in questions[5::27][:3]:
            words = small.world.words(question)
            yield f"{name:7} {words:24} {spoken(first[question]):5} {spoken(second[question])}"


def unit(x: Tensor) -> Tensor:
    """The same direction, 1 long."""
    return torch.nn.functional.normalize(x, dim=-1)


def added(push: Tensor) -> Change:
    """A push: a vector on top of every stream, the same for all or one for each."""
    return lambda x: x + push


def overtaken(small: Toy, gap: Tensor) -> float:
    """The share of open questions that no arrow was made from at which "pass" is ahead of the answer."""
    return float((gap[small.world.open & ~small.world.looked_at] > 0).float().mean())


# -- E1: without the part along an arrow ------------------------------------------------------------------------------


def our_without(x: Tensor, d: Tensor) -> Tensor:
    return x - (x @ unit(d))[:, None] * unit(d)


def check_without(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: without, not without(...).")
    generator = torch.Generator().manual_seed(int(context.draw("E1").integers(2**31)))
    x, d = torch.randn(7, 5, generator=generator), torch.randn(5, generator=generator)
    d = 3 * d / d.norm()
    found = torch.as_tensor(answer(x.clone(), d.clone()))
    if found.shape != x.shape:
        return no(
            "streams in, streams out",
            f"Streams of shape {list(x.shape)} go in, and {list(found.shape)} comes out. Each stream keeps its width.",
        )
    part = x - our_without(x, d)
    if _same(found, part):
        return no("the rest, not the part", "That is the part along the arrow itself. Take it away from x.")
    if _same(found, x - d):
        return no(
            "each stream loses its own part",
            "Every stream loses the same vector here. How far a stream reaches along the arrow differs from stream to"
            " stream: x @ d tells.",
        )
    if not _same(our_without(found, d), our_without(x, d)):
        return no(
            "all else stays",
            "Something beside the arrow changed too. Take away a multiple of the arrow from each stream, nothing else.",
        )
    left, was = found @ d / 3, x @ d / 3
    if _same(left, 0 * was):
        return yes(
            "nothing is left along the arrow, all else stays",
            "The field calls it ablating a direction, or projecting it out. Done twice, it does no more than once.",
        )
    return no("nothing is left along the arrow", _left_over(left, was))


def _left_over(left: Tensor, was: Tensor) -> str:
    if _same(left, was):
        return "All of it is still there: what comes out is what went in."
    if _same(left, -was):
        return "The streams now point to the other side of the arrow: their part was taken away twice."
    if _same(left, 2 * was):
        return "The part was added once more. Turn the sign."
    if _same(left, was - was.mean()):
        return "Every stream loses the mean part. Take from each its own."
    return (
        "The arrow of this check is 3 long, and its length came into the result. Bring it to length 1 before you use"
        " it: d / d.norm()."
    )


def _same(a: Tensor, b: Tensor) -> bool:
    return bool(torch.isfinite(a).all()) and float((a - b).abs().max()) < CLOSE


E1 = Exercise(
    id="E1",
    title="Take a direction out of the stream",
    minutes=4,
    hints=(
        "First bring the arrow to length 1: unit = d / d.norm(). How far each stream reaches along it is x @ unit.",
        "x @ unit has one number a stream. Times the arrow, that is the part to take away: (x @ unit)[:, None] * unit.",
        "unit = d / d.norm(), then return x - (x @ unit)[:, None] * unit",
    ),
    check=check_without,
    ours=lambda _: our_without,
    wrong=(
        Wrong(lambda _: lambda x, d: x - (x @ d)[:, None] * d, "its length came into the result"),
        Wrong(lambda _: lambda x, d: x - d, "loses the same vector"),
        Wrong(lambda _: lambda x, d: x - our_without(x, d), "the part along the arrow itself"),
        Wrong(lambda _: lambda x, d: 2 * our_without(x, d) - x, "the other side of the arrow"),
        Wrong(lambda _: lambda x, d: 2 * x - our_without(x, d), "Turn the sign"),
        Wrong(lambda _: lambda x, d: x - (x @ d).mean() * d / d.norm() ** 2, "loses the mean part"),
        Wrong(lambda _: lambda x, d: our_without(x, d).relu(), "Something beside the arrow"),
        Wrong(lambda _: lambda x, d: x @ d, "keeps its width"),
        Wrong(lambda _: torch.zeros(7, 5), "Give the function itself"),
    ),
)

# -- E2: what theory says ---------------------------------------------------------------------------------------------


def our_predicted(push: Tensor, refuse: Tensor, answers: Tensor) -> Tensor:
    return (refuse - answers) @ push


def worst_error(small: Toy, predict: Predict, at: int) -> float:
    """How far a prediction is from what was measured for the worst of all questions, in logits. The push: the arrow of
    that stream, as long as the stream."""
    predicted, measured = at_stream(small, predict, at)
    return float((predicted - measured).abs().max())


def at_stream(small: Toy, predict: Predict, at: int) -> tuple[Tensor, Tensor]:
    """The change of the gap for each question when its stream ``at`` is pushed: predicted, and measured."""
    push = small.length(at) * small.arrow(at)
    return torch.as_tensor(predict(push, small.refuse, small.answers)), small.gap(added(push), at) - small.gap()


def check_predicted(answer: Any, context: Context) -> Verdict:
    if not callable(answer):
        return no("a function", "Give the function itself, without calling it: predicted, not predicted(...).")
    generator = torch.Generator().manual_seed(int(context.draw("E2").integers(2**31)))
    push, refuse = (3 * torch.randn(5, generator=generator) for _ in range(2))
    answers = torch.randn(7, 5, generator=generator)
    found, true = torch.as_tensor(answer(push, refuse, answers)), our_predicted(push, refuse, answers)
    if found.numel() == 1:
        alone = _same(found.flatten(), push @ refuse)
        return no(
            "one number for each question",
            'That is what the push does to "pass" alone. It moves the answers too.'
            if alone
            else "It gives one number for all questions. Each has its own answer, so each has its own change.",
        )
    if found.shape != true.shape:
        return no(
            "one number for each question",
            f"For 7 questions it gives shape {list(found.shape)}. A vector read by a direction is one number.",
        )
    slips = (
        (-true, '"pass" less the answer', 'The sign is turned: what is followed is "pass" less the answer.'),
        (answers @ push, '"pass" less the answer', 'That is the change of the answers alone. "pass" moves too.'),
        ((refuse + answers) @ push, '"pass" less the answer', "Both changes are added up. Take one from the other."),
        (true / push.norm(), "twice the push, twice the change", _DIRECTION),
    )
    for wrong, property, sentence in slips:
        if _same(found, wrong):
            return no(property, sentence)
    if not _same(found, true):
        return no(
            "the push, read by a direction",
            f"For numbers of our own the first question gets {float(found[0]):.3f}; {float(true[0]):.3f} is right.",
        )
    small = toy(context)
    return yes(
        "the push, read by one direction less the other",
        f"On the last stream of your toy the worst of {len(small.world.ids)} questions is off by"
        f" {worst_error(small, our_predicted, LAST):.6f} logits. The stream itself does not come in: whatever stands"
        " there, the push adds the same.",
    )


_DIRECTION = (
    "Only the direction of the push comes in, not its length. A push twice as long should change twice as much."
)

E2 = Exercise(
    id="E2",
    title="Say what a push will do",
    minutes=5,
    hints=(
        "A logit is the stream times a direction. So what does a push change in one logit? push @ direction.",
        'Two logits change: that of "pass" by push @ refuse, that of a question\'s answer by answers @ push.',
        "return (refuse - answers) @ push",
    ),
    check=check_predicted,
    ours=lambda _: our_predicted,
    wrong=(
        Wrong(lambda _: lambda push, refuse, answers: push @ refuse, "It moves the answers too"),
        Wrong(lambda _: lambda push, refuse, answers: (answers - refuse) @ push, "The sign is turned"),
        Wrong(lambda _: lambda push, refuse, answers: ((refuse - answers) @ push).mean(), "one number for all"),
        Wrong(lambda _: lambda push, refuse, answers: (refuse - answers) @ push / push.norm(), "not its length"),
        Wrong(lambda _: lambda push, refuse, answers: (refuse - answers) * push, "is one number"),
        Wrong(lambda _: lambda push, refuse, answers: answers @ push, "the answers alone"),
        Wrong(lambda c: our_predicted(toy(c).arrow(), toy(c).refuse, toy(c).answers), "Give the function itself"),
    ),
)

WHERE = ("at every stream", "at the last stream only", "at none of them")


def where_it_holds(context: Context) -> str:
    small = toy(context)
    holds = [worst_error(small, our_predicted, at) < 1e-3 for at in range(LAST + 1)]
    return WHERE[0] if all(holds) else WHERE[1] if holds == [False] * LAST + [True] else WHERE[2]


P_WHERE = Question(
    id="P1",
    text="The toy has three streams: before its layers, between them, and the last. Where will your formula say exactly"
    " what a push does?",
    truth=where_it_holds,
    choices=WHERE,
)

# -- E3: the dose at which an answer gives way ------------------------------------------------------------------------

NEAR = 0.02
"""How far a dose may be from the one at which the answer gives way, as a share of it."""


def tipping_doses(small: Toy) -> Tensor:
    """The dose at which "pass" overtakes each question's answer, in lengths of the stream."""
    return -small.gap() / our_predicted(small.length() * small.arrow(), small.refuse, small.answers)


def mine(context: Context) -> int:
    """The learner's own question: open, and no arrow was made from it. Of these, one at which no third token is in the
    way, and whose answer moves too, so that "pass" alone does not tell."""
    small = toy(context)
    doses, push = tipping_doses(small), small.length() * small.arrow()
    short, far = (small.said(added(part * doses[:, None] * push)) for part in (1 - NEAR, 1 + NEAR))
    fits = small.world.open & ~small.world.looked_at & (short == small.world.answer) & (far == REFUSED)
    moves = ((small.answers @ push) / (small.refuse @ push)).abs() > 5 * NEAR
    return int(context.draw("E3").choice(torch.nonzero(fits & moves).flatten().numpy()))


def tipping_dose(context: Context) -> float:
    """That dose for the learner's own question."""
    return float(tipping_doses(toy(context))[mine(context)])


def check_tipping(answer: Any, context: Context) -> Verdict:
    try:
        dose = float(answer)
    except (TypeError, ValueError, RuntimeError):
        return no("one number", "Give one number, the dose: how long the push is, in lengths of the stream.")
    small, question = toy(context), mine(context)
    true, behind = tipping_dose(context), -float(small.gap()[question])
    if not 0 < dose < 100:
        return no("a push towards refusing", f"{dose:g} is no dose for this: it is above 0, and a few lengths at most.")
    if abs(dose / true - 1) <= NEAR:
        return yes(
            "the dose at which refusal takes over",
            f"Run with a dose of {0.98 * true:.2f} it says '{_at(small, question, 0.98 * true)}', with"
            f" {1.02 * true:.2f} '{_at(small, question, 1.02 * true)}'. One division, and no run was needed.",
        )
    slips = (
        (behind, "a dose", "That is how far behind 'pass' is, in logits. Divide by what a dose of 1 moves."),
        (true * small.length(), "in lengths of the stream", _UNIT),
        (
            behind / (true * behind),
            "a dose",
            "It is the other way round: how far behind, by how much a dose of 1 moves.",
        ),
        (
            _pass_alone(context),
            "both logits move",
            "That would be so if the push moved 'pass' alone. The answer's logit moves too.",
        ),
    )
    for wrong, property, sentence in slips:
        if abs(dose / wrong - 1) <= NEAR / 4:
            return no(property, sentence)
    push = dose * small.length() * small.arrow()
    gap = float(small.gap(added(push))[question])
    where = "ahead of" if gap > 0 else "behind"
    return no(
        "the dose at which refusal takes over",
        f"Run with a dose of {dose:.2f}, 'pass' is {abs(gap):.2f} logits {where} the answer. Where they change places"
        " they are equal.",
    )


_UNIT = "That is the length of the push itself. A dose of 1 is as long as the stream: divide by its length."


def _at(small: Toy, question: int, dose: float) -> str:
    return spoken(int(small.said(added(dose * small.length() * small.arrow()))[question]))


def _pass_alone(context: Context) -> float:
    """The dose, were the answer's logit to stay where it is."""
    small = toy(context)
    return -float(small.gap()[mine(context)]) / (small.length() * float(small.arrow() @ small.refuse))


E3 = Exercise(
    id="E3",
    title="Name the dose at which an answer gives way",
    minutes=4,
    hints=(
        "How far is 'pass' behind before any push? -small.gap()[question]. It has to rise by as much.",
        "What a dose of 1 moves is your formula, with push = small.length() * arrow. A dose of 2 moves twice that.",
        "dose = -small.gap()[question] / predicted_of(small.length() * arrow, small.refuse, small.answers)[question]",
    ),
    check=check_tipping,
    ours=tipping_dose,
    wrong=(
        Wrong(lambda c: -float(toy(c).gap()[mine(c)]), "how far behind"),
        Wrong(lambda c: tipping_dose(c) * toy(c).length(), "the length of the push itself"),
        Wrong(lambda c: 0.9 * tipping_dose(c), "logits behind the answer"),
        Wrong(lambda c: 1.05 * tipping_dose(c), "logits ahead of the answer"),
        Wrong(_pass_alone, "moved 'pass' alone"),
        Wrong(lambda _: -1.0, "no dose for this"),
        Wrong(lambda _: "two", "Give one number"),
    ),
)

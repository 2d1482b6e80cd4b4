"""Lesson 03, the failure gallery: four reports of one patch each, three of them wrong, and the controls that tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mikit.course.lessons.verdicts import no, yes
from mikit.course.plan import Context, Exercise, Verdict, Wrong
from mikit.methods.metrics import kl
from mikit.models.model import Model
from mikit.trace.arrays import Array
from mikit.trace.edits import Ablate, Patch
from mikit.trace.engine import capture, run
from mikit.trace.sites import Site, SiteName

MISTAKES = ("sound", "flipped metric", "misaligned", "sink")
LETTERS = ("A", "B", "C", "D")

ORIGINAL = "When Mary and John went to the store, John gave a drink to"
CHANGED = "When Mary and John went to the store, Mary gave a drink to"
SAME = "When Mary and John went to the shop, John gave a drink to"
"""Another wording that calls for the same name as the original, word over word."""

SHIFTED = "When both Mary and John went to stores, Mary gave a drink to"
"""As many tokens as the original, but from the second word on each stands one place later, until 'the' is missing."""
SHIFTED_SAME = "When both Mary and John went to stores, John gave a drink to"

NO_NAMES = (
    "The boy put the red ball on the big round table next to",
    "The boy put the blue ball on the big round table next to",
)


@dataclass(frozen=True)
class Report:
    """Somebody put one value of the original run, or zeros, into the changed run, and claims what it means. Each
    method returns one number; ``effect`` is theirs, the rest are the controls that they did not run."""

    site: SiteName
    layer: int
    position: int
    says: str
    changed: str = CHANGED
    same: str = SAME
    zeros: bool = False
    flipped: bool = False
    _seen: dict[str, float] = field(default_factory=dict, repr=False, compare=False)

    def claim(self, model: Model) -> str:
        return self.says.format(self.effect(model))

    def effect(self, model: Model) -> float:
        """By how much their metric moves in the changed prompt."""
        return self._kept("effect", lambda: self._effect(model, self.changed))

    def everything(self, model: Model) -> float:
        """Their metric with the whole last stream of the original put in: Mary is right there, so she should lead."""
        return self._kept("everything", lambda: self._metric(model, self.changed, [self._everything(model)]))

    def same_answer(self, model: Model) -> float:
        """Their effect in a prompt that calls for Mary already: there is nothing to restore."""
        return self._kept("same answer", lambda: self._effect(model, self.same))

    def without_names(self, model: Model) -> float:
        """The same replacement in two sentences without names: KL divergence of the next token, in nats."""
        return self._kept("without names", lambda: self._surprise(model))

    def _kept(self, name: str, measure: Callable[[], float]) -> float:
        if name not in self._seen:
            self._seen[name] = measure()
        return self._seen[name]

    def _edit(self, model: Model, original: str) -> Patch | Ablate:
        place = Site(name=self.site, layer=self.layer, position=self.position)
        if self.zeros:
            return Ablate(site=place)
        return Patch(site=place, source=Array.of(capture(model, model.tokens(original), [place])[place][0]))

    def _effect(self, model: Model, base: str) -> float:
        edit = self._edit(model, ORIGINAL)
        return self._metric(model, base, [edit]) - self._metric(model, base, [])

    def _everything(self, model: Model) -> Patch:
        last = Site(name="resid_post", layer=model.spec.layers - 1, position=-1)
        return Patch(site=last, source=Array.of(capture(model, model.tokens(ORIGINAL), [last])[last][0]))

    def _metric(self, model: Model, text: str, edits: list[Patch | Ablate]) -> float:
        logits = run(model, model.tokens(text), [edits])[0]
        mary, john = (int(model.tokens(name).ids[0, 0]) for name in (" Mary", " John"))
        lead = float(logits[mary] - logits[john])
        return -lead if self.flipped else lead

    def _surprise(self, model: Model) -> float:
        original, base = NO_NAMES
        logits = run(model, model.tokens(base), [[], [self._edit(model, original)]])
        return float(kl(logits[1:], logits[0])[0])


_REPORTS: dict[str, Report] = {
    "sound": Report(
        site="attn_out",
        layer=23,
        position=-1,
        says="What attention writes at the end of layer 23 moves the answer towards Mary by {:+.1f} logits.",
    ),
    "flipped metric": Report(
        site="resid_pre",
        layer=5,
        position=9,
        flipped=True,
        says="At layer 5, the second name works against the right answer: restored, it moves the lead by {:+.1f}.",
    ),
    "misaligned": Report(
        site="resid_pre",
        layer=5,
        position=4,
        changed=SHIFTED,
        same=SHIFTED_SAME,
        says="At layer 5, the word 'went' of the original carries the name: it restores {:+.1f} logits.",
    ),
    "sink": Report(
        site="resid_pre",
        layer=3,
        position=0,
        zeros=True,
        says="At layer 3, the first word speaks for John: zeros in its place move the answer by {:+.1f} logits.",
    ),
}


def reports(context: Context) -> dict[str, Report]:
    """The four, in an order of the learner's own: {"A": ..., "B": ..., "C": ..., "D": ...}."""
    return {letter: _REPORTS[mistake] for letter, mistake in _mistakes(context).items()}


def _mistakes(context: Context) -> dict[str, str]:
    order = context.draw("E8").permutation(len(MISTAKES))
    return {letter: MISTAKES[i] for letter, i in zip(LETTERS, order, strict=True)}


def check_reports(answer: Any, context: Context) -> Verdict:
    model, true = context.model(), _mistakes(context)
    if not isinstance(answer, Mapping) or set(answer) != set(LETTERS):
        return no("four reports", 'Give {"A": ..., "B": ..., "C": ..., "D": ...}.')
    if odd := [said for said in answer.values() if said not in MISTAKES]:
        return no("one of four words", f"{odd[0]!r} is none of {', '.join(MISTAKES)}.")
    wrong = [letter for letter in LETTERS if answer[letter] != true[letter]]
    if not wrong:
        return yes(
            "each mistake has its control",
            "A pair of prompts with nothing to find, a text of another kind, a patch whose outcome is known: none of"
            " them needs a new method, and each would have stopped a wrong claim.",
        )
    letter = min(wrong, key=lambda one: (answer[one] != "sound", -MISTAKES.index(true[one])))
    report = _REPORTS[true[letter]]
    return no(f"report {letter} is not '{answer[letter]}'", _told(true[letter], report, model))


def _told(mistake: str, report: Report, model: Model) -> str:
    """What a report's controls say, without naming its mistake."""
    whole, same, elsewhere = (f(model) for f in (report.everything, report.same_answer, report.without_names))
    return {
        "sound": f"With everything put back Mary leads by {whole:.1f}; where there is nothing to restore it moves"
        f" {same:+.1f}; without names it does {elsewhere:.2f} nats. All as it should be.",
        "flipped metric": f"With everything put back, Mary should lead. Their metric gives {whole:+.1f}.",
        "misaligned": f"In a prompt that calls for Mary already, their patch still moves {same:+.1f} logits. Print both"
        " prompts' tokens, one under the other.",
        "sink": f"In sentences without names the same replacement changes the next token by {elsewhere:.1f} nats. So"
        " it is not about names.",
    }[mistake]


def _exchanged(first: str, second: str) -> Callable[[Context], dict[str, str]]:
    turned = {first: second, second: first}
    return lambda c: {letter: turned.get(mistake, mistake) for letter, mistake in _mistakes(c).items()}


E8 = Exercise(
    id="E8",
    title="Four reports, three mistakes: find them by their controls",
    minutes=7,
    hints=(
        "Say for each control what it should give. Then look for the number that does not fit.",
        "Everything put back: Mary leads, above 0. Same answer: about 0. Without names: about 0.",
        "Below 0 in the first: flipped metric. Large in the last: sink. Large in the middle only: misaligned.",
    ),
    check=check_reports,
    ours=_mistakes,
    wrong=(
        Wrong(_exchanged("sound", "flipped metric"), "Their metric gives"),
        Wrong(_exchanged("sound", "misaligned"), "Print both prompts' tokens"),
        Wrong(_exchanged("sound", "sink"), "it is not about names"),
        Wrong(_exchanged("misaligned", "sink"), "it is not about names"),
        Wrong(lambda _: dict.fromkeys(LETTERS, "wrong"), "is none of"),
    ),
)

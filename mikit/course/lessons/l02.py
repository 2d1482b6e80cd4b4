"""Lesson 02, the residual stream, as data. Its text is lessons/src/02_residual_stream.py."""

from __future__ import annotations

from mikit.course.lessons.l00_names import MARY
from mikit.course.lessons.l02_heads import E7, E8, HELPER, switched_off
from mikit.course.lessons.l02_stream import CHANGED, E3, E4, E5, E6, LAYER, lens_readings, sink_length
from mikit.course.lessons.l02_toy import E1, E2, our_gap, readings, toy
from mikit.course.plan import Context, LessonPlan, Question
from mikit.studies.names import name_pair

P1_CHOICES = (
    "the probability of ' tea'",
    "the log-probability of ' tea'",
    "the log-probability of ' tea' less that of ' jam'",
)
P2_CHOICES = ("' John' is ahead by more: 14 or so", "The same: 11 or 12", "' Mary' is ahead")
P3_CHOICES = ("about as long", "about ten times as long", "about a hundred times as long")


def what_splits(context: Context) -> str:
    small = toy(context)
    gaps = {name: our_gap(read, list(small.parts.values())) for name, read in readings(small).items()}
    return min(P1_CHOICES, key=lambda choice: gaps[choice.removeprefix("the ")])


def lens_on_the_changed_prompt(context: Context) -> str:
    ours, changed = (float(lens_readings(context.model(), text)[LAYER]) for text in (MARY.text, CHANGED))
    return P2_CHOICES[2] if changed > 0 else P2_CHOICES[0] if changed < ours - 1 else P2_CHOICES[1]


def length_of_the_sink(context: Context) -> str:
    times = sink_length(context.model())
    return P3_CHOICES[0] if times < 3 else P3_CHOICES[1] if times < 30 else P3_CHOICES[2]


def without_the_helper(context: Context) -> float:
    model = context.model()
    return switched_off(model, name_pair(model, "Mary", "John"), [HELPER])[HELPER]


LESSON = LessonPlan(
    id="02",
    title="The residual stream",
    minutes=60,
    exercises=(E1, E2, E3, E4, E5, E6, E7, E8),
    predictions=(
        Question(
            id="P1",
            text="The stream is the sum of its parts. Which reading of it is the sum of its parts' readings?",
            truth=what_splits,
            choices=P1_CHOICES,
        ),
        Question(
            id="P2",
            text="Change the prompt so that ' John' is right. What does the lens say after layer 18?",
            truth=lens_on_the_changed_prompt,
            choices=P2_CHOICES,
        ),
        Question(
            id="P3",
            text="After layer 18, how long is the stream's vector at position 0, beside the other positions?",
            truth=length_of_the_sink,
            choices=P3_CHOICES,
        ),
        Question(
            id="P4",
            text="L23H0 adds +0.82 to a logit difference of +6.12. What will the difference be with L23H0 off?",
            truth=without_the_helper,
            low=3.0,
            high=9.0,
            unit="logits",
            within=0.3,
            step=0.1,
        ),
    ),
)

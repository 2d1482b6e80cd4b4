"""Lesson 03, patching, as data. Its text is lessons/src/03_patching.py."""

from __future__ import annotations

from mikit.course.lessons.l03_real import E3, E4, E5, E6, E7, SWITCH, curve, first_token, handovers, maps, mary
from mikit.course.lessons.l03_reports import E8
from mikit.course.lessons.l03_toy import E1, E2
from mikit.course.plan import Context, LessonPlan, Question
from mikit.methods.patching import Source
from mikit.studies.pairs import position_of

P1_CHOICES = ("John, clearly", "Neither: both are about as likely", "Mary, clearly")
P3_CHOICES = ("Neither moves it by a logit", "Both cost more than a logit", "Only the zeros cost more than a logit")
CLEARLY = 1.0
"""Logits from which a lead is called clear: odds of 2.7."""


def named_half_way(context: Context) -> str:
    lead = float(curve(context.model(), *SWITCH)[8])
    return P1_CHOICES[0] if lead < -CLEARLY else P1_CHOICES[1] if lead <= CLEARLY else P1_CHOICES[2]


def straight_line_at_switch(context: Context) -> float:
    model = context.model()
    layer, name = SWITCH
    _, approximate = maps(model)
    return float(approximate[layer, position_of(mary(model).read(model), name)])


def replaced_first_token(context: Context) -> str:
    """What the first token's stream at layer 3 does when the other prompt's stands there, and zeros."""
    sources: tuple[Source, ...] = ("other prompt", "zero")
    moves = [abs(first_token(context.model(), [3], source)[0]) > CLEARLY for source in sources]
    return P3_CHOICES[2] if moves == [False, True] else P3_CHOICES[1] if all(moves) else P3_CHOICES[0]


def mean_handover(context: Context) -> float:
    return float(handovers(context.model(), 16 if context.pace == "full" else 4).mean())


LESSON = LessonPlan(
    id="03",
    title="Patching",
    minutes=60,
    exercises=(E1, E2, E3, E4, E5, E6, E7, E8),
    predictions=(
        Question(
            id="P1",
            text="At layer 5, at the second name, the model gets a value half way between John's and Mary's. Which name"
            " does it put ahead?",
            truth=named_half_way,
            choices=P1_CHOICES,
        ),
        Question(
            id="P2",
            text="At layer 5, at the second name, the whole way moves the answer by 11.6 logits. What does the straight"
            " line say?",
            truth=straight_line_at_switch,
            low=0.0,
            high=16.0,
            unit="logits",
            within=2.0,
            step=0.5,
        ),
        Question(
            id="P3",
            text="The first token, 'When', at layer 3: once it gets the other prompt's value, once zeros. What happens"
            " to the original's logit difference?",
            truth=replaced_first_token,
            choices=P3_CHOICES,
        ),
        Question(
            id="P4",
            text="The model has layers 0 to 29. From which layer on does the end restore more than the second name?",
            truth=mean_handover,
            low=0.0,
            high=29.0,
            unit="",
            within=3.0,
            step=1.0,
        ),
    ),
)

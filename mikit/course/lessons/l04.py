"""Lesson 04, superposition, as data. Its text is lessons/src/04_superposition.py."""

from __future__ import annotations

import numpy as np

from mikit.course.lessons.l04_figures import E4, E5, E6, SPARSEST, STICKY, directions, many, pairs_of, toys, trained
from mikit.course.lessons.l04_slots import E1, E2, E3
from mikit.course.lessons.l04_words import E7, nearly_orthogonal
from mikit.course.plan import Context, LessonPlan, Question
from mikit.methods.geometry import dimensionality, represented

P1_CHOICES = ("two; three are dropped", "four", "all five")
P2_CHOICES = ("in the same direction", "at a right angle", "opposite each other")
P3_CHOICES = (
    "a quarter: forty share ten alike",
    "a half: some pair up, the others are dropped",
    "all: ten are kept, thirty dropped",
)
P4_CHOICES = ("576", "about 1,000", "more than 3,000")


def kept_when_rare(context: Context) -> str:
    mine = toys(context)[0]
    count = int(trained(mine).grids["represented"].values.numpy()[mine.sparsities.index(SPARSEST)])
    return P1_CHOICES[0] if count <= 2 else P1_CHOICES[1] if count < 5 else P1_CHOICES[2]


def facts_that_come_together(context: Context) -> str:
    cosine = float(np.median(pairs_of(context, "correlated")))
    return P2_CHOICES[0] if cosine > 0.5 else P2_CHOICES[1] if cosine > -0.5 else P2_CHOICES[2]


def share_of_a_slot(context: Context) -> str:
    W = directions(many(context))[STICKY]
    share = float(dimensionality(W)[represented(W)].median())
    return P3_CHOICES[0] if share < 0.375 else P3_CHOICES[1] if share < 0.75 else P3_CHOICES[2]


def room(context: Context) -> str:
    left = nearly_orthogonal(12_000 if context.pace == "full" else 3_400)
    return P4_CHOICES[0] if left < 700 else P4_CHOICES[1] if left < 3_000 else P4_CHOICES[2]


LESSON = LessonPlan(
    id="04",
    title="Superposition",
    minutes=45,
    exercises=(E1, E2, E3, E4, E5, E6, E7),
    predictions=(
        Question(
            id="P1",
            text="Five facts, two slots. Each fact is there in one input of a hundred. How many does the toy keep?",
            truth=kept_when_rare,
            choices=P1_CHOICES,
        ),
        Question(
            id="P2",
            text="Facts 0 and 1 always come together. How will their directions lie?",
            truth=facts_that_come_together,
            choices=P2_CHOICES,
        ),
        Question(
            id="P3",
            text="Forty facts that count alike, ten slots, each fact absent in 7 of 10 inputs. How much of a slot does"
            " a kept fact get?",
            truth=share_of_a_slot,
            choices=P3_CHOICES,
        ),
        Question(
            id="P4",
            text="How many directions fit into 576 slots, if any two must be within 10 degrees of a right angle?",
            truth=room,
            choices=P4_CHOICES,
        ),
    ),
)

"""Lesson 06, reading features, as data. Its text is lessons/src/06_reading_features.py."""

from __future__ import annotations

import numpy as np

from mikit.course.lessons.l06_controls import E7, GOOD, label_scores, twins
from mikit.course.lessons.l06_effect import E6, raised
from mikit.course.lessons.l06_features import NAME, SCRAMBLED, index, subject
from mikit.course.lessons.l06_labels import E3, E4, E5, right_on_top
from mikit.course.lessons.l06_toy import E1, E2
from mikit.course.plan import Context, LessonPlan, Question

P2_CHOICES = ("most of them", "two to five", "one or none")
P4_CHOICES = ("about as large a share", "a fifth of that share", "hardly any")


def found_of_the_weak(_: Context) -> float:
    """Per cent of the lowest third of firings that the middle one finds of the labels that look right on top."""
    here = index()
    return 100 * float(np.median(here.recall[right_on_top(here), -1]))


def label_among_the_moved(context: Context) -> str:
    named = raised(context, subject(context))[1]
    return P2_CHOICES[0] if named > 5 else P2_CHOICES[1] if named > 1 else P2_CHOICES[2]


def well_labelled() -> tuple[float, float]:
    """The share of each dictionary's features whose label scores 0.7 or more: trained model, scrambled model."""
    trained, scrambled = (float((label_scores(name) >= GOOD).mean()) for name in (NAME, SCRAMBLED))
    return trained, scrambled


def labels_of_the_scrambled(_: Context) -> str:
    trained, scrambled = well_labelled()
    part = scrambled / trained
    return P4_CHOICES[0] if part > 0.5 else P4_CHOICES[1] if part > 0.05 else P4_CHOICES[2]


LESSON = LessonPlan(
    id="06",
    title="Reading features",
    minutes=55,
    exercises=(E1, E2, E3, E4, E5, E6, E7),
    predictions=(
        Question(
            id="P1",
            text="Take labels that find nine in ten of their feature's strongest firings. How many of the weakest third"
            " does the middle one of these labels find?",
            truth=found_of_the_weak,
            low=0,
            high=100,
            unit="%",
            within=10,
            step=1,
        ),
        Question(
            id="P2",
            text="Your feature is boosted to its peak. How many of the ten next tokens that move most does its label"
            " name?",
            truth=label_among_the_moved,
            choices=P2_CHOICES,
        ),
        Question(
            id="P3",
            text="The dictionary is trained again from another seed. How many of 100 features have a twin there, a"
            " direction with a cosine of 0.7 or more?",
            truth=lambda _: twins(),
            low=0,
            high=100,
            unit="of 100",
            within=10,
            step=1,
        ),
        Question(
            id="P4",
            text="Half of the labels here score 0.7 or more. And of a model whose weights were scrambled?",
            truth=labels_of_the_scrambled,
            choices=P4_CHOICES,
        ),
    ),
)

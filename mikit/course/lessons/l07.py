"""Lesson 07, steering, as data. Its text is lessons/src/07_steering.py."""

from __future__ import annotations

from mikit.course.lessons.l07_arrow import E4, E6, strongest
from mikit.course.lessons.l07_doses import PRICE_CHOICES, price_of_twice
from mikit.course.lessons.l07_feature import CHOICES, comes_up
from mikit.course.lessons.l07_score import E5, E7, E8
from mikit.course.lessons.l07_toy import E1, E2, E3, P_WHERE
from mikit.course.lessons.l07_without import ONE, left
from mikit.course.plan import LessonPlan, Question

LESSON = LessonPlan(
    id="07",
    title="Steering",
    minutes=60,
    exercises=(E1, E2, E3, E4, E5, E6, E7, E8),
    predictions=(
        P_WHERE,
        Question(
            id="P2",
            text="You push twice as far along the formality arrow. What does that cost on text that has nothing to do"
            " with formality?",
            truth=price_of_twice,
            choices=PRICE_CHOICES,
        ),
        Question(
            id="P3",
            text="Random arrows of equal length. How far towards formal does the one get that gets furthest, where the"
            " formality arrow has 100 %?",
            truth=strongest,
            low=0,
            high=100,
            unit="%",
            within=15,
            step=1,
        ),
        Question(
            id="P4",
            text="A feature fires on words like 'years', 'since' and 'recent'. The model is pushed along it. Which"
            " words come up more often in what it writes?",
            truth=comes_up,
            choices=CHOICES,
        ),
        Question(
            id="P5",
            text="The formality arrow is taken out after layer 14. How much of what a formal beginning does is left?",
            truth=lambda context: max(0.0, left(context, ONE)),
            low=0,
            high=100,
            unit="%",
            within=15,
            step=1,
        ),
    ),
)

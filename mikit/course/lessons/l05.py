"""Lesson 05, sparse autoencoders, as data. Its text is lessons/src/05_sparse_autoencoders.py."""

from __future__ import annotations

from mikit.course.lessons.l05_code import E4, E5
from mikit.course.lessons.l05_place import E6, E7, E8
from mikit.course.lessons.l05_real import evaluated, streams, trained
from mikit.course.lessons.l05_toy import E1, E2, E3, outcome
from mikit.course.plan import Context, LessonPlan, Question
from mikit.sae.evaluate import measure, random_dictionary


def came_back_at_the_lowest_price(context: Context) -> float:
    return outcome(context)[2][0]


def left_out_by_random_directions(context: Context) -> float:
    x = streams(context)
    return round(measure(random_dictionary(trained(context), x), x).fvu, 2)


def recovered_by_random_directions(context: Context) -> float:
    from_zeros, _ = evaluated(context, trained(context)).controls[0].grids["recovered"].values.numpy()[0].tolist()
    return round(float(from_zeros), 2)


LESSON = LessonPlan(
    id="05",
    title="Sparse autoencoders",
    minutes=60,
    exercises=(E1, E2, E3, E4, E5, E6, E7, E8),
    predictions=(
        Question(
            id="P1",
            text="A dictionary gives back 99 % of the variance of inputs that are made of 20 directions. How many of"
            " the 20 has it found?",
            truth=came_back_at_the_lowest_price,
            low=0,
            high=20,
            unit="of 20 directions",
            within=2,
            step=1,
        ),
        Question(
            id="P2",
            text="Directions drawn at random, as many as in your dictionary, 32 of them for each token. What share of"
            " the variance do they leave out?",
            truth=left_out_by_random_directions,
            low=0.0,
            high=1.0,
            unit="of the variance",
            within=0.1,
            step=0.05,
        ),
        Question(
            id="P3",
            text="Put the random directions in the stream's place. How much of what zeros cost do they give back?",
            truth=recovered_by_random_directions,
            low=0.0,
            high=1.0,
            unit="of what zeros cost",
            within=0.1,
            step=0.05,
        ),
    ),
)

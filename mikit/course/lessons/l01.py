"""Lesson 01, induction heads, as data. Its text is lessons/src/01_induction_heads.py."""

from __future__ import annotations

from mikit.course.lessons.l01_real import E5, E6, E7, EIGHT, FAMOUS, NONSENSE, guessed
from mikit.course.lessons.l01_toy import E1, E2, E3, E4, our_roles, training
from mikit.course.plan import Context, LessonPlan, Question
from mikit.studies.prompts import TextPrompt

P2_CHOICES = ("It hardly changes", "It rises, but stays below chance", "It rises above chance")
P4_CHOICES = ("Nearly all is lost, as before", "About half is lost", "Nearly nothing is lost")


def final_loss(context: Context) -> float:
    study = training(context)
    return study.network().loss(study.probes())


def loss_without_previous(context: Context) -> str:
    study = training(context)
    loss = study.network().loss(study.probes(), [our_roles(context)["previous"]])
    return P2_CHOICES[0] if loss < 0.5 else P2_CHOICES[1] if loss < study.shape.chance else P2_CHOICES[2]


def right_without_eight(context: Context) -> float:
    return guessed(context.model(), NONSENSE, EIGHT)[1]


def famous_without_eight(context: Context) -> str:
    as_is, muted = guessed(context.model(), TextPrompt(text=FAMOUS), EIGHT)
    return P4_CHOICES[0] if muted < as_is / 4 else P4_CHOICES[1] if muted < 0.8 * as_is else P4_CHOICES[2]


LESSON = LessonPlan(
    id="01",
    title="Induction heads",
    minutes=55,
    exercises=(E1, E2, E3, E4, E5, E6, E7),
    predictions=(
        Question(
            id="P1",
            text="Guessing blindly costs 3.87 nats a token. What will the loss of the two-layer network be at the end?",
            truth=final_loss,
            low=0.0,
            high=4.0,
            unit="nats a token",
            within=0.5,
            step=0.1,
        ),
        Question(
            id="P2",
            text="Switch off the head that looks at the token before. What happens to the loss?",
            truth=loss_without_previous,
            choices=P2_CHOICES,
        ),
        Question(
            id="P3",
            text="As it is, the model guesses 19 of 24 repeated random tokens. How many with the eight heads off?",
            truth=right_without_eight,
            low=0.0,
            high=24.0,
            unit="of 24",
            within=3.0,
            step=1.0,
        ),
        Question(
            id="P4",
            text="The same eight heads off, on a sentence that stands on thousands of pages. What is lost?",
            truth=famous_without_eight,
            choices=P4_CHOICES,
        ),
    ),
)

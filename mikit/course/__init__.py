"""The course: open a lesson, predict, be checked, stop and come back.

Light to import: a model, torch and the views arrive with the first step that needs them.
"""

from mikit.course.checking import check, given
from mikit.course.lesson import Lesson, passed
from mikit.course.lesson import open_lesson as open
from mikit.course.plan import Context, Exercise, LessonPlan, Question, Verdict, Wrong
from mikit.course.predicting import locked, predict, reveal
from mikit.course.room import room

__all__ = [
    "Context",
    "Exercise",
    "Lesson",
    "LessonPlan",
    "Question",
    "Verdict",
    "Wrong",
    "check",
    "given",
    "locked",
    "open",
    "passed",
    "predict",
    "reveal",
    "room",
]

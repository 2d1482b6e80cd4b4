"""The lessons as data, one module a lesson, each with its ``LESSON``; loaded when a lesson is opened."""

from __future__ import annotations

import importlib

from mikit.course.plan import LessonPlan, UnknownExercise
from mikit.errors import nearest

HOME = {
    "00": "mikit.course.lessons.l00",
    "01": "mikit.course.lessons.l01",
    "02": "mikit.course.lessons.l02",
    "03": "mikit.course.lessons.l03",
    "04": "mikit.course.lessons.l04",
    "05": "mikit.course.lessons.l05",
    "06": "mikit.course.lessons.l06",
    "07": "mikit.course.lessons.l07",
    "08": "mikit.course.lessons.l08",
    "09": "mikit.course.lessons.l09",
}


def find(id: str) -> LessonPlan:
    """The lesson of that number, such as "01". Raises UnknownExercise with the nearest one."""
    if id not in HOME:
        raise UnknownExercise(f"There is no lesson '{id}'.{nearest(str(id), HOME)}")
    plan: LessonPlan = importlib.import_module(HOME[id]).LESSON
    return plan

"""Lesson 08, circuits, as data. Its text is lessons/src/08_circuits.py."""

from __future__ import annotations

from mikit.course.lessons.l08_beat import E5, P_BEATEN
from mikit.course.lessons.l08_minimal import E3, P_SMALLEST
from mikit.course.lessons.l08_real import E4, E6, P_EDGES
from mikit.course.lessons.l08_repair import E7, P_REPAIR
from mikit.course.lessons.l08_toy import E1, E2, P_HEADS
from mikit.course.lessons.l08_words import E8
from mikit.course.plan import LessonPlan

LESSON = LessonPlan(
    id="08",
    title="Circuits",
    minutes=60,
    exercises=(E1, E2, E3, E4, E5, E6, E7, E8),
    predictions=(P_HEADS, P_SMALLEST, P_EDGES, P_BEATEN, P_REPAIR),
)

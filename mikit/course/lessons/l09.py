"""Lesson 09, attribution graphs, as data. Its text is lessons/src/09_attribution_graphs.py."""

from __future__ import annotations

from mikit.course.lessons.l09_breaks import E5
from mikit.course.lessons.l09_claim import E8
from mikit.course.lessons.l09_graph import E2, E3
from mikit.course.lessons.l09_locked import E4, P_DOUBLED, P_PLANTS, P_ROSE, P_TOP
from mikit.course.lessons.l09_story import E6, E7
from mikit.course.lessons.l09_toy import E1, P_PLACES
from mikit.course.plan import LessonPlan

LESSON = LessonPlan(
    id="09",
    title="Attribution graphs",
    minutes=60,
    exercises=(E1, E2, E3, E4, E5, E6, E7, E8),
    predictions=(P_PLACES, P_PLANTS, P_DOUBLED, P_TOP, P_ROSE),
)

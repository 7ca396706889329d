"""Pictures: a frame in, Axes out. No computing, no files, no physiology."""

from hipstudy.figures.arm_means import measured_means
from hipstudy.figures.cause_differences import break_even, causes, drivers
from hipstudy.figures.dose_response import dose_shapes, dose_surfaces, dose_weeks
from hipstudy.figures.exercise_setup import setup
from hipstudy.figures.forest import forest, pooled_forest, strip, variance
from hipstudy.figures.individuals import changes, same_runner
from hipstudy.figures.participant_flow import drawn_rows, flow
from hipstudy.figures.posture import MOST_EXT_DEG, Body, Posture, SetUp, kneeling, posture
from hipstudy.figures.torque import torque_angle, torque_surface
from hipstudy.figures.two_pages import (
    DifferenceWords,
    WeekLine,
    benefit_and_cost,
    small_weeks,
    two_colours,
)
from hipstudy.figures.weeks import data_on_model, panel_words, weeks

__all__ = [
    "MOST_EXT_DEG",
    "Body",
    "DifferenceWords",
    "Posture",
    "SetUp",
    "WeekLine",
    "benefit_and_cost",
    "break_even",
    "causes",
    "changes",
    "data_on_model",
    "dose_shapes",
    "dose_surfaces",
    "dose_weeks",
    "drawn_rows",
    "drivers",
    "flow",
    "forest",
    "kneeling",
    "measured_means",
    "panel_words",
    "pooled_forest",
    "posture",
    "same_runner",
    "setup",
    "small_weeks",
    "strip",
    "torque_angle",
    "torque_surface",
    "two_colours",
    "variance",
    "weeks",
]

"""Pictures: a frame in, Axes out. No computing, no files, no physiology."""

from hipstudy.figures.cause_differences import break_even, causes, drivers
from hipstudy.figures.dose_response import dose_shapes, dose_surfaces
from hipstudy.figures.exercise_setup import setup
from hipstudy.figures.forest import forest, strip, variance
from hipstudy.figures.individuals import changes, same_runner
from hipstudy.figures.participant_flow import flow
from hipstudy.figures.posture import MOST_EXT_DEG, Body, Posture, SetUp, kneeling, posture
from hipstudy.figures.torque import torque_angle, torque_surface
from hipstudy.figures.weeks import data_on_model, weeks

__all__ = [
    "MOST_EXT_DEG",
    "Body",
    "Posture",
    "SetUp",
    "break_even",
    "causes",
    "changes",
    "data_on_model",
    "dose_shapes",
    "dose_surfaces",
    "drivers",
    "flow",
    "forest",
    "kneeling",
    "posture",
    "same_runner",
    "setup",
    "strip",
    "torque_angle",
    "torque_surface",
    "variance",
    "weeks",
]

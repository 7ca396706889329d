"""Pictures: a frame in, Axes out. No computing, no files, no physiology."""

from hipstudy.figures.causes import break_even, causes
from hipstudy.figures.changes import changes
from hipstudy.figures.data_on_model import data_on_model
from hipstudy.figures.doses import dose_shapes, dose_surfaces
from hipstudy.figures.drivers import drivers
from hipstudy.figures.flow import flow
from hipstudy.figures.forest import forest
from hipstudy.figures.posture import MOST_EXT_DEG, Body, Posture, SetUp, kneeling, posture
from hipstudy.figures.runners import same_runner
from hipstudy.figures.setup import setup
from hipstudy.figures.strip import strip
from hipstudy.figures.surface import torque_surface
from hipstudy.figures.torque import torque_angle
from hipstudy.figures.variance import variance
from hipstudy.figures.weeks import weeks

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

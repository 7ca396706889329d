"""Pictures: a frame in, Axes out. No computing, no files, no physiology."""

from hipstudy.figures.causes import break_even, causes
from hipstudy.figures.drivers import drivers
from hipstudy.figures.runners import same_runner
from hipstudy.figures.surface import torque_surface
from hipstudy.figures.torque import torque_angle
from hipstudy.figures.weeks import weeks

__all__ = [
    "break_even",
    "causes",
    "drivers",
    "same_runner",
    "torque_angle",
    "torque_surface",
    "weeks",
]

"""Pictures: a frame in, Axes out. No computing, no files, no physiology."""

from hipstudy.figures.causes import break_even, causes
from hipstudy.figures.runners import same_runner
from hipstudy.figures.torque import torque_angle
from hipstudy.figures.weeks import weeks

__all__ = ["break_even", "causes", "same_runner", "torque_angle", "weeks"]

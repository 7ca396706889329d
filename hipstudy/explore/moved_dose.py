"""An arm whose dose can be moved: what of it moves, in which steps, and the prescription then."""

from dataclasses import dataclass

import numpy as np

from hipstudy.matching import BOTH, stretched_for
from hipstudy.protocol import LOADS, Protocol, Strength, from_dict, preset


@dataclass(frozen=True)
class Dose:
    """What of an arm can be moved.

    Parameters
    ----------
    sets
        A side; 0 for no strength work, and then sessions and load say nothing.
    sessions
        Strength sessions a week.
    load
        As in ``protocol.Strength``.
    stretch_min
        Clock minutes a week of stretching, both sides.
    """

    sets: int
    sessions: int
    load: str
    stretch_min: float


@dataclass(frozen=True)
class Steps:
    """What each part of a dose can be on the grid, in rising order; as in ``Dose``."""

    sets: tuple[int, ...] = tuple(range(7))
    sessions: tuple[int, ...] = tuple(range(1, 6))
    loads: tuple[str, ...] = ("unloaded", "5 kg", "near-failure")
    stretch_min: tuple[float, ...] = (0, 5, 10, 15, 20, 28, 40, 64, 120)

    def holding(self, dose: Dose) -> "Steps":
        """These steps and one dose among them."""
        return Steps(
            tuple(sorted({*self.sets, dose.sets})),
            tuple(sorted({*self.sessions, dose.sessions})),
            tuple(sorted({*self.loads, dose.load}, key=_heaviness)),
            tuple(sorted({*map(float, self.stretch_min), float(dose.stretch_min)})),
        )

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """How many loads, sets, sessions and minutes of stretching."""
        return len(self.loads), len(self.sets), len(self.sessions), len(self.stretch_min)


def _heaviness(load: str) -> float:
    if load in LOADS:
        return (-np.inf, np.inf)[LOADS.index(load)]
    return float(load.removesuffix("kg"))


@dataclass(frozen=True)
class Moved:
    """An arm whose dose can be moved; the rest of it stays as it is.

    Parameters
    ----------
    arm
        As it was prescribed.
    work
        Its strength work; where it has none, what it would be.
    """

    arm: Protocol
    work: Strength

    @property
    def own(self) -> Dose:
        """The dose as it was prescribed."""
        sets = self.work.sets if self.arm.strength else 0
        work = self.work
        return Dose(sets, work.sessions_per_week, work.load, self.arm.stretch_min_wk)

    def at(self, dose: Dose) -> Protocol:
        """The arm at another dose.

        Raises
        ------
        UsageProblems
            When that breaks a rule of prescriptions.
        """
        arm = from_dict(self.arm.model_dump() | {"strength": None}, self.arm.name)
        if dose.stretch_min != arm.stretch_min_wk:  # its own is left as it is, to the last digit
            arm = stretched_for(arm, dose.stretch_min)
        if not dose.sets:
            return arm
        work = self.work.model_dump() | {"sets": dose.sets, "load": dose.load}
        work["sessions_per_week"] = dose.sessions
        return from_dict(arm.model_dump() | {"strength": work}, arm.name)


def movable(arm: Protocol) -> Moved:
    """An arm as it is, its dose ready to be moved."""
    spare = preset(BOTH).strength
    work = arm.strength or spare
    assert work is not None
    return Moved(arm, work)

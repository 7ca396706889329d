"""Visits and instruments: when runners are seen, and how far off what is read may be."""

from dataclasses import dataclass, fields

import numpy as np

from hipstudy.baseline import thomas_sd
from hipstudy.parameters import Values


@dataclass(frozen=True)
class Visits:
    """When runners are seen, and how.

    Parameters
    ----------
    weeks
        Weeks of the visits; 0 is baseline.
    hours_since_stretch, hours_since_session
        At least so long ago the last stretch and session were; longer where they were.
    entry_nrs
        Only runners whose worse limb is rated this tight or more at baseline enter; because it is
        their rating that lets them in, ratings fall back later by themselves.
    nrs_step
        Ratings are given in steps of so much; 0 leaves them unrounded.
    """

    weeks: tuple[int, ...] = (0, 6, 12)
    hours_since_stretch: float = 48
    hours_since_session: float = 72
    entry_nrs: float = 0
    nrs_step: float = 1

    def __post_init__(self) -> None:
        """Refuse visits that cannot be.

        Raises
        ------
        ValueError
            When weeks are none, negative or out of order, or hours or steps are negative.
        """
        whole = all(isinstance(week, int) and week >= 0 for week in self.weeks)
        if not self.weeks or not whole or list(self.weeks) != sorted(set(self.weeks)):
            raise ValueError(f"weeks: found {self.weeks}; the rule is whole weeks, rising, from 0")
        for field in fields(self)[1:]:
            value = getattr(self, field.name)
            if not value >= 0:  # not a number is not, either
                raise ValueError(f"{field.name}: found {value}; the rule is 0 or more")
        if self.entry_nrs and self.weeks[0]:
            rule = "with entry_nrs the first visit is at week 0"
            raise ValueError(f"weeks: found {self.weeks}; the rule: {rule}")


@dataclass(frozen=True)
class Instruments:
    """Errors of what is read, as standard deviations; ``perfect`` has none.

    ``pelvis_controlled`` says how the Thomas test was done, ``rating_r`` how far the errors of a
    runner's two ratings go together: one person rates both hips.
    """

    thomas_sem_deg: float
    thomas_bias_sd_deg: float
    torque_sem_share: float
    nrs_sem: float
    over_report: float
    brace_deg: float
    lost_per_wk: float
    rating_r: float = 0.0
    pelvis_controlled: bool = True


def instruments(values: Values, *, pelvis_controlled: bool = True) -> Instruments:
    """Instruments at the first draw of the parameters.

    Notes
    -----
    An ICC is the true variance over that and the error's: SEM = SD sqrt((1 - ICC) / ICC). A
    reading that goes with the true angle at r has a stable bias of SD sqrt(1 / r**2 - 1). A share
    lost by a week, at a steady hazard, is 1 - (1 - share)**(1 / weeks) a week.
    """

    def v(name: str) -> float:
        return float(values[name][0, 0])

    how = "controlled" if pelvis_controlled else "uncontrolled"
    icc, r = v(f"thomas_icc_{how}"), v(f"thomas_true_r_{how}")
    sd = float(thomas_sd(values)[0, 0])
    bias = sd * np.sqrt(1 / r**2 - 1)
    return Instruments(
        thomas_sem_deg=float(np.hypot(sd, bias) * np.sqrt((1 - icc) / icc)),
        thomas_bias_sd_deg=float(bias),
        torque_sem_share=v("torque_sem_share"),
        nrs_sem=v("nrs_sem"),
        over_report=v("over_report_factor"),
        brace_deg=v("brace_bias_deg"),
        lost_per_wk=1 - (1 - v("lost_share")) ** (1 / v("lost_reference_wk")),
        rating_r=v("side_r"),
        pelvis_controlled=pelvis_controlled,
    )


def perfect() -> Instruments:
    """Instruments without error, and nobody lost."""
    return Instruments(0, 0, 0, 0, 1, 0, 0)

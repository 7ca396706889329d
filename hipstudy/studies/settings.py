"""Settings of a comparison: typed, bounded, checked before anything runs."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator

from hipstudy.cohort_file import clinic
from hipstudy.errors import Finding, Problem, UsageProblems
from hipstudy.model import cohort as runners
from hipstudy.model.causes import WORLDS
from hipstudy.model.cohort import SPEEDS, Cohort
from hipstudy.parameters import number
from hipstudy.prescription.design import CONTRACT_ARMS, OVERRIDES, Design, build, split_arms
from hipstudy.prescription.time_matching import MAX_STRETCH_MIN_WK
from hipstudy.resources import cohort_path
from hipstudy.studies.report_settings import (
    COHORT,
    REPORT_DATE,
    SEED,
    Day,
    ProblemCollection,
    ReportSettings,
    parameter,
    unused_runner_count,
)


def _shares(text: str) -> str:
    try:
        weights = [float(part) for part in text.split(",")]
    except ValueError:
        weights = []
    if len(weights) != len(WORLDS) or min(weights) < 0 or not 0 < sum(weights) < 1e6:
        raise ValueError(f"{len(WORLDS)} numbers of 0 or more, not all 0, for {', '.join(WORLDS)}")
    return text


def _measured_speed(speed: float) -> float:
    if speed not in RUNNING_SPEEDS:
        raise ValueError(
            f"one of {', '.join(map(str, RUNNING_SPEEDS))}, where running was measured"
        )
    return speed


RUNNING_SPEEDS = tuple(float(speed.replace("_", ".")) for speed in SPEEDS)


class CompareSettings(ReportSettings):
    """What to compare, on whom, with which prior and which luck; as in the notebook's first cell.

    ``None`` leaves the prescriptions as they are.
    """

    cohort: str = COHORT
    protocols: str = parameter(
        ", ".join(CONTRACT_ARMS),
        "presets, your own .toml files, with commas between; or lines written out, with | between",
        unit="arms",
    )
    weeks: int | None = parameter(
        None, "length of every arm; empty: as prescribed", unit="weeks", low=1, high=104
    )
    sessions_per_week: int | None = parameter(
        None, "strength sessions; empty: as prescribed", unit="sessions/wk", low=1, high=14
    )
    sets: int | None = parameter(
        None, "strength sets a side; empty: as prescribed", unit="sets", low=1, high=10
    )
    reps: int | None = parameter(
        None, "repetitions a set; empty: as prescribed", unit="reps", low=1, high=30
    )
    load: str | None = parameter(
        None, "unloaded, near-failure, or added kg such as 5; empty: as prescribed"
    )
    lever: Literal["leg-lever", "trunk-lever"] | None = parameter(
        None, "leg-lever or trunk-lever; empty: as prescribed"
    )
    stretch_min_wk: float | None = parameter(
        None,
        "clock minutes of stretching, both sides, of every arm that stretches; "
        "empty: as prescribed",
        unit="min/wk",
        low=0,
        high=MAX_STRETCH_MIN_WK,
    )
    adherence: float | None = parameter(
        None,
        "mean share of sessions done, the same in all weeks; empty: as modelled",
        unit="share",
        low=0.05,
        high=1,
    )
    start_rom_deg: float | None = parameter(
        None,
        "mean modified Thomas angle of drawn runners; empty: as published",
        unit="deg extension",
        low=-20,
        high=40,
    )
    running_speed: Annotated[float, AfterValidator(_measured_speed)] = parameter(
        RUNNING_SPEEDS[-1],
        "whose reserve is drawn: 2.5, 3.5 or 4.5, where running was measured",
        unit="m/s",
        low=RUNNING_SPEEDS[0],
        high=RUNNING_SPEEDS[-1],
    )
    cause_prior: Annotated[str, AfterValidator(_shares)] = parameter(
        "1, 1, 1, 1",
        "Dirichlet weights of weak, short, guarded, nonspecific",
        unit="weights",
    )
    n_runners: int = parameter(
        100, "how many to draw when there is no cohort file", unit="runners", low=2, high=2000
    )
    seed: int = SEED
    mcid_nrs: float = parameter(
        number("mcid_nrs"),
        "smallest change one person calls worthwhile",
        unit="NRS points",
        low=0.1,
        high=10,
    )
    report_date: Day = REPORT_DATE

    @property
    def prior(self) -> tuple[float, ...]:
        """Dirichlet concentration of each cause."""
        return tuple(float(part) for part in self.cause_prior.split(","))

    @property
    def parameter_values(self) -> dict[str, float]:
        """Parameters of the model that these settings hold at a value, by their names.

        Adherence that is set is the mean of all weeks: it does not fall, and nobody stops. How
        runners differ around it keeps the concentration of the table's beta law, since a mean
        near all or nothing leaves less room for a spread.
        """
        values = {} if self.start_rom_deg is None else {"thomas_mean_deg": self.start_rom_deg}
        if self.adherence is None:
            return values
        mean, sd = number("adherence_mean"), number("adherence_sd")
        part = sd / (mean * (1 - mean)) ** 0.5
        return values | {
            "adherence_mean": self.adherence,
            "adherence_sd": part * (self.adherence * (1 - self.adherence)) ** 0.5,
            "adherence_fall_per_wk": 0.0,
            "stop_hazard_per_wk": 0.0,
        }

    @property
    def reserve(self) -> str:
        """Outcome that is the end-range reserve at the chosen running speed."""
        return f"reserve_{SPEEDS[RUNNING_SPEEDS.index(self.running_speed)]}"

    def design(self) -> Design:
        """The arms and contrasts.

        Raises
        ------
        UsageProblems
            Every problem of every arm.
        """
        overrides = {field: getattr(self, field) for field in OVERRIDES}
        return build(
            split_arms(self.protocols),
            weeks=self.weeks,
            overrides=overrides,
            stretch_min_wk=self.stretch_min_wk,
        )

    def runners(self) -> Cohort:
        """Runners of the cohort file, or drawn ones.

        Raises
        ------
        UsageProblems, DataProblems
            When the file cannot be read, or breaks a rule, or its measured Thomas angles stand
            against ``start_rom_deg``.
        """
        if not self.cohort:
            return runners.draw(self.n_runners, seed=self.seed)
        cohort = clinic.cohort(cohort_path(self.cohort), seed=self.seed)
        if cohort.is_measured and self.start_rom_deg is not None:
            rule = "this cohort's Thomas angles were measured; only drawn ones can be set"
            mend = "Leave start_rom_deg empty, or leave the cohort out."
            raise UsageProblems(
                [Problem("parameter start_rom_deg", f"{self.start_rom_deg:g}", rule, mend)]
            )
        return cohort

    def try_out(self, problems: ProblemCollection) -> tuple[Finding, ...]:
        """Build the arms and read the runners; warnings of the cohort file."""
        problems.attempt(self.design)
        cohort = problems.attempt(self.runners)
        if cohort is None:
            return ()
        return (*cohort.warnings, *unused_runner_count(self, cohort.n_runners))


def check(**values: Any) -> CompareSettings:
    """Check settings by name; None stands for the default.

    Raises
    ------
    UsageProblems
        Every unknown name, wrong type and value out of range.
    """
    return CompareSettings.check(values)

"""Settings of a comparison: typed, bounded, checked before anything runs."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator

from hipstudy.cohort_file import clinic
from hipstudy.errors import Finding, Problem, UsageProblems
from hipstudy.model import cohort as runners
from hipstudy.model.causes import WORLDS
from hipstudy.model.cohort import SPEEDS, Cohort
from hipstudy.parameters import number
from hipstudy.prescription.design import CONTRACT_ARMS, OVERRIDES, Design, build, split_arms
from hipstudy.prescription.protocol import MAX_ADDED_KG
from hipstudy.prescription.time_matching import MAX_STRETCH_MIN_WK
from hipstudy.resources import cohort_path
from hipstudy.studies.report_settings import (
    COHORT,
    LANGUAGE,
    REPORT_DATE,
    SEED,
    SYMPTOM_TRIALS,
    Day,
    Language,
    ProblemCollection,
    ReportSettings,
    parameter,
    runner_warnings,
)
from hipstudy.studies.run_size import large_run

if TYPE_CHECKING:
    from hipstudy.evidence.outside_view import OutsideView


def _shares(text: str) -> str:
    try:
        weights = [float(part) for part in text.split(",")]
    except ValueError:
        weights = []
    if len(weights) != len(WORLDS) or min(weights) < 0 or not 0 < sum(weights) < 1e6:
        raise ValueError(
            f"{len(WORLDS)} numbers of 0 or more, not all 0, with commas between, such as 2, 1, 1, "
            f"1, for {', '.join(WORLDS)}"
        )
    return text


def _measured_speed(speed: float) -> float:
    if speed not in RUNNING_SPEEDS:
        raise ValueError(
            f"one of {', '.join(map(str, RUNNING_SPEEDS))}, where running was measured"
        )
    return speed


def is_weight(load: str | None) -> bool:
    """Whether a load that was refused was to be a weight: it has a digit."""
    return load is not None and any(one.isdigit() for one in load)


def both_mends(problem: Problem, largest: str) -> str:
    """How to mend a load: as it was meant, and what the largest weight is where it was a weight."""
    return " ".join(filter(None, (problem.mend, largest if is_weight(problem.value) else "")))


_SET_LOAD = "parameter load"
_LOAD = ", strength.load"  # behind an arm's name, as every problem of a prescription says it
RUNNING_SPEEDS = tuple(float(speed.replace("_", ".")) for speed in SPEEDS)


class CompareSettings(ReportSettings):
    """What to compare, on whom, with which prior and which luck; as in the notebook's first cell.

    ``None`` leaves the prescriptions as they are.
    """

    cohort: str = COHORT
    protocols: str = parameter(
        ", ".join(CONTRACT_ARMS),
        "arms | | presets, your own .toml files, with commas between; or lines written out, "
        "with | between",
    )
    weeks: int | None = parameter(
        None, "weeks | 1 to 104 | length of every arm; empty: as prescribed"
    )
    sessions_per_week: int | None = parameter(
        None, "sessions/wk | 1 to 14 | strength sessions; empty: as prescribed"
    )
    sets: int | None = parameter(
        None, "sets | 1 to 10 | strength sets a side; empty: as prescribed"
    )
    reps: int | None = parameter(None, "reps | 1 to 30 | repetitions a set; empty: as prescribed")
    load: str | None = parameter(
        None,
        f"| | unloaded, near-failure, or added kg up to {MAX_ADDED_KG}, such as 5, of which "
        "runners hold less; empty: as prescribed",
    )
    lever: Literal["leg-lever", "trunk-lever"] | None = parameter(
        None, "| | leg-lever or trunk-lever; empty: as prescribed"
    )
    stretch_min_wk: float | None = parameter(
        None,
        f"min/wk | 0 to {MAX_STRETCH_MIN_WK:g} | clock minutes of stretching, both sides, of every "
        "arm that stretches; empty: as prescribed",
    )
    adherence: float | None = parameter(
        None,
        "share | 0.05 to 1 | mean share of sessions done, the same in all weeks; empty: as "
        "modelled",
    )
    start_rom_deg: float | None = parameter(
        None,
        "deg extension | -20 to 40 | mean modified Thomas angle of drawn runners; empty: as "
        "published",
    )
    entry_nrs: float | None = parameter(
        None,
        "NRS points | 0 to 9 | drawn runners come in when their tightness is this much or more "
        "that week; empty: as assumed",
    )
    causal_share: float | None = parameter(
        None,
        "share | 0 to 1 | how much of the link from a cause to tightness is causal, 0 for none; "
        "empty: as assumed",
    )
    programme_effect_nrs: float | None = parameter(
        None,
        "NRS points | 0 to 4 | fall of tightness that any exercising arm brings, whatever is in "
        "it; empty: as assumed",
    )
    running_speed: Annotated[float, AfterValidator(_measured_speed)] = parameter(
        RUNNING_SPEEDS[-1],
        "m/s | 2.5 to 4.5 | whose reserve is drawn: 2.5, 3.5 or 4.5, where running was measured",
    )
    cause_prior: Annotated[str, AfterValidator(_shares)] = parameter(
        "1, 1, 1, 1", "weights | | Dirichlet weights of weak, short, guarded, nonspecific"
    )
    n_runners: int = parameter(
        100, "runners | 2 to 2000 | how many to draw when there is no cohort file"
    )
    seed: int = SEED
    mcid_nrs: float = parameter(
        number("mcid_nrs"), "NRS points | 0.1 to 10 | smallest change one person calls worthwhile"
    )
    symptom_trials: str = SYMPTOM_TRIALS
    combine_views: float | None = parameter(
        None,
        "share | 0 to 1 | weight of trials elsewhere in one figure from both views, in the "
        "details; empty: the views stand apart",
    )
    report_date: Day = REPORT_DATE
    language: Language = LANGUAGE

    @property
    def prior(self) -> tuple[float, ...]:
        """Dirichlet concentration of each cause."""
        return tuple(float(part) for part in self.cause_prior.split(","))

    @property
    def parameter_values(self) -> dict[str, float]:
        """Parameters of the model that these settings hold at a value, by their names.

        A mean Thomas angle that is set is that of the drawn runners, against the published norm.
        Adherence that is set is the mean of all weeks: it does not fall, neither over weeks nor
        with minutes, and nobody stops. How runners differ around it keeps the concentration of
        the table's beta law, since a mean near all or nothing leaves less room for a spread.
        """
        names = ("entry_nrs", "causal_share", "programme_effect_nrs")
        values = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        if self.start_rom_deg is not None:
            norm = number("thomas_mean_deg")
            values |= {"thomas_mean_deg": norm, "thomas_shift_deg": self.start_rom_deg - norm}
        if self.adherence is None:
            return values
        mean, sd = number("adherence_mean"), number("adherence_sd")
        part = sd / (mean * (1 - mean)) ** 0.5
        return values | {
            "adherence_mean": self.adherence,
            "adherence_sd": part * (self.adherence * (1 - self.adherence)) ** 0.5,
            "adherence_fall_per_wk": 0.0,
            "stop_hazard_per_wk": 0.0,
            "burden_per_min_wk": 0.0,
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
            Every problem of every arm, weights above what a limb can hold among them.
        """
        from hipstudy.model import capacity  # settings are listed without the model

        try:
            arms = self._arms()
        except UsageProblems as error:
            found = self._with_largest_weights(error.problems)
            raise UsageProblems(self._of_set_load(found)) from None
        problems = [
            problem
            for arm in arms.arms
            if arm.strength
            for problem in capacity.too_heavy(arm.strength, arm.weeks, f"{arm.name}{_LOAD}")
        ]
        if problems:
            raise UsageProblems(self._of_set_load(problems))
        return arms

    def _arms(self, **others: Any) -> Design:
        """The arms by these settings, whatever a limb can hold; some settings may be others."""
        overrides = {field: getattr(self, field) for field in OVERRIDES} | others
        return build(
            split_arms(self.protocols),
            weeks=self.weeks,
            overrides=overrides,
            stretch_min_wk=self.stretch_min_wk,
        )

    def _with_largest_weights(self, problems: Iterable[Problem]) -> list[Problem]:
        """Problems of a load that was set, with what runners hold where the arm is right else."""
        from hipstudy.model import capacity  # settings are listed without the model

        try:
            arms = self._arms(load=None).arms
        except UsageProblems:
            return list(problems)
        works = {f"{arm.name}{_LOAD}": arm.strength for arm in arms if arm.strength}
        mends = {where: capacity.largest_weight(work) for where, work in works.items()}
        return [replace(one, mend=both_mends(one, mends.get(one.where, ""))) for one in problems]

    def _of_set_load(self, problems: Iterable[Problem]) -> list[Problem]:
        """Problems; those of a load that was set are said once, or by arm where arms differ."""
        several = list(dict.fromkeys(problems))
        if self.load is None:
            return several
        said = {one: replace(one, where=_SET_LOAD) for one in several if one.where.endswith(_LOAD)}
        if len(set(said.values())) > 1:
            said = {
                one: replace(one, where=f"{_SET_LOAD}, {one.where.removesuffix(_LOAD)}")
                for one in said
            }
        return list(dict.fromkeys(said.get(one, one) for one in several))

    def outside(self) -> "OutsideView":
        """Trials elsewhere of what is felt, and those of a file of one's own after them.

        Raises
        ------
        UsageProblems
            Every problem of the file.
        """
        from hipstudy.evidence import outside_view  # settings are listed without scipy

        return outside_view.read(self.symptom_trials)

    def runners(self, own: Cohort | None = None) -> Cohort:
        """Runners of one's own, those of the cohort file, or drawn ones.

        Raises
        ------
        UsageProblems, DataProblems
            When the file cannot be read, or breaks a rule, or its measured Thomas angles stand
            against ``start_rom_deg``.
        """
        if own is None and not self.cohort:
            return runners.draw(self.n_runners, seed=self.seed)
        cohort = own or clinic.cohort(cohort_path(self.cohort), seed=self.seed)
        if cohort.is_measured and self.start_rom_deg is not None:
            rule = "this cohort's Thomas angles were measured; only drawn ones can be set"
            mend = "Leave start_rom_deg empty, or leave the cohort out."
            raise UsageProblems(
                [Problem("parameter start_rom_deg", f"{self.start_rom_deg:g}", rule, mend)]
            )
        return cohort

    def try_out(self, problems: ProblemCollection) -> tuple[Finding, ...]:
        """Build the arms, read the runners and the trials; warnings of the cohort file."""
        design = problems.attempt(self.design)
        # Nothing can be wrong with drawn runners, and to draw them takes scipy.
        cohort = problems.attempt(self.runners) if self.cohort else None
        problems.attempt(self.outside)
        large: tuple[Finding, ...] = ()
        if design and (cohort or not self.cohort):
            n_runners = cohort.n_runners if cohort else self.n_runners
            problems.attempt(lambda: self._fits_memory(design, n_runners))
            usual = type(self)()
            arms = usual.design()
            weeks = len(design.arms) * design.weeks / (len(arms.arms) * arms.weeks)
            large = large_run("weeks of runners", weeks * n_runners / usual.n_runners)
        return (*large, *runner_warnings(self, cohort))

    def _fits_memory(self, design: Design, n_runners: int) -> None:
        from hipstudy.model.lane_blocks import BLOCK  # settings are listed without the model
        from hipstudy.studies.memory_need import check_memory

        check_memory(weeks=design.weeks, n_runners=n_runners, n_arms=len(design.arms), block=BLOCK)


def check(**values: Any) -> CompareSettings:
    """Check settings by name; None stands for the default.

    Raises
    ------
    UsageProblems
        Every unknown name, wrong type and value out of range.
    """
    return CompareSettings.check(values)

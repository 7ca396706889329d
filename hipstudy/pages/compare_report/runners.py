"""Page 1: who was compared, and what of them was measured."""

from dataclasses import dataclass

import numpy as np

from hipstudy.cohort_file.rbds import SOURCE as RBDS
from hipstudy.labels import arm_label
from hipstudy.model.cohort import DRAWN, SIDES, Cohort
from hipstudy.pages.compare_report.comparison import words
from hipstudy.parameters import number as parameter
from hipstudy.prescription.design import CONTRACT_ARMS
from hipstudy.studies.compare_study import CompareStudy
from hipstudy.studies.report_settings import unused_runner_count

ORIGINS = {DRAWN: "drawn", RBDS: "rbds"}
READINGS = ("thomas_ext_deg", "torque_nm_kg", "tightness_nrs", "discomfort_nrs")
TRAITS = ("sex", "age_y", "mass_kg")


@dataclass(frozen=True)
class AngleFacts:
    """Mean and SD of the measured angles, degrees; of few runners neither is given."""

    is_enough: bool
    mean: float = 0.0
    sd: float | None = None


@dataclass(frozen=True)
class RunnersFacts:
    """How many runners (``origin``: drawn, rbds or file), and what of them was measured."""

    n_runners: int
    n_limbs: int
    origin: str
    angles: AngleFacts | None = None
    readings: tuple[tuple[str, int], ...] = ()  # name, and limbs that have it
    traits_of_all: tuple[str, ...] = ()
    traits_of_some: tuple[tuple[str, int], ...] = ()  # name, and runners that have it
    share: float = 0.0  # of the four readings, over all limbs


@dataclass(frozen=True)
class OwnArm:
    """An arm whose name alone does not say what it is; the label comes from a file."""

    name: str
    label: str


@dataclass(frozen=True)
class WhomFacts:
    """Who was compared, for how long, and what was set for this report; None is as modelled."""

    runners: RunnersFacts
    weeks: int
    own_arms: tuple[OwnArm, ...] = ()  # compared first, with names that do not say what they are
    adherence: float | None = None
    start_rom_deg: float | None = None
    unused_n_runners: int | None = None  # beside a file that has its own
    report_date: str = ""


def _angle_facts(cohort: Cohort) -> AngleFacts:
    by_runner = cohort.reading("thomas_ext_deg").reshape(-1, len(SIDES))
    angle, n = by_runner[~np.isnan(by_runner)], int((~np.isnan(by_runner)).any(axis=1).sum())
    if n < parameter("cohort_least_runners"):
        return AngleFacts(is_enough=False)
    enough = n >= parameter("spread_least_runners")
    return AngleFacts(True, float(angle.mean()), float(angle.std(ddof=1)) if enough else None)


def runners_facts(cohort: Cohort) -> RunnersFacts:
    """How many runners a cohort has, and what of them was measured."""
    limbs, runners = cohort.n_limbs, cohort.n_runners
    origin = ORIGINS.get(cohort.source, "file")
    if origin == "drawn":
        return RunnersFacts(runners, limbs, origin)
    counts = {name: int((~np.isnan(cohort.reading(name))).sum()) for name in READINGS}
    known = {name: cohort.n_known.get(name, 0) for name in TRAITS}
    return RunnersFacts(
        n_runners=runners,
        n_limbs=limbs,
        origin=origin,
        angles=_angle_facts(cohort) if counts["thomas_ext_deg"] else None,
        readings=tuple((name, n) for name, n in counts.items() if n),
        traits_of_all=tuple(name for name, n in known.items() if n == runners),
        traits_of_some=tuple((name, n) for name, n in known.items() if 0 < n < runners),
        share=sum(counts.values()) / (len(counts) * limbs),
    )


def who(cohort: Cohort) -> str:
    """How many runners, in Markdown, and what of them was measured."""
    return words("runners", runners_facts(cohort))


def _own_arms(study: CompareStudy) -> tuple[OwnArm, ...]:
    arms = []
    for name in study.primary[::-1]:
        label, short = study.design.arm(name).label, arm_label(name)
        if name not in CONTRACT_ARMS and label.lower() != short.lower():
            own = label.removeprefix(f"{short[-1]}: ")
            arms.append(OwnArm(short, own[:1].lower() + own[1:]))
    return tuple(arms)


def runners_of(study: CompareStudy) -> str:
    """Who was compared, in Markdown."""
    settings, n_runners = study.settings, study.cohort.n_runners
    unused = unused_runner_count(settings, n_runners)
    facts = WhomFacts(
        runners=runners_facts(study.cohort),
        weeks=study.design.weeks,
        own_arms=_own_arms(study),
        adherence=settings.adherence,
        start_rom_deg=settings.start_rom_deg,
        unused_n_runners=settings.n_runners if unused else None,
        report_date=settings.report_date,
    )
    return words("whom", facts)

"""Who was compared, and what of them was measured: in short on page 1, in full in the details."""

from typing import Any

import numpy as np

from hipstudy import show
from hipstudy.cohort_file import file_warnings
from hipstudy.cohort_file.runners_origin import origin
from hipstudy.finding_kinds import finding_kinds
from hipstudy.labels import arm_label
from hipstudy.model.cohort import DRAWN, SIDES, Cohort
from hipstudy.pages.compare_report.comparison import words
from hipstudy.pages.compare_report.front_words import front, primary_names
from hipstudy.parameters import number as parameter
from hipstudy.prescription.design import CONTRACT_ARMS
from hipstudy.prescription.shorthand import dose, label_of
from hipstudy.show import escape
from hipstudy.studies.compare_study import CompareStudy
from hipstudy.studies.report_settings import unused_runner_count

READINGS = ("thomas_ext_deg", "torque_nm_kg", "tightness_nrs", "discomfort_nrs")
TRAITS = ("sex", "age_y", "mass_kg")


def _angle_facts(cohort: Cohort) -> dict[str, Any]:
    """Mean and SD of the measured angles, degrees; of few runners neither is given."""
    by_runner = cohort.reading("thomas_ext_deg").reshape(-1, len(SIDES))
    angle, n = by_runner[~np.isnan(by_runner)], int((~np.isnan(by_runner)).any(axis=1).sum())
    if n < parameter("cohort_least_runners"):
        return {"is_enough": False}
    enough = n >= parameter("spread_least_runners")
    return {"is_enough": True, "mean": angle.mean(), "sd": angle.std(ddof=1) if enough else None}


def runners_facts(cohort: Cohort) -> dict[str, Any]:
    """How many runners a cohort has, and what of them was measured."""
    limbs, runners = cohort.n_limbs, cohort.n_runners
    facts = {"n_runners": runners, "n_limbs": limbs, "origin": origin(cohort)}
    if cohort.source == DRAWN:
        return facts
    counts = {name: int((~np.isnan(cohort.reading(name))).sum()) for name in READINGS}
    known = {name: cohort.n_known.get(name, 0) for name in TRAITS}
    return facts | {
        "angles": _angle_facts(cohort) if counts["thomas_ext_deg"] else None,
        "readings": [(name, n) for name, n in counts.items() if n],
        "traits_of_all": [name for name, n in known.items() if n == runners],
        "traits_of_some": [(name, n) for name, n in known.items() if 0 < n < runners],
        "share": sum(counts.values()) / (len(counts) * limbs),
    }


def who(cohort: Cohort) -> str:
    """How many runners, in Markdown, and what of them was measured."""
    return words("runners", runners_facts(cohort))


def _own_arms(study: CompareStudy) -> list[tuple[str, str]]:
    """Arms whose name alone does not say what they are, each with its label from a file."""
    arms = []
    for name in study.primary[::-1]:
        label, short = study.design.arm(name).label, arm_label(name)
        if name not in CONTRACT_ARMS and label.lower() != short.lower():
            own = label.removeprefix(f"{short[-1]}: ")
            arms.append((short, own[:1].lower() + own[1:]))
    return arms


def runners_of(study: CompareStudy) -> str:
    """Who was compared, in Markdown."""
    settings, n_runners = study.settings, study.cohort.n_runners
    unused = unused_runner_count(settings, n_runners)
    return words(
        "whom",
        runners=runners_facts(study.cohort),
        weeks=study.design.weeks,
        own_arms=_own_arms(study),
        adherence=settings.adherence,
        start_rom_deg=settings.start_rom_deg,
        entry_nrs=settings.entry_nrs,
        causal_share=settings.causal_share,
        programme_effect_nrs=settings.programme_effect_nrs,
        unused_n_runners=settings.n_runners if unused else None,
        report_date=settings.report_date,
    )


def whom_in_full(study: CompareStudy) -> show.Text:
    """The details: who was compared, what was measured, what the check of their file warned of."""
    return show.Text(runners_of(study) + file_warnings.markdown(study.cohort.warnings))


SET = ("adherence", "start_rom_deg", "entry_nrs", "causal_share", "programme_effect_nrs")


def _explained(study: CompareStudy) -> list[dict[str, Any]]:
    """Arms of one's own whose name says too little: their place in the title, or their dose."""
    explained = []
    for at, (arm, name) in enumerate(zip(study.primary, primary_names(study), strict=True)):
        protocol, facts = study.design.arm(arm), {"name": name.in_markdown, "is_first": at == 0}
        if name.label != name.short:
            explained.append(facts | {"dose": ""})
        elif arm not in CONTRACT_ARMS and protocol.label == label_of(arm):
            explained.append(facts | {"dose": escape(dose(protocol))})
    return explained


def whom(study: CompareStudy) -> show.Text:
    """Page 1: who was compared, and what was set for this report."""
    settings, cohort = study.settings, study.cohort
    facts = runners_facts(cohort)
    given = [{"name": name, "value": getattr(settings, name)} for name in SET]
    return show.Text(
        front(study)(
            "whom",
            origin=facts["origin"],
            n_runners=cohort.n_runners,
            n_limbs=cohort.n_limbs,
            n_men=int((cohort.sex == "M").sum()),
            n_women=int((cohort.sex == "F").sum()),
            readings=facts.get("readings", []),
            own_arms=_explained(study),
            set=[one for one in given if one["value"] is not None],
            n_warnings=len(finding_kinds(cohort.warnings)),
        )
    )

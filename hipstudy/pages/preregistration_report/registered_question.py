"""The plan as it is registered: in words, by its fields, what is open, and as it was written."""

from dataclasses import replace

import pandas as pd

from hipstudy import show
from hipstudy.analysis.designs.plan_rules import CLUSTERS, PARALLEL, SINGLE, analysis_rule
from hipstudy.analysis.disclosure import least
from hipstudy.analysis.estimand_attributes import estimand
from hipstudy.analysis.plan import AnalysisPlan
from hipstudy.labels import arm_label
from hipstudy.pages.cohort_report.methods import LIBRARIES
from hipstudy.pages.cohort_report.trial_as_declared import trial
from hipstudy.pages.shared import cells, provenance_table
from hipstudy.studies.preregistration_study import PreregistrationStudy
from hipstudy.wording import Wording

words = Wording("hipstudy.pages", "preregistration")
_FACTS_OF_TRIAL = ("allocation", "blinding", "sample_size", "registration")


def title(study: PreregistrationStudy) -> show.Text:
    """What is registered, and that nothing in it was measured."""
    return show.Text(words("title", _question(study)))


def _question(study: PreregistrationStudy) -> dict[str, object]:
    plan = study.plan
    return {
        "outcome": plan.label(plan.primary),
        "week": plan.week,
        "arms": [arm_label(arm) for arm in plan.arms],
        "date": study.settings.report_date,
        "n_runners": study.settings.n_runners,
        "n_shells": study.shells.clinic.cohort.n_runners,
        "seed": study.settings.seed,
    }


def what_is_registered(study: PreregistrationStudy) -> show.Lines:
    """The fingerprint of the plan, and the digest of its file."""
    facts = {"fingerprint": study.plan.fingerprint, "file": study.plan.file_sha256}
    return show.Lines(tuple(line for (line,) in cells(words("fingerprints", facts))))


def plan_in_words(study: PreregistrationStudy) -> show.Table:
    """The plan as an estimand table, in the attributes of ICH E9(R1)."""
    frame = estimand(study.plan.as_registered(study.plan.file_sha256))
    frame = frame[frame["attribute"] != "Fixed"]
    frame = frame.rename(columns={"attribute": "Attribute", "here": "Here"})
    return show.Table(frame, words("plan_in_words"), "plan", align={"Here": "left"})


def _taken_by(plan: AnalysisPlan) -> set[str]:
    """Fields that the design of a plan has."""
    fields = set(AnalysisPlan.model_fields) - {"note", "trial"}
    if plan.design != PARALLEL:
        fields -= {"model_arms", "covariance", "contrasts", "missing"}
    if plan.design not in (PARALLEL, CLUSTERS):
        fields -= {"covariates", "strata"}
    if plan.design == SINGLE:
        fields -= {"control", "margin_is"}
    if analysis_rule(plan.design, plan.analysis):
        fields.discard("analysis")
    return fields - ({"cluster"} if plan.design != CLUSTERS else set())


def fixed_by_default(study: PreregistrationStudy) -> show.Table | show.Text:
    """Every field that the plan leaves out, and what is thereby fixed."""
    plan = study.plan
    unsaid = _taken_by(plan) - plan.model_fields_set
    rows = [row for row in cells(words("defaults", _default_facts(plan))) if row[0] in unsaid]
    if not rows:
        return show.Text(words("no_defaults"))
    frame = pd.DataFrame(rows, columns=["Field left out", "Its default", "So it is fixed that"])
    align = dict.fromkeys(frame.columns, "left")
    return show.Table(frame, words("fixed_by_default", n=len(rows)), "defaults", align=align)


def _default_facts(plan: AnalysisPlan) -> dict[str, object]:
    attributes = estimand(plan).set_index("attribute")["here"]
    return {
        "primary_analysis": attributes["Primary analysis"],
        "alpha": plan.alpha,
        "level": plan.level_pct,
        "analysis": plan.analysis,
        "by_date": bool(plan.date),
        "window": plan.window_weeks,
    }


def trial_as_declared(study: PreregistrationStudy) -> show.Table:
    """Allocation, blinding, registration and sample size as the plan declares them."""
    return replace(trial(study.shells), caption=words("trial"))


def left_open(study: PreregistrationStudy) -> show.Text:
    """What neither the plan nor hipstudy fixes, so that somebody has to."""
    plan = study.plan
    declared = plan.trial.model_dump()
    facts = {
        "undeclared": [name for name in _FACTS_OF_TRIAL if not declared[name].strip()],
        "has_runners": study.settings.n_runners > 0,
        "has_visits": bool(plan.visits),
        "has_codes": bool(plan.losses),
        "by_date": bool(plan.date),
    }
    return show.Text(words("left_open", facts))


def fixed_by_hipstudy(study: PreregistrationStudy) -> show.Text:
    """What every report does, whatever the plan: who is in, what is left out, how many tests."""
    plan = study.plan
    facts = {
        "least": least(),
        "design": plan.design,
        "is_parallel": plan.design == PARALLEL,
        "of_person": plan.is_of_person(plan.primary),
        "n_tests": len(plan.secondary) + len(plan.contrasts),
        "has_covariates": bool(plan.adjusted),
        "imputes": plan.model.startswith("imputed"),
    }
    return show.Text(words("fixed_by_hipstudy", facts))


def plan_as_written(study: PreregistrationStudy) -> show.Lines:
    """The plan's file, line by line."""
    lines = (line.rstrip().replace("\t", "    ") for line in study.plan_text.splitlines())
    return show.Lines(tuple(line or " " for line in lines))


def provenance(study: PreregistrationStudy) -> show.Table:
    """Versions, seed and digests that bring the same document back."""
    rows = {
        "Plan": f"SHA-256 of the file {study.plan.file_sha256[:12]}",
        "Seed of the simulated runners": str(study.settings.seed),
        "Simulated runners": str(study.shells.clinic.cohort.n_runners),
    }
    return provenance_table(rows, libraries=LIBRARIES, data=("parameters.csv",), settings="plan")

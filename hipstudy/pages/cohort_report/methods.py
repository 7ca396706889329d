"""What was fixed before looking, and where everything came from."""

from dataclasses import replace

from hipstudy import show
from hipstudy.analysis.estimand_attributes import estimand
from hipstudy.labels import arm_label
from hipstudy.pages.cohort_report.primary_question import primary_question, words
from hipstudy.pages.shared import provenance_table
from hipstudy.prescription.cert import cert_table
from hipstudy.studies import prediction
from hipstudy.studies.cohort_study import CohortStudy

LIBRARIES = ("numpy", "scipy", "pandas", "statsmodels", "matplotlib")


def made_up(study: CohortStudy) -> show.Text:
    """That the file is the example of the package and tells of nobody; empty for any other."""
    return show.Text(words("made_up", is_example=study.is_example))


def on_reading_of_plan(study: CohortStudy) -> show.Text:
    """That the plan came before the file, and what of it is primary."""
    facts = {"design": study.plan.design, "further": len(study.plan.contrasts)}
    return show.Text(words("on_reading_of_plan", facts))


def plan(study: CohortStudy) -> show.Table:
    """The plan as an estimand table; its caption says whether anybody gave it."""
    frame = estimand(study.plan, study.not_measured).rename(
        columns={"attribute": "Attribute", "here": "Here"}
    )
    caption = words("plan", primary_question(study.plan))
    return show.Table(frame, caption, "plan", align={"Here": "left"})


def provenance(study: CohortStudy) -> show.Table:
    """Versions, and digests of the files, that bring the same report back."""
    cohort = study.clinic.cohort
    rows = {
        "Plan": f"SHA-256 of the file {study.plan.file_sha256[:12]}",
        "Cohort": f"{cohort.source}, SHA-256 {cohort.sha256[:12]}",
    }
    return provenance_table(rows, libraries=LIBRARIES, data=("parameters.csv",), settings="plan")


def cert(study: CohortStudy) -> show.Table | show.Text:
    """CERT table of the arms whose name is that of a prescription of the package."""
    arms = prediction.modelled_arms(study)
    others = sorted(set(study.observations["arm"].dropna()) - set(arms))
    if not arms:
        return show.Text(words("no_cert", others))
    table = cert_table({arm_label(name): arm for name, arm in arms.items()})
    return replace(table, caption=f"{words('cert', others)} {table.caption}")

"""What was fixed before looking, and where everything came from."""

import platform
from dataclasses import replace
from hashlib import sha256
from importlib.metadata import version

import pandas as pd

from hipstudy import __version__, show
from hipstudy.analysis.plan import estimand
from hipstudy.labels import arm_label
from hipstudy.pages.cohort_report.primary_question import primary_question, words
from hipstudy.prescription.cert import cert_table
from hipstudy.resources import place
from hipstudy.studies import prediction
from hipstudy.studies.cohort_study import CohortStudy

LIBRARIES = ("numpy", "scipy", "pandas", "statsmodels", "matplotlib")


def plan(study: CohortStudy) -> show.Table:
    """The plan as an estimand table; its caption says whether anybody gave it."""
    frame = estimand(study.plan).rename(columns={"attribute": "Attribute", "here": "Here"})
    caption = words("plan", primary_question(study.plan))
    return show.Table(frame, caption, "plan", align={"Here": "left"})


def provenance(study: CohortStudy) -> show.Table:
    """Versions, plan and fingerprints that bring the same report back."""
    digest = sha256(place("data", "parameters.csv").read_bytes()).hexdigest()[:12]
    rows = {
        "hipstudy": __version__,
        "Python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
        "Plan": f"SHA-256 {study.plan.fingerprint[:12]}",
        "Cohort": f"{study.clinic.cohort.source}, SHA-256 {study.clinic.cohort.sha256[:12]}",
        "data/parameters.csv": f"SHA-256 {digest}",
    }
    frame = pd.DataFrame({"What": list(rows), "Which": list(rows.values())})
    return show.Table(frame, words("provenance"), "provenance", align={"Which": "left"})


def cert(study: CohortStudy) -> show.Table | show.Text:
    """CERT table of the arms whose name is that of a prescription of the package."""
    arms = prediction.modelled_arms(study)
    others = sorted(set(study.observations["arm"].dropna()) - set(arms))
    if not arms:
        return show.Text(words("no_cert", others))
    table = cert_table({arm_label(name): arm for name, arm in arms.items()})
    return replace(table, caption=f"{words('cert', others)} {table.caption}")

"""What was fixed before looking, what the analyses assume, and where everything came from."""

import platform
from hashlib import sha256
from importlib.metadata import version

from hipstudy import __version__, show
from hipstudy.cohort_study import CohortStudy
from hipstudy.places import place
from hipstudy.plan import estimand

NOT_PLANNED = "Nothing was prespecified."
LIMITS = """\
ANCOVA takes runners with a baseline and an end value; it holds where who is missing at the end \
depends on arm and baseline only.
The mixed model takes every visit; it holds where who is lost depends on arm, baseline and values \
seen before.
Where people stay away because of how their hip is when nobody sees it, neither holds.
Nothing here knows how runners came into their arms. Unless it was by chance, a difference between \
arms is not an effect of what they were given.
Harms are counted as far as the file records them; absence here is not safety.
What changes together need not carry one another.
Nobody here is called a responder: what one runner gained by an arm cannot be read from his change.
This is not advice to a patient."""
LIBRARIES = ("numpy", "scipy", "pandas", "statsmodels", "matplotlib")


def plan(study: CohortStudy) -> show.Table:
    """The plan as an estimand table; its caption says whether anybody gave it."""
    frame = estimand(study.plan).rename(columns={"attribute": "Attribute", "here": "Here"})
    if study.plan.prespecified:
        said = (
            "A plan was given. It was read and fingerprinted before the cohort file; whether it "
            "was written before the data were seen, no program can know."
        )
    else:
        said = (
            "Not prespecified: no plan was given and the shipped default was used. Read "
            "everything here as exploratory."
        )
    return show.Table(frame, f"Before looking. {said}", "plan", align={"Here": "left"})


def limits(study: CohortStudy) -> show.Text:
    """What each analysis assumes, and what no analysis here can mend."""
    unplanned = () if study.plan.prespecified else (NOT_PLANNED,)
    return show.Text("\n".join(f"- {line}" for line in (*unplanned, *LIMITS.splitlines())))


def provenance(study: CohortStudy) -> show.Table:
    """Versions, plan and fingerprints that bring the same report back."""
    import pandas as pd

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
    caption = "Provenance: the same versions, plan and data give the same report."
    return show.Table(frame, caption, "provenance", align={"Which": "left"})

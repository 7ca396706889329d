"""What was fixed before looking, what the analyses assume, and where everything came from."""

from dataclasses import replace

from hipstudy import show
from hipstudy.analysis.plan import estimand
from hipstudy.labels import arm_label
from hipstudy.pages.shared import provenance_table
from hipstudy.prescription import cert as cert_shown
from hipstudy.show import escape
from hipstudy.studies import prediction
from hipstudy.studies.cohort_study import CohortStudy

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
    cohort = study.clinic.cohort
    rows = {
        "Plan": f"SHA-256 {study.plan.fingerprint[:12]}",
        "Cohort": f"{cohort.source}, SHA-256 {cohort.sha256[:12]}",
    }
    return provenance_table(rows, libraries=LIBRARIES, data=("parameters.csv",), settings="plan")


def cert(study: CohortStudy) -> show.Table | show.Text:
    """CERT table of the arms whose name is that of a prescription of the package."""
    arms = prediction.modelled_arms(study)
    rest = sorted(set(study.observations["arm"].dropna()) - set(arms))
    unknown = f" Nothing is known of what was given in: {', '.join(rest)}." if rest else ""
    if not arms:
        return show.Text(
            f"A cohort file names its arms and holds no prescription.{escape(unknown)} So no item "
            "of CERT can be filled here: `hipstudy cert` fills the table from a prescription."
        )
    table = cert_shown.cert_table({arm_label(name): arm for name, arm in arms.items()})
    said = (
        "A cohort file names its arms only: this is what the prescription of that name says, "
        f"not what was delivered.{unknown} "
    )
    return replace(table, caption=said + table.caption)

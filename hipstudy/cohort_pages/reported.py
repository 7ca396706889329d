"""What is known of what the arms were given, by CERT."""

from dataclasses import replace

from hipstudy import cert_shown, predicted, show
from hipstudy.cells import escape
from hipstudy.cohort_study import CohortStudy
from hipstudy.labels import arm_label


def cert(study: CohortStudy) -> show.Table | show.Text:
    """CERT table of the arms whose name is that of a prescription of the package."""
    arms = predicted.modelled_arms(study)
    rest = sorted(set(study.observations["arm"].dropna()) - set(arms))
    unknown = f" Nothing is known of what was given in: {', '.join(rest)}." if rest else ""
    if not arms:
        return show.Text(
            f"A cohort file names its arms and holds no prescription.{escape(unknown)} So no item "
            "of CERT can be filled here: `hipstudy cert` fills the table from a prescription."
        )
    table = cert_shown.shown({arm_label(name): arm for name, arm in arms.items()})
    said = (
        "A cohort file names its arms only: this is what the prescription of that name says, "
        f"not what was delivered.{unknown} "
    )
    return replace(table, caption=said + table.caption)

"""What the dose report shares with the comparison: on whom, what was prescribed, what is known."""

from dataclasses import replace

from hipstudy import pages, show
from hipstudy.dose_study import DoseStudy
from hipstudy.places import without_folders


def whom(study: DoseStudy) -> show.Text:
    """Who, measured or drawn, for how long."""
    return pages.whom(study.study)


def prescription(study: DoseStudy) -> show.Table:
    """The article's two ends, the prescription, and nothing."""
    return pages.prescription(study.study)


def lines(study: DoseStudy) -> show.Lines:
    """The same on one line each."""
    return pages.lines(study.study)


def cert(study: DoseStudy) -> show.Table:
    """What of them is reported, by CERT."""
    return pages.cert(study.study)


def known(study: DoseStudy) -> show.Table:
    """Every number that is not known exactly."""
    return pages.known(study.study)


def provenance(study: DoseStudy) -> show.Table:
    """Versions, settings and fingerprints that bring the same report back."""
    table = pages.provenance(study.study)
    given = study.settings.model_dump(exclude={"cohort"}, exclude_defaults=True)
    said = "; ".join(f"{name} = {without_folders(str(value))}" for name, value in given.items())
    frame = table.frame.copy()
    frame.loc[frame["What"] == "Settings changed", "Which"] = said or "none"
    return replace(table, frame=frame)

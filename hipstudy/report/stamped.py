"""The lines that say what a report is: under its title, and at the foot."""

from datetime import date

from hipstudy.report.document import Stamp


def title_line(stamp: Stamp) -> str:
    """Return the line under the title.

    Examples
    --------
    >>> title_line(Stamp("compare", "Compare, 28 runners", "ab12", "0.1.0", "2026-03-01"))
    'Compare, 28 runners · 2026-03-01'
    """
    return " · ".join(part for part in (stamp.running_head, stamp.date) if part)


def made_line(stamp: Stamp) -> str:
    """Return the line at the foot.

    Examples
    --------
    >>> made_line(Stamp("compare", "Compare, 28 runners", "ab12", "0.1.0"))
    'hipstudy 0.1.0 · compare · fingerprint ab12'
    """
    fingerprint = f"fingerprint {stamp.fingerprint}" if stamp.fingerprint else ""
    parts = (f"hipstudy {stamp.version}", stamp.report_name, fingerprint)
    return " · ".join(part for part in parts if part)


def date_of(stamp: Stamp) -> date | None:
    """Return the day of the report when it is given and written as year-month-day.

    Examples
    --------
    >>> date_of(Stamp("compare", "", "", "0.1.0", "2026-03-01"))
    datetime.date(2026, 3, 1)
    >>> date_of(Stamp("compare", "", "", "0.1.0", "this spring")) is None
    True
    """
    try:
        return date.fromisoformat(stamp.date)
    except ValueError:
        return None

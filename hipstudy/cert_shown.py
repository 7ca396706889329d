"""The CERT table as reports and the command show it: one row an item, alike arms together."""

from collections.abc import Mapping
from typing import Any

from hipstudy import cert, show
from hipstudy.one_line import dose
from hipstudy.protocol import Protocol

MISSING = "missing"
SOURCE = (
    "Items: Consensus on Exercise Reporting Template (CERT, Slade 2016, "
    "doi 10.1136/bjsports-2016-096651) and, of TIDieR (Hoffmann 2014, doi 10.1136/bmj.g1687), "
    "those that CERT does not have; in our words"
)
COUNTED = (
    "Of 16 items; 7, 14 and 16 have two halves, which count half each. “In part”: said of the "
    "strength work and not of the stretch; it does not count"
)


def answer(row: Any, protocol: Protocol) -> str:
    """What stands in the last column: what the dose says, then the therapist's own words."""
    said, own = row.from_prescription, row.own_words
    if (row.standard, row.item) == cert.DOSE:
        said = dose(protocol)
    if row.filled == cert.PART:
        said += " (in part)"
    return "; ".join(part for part in (said, own) if part) or MISSING


def rows(protocol: Protocol) -> list[tuple[str, str, str]]:
    """Item, what it asks, and the answer or the word missing, of one prescription."""
    return [
        (_number(row), row.asks, answer(row, protocol)) for row in cert.table(protocol).itertuples()
    ]


def _number(row: Any) -> str:
    return row.item if row.standard == "CERT" else f"{row.standard} {row.item}"


def shown(arms: Mapping[str, Protocol]) -> show.Table:
    """Table of several prescriptions: an answer is printed once for all arms that have it.

    Arms without exercise are left out where others have some: CERT asks about exercise.

    Parameters
    ----------
    arms
        Label of an arm -> its prescription.
    """
    import pandas as pd

    active = {label: arm for label, arm in arms.items() if arm.strength or arm.stretch} or arms
    each = {label: rows(arm) for label, arm in active.items()}
    first = next(iter(each.values()))
    body = [
        (number, asks, _together({label: found[at][2] for label, found in each.items()}))
        for at, (number, asks, _) in enumerate(first)
    ]
    frame = pd.DataFrame(body, columns=["Item", "What is asked", "Prescribed"])
    counts = {label: cert.completeness(cert.table(arm)) for label, arm in active.items()}
    said = "; ".join(f"{label} {count.items:g}" for label, count in counts.items())
    caption = (
        f"What of each prescription is reported, by CERT. Filled: {said}. {COUNTED}. {SOURCE}."
    )
    return show.Table(frame, caption, "cert", align=dict.fromkeys(frame.columns, "left"))


def _together(answers: Mapping[str, str]) -> str:
    """Answers with the arms that have each; without arms where all have the same."""
    groups: dict[str, list[str]] = {}
    for label, text in answers.items():
        groups.setdefault(text, []).append(label)
    if len(groups) == 1:
        return next(iter(groups))
    return ". ".join(f"{', '.join(labels)}: {text}" for text, labels in groups.items())

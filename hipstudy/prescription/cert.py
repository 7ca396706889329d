"""A prescription as the table that a report of exercise has to give: CERT, and TIDieR beside it.

CERT is the Consensus on Exercise Reporting Template (Slade 2016,
doi:10.1136/bjsports-2016-096651), TIDieR the Template for Intervention Description and Replication
(Hoffmann 2014, doi:10.1136/bmj.g1687): of it only what CERT does not have. What each item asks is
in ``data/cert_items.csv``, in our words. Nothing is filled in that the prescription does not say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hipstudy import show
from hipstudy.prescription import progression, shorthand
from hipstudy.prescription.protocol import Protocol
from hipstudy.prescription.shorthand import dose
from hipstudy.resources import place
from hipstudy.wording import Wording

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("standard", "item", "asks", "from_prescription", "own_words", "filled")
YES, PART, NO = "yes", "part", "no"
DOSE, RULE, NAME = ("CERT", "13"), ("CERT", "7a"), ("TIDieR", "1")
words = Wording("hipstudy.prescription", "cert")


def items() -> "pd.DataFrame":
    """Every row of the table, CERT first.

    Columns: standard, item, asks, field (of ``[cert]``, where it can be answered), source.
    """
    import pandas as pd

    return pd.read_csv(place("data", "cert_items.csv"), dtype=str, keep_default_na=False)


def table(protocol: Protocol) -> "pd.DataFrame":
    """The CERT table of a prescription, in full precision.

    Columns: standard, item, asks, from_prescription (what its dose says of the item), own_words
    (what was answered in ``[cert]``), filled (yes, part or no; a part is not filled: it answers
    for one of two exercises).
    """
    frame, derived = items(), _derived(protocol)
    answers = protocol.cert.model_dump(exclude_none=True) if protocol.cert else {}
    keys = zip(frame["standard"], frame["item"], strict=True)
    frame["from_prescription"] = [derived.get(key, "") for key in keys]
    frame["own_words"] = [answers.get(field, "") for field in frame["field"]]
    frame["filled"] = [_filled(row, protocol) for row in frame.itertuples()]
    return frame[list(COLUMNS)]


def _filled(row: Any, protocol: Protocol) -> str:
    if row.own_words:
        return YES if _says_something(row.own_words) else NO
    half = row.standard == "CERT" and row.item in ("1", "8") and protocol.stretch is not None
    return (PART if half else YES) if row.from_prescription else NO


# Words that stand where an answer should: they fill a field, and no item.
PLACEHOLDERS = ("missing", "not reported", "not said", "unknown", "n/a", "na", "tbd", "todo")


def _says_something(own: str) -> bool:
    letters = sum(letter.isalpha() for letter in own)
    return letters > 1 and own.strip(" .").lower() not in PLACEHOLDERS


def _derived(protocol: Protocol) -> dict[tuple[str, str], str]:
    """Answers that follow from the dose, by item."""
    strength = protocol.strength
    generic = protocol.cert is not None and protocol.cert.generic_or_tailored == "generic"
    cells = {
        DOSE: shorthand.dose_exactly(protocol),
        NAME: protocol.label,
        ("CERT", "14b"): "not tailored" if generic else "",
    }
    if strength is None:
        none = "none: no exercise is prescribed" if protocol.stretch is None else ""
        return cells | {("CERT", "1"): none, ("CERT", "8"): none}
    rules, first = strength.progression, strength.weeks_without_weight(protocol.weeks)
    changes = rules or first not in (0, protocol.weeks)
    return cells | {
        ("CERT", "1"): words("equipment", strength),
        RULE: progression.rules_in_words(rules),
        ("CERT", "7b"): words("planned", work=strength, first=first) if changes else "",
        ("CERT", "8"): words("exercise", strength),
    }


@dataclass(frozen=True)
class Completeness:
    """How much of CERT is filled.

    Parameters
    ----------
    items
        Of 16: an item of two halves (7, 14, 16) counts half for each half that is filled.
    of
        All there are.
    missing
        Items that are not filled, or in part only, as CERT numbers them.
    """

    items: float
    of: int
    missing: tuple[str, ...]

    def __str__(self) -> str:
        share = f"{100 * self.items / self.of:.0f} %"
        return f"{self.items:g} of {self.of} CERT items filled ({share})"


def completeness(frame: "pd.DataFrame") -> Completeness:
    """Count what is filled of a table's CERT items; TIDieR's are not counted.

    Parameters
    ----------
    frame
        As ``table`` gives it.
    """
    rows = frame[frame["standard"] == "CERT"]
    numbers = rows["item"].str.rstrip("ab")
    filled = rows["filled"] == YES
    by_item = filled.groupby(numbers).mean()
    return Completeness(float(by_item.sum()), len(by_item), tuple(rows["item"][~filled]))


MISSING = "missing"


def answer(row: Any, protocol: Protocol) -> str:
    """The last column: what follows from the dose, then the therapist's own words."""
    text, own = row.from_prescription, row.own_words
    if (row.standard, row.item) == DOSE:
        text = dose(protocol)
    if row.filled == PART:
        text += " (in part)"
    return "; ".join(part for part in (text, own) if part) or MISSING


def cert_rows(protocol: Protocol) -> list[tuple[str, str, str]]:
    """Item, what it asks, and the answer or the word missing, of one prescription."""
    return [(_number(row), row.asks, answer(row, protocol)) for row in table(protocol).itertuples()]


def _number(row: Any) -> str:
    return row.item if row.standard == "CERT" else f"{row.standard} {row.item}"


def cert_table(arms: Mapping[str, Protocol]) -> show.Table:
    """Table of several prescriptions: an answer is printed once for all arms that have it.

    Arms without exercise are left out where others have some: CERT asks about exercise. Items that
    no arm reports are named in the caption, in one line, and have no row.

    Parameters
    ----------
    arms
        Label of an arm -> its prescription.
    """
    import pandas as pd

    active = {label: arm for label, arm in arms.items() if arm.strength or arm.stretch} or arms
    each = {label: cert_rows(arm) for label, arm in active.items()}
    first = next(iter(each.values()))
    body = [
        (number, asks, _together({label: rows[at][2] for label, rows in each.items()}))
        for at, (number, asks, _) in enumerate(first)
    ]
    missing = [number for number, _, said in body if said == MISSING]
    body = [row for row in body if row[2] != MISSING]
    frame = pd.DataFrame(body, columns=["Item", "What is asked", "Prescribed"])
    counts = {label: completeness(table(arm)) for label, arm in active.items()}
    said = "; ".join(f"{label} {count.items:g}" for label, count in counts.items())
    filled = f"What of each prescription is reported, by CERT. Filled: {said}."
    caption = " ".join(
        part for part in (filled, words("missing", missing), words("standards")) if part
    )
    return show.Table(frame, caption, "cert", align=dict.fromkeys(frame.columns, "left"))


def _together(answers: Mapping[str, str]) -> str:
    """Answers with the arms that have each, or without arms where all have the same."""
    groups: dict[str, list[str]] = {}
    for label, text in answers.items():
        groups.setdefault(text, []).append(label)
    if len(groups) == 1:
        return next(iter(groups))
    return ". ".join(f"{', '.join(labels)}: {text}" for text, labels in groups.items())

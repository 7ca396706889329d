"""A plan that was registered: what stands in ``registration.toml``, and whether it still does.

The file has the plan as it was written, the same with every default spelled out, the fingerprint
of what it says, and the versions by which its report would have been made. A digest of all this
stands beside it. It shows slips and edits; it is no signature, since whoever alters the file on
purpose can make the digest anew. That is seen by the fingerprint where somebody else keeps it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hipstudy import text_files
from hipstudy.analysis.plan import AnalysisPlan
from hipstudy.errors import AlteredAfterMade, Problem, UsageProblems
from hipstudy.text_files import SAVE, WrongEncoding, read_text

REGISTRATION_FILE = "registration.toml"
REGISTRATION_SEAL = "registration_sha256"


@dataclass(frozen=True)
class Registration:
    """A registered plan.

    Parameters
    ----------
    plan
        What it says.
    date
        Day of its registration, year-month-day, by the computer on which it was made.
    plan_text
        The plan's file as it was; the plan has the digest of its bytes.
    n_runners
        How many runners are planned, in all arms; 0 where that is not said.
    mcid_nrs
        The change that one person calls worthwhile, NRS points.
    versions
        Of hipstudy and of what else the numbers come from.
    """

    plan: AnalysisPlan
    date: str
    plan_text: str
    n_runners: int = 0
    mcid_nrs: float = 2.0
    versions: Mapping[str, str] = field(default_factory=dict)

    def toml(self) -> str:
        """The registration as it is written; the same text for the same plan, day and versions."""
        import tomli_w

        own = {
            "date": date.fromisoformat(self.date),
            "plan_fingerprint": self.plan.fingerprint,
            "plan_file_sha256": self.plan.file_sha256,
            "n_runners": self.n_runners,
            "mcid_nrs": self.mcid_nrs,
            "plan_text": self.plan_text.replace("\r\n", "\n"),
            "versions": dict(self.versions),
            "plan": self.plan.spelled_out(),
        }
        return tomli_w.dumps({REGISTRATION_SEAL: _digest(own), **own}, multiline_strings=True)


def _digest(table: Mapping[str, Any]) -> str:
    """Of all in a registration but its digest, however its lines stand in the file."""
    rest = {name: value for name, value in table.items() if name != REGISTRATION_SEAL}
    text = json.dumps(rest, default=str, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def read_registration(path: Path) -> Registration:
    """Read what ``Registration.toml`` wrote.

    Raises
    ------
    UsageProblems
        When the file is missing, or is no registration.
    AlteredAfterMade
        When it is not as it was written.
    """
    table = _table(path)
    if table[REGISTRATION_SEAL] != _digest(table):
        raise AlteredAfterMade(
            _altered(path, f"{REGISTRATION_SEAL} is not that of what stands there")
        )
    try:
        plan = AnalysisPlan.model_validate(table["plan"], context=table["plan"])
        own = Registration(
            plan.as_registered(table["plan_file_sha256"]),
            date=table["date"].isoformat(),
            plan_text=table["plan_text"],
            n_runners=table["n_runners"],
            mcid_nrs=table["mcid_nrs"],
            versions=table["versions"],
        )
    except (ValidationError, LookupError, AttributeError, TypeError) as error:
        raise UsageProblems([_no_registration(path, _first_line(error))]) from None
    if own.plan.fingerprint != table["plan_fingerprint"]:
        raise AlteredAfterMade(_altered(path, "the plan in it has another fingerprint"))
    return own


def _table(path: Path) -> dict[str, Any]:
    try:
        table = text_files.loads(read_text(path))
    except WrongEncoding as error:
        raise UsageProblems([Problem("registered plan", path.name, str(error), SAVE)]) from None
    except (OSError, text_files.NotToml) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageProblems([_no_registration(path, str(reason))]) from None
    if REGISTRATION_SEAL not in table:
        raise UsageProblems([_no_registration(path, f"it has no {REGISTRATION_SEAL}")])
    return table


def _no_registration(path: Path, reason: str) -> Problem:
    rule = f"the {REGISTRATION_FILE} that hipstudy preregister wrote is needed ({reason})"
    return Problem("registered plan", path.name, rule, "A plan itself is -p analysis_plan.")


def _altered(path: Path, how: str) -> str:
    mend = f"take {REGISTRATION_FILE} as hipstudy preregister wrote it, from where you deposited it"
    return f"{path.name}: this registration was altered after it was made ({how}): {mend}"


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"plan, {'.'.join(map(str, first['loc']))}: {first['msg']}"
    return f"{type(error).__name__}: {error}"

"""A printed test sheet for one visit: what is measured on each side, in which unit and how.

All of it is from the columns of a cohort file, so that what was written down can be typed in.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hipstudy import __version__
from hipstudy.cohort_file.schema import CHOICES, FAMILY, Column, columns
from hipstudy.errors import Problem, UsageProblems
from hipstudy.files import write_new
from hipstudy.report.write_pdf import STANDARDS
from hipstudy.typeface import font_folders, settable
from hipstudy.wording import Wording

FILE = "test_sheet.pdf"
OF_RUNNERS = ("runner_id", "arm", "week", "sex", "age_y", "mass_kg")  # one a visit, not one a side
_TEMPLATE = Path(__file__).with_name("visit_sheet.typ")
_WORDS = Wording("hipstudy.handout", "visit_sheet")
_DAY = datetime(2020, 1, 1, tzinfo=UTC)  # the same sheet whenever it is made


def write_sheet(path: Path | None = None, *, paper: str = "a4") -> Path:
    """Write the sheet, one page; ``test_sheet.pdf`` in the current folder when None.

    Parameters
    ----------
    path
        File to write; it must not be there yet.
    paper
        ``a4`` or ``us-letter``.

    Raises
    ------
    UsageProblems
        When the name does not end in .pdf, a file of it is there already, or the folder or disk
        does not take it.
    """
    path = (path or Path(FILE)).expanduser()
    if path.suffix.lower() != ".pdf":
        rule = "the name has to end in .pdf"
        raise UsageProblems([Problem("--out", path.name or "nothing", rule, f"Such as {FILE}.")])
    import typst

    compiler = typst.Compiler(
        _TEMPLATE,
        root=_TEMPLATE.parents[1],
        font_paths=font_folders(),
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(sheet_facts(paper), sort_keys=True)},
    )
    pdf = compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=_DAY)
    return write_new({path: pdf})[0]


def sheet_facts(paper: str = "a4") -> dict[str, Any]:
    """What stands on the sheet."""
    every = columns()
    sides = [one for name, one in every.items() if name not in (*OF_RUNNERS, "side", FAMILY)]
    return {
        "paper": paper,
        **{name: _WORDS(name) for name in ("title", "rules", "measurement", "unit", "no_names")},
        "program": _WORDS("program", __version__),
        "sides": list(CHOICES["side"]),
        "runner": [_entry(every[name]) for name in OF_RUNNERS],
        "rows": [_entry(one) for one in sides],
    }


def _entry(column: Column) -> dict[str, str]:
    choices = " / ".join(CHOICES.get(column.kind, ()))
    ends = column.possible
    span = f"{ends[0]:g} to {ends[1]:g}".replace("-", "\u2212") if ends else choices
    return {
        "name": column.name,
        "meaning": settable(f"{column.meaning[:1].upper()}{column.meaning[1:]}"),
        "how": settable(column.how),
        "unit": settable(column.unit),
        "span": span,
        "choices": choices,
    }

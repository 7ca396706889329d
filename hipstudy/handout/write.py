"""The handout as a file: the one place where it is put together, checked and written.

The safety block is assembled in ``write`` and nowhere else, and nothing else sets the page: there
is no path to a file without it.
"""

import json
import math
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from hipstudy import __version__
from hipstudy.errors import Problem, UsageProblems
from hipstudy.files import write_new
from hipstudy.handout import exercise_pictures, feasibility, letterhead, plain_words, safety
from hipstudy.handout.letterhead import Given
from hipstudy.prescription.protocol import Protocol
from hipstudy.report.typography import FONTS, settable
from hipstudy.report.write_pdf import STANDARDS

TITLE = "Your exercise plan"
MOST_LINES_A_PAGE, BOXES_A_LINE = 26, 9  # of the diary
DIARY = (
    "Tick a box each time that you have done it.",
    "At the end of a week, write how sore your muscles were at most: 0 is not sore, 10 the most.",
    "“When to stop”, on the first page, always comes first.",
)
_TEMPLATE = Path(__file__).with_name("page.typ")


def write(
    protocol: Protocol,
    out: Path,
    *,
    physio: str,
    confirmed: bool,
    paper: str = "a4",
    report_date: str = "",
    note: str = "",
    runner: str = "",
    clinic: str = "",
    phone: str = "",
    logo: Path | None = None,
) -> Path:
    """Write the handout of a prescription: a page and its diary, never in place of another file.

    What ``notices`` says is for the therapist and not on the page.

    Parameters
    ----------
    protocol
        The therapist's own prescription, with exercise in it.
    out
        File to write; it must not be there yet.
    physio
        Name of the therapist who asked the screening questions.
    confirmed
        ``True`` when they were asked; nothing else is taken for it.
    paper
        ``a4`` or ``us-letter``.
    report_date
        When they were asked, such as 2026-01-31; empty means today.
    note
        A few words of the therapist's; text, never markup.
    runner
        Code or name of the runner, for the page only.
    clinic, phone
        Whose page it is, and the number to call.
    logo
        A PNG, JPEG or SVG file for the head of the page; it is read and not changed.

    Raises
    ------
    UsageProblems
        Without name or confirmation, saying what must be asked; without exercise; when a person
        cannot do what is prescribed; when a text, the logo or the paper breaks a rule; when the
        file is there already.
    """
    typed = Given(physio, confirmed, paper, report_date, note, runner, clinic, phone, logo)
    _check(protocol, typed)
    import typst

    page = _plan(feasibility.printed(protocol), typed) | {
        "paper": paper,
        "safety": {
            "before": safety.BEFORE,
            "see_first": safety.SEE_FIRST,
            "screening": safety.SCREENING,
            "stop": safety.STOP,
            "stop_lead": safety.STOP_LEAD,
            "stop_rule": safety.STOP_RULE,
            "asked": f"{physio} asked you these questions on {typed.day_in_words}.",
            "phone": f"Telephone: {phone.strip()}" if phone.strip() else "",
        },
    }
    compiler = typst.Compiler(
        _TEMPLATE,
        root=_TEMPLATE.parents[1],
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(_settable(page), sort_keys=True)},
    )
    made = datetime.combine(typed.day, time(), tzinfo=UTC)
    try:
        pdf = compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=made)
    except typst.TypstError as error:
        raise UsageProblems([_not_set(str(error).splitlines()[0], logo)]) from error
    return write_new({out: pdf})[0]


def notices(protocol: Protocol) -> tuple[str, ...]:
    """What the therapist has to know of a handout and the runner need not, a sentence each."""
    return (safety.REVIEW, *feasibility.notices(protocol))


def _not_set(said: str, logo: Path | None) -> Problem:
    if logo is not None and "fit on two pages" not in said:
        mend = "Save it again as PNG, JPEG or SVG."
        return Problem("logo", logo.name, f"this picture cannot be printed ({said})", mend)
    rule = "this prescription does not fit on two pages"
    return Problem("handout", said, rule, "Shorten the note, or the answers in [cert].")


def _plan(protocol: Protocol, typed: Given) -> dict[str, Any]:
    """What the prescription says, in words and drawn."""
    parts = [vars(part) for part in plain_words.parts(protocol, typed.physio)]
    last = -1 if protocol.stretch else len(parts)  # the stretch goes over both columns
    logo = typed.logo_data()
    of = f" of {typed.clinic}" if typed.clinic else ""
    return {
        "title": TITLE,
        "runner": f"For {typed.runner.strip()}" if typed.runner.strip() else "",
        "by": _by(typed),
        "logo": logo and logo | {"alt": f"Logo{of}"},
        "note": typed.note.strip(),
        "pictures": exercise_pictures.pictures(protocol.strength),
        "left": parts[:1] if protocol.strength else [],
        "right": parts[1:last] if protocol.strength else [],
        "below": parts[last:],
        "diary": _diary(protocol),
        "promise": f"This is the plan of {typed.physio}. It is not known if it will help you.",
        "made": f"Set out by hipstudy {__version__}, which does not advise or promise anything.",
    }


def _by(typed: Given) -> str:
    phone = f"Telephone {typed.phone.strip()}" if typed.phone.strip() else ""
    known = (f"From {typed.whose}", typed.clinic.strip(), phone, typed.day_in_words)
    return " · ".join(one for one in known if one)


def _diary(protocol: Protocol) -> dict[str, Any]:
    """A box for every session of every week; weeks are spread evenly over pages."""
    columns = []
    if protocol.strength:
        columns.append({"head": "Exercise", "boxes": protocol.strength.sessions_per_week})
    if protocol.stretch:
        columns.append({"head": "Stretch", "boxes": protocol.stretch.times_per_week})
    weeks = [f"Week {week}" for week in range(1, protocol.weeks + 1)]
    lines = max(math.ceil(one["boxes"] / BOXES_A_LINE) for one in columns)
    most = MOST_LINES_A_PAGE // lines
    a_page = math.ceil(len(weeks) / math.ceil(len(weeks) / most))
    return {
        "heading": "Your diary",
        "lines": DIARY,
        "week": "Week",
        "columns": columns,
        "sore": "Soreness, 0 to 10",
        "pages": [weeks[at : at + a_page] for at in range(0, len(weeks), a_page)],
    }


def _settable(value: Any) -> Any:
    """The same data with only letters that can be set; drawings stay as they are."""
    if isinstance(value, str):
        return settable(value)
    if isinstance(value, dict):
        return {k: v if k in ("svg", "bytes") else _settable(v) for k, v in value.items()}
    return [_settable(one) for one in value] if isinstance(value, list | tuple) else value


def _check(protocol: Protocol, typed: Given) -> None:
    """Refuse, with everything that is wrong in one go."""
    problems = letterhead.problems(typed)
    if protocol.strength is None and protocol.stretch is None:
        rule = "there is nothing to hand out: this prescription has no exercise"
        problems.append(Problem("prescription", protocol.name, rule))
    problems += feasibility.problems(protocol)
    if problems:
        raise UsageProblems(problems)

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
from hipstudy.handout import entries as typed
from hipstudy.handout import feasibility, plain_words
from hipstudy.handout.entries import Entries
from hipstudy.handout.plain_words import WORDS
from hipstudy.prescription.protocol import Protocol
from hipstudy.report.letterhead import Letterhead
from hipstudy.report.write_pdf import STANDARDS
from hipstudy.typeface import font_folders, settable
from hipstudy.wording import Wording

MOST_LINES_A_PAGE, BOXES_A_LINE = 26, 9  # of the diary
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
    language: str = WORDS.language,
    head: Letterhead | None = None,
) -> Path:
    """Write the handout of a prescription: a page and its diary, never in place of another file.

    What ``feasibility.notices`` says is for the therapist and not on the page.

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
    language
        ``en``, or of another file in the folder ``words``: the whole page and its diary.
    head
        Clinic, logo and date in one, in place of those three.

    Raises
    ------
    UsageProblems
        Without name or confirmation, saying what must be asked; without exercise; when a person
        cannot do what is prescribed; when a text, the logo or the paper breaks a rule; when the
        file is there already.
    """
    head = head or Letterhead(clinic=clinic, logo=logo, report_date=report_date)
    entries = Entries(physio, confirmed, note, runner, phone, paper, language, head)
    _check(protocol, entries)
    import typst

    words = entries.words
    before, stop = plain_words.screening(words), plain_words.stop_rule(words)
    page = _plan(feasibility.printed(protocol), entries, words) | {
        "paper": paper,
        "language": language,
        "safety": {
            "before": before.heading,
            "see_first": before.lead,
            "screening": before.lines,
            "stop": stop.heading,
            "stop_lead": stop.lead,
            "stop_rule": stop.lines,
            "screened": words("screened", entries),
            "phone": words("telephone_to_call", phone.strip()) if phone.strip() else "",
        },
    }
    compiler = typst.Compiler(
        _TEMPLATE,
        root=_TEMPLATE.parents[1],
        font_paths=font_folders(),
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(_settable(page), sort_keys=True)},
    )
    day = datetime.combine(entries.day, time(), tzinfo=UTC)
    try:
        pdf = compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=day)
    except typst.TypstError as error:
        raise UsageProblems([_not_set(str(error).splitlines()[0])]) from error
    return write_new({out: pdf})[0]


def _not_set(message: str) -> Problem:
    rule = "this prescription does not fit on two pages"
    return Problem("handout", message, rule, "Shorten the notes, or the answers in [cert].")


def _plan(protocol: Protocol, entries: Entries, words: Wording) -> dict[str, Any]:
    """What the prescription says, in words and drawn."""
    physio, runner = entries.physio, entries.runner.strip()
    parts = [vars(part) for part in plain_words.parts(protocol, physio, words)]
    last = -1 if protocol.stretch else len(parts)  # the stretch goes over both columns
    logo = entries.head.picture(words("logo", entries.head.clinic.strip()))
    work = plain_words.work_facts(protocol, physio) if protocol.strength else None
    return {
        "title": words("title"),
        "runner": words("for_runner", runner) if runner else "",
        "by": _by(entries, words),
        "logo": logo and logo.as_data(),
        "note": words("note"),
        "notes": [" ".join(note.split()) for note in (protocol.note, entries.note) if note.strip()],
        "pictures": plain_words.pictures(work, words) if work else [],
        "left": parts[:1] if work else [],
        "right": parts[1:last] if work else [],
        "below": parts[last:],
        "diary": _diary(protocol, words),
        "promise": words("promise", entries),
        "program": words("program", __version__),
    }


def _by(entries: Entries, words: Wording) -> str:
    phone = words("telephone", entries.phone.strip()) if entries.phone.strip() else ""
    day = words("date", entries.day)
    return " · ".join(filter(None, (words("by", entries), entries.head.clinic.strip(), phone, day)))


def _diary(protocol: Protocol, words: Wording = WORDS) -> dict[str, Any]:
    """A box for every session of every week; weeks are spread evenly over pages."""
    columns = []
    if protocol.strength:
        boxes = protocol.strength.sessions_per_week
        columns.append({"head": words("diary_exercise"), "boxes": boxes})
    if protocol.stretch:
        boxes = protocol.stretch.times_per_week
        columns.append({"head": words("diary_stretch"), "boxes": boxes})
    weeks = [words("diary_week", week) for week in range(1, protocol.weeks + 1)]
    lines = max(math.ceil(one["boxes"] / BOXES_A_LINE) for one in columns)
    most = MOST_LINES_A_PAGE // lines
    a_page = math.ceil(len(weeks) / math.ceil(len(weeks) / most))
    diary = plain_words.part("diary", words=words)
    return {
        "heading": diary.heading,
        "lines": diary.lines,
        "week": words("diary_week"),
        "columns": columns,
        "sore": words("diary_soreness"),
        "pages": [weeks[at : at + a_page] for at in range(0, len(weeks), a_page)],
    }


def _settable(value: Any) -> Any:
    """The same data with only letters that can be set; drawings stay as they are."""
    if isinstance(value, str):
        return settable(value)
    if isinstance(value, dict):
        return {k: v if k in ("svg", "bytes") else _settable(v) for k, v in value.items()}
    return [_settable(one) for one in value] if isinstance(value, list | tuple) else value


def _check(protocol: Protocol, entries: Entries) -> None:
    """Refuse, with everything that is wrong in one go."""
    problems = typed.problems(entries)
    if protocol.strength is None and protocol.stretch is None:
        rule = "there is nothing to hand out: this prescription has no exercise"
        problems.append(Problem("prescription", protocol.name, rule))
    problems += feasibility.problems(protocol)
    if problems:
        raise UsageProblems(problems)

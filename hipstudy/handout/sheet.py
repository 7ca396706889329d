"""The handout as a file: the one place where it is put together, checked and written.

The safety block is assembled in ``write`` and nowhere else, and nothing else sets the page: there
is no path to a file without it. Guarded by (tests/test_handout.py):
test_no_path_to_a_file_without_the_safety_block, test_one_function_sets_the_page.
"""

import json
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from hipstudy import __version__
from hipstudy.handout import safety, setups, words
from hipstudy.new_files import write_new
from hipstudy.problems import Problem, UsageProblems, nearest
from hipstudy.protocol import Protocol
from hipstudy.report.pdf import PAPERS, STANDARDS
from hipstudy.report.plain import FONTS, settable

NAME_LENGTH, NOTE_LENGTH = 60, 200
TITLE = "Your exercise plan"
_TEMPLATE = Path(__file__).with_name("page.typ")
_NO_DATE = date(2000, 1, 1)  # what is inside a file without one, so that its bytes stay the same


def write(
    protocol: Protocol,
    out: Path,
    *,
    physio: str,
    confirmed: bool,
    paper: str = "a4",
    report_date: str = "",
    note: str = "",
) -> Path:
    """Write the handout of a prescription: one page, tagged, never in place of another file.

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
        Such as 2026-01-31; empty prints none.
    note
        A few words of the therapist's; text, never markup.

    Raises
    ------
    UsageProblems
        Without name or confirmation, saying what must be asked; without exercise; when a text or
        the paper breaks a rule; when the file is there already.
    """
    _check(protocol, physio, confirmed, paper, report_date, note)
    import typst

    page = _plan(protocol, physio, report_date, note) | {
        "paper": paper,
        "safety": {
            "before": safety.BEFORE,
            "see_first": safety.SEE_FIRST,
            "screening": safety.SCREENING,
            "stop": safety.STOP,
            "stop_lead": safety.STOP_LEAD,
            "stop_rule": safety.STOP_RULE,
            "asked": f"{physio} says that these things were asked.",
            "review": safety.REVIEW,
        },
    }
    compiler = typst.Compiler(
        _TEMPLATE,
        root=_TEMPLATE.parents[1],
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(_settable(page), sort_keys=True)},
    )
    try:
        pdf = compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=_when(report_date))
    except typst.TypstError as error:
        rule = "this prescription does not fit on one page"
        mend = "Shorten the note, or the answers in [cert] that it carries."
        said = str(error).splitlines()[0]
        raise UsageProblems([Problem("handout", said, rule, mend)]) from error
    return write_new({out: pdf})[0]


def _plan(protocol: Protocol, physio: str, report_date: str, note: str) -> dict[str, Any]:
    """What the prescription says, in words and drawn."""
    parts = [vars(part) for part in words.parts(protocol, physio)]
    at = 2 if protocol.strength else 0  # how to do it, and how much, stand at the left
    return {
        "title": TITLE,
        "by": _by(physio, report_date),
        "note": note.strip(),
        "pictures": setups.pictures(protocol.strength),
        "left": parts[:at],
        "right": parts[at:],
        "promise": f"This is the plan of {physio}. It is not known if it will help you.",
        "made": f"Set out by hipstudy {__version__}, which does not advise or promise anything.",
    }


def _when(report_date: str) -> datetime:
    day = date.fromisoformat(report_date) if report_date else _NO_DATE
    return datetime.combine(day, time(), tzinfo=UTC)


def _by(physio: str, report_date: str) -> str:
    return f"From {physio}, physio" + (f" · {report_date}" if report_date else "")


def _settable(value: Any) -> Any:
    """The same data with only letters that can be set; drawings stay as they are."""
    if isinstance(value, str):
        return settable(value)
    if isinstance(value, dict):
        return {k: v if k == "svg" else _settable(v) for k, v in value.items()}
    return [_settable(one) for one in value] if isinstance(value, list | tuple) else value


def _check(
    protocol: Protocol, physio: str, confirmed: bool, paper: str, report_date: str, note: str
) -> None:
    """Refuse, with everything that is wrong in one go."""
    problems = [*_asked(physio, confirmed), *_texts(physio, note)]
    if protocol.strength is None and protocol.stretch is None:
        rule = "there is nothing to hand out: this prescription has no exercise"
        problems.append(Problem("prescription", protocol.name, rule))
    if paper not in PAPERS:
        problems.append(Problem("paper", paper, "not a paper", nearest(paper, PAPERS)))
    if report_date:
        try:
            date.fromisoformat(report_date)
        except ValueError:
            rule = "the rule: a date such as 2026-01-31, or nothing"
            problems.append(Problem("date", report_date, rule))
    if problems:
        raise UsageProblems(problems)


def _asked(physio: str, confirmed: bool) -> list[Problem]:
    problems = []
    if sum(letter.isalpha() for letter in str(physio)) < 2:
        rule = "the name of the physio who asked the screening questions is needed"
        problems.append(Problem("physio", str(physio), rule, 'Write --physio "NAME".'))
    if confirmed is not True:
        rule = f"before a handout, the physio asks the runner about {safety.ASKED}"
        mend = "When that was asked, say so: --screened, or confirmed=True in Python."
        problems.append(Problem("screening", "no confirmation", rule, mend))
    return problems


def _texts(physio: str, note: str) -> list[Problem]:
    problems = []
    for where, text, most in (("physio", physio, NAME_LENGTH), ("note", note, NOTE_LENGTH)):
        if len(text) > most or not text.isprintable():
            rule = f"the rule: one line of at most {most} letters"
            problems.append(Problem(where, text, rule))
        elif settable(text) != text:
            rule = "some of these letters cannot be printed: the page would show squares"
            problems.append(Problem(where, text, rule, "Write it in Latin letters."))
    return problems

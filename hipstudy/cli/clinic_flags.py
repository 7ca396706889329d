"""The clinic's own, from flags and ``hipstudy.toml``, as reports and handouts take it."""

from collections.abc import Mapping, Sequence
from typing import Any

from hipstudy import csv_locale
from hipstudy.errors import Problem, UsageProblems

PAPER, LANGUAGE = "a4", "en"
# Fields that are parameters of notebooks too.
_PARAMETERS = {"date": "report_date", "language": "language"}


def of_report(flags: Mapping[str, str | None], pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Head, paper, locale and language of a report.

    Raises
    ------
    UsageProblems
        When the date or the language is told twice, and differently.
    """
    from hipstudy.report import clinic_file

    own = clinic_file.entries(flags)
    head = own.letterhead()
    if problems := [*_told_twice("date", flags, pairs), *_told_twice("language", flags, pairs)]:
        raise UsageProblems(problems)
    told = {name for name, parameter in _PARAMETERS.items() if parameter in dict(pairs)}
    if "date" in told:
        head = head.dated("")  # the parameter is checked with the others
    return {
        "head": head,
        "paper": own.get("paper") or PAPER,
        "locale": own.get("locale") or csv_locale.PLAIN,
        "language": "" if "language" in told else own.get("language"),
    }


def _told_twice(
    name: str, flags: Mapping[str, str | None], pairs: Sequence[tuple[str, str]]
) -> list[Problem]:
    """A flag and a parameter that say the same field differently."""
    told, typed = dict(pairs).get(_PARAMETERS[name]), flags.get(name)
    if told is None or typed is None or typed == told:
        return []
    rule = f"another {name} than that of -p {_PARAMETERS[name]}, {told or 'which is empty'}"
    return [Problem(f"--{name}", typed, rule, "Leave one of them out.")]


def of_handout(page: Mapping[str, Any]) -> dict[str, Any]:
    """What is typed for a handout, with what the clinic's file adds.

    The date is that of the questions and never read from a file, nor is who asked them.
    """
    from hipstudy.report import clinic_file

    shared = ("clinic", "phone", "logo", "paper", "language")
    own = clinic_file.entries({name: page[name] for name in shared})
    return {
        **{name: text for name, text in page.items() if name not in (*shared, "date")},
        "head": own.letterhead().dated(page["date"] or ""),
        "phone": own.get("phone"),
        "paper": own.get("paper") or PAPER,
        "language": own.get("language") or LANGUAGE,
    }

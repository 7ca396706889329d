"""A draft of a mapping file for a sheet with names, words or a shape of its own.

Names of columns are written, and short words; never another cell's value. What is sure is a line;
what is not is a question, its lines behind a #.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

import tomli_w

from hipstudy.cohort_file import cell_words
from hipstudy.cohort_file.cell_words import WordMeaning
from hipstudy.cohort_file.column_places import place_of
from hipstudy.cohort_file.draft_cell_words import ask_words, word_lines
from hipstudy.cohort_file.draft_page import (
    DRAFT_WORDS,
    DraftPage,
    MappingDraft,
    toml_key,
    toml_line,
)
from hipstudy.cohort_file.draft_units import unit_questions, unit_said
from hipstudy.cohort_file.draft_week import ask_week
from hipstudy.cohort_file.head_words import FORMAT, guess, is_near
from hipstudy.cohort_file.identifier_words import OF_RECORD, by_name, is_person
from hipstudy.cohort_file.identifiers import in_text
from hipstudy.cohort_file.parse import is_date
from hipstudy.cohort_file.reading import (
    CELLS,
    NAME,
    PERSONAL,
    UNIT,
    ColumnReading,
    FileReading,
    understand,
)
from hipstudy.cohort_file.row_kinds import HEADINGS, TOTALS, UNITS, may_be_a_runner
from hipstudy.cohort_file.schema import CHOICES, columns, find, outcomes
from hipstudy.cohort_file.sheet import Sheet
from hipstudy.cohort_file.visit_words import read_visit
from hipstudy.cohort_file.word_tables import say, word_table
from hipstudy.errors import Problem

__all__ = ["draft_mapping", "guess", "heading_of", "refusal", "suggest", "value_like"]
_LONGEST_ARM = 60  # characters


def value_like(name: str) -> bool:
    """Whether a name is none, but a number, a date, or what tells who somebody is.

    Examples
    --------
    >>> value_like("31,5"), value_like("a@b.org"), value_like("Bein")
    (True, True, False)
    """
    number = re.fullmatch(r"[-+\d.,\s%]+", name) is not None
    return number or bool(in_text(name)) or is_date(name)


def _headed(sheet: Sheet) -> bool:
    """Whether more names are near to ours than look like values: else row 1 may be data."""
    names = [name for name in sheet.header if name]
    values = [name for name in names if value_like(name)]
    return sum(map(is_near, names)) > len(values)


def refusal(sheet: Sheet) -> Problem | None:
    """Why no draft should be written: there is no head, or there is nothing to translate."""
    if not _headed(sheet):
        rule = "nothing_near"
    elif not _needs_one(sheet):
        rule = "nothing_to_translate"
    else:
        return None
    return Problem("--suggest-mapping", sheet.file, **say(rule))


def _needs_one(sheet: Sheet) -> bool:
    reading = understand(sheet)
    named = [one for one in reading.columns if one.own and not one.is_read]
    return bool(named or reading.doubtful or reading.head_rows or word_lines(sheet, reading))


def suggest(sheet: Sheet) -> str:
    """Draft a mapping file, as TOML: lines that are not sure are comments.

    Where row 1 may be no head, nothing of it is written.
    """
    return draft_mapping(sheet).text


def draft_mapping(
    sheet: Sheet,
    head_rows: Sequence[int] = (),
    sheets: Mapping[str, str] | None = None,
    leave_out: Mapping[str, Mapping[str, Sequence[int]]] | None = None,
    against: Collection[str] = (),
    headings: Sequence[Mapping[int, str]] = (),
) -> MappingDraft:
    """Draft a mapping file.

    Parameters
    ----------
    sheet
        The table as it was read, its head being one row.
    head_rows
        Rows in the file that were put together into the head.
    sheets
        Sheets that were put together, each with what its rows may be of.
    leave_out
        Rows that are no data, of each such sheet: they are not in ``sheet`` any more.
    against
        Sheets whose own columns say otherwise.
    headings
        Rows that head the rows below them, of each sheet that was put together, with their texts.
    """
    reading = understand(sheet)
    reading = replace(reading, head_rows=tuple(head_rows) or reading.head_rows)
    if sheets:  # rows are of several sheets here
        reading = replace(reading, doubtful={}, head_rows=tuple(head_rows))
    if not _headed(sheet):
        reading = FileReading(())
    page = DraftPage()
    _top(page, sheet, reading, sheets)
    page.lines += ["", "[columns]"]
    beside = _row_of_units(sheet, reading)
    _columns(page, sheet, reading, beside, rows_are_placed=bool(sheets))
    _unit_parts(page, reading, beside)
    _word_parts(page, sheet, reading, sheets or {})
    _sheet_parts(page, sheets or {}, against)
    _row_parts(page, sheet, reading)
    if any(one != headings[0] for one in headings):
        page.ask("headings_unlike", ['"..." = "arm"'])
    elif headings:
        _headings(page, headings[0])
    for name, rows in (leave_out or {}).items():
        if rows:
            page.lines += ["", f"[leave_out.{toml_key(name)}]"]
            page.lines += [toml_line(kind, list(numbers)) for kind, numbers in rows.items()]
    first = DRAFT_WORDS["head"]["asks" if page.questions else "asks_nothing"]
    lines = [DRAFT_WORDS["head"]["title"], first.format(n=len(page.questions)), *page.lines]
    return MappingDraft("\n".join(lines) + "\n", tuple(page.questions), reading)


def _top(
    page: DraftPage, sheet: Sheet, reading: FileReading, sheets: Mapping[str, str] | None
) -> None:
    page.lines += [f"# {note}" for note in sheet.notes]
    if sheet.name and not sheets:
        page.lines.append(toml_line("sheet", sheet.name))
    if reading.head_rows:
        page.lines.append(toml_line("head_rows", list(reading.head_rows)))
    page.lines.append(
        f"# {toml_line('thomas_sign', 'extension-positive')}  # {DRAFT_WORDS['head']['sign']}"
    )
    if personal := [one.own for one in reading.columns if one.rule == PERSONAL]:
        page.lines.append(DRAFT_WORDS["head"]["personal"])
        page.lines.append(
            tomli_w.dumps({"ignore": list(dict.fromkeys(personal))}, indent=4).strip()
        )
    else:
        page.lines.append(DRAFT_WORDS["head"]["ignore"])


def _row_of_units(sheet: Sheet, reading: FileReading) -> dict[str, str]:
    """What stands below each name in rows of units."""
    rows = [sheet.cells.iloc[k] for k in reading.doubtful.get(UNITS, ())]
    return {
        one.own: " ".join(row.iloc[k] for row in rows if row.iloc[k] is not None)
        for k, one in enumerate(reading.columns)
    }


def _columns(
    page: DraftPage,
    sheet: Sheet,
    reading: FileReading,
    beside: Mapping[str, str],
    *,
    rows_are_placed: bool,
) -> None:
    guessed = [one for one in reading.columns if one.place is not None and one.rule != FORMAT]
    guessed = [one for one in guessed if not value_like(one.own)]
    unique = list({one.own: one for one in guessed}.values())
    page.lines += [toml_line(one.own, str(one.place)) for one in unique if one.sure]
    doubtful = sorted((one for one in unique if not one.sure), key=_doubt)
    for (doubt, name), group in groupby(doubtful, key=_doubt):
        same = list(group)
        unit = columns()[name].unit if name in columns() else ""
        own_unit = next((unit_said(one.own, name, beside.get(one.own, "")) for one in same), "")
        page.ask(
            "own_unit" if own_unit and doubt in (UNIT, CELLS) else doubt,
            [toml_line(one.own, str(one.place)) for one in same],
            name=name,
            unit=unit,
            own_unit=own_unit,
            meaning=find(name).meaning,
        )
    _required(page, reading)
    if not rows_are_placed:
        ask_week(page, sheet, reading)
    for place, one in enumerate(reading.columns, start=1):
        if not one.own or one.is_read or one.rule == PERSONAL or one in guessed:
            continue
        if value_like(one.own) or is_person(one.own):
            page.lines.append(DRAFT_WORDS["head"]["value_like"].format(place=place))
        else:
            page.lines.append(f"# {toml_line(one.own, '...')}")


def _unit_parts(page: DraftPage, reading: FileReading, beside: Mapping[str, str]) -> None:
    own = {
        one.own: one.place.name if one.place is not None else ""
        for one in reading.columns
        if one.rule != PERSONAL and not value_like(one.own) and not is_person(one.own)
    }
    asked = unit_questions(own, beside)
    if asked:
        page.lines += ["", "[units]"]
    for one in asked:
        page.ask(one.question, one.lines, name=one.name)


def _doubt(one: ColumnReading) -> tuple[str, str]:
    return one.doubt or NAME, one.place.name


def _required(page: DraftPage, reading: FileReading) -> None:
    """Ask for a column of codes that nothing is near to."""
    held = {one.place.name for one in reading.columns if one.place is not None}
    if reading.columns and "runner_id" not in held:
        of_record = any(by_name(one.own) == OF_RECORD for one in reading.columns)
        question = "no_code_but_of_record" if of_record else "no_code"
        page.ask(question, ['"..." = "runner_id"'])
    if reading.columns and held.isdisjoint(outcomes()):
        page.ask("no_outcome", [f'"..." = "{name}"' for name in outcomes()])


def _word_parts(
    page: DraftPage, sheet: Sheet, reading: FileReading, sheets: Mapping[str, str]
) -> None:
    made = word_lines(sheet, reading) if reading.columns else {}
    if visits := _visits_of_names(reading, sheets):
        made["week"] = [*made.get("week", []), *visits]
    ask_words(page, made, reading)


def _visits_of_names(reading: FileReading, sheets: Mapping[str, str]) -> list[WordMeaning]:
    """Visits in names of columns and sheets whose week the name does not say for sure."""
    places = [place_of(text, is_column=False) for text in sheets.values()]
    visits = [one.place.visit for one in reading.spread("visit")]
    visits += [place.visit for place in places if place is not None and place.visit]
    made = {}
    for visit in visits:
        read_ = read_visit(visit)
        if re.fullmatch(r"-?\d+(?:\.\d+)?", visit) or (read_ is not None and read_.sure):
            continue
        week = "" if read_ is None or read_.week is None else f"{read_.week:g}"
        if not cell_words.may_tell(visit):
            made[visit] = WordMeaning(visit, week, sure=False)
    return list(made.values())


def _sheet_parts(page: DraftPage, sheets: Mapping[str, str], against: Collection[str]) -> None:
    if not sheets:
        return
    page.lines += ["", "[sheets]"]
    asked: dict[str, list[str]] = {"sheets": [], "sheets_against": [], "sheets_silent": []}
    for name, text in sheets.items():
        if name in against:
            asked["sheets_against"].append(toml_line(name, text))
        elif not text:
            asked["sheets_silent"].append(toml_line(name, text))
        elif text.startswith(("week ", *CHOICES["side"])):
            page.lines.append(toml_line(name, text))
        else:
            asked["sheets"].append(toml_line(name, text))
    for question, lines in asked.items():
        if lines:
            page.ask(question, lines)


def _row_parts(page: DraftPage, sheet: Sheet, reading: FileReading) -> None:
    numbers = {kind: sheet.rows[list(at)].tolist() for kind, at in reading.doubtful.items()}
    numbers.pop(HEADINGS, None)
    unsure = any(may_be_a_runner(sheet, k) for k in reading.doubtful.get(TOTALS, ()))
    totals = [toml_line(TOTALS, numbers.pop(TOTALS))] if unsure else []
    if numbers or totals:
        page.lines += ["", "[leave_out]"]
        page.lines += [toml_line(kind, list(of_kind)) for kind, of_kind in numbers.items()]
    if totals:
        page.ask("totals", totals)
    _headings(page, headings_of(sheet, reading.doubtful.get(HEADINGS, ())))


def headings_of(sheet: Sheet, places: Iterable[int]) -> dict[int, str]:
    """Row number and text of the rows of a sheet that stand at these places, from 0."""
    return {
        int(sheet.rows[k]): next(cell for cell in sheet.cells.iloc[k] if cell is not None)
        for k in places
    }


def _headings(page: DraftPage, texts: Mapping[int, str]) -> None:
    if not texts:
        return
    said = [(str(row), *heading_of(text)) for row, text in texts.items()]
    page.lines += ["", "[headings]"]
    page.lines += [toml_line(row, text) for row, text, is_sure in said if is_sure]
    if asked := [toml_line(row, text) for row, text, is_sure in said if not is_sure]:
        page.ask("headings", asked)


def heading_of(text: str) -> tuple[str, bool]:
    """What the rows below a heading, or of a sheet of this name, may be of; whether that is sure.

    Examples
    --------
    >>> heading_of("Week 6"), heading_of("left"), heading_of("Stretching")
    (('week 6', True), ('left', True), ('arm Stretching', False))
    """
    visit, word = read_visit(text), cell_words.plain_word(text)
    if visit is not None:
        if visit.sure:
            return f"week {visit.week:g}", True
        return f"week {' '.join(text.split())}", False
    if side := cell_words.known_words("side").get(word) if len(word) > 1 else None:
        return side, word not in word_table("vocabulary.toml")["unsure_cell_words"]["side"].split()
    name = " ".join(text.split())
    parts = (name, *re.split(r"[^\w\s'-]+", name))
    secret = any(map(is_person, parts)) or in_text(name) or len(name) > _LONGEST_ARM
    return ("arm ..." if secret else f"arm {name}"), False

"""What kind of file it is, told by its first bytes, and the reader for it."""

from collections.abc import Callable, Collection
from io import BytesIO
from typing import TypeVar
from zipfile import BadZipFile, ZipFile

from hipstudy.cohort_file import read_csv
from hipstudy.cohort_file.limits import Raw, refuse
from hipstudy.cohort_file.other_formats.books import RowsBook
from hipstudy.cohort_file.word_tables import say
from hipstudy.errors import DataProblems, Problem, UsageProblems

Answer = TypeVar("Answer")
ZIP, OLE = (b"PK\x03\x04", b"PK\x05\x06"), b"\xd0\xcf\x11\xe0"
WORKBOOKS = (".xlsx", ".xls", ".xlsb", ".ods")
ENDINGS = (".csv", ".tsv", ".txt", *WORKBOOKS, ".sav", ".zsav", ".dta", ".json")


def raw_of(content: bytes, file: str, sheet: str | None, names: Collection[str]) -> Raw:
    """Rows of a file, or of one sheet of it.

    Each reader is imported where its file is there: a text file is read without the others.

    Raises
    ------
    UsageProblems
        When there is no such sheet, or the format has none.
    DataProblems
        When it cannot be read, or is past a limit.
    """
    if not content.strip():
        refuse(file, "empty_file")
    if content.startswith((OLE, *ZIP)):
        from hipstudy.cohort_file import read_xlsx

        open_book = _opener(content)
        if open_book is None:
            return read_xlsx.read(content, file, sheet, names)

        def of_sheet(book: RowsBook) -> Raw:
            return read_xlsx.read_book(book, file, sheet, names)

        return _with_book(open_book, content, file, of_sheet)
    read = _reader(content)
    if sheet is not None:
        rule = "text_without_sheets" if read is read_csv.read else "format_without_sheets"
        raise UsageProblems([Problem(f"{file}, sheet", sheet, **say(rule))])
    return read(content, file, names)


def _reader(content: bytes) -> Callable[[bytes, str, Collection[str]], Raw]:
    """Of a file without sheets."""
    from hipstudy.cohort_file.other_formats import read_json

    if content.startswith((b"$FL", b"<stata_dta>")) or content[:1] in _OLD_STATA:
        from hipstudy.cohort_file.other_formats import read_statistics

        if read_statistics.is_sav(content) or read_statistics.is_dta(content):
            return read_statistics.read
    return read_json.read if read_json.is_json(content) else read_csv.read


_OLD_STATA = tuple(bytes([release]) for release in range(0x6C, 0x74))


def visible_names(content: bytes, file: str) -> tuple[str, ...]:
    """Names of the sheets of a workbook that are seen and have cells; none of other files.

    Raises
    ------
    DataProblems
        When the workbook cannot be read, or is past a limit.
    """
    if not content.startswith((OLE, *ZIP)):
        return ()
    from hipstudy.cohort_file import read_xlsx

    open_book = _opener(content)
    if open_book is None:
        return read_xlsx.visible_sheets_of(content, file)
    return _with_book(open_book, content, file, read_xlsx.visible_sheets)


def _opener(content: bytes) -> Callable[[bytes, str], RowsBook] | None:
    """Of a workbook that is no XLSX, told by its bytes, or by the parts of its zip."""
    from hipstudy.cohort_file.other_formats import read_ods, read_xlsb

    if content.startswith(OLE):
        from hipstudy.cohort_file.other_formats.read_xls import open_xls

        return open_xls
    try:
        with ZipFile(BytesIO(content)) as archive:
            is_binary = read_xlsb.PART in archive.namelist()
            is_ods = read_ods.is_ods(archive)
    except Exception:  # what is wrong with it is said where a workbook is looked at
        return None
    return read_ods.open_ods if is_ods else read_xlsb.open_xlsb if is_binary else None


def _with_book(
    open_book: Callable[[bytes, str], RowsBook],
    content: bytes,
    file: str,
    ask: Callable[[RowsBook], Answer],
) -> Answer:
    try:
        return ask(open_book(content, file))
    except (DataProblems, UsageProblems):
        raise
    except BadZipFile:
        return refuse(file, "damaged_workbook")
    except Exception:  # a damaged part can break a parser anywhere, in any way
        return refuse(file, "unreadable_workbook")

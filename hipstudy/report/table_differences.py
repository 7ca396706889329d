"""Which numbers of two runs' tables differ, each by the cells that its row is known by."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hipstudy import csv_locale
from hipstudy.report.run_crate import is_within
from hipstudy.report.run_record import RunRecord, sha256

TABLES = "tables/"
# What a comparison itself wrote is no result of a run.
_OF_COMPARISONS = ("tables/since.csv", "tables/edits.csv")


@dataclass(frozen=True)
class PlainTable:
    """A table of a run: texts of cells, numbers with decimal points.

    Parameters
    ----------
    columns
        Its head.
    rows
        Cells, a tuple a row.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def n_keys(self) -> int:
        """Columns from the first on by which each row is another one; all where there are twins."""
        for n in range(1, len(self.columns) + 1):
            if len({row[:n] for row in self.rows}) == len(self.rows):
                return n
        return len(self.columns)


@dataclass(frozen=True)
class TableNumber:
    """A cell of a table, then and now; None where its row or column is not there.

    Parameters
    ----------
    table
        Its name, without folder and ending.
    row
        The cells that the row is known by.
    column
        Head of the cell's column.
    then, now
        What stands there.
    """

    table: str
    row: tuple[str, ...]
    column: str
    then: str | None
    now: str | None

    @property
    def name(self) -> str:
        """What the number is called."""
        return f"{self.table}: {', '.join((*filter(None, self.row), self.column))}"

    @property
    def has_moved(self) -> bool:
        """Whether it is another one."""
        return self.then != self.now


def plain_table(text: str) -> PlainTable:
    """A table from CSV text, in whichever locale it was written."""
    is_own = text.startswith(csv_locale.MARK)
    source = io.StringIO(text.removeprefix(csv_locale.MARK), newline="")
    head, *rows = list(csv.reader(source, delimiter=";" if is_own else ",")) or [[]]
    cells = (tuple(map(_with_point, row) if is_own else row) for row in rows)
    return PlainTable(tuple(head), tuple(row for row in cells if len(row) == len(head)))


def _with_point(cell: str) -> str:
    pointed = cell.replace(",", ".")
    return pointed if number_in(pointed) is not None else cell


def number_in(cell: str | None) -> float | None:
    """The number in a cell; None where there is none."""
    try:
        return float(cell) if cell else None
    except ValueError:
        return None


def tables_of(folder: Path, record: RunRecord) -> tuple[dict[str, PlainTable], list[str]]:
    """Tables of a run as it left them, by name; and names of those that are not so any more."""
    found, altered = {}, []
    for place, mark in record.outputs.items():
        is_own = place.startswith(TABLES) and is_within(place)
        if not is_own or place in _OF_COMPARISONS:
            continue
        name = Path(place).stem
        try:
            data = (folder / place).read_bytes()
        except OSError:
            data = b""
        if sha256(data) == mark:
            found[name] = plain_table(data.decode("utf-8"))
        else:
            altered.append(name)
    return found, altered


def numbers(
    then: Mapping[str, PlainTable], now: Mapping[str, PlainTable], names: Sequence[str] = ()
) -> list[TableNumber]:
    """Every cell of two runs' tables that holds a number in one of them.

    Parameters
    ----------
    then, now
        Tables by name.
    names
        Of the tables to compare; empty for all.
    """
    every = list(names) or list(dict.fromkeys([*then, *now]))
    return [one for name in every for one in _of_table(name, then.get(name), now.get(name))]


def _of_table(name: str, then: PlainTable | None, now: PlainTable | None) -> Iterator[TableNumber]:
    there = [one for one in (then, now) if one is not None]
    if not there:
        return
    n = max(one.n_keys() for one in there)
    moving = _last_visit(then, now, n)
    left, right = (_by_key(one, n, moving) for one in (then, now))
    for key in dict.fromkeys([*left, *right]):
        old, new = left.get(key, {}), right.get(key, {})
        for column in dict.fromkeys([*old, *new]):
            pair = (old.get(column), new.get(column))
            if any(number_in(cell) is not None for cell in pair):
                yield TableNumber(name, key, column, *pair)


def _last_visit(then: PlainTable | None, now: PlainTable | None, n: int) -> int | None:
    """Place of the column of weeks where each table is of one week only, and not of the same.

    Both are of the last visit then, and are held against each other.
    """
    places = [one.columns.index("week") for one in (then, now) if one and "week" in one.columns]
    if then is None or now is None or len(places) != 2 or places[0] != places[1]:
        return None
    at = places[0]
    weeks = [{row[at] for row in one.rows} for one in (then, now)]
    return at if at < n and len(weeks[0]) == len(weeks[1]) == 1 and weeks[0] != weeks[1] else None


def _by_key(
    table: PlainTable | None, n: int, without: int | None
) -> dict[tuple[str, ...], dict[str, str]]:
    """Cells of each row by column, by the first cells of the row, one of them left out."""
    if table is None:
        return {}
    kept = [at for at in range(n) if at != without]
    return {
        tuple(row[at] for at in kept): dict(zip(table.columns[n:], row[n:], strict=True))
        for row in table.rows
    }

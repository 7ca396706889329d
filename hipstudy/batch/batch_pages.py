"""What stands beside the reports of a batch: a page that lists them, and their tables in one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from hipstudy import __version__, csv_locale, spreadsheet
from hipstudy.batch.batch_record import BatchRecord
from hipstudy.batch.report_task import FAILED
from hipstudy.report import document
from hipstudy.report.run_record import RunRecord, joint_sha256
from hipstudy.report.write_html import to_html
from hipstudy.wording import Wording

WORDS = Wording("hipstudy.batch", "batch")
INDEX, TABLE = "index.html", "reports.csv"
_OWN = ("run", "report", "state", "made", "fingerprint", "problems")


@dataclass(frozen=True)
class BatchRow:
    """A report of a batch as the page and the table have it.

    Parameters
    ----------
    place
        Name of its folder.
    columns
        What tells it from the others.
    state
        What became of it.
    record
        Of the run that stands in the folder; None where there is none.
    problems
        Why it was not made.
    """

    place: str
    columns: Mapping[str, str]
    state: str
    record: RunRecord | None
    problems: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What it is called on the page: its file, or its settings."""
        return name_of(self.columns)


def name_of(columns: Mapping[str, str]) -> str:
    """What a report is called by what tells it from the others: its file, or its settings."""
    return ", ".join(v if k == "file" else f"{k} {v}" for k, v in columns.items())


def counts(rows: Sequence[BatchRow]) -> str:
    """How many there are of each kind, in words."""
    n_failed = sum(row.state == FAILED for row in rows)
    n_made = sum(row.state == "made" for row in rows)
    own = {"n_made": n_made, "n_before": len(rows) - n_made - n_failed, "n_failed": n_failed}
    return WORDS("counts", own)


def index_page(batch: BatchRecord, rows: Sequence[BatchRow], tables: Sequence[str]) -> str:
    """The page: what was made, with links, and what was not, with the reasons."""
    blocks: list[document.Block] = [
        document.AnswerBlock(counts(rows), (), WORDS("basis")),
    ]
    if made := [row for row in rows if row.state != FAILED]:
        blocks += [_heading("reports"), _list([_links(row) for row in made])]
    if failed := [row for row in rows if row.state == FAILED]:
        blocks += [_heading("failed"), _list([_reasons(row) for row in failed])]
    files = [(TABLE, WORDS("table_of_reports")), *((t, WORDS("stacked")) for t in tables)]
    items = [_paragraph(_link(file, file), document.TextRun(said)) for file, said in files]
    blocks += [_heading("tables"), _list([(one,) for one in items])]
    facts = {"report": batch.report, "kind": batch.kind, "source": batch.source}
    marks = [row.record.fingerprint if row.record else "" for row in rows]
    stamp = document.Stamp(batch.report, batch.source, joint_sha256(marks)[:12], __version__)
    return to_html(document.Document(WORDS("title", facts), tuple(blocks), {}), stamp)


def _heading(passage: str) -> document.Heading:
    return document.Heading(2, (document.TextRun(WORDS(passage)),))


def _paragraph(*runs: document.Inline) -> document.Paragraph:
    return document.Paragraph(runs)


def _list(items: Sequence[tuple[document.Block, ...]]) -> document.ListBlock:
    return document.ListBlock(tuple(items))


def _link(text: str, place: str) -> document.TextRun:
    return document.TextRun(text, target=quote(place))


def _links(row: BatchRow) -> tuple[document.Block, ...]:
    outputs = row.record.outputs if row.record else {}
    name = row.record.report if row.record else ""
    files = (("short", ".pdf"), ("details", "_details.pdf"), ("page", ".html"))
    runs: list[document.Inline] = [document.TextRun(f"{row.name} ({WORDS('state', row.state)})")]
    for passage, ending in files:
        if f"{name}{ending}" in outputs:
            runs += [document.TextRun(", " if len(runs) > 1 else ": ")]
            runs += [_link(WORDS(passage), f"{row.place}/{name}{ending}")]
    return (_paragraph(*runs),)


def _reasons(row: BatchRow) -> tuple[document.Block, ...]:
    lines = [(_paragraph(document.TextRun(line)),) for line in row.problems]
    return (_paragraph(document.TextRun(row.name)), _list(lines))


def table_of_reports(batch: BatchRecord, rows: Sequence[BatchRow], locale: str) -> str:
    """One row a report: what tells it from the others, and what became of it."""
    columns = list(dict.fromkeys(name for row in rows for name in row.columns))
    head = ["run", *(_free(name, _OWN) for name in columns), *_OWN[1:]]
    body = [
        [
            row.place,
            *(row.columns.get(name, "") for name in columns),
            batch.report,
            row.state,
            row.record.time.isoformat() if row.record else "",
            row.record.fingerprint if row.record else "",
            " | ".join(row.problems),
        ]
        for row in rows
    ]
    return csv_locale.in_locale(spreadsheet.rows_as_csv([head, *body]), locale)


OWNERS_TABLE = "tables/edits.csv"  # it names runners, and stays with its report


def stacked_tables(folder: Path, rows: Sequence[BatchRow], locale: str) -> dict[str, str]:
    """Each table of the reports, those of all below each other; every cell as it stands there."""
    names: dict[str, None] = {}
    present = [row for row in rows if row.state != FAILED and row.record]
    for row in present:
        outputs = row.record.outputs if row.record else {}
        tables = (name for name in outputs if name.startswith("tables/"))
        names |= {name: None for name in tables if name != OWNERS_TABLE}
    return {name: _stacked(folder, present, name, locale) for name in sorted(names)}


def _stacked(folder: Path, rows: Sequence[BatchRow], name: str, locale: str) -> str:
    has_comma = locale in csv_locale.DECIMAL_COMMA
    delimiter = ";" if has_comma else ","
    read = {row.place: _rows_of(folder / row.place / name, delimiter) for row in rows}
    columns = list(dict.fromkeys(one for head, _ in read.values() for one in head))
    leading = list(dict.fromkeys(one for row in rows for one in row.columns))

    def body() -> Iterator[list[str]]:
        yield ["run", *(_free(one, columns) for one in leading), *columns]
        for row in rows:
            head, cells = read[row.place]
            own = [row.place, *(_in_locale(row.columns.get(one, ""), has_comma) for one in leading)]
            own = [str(spreadsheet.harmless(one)) for one in own]
            for line in cells:
                by_name = dict(zip(head, line, strict=False))
                yield [*own, *(by_name.get(one, "") for one in columns)]

    mark = csv_locale.MARK if has_comma else ""
    return mark + spreadsheet.delimited(body(), delimiter)


def _rows_of(path: Path, delimiter: str) -> tuple[list[str], list[list[str]]]:
    """Head and rows of a table; nothing where this report has none of the name."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError:
        return [], []
    head, *rows = spreadsheet.rows_of_csv(text, delimiter) or [[]]
    return head, rows


def _free(name: str, taken: Sequence[str]) -> str:
    """A column's name that the table itself has not."""
    return f"{name}_given" if name in taken else name


def _in_locale(text: str, has_comma: bool) -> str:
    is_number = spreadsheet.is_plain_number(text)
    return text.replace(".", ",") if has_comma and is_number else text

"""The workbook, read back and compared with the tables it is made of."""

import csv
import io
import zipfile

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from notebooks_in_memory import STAMP, cell, notebook, put_out

from hipstudy import show, spreadsheet
from hipstudy.report.document import Cell, Document, TableBlock
from hipstudy.report.read_notebook import read
from hipstudy.report.write_xlsx import _MEASURED, HEAD_ROW, to_xlsx

FRAME = pd.DataFrame(
    {
        "world": ["weak", "=1+1", "a < b & c"],
        "code": ["007", "008", "009"],
        "mean": [0.1 + 0.2, -1e-7, float("inf")],
        "p": [float("nan"), 0.05, 1],
    }
)
NOTES = {
    "caption": "What the file holds.",
    "columns": {"mean": ("kg", "a mean")},
    "codes": {"world": {"weak": "End-range torque"}},
}
SHOWN = pd.DataFrame({"Arm": ["@a", "b"], "Points": ["\u22120.20", "1,234.5"],
                      "Range": ["0.1 (0 to 1)", "2"]})  # fmt: skip


def workbook(document):
    return openpyxl.load_workbook(io.BytesIO(to_xlsx(document, STAMP)))


@pytest.fixture(scope="module")
def document():
    shown = show.Table(SHOWN, "Shown: what came.", "shown", align={"Range": "left"})
    return read(notebook(cell(show.Download(FRAME, "effects", **NOTES), shown)))


@pytest.fixture(scope="module")
def book(document):
    return workbook(document)


def values(sheet):
    return [list(row) for row in sheet.iter_rows(min_row=HEAD_ROW, values_only=True)]


def as_in_csv(value):
    """As the CSV file has it: nothing where nothing is."""
    return "" if value is None else value if isinstance(value, str) else repr(float(value))


def same(text):
    return repr(float(text)) if spreadsheet.is_plain_number(text) else text


def test_a_file_s_sheet_has_what_the_file_has(document, book):
    head, *rows = csv.reader(io.StringIO(document.downloads["effects"]))
    found = values(book["effects"])
    assert found[0] == head
    assert found[1][2] == 0.1 + 0.2, "full precision"
    assert [row[1] for row in found[1:]] == ["007", "008", "009"], "a code is no number"
    for row, own in zip(found[1:], rows, strict=True):
        got = [as_in_csv(v) for v in row]
        assert got == [text if at == 1 else same(text) for at, text in enumerate(own)]


def test_no_text_is_a_formula(book):
    every = [one for sheet in book for row in sheet.iter_rows() for one in row]
    assert not any(one.data_type == "f" for one in every)
    assert book["effects"].cell(HEAD_ROW + 2, 1).value == "'=1+1"
    assert book["Table 1"].cell(HEAD_ROW + 1, 1).value == "'@a"


def test_a_shown_table_has_numbers_that_look_as_printed(book):
    sheet = book["Table 1"]
    assert values(sheet)[0] == ["Arm", "Points", "Range"]
    first, second = (sheet.cell(HEAD_ROW + at, 2) for at in (1, 2))
    assert (first.value, first.number_format) == (-0.2, "0.00")
    assert (second.value, second.number_format) == (1234.5, "#,##0.0")
    assert sheet.cell(HEAD_ROW + 1, 3).value == "0.1 (0 to 1)"


def test_every_sheet_has_its_title_note_and_a_head_that_stays(book):
    assert book["effects"]["A1"].value == "What the file holds."
    assert "tables/effects.csv" in book["effects"]["A2"].value
    assert book["Table 1"]["A1"].value == "Shown: what came."
    assert "compare.pdf" in book["Table 1"]["A2"].value
    for sheet in (book["effects"], book["Table 1"]):
        assert sheet.freeze_panes == f"A{HEAD_ROW + 1}"
        assert sheet.cell(HEAD_ROW, 1).font.bold
    assert book["effects"].dimensions == "A1:D6"


def test_the_list_leads_to_every_sheet_and_words_are_explained(book):
    assert book.sheetnames == ["contents", "effects", "Table 1", "columns", "codes"]
    rows = list(book["contents"].iter_rows(min_row=HEAD_ROW + 1))
    assert [(r[0].value, r[2].value, r[3].value, r[4].value) for r in rows] == [
        ("effects", "tables/effects.csv", 3, 4), ("Table 1", "compare.pdf", 2, 3),
    ]  # fmt: skip
    assert [r[0].hyperlink.location for r in rows] == ["'effects'!A1", "'Table 1'!A1"]
    assert list(book["columns"].values)[1:] == [("effects", "mean", "kg", "a mean")]
    assert list(book["codes"].values)[1:] == [("world", "weak", "End-range torque")]
    assert book.properties.title == "A title"
    assert book.properties.language == "en-GB"


def test_the_same_tables_give_the_same_bytes(document):
    made = to_xlsx(document, STAMP)
    assert made == to_xlsx(document, STAMP)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {one.date_time[0] for one in archive.infolist()} == {2000}
        assert b"2000-01-01T00:00:00Z" in archive.read("docProps/core.xml")


def test_a_row_is_as_high_as_its_longest_text_in_its_column():
    shown = pd.DataFrame({"Words": ["x" * 150, "y"], "Points": ["1.5", "2"]})
    sheet = workbook(read(notebook(cell(show.Table(shown, "A caption.", "long")))))["Table 1"]
    high = [sheet.row_dimensions[HEAD_ROW + at].height for at in (1, 2)]
    assert high == [45, None]  # 150 letters in a column of 60
    looks = [(c.alignment.wrap_text, c.alignment.vertical, c.number_format)
             for row in sheet.iter_rows(min_row=HEAD_ROW + 1) for c in row]  # fmt: skip
    assert looks == [(True, "top", one) for one in ("General", "0.0", "General", "0")]


def test_a_row_below_those_measured_is_as_high_as_its_narrow_column_asks():
    texts = ["y"] * _MEASURED + ["x" * 100]
    rows = [(Cell(str(at)), Cell(text)) for at, text in enumerate(texts)]
    table = TableBlock(((Cell("Number"), Cell("Words")),), tuple(rows), ("left", "left"))
    sheet = workbook(Document("A title", (table,), {})).worksheets[1]
    assert sheet.column_dimensions["B"].width == 9
    last = HEAD_ROW + len(texts)
    high = [sheet.row_dimensions[at].height for at in (last - 1, last)]
    assert high == [None, 12 * 15]  # 100 letters, 9 in a line


RAGGED = """<table><tbody><tr><td>a</td><td rowspan="2" colspan="2">b</td><td colspan="2">{}</td>
</tr><tr></tr></tbody></table>"""


def test_a_column_that_a_row_does_without_is_as_wide_as_its_texts():
    """The empty second row has a place before the span that reaches into it, and two after."""
    made = read(notebook(put_out({"text/html": RAGGED.format("long " * 8)})))
    sheet = workbook(made).worksheets[1]
    assert [len(row) for row in made.blocks[-1].rows] == [3, 3]
    assert [sheet.column_dimensions[one].width for one in "ABCDE"] == [10, 10, 10, 41, 41]
    assert values(sheet)[2] == [None, "b", "b", None, None]


def test_rows_of_a_shown_table_that_are_short_or_empty_have_all_their_places():
    rows = ((), (Cell("x" * 30), Cell("1")), (Cell("y"),), (Cell("z"), Cell("2"), Cell("w" * 20)))
    table = TableBlock(((Cell("A"), Cell("B")),), rows, ("left", "right"))
    sheet = workbook(Document("A title", (table,), {})).worksheets[1]
    assert [sheet.column_dimensions[one].width for one in "ABC"] == [32, 9, 22]
    nothing = [None] * 3
    assert values(sheet)[1:] == [nothing, ["x" * 30, 1, None], ["y", None, None],
                                 ["z", 2, "w" * 20]]  # fmt: skip


def test_rows_of_a_file_that_are_short_or_long_are_as_long_as_its_head():
    document = Document("A title", (), {"uneven": "a,b\n1\n2,3,4\n5,6\n"})
    assert values(workbook(document)["uneven"])[1:] == [[1, None], [2, 3], [5, 6]]


def test_no_table_gives_no_workbook():
    assert to_xlsx(Document("T", (), {}), STAMP) == b""


def test_names_of_sheets_are_short_and_of_one_sheet_only():
    names = ["contents", "x" * 40, "x" * 41, "Effects", "effects"]
    book = workbook(Document("T", (), dict.fromkeys(names, "a\n1\n")))
    assert len({name.lower() for name in book.sheetnames}) == len(names) + 1
    assert max(map(len, book.sheetnames)) <= 31


def test_a_table_that_is_too_long_for_a_sheet_is_named(monkeypatch):
    monkeypatch.setattr("hipstudy.report.write_xlsx.LONGEST", 5)
    book = workbook(Document("T", (), {"long": "a\n1\n2\n3\n"}))
    assert (
        book["long"]["A2"].value == "This table is too long for a sheet: it is in tables/long.csv."
    )


TEXTS = st.text(st.characters(min_codepoint=9, exclude_categories=("Cs",)), max_size=20)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_any_text_comes_back_from_a_sheet(texts):
    download = show.Download(pd.DataFrame({"t": texts, "n": 1.5}), "effects")
    document = Document("T", (), {"effects": download.csv()})
    found = [row[0] or "" for row in values(workbook(document)["effects"])[1:]]
    kept = [spreadsheet.harmless(text) for text in texts]
    plain = all(
        spreadsheet.is_plain_number(t) for t in texts if t not in ("", "inf", "-inf", "nan")
    )
    if not plain:
        assert [clean(text) for text in found] == [clean(text) for text in kept]


def clean(text):
    """Without what XML cannot hold, and line ends as XML has them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff"))

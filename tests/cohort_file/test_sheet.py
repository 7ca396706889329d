"""What is read of a cohort file, and what is said of one that cannot be read."""

import struct
import tracemalloc
import zipfile
from datetime import date, datetime
from io import BytesIO

import damage
import numpy as np
import pytest
from openpyxl import Workbook

from hipstudy.cohort_file import limits
from hipstudy.cohort_file.sheet import read_sheet
from hipstudy.cohort_file.table_layout import TableLayout
from hipstudy.errors import DataProblems, UsageProblems

SMALL = "runner_id,side,week,age_y\nA1,left,0,31.5\nA1,right,0,31.5\n"


@pytest.fixture
def write(tmp_path):
    def write(content, name="cohort.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def book(tmp_path):
    """Write a workbook of sheets, each a list of rows, changed before it is saved."""

    def book(change=None, **sheets):
        made = Workbook()
        made.remove(made.active)
        for name, lines in sheets.items():
            sheet = made.create_sheet(name)
            for line in lines:
                sheet.append(line)
        if change is not None:
            change(made)
        made.save(tmp_path / "cohort.xlsx")
        return tmp_path / "cohort.xlsx"

    return book


def cells(sheet):
    return sheet.cells.to_numpy().tolist()


def found(sheet, rule):
    return [one for one in sheet.findings if rule in one.rule]


def refused(path, *words, error=DataProblems, **more):
    with pytest.raises(error) as caught:
        read_sheet(path, **more)
    said = str(caught.value)
    assert path.name in said
    for word in words:
        assert word in said
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return said


# --- text -----------------------------------------------------------------------------------------


def test_a_plain_file(write):
    path = write(SMALL)
    sheet = read_sheet(path)
    assert (sheet.file, sheet.name) == ("cohort.csv", "")
    assert sheet.header == ("runner_id", "side", "week", "age_y")
    assert cells(sheet) == [["A1", "left", "0", "31.5"], ["A1", "right", "0", "31.5"]]
    assert sheet.rows.tolist() == [2, 3]
    assert sheet.rows.dtype == np.int64
    assert set(sheet.cells.dtypes) == {np.dtype(object)}
    assert list(sheet.cells.columns) == [0, 1, 2, 3]
    assert sheet.findings == ()
    assert len(sheet.sha256) == 64
    assert path.read_text() == SMALL


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_ends_of_lines(write, delimiter, end):
    sheet = read_sheet(write(SMALL.replace(",", delimiter).replace("\n", end)))
    assert cells(sheet) == [["A1", "left", "0", "31.5"], ["A1", "right", "0", "31.5"]]
    assert sheet.rows.tolist() == [2, 3]


def test_decimal_commas_beside_semicolons(write):
    sheet = read_sheet(write("Id;Bein;Alter\nA;li;1,5\nB;re;2,5\n"))
    assert sheet.header == ("Id", "Bein", "Alter")
    assert cells(sheet)[1] == ["B", "re", "2,5"]


def test_decimal_commas_beside_commas_are_cells_too_many(write):
    sheet = read_sheet(write("runner_id,side,age_y\nA,left,31,5\nB,left,31\n"))
    (one,) = sheet.findings
    assert (one.level, one.row, one.column) == ("error", 2, None)
    assert "more cells than the 3 of the head" in one.rule
    assert "decimal comma" in one.mend


def test_the_delimiter_that_the_first_line_names(write):
    sheet = read_sheet(write("sep=;\nrunner_id;side\nA;left\n"))
    assert sheet.header == ("runner_id", "side")
    assert sheet.rows.tolist() == [3]


def test_one_column_is_enough_and_a_head_alone_is_a_table(write):
    assert read_sheet(write("runner_id\nA\n")).header == ("runner_id",)
    sheet = read_sheet(write("runner_id,side\n"))
    assert sheet.cells.shape == (0, 2)
    assert sheet.rows.tolist() == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "iso8859-1"])
def test_encodings(write, encoding):
    sheet = read_sheet(write("runner_id,arm\nA,Dehnübung\n", encoding=encoding))
    assert sheet.header == ("runner_id", "arm")
    assert cells(sheet) == [["A", "Dehnübung"]]


def test_line_breaks_in_cells_and_empty_rows_keep_the_numbers(write):
    text = '\n\nrunner_id,"si\nde",x\n\nA,"left\nor so", \n,,\nB,right,1\n'
    sheet = read_sheet(write(text))
    assert sheet.header == ("runner_id", "si de", "x")
    assert cells(sheet) == [["A", "left\nor so", None], ["B", "right", "1"]]
    assert sheet.rows.tolist() == [5, 7]
    assert sheet.findings == ()


def test_names_are_cleaned(write):
    sheet = read_sheet(write(" runner_id ,\u200bside\u200f,a \xa0 b,e\u0301\nA,left,1,2\n"))
    assert sheet.header == ("runner_id", "side", "a b", "é")


def test_duplicated_names_are_an_error(write):
    sheet = read_sheet(write("runner_id,side,side \nA,left,right\n"))
    (one,) = sheet.findings
    assert (one.level, one.row, one.column) == ("error", 1, "side")
    assert "2 columns" in one.value


def test_columns_without_a_name(write):
    sheet = read_sheet(write("runner_id,,side,\nA,5,left,\n"))
    assert sheet.header == ("runner_id", "", "side")
    (one,) = sheet.findings
    assert (one.level, one.row, one.column) == ("error", 2, "B (no name)")
    assert "decimal points" in one.mend


def test_the_first_column_of_a_text_file_may_have_no_name(write):
    """Statistics programs number the rows there, and nothing can have moved into it."""
    (one,) = read_sheet(write(",runner_id,side\n1,A,left\n")).findings
    assert (one.level, one.column) == ("warning", "A (no name)")


def test_cells_that_moved_below_a_spare_comma_are_an_error(write):
    text = "runner_id,side,thomas_ext_deg,tightness_nrs,\nA,left,12,5,3\nA,right,12,6,\n"
    sheet = read_sheet(write(text))
    assert sheet.header == ("runner_id", "side", "thomas_ext_deg", "tightness_nrs")
    (one,) = sheet.findings
    assert (one.level, one.row, one.column) == ("error", 2, "E (no name)")
    assert "more cells than the 4 of the head" in one.rule
    assert all(word in one.mend for word in ("quotation marks", "semicolons", "decimal points"))


def test_cells_that_moved_before_empty_ones_are_an_error(write):
    text = "runner_id,side,age_y,sex\nA,left,31,5,\nB,left,31,\n"
    (one,) = read_sheet(write(text)).findings
    assert (one.level, one.row) == ("error", 2)
    (one,) = read_sheet(write("runner_id,side,age_y,sex\nA,left,31,5,\nB,left,31,5,\n")).findings
    assert (one.level, one.row) == ("warning", None)
    assert "5 cells, the last empty, and the head has 4" in one.rule


@pytest.mark.parametrize("spare", [",", ",,,"])
def test_empty_columns_at_the_end_are_harmless(write, spare):
    sheet = read_sheet(write(f"runner_id,side{spare}\nA,left{spare}\nA,right{spare}\n"))
    assert sheet.header == ("runner_id", "side")
    assert sheet.findings == ()


def test_short_rows_and_many_of_them(write):
    text = "runner_id,side,age_y\n" + "A,left\n" * 30 + "B,left,5\n"
    sheet = read_sheet(write(text))
    assert cells(sheet)[0] == ["A", "left", None]
    short = found(sheet, "fewer cells")
    assert [one.row for one in short] == [*range(2, 22), None]
    assert "10 more, down to row 31" in short[-1].rule


def test_a_title_above_the_head(write):
    sheet = read_sheet(write("Study of 2024\n\nrunner_id;side\nA;left\n"))
    assert sheet.header == ("runner_id", "side")
    assert sheet.rows.tolist() == [4]
    assert "row 3 is the first with names" in sheet.findings[0].rule


def test_a_title_above_own_names_that_a_mapping_knows(write):
    path = write("Study\nProband;Bein\nA;li\n")
    assert read_sheet(path, names=["proband", "BEIN"]).header == ("Proband", "Bein")


def test_errors_of_formulas_are_missing(write):
    sheet = read_sheet(write("runner_id,age_y\nA,#N/A\nB,#div/0!\nC,#4\n"))
    assert cells(sheet) == [["A", None], ["B", None], ["C", "#4"]]
    assert [(one.level, one.row, one.column) for one in sheet.findings] == [
        ("warning", 2, "age_y"),
        ("warning", 3, "age_y"),
    ]


def test_a_cell_that_is_too_long(write):
    sheet = read_sheet(write("runner_id,arm\nA," + "x" * 10_001 + "\nB," + "x" * 10_000))
    assert cells(sheet)[0] == ["A", None]
    (one,) = sheet.findings
    assert (one.level, one.row, one.column, one.value) == ("error", 2, "arm", None)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["empty"]),
        (b"\n \n", ["empty"]),
        (b"\xef\xbb\xbf", ["empty rows"]),
        (b",,\n,,\n", ["empty rows"]),
        (b"runner_id\0,side\n", ["no text", "CSV (UTF-8) or XLSX"]),
        (bytes(range(1, 32)) * 9, ["no text"]),
        (b"runner_id,s\x81\x8d\xff\n", ["no text", "utf-8 and cp1252"]),
        (b"%PDF-1.7\nrunner_id", ["PDF"]),
        (b"<html><table>", ["web page"]),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ["a workbook that cannot be read", "XLSX"]),
        (b'runner_id,side\nA,left\nB,"right\nC,left\n', ["row 3", "quotation mark"]),
        (b'runner_id,side\nA,"le"ft\n', ["row 2", "quotation mark"]),
        (b"a,b\n1," + b"2" * 200_000 + b"\n", ["row 2", "too long", "10,000"]),
        (b"a" + b",b" * 200 + b"\n", ["row 1", "201 columns", "200"]),
        (b"a,b\n" + b"1" * 2_000_001, ["line 2", "2,000,000"]),
        (b"a,b\n" + b",\n" * 2_500_001, ["1,750,000 cells"]),
        (b"a\n" + b"1\n" * 100_001, ["100,000 rows"]),
    ],
    ids=lambda value: "-".join(value)[:30] if isinstance(value, list) else "",
)
def test_no_table(write, content, words):
    refused(write(content), *words)


def test_a_file_that_is_too_large(write, monkeypatch):
    monkeypatch.setattr("hipstudy.cohort_file.sheet.content_of.__defaults__", ("cohort", 10))
    with pytest.raises(DataProblems, match="a larger file"):
        read_sheet(write(SMALL))


def test_no_such_file_a_folder_and_a_name_that_no_name_is(write, tmp_path):
    write(SMALL)
    refused(tmp_path / "cohrt.csv", "no such file", "cohort.csv", error=UsageProblems)
    refused(tmp_path, "folder", error=UsageProblems)
    with pytest.raises(UsageProblems, match="cannot be read"):
        read_sheet(tmp_path / "a\0b.csv")
    refused(tmp_path / "cohort.csv", "no sheets", error=UsageProblems, sheet="x")


def test_values_are_not_in_what_is_found(write):
    text = "runner_id,comment\nA,Anna Secret\nB,#N/A\nC\nD,x,Anna Secret\n,," + "Anna Secret" * 999
    sheet = read_sheet(write(text))
    assert len(sheet.findings) == 4
    assert "Anna" not in repr(sheet.findings)


# --- workbooks ------------------------------------------------------------------------------------

HEAD = ["runner_id", "side", "week", "age_y"]


def test_values_of_a_workbook_as_text(book):
    line = ["A1", True, 3.0, 0.1 + 0.2, datetime(2024, 3, 5), date(2024, 3, 6), False]  # noqa: DTZ001
    more = [" B\n", None, 12345678, 1e-7, datetime(2024, 3, 5, 8, 30), "=1", 1e20]  # noqa: DTZ001
    sheet = read_sheet(book(visits=[[*HEAD, "d", "e", "f"], line, [None] * 7, more]))
    assert sheet.name == "visits"
    assert cells(sheet) == [
        ["A1", "yes", "3", "0.3", "2024-03-05", "2024-03-06", "no"],
        ["B", None, "12345678", "1e-07", "2024-03-05 08:30:00", None, "1e+20"],
    ]
    assert sheet.rows.tolist() == [2, 4]
    (one,) = sheet.findings
    assert (one.level, one.row, one.column, one.sheet) == ("warning", 4, "e", "visits")
    assert "formula without a stored value is reported as missing" in one.rule


def test_a_workbook_as_spreadsheet_programs_write_it(write):
    rows = damage.cohort(np.random.default_rng(0))
    text = read_sheet(write(damage.as_csv(rows)))
    parts = damage.parts_of(rows)
    prefixed = dict(parts)
    name = "xl/worksheets/sheet1.xml"
    sheet = parts[name].replace(b"<", b"<x:").replace(b"<x:/", b"</x:").replace(b"<x:?", b"<?")
    prefixed[name] = sheet.replace(b"xmlns=", b"xmlns:x=")
    for made in (parts, prefixed):
        sheet = read_sheet(write(damage.zipped(made), "cohort.xlsx"))
        assert sheet.header == text.header
        numbers = sheet.cells[4].astype(float) - text.cells[4].astype(float)
        assert numbers.abs().max() == 0
        same = [k for k in range(13) if k not in (4, 5, 12)]
        assert sheet.cells[same].equals(text.cells[same])
        assert sheet.rows.tolist() == text.rows.tolist()
        assert sheet.findings == ()


def handmade(write, body, after="", **parts):
    made = damage.parts_of([])
    xml = f'<worksheet xmlns="{damage.MAIN}"><sheetData>{body}</sheetData>{after}</worksheet>'
    made["xl/worksheets/sheet1.xml"] = xml.encode()
    return write(damage.zipped(made | parts), "cohort.xlsx")


def texts(row, *cells):
    return f'<row r="{row}">' + "".join(
        f'<c r="{chr(65 + k)}{row}" t="str"><v>{cell}</v></c>' for k, cell in enumerate(cells)
    ) + "</row>"  # fmt: skip


def test_formulas_errors_and_rich_texts(write):
    body = texts(1, "runner_id", "side", "arm", "week", "age_y", "mass_kg") + (
        '<row r="3"><c r="A3" t="inlineStr"><is><r><t>A_x0041_</t></r><r><t>B</t></r></is></c>'
        '<c r="B3" t="str"><f>IF(1,"","")</f><v></v></c>'
        '<c r="C3" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        '<c r="D3"><f>A1+1</f><v>4</v></c><c r="E3"><f>A1</f></c>'
        '<c r="F3" s="1"><v>1e12</v></c></row>'
    )
    sheet = read_sheet(handmade(write, body))
    assert cells(sheet) == [["AAB", None, None, "4", None, None]]
    assert [(one.row, one.column, one.rule[:16]) for one in sheet.findings] == [
        (3, "arm", "a formula failed"),
        (3, "mass_kg", "a formula failed"),
        (3, "age_y", "a formula withou"),
    ]


def test_dates_by_style_and_by_1904(write):
    body = texts(1, "runner_id", "week") + (
        '<row r="2"><c r="A2"><v>7</v></c><c r="B2" s="1"><v>45356</v></c></row>'
    )
    assert cells(read_sheet(handmade(write, body))) == [["7", "2024-03-05"]]
    old = damage.parts_of([])["xl/workbook.xml"]
    mac = old.replace(b"<sheets>", b'<workbookPr date1904="1"/><sheets>')
    sheet = read_sheet(handmade(write, body, **{"xl/workbook.xml": mac}))
    assert cells(sheet) == [["7", "2028-03-06"]]


def test_merged_cells_and_hidden_rows(book):
    def change(made):
        made["visits"].merge_cells("A2:A3")
        made["visits"].row_dimensions[3].hidden = True

    sheet = read_sheet(book(change, visits=[HEAD, ["A", "left"], [None, "right"]]))
    assert cells(sheet)[1][:2] == [None, "right"]
    merged, hidden = sheet.findings
    assert "A2:A3" in merged.value
    assert hidden.value == "1 hidden"
    assert {merged.level, hidden.level} == {"warning"}


def test_merged_cells_of_a_head_that_was_read_are_not_said(book):
    def change(made):
        for cells in ("A1:C1", "B3:C3", "A6:A7"):
            made["visits"].merge_cells(cells)

    rows = [["Runners of 2024"], [], ["Code", "Thomas", None, "Notes"], [None, "left", "right"]]
    path = book(change, visits=[*rows, ["A", 1, 2], ["B", 3, 4], [None, 3, 4]])
    layout = TableLayout(head_rows=(3, 4))
    (merged,) = [one for one in read_sheet(path, layout=layout).findings if "merged" in one.rule]
    assert merged.value == "1 merged: A6:A7"
    unread = next(one for one in read_sheet(path).findings if "merged" in one.rule)
    assert unread.value == "2 merged: B3:C3, A6:A7"


def hide(*names, state="hidden"):
    def change(made):
        for name in names:
            made[name].sheet_state = state

    return change


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_never_taken_and_is_named(book, state):
    path = book(hide("old", state=state), old=[HEAD, ["B", "left"]], visits=[["Bein"], ["li"]])
    sheet = read_sheet(path)
    assert (sheet.name, sheet.header) == ("visits", ("Bein",))
    (one,) = sheet.findings
    assert (one.level, one.value, one.rule) == ("warning", "old", "hidden sheets are not read")
    assert "--sheet old" in one.mend
    both = book(hide("old", state=state), old=[HEAD, ["B", "left"]], visits=[HEAD, ["A", "left"]])
    assert read_sheet(both).name == "visits"
    asked = read_sheet(path, sheet="old")
    assert cells(asked)[0][:2] == ["B", "left"]
    assert "this sheet is hidden" in asked.findings[0].rule


def test_a_workbook_with_hidden_sheets_alone_is_refused(book):
    path = book(hide("old"), empty=[], old=[HEAD, ["B", "left"]])
    refused(path, "only hidden sheets have cells", "--sheet old", "Unhide")


def test_cells_beside_the_head_are_columns_without_a_name(book):
    sheet = read_sheet(book(visits=[HEAD, ["A", "left", 0, 1, None, "note"]]))
    assert sheet.header == (*HEAD, "")
    assert sheet.findings[0].column == "F (no name)"


def test_the_sheet_that_fits_is_taken_and_the_others_named(book):
    sheet = read_sheet(book(notes=[["text"]], visits=[HEAD, ["A", "left"]], dictionary=[HEAD]))
    assert sheet.name == "visits"
    (one,) = sheet.findings
    assert one.value == "notes"


def test_a_sheet_is_chosen_by_name(book):
    path = book(**{"visit one": [HEAD, ["A"]], "week 6": [HEAD, ["B"]], "Dictionary": [HEAD]})
    said = refused(path, "2 sheets", "visit one, week 6", '--sheet "visit one"')
    assert "ictionary" not in said
    assert cells(read_sheet(path, sheet="week 6"))[0][0] == "B"
    assert read_sheet(path, sheet=" Visit One").name == "visit one"
    refused(path, "no such sheet", "week 6", error=UsageProblems, sheet="week 66")
    refused(path, "no such sheet", error=UsageProblems, sheet="dictionary")


def test_own_names_leave_the_choice_to_the_user(book):
    path = book(one=[["Bein", "Id"], ["li", 1]], two=[["x"]])
    refused(path, "one, two", "--sheet one")
    assert read_sheet(path, names=["Bein", "Id"]).name == "one"


def test_rows_above_the_head_of_a_workbook(book):
    sheet = read_sheet(book(visits=[["Study"], [], HEAD, ["A", "left"]]))
    assert sheet.header == tuple(HEAD)
    assert sheet.rows.tolist() == [4]


def test_the_content_tells_what_a_file_is(write, book):
    content = book(visits=[HEAD, ["A", "left"]]).read_bytes()
    assert read_sheet(write(content, "workbook.csv")).name == "visits"
    assert read_sheet(write(SMALL, "text.xlsx")).header == tuple(HEAD)


def lines(many, head=""):
    return head + "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in many)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", ["without cells"]),
        (lines([1, 2, 99_999_999]), ["cannot be read"]),
        ('<row r="1"><c r="ABCD1"><v>1</v></c></row>', ["past XFD"]),
        ('<row r="1"><c r="XFE1"><v>1</v></c></row>', ["cannot be read"]),
        ('<row r="1"><c r="GS1"><v>1</v></c></row>', ["201 columns", "200 columns at most"]),
        ('<row r="1"><c t="s"><v>700</v></c></row>', ["cannot be read"]),
        ('<row r="1"><c t="s"><v>-1</v></c></row>', ["cannot be read"]),
        ('<row r="1"><c><v>1</v></c>', ["cannot be read"]),
        (lines(range(1, 100_003)), ["100,000 rows"]),
        ("<row>" + "<c/>" * 2_200_000 + "</row>", ["zip bomb"]),
    ],
    ids=["empty", "row", "far", "past", "wide", "text", "minus", "open", "rows", "bomb"],
)
def test_workbooks_that_are_refused(write, body, words):
    refused(handmade(write, body), *words)


def noisy(many):
    return "".join(f"<c><v>{n}</v></c>" for n in np.random.default_rng(0).integers(0, 10**9, many))


def test_workbooks_of_too_many_marks(write, monkeypatch):
    refused(handmade(write, f"<row>{noisy(400_000)}</row>"), "never ends")
    style = b"<styleSheet>" + b"".join(b'<a b="%d"/>' % k for k in range(400_001))
    path = handmade(write, lines([1]), **{"xl/styles.xml": style + b"</styleSheet>"})
    refused(path, "styles or names")
    monkeypatch.setattr("hipstudy.cohort_file.xlsx_safety.MAX_TAGS", 50)
    refused(handmade(write, lines(range(1, 20))), "marks", "CSV")


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/any.xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("above", ["", " ", '<?xml version="1.0"?><!-- a --> ', "<?a b?>"])
def test_entities_are_refused(write, part, encoding, above):
    """Without a byte order mark too: the parser tells UTF-16 by its first two bytes."""
    xml = above + '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><sst>&b;</sst>'
    path = write(damage.zipped(damage.parts_of([]) | {part: xml.encode(encoding)}), "cohort.xlsx")
    refused(path, "declares entities")


@pytest.mark.parametrize("declared", ["cp037", "utf-7", "utf-32", "koi8-r", "windows-1252"])
def test_parts_in_a_rare_encoding_are_refused(write, declared):
    """Their marks are other bytes, so that nothing could be counted before it is parsed."""
    top = f'<?xml version="1.0" encoding="{declared}"?>'.encode()
    xml = top + '<!DOCTYPE x [<!ENTITY a "ha">]><sst>&a;</sst>'.encode(declared)
    parts = damage.parts_of([]) | {"xl/sharedStrings.xml": xml}
    refused(write(damage.zipped(parts), "cohort.xlsx"), "rare encoding", "UTF-8 or UTF-16")


@pytest.mark.parametrize("encoding", ["utf-32-le", "utf-32-be", "utf-32"])
def test_entities_that_the_parser_cannot_read_are_not_parsed(write, encoding):
    xml = '<!DOCTYPE x [<!ENTITY a "ha">]><sst>&a;</sst>'.encode(encoding)
    parts = damage.parts_of([]) | {"xl/sharedStrings.xml": xml}
    refused(write(damage.zipped(parts), "cohort.xlsx"), "cannot be read")


@pytest.mark.parametrize("kind", ["worksheet", "sharedStrings", "styles"])
def test_a_part_is_held_to_the_limits_of_what_it_is_read_as(write, kind):
    """No limit is passed by the name of a part: pictures and sheets have others than styles."""
    parts = damage.parts_of([["runner_id", "side"], ["1", "left"]])
    rels = "xl/_rels/workbook.xml.rels"
    type_ = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/" + kind
    entry = f'<Relationship Id="rId99" Type="{type_}" Target="media/a.xml"/></Relationships>'
    parts[rels] = parts[rels].replace(b"</Relationships>", entry.encode())
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
        b"</sheets>", b'<sheet name="b" sheetId="9" r:id="rId99"/></sheets>'
    )
    parts["xl/media/a.xml"] = b'<!DOCTYPE x [<!ENTITY a "ha">]><x>&a;</x>'
    refused(write(damage.zipped(parts), "cohort.xlsx"), "cannot be read")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_marks_are_counted_in_any_encoding(write, encoding):
    sheet = f"<worksheet><sheetData><row>{noisy(400_000)}</row></sheetData></worksheet>"
    parts = damage.parts_of([]) | {"xl/worksheets/sheet1.xml": sheet.encode(encoding)}
    refused(write(damage.zipped(parts), "cohort.xlsx"), "never ends")


def test_nothing_is_unpacked_past_the_size_that_is_stated(tmp_path):
    content = bytearray(damage.zeros(150))
    for stated, at in ((24, content.rfind(b"PK\x01\x02")), (22, content.rfind(b"PK\x03\x04"))):
        struct.pack_into("<I", content, at + stated, 1_000)
    path = tmp_path / "cohort.xlsx"
    path.write_bytes(content)
    tracemalloc.start()
    refused(path, "damaged")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 60_000_000  # 30 are the room for the file itself


def archive(compression=zipfile.ZIP_DEFLATED, **parts):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", compression) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (damage.zeros(210), ["210 MB unpacked", "200 MB"]),
        (damage.zeros(2), ["times its size", "zip bomb"]),
        (damage.zeros(2, zipfile.ZIP_LZMA), ["rare way"]),
        (archive(zipfile.ZIP_BZIP2, a="b"), ["rare way"]),
        (archive(**{"word/document.xml": "x"}), ["a text document", "XLSX or CSV"]),
        (archive(mimetype="x", a="b"), ["OpenDocument"]),
        (archive(**{"[Content_Types].xml": "x", "xl/workbook.bin": "x"}), ["cannot be read"]),
        (archive(a="b"), ["no workbook"]),
        (archive(**{f"a{k}": "" for k in range(2_001)}), ["2,001 parts"]),
        (archive(**{"[Content_Types].xml": "x", "xl/a": "x"}), ["cannot be read"]),
        (damage.zipped(damage.parts_of([]))[:-30], ["damaged", "save it again"]),
        (b"PK\x03\x04nonsense", ["damaged"]),
    ],
    ids="size ratio lzma bzip2 docx ods xlsb zip parts bare cut magic".split(),
)
def test_zips_that_are_no_workbook(write, content, words):
    refused(write(content, "cohort.xlsx"), *words)


def test_a_zip_with_a_password(write):
    content = bytearray(damage.zipped(damage.parts_of([])))
    content[content.find(b"PK\x01\x02") + 8] |= 1
    refused(write(bytes(content), "cohort.xlsx"), "password")


def test_the_file_is_only_read(write, book):
    for path in (write(SMALL), book(visits=[HEAD, ["A"]])):
        path.chmod(0o444)
        before = path.read_bytes(), path.stat().st_mtime_ns
        read_sheet(path)
        assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_limits_hold_a_cohort_of_the_largest_size():
    assert limits.MAX_ROWS >= 2_000 * 2 * 25
    assert limits.MAX_CELLS >= 100_000 * 17 + 17
    assert limits.MAX_BYTES >= 100_000 * 17 * 12


def test_a_text_used_often_is_held_once(write):
    parts = damage.shared("x" * 100 + " ", 3_000)
    sheet = read_sheet(write(damage.zipped(parts), "cohort.xlsx"))
    long = sheet.cells[sheet.header.index("arm")]
    assert set(long) == {"x" * 100}
    assert len({id(cell) for cell in long}) == 1


def test_all_text_of_a_workbook_has_a_limit(write):
    parts = damage.shared("x" * 9_998 + " ", 3_001)
    said = refused(write(damage.zipped(parts), "cohort.xlsx"), "30,000,000 characters")
    assert "xx" not in said


def test_cells_of_a_workbook_are_counted_before_they_are_parsed(write, monkeypatch):
    monkeypatch.setattr("hipstudy.cohort_file.limits.MAX_CELLS", 50)
    path = handmade(write, lines(range(1, 60)))
    monkeypatch.setattr("hipstudy.cohort_file.xlsx_xml._Cells.row", None)
    with pytest.raises(DataProblems, match="59 cells'; 50 cells at most"):
        read_sheet(path, sheet="visits")


def test_a_title_above_own_names(write, book):
    for text in ("Study\n", "Study;of 2024\n\nnote\n"):
        sheet = read_sheet(write(text + "Proband;Bein;Alter;Kraft\nA;li;31;2\nB;re;;\n"))
        assert sheet.header == ("Proband", "Bein", "Alter", "Kraft")
        assert "rows above are not read" in sheet.findings[0].rule
    own = [["Study"], [], ["Proband", "Bein", "Alter"], ["A", "li", 3]]
    path = book(lambda made: made["a"].merge_cells("A1:C1"), a=own)
    assert read_sheet(path).header == ("Proband", "Bein", "Alter")
    assert read_sheet(write("A;li;31;2\nB;re;;\n")).header == ("A", "li", "31", "2")


def test_names_of_sheets_that_may_be_a_persons_are_not_said(book):
    names = {"Zoe Quux": [HEAD, ["A"]], "visits": [[*HEAD, "arm"], ["B"]], "94312345": [["x"]]}
    path = book(**names)
    said = refused(path, "sheet 1, visits", '--sheet "sheet 1"')
    said += refused(path, "visits", error=UsageProblems, sheet="nothing")
    sheet = read_sheet(path, sheet="sheet 1")
    assert (sheet.name, cells(sheet)[0][0]) == ("sheet 1", "A")
    assert read_sheet(path, sheet="Zoe Quux").name == "sheet 1"
    found = read_sheet(book(**{"Zoe Quux": [["x"]], "visits": [HEAD, ["A"]]})).findings
    assert found[0].value == "sheet 1"
    assert "Zoe" not in said + repr(found)
    assert "94312345" not in said


def test_more_than_one_sheet_says_how_a_mapping_chooses(book):
    path = book(**{"Cohort 1": [HEAD], "Visit One": [HEAD]})
    refused(path, "Visit One", 'sheet = "Cohort 1" in cohort.mapping.toml beside it')


def test_with_own_names_the_widest_sheet_is_taken(book):
    sheet = read_sheet(book(notes=[["x"]], a=[["Proband", "Bein", "Alter"], ["A", "li", 3]]))
    assert sheet.name == "a"

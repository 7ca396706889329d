"""Plain files are read as one table, and come out as when they are read cell by cell."""

import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipstudy.cohort_file import read_csv, read_xlsx
from hipstudy.cohort_file.even_rows import EvenRows, even_text
from hipstudy.cohort_file.sheet import read_sheet
from hipstudy.cohort_file.xlsx_even_rows import even_sheet
from hipstudy.cohort_file.xlsx_xml import open_book
from hipstudy.errors import DataProblems, UsageProblems

TOKENS = (
    *("P01", "left", "1.5", "-0.25", "", "", "a b", "7,5", "ä", "\u2212 2", "<5"),
    *(" ", " x", "x ", "'=1", "#N/A", '"a"', "\u00a0x", "x\u2003", "\x1fx", "x\u0085", "\t", "0"),
)
HEADS = ("runner_id", "side", "week", "sex", "", "thomas_ext_deg", "Notes", " arm")
PLAIN = (*TOKENS[:6], "3", "12")


@st.composite
def texts(draw):
    """A text file that is plain, or nearly."""
    width = draw(st.integers(1, 4))
    tokens = draw(st.sampled_from((TOKENS, PLAIN)))
    head = draw(st.lists(st.sampled_from(HEADS), min_size=width, max_size=width))
    size = {"min_size": width, "max_size": width + draw(st.integers(0, 1))}
    rows = draw(st.lists(st.lists(st.sampled_from(tokens), **size), max_size=6))
    end, mark = draw(st.sampled_from(("\n", "\r\n", "\r"))), draw(st.sampled_from(",;\t|"))
    lines = end.join(mark.join(row) for row in [head, *rows])
    return (lines + draw(st.sampled_from(("", end, end + end)))).encode()


def told(read):
    """What is read, with all that is said of it; or what is refused."""
    try:
        sheet = read()
    except (DataProblems, UsageProblems) as problems:
        return [str(one) for one in problems.problems]
    top = [(number, [cell or None for cell in row]) for number, row in sheet.top]
    for _, row in top:
        while row and row[-1] is None:
            row.pop()
    cells = sheet.cells.astype(object).to_numpy().tolist()
    return (sheet.header, cells, sheet.rows.tolist(), sheet.findings, sheet.long_rows, top)


def both(path, monkeypatch, module, name):
    """The same file read as one table where it is plain, and cell by cell."""
    quick = told(lambda: read_sheet(path))
    with monkeypatch.context() as patch:
        patch.setattr(module, name, lambda *_: None)
        return quick, told(lambda: read_sheet(path))


@given(texts())
def test_a_text_file_is_read_the_same_both_ways(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("text") / "clinic.csv"
    path.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        quick, careful = both(path, patch, read_csv, "even_text")
    assert quick == careful


def test_a_plain_text_file_is_read_as_one_table():
    rows, numbers = even_text("runner_id;side\r\nP01;zurück\r\n;\r\nP 2;right".encode(), ";")
    assert isinstance(rows, EvenRows)
    assert list(rows) == [["runner_id", "side"], ["P01", "zurück"], ["P 2", "right"]]
    assert rows[1:2] == [["P01", "zurück"]]
    assert numbers == [1, 2, 4]


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n\u00a01,2\n",
        "a,b\n1,2\u2003\n",
        "a,b\n1,2,3\n",
        "a,b\n1\n2,3,4\n",
        'a,b\n"1",2\n',
        "a,b\n1, 2\n",
        "a,b\n\n1,2\n",
        "a,b\r1,2",
    ],
)
def test_a_text_that_needs_care_is_no_table(text):
    assert even_text(text.encode(), ",") is None


NUMBERS = (
    *("3", "-2.5", "0.1", "1e3", "-0", "007", "0.30000000000000004", "0.00001", "0.00012", "1.50"),
    *("123456789", "1234567890123456789", "-0.5", "45000", "45000.5", "nan", "x"),
)
CELLS = (
    *(f'<c r="{{at}}"{style}{kind}><v>{v}</v></c>' for v in NUMBERS for style in ("", ' s="1"')
      for kind in ("", ' t="n"')),
    *(f'<c r="{{at}}" s="{k}"><v>{v}</v></c>' for k in (2, 3, 4) for v in ("7", "0.85", "45000")),
    *(f'<c r="{{at}}" t="s"><v>{k}</v></c>' for k in ("0", "1", "2", "-1", "9")),
    *(f'<c r="{{at}}" t="b"><v>{k}</v></c>' for k in ("1", "0", "true")),
    *(f'<c r="{{at}}" t="inlineStr"><is><t>{k}</t></is></c>'
      for k in ("P01", "", " a", "a b", "it's", "#N/A", "A &amp; B", "_x0041_", "<x/>")),
    *('<c r="{at}"/>', '<c r="{at}" s="2"/>', "", '<c r="{at}" t="e"><v>#N/A</v></c>'),
    *('<c r="{at}"><f>1+1</f><v>2</v></c>', '<c r="{at}"><f>1+1</f></c>', "<c><v>4</v></c>"),
    *('<c r="{at}" t="inlineStr"><v>4</v></c>', '<c r="{at}"><is><t>4</t></is></c>'),
)  # fmt: skip
USUAL = tuple(
    one for one in CELLS if "<f>" not in one and not any(bad in one for bad in ("'", "#", "&", "_"))
)


@pytest.fixture(scope="module")
def parts():
    """Parts of a workbook with a date, a percentage and a number with zeros before it."""
    book = openpyxl.Workbook()
    sheet = book.active
    formats = ("0.00", "yyyy-mm-dd", "0%", "000")
    for k, code in enumerate(formats, start=1):
        sheet.cell(1, k, k).number_format = code
    file = io.BytesIO()
    book.save(file)
    with zipfile.ZipFile(file) as archive:
        made = {name: archive.read(name) for name in archive.namelist()}
    made["xl/sharedStrings.xml"] = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b"<si><t>left</t></si><si><t> P02 </t></si><si><t></t></si></sst>"
    )
    rels = "xl/_rels/workbook.xml.rels"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    one = f'<Relationship Id="own" Type="{kind}" Target="/xl/sharedStrings.xml"/></Relationships>'
    if b"sharedStrings" not in made[rels]:
        made[rels] = made[rels].replace(b"</Relationships>", one.encode())
    return made


def workbook(parts, rows):
    """A workbook whose sheet has these rows of XML."""
    name = "xl/worksheets/sheet1.xml"
    xml = parts[name].decode()
    xml = xml[: xml.index("<sheetData>")] + f"<sheetData>{rows}</sheetData></worksheet>"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for part, content in {**parts, name: xml.encode()}.items():
            archive.writestr(part, content)
    return file.getvalue()


@st.composite
def sheet_rows(draw):
    """Rows of XML, most of them plain."""
    cells = draw(st.sampled_from((CELLS, USUAL, USUAL)))
    width = draw(st.integers(1, 4))
    names = ("runner_id", "side", "week", "thomas_ext_deg")[:width]
    heads = [
        f'<c r="{column}1" t="inlineStr"><is><t>{name}</t></is></c>'
        for column, name in zip("ABCD", names, strict=False)
    ]
    lines = ['<row r="1">' + "".join(heads) + "</row>"]
    for number in range(2, draw(st.integers(2, 6))):
        row = draw(st.lists(st.sampled_from(cells), min_size=width, max_size=width))
        attributes = draw(st.sampled_from(("", ' spans="1:4"', ' hidden="1"', ' ht="15"')))
        body = "".join(one.format(at=f"{'ABCD'[k]}{number}") for k, one in enumerate(row))
        lines.append(f'<row r="{number}"{attributes}>{body}</row>')
    return "".join(lines)


@given(sheet_rows())
def test_a_sheet_is_read_the_same_both_ways(tmp_path_factory, parts, rows):
    path = tmp_path_factory.mktemp("book") / "clinic.xlsx"
    path.write_bytes(workbook(parts, rows))
    with pytest.MonkeyPatch.context() as patch:
        quick, careful = both(path, patch, read_xlsx, "even_sheet")
    assert quick == careful


def test_a_plain_sheet_is_read_as_one_table(parts):
    cells = [*USUAL[:3], '<c r="{at}" s="3"><v>0.85</v></c>', '<c r="{at}" t="s"><v>0</v></c>']
    row = "".join(one.format(at=f"{'ABCDE'[k]}3") for k, one in enumerate(cells))
    content = workbook(parts, f'<row r="3">{row}</row><row r="4"><c r="A4"/></row>')
    book = open_book(content)
    with book.archive:
        xml = book.archive.read("xl/worksheets/sheet1.xml")
        rows, numbers = even_sheet(book, xml)
    assert [list(rows), numbers] == [[["3", "3", "3", "85%", "left"]], [3]]


@pytest.mark.parametrize("mark", ["<f>1</f>", '<x r="A1"/>', "<!-- a -->"])
def test_a_sheet_with_anything_else_is_no_table(parts, mark):
    content = workbook(parts, f'<row r="1"><c r="A1">{mark}<v>1</v></c></row>')
    book = open_book(content)
    with book.archive:
        assert even_sheet(book, book.archive.read("xl/worksheets/sheet1.xml")) is None

"""Damaged cohort files: `damaged(seed, number, folder)` makes the same file from the same numbers.

Each kind of damage is a function of a generator and a small valid cohort, and gives a file name and
the bytes. One in six files is a workbook: those are slower to make and to read.
"""

# ruff: noqa: ARG001, ARG005 -- all kinds of damage are called alike

import csv
import struct
import zipfile
from functools import lru_cache
from io import BytesIO, StringIO

import numpy as np
from openpyxl import Workbook
from openpyxl.styles import numbers as formats

HEADER = (
    "runner_id side arm week thomas_ext_deg end_range_torque_nm_kg torque_angle_ext_deg "
    "tightness_nrs discomfort_nrs adherence_pct sex age_y mass_kg"
).split()
ODD = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(A1:A9)",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    '#import "x"',
    "#{read(\"x\")}",
    "$(rm)",
    "`id`",
    "; true",
    "../../x",
    "C:\\x\\y",
    "\u202egnol",
    "\u200f\u200b\ufeff",
    "🏃🏽\u200d♀️🦵",
    "e\u0301" * 40,
    "\x1b[31mred\x1b[0m",
    "NaN",
    "inf",
    "-1e999",
    "1_000",
    "٣",
    "½",
    "1,5,5",
    "--",
    "#N/A",
    "#DIV/0!",
    "a.b@clinic.example",
    "2024-05-07",
    "x" * 9_999,
    "x" * 10_001,
    "9" * 400,
    "{0.__class__}%s%n",
    "'; DROP TABLE runners; --",
    "\r",
    "\x85\u2028",
)  # fmt: skip


def cohort(rng, runners=4):
    """Rows of a small valid cohort, as text."""
    rows = []
    for runner in range(runners):
        sex, age, mass = rng.choice(["F", "M"]), int(rng.integers(18, 60)), rng.normal(65, 6)
        arm = rng.choice(["stretch_only", "strength_plus_stretch"])
        for week in (0, 6, 12):
            for side in ("left", "right"):
                values = (
                    f"R{runner + 1:02}", side, arm, week, f"{rng.normal(5, 4):.1f}",
                    f"{rng.normal(1.8, 0.2):.2f}", 5, int(rng.integers(1, 8)),
                    int(rng.integers(0, 6)), "" if week == 0 else 85, sex, age, f"{mass:.1f}",
                )  # fmt: skip
                rows.append([str(value) for value in values])
    return rows


def as_csv(rows, header=HEADER, delimiter=",", end="\r\n"):
    out = StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows([header, *rows])
    return out.getvalue()


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def parts_of(rows, header=HEADER):
    """Parts of a workbook as the usual spreadsheet program writes them, with shared texts."""
    strings, lines = {}, []
    for at, row in enumerate([header, *rows], start=1):
        cells = []
        for k, text in enumerate(row):
            place, value = f"{chr(65 + k)}{at}", number(text)
            if isinstance(value, float):
                cells.append(f'<c r="{place}" s="0"><v>{value:g}</v></c>')
            elif value:
                cells.append(
                    f'<c r="{place}" t="s"><v>{strings.setdefault(value, len(strings))}</v></c>'
                )
        lines.append(f'<row r="{at}" spans="1:{len(row)}">{"".join(cells)}</row>')
    texts = "".join(f"<si><t>{text}</t></si>" for text in strings)
    kinds = (("worksheet", "worksheets/sheet1"), ("styles", "styles"), ("sharedStrings",) * 2)
    links = "".join(
        f'<Relationship Id="r{k}" Type="{_OFFICE}/{kind}" Target="{name}.xml"/>'
        for k, (kind, name) in enumerate(kinds)
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    top = f'<Relationship Id="r0" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    bodies = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{top}</Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="visits" sheetId="1" r:id="r0"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{links}'
        "</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/>'
        '<xf numFmtId="14"/></cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{texts}</sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}'
        "</sheetData></worksheet>",
    }
    return {name: (head + body).encode() for name, body in bodies.items()}


def zipped(parts):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)  # without a time
    return out.getvalue()


def unzipped(content):
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def as_xlsx(rows, header=HEADER, change=None):
    if change is None:
        return zipped(parts_of(rows, header))
    book = Workbook()
    sheet = book.active
    sheet.append(list(header))
    for row in rows:
        sheet.append([number(cell) for cell in row])
    change(book, sheet)
    out = BytesIO()
    book.save(out)
    parts = unzipped(out.getvalue())
    parts["docProps/core.xml"] = b"<x/>"  # who made it, and when
    return zipped(parts)


def number(cell):
    try:
        return float(cell)
    except ValueError:
        return cell or None


def utf8(text):
    return text.encode("utf-8", "surrogatepass")


# --- text ---------------------------------------------------------------------------------------


def whole(rng, rows):
    return "whole.csv", utf8(as_csv(rows))


def flipped_bytes(rng, rows):
    content = bytearray(utf8(as_csv(rows)))
    for at in rng.integers(0, len(content), int(rng.integers(1, 40))):
        content[at] = int(rng.integers(0, 256))
    return "flipped.csv", bytes(content)


def noise(rng, rows):
    return "noise.csv", rng.bytes(int(rng.integers(1, 5_000)))


def truncated(rng, rows):
    content = utf8(as_csv(rows))
    return "truncated.csv", content[: int(rng.integers(0, len(content)))]


def odd_cells(rng, rows):
    for _ in range(int(rng.integers(1, 12))):
        rows[int(rng.integers(len(rows)))][int(rng.integers(len(HEADER)))] = str(rng.choice(ODD))
    return "odd.csv", utf8(as_csv(rows))


def nul_bytes(rng, rows):
    content = utf8(as_csv(rows))
    at = int(rng.integers(len(content)))
    return "nul.csv", content[:at] + b"\0" * int(rng.integers(1, 9)) + content[at:]


def odd_header(rng, rows):
    header = list(HEADER)
    for at in rng.integers(0, len(header), int(rng.integers(1, 5))):
        header[at] = str(rng.choice(ODD))
    return "odd header.csv", utf8(as_csv(rows, header))


def encodings(rng, rows):
    for row in rows:
        row[2] = "Dehnübung"
    encoding = str(
        rng.choice(["cp1252", "utf-16", "utf-16-le", "utf-8-sig", "iso8859-15", "shift-jis",
                    "utf-32", "utf-7", "cp500"])
    )  # fmt: skip
    text = as_csv(rows).replace(
        "Dehnübung", "ストレッチ" if encoding == "shift-jis" else "Dehnübung"
    )
    return "encoding.csv", text.encode(encoding)


def mixed_delimiters(rng, rows):
    lines = as_csv(rows).splitlines()
    marks = [",", ";", "\t", "|", " ", ":"]
    lines = [line.replace(",", str(rng.choice(marks))) for line in lines]
    return "mixed.csv", utf8("\n".join(lines))


def decimal_commas(rng, rows):
    rows = [[cell.replace(".", ",") for cell in row] for row in rows]
    if rng.random() < 0.5:
        return "commas.csv", utf8("\n".join(",".join(row) for row in [HEADER, *rows]))
    return "commas.csv", utf8(as_csv(rows, delimiter=str(rng.choice([";", "\t", "|"]))))


def quotes(rng, rows):
    text = as_csv(rows)
    for at in sorted(rng.integers(0, len(text), int(rng.integers(1, 6))), reverse=True):
        text = text[:at] + '"' + text[at:]
    return "quotes.csv", utf8(text)


def line_breaks(rng, rows):
    for _ in range(int(rng.integers(1, 8))):
        row = rows[int(rng.integers(len(rows)))]
        row[int(rng.integers(len(HEADER)))] += str(rng.choice(["\n", "\r\n", "\r", "\n\n\n"])) + "x"
    return "breaks.csv", utf8(as_csv(rows, end=str(rng.choice(["\n", "\r\n", "\r"]))))


def headers(rng, rows):
    header = list(HEADER)
    at, other = (int(one) for one in rng.choice(len(header), 2, replace=False))
    kind = int(rng.integers(6))
    if kind == 0:
        header[at] = header[other]
    elif kind == 1:
        header[at] = ""
    elif kind == 2:
        header = [str(one) for one in rng.permutation(header)]
    elif kind == 3:
        header[at] = header[at][:-2] + header[at][-1]
    elif kind == 4:
        header = [f" {name.upper()} \n" for name in header]
    else:
        return "no header.csv", utf8(as_csv(rows[1:], rows[0]))
    return "header.csv", utf8(as_csv(rows, header))


def dates(rng, rows):
    for row in rows[:: int(rng.integers(1, 4))]:
        row[3] = str(rng.choice(["45123", "2024-05-07", "07.05.2024", "5-May", "7/5/24"]))
        row[4] = str(rng.choice(["03. Apr", "45055", "2024-05-07 00:00:00"]))
    return "dates.csv", utf8(as_csv(rows))


def huge_cell(rng, rows):
    rows[int(rng.integers(len(rows)))][int(rng.integers(len(HEADER)))] = "7" * int(
        rng.choice([10_001, 131_073, 3_000_000])
    )
    return "huge.csv", utf8(as_csv(rows))


def many_columns(rng, rows):
    many = int(rng.choice([190, 300, 20_000]))
    return "wide.csv", utf8(as_csv(rows, HEADER + [f"c{k}" for k in range(many)]))


def nothing(rng, rows):
    return "nothing.csv", [b"", b"\xef\xbb\xbf", b"\n\n\n", b" \t ", b",,,\n,,,", b"\xff\xfe"][
        int(rng.integers(6))
    ]


def only_header(rng, rows):
    return "header.csv", utf8(",".join(HEADER) + str(rng.choice(["", "\n", "\r\n\r\n"])))


def order(rng, rows):
    rows = [rows[k] for k in rng.integers(0, len(rows), len(rows) + 5)]
    return "order.csv", utf8(as_csv(rows))


def ragged(rng, rows):
    for row in rows:
        if rng.random() < 0.3:
            del row[int(rng.integers(1, len(row))) :]
        elif rng.random() < 0.3:
            row += ["more"] * int(rng.integers(1, 4))
    return "ragged.csv", utf8(as_csv(rows))


def magic(rng, rows):
    starts = [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04", b"PK\x05\x06", b"%PDF-1.7\n",
              b"\x89PNG\r\n\x1a\n", b"\x1f\x8b\x08", b"<!DOCTYPE html>", b"{\\rtf1 "]  # fmt: skip
    name = str(rng.choice(["magic.csv", "magic.xlsx", "magic.xls"]))
    return name, starts[int(rng.integers(len(starts)))] + utf8(as_csv(rows))


def text_named_workbook(rng, rows):
    return "text.xlsx", utf8(as_csv(rows))


# --- workbooks ----------------------------------------------------------------------------------


def workbook(rng, rows):
    return "whole.xlsx", as_xlsx(rows)


def workbook_named_text(rng, rows):
    return "workbook.csv", as_xlsx(rows)


def workbook_flipped(rng, rows):
    content = bytearray(as_xlsx(rows))
    for at in rng.integers(0, len(content), int(rng.integers(1, 30))):
        content[at] = int(rng.integers(0, 256))
    return "flipped.xlsx", bytes(content)


def workbook_truncated(rng, rows):
    content = as_xlsx(rows)
    return "truncated.xlsx", content[: int(rng.integers(4, len(content)))]


def formulas(rng, rows):
    def change(book, sheet):
        for _ in range(10):
            at = (int(rng.integers(1, len(rows) + 2)), int(rng.integers(1, 16)))
            sheet.cell(*at).value = str(
                rng.choice(["=A1", "=1/0", '=HYPERLINK("x")', "=SUM(", "="])
            )

    return "formulas.xlsx", as_xlsx(rows, change=change)


def merged(rng, rows):
    def change(book, sheet):
        top = int(rng.integers(1, len(rows)))
        sheet.merge_cells(start_row=top, end_row=top + 3, start_column=1, end_column=3)
        sheet.row_dimensions[top + 1].hidden = True

    return "merged.xlsx", as_xlsx(rows, change=change)


def workbook_cells(rng, rows):
    legal = [one for one in ODD if not set(one) & set("\x1b\x00")]

    def change(book, sheet):
        for _ in range(12):
            cell = sheet.cell(int(rng.integers(1, len(rows) + 2)), int(rng.integers(1, 40)))
            cell.value = str(rng.choice(legal))

    return "cells.xlsx", as_xlsx(rows, change=change)


def workbook_dates(rng, rows):
    def change(book, sheet):
        for row in range(2, len(rows) + 2):
            cell = sheet.cell(row, int(rng.integers(1, 14)))
            cell.value = float(rng.choice([-5, 0, 60, 45123.5, 1e12, 1e300]))
            cell.number_format = str(rng.choice([formats.FORMAT_DATE_DDMMYY, "hh:mm", "0.0%"]))

    return "dates.xlsx", as_xlsx(rows, change=change)


def sheets(rng, rows):
    def change(book, sheet):
        for name in ("dictionary", "notes", "<b>&"):
            more = book.create_sheet(name)
            more.append(list(HEADER) if rng.random() < 0.5 else ["some", "text"])
        if rng.random() < 0.3:
            sheet.insert_rows(1, 3)
            sheet["A1"] = "A title"

    return "sheets.xlsx", as_xlsx(rows, change=change)


@lru_cache(maxsize=8)
def zeros(megabytes, packed=zipfile.ZIP_DEFLATED):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", packed) as archive:
        archive.writestr(zipfile.ZipInfo("[Content_Types].xml"), "<Types/>", packed)
        name = zipfile.ZipInfo("xl/worksheets/sheet1.xml")
        archive.writestr(name, b"0" * megabytes * 1_000_000, packed)
    return out.getvalue()


def bomb(rng, rows):
    packed = int(rng.choice([zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2]))
    return "bomb.xlsx", zeros(int(rng.choice([2, 20, 210])), packed)


def replaced(content, part, change):
    """The same workbook with one part changed."""
    parts = unzipped(content)
    return zipped(parts | {part: change(parts[part])})


@lru_cache(maxsize=4)
def cell_bomb(kind):
    """Much markup that packs well, but not too well: it is for the count of marks to stop it."""
    rng = np.random.default_rng(0)
    noise = [f"{n:07}" for n in rng.integers(0, 10**7, 4_000)]
    row = "".join(
        f'<c t="str"><v>{n}</v></c>' if k % 9 == 0 else "<c/>" for k, n in enumerate(noise)
    )
    many = 400 if kind == "row" else 700
    body = f"<row>{row * many}</row>" if kind == "row" else f"<row>{row}</row>" * many
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'
    return replaced(as_xlsx([]), "xl/worksheets/sheet1.xml", lambda _: sheet.encode())


def shared(text, times):
    """Parts of a workbook with one text in many cells: rows of three cells and fifty more."""
    parts = parts_of([])
    head = "".join(
        f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in ("runner_id", "side", "arm")
    )
    cell = '<c t="s"><v>0</v></c>'
    three = '<c t="inlineStr"><is><t>R1</t></is></c><c t="inlineStr"><is><t>left</t></is></c>'
    body = f"<row>{head}</row>" + f"<row>{three}{cell}</row>" * times
    return parts | {
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>{text}</t></si></sst>'.encode(),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData>'
        "</worksheet>".encode(),
    }


@lru_cache(maxsize=8)
def shared_often(length, times):
    return zipped(shared("x" * length + " ", times))


def one_text_often(rng, rows):
    return "often.xlsx", shared_often(*[(100, 5_000), (9_998, 20_000), (20_000, 20_000)][
        int(rng.integers(3))
    ])  # fmt: skip


def many_cells(rng, rows):
    return "cells.xlsx", cell_bomb(str(rng.choice(["row", "rows"])))


def no_workbook(rng, rows):
    names = rng.choice(["../../x", "word/document.xml", "cohort.csv", "mimetype", "xl/a"], 3)
    parts = {f"{name}{k or ''}": as_csv(rows) for k, name in enumerate(names)}
    if rng.random() < 0.5:
        parts |= {"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"}
    return "zip.xlsx", zipped(parts)


def entities(rng, rows):
    levels = "".join(f'<!ENTITY e{k} "{f"&e{k - 1};" * 10}">' for k in range(1, 10))
    kinds = [
        f'<!DOCTYPE x [<!ENTITY e0 "ha">{levels}]>',
        '<!DOCTYPE x [<!ENTITY e9 SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    ]
    doctype = kinds[int(rng.integers(3))].encode()
    part = str(rng.choice(["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"]))

    def change(data):
        start = data.find(b"?>") + 2 if data.startswith(b"<?xml") else 0
        return data[:start] + doctype + data[start:].replace(b"left", b"&e9;")

    return "entities.xlsx", replaced(as_xlsx(rows), part, change)


def odd_xml(rng, rows):
    changes = [
        lambda data: data.replace(b'r="2"', b'r="99999999999999"', 1),
        lambda data: data.replace(b'r="B2"', b'r="ZZZZZZ2"', 1),
        lambda data: data.replace(b'r="B2"', b'r="2B"', 1),
        lambda data: data.replace(b'r="B2"', b'r="-1"', 1),
        lambda data: data.replace(b"<v>1</v>", b"<v>999999</v>"),
        lambda data: data.replace(b"<v>1</v>", b"<v>-1</v>"),
        lambda data: data.replace(b"</row>", b"", 1),
        lambda data: b"<a>" * 100_000 + data,
        lambda data: data.replace(b"<sheetData>", b"<sheetData>" + b"<row>" * 50_000),
        lambda data: b"",
        lambda data: data.replace(b"<", b"<x:").replace(b"<x:/", b"</x:"),
        lambda data: data.decode().encode("utf-16"),
    ]
    change = changes[int(rng.integers(len(changes)))]
    part = str(rng.choice(["xl/worksheets/sheet1.xml"] * 4 + ["xl/workbook.xml", "xl/styles.xml"]))
    return "xml.xlsx", replaced(as_xlsx(rows), part, change)


def sizes_that_lie(rng, rows):
    content = bytearray(as_xlsx(rows))
    at = content.rfind(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 24, int(rng.choice([0, 10, 2**31, 2**32 - 1])))
    return "lies.xlsx", bytes(content)


TEXTS = (
    whole, flipped_bytes, noise, truncated, odd_cells, nul_bytes, odd_header, encodings,
    mixed_delimiters, decimal_commas, quotes, line_breaks, headers, dates, huge_cell, many_columns,
    nothing, only_header, order, ragged, magic, text_named_workbook,
)  # fmt: skip
WORKBOOKS = (
    workbook, workbook_named_text, workbook_flipped, workbook_truncated, formulas, merged,
    workbook_cells, workbook_dates, sheets, bomb, no_workbook, entities, odd_xml, sizes_that_lie,
    many_cells, one_text_often,
)  # fmt: skip
ONE_IN = 6


def kind(number):
    """Which damage the file of this number has."""
    kinds = WORKBOOKS if number % ONE_IN == 0 else TEXTS
    at = number // ONE_IN if number % ONE_IN == 0 else number - number // ONE_IN
    return kinds[at % len(kinds)]


def damaged(seed, number, folder):
    """Write the damaged file of this seed and number; the same bytes every time."""
    rng = np.random.default_rng([seed, number])
    name, content = kind(number)(rng, cohort(rng))
    path = folder / f"{number:05} {name}"
    path.write_bytes(content)
    return path

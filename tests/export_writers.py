"""Cohort files as other programs write them: workbooks, statistics programs, exports of forms.

Each takes a frame of texts and numbers with the format's own names (NaN or None where empty), and
gives bytes. Formats keep the names; exports write what their program writes.
"""

import json
import struct
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import quoteattr
from zipfile import ZipFile

import numpy as np
import pyreadstat
import xlwt

ODS = "application/vnd.oasis.opendocument.spreadsheet"
SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _empty(value):
    return value is None or (isinstance(value, float) and np.isnan(value)) or value == ""


def _lines(frame):
    """Head and rows, with None where a cell is empty."""
    yield list(frame.columns)
    for row in frame.itertuples(index=False):
        yield [None if _empty(value) else value for value in row]


def _is_number(value):
    return isinstance(value, (int, float, np.number)) and not isinstance(value, (bool, np.bool_))


# --- formats --------------------------------------------------------------------------------------


def ods_cell(value):
    if value is None:
        return "<table:table-cell/>"
    kind, plain = '"string"', quoteattr(str(value))[1:-1]
    if _is_number(value):
        kind, plain = f'"float" office:value="{value}"', value
    text = f"<text:p>{plain}</text:p>"
    return f"<table:table-cell office:value-type={kind}>{text}</table:table-cell>"


def ods_of(sheets, styles="", table=""):
    """An OpenDocument spreadsheet of tables in XML, by name."""
    tables = "".join(
        f"<table:table {table} table:name={quoteattr(k)}>{v}</table:table>"
        for k, v in sheets.items()
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {SPACES}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        archive.writestr("mimetype", ODS)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return made.getvalue()


def as_ods(frame):
    rows = ("".join(map(ods_cell, line)) for line in _lines(frame))
    return ods_of({"cohort": "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)})


def as_xls(frame):
    book = xlwt.Workbook()
    sheet = book.add_sheet("cohort")
    for i, line in enumerate(_lines(frame)):
        for k, value in enumerate(line):
            if value is not None:
                sheet.write(i, k, float(value) if _is_number(value) else value)
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def record(kind, data=b""):
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = b"", len(data)
    while True:
        size += bytes([length & 0x7F | (0x80 if length > 0x7F else 0)])
        length >>= 7
        if not length:
            return head + size + data


def wide(text):
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb_row(number, hidden=False):
    return record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0x10 if hidden else 0, 0, 0))


def xlsb_cell(column, value, style=0):
    place = struct.pack("<II", column, style)
    if _is_number(value):
        return record(5, place + struct.pack("<d", value))
    return record(6, place + wide(str(value)))


def xlsb_of(sheets, styles=b"", state=0):
    """A binary workbook of sheets, each its records of rows and cells."""
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        types = "http://schemas.openxmlformats.org/package/2006/content-types"
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{types}"/>')
        bundle, relations = b"", ""
        for n, (name, rows) in enumerate(sheets.items(), start=1):
            bundle += record(156, struct.pack("<II", state, n) + wide(f"rId{n}") + wide(name))
            relations += (
                f'<Relationship Id="rId{n}" Type="{RELATED}/worksheet" '
                f'Target="worksheets/sheet{n}.bin"/>'
            )
            area = record(148, struct.pack("<4I", 0, 99_999, 0, 199))
            sheet = record(129) + area + record(145) + rows + record(146) + record(130)
            archive.writestr(f"xl/worksheets/sheet{n}.bin", sheet)
        book = (
            record(131) + record(153, bytes(12)) + record(143) + bundle + record(144) + record(132)
        )
        archive.writestr("xl/workbook.bin", book)
        space = "http://schemas.openxmlformats.org/package/2006/relationships"
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{space}">{relations}</Relationships>',
        )
        if styles:
            archive.writestr("xl/styles.bin", styles)
    return made.getvalue()


def as_xlsb(frame):
    rows = b""
    for number, line in enumerate(_lines(frame)):
        rows += xlsb_row(number)
        rows += b"".join(xlsb_cell(k, v) for k, v in enumerate(line) if v is not None)
    return xlsb_of({"cohort": rows})


CODES = {"side": {1: "Left", 2: "Right"}, "sex": {1: "F", 2: "M"}}


def _coded(frame):
    """Sides and sexes as codes that have labels, as statistics programs keep them."""
    coded = frame.copy()
    for name, labels in CODES.items():
        if name in coded:
            back = {text.casefold(): code for code, text in labels.items()}
            coded[name] = [
                np.nan if _empty(one) else float(back[str(one).casefold()]) for one in coded[name]
            ]
    return coded, {name: labels for name, labels in CODES.items() if name in coded}


def _through_a_file(write, ending, frame, **more):
    with TemporaryDirectory() as folder:
        path = Path(folder, f"cohort{ending}")
        write(frame, str(path), **more)
        return path.read_bytes()


def as_sav(frame, **more):
    coded, labels = _coded(frame)
    more = {"variable_value_labels": labels} | more
    return _through_a_file(pyreadstat.write_sav, ".sav", coded, **more)


def as_zsav(frame):
    return as_sav(frame, compress=True)


def as_dta(frame, **more):
    coded, labels = _coded(frame)
    for name in labels:
        coded[name] = coded[name].astype("Int64")
    more = {"variable_value_labels": labels} | more
    return _through_a_file(pyreadstat.write_dta, ".dta", coded, **more)


def as_json(frame):
    head, *rows = _lines(frame)
    return json.dumps([dict(zip(head, map(_plain, row), strict=True)) for row in rows]).encode()


def as_json_lines(frame):
    head, *rows = _lines(frame)
    lines = (json.dumps(dict(zip(head, map(_plain, row), strict=True))) for row in rows)
    return "\n".join(lines).encode()


def _plain(value):
    return value.item() if isinstance(value, np.generic) else value


FORMATS = {
    "ods": as_ods,
    "xls": as_xls,
    "xlsb": as_xlsb,
    "sav": as_sav,
    "zsav": as_zsav,
    "dta": as_dta,
    "json": as_json,
    "jsonl": as_json_lines,
}

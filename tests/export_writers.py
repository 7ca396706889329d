"""Cohort files as other programs write them: workbooks, statistics programs, exports of forms.

Each takes a frame of texts and numbers with the format's own names (NaN or None where empty), and
gives bytes. Formats keep the names; exports write what their program writes.
"""

import csv
import json
import struct
from datetime import datetime
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pyreadstat
import xlwt
from openpyxl import Workbook

from hipstudy.cohort_file.schema import columns

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
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
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
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
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


# --- exports --------------------------------------------------------------------------------------

ONCE = ("arm", "sex", "age_y")  # asked once a person


def _csv(rows):
    made = StringIO()
    csv.writer(made, lineterminator="\r\n").writerows(
        ["" if _empty(value) else value for value in row] for row in rows
    )
    return made.getvalue().encode("utf-8-sig")


def redcap_event(week, labels=False):
    if labels:
        return "Baseline" if week == 0 else f"Week {week:g}"
    return "baseline_arm_1" if week == 0 else f"week_{week:g}_arm_1".replace("-", "minus_")


def _redcap(frame, form, event, yes, side, labels):
    """Rows of an export: the person's own row at baseline, then one row a side and visit."""
    people = [name for name in ONCE if name in frame]
    fields = [name for name in frame if name not in ("runner_id", "week", *people)]
    own = ["record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"]
    head = [*own, *people, "person_complete", *fields, f"{form}_complete"]
    yield [labels.get(name, name) for name in head]
    done = labels.get("2", 2)
    for code, rows in frame.groupby("runner_id", sort=False):
        first = [next((v for v in rows[name] if not _empty(v)), None) for name in people]
        yield [code, event(0), "", "", *first, done, *[""] * len(fields), ""]
        for week, visit in rows.groupby("week", sort=False):
            for instance, (_, row) in enumerate(visit.iterrows(), start=1):
                values = [side.get(row[name], yes.get(row[name], row[name])) for name in fields]
                empty = [""] * (len(people) + 1)
                yield [code, event(week), labels.get(form, form), instance, *empty, *values, done]


def as_redcap_raw(frame):
    """One repeated instrument "hip"; sides are words, yes and no are 1 and 0."""
    return _csv(_redcap(frame, "hip", redcap_event, {"yes": 1, "no": 0}, {}, {}))


def as_redcap_labels(frame):
    labels = {
        "record_id": "Record ID",
        "redcap_event_name": "Event Name",
        "redcap_repeat_instrument": "Repeat Instrument",
        "redcap_repeat_instance": "Repeat Instance",
        "person_complete": "Complete?",
        "hip_complete": "Complete?",
        "hip": "Hip",
        "2": "Complete",
    }
    sides = {"left": "Left", "right": "Right"}
    yes = {"yes": "Yes", "no": "No"}

    def event(week):
        return redcap_event(week, labels=True)

    return _csv(_redcap(frame, "hip", event, yes, sides, labels))


QUESTIONS = {"runner_id": "Your code", "side": "Which hip?", "week": "Visit week"}
QUESTIONS |= {"arm": "Your group"}


def _questions(names):
    """The template's own wording of each column, as a clinic would ask."""
    how = {name: one.how if one.unit == "NRS" else one.meaning for name, one in columns().items()}
    return [QUESTIONS.get(name, how[name]) for name in names]


def as_google_forms(frame):
    rows = list(_lines(frame))
    stamped = (["2026/03/01 9:12:01 AM GMT+1", *row] for row in rows[1:])
    return _csv([["Timestamp", *_questions(rows[0])], *stamped])


def as_microsoft_forms(frame):
    book = Workbook()
    rows = list(_lines(frame))
    book.active.append(
        ["ID", "Start time", "Completion time", "Email", "Name", *_questions(rows[0])]
    )
    begin, end = map(datetime.fromisoformat, ("2026-03-01 09:12", "2026-03-01 09:15"))
    for number, row in enumerate(rows[1:], start=1):
        book.active.append([number, begin, end, "anonymous", None, *map(_plain, row)])
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def as_qualtrics(frame, names=None, *, persons=("", "", "", "")):
    """Three rows of head; columns are called Q1, Q2 unless names are given."""
    rows = list(_lines(frame))
    names = names or [f"Q{k}" for k in range(1, len(rows[0]) + 1)]
    own = {
        "StartDate": "Start Date", "EndDate": "End Date", "Status": "Response Type",
        "IPAddress": "IP Address", "Progress": "Progress",
        "Duration (in seconds)": "Duration (in seconds)", "Finished": "Finished",
        "RecordedDate": "Recorded Date", "ResponseId": "Response ID",
        "RecipientLastName": "Recipient Last Name", "RecipientFirstName": "Recipient First Name",
        "RecipientEmail": "Recipient Email", "DistributionChannel": "Distribution Channel",
        "UserLanguage": "User Language",
    }  # fmt: skip
    address, last, first, mail = persons
    about = [
        "2026-03-01 09:12:01", "2026-03-01 09:15:00", "IP Address", address, 100, 179, "True",
        "2026-03-01 09:15:01", "R_1", last, first, mail, "anonymous", "EN",
    ]  # fmt: skip
    imports = [json.dumps({"ImportId": one}) for one in (*own, *names)]
    data = ([*about, *row] for row in rows[1:])
    return _csv([[*own, *names], [*own.values(), *_questions(rows[0])], imports, *data])


EXPORTS = {
    "redcap_raw": as_redcap_raw,
    "redcap_labels": as_redcap_labels,
    "google_forms": as_google_forms,
    "microsoft_forms": as_microsoft_forms,
    "qualtrics": as_qualtrics,
}


def as_redcap_project(frame, dictionary, *, labels=False):
    """What a project made of a data dictionary exports: its repeated instrument is the last.

    ``dictionary`` has the rows of the data dictionary, head first.
    """
    at = {name: k for k, name in enumerate(dictionary[0])}
    fields = [row for row in dictionary[1:] if row[0] in frame or row[0] == "runner_id"]
    first, last = fields[0][at["Form Name"]], fields[-1][at["Form Name"]]
    once = [row for row in fields if row[at["Form Name"]] == first]
    again = [row for row in fields if row[at["Form Name"]] == last]
    own = ["redcap_repeat_instrument", "redcap_repeat_instance"]

    def names(rows):
        return [row[at["Field Label"] if labels else 0] for row in rows]

    def value(row, cell):
        if _empty(cell):
            return ""
        if row[at["Field Type"]] == "yesno":
            return cell.capitalize() if labels else int(cell == "yes")
        choices = row[at["Choices, Calculations, OR Slider Labels"]].split(" | ")
        if row[at["Field Type"]] == "radio" and labels:
            return dict(one.split(", ", 1) for one in choices)[cell]
        return cell

    done = ["Complete?", "Complete?"] if labels else [f"{first}_complete", f"{last}_complete"]
    own = ["Repeat Instrument", "Repeat Instance"] if labels else own
    form, two = (last.capitalize(), "Complete") if labels else (last, 2)
    code, *others = names(once)
    lines = [[code, *own, *others, done[0], *names(again), done[1]]]
    for code, rows in frame.groupby("runner_id", sort=False):
        seen = [next((v for v in rows[row[0]] if not _empty(v)), None) for row in once[1:]]
        cells = [value(row, cell) for row, cell in zip(once[1:], seen, strict=True)]
        lines.append([code, "", "", *cells, two, *[""] * len(again), ""])
        for instance, (_, limb) in enumerate(rows.iterrows(), start=1):
            cells = [value(row, limb[row[0]]) for row in again]
            empty = [""] * len(once)
            lines.append([code, form, instance, *empty, *cells, two])
    return _csv(lines)

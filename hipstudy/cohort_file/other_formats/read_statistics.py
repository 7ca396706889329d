"""Files of SPSS (.sav, .zsav) and Stata (.dta), read by ``statistics_process``.

A value with a label is what its label says where all values of the column have one; a code that
the file itself declares missing is missing. Rows are those of the program's own view of the data:
the first is 1.
"""

import json
import re
import struct
import subprocess
import sys
from collections import Counter
from collections.abc import Collection
from typing import Any

from hipstudy.cohort_file import limits
from hipstudy.cohort_file.head_words import guess
from hipstudy.cohort_file.identifier_words import by_name
from hipstudy.cohort_file.limits import Raw, folded, refuse
from hipstudy.cohort_file.other_formats.value_labels import as_labelled
from hipstudy.cohort_file.word_tables import say
from hipstudy.errors import Finding

_SAV = (b"$FL2", b"$FL3")
_DTA = re.compile(rb"<stata_dta>|[\x6c-\x73][\x01\x02]\x01")
_LAYOUT, _WIDTH, _CASES = 64, 68, 80  # places in the head of a file of SPSS
_SECONDS = 60
_LISTED = 8
_PROCESS = "hipstudy.cohort_file.other_formats.statistics_process"


def is_sav(content: bytes) -> bool:
    """Whether a file is one of SPSS."""
    return content.startswith(_SAV)


def is_dta(content: bytes) -> bool:
    """Whether a file is one of Stata."""
    return _DTA.match(content) is not None


def _check_sav(content: bytes, file: str) -> None:
    """Refuse a file whose head says of more than is ever read: compressed, it is any size."""
    try:
        (layout,) = struct.unpack_from("<i", content, _LAYOUT)
        order = "<" if 0 < layout < 100 else ">"
        (width,) = struct.unpack_from(f"{order}i", content, _WIDTH)
        (cases,) = struct.unpack_from(f"{order}i", content, _CASES)
    except struct.error:
        refuse(file, "unreadable_statistics", what="SPSS")
    if cases > limits.MAX_ROWS:
        refuse(file, "too_many_rows", most=limits.MAX_ROWS)
    # A case is made of eights of bytes: one for a number, some for a text.
    if cases > 0 and width * cases > limits.MAX_TEXT:
        refuse(file, "too_much_text", most=limits.MAX_TEXT)


def read(content: bytes, file: str, names: Collection[str] = ()) -> Raw:
    """Read the rows of a file of SPSS or Stata.

    Parameters
    ----------
    content, file
        The bytes of the file, and its name for what is said of it.
    names
        Names that a mapping has, folded: these columns keep them.

    Raises
    ------
    DataProblems
        When it is damaged, or past a limit.
    """
    what, kind = ("SPSS", "sav") if is_sav(content) else ("Stata", "dta")
    if kind == "sav":
        _check_sav(content, file)
    answer = _ask(content, kind)
    if answer is None:
        refuse(file, "unreadable_statistics", what=what)
    n_columns, n_rows = answer["n_columns"], answer["n_rows"]
    if n_columns > limits.MAX_COLUMNS:
        refuse(file, "too_many_columns", n=n_columns, most=limits.MAX_COLUMNS)
    if n_rows > limits.MAX_ROWS:
        refuse(file, "too_many_rows", most=limits.MAX_ROWS)
    if n_columns * n_rows > limits.MAX_CELLS:
        refuse(file, "too_many_cells", n=n_columns * n_rows, most=limits.MAX_CELLS)
    return _raw(answer["columns"], what, file, names)


def _ask(content: bytes, kind: str) -> dict[str, Any] | None:
    """What the process says of a file; None where it fell, or took too long."""
    most = (limits.MAX_COLUMNS, limits.MAX_ROWS, limits.MAX_CELLS)
    command = [sys.executable, "-P", "-m", _PROCESS, kind, *map(str, most)]
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, timeout=_SECONDS, check=True
        )
        return json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        return None


def _text(value: str | float | None) -> str | None:
    """A value as the program shows it."""
    # Here, since a CSV file may begin as one of an old Stata does.
    from hipstudy.cohort_file.xlsx_xml import as_text

    return as_text(value) if isinstance(value, float) else value


def _questions(columns: list[dict[str, Any]], names: Collection[str]) -> dict[str, str]:
    """Labels of variables that say what they are where their own names do not, such as V12."""
    count = Counter(folded(one["question"]) for one in columns)
    taken = {folded(one["name"]) for one in columns}
    return {
        name: question
        for name, question in ((one["name"], one["question"].strip()) for one in columns)
        if count[folded(question)] == 1
        and not taken & {folded(question)}
        and folded(name) not in names
        and not (guess(name)[0] or by_name(name))
        and guess(question)[0]
    }


def _raw(columns: list[dict[str, Any]], what: str, file: str, names: Collection[str]) -> Raw:
    questions = _questions(columns, names)
    findings, cells = [], []
    for column in columns:
        name, codes = column["name"], [*map(_text, column["cells"])]
        labels = {_text(code): text for code, text in column["labels"]}
        declared = Counter(codes[k] for k in column["declared_missing"])
        for k in column["declared_missing"]:
            codes[k] = None
        cells.append(as_labelled(questions.get(name, name), codes, labels))
        if declared:
            listed = ", ".join(f"{code} ({labels.get(code, 'no label')})" for code in declared)
            facts = {"what": what, "n": declared.total(), "codes": listed[:200]}
            findings.append(Finding(file=file, column=name, **say("declared_missing", **facts)))
    head = [questions.get(column["name"], column["name"]) for column in columns]
    said = ", ".join(list(questions)[:_LISTED]) + (", ..." if len(questions) > _LISTED else "")
    notes = (say("read_as_statistics", what=what, names=said)["rule"],) if questions else ()
    rows: list[limits.Row] = [head, *map(list, zip(*cells, strict=True))]
    full = [k for k, row in enumerate(rows) if k == 0 or not limits.empty(row)]
    if len(full) - 1 > limits.MAX_ROWS:
        refuse(file, "too_many_rows", most=limits.MAX_ROWS)
    if sum(len(cell) for row in rows for cell in row if cell) > limits.MAX_TEXT:
        refuse(file, "too_much_text", most=limits.MAX_TEXT)
    return Raw([rows[k] for k in full], full, False, findings=tuple(findings), notes=notes)

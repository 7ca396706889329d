"""The record that travels inside a PDF: what it was made from, and a digest of its own pages.

It is the run's record without what a lone file must not tell or cannot keep: no name of a cohort
file, no moment, no list of files. The digest is of the document itself: pages, tags, fonts, outline
and metadata, but not of what is attached, nor of the identifiers that follow from that.
"""

import hashlib
import io
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

from hipstudy.report.run_record import RECORD_FILE, SEAL, sha256, table_sha256
from hipstudy.resources import is_open_data

if TYPE_CHECKING:
    from pypdf import PdfReader

DOCUMENT_DIGEST = "document_sha256"
COHORT = "cohort"
NAMELESS, BESIDE = "cohort file", "read with the cohort file"  # in place of their names
_LEFT_OUT = ("time", "run_name", "outputs", SEAL)
_IDENTIFIERS = re.compile(rb"(<(?:xmpMM:(?:Instance|Document)ID|stEvt:instanceID)>)[^<]*")
_SKIPPED = {"/Root": ("/AF",), "/Names": ("/EmbeddedFiles",)}


class NotPdf(ValueError):
    """The file is no PDF that can be read; the message says why."""


def result_digests(notebook: Any, tables: Mapping[str, str]) -> dict[str, Any]:
    """Digests of what the cells of a notebook put out, and of each table beside its report."""
    cells = [cell.get("outputs", []) for cell in notebook["cells"]]
    whole = json.dumps(cells, sort_keys=True, ensure_ascii=False)
    of_tables = {name: sha256(text) for name, text in sorted(tables.items())}
    return {"notebook": sha256(whole), "tables": of_tables}


def record_table(table: Mapping[str, Any], results: Mapping[str, Any]) -> dict[str, Any]:
    """What is attached of a run's record, the digest of the document apart.

    Parameters
    ----------
    table
        As ``RunRecord.table`` gives it.
    results
        As ``result_digests`` gives them.
    """
    own = {name: value for name, value in table.items() if name not in _LEFT_OUT}
    settings = dict(own["settings"])
    if COHORT in settings and not is_open_data(str(settings[COHORT])):
        settings[COHORT] = NAMELESS
        own["inputs"] = list(_nameless(own["inputs"]))
    return {**own, "settings": settings, "results": dict(results)}


def _nameless(inputs: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The files that were read, those of the cohort without their names."""
    names = chain([NAMELESS], repeat(BESIDE))
    for one in inputs:
        yield {**one, "file": next(names)} if one["parameter"] == COHORT else dict(one)


def record_text(table: Mapping[str, Any], document_sha256: str) -> str:
    """The record as it is attached, with the digests of the document and of itself."""
    import tomli_w

    own = {**table, DOCUMENT_DIGEST: document_sha256}
    return tomli_w.dumps({**own, SEAL: table_sha256(own)})


def attached_record(pdf: bytes) -> dict[str, Any] | None:
    """The record that is attached to a PDF; None where there is none.

    Raises
    ------
    NotPdf
        When it cannot be read.
    """
    reader = _reader(pdf)
    try:
        held = reader.attachments.get(RECORD_FILE)
        return tomllib.loads(held[0].decode("utf-8")) if held else None
    except Exception as error:
        raise NotPdf(f"{type(error).__name__}: {error}") from None


def is_unaltered(pdf: bytes, table: Mapping[str, Any]) -> bool:
    """Whether a PDF is as it was written with this record: document, record, and nothing added."""
    is_one_piece = pdf.count(b"startxref") == 1 and pdf.rstrip().endswith(b"%%EOF")
    if table.get(SEAL) != table_sha256(table) or not is_one_piece:
        return False
    try:
        return document_sha256(pdf) == table.get(DOCUMENT_DIGEST)
    except NotPdf:
        return False


def _reader(pdf: bytes) -> "PdfReader":
    from pypdf import PdfReader

    if not pdf.startswith(b"%PDF-"):
        raise NotPdf("it does not begin as a PDF does")
    try:
        return PdfReader(io.BytesIO(pdf), strict=True)
    except Exception as error:
        raise NotPdf(f"{type(error).__name__}: {error}") from None


def page_lines(pdf: bytes) -> list[list[str]]:
    """Lines of text of every page.

    Raises
    ------
    NotPdf
        When it cannot be read.
    """
    return [page.extract_text().splitlines() for page in _reader(pdf).pages]


def document_sha256(pdf: bytes) -> str:
    """Digest of all that is in a PDF but its attachments and what follows from these.

    Objects are numbered in the order in which they are met, so that it is the same wherever they
    stand in the file.

    Raises
    ------
    NotPdf
        When it cannot be read.
    """
    reader = _reader(pdf)
    try:
        return _digest_of(reader)
    except NotPdf:
        raise
    except Exception as error:
        raise NotPdf(f"{type(error).__name__}: {error}") from None


def _digest_of(reader: "PdfReader") -> str:
    from pypdf.generic import IndirectObject

    met: dict[tuple[int, int], int] = {}
    waiting: list[IndirectObject] = []

    def written(value: Any, role: str = "") -> Any:
        """A value as JSON can hold it, a reference by its number."""
        if isinstance(value, IndirectObject):
            key = (value.idnum, value.generation)
            if key not in met:
                met[key] = len(met)
                waiting.append(value)
            return ["ref", met[key]]
        return _plain(value, role, written)

    digest = hashlib.sha256()
    top = reader.trailer["/Root"]
    first = [_plain(top, "/Root", written), written(reader.trailer.get("/Info"))]
    digest.update(json.dumps(first, sort_keys=True).encode())
    while waiting:
        own = waiting.pop(0).get_object()
        digest.update(json.dumps(written(own), sort_keys=True).encode())
    return digest.hexdigest()


def _plain(value: Any, role: str, written: Any) -> Any:
    from pypdf.generic import DictionaryObject, FloatObject, NumberObject, StreamObject

    if isinstance(value, DictionaryObject):
        skipped = _SKIPPED.get(role, ())
        held = {str(k): written(value.raw_get(k), str(k)) for k in value if k not in skipped}
        held = {k: v for k, v in held.items() if not (k == "/Names" and v == {})}
        if isinstance(value, StreamObject):
            data = _IDENTIFIERS.sub(rb"\1", value._data)
            held[" data"] = hashlib.sha256(data).hexdigest()
            held.pop("/Length", None)
        return held
    if isinstance(value, list):
        return [written(one) for one in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, NumberObject):
        return int(value)
    if isinstance(value, FloatObject):
        return f"{float(value):.6f}"
    if isinstance(value, bytes):
        return ["bytes", value.hex()]
    return [type(value).__name__, str(value)]

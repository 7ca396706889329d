"""A workbook's zip, looked at before anything in it is parsed: size, bombs, entities.

Guards: ``tests/test_sheet.py``, ``tests/test_fuzz.py``.
"""

import re
import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from hipstudy.rows import refuse

MAX_MEMBERS = 2_000  # a workbook has some ten parts, and a few for each sheet and picture
MAX_TOTAL = 200_000_000  # bytes unpacked: the most cells are about 80 MB of XML
MAX_OTHER = 20_000_000  # bytes of a part that is read as a whole, such as styles
MAX_RATIO = 200  # unpacked to packed: sheets have 5 to 50, a bomb has 1,000
RATIO_FROM = 1_000_000  # bytes; below, a high ratio does no harm
MAX_TAGS = 8_000_000  # of the whole: a cell has four, and each takes time and memory
MAX_OTHER_TAGS = 400_000  # of styles, names and the like
MAX_ROW_BYTES = 8_000_000  # a row is held as a whole while it is read
_SAVE = "Open it in a spreadsheet program and save it again as XLSX, or as CSV."
_MEND = "Copy the table into a new workbook, or save it as CSV."
_STREAMED = re.compile(r"xl/(worksheets/[^/]+|sharedStrings)\.xml", re.IGNORECASE)
_FAR_CELL = re.compile(rb"""\sr=["'][A-Za-z]{4,}[0-9]""")
_KINDS = {
    "mimetype": "an OpenDocument file",
    "xl/workbook.bin": "a binary workbook (.xlsb)",
    "word/document.xml": "a text document",
    "ppt/presentation.xml": "a presentation",
    "Index/Document.iwa": "a Numbers document",
}


def _check_sizes(members: list[ZipInfo], file: str) -> None:
    total = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS:
        rule = f"a workbook has {MAX_MEMBERS:,} parts at most"
        refuse(file, f"a zip file of {len(members):,} parts", rule, _MEND)
    if total > MAX_TOTAL:
        rule = f"unpacked, a workbook has {MAX_TOTAL // 10**6} MB at most"
        refuse(file, f"a zip file of {total // 10**6:,} MB unpacked", rule, _MEND)
    for member in members:
        ratio = member.file_size / max(member.compress_size, 1)
        if member.file_size > RATIO_FROM and ratio > MAX_RATIO:
            rule = f"{MAX_RATIO} times at most: this looks like a zip bomb"
            refuse(file, f"a part that unpacks to {ratio:,.0f} times its size", rule, _MEND)
        if member.flag_bits & 1:
            refuse(file, "a zip file with a password", "it cannot be read", "Save it without one.")
        if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            refuse(file, "a zip file packed in a rare way", "no workbook is packed so", _SAVE)


def _check_kind(names: set[str], file: str) -> None:
    workbook = "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names)
    if workbook and "xl/workbook.bin" not in names:
        return
    what = next(
        (what for name, what in _KINDS.items() if name in names), "a zip file that is no workbook"
    )
    refuse(file, what, "a workbook is read as .xlsx only", "Save it as XLSX or CSV.")


def _long_row(data: bytes) -> bool:
    """Whether a stretch with many tags has no end of a row, or of a shared text."""
    at = 0
    while len(data) - at > MAX_ROW_BYTES:
        end = at + MAX_ROW_BYTES
        ends = max(data.rfind(b"row", at, end), data.rfind(b"si>", at, end))
        if ends <= at and data.count(b"<", at, end) > MAX_OTHER_TAGS:
            return True
        at = ends if ends > at else end
    return False


def _check_part(member: ZipInfo, data: bytes, file: str) -> int:
    """Refuse a part that would take too long or too much; else, how many tags it has."""
    name = member.filename
    media = name.startswith("xl/media/")  # drawings may have a DOCTYPE, and are never parsed
    # Some write XML in UTF-16: without its NULs, the marks look the same.
    plain = data.replace(b"\0", b"") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else data
    if not media and b"<!DOCTYPE" in plain:  # nothing else can declare one
        refuse(file, "XML that declares entities", "no spreadsheet program writes that", _MEND)
    tags = data.count(b"<")
    streamed = _STREAMED.fullmatch(name) is not None
    if not streamed and not media and (len(data) > MAX_OTHER or tags > MAX_OTHER_TAGS):
        refuse(file, f"a workbook with {tags:,} marks in its styles or names", "too many", _MEND)
    if streamed and (_long_row(data) or _FAR_CELL.search(data)):
        refuse(file, "a row that never ends, or a column past XFD", "no sheet has one", _MEND)
    return tags


def check(content: bytes, file: str) -> None:
    """Refuse a zip that is no workbook, or that could take all memory or time.

    Raises
    ------
    DataProblems
        With what is wrong; nothing has been parsed yet.
    """
    try:
        with ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            _check_sizes(members, file)
            _check_kind({member.filename for member in members}, file)
            tags = sum(_check_part(one, archive.read(one), file) for one in members)
    except (BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
        # ValueError and NotImplementedError: names, dates and versions that zipfile cannot read.
        refuse(file, "a workbook that is damaged", "it is not whole", _SAVE)
    if tags > MAX_TAGS:
        rule = "that is more than a cohort needs"
        refuse(file, f"a workbook with {tags:,} marks", rule, "Save the sheet as CSV.")

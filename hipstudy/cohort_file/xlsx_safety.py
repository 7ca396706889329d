"""A workbook's zip, looked at before anything in it is parsed: size, bombs, entities.

Whether a part declares a document type, and with it entities, the XML parser itself says: it alone
knows in which encoding it will read.
"""

import re
import zlib
from io import BytesIO
from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from hipstudy.cohort_file.limits import refuse
from hipstudy.cohort_file.word_tables import word_table

MAX_MEMBERS = 2_000  # a workbook has some ten parts, and a few for each sheet and picture
MAX_TOTAL = 200_000_000  # bytes unpacked: the most cells are about 80 MB of XML
MAX_OTHER = 20_000_000  # bytes of a part that is read as a whole, such as styles
MAX_RATIO = 200  # unpacked to packed: sheets have 5 to 50, a bomb has 1,000
RATIO_FROM = 1_000_000  # bytes; below, a high ratio does no harm
MAX_TAGS = 8_000_000  # of the whole: a cell has four, and each takes time and memory
MAX_OTHER_TAGS = 400_000  # of styles, names and the like
MAX_ROW_BYTES = 8_000_000  # a row is held as a whole while it is read
# The format allows UTF-8 and UTF-16; in the other two, which some programs declare, marks are the
# same bytes. In any other encoding the marks could not be counted before they are parsed.
ENCODINGS = frozenset(["utf-8", "utf-16", "us-ascii", "iso-8859-1"])
MEDIA = "xl/media/"  # drawings may have a DOCTYPE, and are never parsed
_ODS_ENDS = (b"table-row", b"style")
_PIECE = 1_000_000  # bytes unpacked at a time
_STREAMED = re.compile(r"xl/(worksheets/[^/]+|sharedStrings)\.xml", re.IGNORECASE)
_FAR_CELL = re.compile(rb"""\sr=["'][A-Za-z]{4,}[0-9]""")
_USUAL_FAR_CELL = re.compile(rb' r="[A-Za-z]{4,}[0-9]')  # as programs write it, found far quicker
_RARE_PLACES = (b"r='", b"\tr=", b"\nr=", b"\rr=", b"\x0br=", b"\x0cr=")


def check_sizes(members: list[ZipInfo], file: str) -> None:
    """Refuse a zip by what it says of its parts: their number, sizes, packing and passwords."""
    total = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS:
        refuse(file, "too_many_parts", n=len(members), most=MAX_MEMBERS)
    if total > MAX_TOTAL:
        sizes = {"megabytes": total // 10**6, "most": MAX_TOTAL // 10**6}
        refuse(file, "too_large_unpacked", **sizes)
    for member in members:
        ratio = member.file_size / max(member.compress_size, 1)
        if member.file_size > RATIO_FROM and ratio > MAX_RATIO:
            refuse(file, "zip_bomb", ratio=ratio, most=MAX_RATIO)
        if member.flag_bits & 1:
            refuse(file, "zip_password")
        if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            refuse(file, "rare_packing")


def _check_kind(names: set[str], file: str) -> None:
    workbook = "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names)
    if not workbook:
        kinds = word_table("vocabulary.toml")["zip_parts"]
        others = (what for name, what in kinds.items() if name in names)
        refuse(file, "no_workbook", what=next(others, "a zip file that is no workbook"))


def _long_row(data: bytes, marks: tuple[bytes, ...] = (b"row", b"si>")) -> bool:
    """Whether a stretch with many tags has no end of a row, or of a shared text."""
    at = 0
    while len(data) - at > MAX_ROW_BYTES:
        end = at + MAX_ROW_BYTES
        ends = max(data.rfind(mark, at, end) for mark in marks)
        if ends <= at and data.count(b"<", at, end) > MAX_OTHER_TAGS:
            return True
        at = ends if ends > at else end
    return False


class _Root(Exception):
    """The first element has begun: what comes after it can declare nothing."""


def _check_top(data: bytes, file: str) -> None:
    """Refuse a part that declares a document type or a rare encoding, as the parser reads it."""

    def declared(_version: str, encoding: str | None, _standalone: int) -> None:
        if (encoding or "utf-8").lower() not in ENCODINGS:
            refuse(file, "rare_xml_encoding")

    def typed(*_: Any) -> None:  # entities are declared in a document type only
        refuse(file, "xml_entities")

    def begun(*_: Any) -> None:
        raise _Root

    parser = ParserCreate()
    parser.XmlDeclHandler, parser.StartDoctypeDeclHandler = declared, typed
    parser.StartElementHandler = begun
    try:
        parser.Parse(data, True)
    except (_Root, ExpatError, ValueError, LookupError):
        return  # what this parser cannot read, the one that reads cells cannot either


def _as_utf8(data: bytes) -> bytes:
    """A part in UTF-8, told from UTF-16 by its first two bytes, as the parser tells it."""
    first, second = data[:1], data[1:2]
    if (first, second) == (b"\xfe", b"\xff") or first == b"\0":
        return data.decode("utf-16-be", "replace").encode("utf-8", "replace")
    if (first, second) == (b"\xff", b"\xfe") or second == b"\0":
        return data.decode("utf-16-le", "replace").encode("utf-8", "replace")
    return data


def unpacked(archive: ZipFile, part: str | ZipInfo) -> bytes:
    """A part, unpacked no further than to the size that the zip states and that was looked at.

    Piece by piece: the whole at once would unpack all there is, whatever was stated.
    """
    with archive.open(part) as source:
        return b"".join(iter(lambda: source.read(_PIECE), b""))


def text_of(archive: ZipFile, part: str) -> bytes:
    """A part in UTF-8, for those who count its marks."""
    return _as_utf8(unpacked(archive, part))


def may_be_whole(part: str) -> bool:
    """Whether a part was held to the limits of those that are read as a whole."""
    return not part.startswith(MEDIA) and _STREAMED.fullmatch(part) is None


def _check_part(member: ZipInfo, data: bytes, file: str) -> int:
    """Refuse a part that would take too long or too much; else, how many tags it has."""
    name = member.filename
    media = name.startswith(MEDIA)
    if not media:
        _check_top(data, file)
        data = _as_utf8(data)
    tags = data.count(b"<")
    streamed = _STREAMED.fullmatch(name) is not None
    if not streamed and not media and (len(data) > MAX_OTHER or tags > MAX_OTHER_TAGS):
        refuse(file, "too_many_other_marks", n=tags)
    if streamed and (_long_row(data) or _has_far_cell(data)):
        refuse(file, "endless_row")
    return tags


def _has_far_cell(data: bytes) -> bool:
    """Whether a cell says that it is in a column that no sheet has."""
    # One byte is found far quicker than several.
    there = {one for place in _RARE_PLACES for one in place if one in data}
    is_rare = any(there.issuperset(place) and place in data for place in _RARE_PLACES)
    return (_FAR_CELL if is_rare else _USUAL_FAR_CELL).search(data) is not None


def other_part(archive: ZipFile, part: str, file: str) -> bytes:
    """A part of another format's zip in UTF-8, refused where it would take too long or too much."""
    data = unpacked(archive, part)
    _check_top(data, file)
    data = _as_utf8(data)
    tags = data.count(b"<")
    if tags > MAX_TAGS:
        refuse(file, "too_many_marks", n=tags)
    if _long_row(data, _ODS_ENDS):
        refuse(file, "endless_row")
    return data


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
            check_sizes(members, file)
            _check_kind({member.filename for member in members}, file)
            tags = sum(_check_part(one, unpacked(archive, one), file) for one in members)
    except (BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
        # ValueError and NotImplementedError: names, dates and versions that zipfile cannot read.
        refuse(file, "damaged_workbook")
    if tags > MAX_TAGS:
        refuse(file, "too_many_marks", n=tags)

"""Where every text of a PDF stands, read from its own content streams, and what lies over what."""

import io
import re
from dataclasses import dataclass
from functools import cache

import numpy as np
import pypdf
from figure_texts import overlapping
from PIL import Image
from pypdf.generic import ContentStream, DecodedStreamObject, NameObject

_CHARACTERS = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
_POINT = re.compile(rb"(?:-?[\d.]+ ){2,6}[mlc](?=\s)")
_HEX = re.compile(rb"<([0-9A-Fa-f]+)>")
_ABOVE, _BELOW = 0.68, 0.18  # of the size: a capital, and the tail of most letters
_OVERHANG_PT = 6  # of an index above the line of a formula that begins a page
_BLANK = 0.2  # width of a blank, in sizes of its letters, as Source Sans 3 has it
MM = 72 / 25.4


@dataclass(frozen=True)
class TextBox:
    """A run of text on a page; points from the top left corner of the page.

    ``part`` is ``"head"``, ``"foot"`` or ``"body"``; ``unset`` counts its letters that the face
    lacks, which are printed as squares.
    """

    words: str
    page: int
    box: tuple[float, float, float, float]
    size: float
    part: str
    unset: int = 0
    is_formula: bool = False


@dataclass(frozen=True)
class Face:
    """Widths in thousandths of the size, and letters, both by number of the glyph."""

    widths: dict[int, float]
    letters: dict[int, str]
    is_mathematics: bool


@cache
def text_boxes(pdf):
    """Every run of text of a PDF that Typst made, in the order of its pages."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return [box for n, page in enumerate(reader.pages, 1) for box in _of_page(reader, page, n)]


def word_count(pdf):
    """Words of all pages, as ``pdftotext | wc -w`` counts them: between blanks."""
    return sum(len(text.split()) for text in page_texts(pypdf.PdfReader(io.BytesIO(pdf))))


def page_texts(reader):
    """The text of each page as pypdf extracts it, in a third of the time: without the paths."""
    for page in reader.pages:
        page[NameObject("/Contents")] = _drawn(page)
    return [page.extract_text() for page in reader.pages]


def page_sizes(pdf):
    """Width and height of each page in points."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return [(float(page.mediabox.width), float(page.mediabox.height)) for page in reader.pages]


def _of_page(reader, page, number):
    fonts = page["/Resources"].get("/Font", {})
    faces = {name: _face(font.get_object()) for name, font in fonts.items()}
    height = float(page.mediabox.height)
    now, kept, marks, boxes = np.eye(3), [], [], []
    face = size = place = None
    for given, operator in ContentStream(_drawn(page), reader).operations:
        match operator:
            case b"q":
                kept.append(now)
            case b"Q":
                now = kept.pop()
            case b"cm":
                now = _matrix(given) @ now
            case b"BDC" | b"BMC":
                marks.append(_part(given))
            case b"EMC":
                marks.pop()
            case b"Tf":
                face, size = faces[given[0]], float(given[1])
            case b"Tm":
                place = _matrix(given)
            case b"Tj" | b"TJ":
                parts = given[0] if operator == b"TJ" else given
                part = next((mark for mark in marks if mark), "body")
                boxes.append(_box(parts, face, size, place @ now, height, number, part))
    return [box for box in boxes if box.words.strip() or box.unset]


def _drawn(page):
    """What a page is drawn by, without the paths: pictures have tens of thousands of points."""
    drawn = DecodedStreamObject()
    drawn.set_data(_POINT.sub(b"", page.get_contents().get_data()))
    return drawn


def _matrix(six):
    a, b, c, d, e, f = map(float, six)
    return np.array([[a, b, 0], [c, d, 0], [e, f, 1]])


def _part(given):
    """What an artifact is of; empty for what belongs to the words."""
    if given[0] != "/Artifact" or len(given) < 2 or not hasattr(given[1], "get"):
        return ""
    return {"/Header": "head", "/Footer": "foot"}.get(given[1].get("/Subtype"), "")


def _box(parts, face, size, place, height, number, part):
    wide, end, words, unset = 0.0, 0.0, [], 0  # the blank at the end of a line is not printed
    for one in parts:
        if isinstance(one, int | float):
            wide -= float(one) * size / 1000
            continue
        raw = one.original_bytes
        for at in range(0, len(raw), 2):
            glyph = int.from_bytes(raw[at : at + 2])
            wide += face.widths.get(glyph, 0.0) * size / 1000
            words.append(face.letters.get(glyph, ""))
            end = end if words[-1].isspace() else wide
            unset += glyph == 0
    corners = np.array([[0, -_BELOW * size, 1], [end, _ABOVE * size, 1]]) @ place
    (x0, x1), (y0, y1) = sorted(corners[:, 0]), sorted(height - corners[:, 1])
    where = (x0, y0, x1, y1)
    return TextBox("".join(words), number, where, size, part, unset, face.is_mathematics)


def _face(font):
    (below,) = font["/DescendantFonts"]
    below = below.get_object()
    widths, held = {}, list(below["/W"])
    while held:
        first, second, *_ = held
        if isinstance(second, list):
            widths |= {int(first) + at: float(w) for at, w in enumerate(second)}
            held = held[2:]
        else:
            widths |= dict.fromkeys(range(int(first), int(second) + 1), float(held[2]))
            held = held[3:]
    letters = _letters(bytes(font["/ToUnicode"].get_data()))
    return Face(widths, letters, "Math" in str(font["/BaseFont"]))


@cache
def _letters(source):
    letters = {}
    for kind, body in _CHARACTERS.findall(source):
        for line in body.strip().splitlines():
            codes = [bytes.fromhex(code.decode()) for code in _HEX.findall(line)]
            first, last = int.from_bytes(codes[0]), int.from_bytes(codes[-2])
            start = codes[-1].decode("utf-16-be", errors="replace")
            many = last - first + 1 if kind == b"bfrange" else 1
            for at in range(many):
                letters[first + at] = start if at == 0 else start[:-1] + chr(ord(start[-1]) + at)
    return letters


def faults(pdf, side_pt, above_mm=24, below_mm=24, edge_mm=8):
    """What is wrong with where the texts of a PDF stand, each as a line.

    Parameters
    ----------
    pdf
        Bytes of the file.
    side_pt
        Margin at either side.
    above_mm, below_mm
        Of the body; heads and feet stand within them.
    edge_mm
        What no text at all comes nearer to the edge than.
    """
    sizes, said = page_sizes(pdf), []
    boxes = text_boxes(pdf)
    for box in boxes:
        wide, tall = sizes[box.page - 1]
        is_body = box.part == "body"
        top, bottom = (above_mm * MM, below_mm * MM) if is_body else (edge_mm * MM, edge_mm * MM)
        x0, y0, x1, y1 = box.box
        y0 += _OVERHANG_PT * box.is_formula
        y1 -= _BELOW * box.size  # the last line stands on the margin
        x1 -= _BLANK * box.size * box.words.endswith(" ")  # nobody sees it after the last word
        where = f"page {box.page}: {box.words[:60]!r}"
        if x0 < side_pt - 1 or x1 > wide - side_pt + 1 or y0 < top - 1 or y1 > tall - bottom + 1:
            said.append(f"{where} leaves the margins")
        if box.unset:
            said.append(f"{where} has {box.unset} letters printed as squares")
    for number in range(1, len(sizes) + 1):
        here = [box for box in boxes if box.page == number]
        said += [
            f"page {number}: {here[one].words[:60]!r} lies over {here[other].words[:60]!r}"
            for one, other in overlapping([box.box for box in here], least=0.7)
            if not (here[one].is_formula and here[other].is_formula)  # an index overhangs
        ]
    return said


def ink(png):
    """A page as an array, true where something is printed."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("L")) < 245


def body_end(page, ppi, above_mm=24, below_mm=24):
    """How far down its body a page is printed, from 0 for nothing to 1."""
    top, bottom = (round(mm / 25.4 * ppi) for mm in (above_mm, below_mm))
    rows = np.flatnonzero(page[top : page.shape[0] - bottom].any(axis=1))
    return (rows[-1] + 1) / (page.shape[0] - top - bottom) if len(rows) else 0.0

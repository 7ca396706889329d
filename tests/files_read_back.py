"""The words of a report's files as they come back out of them, for comparison with each other."""

import io
import re

import docx
from bs4 import BeautifulSoup
from docx.oxml.ns import qn
from pdf_layout import text_boxes

from hipstudy.report.typography import with_minus


def bare(text):
    """A text without its blanks, its minus signs all alike, so that line breaks do not matter."""
    return "".join(with_minus(text).split()).replace("\u00ad", "")


def pdf_text(pdf):
    """All words of a PDF but those at the edges of its pages, bare."""
    return bare("".join(box.words for box in text_boxes(pdf) if box.part == "body"))


def docx_text(word):
    """All words of a Word file's body, bare."""
    body = docx.Document(io.BytesIO(word)).element.body
    return bare("".join(one.text or "" for one in body.iter(qn("w:t"))))


def html_text(page, details=False):
    """Bare words of a page's front, or of what is folded on it."""
    body = BeautifulSoup(page, "html.parser").body
    if not details:
        for fold in body.select("main > details"):
            fold.extract()
    return bare(body.get_text(""))


_NO_NUMBER = re.compile(
    r"\b\d{4}-\d\d-\d\d\b|\b\d+\.\d+\.\d+\b|\bdoi\S+|https?://\S+|\S+\.(?:pdf|csv|xlsx)"
)
_WITH_POINT = re.compile(r"\d+\.\d+")


def decimal_points(text):
    """Numbers with a decimal point in a text, but for dates, versions, addresses and files.

    Examples
    --------
    >>> decimal_points("0,27 weniger (0.08 bis 0,61), hipstudy 0.1.0, 2026-03-01")
    ['0.08']
    """
    return _WITH_POINT.findall(_NO_NUMBER.sub(" ", text))


def numbers(text, mark="."):
    """Every number of a text in its order, with a decimal point whatever mark it was written with.

    Examples
    --------
    >>> numbers("0,27 weniger (0,08 bis 0,61), 12 Wochen", mark=",")
    ['0.27', '0.08', '0.61', '12']
    """
    found = re.findall(rf"\d+(?:{re.escape(mark)}\d+)?", _NO_NUMBER.sub(" ", text))
    return [one.replace(mark, ".") for one in found]

"""What a notebook cell ends in when its output belongs in the report.

Each class is a small frozen value. JupyterLab shows it as any rich output; the report reads the
same output from the executed notebook, so that what is seen by hand is what is printed.
"""

import base64
import io
import math
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hipstudy.errors import Problem, UsageProblems, nearest
from hipstudy.spreadsheet import as_csv

ALIGNMENTS = ("left", "right", "number", "center")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\Z")
_MARKDOWN_SPECIALS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$&^=:@/\"'])")
# With a decimal point, or with a decimal comma and points between thousands.
_DIGITS = r"(\d[\d,]*(\.\d+)?|\d{1,3}(\.\d{3})+(,\d+)?)"
_NUMBER = re.compile(rf"[-+\u2212]?[<>\u2248~]?\s?{_DIGITS}\s?%?(\s?\(.*\)|\s?\[.*\])?\Z")
_EMPTY = ("", "-", "\u2013", "\u2014")


def escape(text: object) -> str:
    r"""Text that came from data, made safe to put into a ``Text``.

    Examples
    --------
    >>> escape("*x* <script>")
    '\\*x\\* \\<script\\>'
    """
    return _MARKDOWN_SPECIALS.sub(r"\\\1", " ".join(str(text).split()))


def is_number(text: str) -> bool:
    """Whether a cell reads as a number, with or without an interval after it.

    Examples
    --------
    >>> [is_number(cell) for cell in ("11.2", "-0.21 (-0.38 to -0.05)", "3 of 12", "3x10")]
    [True, True, False, False]
    >>> is_number("1.250,5 (1.000 bis 2.000)"), is_number("1.2.3")
    (True, False)
    """
    return _NUMBER.match(text.strip()) is not None


def column_alignment(cells: Iterable[str]) -> str:
    """Return ``"number"`` when every cell that holds something is one, else ``"left"``.

    Examples
    --------
    >>> column_alignment(["1.5", "", "12"])
    'number'
    >>> column_alignment(["1.5", "about 2"])
    'left'
    """
    held = [cell for cell in cells if cell.strip() not in _EMPTY]
    return "number" if held and all(is_number(cell) for cell in held) else "left"


def is_name(name: str) -> bool:
    """Whether a short name is safe as a file name.

    Examples
    --------
    >>> is_name("effects"), is_name("../effects")
    (True, False)
    """
    return _NAME.match(name) is not None


def cell_text(value: object) -> str:
    """Return one cell as text: missing is blank, a number has six significant digits at most.

    Examples
    --------
    >>> [cell_text(value) for value in (28, 0.1 + 0.2, float("nan"), "<b>")]
    ['28', '0.3', '', '<b>']
    """
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return ""
    if isinstance(value, Real) and not isinstance(value, Integral):
        return "" if math.isnan(value) else f"{float(value):.6g}"
    return str(value)


def check_words(name: str, kind: str, **words: str) -> None:
    """Raise UsageProblems of a name that is no file name, and of words left empty."""
    problems = []
    if not is_name(name):
        problems.append(Problem(f"{kind} name", name, "letters, digits, _ and - only"))
    for key, text in words.items():
        if not text.strip():
            problems.append(Problem(f"{kind} {name!r}", text, f"needs its {key} in words"))
    if problems:
        raise UsageProblems(problems)


def check_alignment(name: str, align: dict[str, str], heads: list[str]) -> None:
    """Raise UsageProblems of columns that are not there, and of alignments that do not exist."""
    where = f"Table {name!r}, align"
    problems = []
    for head, asked in align.items():
        if head not in heads:
            problems.append(Problem(where, head, "not a column", nearest(head, heads)))
        if asked not in ALIGNMENTS:
            problems.append(Problem(where, asked, "not an alignment", nearest(asked, ALIGNMENTS)))
    if problems:
        raise UsageProblems(problems)


if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure
    from pandas import DataFrame

__all__ = ["Answer", "Download", "Figure", "Lines", "Table", "Text", "escape"]

CSV_MIME = "application/vnd.hipstudy.csv"
_SVG_SETTINGS = {"svg.hashsalt": "hipstudy", "svg.fonttype": "path", "svg.image_inline": True}


@cache
def _pages() -> Any:
    """The macros of ``show.html.j2``, in which every text is made safe."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = FileSystemLoader(Path(__file__).parent)
    pages = Environment(loader=folder, undefined=StrictUndefined, autoescape=True)
    return pages.get_template("show.html.j2").module


def _page(kind: str, *facts: object) -> str:
    return str(getattr(_pages(), kind)(*facts))


def plain_settings() -> dict[str, Any]:
    """Return matplotlib's own settings, so that nobody's ``matplotlibrc`` changes a report."""
    from matplotlib import rcParamsDefault

    theirs = ("backend", "interactive", "toolbar")
    return {
        name: value
        for name, value in rcParamsDefault.items()
        if not name.startswith((*theirs, "webagg", "tk", "macosx", "keymap"))
    }


@dataclass(frozen=True)
class Figure:
    """A matplotlib figure with its caption and its words for those who do not see it.

    Parameters
    ----------
    figure
        Drawn at the size it is printed; taken out of pyplot, so that it is not shown twice.
    caption
        Printed under the figure: what to see, with the n.
    alt
        What the figure shows, in words, from the data.
    name
        Short name: letters, digits, ``_`` and ``-``.

    Examples
    --------
    >>> from matplotlib.figure import Figure as Canvas
    >>> shown = Figure(Canvas(figsize=(2, 1)), "An empty figure.", "Nothing is drawn.", "empty")
    >>> shown.svg().startswith("<?xml")
    True
    """

    figure: "MatplotlibFigure" = field(repr=False)
    caption: str
    alt: str
    name: str

    def __post_init__(self) -> None:
        check_words(self.name, "Figure", caption=self.caption, alt=self.alt)
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None:
            pyplot.close(self.figure)

    def svg(self) -> str:
        """Return the drawing as SVG, the same text for the same drawing."""
        from matplotlib import rc_context
        from matplotlib.backends.backend_svg import FigureCanvasSVG

        buffer = io.StringIO()
        dpi, shown_on = self.figure.dpi, self.figure.canvas
        with rc_context(plain_settings() | _SVG_SETTINGS):
            try:  # savefig would draw everything once more before, for the places of the axes
                canvas = FigureCanvasSVG(self.figure)
                canvas.print_svg(buffer, metadata={"Date": None, "Creator": None})
            finally:
                self.figure.set_dpi(dpi)
                self.figure.set_canvas(shown_on)
        return buffer.getvalue()

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        source = base64.b64encode(self.svg().encode()).decode()
        return {"text/html": _page("figure", self, source), "text/plain": self.alt}


@dataclass(frozen=True)
class Table:
    """A table with a head, a caption, and its first column as row heads.

    Parameters
    ----------
    frame
        Ready text or numbers; missing values are left blank. Units belong in column names.
    caption
        Printed above the table.
    name
        Short name: letters, digits, ``_`` and ``-``.
    align
        Column name to ``"left"``, ``"right"``, ``"center"`` or ``"number"`` (on the decimal
        point). Columns that read as numbers are ``"number"`` unasked, others ``"left"``.
    sortable
        Whether the web page's reader can sort it by a column; the PDF has it as it stands.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"Arm": ["stretch_only"], "Minutes a week": [56.0]})
    >>> "56" in Table(frame, "Clock minutes.", "minutes")._repr_mimebundle_()["text/html"]
    True
    """

    frame: "DataFrame" = field(repr=False)
    caption: str
    name: str
    align: dict[str, str] | None = None
    sortable: bool = False

    def __post_init__(self) -> None:
        check_words(self.name, "Table", caption=self.caption)
        check_alignment(self.name, self.align or {}, [str(name) for name in self.frame.columns])

    def columns(self) -> list[tuple[str, str, list[str]]]:
        """Return head, alignment and cells of each column, as text."""
        asked = self.align or {}
        columns = []
        for place, head in enumerate(map(str, self.frame.columns)):
            cells = [cell_text(value) for value in self.frame.iloc[:, place]]
            columns.append((head, asked.get(head) or column_alignment(cells), cells))
        return columns

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        plain = f"{self.caption} ({len(self.frame)} rows)"
        return {"text/html": _page("table", self, self.columns()), "text/plain": plain}


@dataclass(frozen=True)
class Answer:
    """The top of page 1: one sentence, a few numbers, and what they rest on.

    Parameters
    ----------
    sentence
        The answer in words, with its uncertainty.
    numbers
        ``(value, interval, label)`` of each number, as text.
    basis
        One line: what this rests on.

    Examples
    --------
    >>> shown = Answer("No difference.", (("0.1", "-0.2 to 0.4", "NRS points"),), "Two sources.")
    >>> shown._repr_mimebundle_()["text/plain"]
    'No difference.'
    """

    sentence: str
    numbers: tuple[tuple[str, str, str], ...]
    basis: str

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": _page("answer", self), "text/plain": self.sentence}


@dataclass(frozen=True)
class Text:
    """Prose in Markdown, made by the library; put data into it with ``escape``.

    Examples
    --------
    >>> Text("**28** runners.")._repr_mimebundle_()["text/markdown"]
    '**28** runners.'
    """

    markdown: str

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/markdown": self.markdown, "text/plain": self.markdown}


@dataclass(frozen=True)
class Lines:
    """Literal lines in one width, such as one-line prescriptions.

    Examples
    --------
    >>> Lines(("stretch 4x30s daily",))._repr_mimebundle_()["text/html"]
    '<pre class="hipstudy-lines">stretch 4x30s daily</pre>'
    """

    lines: tuple[str, ...]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": _page("lines", self), "text/plain": "\n".join(self.lines)}


@dataclass(frozen=True)
class Download:
    r"""A table at full precision that is written beside the report and not printed in it.

    Parameters
    ----------
    frame
        The table.
    name
        Of the file: letters, digits, ``_`` and ``-``.
    caption
        What it holds, for the workbook.
    columns
        By column: its unit and what it means.
    codes
        By column: what stands in its cells, and what that stands for.

    Examples
    --------
    >>> import pandas as pd
    >>> Download(pd.DataFrame({"week": [0], "mean": [0.1 + 0.2]}), "effects").csv()
    'week,mean\n0,0.30000000000000004\n'
    """

    frame: "DataFrame" = field(repr=False)
    name: str
    caption: str = ""
    columns: Mapping[str, tuple[str, str]] = field(default_factory=dict, repr=False)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        check_words(self.name, "Download")

    def csv(self) -> str:
        """Return the table as CSV text that reads back to the same numbers."""
        return as_csv(self.frame)

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, str], dict[str, Any]]:
        said = f"tables/{self.name}.csv: {len(self.frame)} rows"
        notes = {"caption": self.caption, "columns": self.columns, "codes": self.codes}
        given = {"name": self.name, **{key: words for key, words in notes.items() if words}}
        return {CSV_MIME: self.csv(), "text/plain": said}, {CSV_MIME: given}

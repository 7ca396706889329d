"""What one code cell put out, into blocks; what cannot be printed is named with its cell."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bs4 import Tag

from hipstudy.errors import Problem
from hipstudy.report import document, maths, pictures, read_markdown
from hipstudy.report.pictures import UnreadablePicture
from hipstudy.report.read_html import HtmlReader, screen_only
from hipstudy.report.typography import clean, clean_line
from hipstudy.show import CSV_MIME, is_name
from hipstudy.wording import Wording

words = Wording("hipstudy.report", "left_out")
MOST_LINES = 400  # of one printed text

_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_OBJECT = re.compile(r"[\[(]?\s*<[^<>]*(?:<[^<>]*>[^<>]*)*>", re.DOTALL)
_TEXT_OF_A_PLOT = re.compile(r"(?:Text\(|Figure\(|Axes\(|\(?array\(\[+<)", re.DOTALL)
_WARNING = re.compile(r"^(?:.*?:\d+: )?(\w*(?:Warning|Error)): (.*)$", re.MULTILINE)
_DISPLAYED = re.compile(
    r"\s*(?:\$\$(?P<two>.*)\$\$|\$(?P<one>[^$]*)\$|\\\[(?P<square>.*)\\\]"
    r"|\\begin\{(?:equation|displaymath)\*?\}(?P<named>.*)\\end\{(?:equation|displaymath)\*?\})\s*",
    re.DOTALL,
)
# What their makers call outputs that only work on a screen.
_INTERACTIVE = (
    ("application/vnd.plotly", "an interactive plotly figure"),
    ("application/vnd.jupyter.widget", "a widget"),
    ("application/vnd.vega", "an interactive Vega figure"),
    ("application/vnd.bokeh", "an interactive Bokeh figure"),
    ("application/vnd.holoviews", "an interactive HoloViews figure"),
    ("application/javascript", "a script"),
    ("text/javascript", "a script"),
)


@dataclass
class SideResults:
    """What reading a notebook brings besides its blocks: each part is added to.

    Parameters
    ----------
    problems
        What keeps the report from being made.
    downloads, notes
        Tables that go beside it, by name: CSV text, and what they say of themselves.
    left_out
        Sentences on what is not printed.
    """

    problems: list[Problem] = field(default_factory=list)
    downloads: dict[str, str] = field(default_factory=dict)
    notes: dict[str, document.TableNotes] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


class OutputReader:
    """Reads the outputs of one code cell, which stands in a document of some language."""

    def __init__(
        self, where: str, findings: SideResults, said: Wording = document.DOCUMENT
    ) -> None:
        self.where = where
        self.findings = findings
        self.said = said

    def blocks(self, outputs: Iterable[dict[str, Any]]) -> list[document.Block]:
        """Return the blocks of all outputs; an error in the cell is a problem."""
        joined = list(_joined(outputs))
        has_picture = any(
            mime.startswith("image/") for one in joined for mime in one.get("data", ())
        )
        return [block for one in joined for block in self.of_output(one, has_picture)]

    def of_output(self, output: dict[str, Any], has_picture: bool) -> list[document.Block]:
        """Return the blocks of one output, of a cell that shows a picture or does not."""
        match output["output_type"]:
            case "error":
                message = f"{output.get('ename', 'error')}: {output.get('evalue', '')}"
                mend = "Mend the cell and run it again."
                self._wrong(message, "the cell stopped with an error", mend)
                return []
            case "stream" if output.get("name") == "stderr":
                self._warned(output["text"])
                return []
            case "stream":
                return self._lines(output["text"])
            case "display_data" | "execute_result":
                data = {mime: one_text(value) for mime, value in output["data"].items()}
                metadata = output.get("metadata", {})
                return self._bundle(data, metadata, has_picture)
        return []

    def _bundle(
        self, data: dict[str, str], metadata: dict[str, Any], has_picture: bool
    ) -> list[document.Block]:
        """Blocks of the best kind that can be printed."""
        if CSV_MIME in data:
            self._download(data[CSV_MIME], metadata.get(CSV_MIME, {}))
            return []
        screen = next((said for mime in data for start, said in _INTERACTIVE
                       if mime.startswith(start)), "")  # fmt: skip
        html = data.get("text/html", "")
        if html and not screen and (blocks := self._html(html, data)):
            return blocks
        for mime in (*pictures.PRINTED, *pictures.TURNED):
            if mime in data:
                return self._picture(data[mime], mime)
        if screen:
            self._name("interactive", screen)
            return []
        if "text/markdown" in data:
            text = data["text/markdown"]
            return read_markdown.blocks(text, self.where, self.findings.problems)
        if "text/latex" in data:
            return self._latex(data["text/latex"])
        if html and screen_only(html):
            return []
        kinds = [mime for mime in data if mime not in ("text/plain", "text/html")]
        if kinds:
            self._name("unknown_kind", kinds[0])
            return []
        return self._plain(data.get("text/plain", ""), has_picture)

    def _html(self, source: str, data: dict[str, str]) -> list[document.Block]:
        if screen_only(source):
            if any(mime in data for mime in pictures.PRINTED):
                return []
            self._name("interactive", "an interactive part of a page")
        return HtmlReader(self._image, self.said).blocks(source)

    def _image(self, tag: Tag, caption: str, name: str) -> list[document.Block]:
        """A picture within HTML: in a figure it needs its words."""
        alt = clean(str(tag.get("alt", "")))
        if not alt and tag.find_parent("figure"):
            mend = "Give show.Figure an alt."
            self._wrong(name or caption or "a figure", "a figure needs alt text", mend)
            return []
        source = str(tag.get("src", ""))
        head, _, text = source.partition(";base64,")
        if not text or not head.startswith("data:"):
            self._name("elsewhere", " ".join(source.split())[:80])
            return []
        return self._picture(text, head.removeprefix("data:"), alt, caption, name)

    def _picture(
        self, source: str, mime: str, alt: str = "", caption: str = "", name: str = ""
    ) -> list[document.Block]:
        try:
            is_text = mime == pictures.SVG and source.lstrip().startswith("<")
            content = source.encode() if is_text else pictures.decoded(source)
            if mime not in (*pictures.PRINTED, *pictures.TURNED):
                raise UnreadablePicture("its kind is not known")
            content, mime = pictures.printable(content, mime)
        except UnreadablePicture as error:
            self._name("unreadable", f"{mime} ({error})")
            return []
        alt, caption = alt or self.said("own_alt"), caption or self.said("own_caption")
        return [document.FigureBlock(content, mime, alt, caption, name)]

    def _latex(self, source: str) -> list[document.Block]:
        """A formula alone on its line, or words with formulas in them."""
        match = _DISPLAYED.fullmatch(source)
        if match is None:
            problems: list[Problem] = []
            blocks = read_markdown.blocks(source, self.where, problems)
            return blocks if not problems else self._typed(source, problems[0].rule)
        inner = next(part for part in match.groups() if part is not None)
        tex, alt = maths.split_alt(inner.replace(r"\displaystyle", " ").strip())
        reason = maths.reason_against(tex, display=True)
        return self._typed(tex, reason) if reason else [document.Maths(tex, alt)]

    def _typed(self, source: str, reason: str) -> list[document.Block]:
        self._name("plain_formula", reason)
        return [document.LinesBlock(tuple(map(clean_line, source.strip().split("\n"))))]

    def _plain(self, text: str, has_picture: bool) -> list[document.Block]:
        """A bare value; the name of an object tells a reader nothing."""
        stripped = _COLOUR.sub("", text).strip()
        if _OBJECT.match(stripped) or _TEXT_OF_A_PLOT.match(stripped):
            if not has_picture:
                self._name("object_name", re.sub(r" at 0x[0-9a-fA-F]+", "", stripped)[:60])
            return []
        return self._lines(text) if stripped else []

    def _lines(self, text: str) -> list[document.Block]:
        """Printed text, as a terminal would show it in the end."""
        lines = [
            clean_line(line.rstrip("\r").rpartition("\r")[2].rstrip())
            for line in _COLOUR.sub("", text).expandtabs().strip("\n").split("\n")
        ]
        if not any(lines):
            return []
        over = len(lines) - MOST_LINES
        if over > 0:
            said = {"where": self.where, "n": over, "most": MOST_LINES}
            self.findings.left_out.append(words("more_lines", **said))
        return [document.LinesBlock(tuple(lines[:MOST_LINES]))]

    def _warned(self, text: str) -> None:
        """Name what went to standard error, without the places that it names."""
        lines = [line for line in _COLOUR.sub("", text).split("\n") if line.strip()]
        if not lines:
            return
        match = _WARNING.search("\n".join(lines))
        what = " ".join(f"{match[1]}: {match[2]}".split())[:100] if match else ""
        said = words("warning_lines", where=self.where, n=len(lines), what=what)
        self.findings.left_out.append(said)

    def _download(self, text: str, given: dict[str, Any]) -> None:
        name = str(given.get("name", ""))
        downloads = self.findings.downloads
        if not is_name(name):
            self._wrong(name, "not a name for a table", "Use letters, digits, _ and -.")
        elif downloads.setdefault(name, text) != text:
            self._wrong(name, "two different tables have this name", "Give each its own.")
        else:
            columns = {str(c): (str(u), str(m)) for c, (u, m) in given.get("columns", {}).items()}
            codes = {str(c): dict(words) for c, words in given.get("codes", {}).items()}
            caption = str(given.get("caption", ""))
            self.findings.notes[name] = document.TableNotes(caption, columns, codes)

    def _name(self, passage: str, what: str) -> None:
        self.findings.left_out.append(words(passage, where=self.where, what=" ".join(what.split())))

    def _wrong(self, quoted: str, rule: str, mend: str) -> None:
        self.findings.problems.append(Problem(self.where, quoted, rule, mend))


def _joined(outputs: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Outputs in their order, what was printed one after another as one text."""
    last: dict[str, Any] | None = None
    for output in outputs:
        if output["output_type"] != "stream":
            if last is not None:
                yield last
            yield output
            last = None
            continue
        text = one_text(output.get("text", ""))
        if last is not None and last["name"] == output.get("name"):
            last["text"] += text
            continue
        if last is not None:
            yield last
        last = {"output_type": "stream", "name": output.get("name"), "text": text}
    if last is not None:
        yield last


def one_text(value: object) -> str:
    """Text as a notebook holds it: one, or a list of its lines."""
    return "".join(map(str, value)) if isinstance(value, list) else str(value)

"""Parts of a Word file that python-docx has no word for: language, alt text, head rows, spans."""

import io
import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import docx
from docx.enum.dml import MSO_THEME_COLOR_INDEX
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor

from hipstudy.report.document import Cell, Stamp, TableBlock
from hipstudy.report.rasterise import RasterPicture
from hipstudy.report.tables import place_cells

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.text.paragraph import Paragraph as WordParagraph

FACE, FIXED_FACE = "Calibri", "Consolas"
FULL_MM = 160
_LOGO_MM = (45.0, 15.0)
_PAPERS_MM = {"a4": (210.0, 297.0), "us-letter": (215.9, 279.4)}
_INK, _ACCENT, _GREY = RGBColor(0x1A, 0x1A, 0x1A), RGBColor(0, 0x72, 0xB2), RGBColor(89, 89, 89)
_SIZES_PT = {1: 21.0, 2: 14.0}  # of headings; deeper ones are as large as text
_TEXT_PT, _SMALL_PT = 10.5, 9.0
_LEAST_COLUMN_LETTERS, _MARGIN_LETTERS, _LONG_TEXT = 5, 2, 60
_BOLD = 1.15  # how much wider than plain


def empty_document(title: str, author: str, paper: str, locale: str) -> "WordDocument":
    """A document without words, with its title, language such as en-GB, paper and styles."""
    word = docx.Document()
    own = word.core_properties
    own.title, own.language, own.author = title, locale, author.strip() or "hipstudy"
    own.last_modified_by, own.comments, own.revision = "hipstudy", "", 1
    wide, high = _PAPERS_MM[paper]
    section = word.sections[0]
    section.page_width, section.page_height = Mm(wide), Mm(high)
    section.left_margin = section.right_margin = Mm((wide - FULL_MM) / 2)
    section.top_margin = section.bottom_margin = Mm(22)
    _styles(word, locale)
    return word


def _styles(word: "WordDocument", locale: str) -> None:
    styles = word.styles
    for language in styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), locale)
    for name, size in (("Normal", _TEXT_PT), ("Caption", _SMALL_PT), ("Subtitle", _SMALL_PT),
                       ("Quote", _TEXT_PT)):  # fmt: skip
        _face(styles[name], size, _GREY if name == "Subtitle" else _INK)
    for level in range(1, 7):
        _face(styles[f"Heading {level}"], _SIZES_PT.get(level, _TEXT_PT), _INK, bold=True)
    styles["Caption"].font.bold = False
    styles["Subtitle"].paragraph_format.space_after = Pt(4)
    for name, based in (("Answer", "Normal"), ("Lines", "Normal"), ("Table text", "Normal"),
                        ("After table", "Normal")):  # fmt: skip
        styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = styles[based]
    styles["Answer"].font.size = Pt(14)
    _face(styles["Lines"], _SMALL_PT, _INK, face=FIXED_FACE)
    styles["Table text"].font.size = Pt(_SMALL_PT)
    for name in ("Table text", "After table"):
        styles[name].paragraph_format.space_after = Pt(0)
    styles["After table"].font.size = Pt(6)


def _face(style: Any, size: float, colour: RGBColor, *, bold: bool = False, face: str = FACE
          ) -> None:  # fmt: skip
    """One face for every script: a theme's own would win otherwise."""
    font = style.font
    font.name, font.size, font.bold, font.italic = face, Pt(size), bold, False
    font.color.rgb = colour
    for tracking in style.element.get_or_add_rPr().findall(qn("w:spacing")):
        style.element.rPr.remove(tracking)
    faces = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        faces.attrib.pop(qn(f"w:{kind}"), None)
    for kind in ("eastAsia", "cs"):
        faces.set(qn(f"w:{kind}"), face)


def edges(word: "WordDocument", stamp: Stamp) -> None:
    """Head and foot of every page."""
    section = word.sections[0]
    for part, left, right in (
        (section.header, stamp.page_line, stamp.shown_date),
        (section.footer, stamp.made_line, ""),
    ):
        paragraph = part.paragraphs[0]
        paragraph.style = word.styles["Subtitle"]
        stops = paragraph.paragraph_format.tab_stops
        stops.add_tab_stop(Mm(FULL_MM), WD_TAB_ALIGNMENT.RIGHT)
        paragraph.add_run(f"{left}\t{right}")
    for part in re.split("(NUMPAGES|PAGE)", stamp.words("page_of", page="PAGE", pages="NUMPAGES")):
        if part in ("PAGE", "NUMPAGES"):
            _field(paragraph, part)
        else:
            paragraph.add_run(part)


def _field(paragraph: "WordParagraph", name: str) -> None:
    field = _element("w:fldSimple", instr=name)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def add_run(
    paragraph: "WordParagraph", text: str, marks: Collection[str] = (), link: str = ""
) -> None:
    """Add text in its style; a link to the web can be followed."""
    run = paragraph.add_run("" if "break" in marks else text)
    if "break" in marks:
        run.add_break()
    run.bold = True if "strong" in marks else None
    run.italic = True if "emphasis" in marks else None
    if "code" in marks:
        run.font.name = FIXED_FACE
    if link:
        key = paragraph.part.relate_to(link, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        hyperlink = OxmlElement("w:hyperlink")
        hyperlink.set(qn("r:id"), key)
        run.font.color.theme_color = MSO_THEME_COLOR_INDEX.HYPERLINK
        run.font.underline = True
        paragraph._p.append(hyperlink)
        hyperlink.append(run._r)


def literal(paragraph: "WordParagraph", lines: Sequence[str]) -> None:
    """Lines as they are."""
    for at, line in enumerate(lines):
        run = paragraph.add_run(line)
        if at < len(lines) - 1:
            run.add_break()


def logo(paragraph: "WordParagraph", raster: RasterPicture, alt: str) -> None:
    """A logo at the right of a line of its own, within a box of the same size for all."""
    scale = min(_LOGO_MM[0] / raster.width_pt, _LOGO_MM[1] / raster.height_pt)
    width = Mm(raster.width_pt * scale)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _add_picture(paragraph, raster, alt, width)


def picture(paragraph: "WordParagraph", raster: RasterPicture, alt: str) -> None:
    """A picture in a paragraph, with its words; never wider than the text."""
    _add_picture(paragraph, raster, alt, min(Pt(raster.width_pt), Mm(FULL_MM)))


def _add_picture(
    paragraph: "WordParagraph", raster: RasterPicture, alt: str, width: Length
) -> None:
    inline = paragraph.add_run().add_picture(io.BytesIO(raster.content), width=width)._inline
    inline.docPr.set("descr", alt)
    inline.docPr.set("name", f"Picture {inline.docPr.get('id')}")


def new_numbering(word: "WordDocument", style: str, start: int) -> int:
    """A list of its own that counts from ``start``; Word would go on with the last one."""
    numbering = word.part.numbering_part.element
    own = word.styles[style].element.pPr.numPr.numId.val
    (abstract,) = [number.abstractNumId.val for number in numbering.num_lst if number.numId == own]
    number = numbering.add_num(abstract)
    number.add_lvlOverride(ilvl=0).add_startOverride(start)
    return int(number.numId)


def number(paragraph: "WordParagraph", numbering: int) -> None:
    """Put a paragraph into such a list."""
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = 0
    properties.get_or_add_numId().val = numbering


def table(word: "WordDocument", block: TableBlock) -> None:
    """A table with its head rows, which a page break repeats, and its spans."""
    made = _element("w:tbl")
    widths = _widths(block)
    made.append(_table_properties(block))
    grid = OxmlElement("w:tblGrid")
    grid.extend(_element("w:gridCol", w=width) for width in widths)
    made.append(grid)
    cells = _by_line(block)
    for line, across in enumerate(cells):
        made.append(_row(across, block, widths, is_head=line < len(block.head)))
    word.element.body._insert_tbl(made)


def _table_properties(block: TableBlock) -> Any:
    properties = OxmlElement("w:tblPr")
    full = round(Mm(FULL_MM).twips)
    properties.append(_element("w:tblW", w=full, type="dxa"))
    borders = OxmlElement("w:tblBorders")
    for side, size in (("top", 8), ("bottom", 8), ("insideH", 4)):
        borders.append(_element(f"w:{side}", val="single", sz=size, space=0, color="B3B3B3"))
    properties.append(borders)
    properties.append(_element("w:tblLayout", type="fixed"))
    look = _element("w:tblLook", val="00A0", firstRow=1, lastRow=0, firstColumn=1, lastColumn=0)
    properties.append(look)
    properties.append(_element("w:tblCaption", val=block.label or block.caption[:80]))
    properties.append(_element("w:tblDescription", val=block.caption))
    return properties


def _widths(block: TableBlock) -> list[int]:
    """Width of each column, in twentieths of a point, by the letters that it holds."""
    letters = [float(_LEAST_COLUMN_LETTERS)] * len(block.align)
    for _, column, cell in (*place_cells(block.head), *place_cells(block.rows)):
        if cell.columns == 1:
            longest = max(map(len, cell.text.split()), default=0) * (_BOLD if cell.head else 1.0)
            needs = max(longest, min(len(cell.text), _LONG_TEXT) ** 0.8) + _MARGIN_LETTERS
            letters[column] = max(letters[column], needs)
    full = Mm(FULL_MM).twips
    return [round(full * one / sum(letters)) for one in letters]


def _by_line(block: TableBlock) -> list[list[tuple[int, Cell, bool]]]:
    """Cells of each line: column, cell, and whether it goes on from the line above."""
    lines: list[list[tuple[int, Cell, bool]]] = [[] for _ in (*block.head, *block.rows)]
    body = place_cells(block.rows, first_line=len(block.head))
    for line, column, cell in (*place_cells(block.head), *body):
        for below in range(cell.rows):
            lines[line + below].append((column, cell, below > 0))
    return [sorted(line, key=lambda one: one[0]) for line in lines]


def _row(
    cells: Sequence[tuple[int, Cell, bool]],
    block: TableBlock,
    widths: Sequence[int],
    *,
    is_head: bool,
) -> Any:
    row = OxmlElement("w:tr")
    properties = OxmlElement("w:trPr")
    properties.append(OxmlElement("w:cantSplit"))
    if is_head:
        properties.append(OxmlElement("w:tblHeader"))
    row.append(properties)
    for column, cell, goes_on in cells:
        width = sum(widths[column : column + cell.columns])
        align = "center" if cell.columns > 1 else block.align[column]
        row.append(_cell(cell, goes_on, width, align, is_head=is_head))
    return row


def _cell(cell: Cell, goes_on: bool, width: int, align: str, *, is_head: bool) -> Any:
    made = OxmlElement("w:tc")
    properties = OxmlElement("w:tcPr")
    properties.append(_element("w:tcW", w=width, type="dxa"))
    if cell.columns > 1:
        properties.append(_element("w:gridSpan", val=cell.columns))
    if cell.rows > 1:
        properties.append(_element("w:vMerge", val="continue" if goes_on else "restart"))
    made.append(properties)
    paragraph = OxmlElement("w:p")
    style = OxmlElement("w:pPr")
    style.append(_element("w:pStyle", val="Tabletext"))
    if align in ("number", "right", "center"):
        style.append(_element("w:jc", val="center" if align == "center" else "right"))
    paragraph.append(style)
    if cell.text and not goes_on:
        paragraph.append(_text(cell.text, bold=is_head))
    made.append(paragraph)
    return made


def _text(words: str, *, bold: bool) -> Any:
    run = OxmlElement("w:r")
    if bold:
        properties = OxmlElement("w:rPr")
        properties.append(OxmlElement("w:b"))
        run.append(properties)
    text = OxmlElement("w:t")
    text.text = words
    text.set(qn("xml:space"), "preserve")
    run.append(text)
    return run


def _element(tag: str, **attributes: object) -> Any:
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    return made

"""Drawings and formulas as PNG pictures, for files that take no other kind."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typst

from hipstudy.errors import DataProblems, Problem
from hipstudy.report import maths
from hipstudy.report.document import FigureBlock, Formula, Maths
from hipstudy.report.pictures import PNG, SVG, pixels
from hipstudy.typeface import font_folders

_TEMPLATE = Path(__file__).with_name("pictures.typ")
_PER_INCH = 220
_POINTS_PER_INCH = 72


@dataclass(frozen=True)
class RasterPicture:
    """A picture in pixels, as wide and high as it is printed.

    Parameters
    ----------
    content
        Bytes of a PNG or JPEG file.
    width_pt, height_pt
        In points.
    """

    content: bytes
    width_pt: float
    height_pt: float


def rasterised(parts: Sequence[FigureBlock | Formula | Maths]) -> list[RasterPicture]:
    """Each as a picture in pixels; those that are in pixels already stay as they are.

    Raises
    ------
    hipstudy.errors.DataProblems
        When one cannot be drawn.
    """
    data = [_drawing(part) for part in parts]
    try:
        pages = iter(_pages([one for one in data if one]))
        return [
            _of_page(next(pages)) if one else _as_it_is(part)
            for part, one in zip(parts, data, strict=True)
        ]
    except (typst.TypstError, maths.NotConvertibleError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise DataProblems([Problem("a figure or formula", reason, "cannot be drawn")]) from error


def _drawing(part: FigureBlock | Formula | Maths) -> dict[str, str]:
    if isinstance(part, FigureBlock):
        is_svg = part.mime == SVG
        return {"svg": part.image.decode("utf-8", errors="replace")} if is_svg else {}
    return {"typst": maths.to_typst(part.tex)}


def _pages(drawings: list[dict[str, str]]) -> list[bytes]:
    if not drawings:
        return []
    compiler = typst.Compiler(
        _TEMPLATE,
        font_paths=font_folders(),
        ignore_system_fonts=True,
        sys_inputs={"drawings": json.dumps(drawings, ensure_ascii=False)},
    )
    made = compiler.compile(format="png", ppi=_PER_INCH)
    return [made] if isinstance(made, bytes) else list(made)


def _of_page(page: bytes) -> RasterPicture:
    wide, high = pixels(page, PNG)
    scale = _POINTS_PER_INCH / _PER_INCH
    return RasterPicture(page, wide * scale, high * scale)


def _as_it_is(part: FigureBlock | Formula | Maths) -> RasterPicture:
    if not isinstance(part, FigureBlock):
        raise TypeError("a formula is always drawn")
    wide, high = pixels(part.image, part.mime)
    return RasterPicture(part.image, float(wide), float(high))

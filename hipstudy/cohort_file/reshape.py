"""Columns of sides and visits put below each other: a row is then a runner, a side, a visit."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hipstudy.cohort_file.column_places import ColumnPlace
from hipstudy.cohort_file.sheet import Sheet


def spread_below(
    sheet: Sheet,
    columns: Sequence[int],
    places: Mapping[int, ColumnPlace],
    weeks: Mapping[str, float | None],
) -> Sheet:
    """Put what stands side by side below each other.

    A row of the file becomes one row for each side and visit that its columns are of. A side of
    which nothing was measured, the other being measured, has no row; nor has a later visit at which
    nothing was measured. First visits stay: who was enrolled is in the file.

    Parameters
    ----------
    sheet
        As it was read.
    columns
        Positions of the columns to read.
    places
        What a column holds, by position; the others say the same in every row that is made.
    weeks
        Weeks since baseline of each visit that a place names.
    """
    spread = {k: place for k, place in places.items() if place.is_spread}
    fixed = [k for k in columns if k not in spread]
    sides = [side for side in ("left", "right") if any(p.side == side for p in spread.values())]
    times = sorted({weeks[place.visit] for place in spread.values() if place.visit})
    names = list(dict.fromkeys(place.name for place in spread.values()))
    blocks = [
        _Block(sheet, spread, side, time, weeks)
        for time, side in product(times or [None], sides or [""])
    ]
    stay = _measured(blocks)
    rows = np.concatenate([np.flatnonzero(mask) for mask in stay])
    of_block = np.repeat(np.arange(len(blocks)), [np.count_nonzero(mask) for mask in stay])
    order = np.lexsort((of_block, rows))  # the rows of a row of the file stand together
    rows, of_block = rows[order], of_block[order]
    added = (["side"] if sides else []) + (["week"] if times else [])
    header = [places[k].name if k in places else sheet.header[k] for k in fixed]
    cells = {at: sheet.cells[k].to_numpy(dtype=object)[rows] for at, k in enumerate(fixed)}
    said = {"side": [block.side for block in blocks], "week": [block.week for block in blocks]}
    for name in added:
        cells[len(cells)] = np.array(said[name], dtype=object)[of_block]
    own = {places[k].name: sheet.header[k] for k in fixed if k in places}
    of_row: dict[str, NDArray[np.object_]] = {}
    for name in names:
        table = np.array([block.cells(name) for block in blocks], dtype=object)
        cells[len(cells)] = table[of_block, rows]
        of_row[name] = np.array([block.own(name) for block in blocks], dtype=object)[of_block]
        own[name] = " / ".join(sheet.header[k] for k, p in spread.items() if p.name == name)
    return replace(
        sheet,
        header=(*header, *added, *names),
        cells=pd.DataFrame(cells, dtype=object, index=range(len(rows))),
        rows=sheet.rows[rows],
        own=own,
        sheet_of_row=None if sheet.sheet_of_row is None else sheet.sheet_of_row[rows],
        column_of_row=of_row,
    )


class _Block:
    """The columns that are of one side and one visit."""

    def __init__(
        self,
        sheet: Sheet,
        spread: Mapping[int, ColumnPlace],
        side: str,
        time: float | None,
        weeks: Mapping[str, float | None],
    ) -> None:
        self.side, self.time, self.sheet = side, time, sheet
        self.week = None if time is None else f"{time:g}"
        self.at = {
            place.name: k
            for k, place in spread.items()
            if place.side in ("", side) and (not place.visit or weeks[place.visit] == time)
        }
        self.sided = [k for k in self.at.values() if spread[k].side]
        self.timed = [k for k in self.at.values() if spread[k].visit]

    def own(self, name: str) -> str:
        return self.sheet.header[self.at[name]] if name in self.at else ""

    def cells(self, name: str) -> NDArray[np.object_]:
        if name not in self.at:
            return np.full(len(self.sheet.rows), None, dtype=object)
        return self.sheet.cells[self.at[name]].to_numpy(dtype=object)

    def has_any(self, columns: Sequence[int]) -> NDArray[np.bool_]:
        return self.sheet.cells[columns].notna().to_numpy().any(axis=1)


def _measured(blocks: Sequence[_Block]) -> list[NDArray[np.bool_]]:
    """Which rows of the file have a row in each block."""
    sided = [block.has_any(block.sided) for block in blocks]
    masks = []
    for block, own in zip(blocks, sided, strict=True):
        others = [
            mask
            for other, mask in zip(blocks, sided, strict=True)
            if other.time == block.time and other.side != block.side
        ]
        stay = own | ~np.logical_or.reduce(others) if others else np.ones(len(own), dtype=bool)
        if block.time is not None and block.time > 0:
            stay &= block.has_any(block.timed)
        masks.append(stay)
    return masks

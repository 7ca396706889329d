"""Estimates with intervals, a row each: cases, analyses of a trial, shares of variance."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Polygon
from pandas import DataFrame

from hipstudy.figures import style
from hipstudy.labels import interval

_Draw = Callable[[Axes, str, DataFrame], None]
_BLUE, _ORANGE, _PUBLISHED = "#0072B2", "#D55E00", "#b3b3b3"


def forest(frame: DataFrame, most_mm: float = 1000) -> list[Axes]:
    """What was published as a grey bar, what is predicted as a dot with its band.

    Parameters
    ----------
    frame
        Columns panel (words of its axis), label, published, published_low, published_high (missing
        where open), predicted, predicted_low, predicted_high, hit, calibrates (drawn as a
        square). Rows of one panel stand together.
    most_mm
        How high it may be: rows stand closer, down to 3 mm, before it is higher.
    """
    ends_mm, gap_mm = 2, 12
    room_mm = most_mm - frame["panel"].nunique() * (ends_mm + gap_mm)
    row_mm = min(3.9, max(3.0, room_mm / len(frame)))
    return _panels(frame, _panel, (row_mm, ends_mm, gap_mm))


def _panels(frame: DataFrame, draw: _Draw, sizes_mm: tuple[float, float, float]) -> list[Axes]:
    """Panels below one another; sizes of a row, of both ends, and of the gap for the axis below."""
    row_mm, ends_mm, gap_mm = sizes_mm
    groups = frame.groupby("panel", sort=False)
    axs = style.stacked(row_mm * groups.size() + ends_mm, labels=frame["label"], gap_mm=gap_mm)
    with style.look():
        for ax, (panel, rows) in zip(axs, groups, strict=True):
            draw(ax, panel, rows)
    return axs


def _panel(ax: Axes, panel: str, rows: DataFrame) -> None:
    numbers = rows.filter(regex="^(published|predicted)").to_numpy(float)
    low, high = min(0.0, np.nanmin(numbers)), np.nanmax(numbers)
    room = 0.06 * (high - low)
    ax.set_xlim(low - room, high + room)
    ax.axvline(0, color=style.PALE, lw=0.8)
    for y, row in enumerate(rows.itertuples()):
        _row(ax, y, row)
    style.name_rows(ax, list(rows["label"]), xlabel=panel)


def _row(ax: Axes, y: int, row: tuple) -> None:
    low, high = row.published_low, row.published_high
    is_open = np.isnan(low) or np.isnan(high)  # then up to the edge of the panel
    ends = np.where(np.isnan([low, high]), ax.get_xlim(), [low, high])
    if not (np.isnan(low) and np.isnan(high)):
        ax.plot(ends, [y, y], color=_PUBLISHED, lw=6, alpha=0.45 if is_open else 0.75,
                solid_capstyle="butt")  # fmt: skip
    if not np.isnan(row.published):
        ax.plot([row.published] * 2, [y - 0.27, y + 0.27], color=style.INK, lw=1.2)
    hue = _BLUE if row.hit else _ORANGE
    ends = (row.predicted_low, row.predicted_high)
    style.dot_and_line(ax, y, row.predicted, ends, hue=hue, mark="s" if row.calibrates else "o",
                       width=1.3, mfc=hue if row.hit else "white", mew=1.3)  # fmt: skip
    words = ("OUTSIDE", "inside") if row.calibrates else ("miss", "hit")
    word = words[row.hit]
    ax.annotate(word, (1, y), xycoords=("axes fraction", "data"), xytext=(4, 0), va="center",
                textcoords="offset points", fontsize=7.5, color=hue)  # fmt: skip


def pooled_forest(frame: DataFrame, *, xlabel: str) -> list[Axes]:
    """Trials as dots with intervals, and below them what they say together, one panel a contrast.

    Parameters
    ----------
    frame
        Columns panel (its title), label, estimate, low, high, kind: ``trial``; ``null``, entered
        as 0 (drawn open, on a broken line); ``pooled`` (a diamond from low to high, on a grey bar
        from pi_low to pi_high where these are there). Rows of one panel stand together.
    xlabel
        What is estimated, with its unit and direction; under the last panel.
    """
    numbers = frame[["low", "high", "pi_low", "pi_high"]].to_numpy(float)
    ends = min(0.0, np.nanmin(numbers)), max(0.0, np.nanmax(numbers))
    room = 0.03 * (ends[1] - ends[0])
    groups = frame.groupby("panel", sort=False)
    axs = style.stacked(4.4 * groups.size() + 2, labels=frame["label"], gap_mm=12, right_mm=36)
    with style.look():
        for ax, (panel, rows) in zip(axs, groups, strict=True):
            ax.set_xlim(ends[0] - room, ends[1] + room)
            ax.set_title(panel, fontsize=8.5, loc="left")
            ax.axvline(0, color=style.GREY, lw=0.8)
            for y, row in enumerate(rows.itertuples()):
                _pooled_row(ax, y, row)
            style.name_rows(ax, list(rows["label"]))
            if ax is not axs[-1]:  # one scale for all, below the last
                ax.spines["bottom"].set_visible(False)
                ax.tick_params(axis="x", length=0, labelbottom=False)
        axs[-1].set_xlabel(xlabel)
    return axs


def _pooled_row(ax: Axes, y: int, row: tuple) -> None:
    is_pooled = row.kind == "pooled"
    if is_pooled:
        if not np.isnan(row.pi_low):
            ax.plot([row.pi_low, row.pi_high], [y, y], color=_PUBLISHED, lw=5, alpha=0.75,
                    solid_capstyle="butt")  # fmt: skip
        corners = [(row.low, y), (row.estimate, y - 0.3), (row.high, y), (row.estimate, y + 0.3)]
        ax.add_patch(Polygon(corners, facecolor=_BLUE, edgecolor=_BLUE, lw=0.5, zorder=3))
    else:
        style.dot_and_line(ax, y, row.estimate, (row.low, row.high), hue=style.INK, mark="s",
                           width=1.1, is_open=row.kind == "null", ms=3.5)  # fmt: skip
    ax.annotate(interval(row.estimate, row.low, row.high), (1, y), fontsize=7.5, va="center",
                xycoords=("axes fraction", "data"), xytext=(6, 0), textcoords="offset points",
                weight=600 if is_pooled else 400)  # fmt: skip


def strip(frame: DataFrame, *, margin: float, xlabel: str, digits: int = 2) -> Axes:
    """One row an analysis: estimate with its interval as dot and line, and in figures.

    Parameters
    ----------
    frame
        Columns label, estimate, ci_low, ci_high, n (runners in it, printed beside the interval),
        primary (heavy where true), ignores (what the analysis ignores, such as ``that two hips are
        one person``: drawn open; empty: nothing).
    margin
        Shaded either side of zero.
    xlabel
        What is estimated, with its unit and direction.
    digits
        Decimals of the figures at the right.
    """
    with style.look():
        _, ax = style.canvas(16 + 10 * len(frame))
        style.margin_and_zero(ax, margin)
        for y, row in enumerate(frame.itertuples()):
            numbers = interval(row.estimate, row.ci_low, row.ci_high, digits)
            _strip_row(ax, y, row, f"{numbers} [{row.n}]")
        ax.margins(x=0.04)
        style.name_rows(ax, [""] * len(frame), xlabel=xlabel)
        ax.set_yticks([])
    return ax


def _strip_row(ax: Axes, y: int, row: tuple, numbers: str) -> None:
    hue, weight = style.INK, 600 if row.primary else 400
    open_ = bool(row.ignores)
    wide, large = (2.6, 7) if row.primary else (1.3, 5)
    style.dot_and_line(ax, y, row.estimate, (row.ci_low, row.ci_high), hue=hue, width=wide,
                       ms=large, is_open=open_)  # fmt: skip
    place = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "va": "center"}
    up = 5.5 if open_ else 0
    ax.annotate(row.label, (0, y), xytext=(-6, up), ha="right", fontsize=8, weight=weight,
                parse_math=False, **place)  # fmt: skip
    if open_:
        words = f"ignores {row.ignores.removeprefix('ignores ')}"
        ax.annotate(words, (0, y), xytext=(-6, -6), ha="right", fontsize=7.5, color=style.GREY,
                    parse_math=False, **place)  # fmt: skip
    ax.annotate(numbers, (1, y), xytext=(6, 0), ha="left", fontsize=8, weight=weight, **place)


def variance(frame: DataFrame) -> list[Axes]:
    """Total order as a dot with its interval, first order as an open one.

    Parameters
    ----------
    frame
        Columns panel, label, first, total, total_low, total_high (shares, 1 is all); rows of one
        panel stand together, in the order drawn. An interval is drawn as far as a share can be.
    """
    axs = _panels(frame, _shares_panel, (5.2, 2, 14))
    with style.look():
        axs[-1].set_xlabel("Share of variance, %")
    return axs


def _shares_panel(ax: Axes, panel: str, rows: DataFrame) -> None:
    ax.axvline(0, color=style.PALE, lw=0.8)
    for y, row in enumerate(rows.itertuples()):
        ends = (max(0.0, 100 * row.total_low), min(100.0, 100 * row.total_high))
        style.dot_and_line(ax, y, 100 * row.total, ends, hue=_BLUE, width=1.5)
        ax.plot(100 * row.first, y, "o", color=style.GREY, mfc="white", ms=3.5, mew=0.9)
    ax.set_xlim(-6, 106)
    ax.set_title(panel, fontsize=8.5)
    style.name_rows(ax, list(rows["label"]))

"""Pictures of a report's first two pages: benefit beside cost by cause, and small ones over weeks.

Their words come from the page, in its language; an arm's colour is the same in both.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import Polygon
from pandas import DataFrame

from hipstudy.figures import style
from hipstudy.figures.margins import in_lines
from hipstudy.numerals import Numerals

_BAR = "#b3b3b3"  # where a new trial's truth could lie
_ROW_MM, _GAP_MM = 4.6, 14
_UNCLEAR = "#767676"
_KEY_PT = 8
_SIDE_PT, _LINE_PT, _PANEL_MM = 7.5, 9.5, 55  # what lies on either side of zero, below a panel


def two_colours(arms: tuple[str, str]) -> tuple[str, str]:
    """Colours of two arms, never the same one: the second then takes another of one's own.

    Examples
    --------
    >>> two_colours(("stretch_only", "strength_only"))
    ('#56B4E9', '#E69F00')
    """
    first, second = map(style.colour, arms)
    return first, second if second != first else next(c for c in style.OWN_ARMS if c != first)


@dataclass(frozen=True)
class DifferenceWords:
    """Words of the picture of differences.

    Parameters
    ----------
    panels
        Axis of each panel, benefit first.
    less
        What lies left and right of zero: less with the first arm, less with the second.
    no_trial
        Where a row has nothing in a panel.
    """

    panels: tuple[str, str]
    less: tuple[str, str]
    no_trial: str


def benefit_and_cost(
    frame: DataFrame,
    *,
    margin: float,
    colours: tuple[str, str],
    words: DifferenceWords,
    numerals: Numerals,
) -> list[Axes]:
    """Two panels that share rows and scale; left of zero is less with the first arm in both.

    Parameters
    ----------
    frame
        Columns label, kind (``outside`` or ``cause``), panel (0 or 1), estimate, low, high, pi_low,
        pi_high. Rows of trials elsewhere are diamonds on a grey bar, apart from the causes below;
        a row without one panel has the words for that there.
    margin
        Shaded either side of zero.
    colours
        Of the first and of the second arm: what is clear is drawn in the colour of the arm with
        less, what is not in grey.
    words, numerals
        Of the page's language.
    """
    labels = list(dict.fromkeys(frame["label"]))
    kinds = frame.drop_duplicates("label").set_index("label")["kind"]
    gap = 0.7 if (kinds == "outside").any() else 0.0
    places = {one: at + gap * (kinds[one] == "cause") for at, one in enumerate(labels)}
    with style.look():
        sides = _sides(words.less)
        more = sum(side.count("\n") for side in sides)  # lines, of long names
        height = _ROW_MM * (len(labels) + gap) + _GAP_MM + 4 + _LINE_PT * more / 72 / style.MM
        _, axs = style.canvas(height, ncols=2, sharex=True, sharey=True)
        for panel, ax in enumerate(axs):
            rows = frame[frame["panel"] == panel]
            style.margin_and_zero(ax, margin)
            for row in rows.itertuples():
                _difference(ax, places[row.label], row, colours)
            for label in set(labels) - set(rows["label"]):
                ax.annotate(words.no_trial, (0, places[label]), xytext=(4, 0), va="center",
                            textcoords="offset points", color=style.GREY, fontsize=7.5)  # fmt: skip
            if gap:
                ax.axhline(1 - 0.5 + gap / 2, color=style.PALE, lw=0.8)
            style.name_rows(ax, labels, places=list(places.values()), numerals=numerals, above=0.7)
            ax.set_title(words.panels[panel], loc="left", fontsize=8.5)
        low, high = axs[0].get_xlim()
        for ax in axs:
            ax.set_xlim(min(low, -1.15 * margin), max(high, 1.15 * margin))
            _directions(ax, sides, colours)
    return list(axs)


def _difference(ax: Axes, y: float, row: tuple, colours: tuple[str, str]) -> None:
    hue = _UNCLEAR
    if round(row.high, 2) < 0 or round(row.low, 2) > 0:
        hue = colours[int(row.low > 0)]
    if row.kind == "cause":
        style.dot_and_line(ax, y, row.estimate, (row.low, row.high), hue=hue)
        return
    if row.pi_low == row.pi_low:  # one trial alone has none
        ax.plot([row.pi_low, row.pi_high], [y, y], color=_BAR, lw=5, alpha=0.75,
                solid_capstyle="butt")  # fmt: skip
    corners = [(row.low, y), (row.estimate, y - 0.33), (row.high, y), (row.estimate, y + 0.33)]
    ax.add_patch(Polygon(corners, facecolor=hue, edgecolor=hue, lw=0.5, zorder=3))


def _sides(less: tuple[str, str]) -> list[str]:
    """What lies left and right of zero, in lines that are no wider than a panel."""
    return [in_lines(text, _SIDE_PT, _PANEL_MM) for text in (f"← {less[0]}", f"{less[1]} →")]


def _directions(ax: Axes, sides: Sequence[str], colours: tuple[str, str]) -> None:
    """Under the axis: which arm has less on which side, in its colour."""
    below = 16.0
    for (x, ha), text, hue in zip(((0, "left"), (1, "right")), sides, colours, strict=True):
        ax.annotate(text, (x, 0), xycoords="axes fraction", xytext=(0, -below), ha=ha,
                    va="top", textcoords="offset points", color=hue, fontsize=_SIDE_PT,
                    parse_math=False)  # fmt: skip
        below += _LINE_PT * (text.count("\n") + 1)


@dataclass(frozen=True)
class WeekLine:
    """One line over the weeks: its arm, what it is called, its colour."""

    arm: str
    name: str
    hue: str


def small_weeks(
    frame: DataFrame,
    *,
    panels: Sequence[tuple[str, str, str]],
    lines: Sequence[WeekLine],
    last_week: str,
    numerals: Numerals,
) -> list[Axes]:
    """One small panel an outcome, and beside the last the lines' names in their colours.

    Bands stand as bars beyond the last week, one beside the other, so that none lies on another.

    Parameters
    ----------
    frame
        Columns arm, outcome, week, mean, low, high: change since baseline.
    panels
        Outcome, title and unit of each.
    lines
        In the order in which they are drawn, the last on top.
    last_week
        Words at the last tick of the horizontal axis.
    numerals
        Of the page's language.
    """
    with style.look():
        axs = style.panel_grid(len(panels) + 1, 26, ncols=3, more_mm=2)
        for ax, (outcome, title, unit) in zip(axs, panels, strict=False):
            here = frame[frame["outcome"] == outcome]
            _small_panel(ax, here, lines, last_week)
            ax.set_title(f"{title}, {unit}", loc="left", fontsize=8)
            ax.yaxis.set_major_formatter(style.number_ticks(numerals))
        key = axs[len(panels)]
        key.set_axis_off()
        y = 0.8
        for at, line in enumerate(reversed(lines)):
            name = in_lines(line.name, _KEY_PT)
            y -= 0.16 * name.count("\n")
            key.plot([0, 0.12], [y, y], color=line.hue, lw=1.8, ls="--" if at == 0 else "-")
            key.annotate(name, (0.15, y), va="center", color=line.hue, fontsize=_KEY_PT,
                         parse_math=False, annotation_clip=False)  # fmt: skip
            y -= 0.2 + 0.16 * name.count("\n")
        key.set(xlim=(0, 1), ylim=(0, 1))
    return axs


def _small_panel(ax: Axes, here: DataFrame, lines: Sequence[WeekLine], last_week: str) -> None:
    last, arms = here["week"].max(), [line.arm for line in lines]
    ax.axhline(0, color=style.PALE, lw=0.6)
    style.value_lines(
        ax, here[here["arm"].isin(arms)], "week", "mean", hue="arm", hue_order=arms,
        palette={line.arm: line.hue for line in lines},
    )  # fmt: skip
    ax.lines[-1].set_linestyle("--")  # on top, so that the line below shows where two coincide
    ends = here[here["week"] == last].set_index("arm")
    for at, line in enumerate(lines):
        end, x = ends.loc[line.arm], last * (1.05 + 0.05 * at)
        ax.plot([x, x], [end["low"], end["high"]], color=line.hue, lw=1.6, solid_capstyle="butt")
        ax.plot(x, end["mean"], "o", color=line.hue, ms=2.5)
    ax.set_xlim(0, last * (1.08 + 0.05 * len(lines)))
    ticks = sorted({0, last // 2, last})
    ax.set_xticks(ticks, [*map(str, ticks[:-1]), last_week])

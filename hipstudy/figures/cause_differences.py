"""Differences by cause as dots and lines; the same against the share of one cause."""

from typing import TYPE_CHECKING

from hipstudy.figures.style import GREY, INK, PALE, WORLD_MARKS, canvas, look, real_minus
from hipstudy.labels import WORLD_LABELS, contrast_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

# More contrasts than shades begin again, with another line.
_SHADES = ("#0072B2", "#56B4E9", "#767676", "#009E73", "#CC79A7", "#E69F00")
_TALLEST = 0.72  # of a row, however many contrasts it holds


def causes(
    frame: "DataFrame", *, margin: float, ax: "Axes | None" = None, height_mm: float = 62
) -> "Axes":
    """One row a world: difference with its interval on one axis, the prior last and set apart.

    Parameters
    ----------
    frame
        Rows of one outcome: world, contrast, estimate, ci_low, ci_high. The first contrast is
        drawn in ink, others beside it in grey tones.
    margin
        Shaded either side of zero.
    ax
        Where to draw; a new figure when None.
    height_mm
        Of a new figure.
    """
    with look():
        if ax is None:
            _, ax = canvas(height_mm)
        contrasts = list(dict.fromkeys(frame["contrast"]))
        worlds = list(dict.fromkeys(frame["world"]))
        ax.axvspan(-margin, margin, color=PALE, alpha=0.45, lw=0)
        ax.axvline(0, color=GREY, lw=0.8)
        places = {w: i + (0.5 if w == "prior" else 0) for i, w in enumerate(worlds)}
        step = min(0.24, _TALLEST / len(contrasts)) if len(contrasts) > 1 else 0
        for j, contrast in enumerate(contrasts):
            rows = frame[frame["contrast"] == contrast]
            shift = (j - (len(contrasts) - 1) / 2) * step
            for row in rows.itertuples():
                y = places[row.world] + shift
                prior = row.world == "prior"
                face = "white" if prior else _SHADES[j % len(_SHADES)]
                ax.plot([row.ci_low, row.ci_high], [y, y], color=_SHADES[j % len(_SHADES)], lw=1.6,
                        ls=(0, (2, 1.2)) if prior else "-", solid_capstyle="butt")  # fmt: skip
                ax.plot(
                    row.estimate,
                    y,
                    WORLD_MARKS[row.world],
                    color=_SHADES[j % len(_SHADES)],
                    mfc=face,
                    ms=5,
                )
        if "prior" in places:
            ax.axhline(places["prior"] - 0.75, color=PALE, lw=0.8)
        ax.set_yticks(list(places.values()), [WORLD_LABELS[w] for w in worlds])
        ax.set_ylim(max(places.values()) + 0.6, -0.6)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        ax.set_xlabel("Difference in tightness, NRS points (below 0: less tightness)")
        if len(contrasts) > 1:
            handles = [
                ax.plot([], [], color=_SHADES[j % len(_SHADES)], lw=1.6, label=contrast_label(c))[0]
                for j, c in enumerate(contrasts)
            ]
            ax.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=1,
                      frameon=False, fontsize=7.5, handlelength=1.6, borderpad=0.1)  # fmt: skip
        real_minus(ax)
        ax.set_yticks(list(places.values()), [WORLD_LABELS[w] for w in worlds])
    return ax


def break_even(frame: "DataFrame", *, margin: float, ax: "Axes | None" = None) -> "Axes":
    """Mean difference against the share of runners whose tightness follows end-range torque.

    Parameters
    ----------
    frame
        Columns share, mean, low, high.
    margin
        Shaded either side of zero.
    ax
        Where to draw; a new figure when None.
    """
    with look():
        if ax is None:
            _, ax = canvas(62, 75)
        share = frame["share"] * 100
        ax.axhspan(-margin, margin, color=PALE, alpha=0.45, lw=0)
        ax.axhline(0, color=GREY, lw=0.8)
        ax.fill_between(share, frame["low"], frame["high"], color=_SHADES[0], alpha=0.22, lw=0)
        ax.plot(share, frame["mean"], color=_SHADES[0])
        ax.set_xlim(0, 100)
        ax.set_xlabel("Runners tight from end-range torque, %")
        ax.set_ylabel("Difference in tightness, NRS points")
        ax.annotate("even", (100, 0), xytext=(-2, 2), textcoords="offset points",
                    ha="right", va="bottom", fontsize=7.5, color=INK)  # fmt: skip
        real_minus(ax)
    return ax

"""What was measured over the visits: means of arms, and runners where an arm has many."""

from collections.abc import Mapping
from functools import partial
from math import sqrt
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from pandas import DataFrame, Series

from hipstudy.arrays import Array
from hipstudy.figures import style
from hipstudy.numerals import Numerals

_HEIGHT_MM = 50
_LANES = 0.5  # of the weeks between two visits, that the lanes of all arms take
_STEP = 0.0075  # of the weeks shown, between runners with one value
_MARKS = ("o", "s", "^", "D", "v", "P", "X", "*")  # two arms of one colour are told apart by these
_LETTERS = 22  # of a name in one line
_MOST_DRAWN = 2_000  # dots that are drawn one by one; more are one picture in pixels


def measured_means(
    frame: DataFrame,
    *,
    names: Mapping[str, str],
    least: int,
    xlabel: str,
    outcome: str,
    numerals: Numerals,
    level: float = 0.95,
    are_arms: bool = True,
    height_mm: float = _HEIGHT_MM,
) -> Axes:
    """Draw means of arms with intervals over the weeks, and runners as dots beside each other.

    Parameters
    ----------
    frame
        Columns arm, week, value: one row a runner and visit; nothing ties rows of one runner. With
        a column cluster, intervals are of clusters and not of runners.
    names
        What each arm is called, in the order of the arms.
    least
        Fewest runners of every arm at a visit whose values are drawn one by one; where an arm has
        fewer, the means alone are, of all arms.
    xlabel
        Name of the axis of weeks.
    outcome
        What is measured, with its unit: it stands above the axis of values.
    numerals
        How ticks are written.
    level
        Coverage of the intervals, a share.
    are_arms
        Whether lines are arms, in their colours; if not, such as orders of arms, all are black, and
        told apart by marks and dashes.
    height_mm
        Of the picture.
    """
    import seaborn as sns

    arms, weeks = list(names), sorted(set(frame["week"]))
    span = (weeks[-1] - weeks[0]) or 1.0
    lane = _LANES * min(np.diff(weeks), default=1.0) / max(len(arms), 1)
    lane = min(lane, 0.06 * span)
    places = {arm: (i - (len(arms) - 1) / 2) * lane for i, arm in enumerate(arms)}
    palette = style.arm_colours(arms) if are_arms else dict.fromkeys(arms, style.INK)
    frame = frame.assign(x=frame["week"] + frame["arm"].map(places))
    sizes = frame.groupby(["arm", "week"])["value"].transform("size")
    runners = frame[sizes.groupby(frame["week"]).transform("min") >= least]
    with style.look():
        _, ax = style.canvas(height_mm)
        ax.set(xlabel=xlabel, ylabel=outcome)  # without names, seaborn makes all ticks
        if len(runners):
            beside = runners.groupby(["arm", "week"])["value"].transform(_beside)
            step = min(_STEP * span, lane / (2 * max(float(beside.abs().max()), 0.5) + 1))
            sns.scatterplot(
                runners.assign(x=runners["x"] + step * beside), x="x", y="value", hue="arm",
                palette=palette, legend=False, s=2.6**2, linewidth=0, alpha=0.45, ax=ax,
                rasterized=len(runners) > _MOST_DRAWN,
            )  # fmt: skip
        dashes = ("-",) if are_arms else ("-", "--", ":")
        looks = zip(arms, _MARKS * len(arms), dashes * len(arms), strict=False)
        for arm, mark, dash in looks:
            here = frame[frame["arm"] == arm]
            in_clusters = "cluster" in here
            sns.pointplot(
                here, x="x", y="value", color=palette[arm], marker=mark, linestyle=dash,
                errorbar=None if in_clusters else partial(mean_interval, level=level),
                native_scale=True, linewidth=1.2, markersize=5.5, err_kws={"linewidth": 1.6},
                zorder=3, ax=ax,
            )  # fmt: skip
            for x, visit in here.groupby("x") if in_clusters else ():
                ends = cluster_interval(visit["value"], visit["cluster"], level)
                ax.plot([x, x], ends, color=palette[arm], linewidth=1.6, zorder=3)
        ax.set_ylabel("")
        ax.set_title(outcome, loc="left")
        edge = lane * len(arms) / 2
        ax.set_xlim(weeks[0] - edge, weeks[-1] + edge)
        style.real_minus(ax, numerals)
        ax.set_xticks(weeks)
        _name_arms(ax, frame, names, palette, _HEIGHT_MM / height_mm)
    return ax


def mean_interval(values: "Series | Array", level: float = 0.95) -> tuple[float, float]:
    """Both ends of the interval of a mean, from Student's t; of one value, that value.

    Examples
    --------
    >>> low, high = mean_interval(np.array([1.0, 2.0, 3.0]))
    >>> round(low, 2), round(high, 2)
    (-0.48, 4.48)
    """
    from scipy import stats

    n, middle = len(values), float(np.mean(values))
    if n < 2:
        return middle, middle
    half = float(stats.t.ppf((1 + level) / 2, n - 1) * np.std(values, ddof=1) / sqrt(n))
    return middle - half, middle + half


def cluster_interval(values: Series, clusters: Series, level: float = 0.95) -> tuple[float, float]:
    r"""Both ends of the interval of a mean over all values, as a ratio of sums over clusters.

    Notes
    -----
    With k clusters of sizes :math:`n_c` and means :math:`\bar y_c`, the variance of the mean
    :math:`\bar y` over n values is :math:`k / (k - 1) \sum n_c^2 (\bar y_c - \bar y)^2 / n^2`, and
    Student's t has k - 1 degrees of freedom (Cochran 1977, section 9A.1). With clusters of one size
    it is the interval of the mean of their means; of one cluster there is none, but the mean.

    Examples
    --------
    >>> low, high = cluster_interval(Series([1.0, 3, 4, 6, 2, 2]), Series([*"aabbcc"]))
    >>> round(low, 2), round(high, 2)
    (-1.3, 7.3)
    """
    from scipy import stats

    middle, off = float(values.mean()), values - values.mean()
    totals = off.groupby(clusters).sum()
    k = len(totals)
    if k < 2:
        return middle, middle
    se = sqrt(k / (k - 1) * float((totals**2).sum())) / len(values)
    half = float(stats.t.ppf((1 + level) / 2, k - 1)) * se
    return middle - half, middle + half


def _beside(values: Series) -> Series:
    """Steps to the side for runners with one value, so that none hides another."""
    place = values.groupby(values).cumcount()
    return place - (values.groupby(values).transform("size") - 1) / 2


def _name_arms(
    ax: Axes,
    frame: DataFrame,
    names: Mapping[str, str],
    palette: Mapping[str, str],
    stretch: float,
) -> None:
    """Name each arm beside its last mean, in its colour; long names in several lines."""
    ends = []
    for arm, name in names.items():
        here = frame[frame["arm"] == arm]
        last = here.loc[here["week"] == here["week"].max(), "value"]
        ends.append((fill(name, _LETTERS, break_long_words=True), last.mean(), palette[arm]))
    lines = max(name.count("\n") + 1 for name, _, _ in ends)
    style.name_ends(ax, ends, gap=0.13 * lines * stretch)

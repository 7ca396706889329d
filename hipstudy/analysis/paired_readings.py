"""Readings of limbs and runners who have them both at baseline and at a visit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def limbs_at_both(frame: "pd.DataFrame", outcome: str, week: float) -> "pd.DataFrame":
    """Limbs with an outcome at baseline and at a visit: columns baseline and end, by limb."""
    import pandas as pd

    known = frame[frame[outcome].notna()].set_index(["arm", "runner", "side"])
    baseline, end = (known.loc[known["week"] == at, outcome] for at in (0, week))
    return pd.DataFrame({"baseline": baseline, "end": end}).dropna()


def limbs_with_end(frame: "pd.DataFrame", outcome: str, week: float) -> "pd.DataFrame":
    """``limbs_at_both``, and the limbs at the end of runners who have no such limb.

    A column more, no_baseline: 1 for these, whose baseline is the mean over the others' means, of
    the arms in the frame; else 0. Of runners with a row at baseline.
    """
    import pandas as pd

    both = limbs_at_both(frame, outcome, week)
    begun = frame.loc[frame["week"] == 0, "runner"]
    end = frame[(frame["week"] == week) & frame[outcome].notna() & frame["runner"].isin(begun)]
    more = end[~end["runner"].isin(both.index.get_level_values("runner"))]
    more = more.set_index(["arm", "runner", "side"])[[outcome]].rename(columns={outcome: "end"})
    mean = both["baseline"].groupby("runner").mean().mean()
    parts = [both.assign(no_baseline=0.0), more.assign(baseline=mean, no_baseline=1.0)]
    return pd.concat([part for part in parts if len(part)] or parts).sort_index()


def runner_changes(frame: "pd.DataFrame", outcome: str, week: float) -> "pd.Series":
    """Change of every runner from baseline to a visit, by arm and runner.

    The mean over the limbs that have both values, as in ANCOVA: a limb that was measured at one of
    them only would add what differs between limbs to what changed.
    """
    both = limbs_at_both(frame, outcome, week)
    return (both["end"] - both["baseline"]).groupby(["arm", "runner"]).mean()

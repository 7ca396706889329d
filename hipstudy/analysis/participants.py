"""Who is in a cohort file: flow, baseline, what is missing, harms, own stretching.

Tables are tidy frames of numbers; ``shown`` makes text of them. Who came how far, what is missing
and harms are counted as they are: every report of a trial must have them. Of characteristics
(``table_1``, ``own_stretching``) ``few`` hides what would tell about few runners, unless the owner
of the data asks for all. No runner is named or numbered.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from hipstudy.analysis.designs.plan_rules import WITHIN
from hipstudy.analysis.disclosure import Row, least, runners_revealed, table
from hipstudy.analysis.imputation import runner_means
from hipstudy.analysis.long_to_arrays import from_frame
from hipstudy.analysis.missing_baseline import baseline_or_mean
from hipstudy.analysis.missing_methods import AS_MODELLED
from hipstudy.analysis.mixed import fitted
from hipstudy.analysis.plan import AnalysisPlan
from hipstudy.cohort_file.schema import FAMILY, columns, find, outcomes
from hipstudy.model.cohort import SIDES

if TYPE_CHECKING:
    from pandas import DataFrame

HARMS = ("adverse_event", "anterior_hip_pain")
TRAITS = ("age_y", "mass_kg")
OWN = "own_stretching_min_wk"
# What tells who a row is about, and not that anybody came.
_NOT_OF_A_VISIT = frozenset({"runner_id", "side", "arm", "week", "sex", *TRAITS})
_MOST_OF = 0.5  # of the runners: so many came at a visit that was planned
SEXES = {"F": "women", "M": "men", "": "sex_unknown"}


def tidy_rows(observations: "DataFrame") -> "DataFrame":
    """Every column of the format, rows of a visit only, a runner's one arm in each of them."""
    names = dict.fromkeys((*observations, "runner", *(n for n in columns() if n != FAMILY)))
    frame = observations.reindex(columns=list(names))
    if "week" not in observations:
        frame["week"] = 0.0
    frame = frame[frame["week"].notna()].sort_values(["runner", "week", "side"])
    by_runner = frame.groupby("runner")["arm"]
    only = by_runner.transform("first").where(by_runner.transform("nunique") == 1)
    return frame.assign(arm=frame["arm"].fillna(only))


def rows_of_enrolled(frame: "DataFrame", plan: AnalysisPlan) -> "DataFrame":
    """Rows of runners who have an arm and were seen at baseline, of legs with arms of that leg."""
    keys = ["runner", "arm"] if plan.design == WITHIN else ["runner"]
    begun = (frame["week"] == 0).groupby([frame[key] for key in keys]).transform("any")
    return frame[frame["arm"].notna() & begun.eq(True)]


def arms_in_order(frame: "DataFrame", plan: AnalysisPlan | None = None) -> list[str]:
    """Treatment and control first, then the others by name."""
    arms = sorted(set(frame["arm"].dropna()))
    first = [arm for arm in plan.arms if arm in arms] if plan else []
    return list(dict.fromkeys((*first, *arms)))


def rows_with_values(frame: "DataFrame", plan: AnalysisPlan) -> "DataFrame":
    """Rows of visits that took place: a row with nothing but a reason for loss is of none."""
    told = [name for name in columns() if name not in _NOT_OF_A_VISIT and name != FAMILY]
    names = [name for name in (*told, *plan.outcomes, *_hagos(frame)) if name in frame]
    return frame[frame[names].notna().any(axis=1)]


def visit_weeks(frame: "DataFrame", plan: AnalysisPlan) -> list[float]:
    """Weeks after baseline that the plan has for visits, else those at which enough runners came.

    The plan's week is always one. Where weeks are counted from dates, most runners have to have
    come: people who are a few days early or late are spread over weeks that nobody planned.
    """
    if plan.planned_visits:
        return list(plan.planned_visits)
    came = frame[frame["week"] > 0].groupby("week")["runner"].nunique()
    enough = max(least(), _MOST_OF * _runners(frame)) if plan.date else least()
    return sorted({float(plan.week), *came.index[came >= enough]})


def outcomes_with_values(frame: "DataFrame", plan: AnalysisPlan) -> list[str]:
    """Outcomes, those that the plan declares, and HAGOS subscales of which anybody has a value."""
    own = [name for name in plan.outcomes if name in frame]
    names = dict.fromkeys((*outcomes(), *own, *_hagos(frame)))
    return [name for name in names if frame[name].notna().any()]


def has_limbs(frame: "DataFrame", plan: AnalysisPlan) -> bool:
    """Whether anybody has a value of an outcome that is of a limb."""
    names = [name for name in outcomes() if name in frame and frame[name].notna().any()]
    own = [name for name in plan.outcomes if name in frame]
    return bool(names) or not all(map(plan.is_of_person, own or [plan.primary]))


def _hagos(frame: "DataFrame") -> list[str]:
    return [name for name in map(str, frame) if name.startswith(FAMILY)]


def _runners(frame: "DataFrame") -> int:
    return frame["runner"].nunique()


def _yes(frame: "DataFrame", name: str) -> tuple[int, float]:
    """Runners of whom it is recorded after baseline, and of whom it is true; NaN for none asked."""
    recorded = frame[(frame["week"] > 0) & frame[name].notna()]
    n = _runners(recorded[recorded[name].astype(bool)])
    return _runners(recorded), n if len(recorded) else np.nan


def _analysed(enrolled: "DataFrame", arm: str, plan: AnalysisPlan) -> int:
    """Runners of an arm whom the planned analysis of it and the control is fitted to."""
    treatment = plan.treatment if arm == plan.control else arm
    question = plan.question(plan.primary, treatment)
    layout = from_frame(enrolled, question)
    if plan.missing != AS_MODELLED:
        analysed = runner_means(layout, plan.missing).rows
    else:
        limbs = baseline_or_mean(layout).both if plan.analysis == "ancova" else fitted(layout)
        analysed = limbs[0].any(axis=-1)
    of_arm = layout.control if arm == plan.control else layout.treated == 1
    return int((analysed & of_arm[0]).sum())


def flow(
    observations: "DataFrame", plan: AnalysisPlan, analysed: Mapping[str, int] | None = None
) -> "DataFrame":
    """How many runners came so far, by arm.

    Columns: arm (empty: the whole file), stage, week, n, instead. Stages: ``in_file``,
    ``no_baseline``, ``no_arm``; in each arm ``baseline``, ``seen`` (a visit at which enough runners
    came), ``outcome_one`` and ``outcome_both`` (the primary outcome at the plan's week on a limb at
    least, on both), ``stopped`` (the exercise, by any visit), ``analysed`` (whom the planned
    analysis is fitted to; where arms are not groups of runners, ``analysed`` has them by arm).
    """
    frame = tidy_rows(observations)
    begun = frame["runner"].isin(frame.loc[frame["week"] == 0, "runner"])
    whole_file = {
        "in_file": _runners(frame),
        "no_baseline": _runners(frame[~begun]),
        "no_arm": _runners(frame[begun & frame["arm"].isna()]),
    }
    rows = [Row(("", stage, np.nan, n), n) for stage, n in whole_file.items()]
    enrolled = rows_of_enrolled(frame, plan)
    visits = visit_weeks(enrolled, plan)
    present = rows_with_values(enrolled, plan)
    for arm in arms_in_order(enrolled, plan):
        here, came = (rows[rows["arm"] == arm] for rows in (enrolled, present))
        end = here[(here["week"] == plan.week) & here[plan.primary].notna()]
        limbs = end.groupby("runner")["side"].nunique()
        n_in_model = _analysed(enrolled, arm, plan) if analysed is None else analysed.get(arm, 0)
        counts = [
            ("baseline", 0, _runners(here)),
            *(("seen", week, _runners(came[came["week"] == week])) for week in visits),
            ("outcome_one", plan.week, len(limbs)),
            ("outcome_both", plan.week, int((limbs == len(SIDES)).sum())),
            ("stopped", np.nan, _yes(here, "stopped_exercise")[1]),
            ("analysed", plan.week, n_in_model),
        ]
        rows += [Row((arm, *count), count[-1]) for count in counts]
    return table(rows, "arm stage week n", small_cells=True)


def cluster_flow(
    observations: "DataFrame", plan: AnalysisPlan, analysed: Mapping[str, int]
) -> "DataFrame":
    """How many clusters came so far, by arm; of a plan without clusters no row.

    Columns: arm, stage, week and n_clusters, the first three as in ``flow``. A cluster is there
    while one of its runners is; ``analysed`` has the clusters of each arm that are in the model.
    """
    import pandas as pd

    columns = ["arm", "stage", "week", "n_clusters"]
    if not plan.cluster:
        return pd.DataFrame(columns=columns)
    frame = tidy_rows(observations)
    names = frame.groupby("runner")[plan.cluster].first()
    frame = frame.assign(cluster=frame["runner"].map(names))
    rows: list[tuple[str, str, float, int]] = [("", "in_file", np.nan, frame["cluster"].nunique())]
    enrolled = rows_of_enrolled(frame, plan)
    for arm in arms_in_order(enrolled, plan):
        here = enrolled[enrolled["arm"] == arm]
        rows.append((arm, "baseline", 0.0, here["cluster"].nunique()))
        rows += [
            (arm, "seen", week, here.loc[here["week"] == week, "cluster"].nunique())
            for week in visit_weeks(enrolled, plan)
        ]
        end = here[(here["week"] == plan.week) & here[plan.primary].notna()]
        rows.append((arm, "outcome_one", float(plan.week), end["cluster"].nunique()))
        rows.append((arm, "analysed", float(plan.week), analysed.get(arm, 0)))
    return pd.DataFrame(rows, columns=columns)


def table_1(
    observations: "DataFrame", plan: AnalysisPlan, *, small_cells: bool = False
) -> "DataFrame":
    """Runners at baseline, by arm; differences between arms are not tested.

    Columns: arm, item, unit, n (runners, or limbs), share (of the arm's runners), mean, sd (over
    runners' means), instead. Items: ``clusters`` where the plan has them, ``runners``, ``limbs``,
    ``women``, ``men``, ``sex_unknown``, ``age_y``, ``mass_kg`` and every measured outcome.
    """
    frame = rows_of_enrolled(tidy_rows(observations), plan)
    first = frame[frame["week"] == 0]
    names, rows = [*TRAITS, *outcomes_with_values(first, plan)], []
    for arm in arms_in_order(first, plan):
        here = first[first["arm"] == arm]
        # The flow has these two as well: they are hidden nowhere.
        sizes = {"runners": _runners(here)}
        if has_limbs(frame, plan):
            sizes["limbs"] = len(here)
        if plan.cluster:
            sizes = {"clusters": here[plan.cluster].nunique()} | sizes
        rows += [Row((arm, item, "", n, *(np.nan,) * 3), 0) for item, n in sizes.items()]
        rows += _sexes(here, arm)
        for name in names:
            values = here.groupby("runner")[name].mean().dropna()
            moments = (len(values), np.nan, values.mean(), values.std())
            column = find(name)
            unit = plan.unit(name) if name in plan.outcomes else column.unit if column else ""
            rows.append(Row((arm, name, unit, *moments), len(values) or np.nan))
    return table(rows, "arm item unit n share mean sd", small_cells=small_cells)


def _sexes(frame: "DataFrame", arm: str) -> list[Row]:
    sexes = frame.groupby("runner")["sex"].first().astype(object).fillna("")
    if sexes.eq("").all():
        return [Row((arm, "women", "", *(np.nan,) * 4), np.nan)]
    counts = {item: int((sexes == code).sum()) for code, item in SEXES.items()}
    whole = len(sexes)
    return [
        Row((arm, item, "", n, n / whole, np.nan, np.nan), runners_revealed(n, whole), f"sex {arm}")
        for item, n in counts.items()
        if n or item != "sex_unknown"
    ]


def missing(observations: "DataFrame", plan: AnalysisPlan) -> "DataFrame":
    """Share of an arm's runners without an outcome on any limb, at each visit.

    Columns: outcome, arm, week, n, share, of (the arm's runners at baseline), instead.
    """
    rows = [
        Row((outcome, arm, week, n := int((~has[week]).sum()), n / len(has), len(has)), len(has))
        for outcome, arm, has in _present(observations, plan)
        for week in has
    ]
    return table(rows, "outcome arm week n share of", small_cells=True)


def _present(
    observations: "DataFrame", plan: AnalysisPlan
) -> Iterator[tuple[str, str, "DataFrame"]]:
    """Of each measured outcome and arm: whether a runner has it on any limb, by visit."""
    frame = rows_of_enrolled(tidy_rows(observations), plan)
    weeks = [0.0, *visit_weeks(frame, plan)]
    for outcome in outcomes_with_values(frame, plan):
        for arm in arms_in_order(frame, plan):
            here = frame[frame["arm"] == arm]
            has = here[outcome].notna().groupby([here["runner"], here["week"]]).any().unstack()
            yield outcome, arm, has.reindex(columns=weeks).fillna(False).astype(bool)


def patterns(observations: "DataFrame", plan: AnalysisPlan) -> "DataFrame":
    """How an outcome is missing: runners by pattern over the visits.

    Columns: outcome, arm, pattern, week, n, instead. Patterns: ``complete``; ``lost`` from the
    visit in ``week`` on; ``intermittent`` (a gap before a value, at a visit or in another week);
    ``never``.
    """
    rows = []
    frame = tidy_rows(observations)
    for outcome, arm, has in _present(observations, plan):
        weeks = [float(week) for week in has]
        known = frame[frame[outcome].notna()]
        if plan.design == WITHIN:  # a value of the other leg is none of this one
            known = known[known["arm"] == arm]
        last = known.groupby("runner")["week"].max().reindex(has.index)
        ends = zip(has.to_numpy(), last, strict=True)
        seen = [_pattern(list(row), weeks, end) for row, end in ends]
        lost_from = [("lost", week) for week in weeks[1:]]
        kinds = (("complete", None), *lost_from, ("intermittent", None), ("never", None))
        rows += [Row((outcome, arm, *kind, seen.count(kind)), seen.count(kind)) for kind in kinds]
    return table(rows, "outcome arm pattern week n", small_cells=True)


def _pattern(has: list[bool], weeks: list[float], last: float) -> tuple[str, float | None]:
    """Pattern of a runner with values at some of the visits, and a last one in week ``last``."""
    n = sum(has)
    if n == len(has):
        return "complete", None
    if not n and not last > 0:
        return "never", None
    is_lost = n > 0 and all(has[:n]) and last < weeks[n]
    return ("lost", weeks[n]) if is_lost else ("intermittent", None)


def harms(
    observations: "DataFrame", plan: AnalysisPlan, kinds: tuple[str, ...] = HARMS
) -> "DataFrame":
    """Runners with anything unwanted after baseline; everybody who has an arm counts.

    Columns: arm, harm, n (with any), of (runners of whom it is recorded), instead.
    """
    frame = tidy_rows(observations)
    rows = []
    for arm in arms_in_order(frame, plan):
        for harm in kinds:
            of, n = _yes(frame[frame["arm"] == arm], harm)
            rows.append(Row((arm, harm, n, of), n))
    return table(rows, "arm harm n of", small_cells=True)


def own_stretching(observations: "DataFrame", *, small_cells: bool = False) -> "DataFrame":
    """Stretching that nobody prescribed, minutes a week of a hip, at each visit.

    Columns: arm, week, n (runners of whom it is recorded), mean, sd (over runners' means), instead.
    """
    frame = tidy_rows(observations)
    rows = []
    for arm in arms_in_order(frame):
        here = frame[(frame["arm"] == arm) & frame[OWN].notna()]
        for week, visit in here.groupby("week"):
            values = visit.groupby("runner")[OWN].mean()
            rows.append(Row((arm, week, len(values), values.mean(), values.std()), len(values)))
        if here.empty:
            rows.append(Row((arm, *(np.nan,) * 4), np.nan))
    return table(rows, "arm week n mean sd", small_cells=small_cells)

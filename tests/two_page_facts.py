"""What the first two pages say in numbers is what the files beside them hold, rounded.

Each passage has few numbers that it may say: an estimate, its ends, a margin. Any other is wrong.
"""

import io
import math
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd
from files_read_back import numbers

from hipstudy import show
from hipstudy.analysis.designs.clusters import cluster_sizes
from hipstudy.model.causes import WORLDS
from hipstudy.pages.cohort_report.design_front import first_week
from hipstudy.parameters import number as parameter
from hipstudy.studies.responder_sources import TOTAL, parts_of_ten


def file(one, name):
    return pd.read_csv(io.StringIO(one.files[f"tables/{name}.csv"]))


def passage(one, begins):
    """The text of the two pages that begins so."""
    (found,) = (
        shown.markdown
        for is_detail, shown in one.shown
        if not is_detail and isinstance(shown, show.Text) and shown.markdown.startswith(begins)
    )
    return found


def _rounded(value, digits):
    """Without its sign, a half up, as it is printed."""
    if not math.isfinite(value):
        return ""
    step = Decimal(1).scaleb(-digits)
    return f"{Decimal(repr(abs(float(value)))).quantize(step, ROUND_HALF_UP):f}"


def unfounded(text, values):
    """Numbers with decimals in a text that are no rounding of any of the values, signs aside.

    Examples
    --------
    >>> unfounded("0.27 less (0.08 to 0.61), week 12; 0.28 less", [-0.271, 0.08, -0.6149])
    ['0.28']
    """
    return [
        said
        for said in numbers(text)
        if "." in said
        and said not in {_rounded(value, len(said.partition(".")[2])) for value in values}
    ]


def ends_of(rows):
    return [end for column in ("estimate", "ci_low", "ci_high") for end in rows[column]]


def rounded_up(points):
    return math.ceil(round(abs(points) * 100, 6)) / 100


def of_comparison(one):
    """By cause, what it costs, and who would notice: from effects.csv and noticed.csv."""
    effects = file(one, "effects")
    effects = effects[effects["contrast"] == " - ".join(one.study.primary)].set_index("outcome")
    by_cause = effects[effects["world"].isin(WORLDS)]
    tightness = ends_of(by_cause.loc[["tightness_nrs"]])
    costs = ends_of(by_cause.loc[["discomfort_nrs", "soreness_nrs"]])
    minutes = [one.study.design.arm(arm).clock_min_wk for arm in one.study.primary]
    # Of another contrast, how far behind a shorter arm ends, and of every week, how sore.
    costs += map(rounded_up, _ends_behind(one))
    costs += _soreness_apart(one)
    felt = file(one, "noticed").set_index(["arm", "criterion"])
    parts = felt.xs("points", level="criterion").loc[list(one.study.primary)]
    sums = [*parts.sum(axis=1), *parts.to_numpy().ravel(), one.study.settings.mcid_nrs]
    sums += [*parts.sum(axis=1).diff(), 0.1]  # their gap, or that it is under that
    sums += [end for arm in one.study.primary
             for ten in [parts_of_ten(one.study, arm, "points")[TOTAL]]
             for end in (ten.low, ten.high)]  # fmt: skip
    allowed = {
        # A bound within which bands stay is rounded up.
        "**By cause.**": [*tightness, *map(rounded_up, tightness), parameter("margin_small_nrs")],
        "**Cost.**": [*costs, *minutes],
        "**Of 10 runners**": sums,
    }
    return [
        (begins, said)
        for begins, values in allowed.items()
        for said in unfounded(passage(one, begins), values)
    ]


def _ends_behind(one):
    """How much more tightness other arms leave than a primary one, the most of the causes."""
    rows = file(one, "trajectories")
    rows = rows[(rows["outcome"] == "tightness_nrs") & rows["world"].isin(WORLDS)]
    last = rows[rows["week"] == one.study.design.weeks].pivot(
        index="world", columns="arm", values="mean"
    )
    return [(last[arm] - last[other]).max() for arm in last for other in one.study.primary]


def _soreness_apart(one):
    """Differences of the primary arms in soreness, week by week, either way."""
    rows = file(one, "trajectories")
    rows = rows[(rows["outcome"] == "soreness_nrs") & rows["world"].isin(WORLDS)]
    weeks = rows.pivot(index=["world", "week"], columns="arm", values="mean")
    treatment, control = one.study.primary
    return list(weeks[treatment] - weeks[control])


def of_trials_elsewhere(one):
    """The first sentence and the passage on its trials: from outside.csv, or the model's answer."""
    rows = file(one, "outside")
    main = rows[rows["variant"] == "with_nulls"]
    # A contrast without trials that reported no number has none to add.
    others = rows[~rows["class"].isin(main["class"])]
    main = pd.concat([main, others[others["variant"] == "reported"]])
    effects = file(one, "effects").set_index("outcome").loc[["tightness_nrs"]]
    effects = effects[effects["contrast"] == " - ".join(one.study.primary)]
    values = [*ends_of(main), *main["pi_low"].dropna(), *main["pi_high"].dropna()]
    values += [*ends_of(effects), parameter("margin_small_nrs")]
    (answer,) = one.all_shown(show.Answer)
    begins = "**Of those trials**"
    texts = [text.markdown for is_detail, text in one.shown
             if not is_detail and isinstance(text, show.Text)]  # fmt: skip
    said = " ".join([answer.sentence, *(text for text in texts if text.startswith(begins))])
    return unfounded(said, values)


def of_measured_effect(one):
    """The answer and what it rests on: from the row of effects.csv that the plan asks for."""
    plan = one.study.plan
    effects = file(one, "effects").set_index(["outcome", "model"])
    row = effects.loc[[(plan.primary, one.study.model)]]
    row = row[row["week"] == plan.week]
    (answer,) = one.all_shown(show.Answer)
    values = [*ends_of(row), *row["p"].dropna(), plan.margin, one.study.settings.mcid_nrs]
    if plan.design == "clusters":
        sizes = cluster_sizes(one.study.observations, one.study.question)
        values += [sizes.icc, max(sizes.icc_low, 0.0), sizes.icc_high]
    return unfounded(f"{answer.sentence} {answer.basis}", values)


def of_results_by_arm(one):
    """Means, SDs and differences, each in its own row: from results.csv and effects.csv."""
    plan = one.study.plan
    results = file(one, "results").set_index(["outcome", "arm", "week"])
    effects = file(one, "effects")
    effects = effects[effects["week"] == plan.week].set_index(["outcome", "model"])
    (table,) = one.all_shown(show.Table, "results")
    outcomes = list(dict.fromkeys([plan.primary, *plan.secondary]))
    measured = results.index.get_level_values("outcome")
    both = [(outcome, arm) for outcome in outcomes if outcome in measured
            for arm in plan.arms]  # fmt: skip
    rows = [list(map(str, row)) for row in table.frame.iloc[:, -3:].to_numpy()]
    first = first_week(one.study)
    found = [] if len(rows) == len(both) else [f"{len(rows)} rows, {len(both)} outcomes of arms"]
    for (outcome, arm), (baseline, end, difference) in zip(both, rows, strict=False):
        of_cells = [(baseline, _spread(results, (outcome, arm, first)))]
        of_cells += [(end, _spread(results, (outcome, arm, float(plan.week))))]
        if numbers(difference):
            of_cells.append((difference, ends_of(effects.loc[[(outcome, one.study.model)]])))
        found += [(outcome, arm, said) for text, values in of_cells
                  for said in unfounded(text, values)]  # fmt: skip
    return found


def _spread(results, key):
    return [*results.loc[key, ["mean", "sd"]]] if key in results.index else []


def of_since(one):
    """What the box says of the main difference then and of its parts: from since.csv."""
    if not one.study.settings.since:
        return []
    row = file(one, "since").iloc[0]
    parts = ("new_data", "edited_data", "settings", "code", "noise")
    return unfounded(passage(one, "> **"), [row["then"], *(row[name] for name in parts)])


ENOUGH_SHARE = 0.8  # of what the most sets do


def of_one_more_session(one):
    """The answer has the numbers of the table below it, or of the margin, and no other."""
    (table,) = one.all_shown(show.Table, "one-more-session")
    (answer,) = one.all_shown(show.Answer)
    held = numbers(" ".join(map(str, table.frame.iloc[:, -1])))
    values = [*map(float, held), parameter("margin_small_nrs")]
    return unfounded(answer.sentence, values)


def of_enough(one):
    """How many sets are enough, by shape: from enough.csv, as whole sets."""
    table = one.all_shown(show.Table, "enough-in-short")
    if not table:
        return []
    rows = file(one, "enough")
    rows = rows[rows["share"] == ENOUGH_SHARE]
    found = []
    for _, row in table[0].frame.iterrows():
        for shape in ("Saturating", "Linear", "Threshold"):
            of_shape = rows[rows["shape"] == shape.lower()]
            held = {tuple(f"{end:.0f}" for end in ends)
                    for ends in of_shape[["weekly_sets", "low", "high"]].to_numpy()}  # fmt: skip
            said = tuple(numbers(str(row[shape])))
            if len(said) == 3 and said not in held:
                found.append((row["Outcome"], shape, said))
    return found


CHECKS = {
    "compare": (of_comparison, of_trials_elsewhere),
    "cohort": (of_measured_effect, of_results_by_arm, of_since),
    "evidence": (),
    "dose": (of_one_more_session, of_enough),
}

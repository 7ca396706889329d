"""Which fields of a plan go together with which design, in the words of a refusal."""

from collections.abc import Collection

from hipstudy.cohort_file.schema import find

HALF_WEEK = 0.5  # a date is of the nearest whole week, three days either way

PARALLEL, WITHIN, CROSSOVER, CLUSTERS, SINGLE = DESIGNS = (
    "parallel",
    "within-person",
    "crossover",
    "clusters",
    "single-arm",
)


def control_rule(design: str, control: str) -> str:
    """Why a control does not go with a design, or is needed; empty where it is well."""
    if design == SINGLE:
        return "single-arm has no control: leave it out" if control else ""
    return "" if control else "this field is needed, unless design is single-arm"


def analysis_rule(design: str, analysis: str) -> str:
    """Why an analysis that a plan names does not go with its design; empty where it does."""
    if design == SINGLE:
        return "single-arm has the mean change and nothing to compare it with: leave analysis out"
    if design in (WITHIN, CROSSOVER) and analysis != "ancova":
        return f"{design} compares within runners, by least squares: write ancova, or leave it out"
    return ""


def margin_kind_rule(design: str) -> str:
    """Why a design has nothing that a margin is asked about; empty where it has a difference."""
    return "single-arm compares nobody: nothing is held against a margin" * (design == SINGLE)


def groups_rule(design: str) -> str:
    """Why what is asked of groups of runners does not go with a design; empty where it does."""
    return "" if design == PARALLEL else f"{design} has no such field: it is for parallel"


def imputing_rule(design: str, analysis: str) -> str:
    """Why missing ends are not imputed under a design or by an analysis; empty where they are."""
    if design != PARALLEL:
        return f"missing ends are imputed for parallel alone; it is {design}: leave missing out"
    if analysis != "ancova":
        return f"imputed files are compared by ANCOVA; analysis is {analysis}: leave one out"
    return ""


def adjusting_rule(design: str, names: Collection[str]) -> str:
    """Why a design is not adjusted for covariates; empty where it is."""
    if not names or design in (PARALLEL, CLUSTERS):
        return ""
    if design == SINGLE:
        return "single-arm compares nobody: there is nothing to adjust for"
    return f"{design} compares arms within a runner: what is the same in both falls out"


def cluster_rule(design: str, cluster: str) -> str:
    """Why a column of clusters does not go with a design, or is needed; empty where it is well."""
    if design == CLUSTERS:
        return "" if cluster else "clusters needs the column that says who belongs together"
    return f"a column of clusters is for design = clusters; it is {design}" if cluster else ""


def of_persons_rule(design: str, names: Collection[str]) -> str:
    """Why outcomes of persons do not go with a design; empty where they do."""
    if design != WITHIN or not names:
        return ""
    return f"within-person compares limbs; one value a person: {', '.join(names)}"


def contrasts_rule(contrasts: Collection[tuple[str, str]], primary: frozenset[str]) -> str:
    """Why further contrasts are none; empty where they are. ``primary`` is of the first's arms."""
    pairs = [frozenset(pair) for pair in contrasts]
    rules = []
    if any(len(pair) == 1 for pair in pairs):
        rules.append("a contrast is of two arms")
    if primary in pairs:
        rules.append("treatment and control are the primary contrast: the others stand here")
    if len(set(pairs)) < len(pairs):
        rules.append("each contrast stands there once")
    return "; ".join(rules)


def visits_rule(visits: Collection[int], window_weeks: float) -> str:
    """Why planned visits are none, or do not go with a window; empty where it is well."""
    if len(set(visits)) < len(visits):
        return "each visit stands there once"
    if visits and 2 * window_weeks >= min(visits):
        half = f"{min(visits) / 2:g}"
        return f"window_weeks below {half} for week {min(visits)}: no visit nearer to baseline"
    return ""


def date_rule(date: str, window_weeks: float) -> str:
    """Why a column of dates is none, or does not go with a window; empty where it is well."""
    if date and find(date) is not None:
        return "this column of the format has no dates; dates stand in one of your own"
    if date and 0 < window_weeks < HALF_WEEK:
        return f"by dates a window is {HALF_WEEK:g} weeks or more: a date is of its nearest week"
    return ""

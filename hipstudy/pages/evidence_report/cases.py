"""Where the model meets published trials: the score, the forest, and every miss in a sentence."""

from hipstudy import figures, show
from hipstudy.evidence import validation as model
from hipstudy.evidence.number_basis import CLOSING
from hipstudy.evidence.trials import HIT, MISS, Case, citation, second_hand
from hipstudy.evidence.trials import shipped as shipped_cases
from hipstudy.evidence.validation import CaseResult
from hipstudy.labels import format_number, interval, percent
from hipstudy.model.causes import WORLDS
from hipstudy.pages.shared import factor_label
from hipstudy.parameters import shipped
from hipstudy.studies.evidence_study import EvidenceStudy
from hipstudy.studies.sensitivity import strongest, tightness

# outcome -> words of its axis, where it is not counted in standard deviations or as a ratio
_AXES = {
    "thomas_ext_deg": "Range of hip extension",
    "torque_nm_kg": "Torque of the hip flexors",
    "peak_torque_angle_ext_deg": "Angle of peak torque",
    "soreness_nrs": "Soreness",
    "torque_missing_pct": "Torque",
}
_SHARED = {
    "SD": "Effect, standard deviations",
    "ratio": "Ratio or share",
    "%": "Torque or reserve, % changed or missing",
}
_HOW = {"read": "read", "derived": "derived", "rule": "by rule"}


def answer(study: EvidenceStudy) -> show.Answer:
    """The score in one sentence, three numbers, and what they rest on."""
    inside = model.score(study.findings, "calibration")
    tested = model.score(study.findings, "validation")
    alone = model.score(study.findings, "validation", independent=True)
    top = strongest(study.driven, tightness(WORLDS[0]), 1).iloc[0]
    all_ = "all" if inside.hits == inside.trials else f"{inside.hits} of"
    sentence = (
        f"The model meets {tested} published trials and reviews that test it, and {all_} "
        f"{inside.trials} that set its numbers, which is no test."
    )
    tests = f"trials that test the model, each counted once: {model.HIT_RULE}"
    sets = "trials that set a number, hits by the same rule"
    most = (
        "of the variance of the difference in tightness, if end-range torque is the cause, goes "
        f"with “{factor_label(top.factor)}”, more than with any other number"
    )
    band = f"95 % interval {percent(top.total_low)} to {percent(top.total_high)}"
    numbers = (
        (str(tested), f"{alone} of those by which no number was chosen", tests),
        (str(inside), "calibration, kept apart", sets),
        (percent(top.total), band, most),
    )
    basis = (
        f"{len(study.findings)} cases; no paper was read in full, and a case by rule says less "
        "than one with an interval. What was found in stored pages is no systematic review. "
        f"Nothing is fitted here. {CLOSING}"
    )
    return show.Answer(sentence, numbers, basis)


def own(study: EvidenceStudy) -> show.Text:
    """Which cases were added by a file of one's own; empty where none was."""
    added = [f.case.name for f in study.findings if f.case not in shipped_cases()]
    if not added:
        return show.Text("")
    return show.Text(f"Added by a file of one's own: {show.escape(', '.join(added))}.")


def _label(case: Case) -> str:
    return case.name.replace("_", " ").capitalize()


def _axis(case: Case) -> str:
    shared = _SHARED.get(case.unit)
    return shared or f"{_AXES.get(case.outcome, case.outcome)}, {case.unit}"


def forest(study: EvidenceStudy) -> show.Figure:
    """Predicted against published, every case."""
    frame = model.frame(study.findings)
    cases = [f.case for f in study.findings]
    frame["panel"] = [_axis(case) for case in cases]
    frame["label"] = [_label(case) for case in cases]
    frame["hit"] = frame["verdict"] != MISS
    frame["sets"] = frame["role"] == "calibration"
    order = {panel: i for i, panel in enumerate(dict.fromkeys(frame["panel"]))}
    frame = frame.sort_values("panel", key=lambda names: names.map(order), kind="stable")
    axs = figures.forest(frame)
    said = "; ".join(
        f"{_label(f.case)}: modelled {_predicted(f)}, published {_published(f.case)}, {f.verdict}"
        for f in study.findings
    )
    caption = (
        "Grey: where a prediction has to lie, the published interval or the rule where none was "
        "read; paler and up to the edge where it has no end. Tick: the published estimate. Dot: "
        "modelled, every parameter at its value; line: 95 % band over draws of the parameters. "
        "Squares set a number of the model, circles test it; open and orange is a miss. Modelled "
        "is one person on the norm who does every session."
    )
    return show.Figure(axs[0].figure, caption, f"Modelled against published. {said}.", "forest")


def _digits(unit: str) -> int:
    return 1 if unit in ("deg", "%") else 2


def _ends(low: float | None, high: float | None, n: int) -> str:
    if low is None:
        return f"{format_number(high, n)} or less"
    return (
        f"{format_number(low, n)} or more"
        if high is None
        else f"{format_number(low, n)} to {format_number(high, n)}"
    )


def _published(case: Case) -> str:
    n = _digits(case.unit)
    ends = _ends(case.low, case.high, n)
    return ends if case.estimate is None else f"{format_number(case.estimate, n)} ({ends})"


def _predicted(found: CaseResult) -> str:
    return interval(found.predicted, found.low, found.high, _digits(found.case.unit))


def _cited(case: Case) -> str:
    return f"{citation(case)}{', second-hand' if second_hand(case) else ''}"


def _table(findings: list[CaseResult]) -> dict[str, list[str]]:
    return {
        "Case": [f.case.title for f in findings],
        "Citation": [_cited(f.case) for f in findings],
        "Published": [f"{_published(f.case)}, {_HOW[f.case.interval]}" for f in findings],
        "Modelled": [_predicted(f) for f in findings],
        "Unit": [f.case.unit for f in findings],
    }


def calibration(study: EvidenceStudy) -> show.Table:
    """Cases that set a number: which, and the value at which each turns red."""
    import pandas as pd

    findings = [f for f in study.findings if f.case.role == "calibration"]
    columns = _table(findings)
    columns["Sets; red at"] = [_sets(f.case) for f in findings]
    columns["Verdict"] = ["inside" if f.case.holds(f.predicted) else "OUTSIDE" for f in findings]
    caption = (
        "Calibration: trials that set a number of the model, which they must therefore meet; this "
        "is no test. Red at: a value of the number at which the case would be outside; those "
        "marked * are outside the number's own spread."
    )
    return show.Table(pd.DataFrame(columns), caption, "calibration", align=_left(columns))


def _left(columns: dict[str, list[str]]) -> dict[str, str]:
    return {name: "left" for name in columns if name in ("Published", "Modelled")}


def _sets(case: Case) -> str:
    if not case.sets:
        return "a form, no number"
    return "; ".join(
        f"“{shipped()[name].label}”, {case.red_at[name]:g}{_outside(name, case.red_at[name])}"
        for name in case.sets
    )


def _outside(name: str, value: float) -> str:
    row = shipped()[name]
    return "" if row.low <= value <= row.high else "*"


def validation(study: EvidenceStudy) -> show.Table:
    """Cases that test the model, with the verdict that is stored."""
    import pandas as pd

    findings = [f for f in study.findings if f.case.role == "validation"]
    columns = _table(findings)
    columns["Verdict"] = [_verdict(f) for f in findings]
    hits = sum(f.verdict == HIT for f in findings)
    columns["Chosen with it in view"] = [
        ", ".join(shipped()[name].label for name in f.case.seen) or "nothing" for f in findings
    ]
    score = model.score(study.findings, "validation")
    caption = (
        f"Validation: trials that test the model; {hits} of {len(findings)} cases are hits, and "
        f"{score} trials: {model.HIT_RULE}. A number chosen with a trial in view makes that trial "
        "less of a test. Verdicts are stored in data/trials.toml; one that changes is said in the "
        "changelog."
    )
    return show.Table(pd.DataFrame(columns), caption, "validation", align=_left(columns))


def _verdict(found: CaseResult) -> str:
    stored = found.case.verdict
    was = f", was a {stored}" if stored and stored != found.verdict else ""
    return f"{found.verdict}{was}"


def discussed(study: EvidenceStudy) -> show.Text:
    """Every miss in a sentence, and what the rules of the other cases were."""
    misses = [f.case for f in study.findings if f.verdict == MISS]
    lines = [
        f"- **{show.escape(_label(case))}.** {show.escape(case.said or 'Not discussed yet.')}"
        for case in misses
    ]
    return show.Text("\n".join(lines) if lines else "No case is a miss.")


def gallery(study: EvidenceStudy) -> show.Download:
    """Every case at full precision, for ``tables/gallery.csv``."""
    return show.Download(model.frame(study.findings), "gallery")


def rules(study: EvidenceStudy) -> show.Table:
    """How each interval came about, and who was trained how."""
    import pandas as pd

    cases = [f.case for f in study.findings]
    frame = pd.DataFrame(
        {
            "Case": [_label(c) for c in cases],
            "Whom": [f"{c.population}{f', n = {c.n}' if c.n else ''}" for c in cases],
            "Run as": [_run_as(c) for c in cases],
            "As published": [c.published for c in cases],
            "Interval": [f"{_HOW[c.interval]}{f': {c.how}' if c.how else ''}" for c in cases],
            "Note": [c.note for c in cases],
        }
    )
    caption = "Each case as it is run, and where its interval comes from."
    return show.Table(frame, caption, "rules", align={"Note": "left"})


def _run_as(case: Case) -> str:
    more = f"; against {case.comparator}" if case.comparator else ""
    pause = f", then {case.pause_wk} wk without" if case.pause_wk else ""
    again = f", {case.again_wk} wk again" if case.again_wk else ""
    return f"{case.protocol}{pause}{again}{more}"

"""Page 2: what was prescribed, side by side, with the minutes it takes."""

from hipstudy import show
from hipstudy.compare import Study
from hipstudy.labels import arm_label, percent
from hipstudy.parameters import number as parameter
from hipstudy.protocol import Protocol, Strength, Stretch, one_line

_WIDEST = 4


def _shown(study: Study) -> list[Protocol]:
    names = dict.fromkeys(name for pair in study.design.contrasts for name in reversed(pair))
    return [study.design.arm(name) for name in names][:_WIDEST]


def _load(strength: Strength, weeks: int) -> str:
    loads = {"unloaded": "no added weight", "near-failure": "within 3 repetitions of failure"}
    load = loads.get(strength.load, f"{strength.load} added")
    start = min(strength.unloaded_weeks, weeks) if strength.load != "unloaded" else 0
    return f"no weight for {start} weeks, then {load}" if start else load


def _near_maximal(s: Strength) -> str:
    """The trunk asks for nearly all there is, without any weight."""
    return " (near-maximal even without weight)" if s.lever == "trunk-lever" else ""


def _strength(s: Strength | None, weeks: int) -> dict[str, str]:
    rows = {
        "Strength work": f"{s.exercise}, {s.lever}{_near_maximal(s)}" if s else "none",
        "Range, deg extension": f"{s.trained_from_ext_deg:g} to {s.trained_to_ext_deg:g}"
        if s
        else "",
        "Sets × reps a side": f"{s.sets} × {s.reps}" if s else "",
        "Lower, pause, raise, s": f"{s.lower_s:g}, {s.pause_s:g}, {s.raise_s:g}" if s else "",
        "Rest between sets, s": f"{s.rest_s:g}" if s else "",
        "Load": _load(s, weeks) if s else "",
        "Strength sessions a week": str(s.sessions_per_week) if s else "",
    }
    return {item: cell.replace("-", "−") if "deg" in item else cell for item, cell in rows.items()}


def _stretch(s: Stretch | None) -> dict[str, str]:
    return {
        "Stretch holds × s a side": f"{s.holds} × {s.hold_s:.3g}" if s else "none",
        "Stretch bouts a week": str(s.times_per_week) if s else "",
    }


def _column(arm: Protocol) -> dict[str, str]:
    return {
        **_strength(arm.strength, arm.weeks),
        **_stretch(arm.stretch),
        "Weeks": str(arm.weeks),
        "Clock minutes a week": f"{arm.clock_min_wk:.1f}",
        "strength + stretch": f"{arm.strength_min_wk:.1f} + {arm.stretch_min_wk:.1f}",
        "Stretch minutes a week, one limb": f"{arm.stretch_limb_min_wk:.1f}",
        "Note": arm.note,
    }


def prescription(study: Study) -> show.Table:
    """The compared arms as a table, one column an arm."""
    import pandas as pd

    arms = _shown(study)
    columns = {arm_label(arm.name): _column(arm) for arm in arms}
    frame = pd.DataFrame(columns)
    frame.insert(0, "Item", frame.index)
    done, spread = parameter("adherence_mean"), parameter("adherence_sd")
    caption = (
        "What each arm prescribes. Clock minutes count both sides and the rests between sets. "
        f"Modelled runners who keep at it do {percent(done)} of the sessions on average (SD "
        f"{percent(spread)} between runners), less as the weeks go by; some stop altogether."
    )
    return show.Table(frame, caption, "prescription", align=dict.fromkeys(columns, "left"))


def lines(study: Study) -> show.Lines:
    """Every arm's prescription on one line."""
    return show.Lines(tuple(f"{arm.name}: {one_line(arm)}" for arm in study.design.arms))

"""Page 2: what was prescribed, side by side, with the minutes it takes."""

import numpy as np

from hipstudy import parameters, show
from hipstudy.labels import arm_label, count_phrase, interval, percent
from hipstudy.model import adherence, baseline, intensity
from hipstudy.model.causes import WORLDS
from hipstudy.prescription import cert as cert_shown
from hipstudy.prescription.design import CONTRACT_ARMS
from hipstudy.prescription.dose_words import no_weight_first, sides
from hipstudy.prescription.protocol import Protocol, Strength, Stretch
from hipstudy.prescription.shorthand import dose
from hipstudy.studies.compare_study import CompareStudy

_WIDEST = 4
MOST_PCT = 100  # all that a limb has


def _shown(study: CompareStudy) -> list[Protocol]:
    names = dict.fromkeys(name for pair in study.design.contrasts for name in reversed(pair))
    return [study.design.arm(name) for name in names][:_WIDEST]


def _load(strength: Strength, weeks: int) -> str:
    loads = {"unloaded": "no added weight", "near-failure": "within 3 repetitions of failure"}
    load = loads.get(strength.load, f"{strength.load} added")
    start = strength.weeks_without_weight(weeks)
    if start == weeks:
        return loads["unloaded"]
    return no_weight_first(start, load) if start else load


def _work(s: Strength) -> str:
    """Exercise and lever, and what is out of the ordinary about them."""
    words = [s.exercise, s.lever]
    words += [sides(s)] if s.sides != "both" else []
    words += [f"support raised {s.support_height_cm:g} cm"] if s.support_height_cm else []
    return ", ".join(words)


def _asked(study: CompareStudy, s: Strength | None) -> dict[str, str]:
    """What gravity on the lever asks of a limb, without weight and with weight given in kg."""
    if s is None:
        return {}
    values = parameters.central(**study.settings.held)
    start = baseline.draw(study.cohort, WORLDS[0], values, seed=study.settings.seed)
    cells = []
    for kg in dict.fromkeys((0.0, s.added_kg)):
        asked = 100 * intensity.intensity(s, study.cohort, start, values, kg)
        low, middle, high = np.quantile(asked, (0.25, 0.5, 0.75))
        cell = interval(middle, low, high, 0) + (f" with {kg:g} kg" if kg else "")
        if middle > MOST_PCT:
            cell += f": more than {percent((asked > MOST_PCT).mean())} of limbs can hold"
        cells.append(cell)
    return {"Lever, no weight, % of torque": "; ".join(cells)}


def _strength(s: Strength | None, weeks: int) -> dict[str, str]:
    rows = {
        "Strength work": _work(s) if s else "none",
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


def _column(study: CompareStudy, arm: Protocol) -> dict[str, str]:
    return {
        **_strength(arm.strength, arm.weeks),
        **_asked(study, arm.strength),
        **_stretch(arm.stretch),
        "Weeks": str(arm.weeks),
        "Clock minutes a week": f"{arm.clock_min_wk:.1f}",
        "strength + stretch": f"{arm.strength_min_wk:.1f} + {arm.stretch_min_wk:.1f}",
        "Stretch minutes a week, one limb": f"{arm.stretch_limb_min_wk:.1f}",
        "Note": arm.note,
    }


def _adherence(study: CompareStudy) -> tuple[float, float]:
    """Share of sessions done by runners who keep at it, and by all, parameters at their values."""
    values = parameters.central(**study.settings.held)
    own = adherence.habits(study.cohort, values, weeks=study.design.weeks, seed=study.settings.seed)
    return float(own.chance[~own.stopped].mean()), float(own.chance.mean())


def _head(arm: Protocol) -> str:
    """What an arm is called; one of one's own by its label, where that says more than its name."""
    said = arm_label(arm.name)
    own = arm.name not in CONTRACT_ARMS and arm.label.lower() != said.lower()
    return f"{arm.label} ({said})" if own else said


def prescription(study: CompareStudy) -> show.Table:
    """The compared arms as a table, one column an arm."""
    import pandas as pd

    arms = _shown(study)
    columns = {_head(arm): _column(study, arm) for arm in arms}
    rows = max(columns.values(), key=len)  # an arm without strength work has fewer
    frame = pd.DataFrame(columns).reindex(list(rows)).fillna("")
    frame.insert(0, "Item", frame.index)
    going, done = _adherence(study)
    more = len(study.design.arms) - len(arms)
    sessions = (
        f"These modelled runners do {percent(done)} of the sessions on average, drawn around the "
        f"{percent(study.settings.adherence)} set for this report"
        if study.settings.adherence is not None
        else f"Over {count_phrase(study.design.weeks, 'week')} modelled runners who keep at it do "
        f"{percent(going)} of the sessions on average, less as the weeks go by; with those who "
        f"stop altogether it is {percent(done)}"
    )
    caption = (
        "What each arm prescribes. Clock minutes count every trained side and the rests between "
        f"sets. {sessions}. Lever: gravity's torque over what the limb can "
        "hold at the far end of the range, middle limb and middle half of limbs, modelled; work "
        "that a limb cannot hold is modelled as done, as if helped."
        + (f" Only in the lines below: {count_phrase(more, 'more arm')}." if more > 0 else "")
    )
    return show.Table(frame, caption, "prescription", align=dict.fromkeys(columns, "left"))


def lines(study: CompareStudy) -> show.Lines:
    """Every arm's prescription on one line."""
    return show.Lines(tuple(f"{arm.name}: {dose(arm)}" for arm in study.design.arms))


def cert(study: CompareStudy) -> show.Table:
    """What of every arm's prescription is reported, by CERT."""
    return cert_shown.cert_table({_head(arm): arm for arm in study.design.arms})

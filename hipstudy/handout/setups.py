"""The set-up drawn twice: as prescribed, and easier: higher support, smaller range."""

from hipstudy import baseline, cohort, figures, parameters
from hipstudy.figures.style import canvas
from hipstudy.load import intensity, lever
from hipstudy.protocol import MAX_SUPPORT_CM, Strength
from hipstudy.show import Figure
from hipstudy.worlds import WORLDS

PEOPLE = 40  # drawn runners in whom what is called easier is looked at

RAISED_CM = 20  # by how much the easier drawing is raised; an ordinary step, nothing about bodies


def eases(s: Strength) -> dict[str, Strength]:
    """What makes this work easier in the model: ``support`` raised, range ``shorter``; or nothing.

    Whatever asks for as much, or for more, of what a limb can hold is left out.
    """
    middle = (s.trained_from_ext_deg + s.trained_to_ext_deg) / 2
    raised = min(s.support_height_cm + RAISED_CM, MAX_SUPPORT_CM)
    found = {"support": {"support_height_cm": raised}, "shorter": {"trained_to_ext_deg": middle}}
    changed = {name: s.model_copy(update=change) for name, change in found.items()}
    return {name: one for name, one in changed.items() if _asked(one) < _asked(s)}


def easier(s: Strength) -> Strength | None:
    """The work made easier in every way that the model knows, or the best one; None for none."""
    ways = eases(s)
    if not ways:
        return None
    both = s.model_copy(
        update={
            "support_height_cm": max(one.support_height_cm for one in ways.values()),
            "trained_to_ext_deg": min(one.trained_to_ext_deg for one in ways.values()),
        }
    )
    return min((both, *ways.values()), key=_asked)


def _asked(s: Strength) -> float:
    """Share of what a limb can hold that the lever asks for, mean of some drawn runners."""
    values, people = parameters.central(), cohort.draw(PEOPLE, seed=0)
    start = baseline.draw(people, WORLDS[0], values, seed=0)
    return float(intensity(s, people, start, values, 0).mean())


def pictures(s: Strength | None) -> list[dict[str, str]]:
    """Drawings with caption and words for those who do not see them; none without strength work."""
    if s is None:
        return []
    drawn = [_picture(s, "What to do", weight=s.load != "unloaded")]
    light = easier(s)
    if light is None:
        return drawn
    ways = ["support raised"] if light.support_height_cm > s.support_height_cm else []
    ways += ["shorter way"] if light.trained_to_ext_deg < s.trained_to_ext_deg else []
    return [*drawn, _picture(light, f"Easier: {', '.join(ways)}", weight=False)]


def _picture(s: Strength, caption: str, *, weight: bool) -> dict[str, str]:
    values = parameters.central()
    incline = float(lever(s, values)[2].flat[0])
    _, ax = canvas(46, 82)
    ends = {"from_deg": s.trained_from_ext_deg, "to_deg": s.trained_to_ext_deg}
    figures.setup(s.lever, **ends, incline_deg=incline, weight=weight, ax=ax)
    alt = f"{caption}. {_seen(s)}"
    drawn = Figure(ax.figure, caption, alt, "setup")
    return {"svg": drawn.svg(), "alt": alt, "caption": caption}


def _seen(s: Strength) -> str:
    if s.lever == "leg-lever":
        flat = "whose head end is raised" if s.support_height_cm else "that is flat"
        return (
            f"A person lies on a bench {flat}, hips at its edge, one foot on the floor. The other "
            "leg is straight and goes down from start to stop."
        )
    seat = "on a raised seat" if s.support_height_cm else "on a bench"
    return (
        f"A person sits {seat} with one foot held fast. The body is straight and leans back from "
        "start to stop."
    )

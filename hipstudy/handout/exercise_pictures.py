"""The set-up drawn twice: as prescribed, and easier: higher support, smaller range; and a stretch.

What is drawn is possible: ``setup_of`` gives the geometry by which a prescription is refused
(``sensible``) and drawn alike. Lengths are the model's, for its mean stature.
"""

from functools import cache

from hipstudy import figures, parameters
from hipstudy.model import baseline, cohort
from hipstudy.model.causes import WORLDS
from hipstudy.model.intensity import intensity
from hipstudy.prescription.protocol import Strength
from hipstudy.show import Figure

PEOPLE = 40  # drawn runners in whom what is called easier is looked at

RAISED_CM = 20  # by how much the easier drawing is raised; an ordinary step, nothing about bodies
LEAST_WAY_DEG = 5  # a shorter way nobody can see or feel
LEAST_RAISED_CM = 5  # less than that is not called a way to make it easier

BLUE = {"leg-lever": "the blue leg works", "trunk-lever": "the blue foot is held"}


@cache
def body() -> figures.Body:
    """Lengths of the model's mean runner."""
    values = parameters.central()
    stature = values["stature_mean_m"]
    parts = ("trunk", "thigh", "leg")
    lengths = (float((values[f"{one}_length_share"] * stature).flat[0]) for one in parts)
    return figures.Body(*lengths)


def stature_m() -> float:
    """Height of the runner for whom set-ups are worked out."""
    return float(parameters.central()["stature_mean_m"].flat[0])


def setup_of(s: Strength) -> figures.SetUp:
    """The geometry of a prescription's strength work."""
    ends = (s.trained_from_ext_deg, s.trained_to_ext_deg)
    return figures.SetUp(s.lever, *ends, s.support_height_cm, body())


def eases(s: Strength) -> dict[str, Strength]:
    """What makes this work easier in the model: ``support`` raised, range ``shorter``; or nothing.

    Whatever asks for as much, or for more, of what a limb can hold is left out, and so is a support
    that a body cannot have or that is hardly higher.
    """
    middle = round((s.trained_from_ext_deg + s.trained_to_ext_deg) / 2)
    raised = min(s.support_height_cm + RAISED_CM, setup_of(s).largest_support_cm)
    changed = {}
    if raised >= s.support_height_cm + LEAST_RAISED_CM:
        changed["support"] = s.model_copy(update={"support_height_cm": raised})
    if s.trained_from_ext_deg + LEAST_WAY_DEG <= middle < s.trained_to_ext_deg:
        changed["shorter"] = s.model_copy(update={"trained_to_ext_deg": middle})
    return {name: one for name, one in changed.items() if asked(one) < asked(s)}


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
    return min((both, *ways.values()), key=asked)


def asked(s: Strength, added_kg: float = 0) -> float:
    """Share of what a limb can hold that the lever asks for, mean of some drawn runners."""
    values, people, start = _some_runners()
    return float(intensity(s, people, start, values, added_kg).mean())


@cache
def _some_runners() -> tuple[parameters.Values, cohort.Cohort, baseline.Baseline]:
    values, people = parameters.central(), cohort.draw(PEOPLE, seed=0)
    return values, people, baseline.draw(people, WORLDS[0], values, seed=0)


def pictures(s: Strength | None) -> list[dict[str, str]]:
    """Drawings with caption and words for those who do not see them; none without strength work."""
    if s is None:
        return []
    weight = s.load != "unloaded"
    box = " (black box: a weight)" if weight else ""
    drawn = [_picture(s, f"What to do: {BLUE[s.lever]}{box}", weight=weight)]
    light = easier(s)
    if light is None:
        return drawn
    raised = "shoulders higher" if s.lever == "leg-lever" else "seat higher"
    ways = [raised] if light.support_height_cm > s.support_height_cm else []
    ways += ["shorter way"] if light.trained_to_ext_deg < s.trained_to_ext_deg else []
    return [*drawn, _picture(light, f"Easier: {', '.join(ways)}", weight=False)]


def stretch() -> dict[str, str]:
    """The half-kneeling stretch, drawn: caption, and words for those who do not see it."""
    seen = (
        "A person kneels on one knee, on a pad. The other foot stands flat in front. The body is "
        "upright, and the hips move forward."
    )
    caption = "Stretch: the blue leg is stretched"
    return _drawn(figures.kneeling(body()), caption, f"{caption}. {seen}")


def _picture(s: Strength, caption: str, *, weight: bool) -> dict[str, str]:
    posture = figures.posture(setup_of(s), weight=weight)
    return _drawn(posture, caption, f"{caption}. {_seen(s)}")


def _drawn(posture: figures.Posture, caption: str, alt: str) -> dict[str, str]:
    drawn = Figure(figures.setup(posture).figure, caption, alt, "setup")
    return {"svg": drawn.svg(), "alt": alt, "caption": caption}


def _seen(s: Strength) -> str:
    cm = f"{s.support_height_cm:.0f} cm"
    if s.lever == "leg-lever":
        flat = (
            f"whose head end is raised, with the shoulders {cm} higher than the hips"
            if s.support_height_cm
            else "that is flat"
        )
        return (
            f"A person lies on a bench {flat}. The hips are at its edge, and one foot is flat on "
            "the floor. The other leg is straight and goes down from start to stop."
        )
    seat = f"on a seat that is raised by {cm}" if s.support_height_cm else "on a bench"
    return (
        f"A person sits {seat} with one foot held fast on the floor. The body is straight and "
        "leans back from start to stop."
    )

"""The set-up drawn twice: as prescribed, and easier: higher support, smaller range."""

from hipstudy import figures, parameters
from hipstudy.figures.style import canvas
from hipstudy.load import lever
from hipstudy.protocol import MAX_SUPPORT_CM, Strength
from hipstudy.show import Figure

RAISED_CM = 20  # by how much the easier drawing is raised; an ordinary step, nothing about bodies


def easier(s: Strength) -> Strength:
    """The same work with the support raised and the last half of the range left out."""
    middle = (s.trained_from_ext_deg + s.trained_to_ext_deg) / 2
    raised = min(s.support_height_cm + RAISED_CM, MAX_SUPPORT_CM)
    return s.model_copy(update={"support_height_cm": raised, "trained_to_ext_deg": middle})


def pictures(s: Strength | None) -> list[dict[str, str]]:
    """Drawings with caption and words for those who do not see them; none without strength work."""
    if s is None:
        return []
    return [
        _picture(s, "What to do", weight=s.load != "unloaded"),
        _picture(easier(s), "Easier: support raised, shorter way", weight=False),
    ]


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

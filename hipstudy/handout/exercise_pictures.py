"""The set-up drawn as prescribed and made easier in one way, and the stretch.

What is drawn is possible: the geometry is that by which a prescription is refused.
"""

from hipstudy import figures
from hipstudy.handout import body_limits
from hipstudy.handout.handout_facts import WORDS, PictureFacts, WorkFacts
from hipstudy.show import Figure


def pictures(facts: WorkFacts) -> list[dict[str, str]]:
    """Drawings of strength work with caption and words for those who do not see them."""
    drawings = [_picture(PictureFacts(facts.work), WORDS("caption_prescribed", facts), facts)]
    if way := body_limits.easiest_way(facts.work):
        easier = PictureFacts(way[1], is_support=way[0] == "support")
        drawings.append(_picture(easier, WORDS("caption_easier", easier)))
    return drawings


def stretch() -> dict[str, str]:
    """The half-kneeling stretch, drawn: caption, and words for those who do not see it."""
    posture = figures.kneeling(body_limits.body())
    return _drawing(posture, WORDS("stretch_caption"), WORDS("stretch_alt_text"))


def _picture(
    picture: PictureFacts, caption: str, prescribed: WorkFacts | None = None
) -> dict[str, str]:
    weight = prescribed is not None and prescribed.has_weight
    posture = figures.posture(body_limits.setup_of(picture.work), weight=weight)
    return _drawing(posture, caption, WORDS("alt_text", picture))


def _drawing(posture: figures.Posture, caption: str, scene: str) -> dict[str, str]:
    alt = f"{caption}. {scene}"
    figure = Figure(figures.setup(posture).figure, caption, alt, "setup")
    return {"svg": figure.svg(), "alt": alt, "caption": caption}

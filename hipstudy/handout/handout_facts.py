"""What the sentences of a handout are made from; the sentences are ``words/handout.en.j2``."""

from dataclasses import dataclass

from hipstudy.handout import body_limits
from hipstudy.prescription.protocol import Protocol, Strength, Stretch
from hipstudy.wording import Wording

WORDS = Wording("hipstudy.handout", "handout")
_OTHER_SIDE = {"left": "right", "right": "left", "": ""}


@dataclass(frozen=True)
class WorkFacts:
    """The strength work of a page.

    Parameters
    ----------
    work
        As prescribed, its numbers as a person can follow them.
    weeks
        Of the plan.
    physio
        Whose plan it is.
    own_rule
        The physio's own rule of progression; empty for none.
    bench_cm
        Height of the bench, leg lever.
    start_above_level_deg
        By how much the lever is above level where a repetition starts.
    higher_support_cm
        A support that makes it easier; 0 for none.
    sooner_deg
        By how many degrees a way that makes it easier ends sooner; 0 for none.
    """

    work: Strength
    weeks: int
    physio: str
    own_rule: str
    bench_cm: int
    start_above_level_deg: int
    higher_support_cm: float
    sooner_deg: float

    @property
    def is_leg(self) -> bool:
        """Whether the leg is the lever; else it is the trunk."""
        return self.work.lever == "leg-lever"

    @property
    def is_flat_bench(self) -> bool:
        """Whether the bench that one lies on is flat."""
        return self.is_leg and not self.work.support_height_cm

    @property
    def working_side(self) -> str:
        """``left`` or ``right``; empty for both in turn."""
        return "" if self.work.sides == "both" else self.work.sides

    @property
    def other_side(self) -> str:
        """The side that does not work; empty for both in turn."""
        return _OTHER_SIDE[self.working_side]

    @property
    def end_deg(self) -> float:
        """Where a repetition stops, degrees past the line of trunk and thigh."""
        return self.work.trained_to_ext_deg

    @property
    def unloaded_weeks(self) -> int:
        """How many of the weeks are without a weight."""
        return min(self.work.unloaded_weeks, self.weeks)

    @property
    def changes_lever(self) -> bool:
        """Whether the first step of the rules is the other lever, which takes a page of its own."""
        rules = self.work.progression
        return bool(rules and rules.lever and rules.lever != self.work.lever)

    @property
    def lowers_support(self) -> bool:
        """Whether the rules lower a support that there is."""
        rules = self.work.progression
        return bool(rules and rules.support_step_cm and self.work.support_height_cm)

    @property
    def has_weight(self) -> bool:
        """Whether a weight is used in some week of this page."""
        is_loaded = self.work.load != "unloaded" and self.unloaded_weeks < self.weeks
        return is_loaded and not self.changes_lever

    @property
    def has_easier_way(self) -> bool:
        """Whether another support or way makes it easier."""
        return bool(self.higher_support_cm or self.sooner_deg)


@dataclass(frozen=True)
class PictureFacts:
    """One drawing of strength work; ``is_support`` when it is easier by its support."""

    work: Strength
    is_support: bool = False

    @property
    def is_leg(self) -> bool:
        """Whether the leg is the lever; else it is the trunk."""
        return self.work.lever == "leg-lever"


@dataclass(frozen=True)
class StretchFacts:
    """The stretch of a page; ``own_stretch`` is the physio's own words for it, or empty."""

    stretch: Stretch
    weeks: int
    physio: str
    own_stretch: str


@dataclass(frozen=True)
class PageFacts:
    """Whose page it is, when the runner was screened, and which hipstudy set it."""

    physio: str
    date: str
    version: str


def work_facts(protocol: Protocol, physio: str) -> WorkFacts:
    """Facts of a prescription that has strength work."""
    work = protocol.strength
    assert work is not None
    ways = body_limits.easier_ways(work)
    end_deg = work.trained_to_ext_deg
    return WorkFacts(
        work=work,
        weeks=protocol.weeks,
        physio=physio,
        own_rule=_cert_answer(protocol, "progression_rule"),
        bench_cm=body_limits.setup_of(work).bench_cm,
        start_above_level_deg=body_limits.above_level_deg(work),
        higher_support_cm=ways["support"].support_height_cm if "support" in ways else 0,
        sooner_deg=end_deg - ways["shorter"].trained_to_ext_deg if "shorter" in ways else 0,
    )


def stretch_facts(protocol: Protocol, physio: str) -> StretchFacts:
    """Facts of a prescription that has a stretch."""
    assert protocol.stretch is not None
    own = _cert_answer(protocol, "exercises")
    return StretchFacts(protocol.stretch, protocol.weeks, physio, own)


def _cert_answer(protocol: Protocol, name: str) -> str:
    """An answer of the table [cert] on one line; empty where there is none."""
    answer = getattr(protocol.cert, name) if protocol.cert else ""
    return " ".join((answer or "").split())

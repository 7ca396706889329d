"""What a page of the explorer is set to: one frozen value, to and from the page's address.

The same value gives the settings of a comparison, so that what is on the screen and what a report
is made of cannot come apart.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from hipstudy.errors import Problem, ProblemsFound, UsageProblems, nearest
from hipstudy.explore.cache import N_RUNNERS
from hipstudy.explore.dose_controls import MAX_WEEKS
from hipstudy.model.causes import WORLDS
from hipstudy.prescription import design, shorthand
from hipstudy.prescription.protocol import LABEL_LENGTH, Protocol, from_dict
from hipstudy.prescription.time_matching import BOTH, STRETCH_MATCHED
from hipstudy.studies.settings import RUNNING_SPEEDS, CompareSettings, check

ARMS = ("arm_a", "arm_b")
RESERVE = "reserve"
OUTCOMES = (
    "tightness_nrs",
    "discomfort_nrs",
    "thomas_ext_deg",
    "end_range_torque_nm_kg",
    RESERVE,
    "soreness_nrs",
    "economy_pct",
)
EVEN = (1.0,) * len(WORLDS)
_NUMBERS = {"adherence": "adherence", "rom": "start_rom_deg", "speed": "running_speed"}
KEYS = ("a", "b", "outcome", "week", "prior", *_NUMBERS)
ALWAYS = ("a", "b", "outcome", "prior", "speed")  # in every address that a page makes
MOST_STATES = 200  # that are known to be possible
LONGEST_ADDRESS = 8_000  # characters; the longest that a page writes is less than half of it


@dataclass(frozen=True)
class PageState:
    """Two arms, what they are compared in, and what of the model is set.

    Parameters
    ----------
    a, b
        Prescriptions of as many weeks, named as in ``ARMS``.
    outcome
        One of ``OUTCOMES``; ``reserve`` is that at the running speed.
    week
        Of the torque curve; the last when None.
    prior
        Weights of the four causes.
    adherence, start_rom_deg, running_speed
        As in ``CompareSettings``.
    cohort, n_runners, seed
        Likewise; they are the page's own and not in its address.
    """

    a: Protocol
    b: Protocol
    outcome: str = OUTCOMES[0]
    week: int | None = None
    prior: tuple[float, ...] = EVEN
    adherence: float | None = None
    start_rom_deg: float | None = None
    running_speed: float = RUNNING_SPEEDS[-1]
    cohort: str = ""
    n_runners: int = N_RUNNERS
    seed: int = 0

    @property
    def shown_week(self) -> int:
        """Week of the torque curve."""
        last = self.a.weeks
        return last if self.week is None else min(self.week, last)

    def report_values(self) -> dict[str, str]:
        """Parameters of the compare report, as they are typed, but for the cohort's."""
        prior = ", ".join(f"{weight:g}" for weight in self.prior)
        lines = (shorthand.write(arm, name="") for arm in (self.a, self.b))
        values = {"protocols": " | ".join(lines), "cause_prior": prior}
        numbers = {name: getattr(self, name) for name in _NUMBERS.values()}
        values |= {name: repr(float(n)) for name, n in numbers.items() if n is not None}
        return values | {"n_runners": str(self.n_runners), "seed": str(self.seed)}

    def settings(self) -> CompareSettings:
        """Settings of the comparison; those of a cohort's runners are the page's own.

        Raises
        ------
        UsageProblems
            When a setting breaks a rule.
        """
        if self.a.weeks > MAX_WEEKS:
            rule = f"the explorer looks at 1 to {MAX_WEEKS} weeks"
            mend = f"Write x {MAX_WEEKS} wk, or fewer."
            raise UsageProblems([Problem("length", f"{self.a.weeks} weeks", rule, mend)])
        values = self.report_values()
        numbers = {name: float(values[name]) for name in _NUMBERS.values() if name in values}
        words = {name: values[name] for name in ("protocols", "cause_prior")}
        return check(**words, **numbers, n_runners=self.n_runners, seed=self.seed)

    def words(self) -> dict[str, str]:
        """The settings by the keys of an address; neither cohort nor token is among them."""
        words = {"a": shorthand.write(self.a, name=ARMS[0])}
        words["b"] = shorthand.write(self.b, name=ARMS[1])
        words |= {"outcome": self.outcome, "week": "" if self.week is None else str(self.week)}
        words["prior"] = ",".join(f"{weight:g}" for weight in self.prior)
        for key, name in _NUMBERS.items():
            value = getattr(self, name)
            words[key] = "" if value is None else f"{value:g}"
        return {key: value for key, value in words.items() if value}

    def address(self) -> str:
        """The settings as the query of an address."""
        return urlencode(self.words())


def arm_with_letter(protocol: Protocol, arm: str, label: str | None = None) -> Protocol:
    """A prescription as one of the two arms, told apart by the letter before its label."""
    letter = arm[-1].upper()
    words = protocol.label if label is None else label
    # What it was matched to may change: the page says whether minutes are equal as they stand.
    words = words.removeprefix(f"{letter}: ").replace(", time-matched", "")
    label = f"{letter}: {words}"[:LABEL_LENGTH]
    data = protocol.model_dump() | {"name": arm, "label": label, "note": ""}
    return from_dict(data, arm)


def presets() -> dict[str, Protocol]:
    """Prescriptions to start from, those matched in time among them."""
    names = [*design.CONTRACT_ARMS]
    by_name = {arm.name: arm for arm in design.build(names).arms}
    rest = [name for name in design.preset_names() if name not in by_name]
    return by_name | {name: design.preset(name) for name in rest}


def start(*, cohort: str = "", n_runners: int = N_RUNNERS, seed: int = 0) -> PageState:
    """What a page opens with: the comparison that is answered first, matched in time."""
    ready = presets()
    a, b = arm_with_letter(ready[STRETCH_MATCHED], ARMS[0]), arm_with_letter(ready[BOTH], ARMS[1])
    return PageState(a, b, cohort=cohort, n_runners=n_runners, seed=seed)


@lru_cache(MOST_STATES)
def refuse_impossible(page: PageState) -> None:
    """Refuse what no report could be made of; what was looked at before is not looked at again.

    Raises
    ------
    UsageProblems
        When a setting, or a dose, breaks a rule.
    """
    page.settings().design()


def own_query(query: str) -> str:
    """An address's query with the explorer's own keys only."""
    return urlencode([(key, value) for key, value in parse_qsl(query) if key in KEYS])


def is_own_query(query: str) -> bool:
    """Whether an address's query has no other keys than the explorer's own."""
    return all(key in KEYS for key, _ in parse_qsl(query, keep_blank_values=True))


def read(query: str, page: PageState) -> PageState:
    """What an address asks for, on the runners of a page.

    Parameters
    ----------
    query
        The part of an address after its question mark; keys that are not the explorer's are
        passed over.
    page
        Where it says nothing, this holds.

    Raises
    ------
    UsageProblems
        Everything that is wrong with the address.
    """
    if len(query) > LONGEST_ADDRESS:
        rule = f"settings take at most {LONGEST_ADDRESS:,} characters"
        mend = "Copy the address of the page again, whole and only once."
        raise UsageProblems([Problem("address", f"{len(query):,} characters", rule, mend)])
    words = {key: value for key, value in parse_qsl(query) if key in KEYS}
    page, problems = _arms(words, page)
    if words.get("outcome", OUTCOMES[0]) not in OUTCOMES:
        mend = nearest(words["outcome"], OUTCOMES)
        problems.append(Problem("outcome", words["outcome"], "there is no such outcome", mend))
        words.pop("outcome")
    changes: dict[str, object] = {"outcome": words["outcome"]} if "outcome" in words else {}
    for key, name in {"week": "week", "prior": "prior", **_NUMBERS}.items():
        if key in words:
            try:
                changes[name] = _value(key, words[key])
            except ValueError:
                problems.append(Problem(f"address, {key}", words[key], "a number is needed"))
    page = replace(page, **changes)
    try:
        refuse_impossible(page)
    except ProblemsFound as error:
        problems += error.problems
    if problems:
        raise UsageProblems(problems)
    return page


def _arms(words: dict[str, str], page: PageState) -> tuple[PageState, list[Problem]]:
    """Both arms of an address, and what is wrong with them."""
    problems: list[Problem] = []
    for key, arm in zip("ab", ARMS, strict=True):
        if key in words:
            try:
                page = replace(
                    page, **{key: arm_with_letter(shorthand.parse(words[key], name=arm), arm)}
                )
            except ProblemsFound as error:
                problems += error.problems
    if page.a.weeks != page.b.weeks:
        rule = "both arms last as long, so that they are compared at the same week"
        lengths = f"{page.a.weeks} and {page.b.weeks} weeks"
        problems.append(Problem("a and b", lengths, rule, "End both lines in the same x ... wk."))
        page = replace(page, b=page.b.model_copy(update={"weeks": page.a.weeks}))
    return page, problems


def _value(key: str, text: str) -> object:
    if key == "prior":
        return tuple(float(part) for part in text.split(","))
    if key != "week":
        return float(text)
    if not text.isdecimal():
        raise ValueError("weeks are counted from 0")
    return int(text)

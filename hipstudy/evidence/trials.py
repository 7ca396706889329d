"""Published trials as cases that can be run, read from ``data/trials.toml`` or a file like it.

A case says who was trained, by which prescription, what was measured when, what was published with
which interval, and what the case is for: a *calibration* case is one of those that the unknown
numbers are calibrated by, all together; a *validation* case tests the model. All numbers stand in
the file, which is refused whole with everything that is wrong in it; nothing here predicts or fits
anything.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from hipstudy import text_files
from hipstudy.errors import Problem, UsageProblems, nearest
from hipstudy.evidence import sources
from hipstudy.field_problems import field_problem, field_rule
from hipstudy.parameters import shipped as parameters
from hipstudy.prescription import shorthand
from hipstudy.prescription.protocol import Protocol
from hipstudy.resources import place
from hipstudy.text_files import SAVE, WrongEncoding, read_text

HIT, MISS = "hit", "miss"
# outcome -> its unit, and whether it can be counted in standard deviations between limbs
OUTCOMES = {
    "torque_nm_kg": ("Nm/kg", True),
    "thomas_ext_deg": ("deg", True),
    "peak_torque_angle_ext_deg": ("deg", False),
    "reserve_2_5": ("ratio", False),
    "reserve_3_5": ("ratio", False),
    "reserve_4_5": ("ratio", False),
    "soreness_nrs": ("NRS", False),
    "torque_missing_pct": ("%", False),
    "torque_ratio": ("ratio", False),
}
AT_AN_ANGLE = ("torque_nm_kg", "torque_ratio")
AT_A_DAY = "torque_missing_pct"
COURSE_R = 0.5  # of two changes since one start, all three measured with one error
WIDTH_IN_SE = 3.92  # a 95 % interval is so many standard errors wide
BETWEEN = "; "  # rules between fields, as one error has them
GONE = ("sets", "red_at")  # fields of the time when one case set one parameter
_TRIAL = re.compile(r"[a-z][a-z_]*?_\d{4}")
_ADDRESS = re.compile(r"https?://\S+\.\S+\Z")


class Case(BaseModel):
    """One case of the gallery. Times are weeks from the first session (``_wk``) or days (``_d``).

    ``low`` and ``high`` are what a prediction has to lie between; one of them may be left open.
    ``se`` is the standard error of ``estimate``, ``parts_se`` those of the two parts of a ratio;
    ``sd`` is the standard deviation between the trial's own people, in the outcome's raw unit, and
    ``sd_low`` and ``sd_high`` how far it may be off where it was not read. ``pooled`` is how many
    trials a review pooled; 1 for a trial, and where it was not read. ``overlaps`` are other trials
    and reviews of the gallery that share people with it.
    ``numbers_in_view`` are numbers of the model that were chosen with the trial in view;
    ``discussion`` is why a miss is one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    name: str
    title: str = Field(min_length=1, max_length=120)
    role: Literal["calibration", "validation"]
    numbers_in_view: tuple[str, ...] = Field(default=(), strict=False, alias="seen")
    evidence: tuple[str, ...] = Field(default=(), strict=False)
    source: str = ""
    population: str = Field(min_length=1, max_length=120)
    n: int | None = Field(default=None, ge=1)
    pooled: int = Field(default=1, ge=1)
    overlaps: tuple[str, ...] = Field(default=(), strict=False)
    women_share: float = Field(default=0.5, ge=0, le=1)
    is_trained: bool = Field(alias="trained")
    protocol: str
    comparator: str = ""
    pause_wk: int = Field(default=0, ge=0, le=52)
    again_wk: int = Field(default=0, ge=0, le=52)
    outcome: Literal[tuple(OUTCOMES)]  # type: ignore[valid-type]
    angle_ext_deg: float | None = Field(default=None, ge=-105, le=40)
    of_angle_ext_deg: float | None = Field(default=None, ge=-105, le=40)
    form: Literal["change", "difference", "ratio", "course"] = "change"
    scale: Literal["raw", "percent", "sd"] = "raw"
    at_wk: int | None = Field(default=None, ge=0)
    of_wk: int | None = Field(default=None, ge=1)
    at_d: int | None = Field(default=None, ge=0)
    published: str = Field(min_length=1, max_length=200)
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str
    interval: Literal["read", "derived", "rule"]
    how: str = ""
    se: float | None = Field(default=None, gt=0)
    se_how: str = Field(default="", max_length=200)
    parts_se: tuple[float, float] | None = Field(default=None, strict=False)
    sd: float | None = Field(default=None, gt=0)
    sd_low: float | None = Field(default=None, gt=0)
    sd_high: float | None = Field(default=None, gt=0)
    sd_how: str = Field(default="", max_length=200)
    verdict: Literal["hit", "miss"] | None = None
    discussion: str = Field(default="", max_length=400, alias="said")
    note: str = Field(default="", max_length=400)

    @field_validator("numbers_in_view")
    @classmethod
    def _are_parameters(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name not in parameters():
                raise ValueError(f"names of parameters; {name}? {nearest(name, parameters())}")
        return names

    @field_validator("parts_se")
    @classmethod
    def _are_widths(cls, parts: tuple[float, float] | None) -> tuple[float, float] | None:
        if parts and min(parts) <= 0:
            raise ValueError("two standard errors above 0: of the upper part, of the lower")
        return parts

    @field_validator("source")
    @classmethod
    def _can_be_looked_up(cls, source: str) -> str:
        if source and not _ADDRESS.match(source):
            raise ValueError("a DOI or page as an address that starts with https://")
        return source

    @model_validator(mode="after")
    def _agrees(self) -> "Case":
        broken = [rule for rule, holds in self._rules().items() if not holds]
        if broken:
            raise ValueError(BETWEEN.join(broken))
        return self

    def _rules(self) -> dict[str, bool]:
        """Every rule between fields, and whether it holds."""
        low, high = self.low, self.high
        ends = low is not None or high is not None
        both = low is not None and high is not None
        pairs = self.form in ("difference", "ratio")
        was_read = self.interval == "read" and both
        raw_unit = OUTCOMES[self.outcome][0]
        return {
            "low or high is needed, or both": ends,
            "low is below high": not both or low < high,  # type: ignore[operator]
            "the estimate lies between low and high": (
                self.estimate is None or self.holds(self.estimate)
            ),
            f"unit is {self._unit!r} for this outcome, form and scale": self.unit == self._unit,
            "how is needed: how the interval was derived, or the rule that makes a hit": (
                self.interval == "read" or bool(self.how)
            ),
            "an interval that was read has both ends": self.interval != "read" or both,
            "estimate is needed, the published value: where low and high were read, their middle "
            "stands for it, and of a rule without one the rule is scored": (
                self.estimate is not None or was_read or self.interval == "rule"
            ),
            "se is needed, the standard error of the estimate, with se_how: where low and high "
            "were read, it follows from them": self.se is not None or was_read,
            "se and se_how stand together: se_how says how it was derived, or read": (
                (self.se is not None) == bool(self.se_how)
            ),
            f"scale sd needs sd, the SD between the trial's own people in {raw_unit}, with sd_how, "
            "and no other scale takes them": (
                (self.scale == "sd") == (self.sd is not None) == bool(self.sd_how)
            ),
            "parts_se is for form ratio or course": self.parts_se is None or self.is_ratio,
            "torque_nm_kg and torque_ratio need angle_ext_deg, and nothing else takes it": (
                (self.outcome in AT_AN_ANGLE) == (self.angle_ext_deg is not None)
            ),
            "torque_ratio needs of_angle_ext_deg too, the angle it is set over, and nothing else "
            "takes it": (self.outcome == "torque_ratio") == (self.of_angle_ext_deg is not None),
            "scale sd is for torque_nm_kg and thomas_ext_deg": (
                self.scale != "sd" or OUTCOMES[self.outcome][1]
            ),
            f"at_d is for {AT_A_DAY}, which needs it, and no at_wk or of_wk": (
                (self.outcome == AT_A_DAY) == (self.at_d is not None)
                and not (self.at_d is not None and (self.at_wk or self.of_wk))
            ),
            "form difference or ratio needs a comparator, and no other form takes one": (
                pairs == bool(self.comparator)
            ),
            "form course needs of_wk, and no other form takes it": (
                (self.form == "course") == (self.of_wk is not None)
            ),
            "sd_low and sd_high stand together, around sd: the least and the most that it may be": (
                (self.sd_low is None) == (self.sd_high is None)
                and (self.sd_low is None or self.sd_low <= (self.sd or 0) <= (self.sd_high or 0))
                and (self.sd_low is None or self.sd_low < (self.sd_high or 0))
            ),
            "a ratio or a course has scale raw": not self.is_ratio or self.scale == "raw",
            "again_wk needs a pause_wk": not self.again_wk or self.pause_wk > 0,
            "evidence or source is needed": bool(self.evidence or self.source),
        }  # fmt: skip

    @property
    def _unit(self) -> str:
        if self.is_ratio:
            return "ratio"
        return {"percent": "%", "sd": "SD"}.get(self.scale, OUTCOMES[self.outcome][0])

    @property
    def is_ratio(self) -> bool:
        """Whether one change is set over another."""
        return self.form in ("ratio", "course")

    @property
    def point(self) -> float:
        """The published value; of an interval without one its middle, of a rule its one end."""
        if self.estimate is not None:
            return self.estimate
        ends = [end for end in (self.low, self.high) if end is not None]
        return sum(ends) / len(ends)

    @property
    def by_rule(self) -> bool:
        """Whether no value was read: then the chance that the rule holds is what is scored."""
        return self.interval == "rule" and self.estimate is None

    @property
    def limits(self) -> tuple[float, float]:
        """``low`` and ``high``, infinite where the rule has no such end."""
        return (
            -float("inf") if self.low is None else self.low,
            float("inf") if self.high is None else self.high,
        )

    @property
    def standard_error(self) -> float:
        """The sampling error of ``point``: ``se``, or from the 95 % interval that was read."""
        return (self.high - self.low) / WIDTH_IN_SE if self.se is None else self.se

    @property
    def noise_ratio(self) -> float:
        """Noise of the upper part of a ratio over that of the lower; 1 where it is not known."""
        return self.parts_se[0] / self.parts_se[1] if self.parts_se else 1.0

    @property
    def noise_r(self) -> float:
        """How far the noises of a ratio's parts go together: two changes share one start's."""
        return COURSE_R if self.form == "course" else 0.0

    @property
    def trial(self) -> str:
        """The trial this case is of: one trial counts once."""
        return _TRIAL.match(self.name)[0]  # type: ignore[index]

    def holds(self, value: float) -> bool:
        """Whether a value lies inside the published interval, its ends included."""
        above = self.low is None or self.low <= value
        return above and (self.high is None or value <= self.high)

    def arm(self, which: Literal["protocol", "comparator"] = "protocol") -> Protocol:
        """The prescription of the arm, or of the one it is compared with."""
        return shorthand.parse(getattr(self, which), name=which)

    @property
    def weeks(self) -> int:
        """Weeks followed: trained, paused and trained again."""
        return self.arm().weeks + self.pause_wk + self.again_wk


def citation(case: Case) -> str:
    """Who published the case's numbers; its source's address where no row has it."""
    return sources.rows()[case.evidence[0]].citation if case.evidence else case.source


def second_hand(case: Case) -> bool:
    """Whether any of its numbers was read in somebody else's words only."""
    return any(sources.rows()[i].read == "second-hand" for i in case.evidence)


_NAME = re.compile(r"[a-z][a-z_]*_\d{4}(?:_[a-z][a-z0-9_]*)?\Z")


def _field_problems(error: Any, where: str) -> list[Problem]:
    path = [str(part) for part in error["loc"]]
    if not path:  # rules between fields, each a problem of its own
        return [
            Problem(where, None, f"the rule: {one}") for one in field_rule(error).split(BETWEEN)
        ]
    if path[0] in GONE:
        rule = "this field is gone: calibration cases move all numbers together and set none alone"
        mend = "Delete it; role says what the case is for."
        return [Problem(f"{where}, {path[0]}", str(error["input"]), rule, mend)]
    names = [field.alias or name for name, field in Case.model_fields.items()]
    return [field_problem(error, ", ".join([where, *path]), names)]


def _wrong_line(data: Mapping[str, Any], where: str) -> list[Problem]:
    """What is wrong with a prescription, said where it stands."""
    problems = []
    for field in ("protocol", "comparator"):
        text = data.get(field, "")
        if not isinstance(text, str) or not text:
            continue
        try:
            shorthand.parse(text, name=field)
        except UsageProblems as error:
            problems += [
                Problem(f"{where}, {field}, {p.where}", p.value, p.rule, p.mend)
                for p in error.problems
            ]
    return problems


def _wrong_times(case: Case, where: str) -> list[Problem]:
    """Weeks and days that lie past the end of what is followed."""
    ends = {"at_wk": case.weeks, "of_wk": case.weeks, "at_d": case.weeks * 7 - 1}
    return [
        Problem(f"{where}, {field}", str(at), f"the rule: {end} at the most, the end of the case")
        for field, end in ends.items()
        if (at := getattr(case, field)) is not None and at > end
    ]


def _wrong_evidence(data: Mapping[str, Any], where: str) -> list[Problem]:
    ids = data.get("evidence", ())
    unknown = [i for i in ids if i not in sources.rows()] if isinstance(ids, list) else []
    rule = "there is no such row in data/evidence.csv"
    mend = "Leave evidence out and give source, the address of the paper."
    return [Problem(f"{where}, evidence", str(one), rule, mend) for one in unknown]


def _case(name: str, data: Any, file: str) -> tuple[Case | None, list[Problem]]:
    where = f"{file}, {name}"
    if not isinstance(data, dict):
        return None, [Problem(where, str(data), f"a case stands under [{name}], one field a line")]
    problems = []
    if not _NAME.match(name):
        rule = "the name of a case: first author, year and what it is of, as kerrigan_2003"
        problems.append(Problem(where, name, rule))
    problems += [*_wrong_line(data, where), *_wrong_evidence(data, where)]
    try:
        case = Case.model_validate({**data, "name": name})
    except ValidationError as error:
        return None, [*problems, *(p for e in error.errors() for p in _field_problems(e, where))]
    return case, problems or _wrong_times(case, where)


def _counted_twice(cases: Iterable[Case], file: str) -> list[Problem]:
    """A trial that calibrates and tests the model, stands there under two names, or has two SDs."""
    problems, roles, names, spreads = [], {}, {}, {}
    for case in cases:
        where = f"{file}, {case.name}"
        if roles.setdefault(case.trial, case.role) != case.role:
            rule = f"one trial counts once: {case.trial} is there as {roles[case.trial]} already"
            problems.append(Problem(f"{where}, role", case.role, rule))
        spread = spreads.setdefault((case.trial, case.outcome), case.sd) if case.sd else None
        if case.sd != spread:
            rule = f"one trial has one SD: another case of {case.trial} has {spread}"
            problems.append(Problem(f"{where}, sd", f"{case.sd:g}", rule))
        who = citation(case)
        if names.setdefault(who, case.trial) != case.trial:
            rule = f"one trial counts once: {who} is there as {names[who]} already"
            problems.append(Problem(where, case.trial, rule))
    return problems


def _unknown_overlaps(cases: Iterable[Case], trials: set[str], file: str) -> list[Problem]:
    rule = "the rule: the name of a trial or review of the gallery, as arntz_2023"
    return [
        Problem(f"{file}, {case.name}, overlaps", one, rule, nearest(one, trials))
        for case in cases
        for one in case.overlaps
        if one not in trials
    ]


def read(path: Path, *, beside: Iterable[Case] = ()) -> tuple[Case, ...]:
    """Read cases from a TOML file.

    Parameters
    ----------
    path
        One ``[name]`` a case, with fields as in ``data/trials.toml``.
    beside
        Cases that are there already; no name may come twice.

    Raises
    ------
    UsageProblems
        When the file is missing or is no TOML; every wrong field of every case, each with its
        name, what was found, the rule and how to mend it.
    """
    try:
        tables = text_files.loads(read_text(path))
    except WrongEncoding as error:
        raise UsageProblems([Problem("trials", path.name, str(error), SAVE)]) from None
    except (OSError, text_files.NotToml) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        rule = f"a file of trials in TOML is needed ({why})"
        raise UsageProblems([Problem("trials", path.name, rule)]) from None
    there = list(beside)
    names = {case.name for case in there}
    problems, cases = [], []
    for name, data in tables.items():
        case, wrong = _case(name, data, path.name)
        if name in names:
            wrong = [*wrong, Problem(f"{path.name}, {name}", name, "this case is there already")]
        problems += wrong
        cases += [case] if case and not wrong else []
    problems += _counted_twice([*there, *cases], path.name)
    problems += _unknown_overlaps(cases, {case.trial for case in (*there, *cases)}, path.name)
    if problems:
        raise UsageProblems(problems)
    return tuple(cases)


@cache
def shipped() -> tuple[Case, ...]:
    """The cases that travel with the package."""
    return read(place("data", "trials.toml"))

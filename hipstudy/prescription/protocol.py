"""Prescriptions as frozen values: the exercises, their dose, and the time that they take.

A prescription is a strength part, a stretch part, both or neither, for so many weeks, done on both
sides. It is read from TOML; every wrong, impossible or misspelt field is listed in one error.
"""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from hipstudy import text_files
from hipstudy.errors import Problem, UsageProblems, nearest
from hipstudy.field_problems import field_problem, field_rule
from hipstudy.prescription.cert_answers import Answers, CertFields
from hipstudy.prescription.progression import Progression
from hipstudy.prescription.weight_slips import likely_weight
from hipstudy.resources import place
from hipstudy.short_repr import ShortRepr
from hipstudy.text_files import SAVE, WrongEncoding, read_text

SIDES = 2
SECONDS_PER_MIN = 60
LOADS = ("unloaded", "near-failure")
MAX_ADDED_KG = 60
MAX_HOLDS, MAX_HOLD_S = 100, 600
MAX_HOURS_WK = 14
MAX_SUPPORT_CM = 40
LABEL_LENGTH = 60
ARM_NAME_LENGTH = 61


def _check_load(load: str) -> str:
    if load in LOADS:
        return load
    try:
        kg = float(load.removesuffix("kg"))
    except ValueError:
        kg = -1.0
    if not 0 < kg <= MAX_ADDED_KG:
        raise ValueError(
            f"unloaded, near-failure, or added kg up to {MAX_ADDED_KG}, such as 5 or 2.5 "
            "(kilograms, not pounds, with a decimal point; runners hold less, a report says how "
            "much)"
        )
    return f"{kg:g} kg"


Seconds = Annotated[float, Field(ge=0, le=600, description="s")]
_FROZEN = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Strength(BaseModel):
    """The strength part. Times are seconds a repetition; angles are degrees of hip extension."""

    model_config = _FROZEN

    exercise: Literal["hip-flexor"] = "hip-flexor"
    lever: Literal["leg-lever", "trunk-lever"] = "leg-lever"
    sides: Literal["both", "left", "right"] = "both"
    sets: int = Field(ge=1, le=10)
    reps: int = Field(ge=1, le=30)
    lower_s: Annotated[float, Field(ge=0, le=30)] = 2
    pause_s: Annotated[float, Field(ge=0, le=60)] = 2
    raise_s: Annotated[float, Field(ge=0, le=30)] = 3
    rest_s: Seconds = 60
    sessions_per_week: int = Field(ge=1, le=14)
    unloaded_weeks: int = Field(default=0, ge=0, le=52)
    load: Annotated[str, AfterValidator(_check_load)] = "near-failure"
    support_height_cm: Annotated[float, Field(ge=0, le=MAX_SUPPORT_CM)] = 0
    trained_from_ext_deg: Annotated[float, Field(ge=-105, le=40)] = -10
    trained_to_ext_deg: Annotated[float, Field(ge=-105, le=40)] = 10
    progression: Progression | None = None

    @model_validator(mode="after")
    def _ordered(self) -> "Strength":
        if self.trained_from_ext_deg >= self.trained_to_ext_deg:
            raise ValueError("trained_from_ext_deg must be below trained_to_ext_deg")
        rules = self.progression
        if rules and not rules.reps_low <= self.reps <= rules.reps_top:
            raise ValueError("reps must be within reps_low and reps_top of progression")
        if rules and self.load != "near-failure":
            raise ValueError("with progression, load is near-failure: the rules lead to the weight")
        return self

    @property
    def added_kg(self) -> float:
        """Weight added to the lever, kg; 0 when the load is not given in kg."""
        return 0.0 if self.load in LOADS else float(self.load.removesuffix("kg"))

    def weeks_without_weight(self, weeks: int) -> int:
        """Weeks, of so many, before weight is added; 0 where none is ever added."""
        return 0 if self.load == "unloaded" else min(self.unloaded_weeks, weeks)

    @property
    def session_min(self) -> float:
        """Clock minutes of a session: every trained side, rests between sets included."""
        sets = self.sets * (SIDES if self.sides == "both" else 1)
        work_s = self.reps * (self.lower_s + self.pause_s + self.raise_s)
        return (sets * work_s + (sets - 1) * self.rest_s) / SECONDS_PER_MIN

    @property
    def end_range_min(self) -> float:
        """Minutes a session that one limb is paused at its end range."""
        return self.sets * self.reps * self.pause_s / SECONDS_PER_MIN


class Stretch(BaseModel):
    """The stretch part: holds x seconds a side, so many times a week, on both sides."""

    model_config = _FROZEN

    holds: int = Field(ge=1, le=MAX_HOLDS)
    hold_s: float = Field(gt=0, le=MAX_HOLD_S)
    rest_s: Seconds = 0
    times_per_week: int = Field(ge=1, le=21)

    @property
    def session_min(self) -> float:
        """Clock minutes of one bout: both sides, rests after holds included."""
        return SIDES * self.holds * (self.hold_s + self.rest_s) / SECONDS_PER_MIN

    @property
    def limb_min(self) -> float:
        """Minutes of one bout that one limb is on stretch."""
        return self.holds * self.hold_s / SECONDS_PER_MIN


class Protocol(ShortRepr, BaseModel):
    """One arm: a name, how many weeks, its two parts, and what is reported of it in words."""

    model_config = _FROZEN

    name: str = Field(pattern=rf"^[a-z][a-z0-9_]{{0,{ARM_NAME_LENGTH - 1}}}$")
    label: str = Field(min_length=1, max_length=LABEL_LENGTH)
    weeks: int = Field(ge=1, le=104)
    contact_min_wk: float = Field(default=0, ge=0, le=600)
    note: str = Field(default="", max_length=200)
    strength: Strength | None = None
    stretch: Stretch | None = None
    cert: Answers = None

    @model_validator(mode="after")
    def _fits_a_week(self) -> "Protocol":
        hours = self.clock_min_wk / 60
        if hours > MAX_HOURS_WK:
            raise ValueError(
                f"these parts take {hours:.0f} hours a week; the rule is at most {MAX_HOURS_WK}"
            )
        return self

    def facts(self) -> dict[str, object]:
        """Its name, its line, and what it takes."""
        return {
            "name": self.name,
            "prescription": repr(self),
            "weeks": self.weeks,
            "clock minutes a week": f"{self.clock_min_wk:.1f}",
        }

    def __repr__(self) -> str:
        from hipstudy.prescription.shorthand import dose  # reads and writes prescriptions

        return dose(self)

    @property
    def strength_min_wk(self) -> float:
        """Clock minutes a week of strength work."""
        return self.strength.session_min * self.strength.sessions_per_week if self.strength else 0.0

    @property
    def stretch_min_wk(self) -> float:
        """Clock minutes a week of stretching."""
        return self.stretch.session_min * self.stretch.times_per_week if self.stretch else 0.0

    @property
    def clock_min_wk(self) -> float:
        """Clock minutes a week in all: both sides, rests included."""
        return self.strength_min_wk + self.stretch_min_wk

    @property
    def stretch_limb_min_wk(self) -> float:
        """Minutes a week that one limb is on stretch."""
        return self.stretch.limb_min * self.stretch.times_per_week if self.stretch else 0.0


_UNITS = {
    "_s": "seconds",
    "_deg": "degrees",
    "_cm": "centimetres",
    "_per_week": "times a week",
    "weeks": "weeks",
}
_MODELS = {
    "strength": Strength,
    "stretch": Stretch,
    "cert": CertFields,
    "progression": Progression,
}


def _field_problem(error: Any, source: str) -> Problem:
    path = [str(part) for part in error["loc"]]
    where = f"{source}, {'.'.join(path)}" if path else source
    model = _MODELS.get(path[-2], Protocol) if len(path) > 1 else Protocol
    if error["type"] == "string_type" and path[-1] == "load":
        rule, mend = "text is wanted, with its unit", 'Write it in quotes, such as load = "5 kg".'
        return Problem(where, str(error["input"]), rule, mend)
    if error["type"] == "string_pattern_mismatch":
        rule = (
            "the rule: lower-case letters, digits and underscores, a letter first, "
            f"{ARM_NAME_LENGTH} or fewer"
        )
        return Problem(where, str(error["input"]), rule)
    if not path or isinstance(error["input"], BaseModel):
        return Problem(where, "this prescription", f"the rule: {field_rule(error)}")
    problem = field_problem(error, where, model.model_fields)
    if path[-1] == "load":
        return replace(problem, mend=problem.mend or likely_weight(problem.value, MAX_ADDED_KG))
    unit = next((u for end, u in _UNITS.items() if path[-1].endswith(end)), "")
    is_rule = unit and problem.rule.startswith("the rule: ")
    return replace(problem, rule=f"{problem.rule}, in {unit}") if is_rule else problem


def from_dict(data: dict[str, Any], source: str) -> Protocol:
    """Check a prescription given as a dictionary.

    Parameters
    ----------
    data
        Fields as in the TOML files.
    source
        Name to say where a problem is.

    Raises
    ------
    UsageProblems
        Every wrong, impossible or misspelt field, each with the nearest valid name.
    """
    try:
        return Protocol.model_validate(data)
    except ValidationError as error:
        raise UsageProblems(_field_problem(e, source) for e in error.errors()) from None


def read(path: Path) -> Protocol:
    """Read a prescription from a TOML file.

    Raises
    ------
    UsageProblems
        When the file is missing, is not TOML, or breaks a rule.
    """
    try:
        return from_dict(text_files.loads(read_text(path)), path.name)
    except WrongEncoding as error:
        raise UsageProblems([Problem("protocol file", path.name, str(error), SAVE)]) from None
    except (OSError, text_files.NotToml) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        rule = f"a prescription in TOML is needed ({reason})"
        raise UsageProblems([Problem("protocol file", path.name, rule)]) from None


def preset_names() -> tuple[str, ...]:
    """Names of the prescriptions that travel with the package, in the order of an arm list."""
    names = {path.stem for path in place("data", "protocols").glob("*.toml")}
    first = ("usual_running", "stretch_only", "strength_only", "strength_plus_stretch")
    return (*first, *sorted(names - set(first)))


def preset(name: str) -> Protocol:
    """One of the prescriptions that travel with the package.

    Raises
    ------
    UsageProblems
        When there is none of this name.
    """
    if name not in preset_names():
        rule = "there is no preset of this name"
        raise UsageProblems([Problem("protocol", name, rule, nearest(name, preset_names()))])
    return read(place("data", "protocols", f"{name}.toml"))

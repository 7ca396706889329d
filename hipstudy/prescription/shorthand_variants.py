"""What people write in a prescription that is no term as it stands: read, or asked about.

``tempo 3-1-3-0``, ``RPE 8``, ``10RM``, ``30 s x 4``, ``2x/day``, ``every other day``. A variant has
one way to be written in terms and is read so; where there are several, the prescriber chooses.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor

from hipstudy import parameters
from hipstudy.prescription.shorthand_terms import COUNT, END, FLAGS, GRAMMAR, UNITS, exact, number

DAYS = 7
NUMBER = rf"(?:[0-9]+(?:\.[0-9]+)?|{COUNT})"
_OFTEN = r"(?:/|(?:per|a|each|every)\b)"
# What the patterns of the grammar abbreviate.
_SHORT = {
    "~s": rf"{NUMBER}\s*(?:{'|'.join(UNITS['s'])})\b",
    "~": NUMBER,
    "<no unit>": r"(?!\s*(?:(?:kg|kilo\w*|lb|pound|g|gram|n|nm|w|rm|x(?!\s*[0-9])|w(?:ee)?k"
    r"|day|d|month|time|session|min|sec|s|per|a)s?\b|%|/))",
    "<day>": rf"(?:(?:[x×]|times|sessions?)?\s*{_OFTEN}\s*(?:day|d)\b|(?:[x×]|times|sessions?)?"
    r"\s*daily\b|(?:[x×]|times)\s*(?:day|d)\b)",
    "<weekday>": r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?s?\b",
    "<days>": rf"(?:days?|d)\s*(?:{_OFTEN}\s*w(?:ee)?k\b|weekly\b)",
    "<week>": rf"(?:[x×]|times|sessions?)?\s*(?:{_OFTEN}\s*w(?:ee)?k\b|weekly\b)",
}
RANGE = re.compile(
    rf"(?<![a-wyz0-9_.])({NUMBER})\s*(?:[-–—]|(?:to|or)\b)\s*({NUMBER})(?![.,]?[0-9])", FLAGS
)
ASKED, READ_AS, MENDED = (GRAMMAR[table] for table in ("asked", "read_as", "mended"))
_EVERY = {"other": 2, "second": 2, "2nd": 2, "third": 3, "3rd": 3}
_LEVER = {"lower": "lower", "eccentric": "lower", "down": "lower", "pause": "pause"}
_NEAR = "@near-failure"
_EXAMPLE = "@5 kg"
ONE_OR_OTHER, ENDS, _LOADS = ("first", "second"), ("low", "high"), ("near", "weight")
WEIGHT = ("weight",)
_USUAL_HOLD_S = 30  # of a stretch, in an example
# A rating of exertion on the scale of ten is 10 less the repetitions in reserve.
# https://doi.org/10.1519/JSC.0000000000001049
_TOP = 10


@dataclass(frozen=True)
class Ways:
    """How a variant is written in terms.

    Parameters
    ----------
    texts
        Each way, in terms.
    question
        Why the prescriber has to choose or confirm; empty where the only way is read.
    read_as
        What is said of it where it is read.
    names
        What each of several ways is called, in ``MENDED``.
    """

    texts: tuple[str, ...]
    question: str = ""
    read_as: str = ""
    names: tuple[str, ...] = ONE_OR_OTHER


def most_left() -> float:
    """Repetitions in reserve up to which a set is near failure."""
    return parameters.number("full_effort_reps_left")


def _asked(rule: str, *texts: str, **facts: object) -> Ways:
    return Ways(texts, question=ASKED[rule].format(**facts))


def _weight_wanted(rule: str, **facts: object) -> Ways:
    return Ways((_NEAR, _EXAMPLE), question=ASKED[rule].format(**facts), names=_LOADS)


def _too_far() -> Ways:
    """A set that is not near failure: of its load only the weight can be said."""
    question = ASKED["far"].format(most=exact(most_left()))
    return Ways((_EXAMPLE,), question=question, names=WEIGHT)


def _said(rule: str, match: re.Match[str], text: str, **facts: object) -> Ways:
    found = " ".join(match[0].split())
    return Ways((text,), read_as=READ_AS[rule].format(found=found, read=text, **facts))


def _amount(match: re.Match[str], name: str = "a") -> int | float:
    return number(match[name])


def _text(match: re.Match[str], name: str = "a") -> str:
    return exact(_amount(match, name))


def _time(match: re.Match[str]) -> str:
    """A time as it was written, in a unit of the terms."""
    value, unit = re.fullmatch(rf"({NUMBER})\s*(.*)", match["b"], FLAGS).groups()
    return f"{exact(number(value))} {'min' if unit.lower().startswith('m') else 's'}"


def _tempo(match: re.Match[str]) -> Ways:
    digits = match["digits"]
    parts = list(digits) if digits.isalnum() else re.findall(r"[0-9]+|x", digits, FLAGS)
    lower, pause, up, *last = parts
    text = f"lower {int(lower)} s, pause {int(pause)} s, raise {{}} s"
    rules = [ASKED["tempo_x"]] if up in "xX" else []
    if last and int(last[0]):
        rules.append(ASKED["tempo_fourth"].format(seconds=int(last[0])))
    text = text.format(1 if up in "xX" else int(up))
    return Ways((text,), question="; ".join(rules)) if rules else _said("tempo", match, text)


def _by_reps_left(rule: str, match: re.Match[str], most: float) -> Ways:
    if most > most_left():
        return _too_far()
    return _said(rule, match, _NEAR, most=exact(most_left()))


def _reps_left(match: re.Match[str]) -> Ways:
    return _by_reps_left("reps_left", match, max(number(match[one] or match["a"]) for one in "ab"))


def _exertion(match: re.Match[str]) -> Ways:
    ratings = [number(match[one] or match["a"]) for one in "ab"]
    if match["top"] == "20" or not 1 <= min(ratings) <= max(ratings) <= _TOP:
        return _weight_wanted("scale")
    return _by_reps_left("exertion", match, _TOP - min(ratings))


def most_reps(match: re.Match[str], reps: int | float) -> Ways:
    """A weight that can be moved so many times and no more, for sets of these repetitions."""
    left = _amount(match) - reps
    if left < 0:
        return _asked("too_heavy", _NEAR, reps=exact(reps))
    if left > most_left():
        return _too_far()
    return _said(
        "most_reps", match, _NEAR, left=exact(left), reps=exact(reps), most=exact(most_left())
    )


def _side_of_the_lever(match: re.Match[str]) -> Ways:
    word = match["word"].lower()
    return Ways((f"{_LEVER.get(word.removesuffix('ing'), 'raise')} {_time(match)}",))


def _every_days(match: re.Match[str]) -> Ways:
    groups = match.groupdict()
    word = (groups.get("word") or "").lower()
    every = number(groups["a"]) if groups.get("a") else _EVERY.get(word, 2)
    if every < 1:
        return _asked("every_days")
    low, high = max(floor(DAYS / every), 1), max(ceil(DAYS / every), 1)
    if low == high and DAYS % every == 0:
        return Ways((f"{low}/wk",))
    return _asked("every_days", *dict.fromkeys((f"{low}/wk", f"{high}/wk")))


def _days_by_name(match: re.Match[str]) -> Ways:
    names = [name.lower()[:2] for name in re.findall(r"[a-z]+", match["names"], FLAGS)]
    days = {name for name in names if name != "an"}  # and
    return Ways((f"{len(days)}/wk",))


def _months(match: re.Match[str]) -> Ways:
    low, high = round(4 * _amount(match)), round(_amount(match) * 52 / 12)
    return _asked("months", *dict.fromkeys((f"x {low} wk", f"x {high} wk")))


def _days_and_times(match: re.Match[str]) -> str:
    return f"{exact(_amount(match) * number(match['b']))}/wk"


def _weeks_unloaded(match: re.Match[str]) -> Ways:
    weeks = _text(match)
    return _asked(
        "some_weeks_unloaded", f"first {weeks} wk @bodyweight", f"@bodyweight x {weeks} wk"
    )


def _seconds_so_often_a_day(match: re.Match[str]) -> Ways:
    holds = _amount(match)
    texts = (f"{exact(holds)}x{_time(match)} daily", f"1x{_time(match)} {exact(DAYS * holds)}/wk")
    return _asked("seconds_so_often_a_day", *texts)


def _seconds_then_holds(match: re.Match[str]) -> Ways:
    return Ways((f"{_text(match, 'a' if match['a'] else 'a2')}x{_time(match)}",))


def _one_time(match: re.Match[str]) -> Ways:
    """A time without a number of holds: one hold, or holds of half a minute that last so long."""
    seconds = number(re.match(NUMBER, match["b"], FLAGS)[0]) * (
        60 if _time(match).endswith("min") else 1
    )
    several = seconds > _USUAL_HOLD_S and seconds % _USUAL_HOLD_S == 0
    texts = (f"1x{_time(match)}",)
    texts += (f"{exact(seconds / _USUAL_HOLD_S)}x{_USUAL_HOLD_S} s",) if several else ()
    return _asked("holds", *texts)


WAYS: Mapping[str, Callable[[re.Match[str]], Ways]] = {
    "tempo": _tempo,
    "percent": lambda _: _weight_wanted("percent"),
    "reps_left": _reps_left,
    "exertion": _exertion,
    # For how many repetitions, is not known before the part is read: ``most_reps``.
    "most_reps": lambda _: Ways((_NEAR,)),
    "sets_of_most_reps": lambda m: _said(
        "most_reps",
        m,
        f"{_text(m)}x{_text(m, 'b')} {_NEAR}",
        left="0",
        reps=_text(m, "b"),
        most=exact(most_left()),
    ),
    "failure": lambda m: _said("failure", m, _NEAR, most=exact(most_left())),
    "added_to_bodyweight": lambda m: _said("added_to_bodyweight", m, f"@{_text(m)} kg"),
    "weeks_unloaded": lambda m: Ways((f"first {_text(m)} wk @bodyweight",)),
    "some_weeks_unloaded": _weeks_unloaded,
    "sets_reps_weight": lambda m: Ways((f"{_text(m)}x{_text(m, 'b')} @{_text(m, 'c')} kg",)),
    "sets_then_reps": lambda m: Ways((f"{_text(m)}x{_text(m, 'b')}",)),
    "reps_then_sets": lambda m: Ways((f"{_text(m)}x{_text(m, 'b')}",)),
    "holds_then_seconds": lambda m: Ways((f"{_text(m)}x{_time(m)}",)),
    "seconds_so_often_a_day": _seconds_so_often_a_day,
    "seconds_then_holds": _seconds_then_holds,
    "side_of_the_lever": _side_of_the_lever,
    "hold": lambda m: _asked("hold", f"pause {_time(m)}"),
    "rest": lambda m: Ways((f"rest {_time(m)}",)),
    "pause_or_rest": lambda m: _asked("pause_or_rest", f"rest {_time(m)}", f"pause {_time(m)}"),
    "one_time": _one_time,
    "times_a_day_on_days": lambda m: Ways((_days_and_times(m),)),
    "times_a_day_and_a_week": lambda m: _asked("times_a_day_and_a_week", _days_and_times(m)),
    "times_a_day": lambda m: Ways((f"{exact(DAYS * _amount(m))}/wk",)),
    "a_day": lambda _: Ways(("daily",)),
    "weekdays": lambda _: Ways(("5/wk",)),
    "every_days": _every_days,
    "days_by_name": _days_by_name,
    "in_latin": lambda m: Ways((f"{DAYS * (2 if m['word'][0] in 'bB' else 3)}/wk",)),
    "times_a_week": lambda m: Ways((f"{_text(m)}/wk",)),
    "days_of_seven": lambda m: _asked("days_of_seven", f"{_text(m)}/wk"),
    "weeks_of_the_year": lambda m: _asked("weeks_of_the_year", f"x {_text(m)} wk"),
    "months": _months,
    "weeks": lambda m: Ways((f"x {_text(m)} wk",)),
}


@dataclass(frozen=True)
class Variant:
    """One thing that is written otherwise, with the parts in which it can stand."""

    name: str
    of: tuple[str, ...]
    shape: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What it looks like in a line; made when it is first looked for, which takes long."""
        text = self.shape
        for short, pattern in _SHORT.items():
            text = text.replace(short, pattern)
        return re.compile(text + END, FLAGS)

    def ways(self, match: re.Match[str]) -> Ways:
        """How what matches is written in terms."""
        return WAYS[self.name](match)


VARIANTS = [
    Variant(row["name"], tuple(row["of"]), shape)
    for row in GRAMMAR["variants"]
    for shape in row["patterns"]
]

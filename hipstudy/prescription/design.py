"""What is compared: arms made from prescriptions, matched in time, and their contrasts."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hipstudy.errors import Problem, ProblemsFound, UsageProblems, nearest
from hipstudy.prescription import shorthand
from hipstudy.prescription.protocol import Protocol, from_dict, preset, preset_names, read
from hipstudy.prescription.shorthand_terms import piece_bounds
from hipstudy.prescription.time_matching import (
    BOTH,
    BOTH_MATCHED,
    STRETCH,
    STRETCH_MATCHED,
    cut_stretch,
    raise_stretch,
    stretched_for,
)
from hipstudy.short_repr import ShortRepr

if TYPE_CHECKING:
    import pandas as pd

CONTRACT_ARMS = (
    "usual_running",
    STRETCH,
    "strength_only",
    BOTH,
    STRETCH_MATCHED,
    BOTH_MATCHED,
)
# Primary first: time-matched both ways, then the comparison whose sign is assumed.
CONTRASTS = ((BOTH, STRETCH_MATCHED), (BOTH_MATCHED, STRETCH), (BOTH, STRETCH))
UNMATCHED = (BOTH, STRETCH)
OVERRIDES = ("sessions_per_week", "sets", "reps", "load", "lever")


@dataclass(frozen=True, repr=False)
class Design(ShortRepr):
    """The arms and the contrasts between them, each (treatment, control), primary first."""

    arms: tuple[Protocol, ...]
    contrasts: tuple[tuple[str, str], ...]

    def facts(self) -> dict[str, object]:
        """Names of the arms, contrasts and weeks."""
        contrasts = "; ".join(" - ".join(pair) for pair in self.contrasts)
        arms = ", ".join(arm.name for arm in self.arms)
        return {"arms": arms, "contrasts": contrasts, "weeks": self.weeks}

    @property
    def weeks(self) -> int:
        """Weeks of the longest arm."""
        return max(arm.weeks for arm in self.arms)

    def arm(self, name: str) -> Protocol:
        """The arm of this name."""
        return next(arm for arm in self.arms if arm.name == name)

    def held_against(self, name: str) -> str:
        """The arm that an arm is compared with first; one in no contrast, the primary control.

        Examples
        --------
        >>> design = build(CONTRACT_ARMS)
        >>> design.held_against("stretch_only_time_matched"), design.held_against("usual_running")
        ('strength_plus_stretch', 'stretch_only_time_matched')
        """
        pairs = (pair for pair in self.contrasts if name in pair)
        treatment, control = next(pairs, self.contrasts[0])
        return treatment if name == control else control


def split_arms(text: str) -> list[str]:
    """Arms as they are listed in one text, with ``|`` between them; names with commas as well.

    Raises
    ------
    UsageProblems
        When a prescription is written out with commas in it, and commas are between the arms.

    Examples
    --------
    >>> split_arms("stretch_only, mine.toml")
    ['stretch_only', 'mine.toml']
    >>> split_arms("stretch_only | stretch 4x30 s, daily x 6 wk")
    ['stretch_only', 'stretch 4x30 s, daily x 6 wk']
    """
    pieces = _pieces(text, r"\|")
    if len(pieces) > 1:
        return [name for piece in pieces for name in _names(piece.strip(" ,")) if name]
    names = [piece for piece in _pieces(text, ",") if piece]
    lines = [place for place, name in enumerate(names) if shorthand.is_line(name)]
    if lines and not all(map(shorthand.is_arm, names[lines[0] + 1 :])):
        rule = "a prescription written out has | before and after it, not a comma"
        mend = "Write for example stretch_only | stretch 4x60 s, daily x 12 wk."
        raise UsageProblems([Problem("protocols", text, rule, mend)])
    return names


def _pieces(text: str, separator: str) -> list[str]:
    return [text[start:end].strip() for start, end in piece_bounds(text, separator)]


def _names(text: str) -> list[str]:
    """Split names with commas between them from a prescription that follows them."""
    end = piece_bounds(text, ",")[0][1]
    first, rest = text[:end].strip(), text[end + 1 :].strip()
    if not rest or shorthand.is_line(first) or not shorthand.is_arm(first):
        return [text]
    others = _names(rest)
    return [first, *others] if shorthand.is_arm(others[0]) else [text]


def _own(names: Collection[str]) -> str:
    """Name of a prescription that was written out without one."""
    candidates = (shorthand.OWN, *(f"{shorthand.OWN}_{n}" for n in range(2, len(names) + 3)))
    return next(name for name in candidates if name not in names)


def arm_of(name: str) -> Protocol:
    """One prescription: a preset's name, a TOML file, one on a line, or an arm matched in time.

    Raises
    ------
    UsageProblems
        When there is none, or it breaks a rule.
    """
    is_matched = name in (STRETCH_MATCHED, BOTH_MATCHED)
    return build(CONTRACT_ARMS).arm(name) if is_matched else _find(name, Path())


_BETWEEN = ("", "and", "or", "vs", "vs.", "versus", "against")  # arms, where a comma is meant


def _find(name: str, folder: Path, names: Collection[str] = ()) -> Protocol:
    valid = dict.fromkeys((*CONTRACT_ARMS, *preset_names()))
    several = [one for one in re.split(r"[\s;:+&/]+", name.lower()) if one not in _BETWEEN]
    if len(several) > 1 and set(several) <= set(valid):
        once = list(dict.fromkeys(several))
        rule, mend = "arms have commas between", f"Write {', '.join(once)}."
        if once != several:
            rule += ", and each is named once"
        if len(once) == 1:
            mend = f"Name {once[0]} once, and any other arm after a comma."
        raise UsageProblems([Problem("protocols", name, rule, mend)])
    if shorthand.is_line(name):
        return shorthand.parse(name, name=_own(names))
    if name.endswith(".toml"):
        return read(folder / name)
    if name not in preset_names():
        rule = "there is no arm of this name"
        raise UsageProblems([Problem("protocols", name, rule, nearest(name, valid))])
    return preset(name)


def _with_changes(
    protocol: Protocol, changes: dict[str, Any], weeks: int | None, stretch_min_wk: float | None
) -> Protocol:
    data = protocol.model_dump()
    if weeks is not None:
        data["weeks"] = weeks
    if data["strength"]:
        data["strength"] |= changes
    arm = from_dict(data, protocol.name)
    if stretch_min_wk is None or protocol.stretch is None:
        return arm
    return stretched_for(arm, stretch_min_wk)


def build(
    names: Sequence[str],
    *,
    weeks: int | None = None,
    overrides: dict[str, Any] | None = None,
    stretch_min_wk: float | None = None,
    folder: Path = Path(),
) -> Design:
    """Make the arms of a comparison.

    Parameters
    ----------
    names
        Presets, ``..._time_matched`` arms, TOML files, or prescriptions on one line; a file or a
        line with the name of a preset takes that preset's place.
    weeks
        Weeks of every arm; each arm's own when None.
    overrides
        Fields of the strength part (``OVERRIDES``), for every arm that has one.
    stretch_min_wk
        Clock minutes a week of stretching, for every arm that stretches, before any is matched.
    folder
        Where relative file names start.

    Raises
    ------
    UsageProblems
        Every problem of every arm.
    """
    changes = {k: v for k, v in (overrides or {}).items() if v is not None}
    arms, order = _arms_in_order(
        names, folder, lambda arm: _with_changes(arm, changes, weeks, stretch_min_wk)
    )
    makers = {
        STRETCH_MATCHED: lambda: raise_stretch(arms[STRETCH], arms[BOTH]),
        BOTH_MATCHED: lambda: cut_stretch(arms[BOTH], arms[STRETCH]),
    }
    return _compared(
        [makers[arm] if isinstance(arm, str) else lambda arm=arm: arm for arm in order]
    )


def _compared(makers: Sequence[Callable[[], Protocol]]) -> Design:
    """Make the arms and contrasts, or raise every problem at once."""
    problems: dict[str, Problem] = {}
    arms = []
    for maker in makers:
        try:
            arms.append(maker())
        except UsageProblems as found:
            problems |= {str(problem): problem for problem in found.problems}
    if problems:
        raise UsageProblems(problems.values())
    return Design(tuple(arms), _contrasts([arm.name for arm in arms]))


def _arms_in_order(
    names: Sequence[str], folder: Path, change: Callable[[Protocol], Protocol]
) -> tuple[dict[str, Protocol], list[Protocol | str]]:
    """Arms by name, and in the order of ``names``; arms to be matched stand there by name."""
    problems: dict[str, Problem] = {}
    arms: dict[str, Protocol] = {}
    order: list[Protocol | str] = []
    own_names: set[str] = set()
    matched_names = {STRETCH_MATCHED, BOTH_MATCHED} & set(names)
    for place, name in enumerate((*names, *((STRETCH, BOTH) if matched_names else ()))):
        is_listed = place < len(names)
        if name in matched_names:
            order.append(name)
        elif is_listed or name not in arms:
            try:
                arm = change(_find(name, folder, own_names))
            except ProblemsFound as found:
                problems |= {str(problem): problem for problem in found.problems}
                own_names |= {_own(own_names)} if shorthand.is_line(name) else set()
                continue
            arms[arm.name] = arm
            own_names.add(arm.name)
            order += [arm] if is_listed else []
    if problems:
        raise UsageProblems(problems.values())
    return arms, order


def _contrasts(arms: Sequence[str]) -> tuple[tuple[str, str], ...]:
    if len(arms) < 2 or len(set(arms)) < len(arms):
        rule = "a comparison needs two arms or more, each named once"
        raise UsageProblems([Problem("protocols", ", ".join(arms), rule)])
    pairs = tuple(pair for pair in CONTRASTS if set(pair) <= set(arms))
    # Arms of one's own are compared too: with stretch only where it is there.
    paired = {arm for pair in pairs for arm in pair} | set(CONTRACT_ARMS if pairs else ())
    control = STRETCH if STRETCH in arms else arms[0]
    return pairs + tuple((arm, control) for arm in arms if arm not in paired | {control})


def preset_rows() -> list[tuple[str, str, float]]:
    """Presets: name, one-line prescription, clock minutes a week."""
    design = build([*CONTRACT_ARMS, *(n for n in preset_names() if n not in CONTRACT_ARMS)])
    return [(arm.name, shorthand.dose(arm), round(arm.clock_min_wk, 1)) for arm in design.arms]


def presets_frame() -> "pd.DataFrame":
    """Presets as a table: name, one-line prescription, clock minutes a week."""
    import pandas as pd

    return pd.DataFrame(preset_rows(), columns=["name", "prescription", "clock_min_wk"])


def to_toml(name: str) -> str:
    """An arm or a prescription on one line as TOML, to edit.

    What was read otherwise than it was written stands above it, as comments.
    """
    import tomli_w

    text = tomli_w.dumps(arm_of(name).model_dump(exclude_none=True))
    return "".join(f"# {one}\n" for one in readings(name)) + text


def readings(text: str) -> tuple[str, ...]:
    """What is read in arms listed in one text otherwise than it is written there.

    Examples
    --------
    >>> print(*readings("stretch_only | hip-flexor 3x10 @10RM, 3/wk x 12 wk"))
    '@10RM' was read as near failure: with such a weight 0 repetitions are left after 10, and near
    failure here is at most 3
    """
    lines = (piece for piece in _pieces(text, r"\|") if shorthand.is_line(piece))
    return tuple(dict.fromkeys(one for line in lines for one in shorthand.readings(line)))

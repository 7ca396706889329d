"""What the library answers to the page: the dose that was asked for, and runs of its arms.

An answer follows from its request alone, so nothing is held for a page; only results are, in one
``ModelCache`` for all pages. Requests and answers are plain values, ready for JSON.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from hipstudy.errors import Problem, ProblemsFound, UsageProblems
from hipstudy.evidence.outside_view import class_of
from hipstudy.explore import dose_controls, state
from hipstudy.explore.arm_changes import change_counts, level_starts, without_exercise
from hipstudy.explore.cache import FELT, ModelCache, sessions_done
from hipstudy.explore.cause_share_logs import LEVELS, shares_by_level
from hipstudy.explore.front_end import word_table
from hipstudy.explore.one_file.dose_grid import shown_weeks
from hipstudy.explore.outcome_words import WORDS
from hipstudy.explore.outside_row import outside_row
from hipstudy.explore.state import ARMS, OUTCOMES, RESERVE, PageState
from hipstudy.explore.torque_rows import torque_rows
from hipstudy.parameters import number
from hipstudy.prescription import shorthand
from hipstudy.prescription.protocol import Protocol, Strength
from hipstudy.prescription.time_matching import BOTH
from hipstudy.studies.settings import CompareSettings

MOST_SETS = 10
MOST_LETTERS = 50  # of the label of an arm that was changed since


def changed_label(label: str) -> str:
    """What an arm is called whose dose was moved."""
    return str(word_table()["changed"]).replace("[[label]]", label)


class Answers:
    """Answers to pages that look at the same runners.

    Parameters
    ----------
    start
        What a page opens with.
    model_cache
        Of the runners.
    """

    def __init__(self, start: PageState, model_cache: ModelCache) -> None:
        self.start, self.model_cache = start, model_cache

    def page_state(self, query: Mapping[str, str]) -> PageState:
        """What the words of an address ask for.

        Raises
        ------
        UsageProblems
            Everything that is wrong with it.
        """
        asked = state.read(urlencode(query), self.start)
        if self.model_cache.cohort.is_measured and asked.start_rom_deg is not None:
            rule = "this cohort's Thomas angles were measured; only drawn ones can be set"
            raise UsageProblems([Problem("address, rom", f"{asked.start_rom_deg:g}", rule)])
        return asked

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The dose, its controls and the runs of its arms.

        Parameters
        ----------
        request
            ``query``: what the page stands at. ``changes``: what a hand moved since, in order.
            ``outcome`` and ``weights``: what is looked at. ``even``: whether both arms are to take
            as long, and ``mover``, whose minutes hold then. ``spare``: a line for each arm that
            has lost its strength work, to bring it back. ``have``: results that the page has.
        """
        now, problems = self._asked(request)
        reply = self._described(now, request.get("spare") or {})
        outcome = request.get("outcome")
        names = [*FELT] if outcome in (None, *FELT) else [*FELT, str(outcome)]
        runs, data = self._runs(now, names, set(request.get("have") or ()))
        return reply | {"problems": problems, "runs": runs, "data": data}

    def torque(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Torque along the range, at the start and at the week that is looked at."""
        now, _ = self._asked(request)
        return torque_rows(now, self.model_cache)

    def settings(self, query: Mapping[str, str]) -> CompareSettings:
        """Settings of the comparison that an address asks for, its cohort's path with it."""
        now = self.page_state(query)
        return now.settings().model_copy(update={"cohort": now.cohort})

    def _asked(self, request: Mapping[str, Any]) -> tuple[PageState, list[str]]:
        problems: list[str] = []
        try:
            now = self.page_state(request.get("query") or {})
        except ProblemsFound as error:
            now = self.start
            problems = [WORDS("live_wrong_link"), *map(str, error.problems)]
        steps: list[Callable[[PageState], PageState]] = [
            lambda now, change=change: self._changed(now, change, request.get("spare") or {})
            for change in request.get("changes") or ()
        ]
        if weights := request.get("weights"):
            steps.append(lambda now: replace(now, prior=tuple(map(float, weights))))
        if request.get("even"):
            steps.append(lambda now: self._even(now, str(request.get("mover", "b"))))
        for step in steps:
            try:
                new = step(now)
                state.refuse_impossible(new)
                now = new
            except ProblemsFound as error:
                problems += [str(problem) for problem in error.problems]
        return now, problems

    def _changed(
        self, now: PageState, change: Mapping[str, Any], spare: Mapping[str, str]
    ) -> PageState:
        """The state after one control was moved."""
        if "shared" in change:
            return _with_shared(now, change["shared"])
        letter = change.get("arm")
        if letter not in ("a", "b"):
            return now
        name, arm = f"arm_{letter}", getattr(now, letter)
        if "preset" in change:
            ready = _presets().get(str(change["preset"]))
            if ready is None:
                rule = "there is no such prescription"
                raise UsageProblems([Problem(name, str(change["preset"]), rule)])
            new = state.arm_with_letter(ready, name).model_copy(update={"weeks": now.a.weeks})
        elif "line" in change:
            new = shorthand.parse(str(change["line"]), name=name)
            own = None if new.label != shorthand.label_of(name) else "my own"
            new = state.arm_with_letter(new, name, own)
        else:
            work = _spare(arm, spare.get(letter, ""))
            new = dose_controls.arm_from_controls(arm, work, change.get("values") or {})
            new = self._relabelled(arm, new)
        return _with_weeks(replace(now, **{letter: new}), new.weeks)

    def _even(self, now: PageState, mover: str) -> PageState:
        """Both arms with the same minutes a week, by the stretching of the one not moved."""
        other = "a" if mover == "b" else "b"
        before = getattr(now, other)
        after = dose_controls.match_minutes(getattr(now, mover), before)
        after = before if after is before else self._relabelled(before, after)
        return replace(now, **{other: after})

    def _relabelled(self, before: Protocol, now: Protocol) -> Protocol:
        """An arm whose dose was moved, called by what it was; as it opened, as it was called."""
        if now == before:
            return before
        first = self.start.a if before.name == ARMS[0] else self.start.b
        if _same(now, first):
            return state.arm_with_letter(now, before.name, first.label)
        was = before.label.removesuffix(changed_label(""))[:MOST_LETTERS]
        return state.arm_with_letter(now, before.name, changed_label(was))

    def _described(self, now: PageState, spare: Mapping[str, str]) -> dict[str, Any]:
        """The state in words and in what the controls stand at."""
        settings = now.settings()
        labels = [arm.label.removeprefix(f"{arm.name[-1].upper()}: ") for arm in (now.a, now.b)]
        if labels[0] == labels[1]:
            labels = [now.a.label, now.b.label]
        arms = {
            letter: _arm_facts(arm, label, _spare(arm, spare.get(letter, "")))
            for letter, arm, label in zip("ab", (now.a, now.b), labels, strict=True)
        }
        kind = class_of(now.b, now.a)
        row = self.model_cache.result(
            ("outside", kind), lambda: outside_row(settings.outside(), now.b, now.a)
        )
        query = {
            key: value for key, value in now.words().items() if key not in ("outcome", "prior")
        }
        return {
            "query": query,
            "arms": arms,
            "weeks": list(range(now.a.weeks + 1)),
            "outside": None if row is None else row.facts(),
            "shared": {
                "weeks": now.a.weeks,
                "told_weeks": shown_weeks(now.a.weeks),
                "adherence": now.adherence,
                "adherence_usual": number("adherence_mean"),
                "start_rom_deg": now.start_rom_deg,
                "rom_usual": number("thomas_mean_deg"),
                "running_speed": now.running_speed,
                "sessions_done": self._sessions_done(settings, now.a.weeks),
            },
        }

    def _sessions_done(self, settings: CompareSettings, weeks: int) -> tuple[float, float, float]:
        key = "done", sorted(settings.parameter_values.items()), weeks
        return self.model_cache.result(
            repr(key), lambda: sessions_done(self.model_cache.scene(settings, weeks))
        )

    def _runs(
        self, now: PageState, names: list[str], have: set[str]
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """Where each part of the scene and each run stands in ``data``; without what there is."""
        settings = now.settings()
        results, weeks = self.model_cache, now.a.weeks
        own_names = {name: settings.reserve if name == RESERVE else name for name in OUTCOMES}
        data: dict[str, str] = {}

        def part(follows_from: object, find: Callable[[], bytes]) -> str:
            mark = sha256(repr(follows_from).encode()).hexdigest()[:16]
            if mark not in have:
                packed = results.result(mark, find)
                data[mark] = base64.b64encode(packed).decode()
            return mark

        basis = settings.seed, tuple(sorted(settings.parameter_values.items())), weeks
        levels = sorted({*LEVELS, *now.prior})
        nobody = without_exercise(now.a)
        runs: dict[str, Any] = {
            "start": part(
                ("start", basis, own_names[RESERVE]),
                lambda: self._starts(settings, nobody, [*own_names.values()]),
            ),
            "logs": part(
                ("logs", settings.seed, levels),
                lambda: shares_by_level(levels, results.n_draws, seed=settings.seed).tobytes(),
            ),
            "levels": levels,
        }
        for letter, arm in (("a", now.a), ("b", now.b), ("none", nobody)):
            line = dose_controls.line(arm.model_copy(update={"name": "x"})), arm.contact_min_wk
            runs[letter] = {
                name: part(
                    (basis, line, own_names[name]),
                    lambda arm=arm, line=line, name=name: self._counts(
                        settings, (basis, line), arm, own_names[name], weeks
                    ),
                )
                for name in names
            }
        return runs, data

    def _starts(self, settings: CompareSettings, arm: Protocol, names: list[str]) -> bytes:
        """Levels before anything is done, which no week changes: one is run."""
        here = self.model_cache.scene(settings, 1)
        starts = level_starts(here, arm.model_copy(update={"weeks": 1}), names)
        return starts.astype("<f8").tobytes()

    def _counts(
        self, settings: CompareSettings, key: object, arm: Protocol, name: str, weeks: int
    ) -> bytes:
        """Changes of one outcome; those that are shown together are worked out together."""
        together = FELT if name in FELT else (name,)
        here = self.model_cache.scene(settings, weeks)
        counts = self.model_cache.result(
            (key, together),
            lambda: change_counts(here, arm, together, range(1, weeks + 1), at_once=True),
        )
        return counts[name].astype("<i2").tobytes()


def _spare(arm: Protocol, line: str) -> Strength:
    """The strength work of an arm, or what it would be, were it to have any."""
    if arm.strength:
        return arm.strength
    try:
        before = shorthand.parse(line, name=arm.name).strength if line else None
    except ProblemsFound:
        before = None
    work = before or _presets()[BOTH].strength
    assert work is not None
    return work


def _arm_facts(arm: Protocol, label: str, spare: Strength) -> dict[str, Any]:
    at = dose_controls.control_values(arm, spare)
    return {
        "label": label,
        "line": dose_controls.line(arm),
        "dose": shorthand.dose(arm),
        "preset": _preset_lines().get(_dose_line(arm), ""),
        "controls": at,
        "has_work": arm.strength is not None,
        "is_weighted": dose_controls.is_weighted(at["load"]),
        "minutes": {
            "strength": arm.strength_min_wk,
            "stretch": arm.stretch_min_wk,
            "both": arm.clock_min_wk,
        },
        "session_min": [0.0] + [
            spare.model_copy(update={"sets": sets}).session_min for sets in range(1, MOST_SETS + 1)
        ],
    }  # fmt: skip


def _same(one: Protocol, other: Protocol) -> bool:
    """Whether two arms prescribe the same, whatever they are called and however long."""
    return _dose_line(one) == _dose_line(other)


def _dose_line(arm: Protocol) -> str:
    return dose_controls.line(arm.model_copy(update={"name": "x", "weeks": 1}))


@cache
def _presets() -> Mapping[str, Protocol]:
    """Prescriptions to start from: they travel with the package, and are read once."""
    return state.presets()


@cache
def _preset_lines() -> Mapping[str, str]:
    """Their names by what they prescribe; of two alike, the first."""
    return {_dose_line(arm): name for name, arm in reversed([*_presets().items()])}


def _with_weeks(now: PageState, weeks: int) -> PageState:
    same = {"weeks": weeks}
    return replace(now, a=now.a.model_copy(update=same), b=now.b.model_copy(update=same))


def _with_shared(now: PageState, values: Mapping[str, Any]) -> PageState:
    """The state with what both arms have in common set otherwise."""
    for name, value in values.items():
        if name == "weeks":
            now = _with_weeks(now, int(value))
        elif name == "adherence":
            now = replace(now, adherence=None if value is None else float(value) / 100)
        elif name == "start_rom_deg":
            now = replace(now, start_rom_deg=None if value is None else float(value))
        elif name == "running_speed":
            now = replace(now, running_speed=float(value))
    return now

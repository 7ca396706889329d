"""The live explorer: controls on one side, pictures on the other, a report of what is on screen.

The picture of the chosen outcome follows a control at once; the others follow when the controls
rest. Whatever goes wrong is a sentence where it went wrong, and the last good pictures stay.
"""

import asyncio
import os
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from hipstudy.cohort_file import clinic
from hipstudy.errors import DataProblems, Problem, ProblemsFound, UsageProblems
from hipstudy.explore import picture_tables, sentences, state
from hipstudy.explore.cache import N_RUNNERS, ModelCache
from hipstudy.explore.live import controls as dose
from hipstudy.explore.live import panels
from hipstudy.explore.live.controls import OWN, ArmControls, ControlGroup, SharedControls
from hipstudy.explore.live.page_style import STYLE, plain, problem_list_html, warned
from hipstudy.explore.live.report_button import ReportButton
from hipstudy.explore.sentences import WORDS
from hipstudy.explore.state import ARMS, PageState
from hipstudy.figures import explorer
from hipstudy.model import cohort as runners
from hipstudy.model.causes import WORLDS
from hipstudy.model.cohort import Cohort
from hipstudy.pages.compare_report.runners import who
from hipstudy.prescription import shorthand
from hipstudy.prescription.protocol import Protocol
from hipstudy.prescription.time_matching import BOTH
from hipstudy.resources import cohort_path

REST_S = 0.12  # without a new turn, before the other pictures follow


class Page:
    """One open page: its state, its controls and its pictures.

    Parameters
    ----------
    start
        What it opens with.
    cohort
        Its runners.
    out
        Folder for reports.
    query
        Of its address: settings that a link brings back.
    """

    def __init__(self, start: PageState, cohort: Cohort, out: Path, query: str) -> None:
        self.model_cache = ModelCache(cohort)
        self.figures = {panel: explorer.board(panel.places) for panel in panels.PANELS}
        self.page_state = start
        self._waiting: asyncio.TimerHandle | None = None
        self.spare = {arm: state.presets()[BOTH].strength for arm in ARMS}
        self.arms = {
            name: ArmControls(
                name[-1].upper(), lambda control, name=name: self._arm_turned(name, control)
            )
            for name in ARMS
        }
        self.shared = SharedControls(self._shared_turned, is_measured=cohort.is_measured)
        last = float(start.a.weeks)
        curve = dose.slider("Week of the curve", "weeks", 0, last, 1)
        self.week = ControlGroup({"week": curve}, lambda _: self._week_turned())
        self.even = widgets.Button(description="Give both arms the same minutes a week")
        self.even.add_class("hs-wide")
        self.even.on_click(lambda _: self._even())
        self.pictures = {panel: widgets.HTML() for panel in panels.PANELS}
        self.link = widgets.HTML()
        self._unread: set[str] = set()  # arms whose line, as it stands there, is no prescription
        self.report = ReportButton(lambda: self.page_state, out, cohort.sha256, self._why_not)
        self.message = widgets.HTML()
        try:
            asked = state.read(query, start)
            if cohort.is_measured and asked.start_rom_deg is not None:
                rule = "this cohort's Thomas angles were measured; only drawn ones can be set"
                value = f"{asked.start_rom_deg:g}"
                raise UsageProblems([Problem("address, rom", value, rule)])
            self.page_state = asked
        except UsageProblems as error:
            self.message.value = (
                f"<p>{WORDS('live_wrong_link')}</p>{problem_list_html(error.problems)}"
            )
        self.box = self._laid_out(cohort)
        self._presets = {
            name: next((p for p, ready in state.presets().items() if _same(ready, arm)), OWN)
            for name, arm in self._prescribed().items()
        }
        self._show(at_once=True)

    def _why_not(self) -> str:
        """Why no report can be made of what is on screen; nothing when one can."""
        letters = [name[-1].upper() for name in sorted(self._unread)]
        return WORDS("live_unread_line", letters) if letters else ""

    def _prescribed(self) -> dict[str, Protocol]:
        return dict(zip(ARMS, (self.page_state.a, self.page_state.b), strict=True))

    def _laid_out(self, cohort: Cohort) -> widgets.Widget:
        head = widgets.HTML(
            f'{STYLE}<h1>{WORDS("live_title")}</h1><p class="hs-note">'
            f"{plain(who(cohort))} {sentences.not_advice()}</p>{warned(cohort.warnings)}"
        )
        controls = [*(arm.box for arm in self.arms.values()), self.even, self.shared.box]
        own = {
            panels.WEEKS: [self.shared.controls["outcome"]],
            panels.TORQUE: [self.week.controls["week"]],
        }
        cards = [
            _box([*own.get(panel, ()), picture], "hs-card")
            for panel, picture in self.pictures.items()
        ]
        columns = [_box(controls, "hs-side"), _box(cards, "hs-pictures")]
        body = widgets.Box(columns, _dom_classes=("hs-body",))
        foot = [widgets.HTML("<h2>Keep this</h2>"), self.link, self.report.box]
        return _box([head, self.message, body, _box(foot, "hs-foot")], "hs-page")

    def _arm_turned(self, name: str, control: str) -> None:
        group, arm = self.arms[name], self._prescribed()[name]
        value = group.values[control]
        try:
            if control == "preset":
                if value == OWN:
                    self._presets[name] = OWN
                    return
                new = state.arm_with_letter(state.presets()[value], name)
                new = new.model_copy(update={"weeks": self.page_state.a.weeks})
            elif control == "line":
                new = shorthand.parse(value, name=name)
                own = None if new.label != shorthand.label_of(name) else "my own"
                new = state.arm_with_letter(new, name, own)
            else:
                spare = self.spare[name]
                values = dose.control_values(arm, spare) | {control: value}
                new = dose.arm_from_controls(arm, spare, values)
                new = _changed(arm, new)
            self._put(**{name[-1]: new}, weeks=new.weeks)
        except ProblemsFound as error:
            group.message.value = problem_list_html(error.problems)
            if control == "line":  # what was typed stays to be mended
                self._unread.add(name)
                self.report.look()
            else:
                self._show_arm(name, arm)
            return
        if arm.strength:
            self.spare[name] = arm.strength
        group.message.value = ""
        self._unread.discard(name)
        self._presets[name] = value if control == "preset" else OWN
        self._show()

    def _shared_turned(self, control: str) -> None:
        values = self.shared.values
        try:
            if control == "weeks":
                self._put(weeks=values["weeks"])
            elif control in ("adherence", "adherence_as_modelled"):
                modelled = control != "adherence" and values["adherence_as_modelled"]
                self._put(adherence=None if modelled else values["adherence"] / 100)
            elif control in ("start_rom_deg", "start_as_published"):
                usual = control != "start_rom_deg" and values["start_as_published"]
                self._put(start_rom_deg=None if usual else float(values["start_rom_deg"]))
            elif control in WORLDS:
                was = zip(WORLDS, self.page_state.prior, strict=True)
                weights = tuple(values[w] if w == control else weight for w, weight in was)
                if not any(weights):
                    rule = "one cause at least needs a weight above 0"
                    raise UsageProblems([Problem("weights", "all at 0", rule)])
                self._put(prior=weights)
            else:
                self._put(**{control: values[control]})
        except ProblemsFound as error:
            self.shared.message.value = problem_list_html(error.problems)
            self.shared.show(self.page_state)
            return
        self.shared.message.value = ""
        self._show()

    def _week_turned(self) -> None:
        week = self.week.values["week"]
        self.page_state = replace(
            self.page_state, week=None if week == self.page_state.a.weeks else week
        )
        self._show_link()
        self._after(0.0)

    def _even(self) -> None:
        were = self.page_state.a, self.page_state.b
        try:
            a, b = dose.match_minutes(*were)
            self._put(a=a, b=b)
        except ProblemsFound as error:
            self.shared.message.value = problem_list_html(error.problems)
            return
        self.shared.message.value = ""
        for name, before, now in zip(ARMS, were, (a, b), strict=True):
            if now is not before:
                self._presets[name] = OWN
                self._put(**{name[-1]: _changed(before, now)})
        self._show()

    def _put(self, *, weeks: int | None = None, **changes: Any) -> None:
        """Take over new settings, if the library takes them.

        Raises
        ------
        UsageProblems
            When it breaks a rule; nothing has changed then.
        """
        new = replace(self.page_state, **changes)
        if weeks is not None:
            same = {"weeks": weeks}
            new = replace(new, a=new.a.model_copy(update=same), b=new.b.model_copy(update=same))
        new.settings()
        self.page_state = new

    def _show(self, *, at_once: bool = False) -> None:
        here = picture_tables.View(self.page_state, self.model_cache)
        for panel in panels.PANELS[1:]:
            self.pictures[panel].add_class("hs-old")
        weeks = panels.WEEKS
        self.pictures[weeks].value = panels.DRAWERS[weeks](self.figures[weeks], here)
        for name, arm in self._prescribed().items():
            self._show_arm(name, arm)
        self.shared.show(self.page_state)
        self.week.set_values({"week": self.page_state.shown_week}, most=self.page_state.a.weeks)
        self._show_link()
        if at_once:
            self._rest()
        else:
            self._after(REST_S)

    def _show_arm(self, name: str, arm: Protocol) -> None:
        self.arms[name].show(arm, arm.strength or self.spare[name], self._presets[name])

    def _show_link(self) -> None:
        self.report.look()
        address = escape(self.page_state.address(), quote=True)
        self.link.value = (
            f'<p class="hs-address" data-query="{address}" data-mark="{self.page_state.mark}">'
            f"{WORDS('live_link', address)}</p>"
        )

    def _after(self, wait_s: float, first: int = 1) -> None:
        """Let the other pictures follow, later if the controls go on moving."""
        if self._waiting is not None:
            self._waiting.cancel()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no loop to wait on, as in a plain Python session
            self._rest(first)
            return
        self._waiting = loop.call_later(wait_s, self._rest, first)

    def _rest(self, first: int = 1) -> None:
        """Draw the pictures that follow, one at a time, so that a control can come between."""
        self._waiting = None
        here = picture_tables.View(self.page_state, self.model_cache)
        panel = panels.PANELS[first]
        self.pictures[panel].value = panels.DRAWERS[panel](self.figures[panel], here)
        self.pictures[panel].remove_class("hs-old")
        if first + 1 < len(panels.PANELS):
            self._after(0.0, first + 1)


def _box(children: list[widgets.Widget], name: str) -> widgets.Widget:
    """A column that the style sheet knows by its name."""
    return widgets.VBox(children, _dom_classes=(name,))


def _changed(before: Protocol, now: Protocol) -> Protocol:
    """An arm whose dose was moved, called by what it was."""
    label = before.label.removesuffix(", changed")[:50]
    return state.arm_with_letter(now, before.name, f"{label}, changed")


def _same(one: Protocol, other: Protocol) -> bool:
    """Whether two arms prescribe the same, whatever they are called."""
    lines = {dose.line(arm.model_copy(update={"name": "x"})) for arm in (one, other)}
    return len(lines) == 1


def page(
    cohort: str = "", n_runners: int = N_RUNNERS, seed: int = 0, out: str = ""
) -> widgets.Widget:
    """The explorer, or what is wrong with the cohort file.

    Parameters
    ----------
    cohort
        File of runners to start from; empty draws some.
    n_runners
        How many to draw.
    seed
        Of their luck.
    out
        Folder for reports; ``reports`` under the current one when empty.

    Returns
    -------
    ipywidgets.Widget
        To be the last line of a notebook's cell.
    """
    try:
        people = (
            clinic.cohort(cohort_path(cohort), seed=seed)
            if cohort
            else runners.draw(n_runners, seed=seed)
        )
        start = state.start(cohort=cohort, n_runners=n_runners, seed=seed)
        start.settings()
    except ProblemsFound as error:
        is_data = isinstance(error, DataProblems)
        mend = WORDS("live_cohort_problems" if is_data else "live_nothing_modelled")
        list_html = problem_list_html(error.problems)
        return widgets.HTML(f"{STYLE}<h1>Explore a dose</h1><p>{mend}</p>{list_html}")
    query = os.environ.get("QUERY_STRING", "")  # Voila's word for the address
    return Page(start, people, Path(out or "reports"), query).box

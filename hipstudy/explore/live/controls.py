"""The explorer's controls as widgets, each with a name, a unit and a range."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import ipywidgets as widgets

from hipstudy.explore.sentences import WORDS, title
from hipstudy.explore.state import OUTCOMES, RESERVE, PageState, presets
from hipstudy.labels import WORLD_LABELS, percent
from hipstudy.model.causes import WORLDS, expected_shares
from hipstudy.parameters import number
from hipstudy.prescription import shorthand
from hipstudy.prescription.protocol import (
    LOADS,
    MAX_ADDED_KG,
    MAX_SUPPORT_CM,
    Protocol,
    Strength,
    from_dict,
)
from hipstudy.prescription.time_matching import stretched_for
from hipstudy.studies.settings import RUNNING_SPEEDS

MAX_STRETCH_MIN = 120
ADDED = "added kg"
LOAD_WORDS = {"unloaded": "without weight", "near-failure": "near failure", ADDED: "added weight"}
AS_THEY_ARE = ("reps", "sessions_per_week", "lever", "unloaded_weeks")  # in an arm's strength
LEVERS = {"leg-lever": "leg lever", "trunk-lever": "trunk lever"}


# What each slider of an arm says, its unit, and its range in steps: least, most, step.
DIALS: Mapping[str, tuple[str, str, float, float, float]] = {
    "sets": ("Sets a side", "sets", 0, 10, 1),
    "reps": ("Repetitions a set", "reps", 1, 30, 1),
    "sessions_per_week": ("Strength sessions", "a week", 1, 14, 1),
    "added_kg": ("Added weight", "kg", 0.5, MAX_ADDED_KG, 0.5),
    "unloaded_weeks": ("First weeks without weight", "weeks", 0, 26, 1),
    "support_height_cm": ("Support raised", "cm", 0, MAX_SUPPORT_CM, 1),
    "stretch_min_wk": ("Stretching, both sides", "min a week", 0, MAX_STRETCH_MIN, 1),
}


def control_values(arm: Protocol, spare: Strength) -> dict[str, Any]:
    """What the controls of an arm stand at.

    Parameters
    ----------
    arm
        The prescription.
    spare
        What its strength work would be, were it to have any.
    """
    work = arm.strength or spare
    return {name: getattr(work, name) for name in (*AS_THEY_ARE, "support_height_cm")} | {
        "sets": arm.strength.sets if arm.strength else 0,
        "load": work.load if work.load in LOADS else ADDED,
        "added_kg": work.added_kg or 5.0,
        "stretch_min_wk": arm.stretch_min_wk,
    }


def arm_from_controls(arm: Protocol, spare: Strength, controls: Mapping[str, Any]) -> Protocol:
    """The prescription that the controls ask for; what they do not show stays as it is.

    Parameters
    ----------
    arm, spare
        As in ``control_values``.
    controls
        Every control's value.

    Raises
    ------
    UsageProblems
        When it breaks a rule of prescriptions.
    """
    before = control_values(arm, spare)
    changes = {name: value for name, value in controls.items() if value != before[name]}
    minutes = changes.pop("stretch_min_wk", None)
    if changes:
        work = _work(arm.strength or spare, before | changes)
        arm = from_dict(arm.model_dump() | {"strength": work}, arm.name)
    return arm if minutes is None else stretched_for(arm, float(minutes))


def _work(work: Strength, controls: Mapping[str, Any]) -> dict[str, Any] | None:
    if controls["sets"] == 0:
        return None
    load = controls["load"]
    return work.model_dump() | {name: controls[name] for name in ("sets", *AS_THEY_ARE)} | {
        "support_height_cm": float(controls["support_height_cm"]),
        "load": f"{controls['added_kg']:g} kg" if load == ADDED else load,
    }  # fmt: skip


def match_minutes(a: Protocol, b: Protocol) -> tuple[Protocol, Protocol]:
    """Both arms with the same clock minutes a week: the shorter one's stretching is raised.

    Raises
    ------
    UsageProblems
        When no stretching can make them even.
    """
    shorter, longer = (a, b) if a.clock_min_wk < b.clock_min_wk else (b, a)
    missing = longer.clock_min_wk - shorter.strength_min_wk
    if abs(longer.clock_min_wk - shorter.clock_min_wk) < 1e-9:
        return a, b
    raised = stretched_for(shorter, missing)
    return (raised, b) if shorter is a else (a, raised)


EXACTLY = ", exactly "
OWN = ""  # in the list of prescriptions: none of those that come with hipstudy
_WIDE = widgets.Layout(width="auto")
_STYLE = {"description_width": "11em"}


def slider(words: str, unit: str, low: float, high: float, step: float) -> widgets.Widget:
    """A slider named with its unit; of whole numbers where its step is one."""
    whole = float(step).is_integer()
    kind = widgets.IntSlider if whole else widgets.FloatSlider
    typed = int if whole else float
    return kind(
        value=typed(low),
        min=typed(low),
        max=typed(high),
        step=typed(step),
        description=f"{words} ({unit})" if unit else words,
        readout_format="d" if whole else ".1f",
        layout=_WIDE,
        style=_STYLE,
    )


def _describe_exactly(control: widgets.Widget, value: float, reading: float) -> None:
    """Name a slider's exact value where it can only stand near it, so that no other is read."""
    words = control.description.split(EXACTLY)[0]
    is_near = abs(value - reading) > 1e-6
    control.description = f"{words}{EXACTLY}{value:.4g}" if is_near else words


def _on_step(slider: widgets.Widget, value: float) -> float:
    steps = round((min(max(value, slider.min), slider.max) - slider.min) / slider.step)
    return type(slider.value)(slider.min + steps * slider.step)


def _choice(words: str, options: list[tuple[str, Any]]) -> widgets.Widget:
    return widgets.Dropdown(options=options, description=words, layout=_WIDE, style=_STYLE)


class ControlGroup:
    """Controls that stand together; what is set by the program is not taken for a hand's doing.

    Parameters
    ----------
    controls
        Name -> widget.
    on_turn
        Called with the name of the control that a hand has moved.
    """

    def __init__(
        self, controls: Mapping[str, widgets.Widget], on_turn: Callable[[str], None]
    ) -> None:
        self.controls = dict(controls)
        self._by_program = False
        self._on_turn = on_turn
        for name, control in self.controls.items():
            control.observe(lambda _, name=name: self._report_turn(name), names="value")

    def _report_turn(self, name: str) -> None:
        if not self._by_program:
            self._on_turn(name)

    @property
    def values(self) -> dict[str, Any]:
        """What each control stands at."""
        return {name: control.value for name, control in self.controls.items()}

    def set_values(
        self,
        values: Mapping[str, Any],
        *,
        most: float | None = None,
        unset: Collection[str] = (),
    ) -> None:
        """Set controls without a hand, sliders on their nearest step and up to ``most``.

        A browser would put them there itself, and say so as if a hand had. Where a step is not the
        value, the slider's name says the value, but for those ``unset``, which nothing follows.
        """
        self._by_program = True
        try:
            for name, value in values.items():
                control = self.controls[name]
                if most is not None and control.max != most:
                    control.max = most
                if hasattr(control, "step"):
                    if most is None and value > control.max:  # a line or a link may ask for more
                        control.max = type(control.max)(-(-value // control.step) * control.step)
                    reading = _on_step(control, value)
                    _describe_exactly(control, reading if name in unset else value, reading)
                    value = reading
                if control.value != value:
                    control.value = value
        finally:
            self._by_program = False


def line(arm: Protocol) -> str:
    """A prescription on one line, without what it is called."""
    plain = arm.model_copy(update={"label": shorthand.label_of(arm.name), "note": ""})
    return shorthand.write(plain, name=arm.name)


class ArmControls(ControlGroup):
    """Controls of one arm: where it comes from, its line, and its dose."""

    def __init__(self, letter: str, on_turn: Callable[[str], None]) -> None:
        ready = [(arm.label, name) for name, arm in presets().items()]
        preset = f"Arm {letter} starts from"
        line = {"description": f"Arm {letter} on one line", "continuous_update": False}
        controls: dict[str, widgets.Widget] = {
            "preset": _choice(preset, [("a prescription of my own", OWN), *ready]),
            "line": widgets.Text(**line, layout=_WIDE, style=_STYLE),
            **{name: slider(*dial) for name, dial in DIALS.items()},
            "load": _choice("Load", [(words, name) for name, words in LOAD_WORDS.items()]),
            "lever": _choice("Lever", [(words, name) for name, words in LEVERS.items()]),
        }
        super().__init__(controls, on_turn)
        self.message = widgets.HTML()
        order = "preset sets reps sessions_per_week load added_kg unloaded_weeks lever"
        order += " support_height_cm stretch_min_wk line"
        heading = widgets.HTML(f"<h2>Arm {letter}</h2>")
        self.box = widgets.VBox(
            [heading, *(self.controls[name] for name in order.split()), self.message],
            _dom_classes=("hs-controls", f"hs-arm-{letter.lower()}"),
        )

    def show(self, arm: Protocol, spare: Strength, preset: str) -> None:
        """Let the controls stand at a prescription."""
        at = control_values(arm, spare)
        words = {} if self.message.value else {"line": line(arm)}  # a mistake stays to be mended
        self.set_values(at | {"preset": preset} | words)
        has_work = arm.strength is not None
        for name in {*self.controls} - {"preset", "line", "sets", "stretch_min_wk"}:
            self.controls[name].disabled = not has_work
        self.controls["added_kg"].disabled = not has_work or at["load"] != ADDED


def _shared(is_measured: bool) -> dict[str, widgets.Widget]:
    origin = "as measured in this cohort" if is_measured else "as published, not known exactly"
    titles = {name: "End-range reserve" if name == RESERVE else title(name) for name in OUTCOMES}
    weights = {world: f"Weight: {WORLD_LABELS[world].lower()}" for world in WORLDS}
    return {
        "outcome": _choice("Outcome", [(words, name) for name, words in titles.items()]),
        "weeks": slider("Length of both arms", "weeks", 1, 52, 1),
        "adherence": slider("Sessions done", "%", 5, 100, 1),
        "adherence_as_modelled": widgets.Checkbox(
            description="Sessions done: as modelled, falling over the weeks", indent=False
        ),
        "start_rom_deg": slider("Starting Thomas angle", "deg extension", -20, 40, 1),
        "start_as_published": widgets.Checkbox(
            description=f"Starting angle: {origin}", indent=False
        ),
        "running_speed": _choice(
            "Running speed (m/s)", [(f"{speed:g}", speed) for speed in RUNNING_SPEEDS]
        ),
        **{world: slider(words, "", 0, 10, 0.5) for world, words in weights.items()},
    }


class SharedControls(ControlGroup):
    """Controls of what both arms have in common, and of what is looked at."""

    def __init__(self, on_turn: Callable[[str], None], *, is_measured: bool) -> None:
        super().__init__(_shared(is_measured), on_turn)
        self.shares, self.message = widgets.HTML(), widgets.HTML()
        if is_measured:
            for name in ("start_rom_deg", "start_as_published"):
                self.controls[name].disabled = True
        first = [name for name in self.controls if name not in ("outcome", *WORLDS)]
        self.box = widgets.VBox(
            [
                widgets.HTML("<h2>Both arms</h2>"),
                *(self.controls[name] for name in first),
                widgets.HTML("<h3>Why hips are tight: weight of each cause</h3>"),
                *(self.controls[world] for world in WORLDS),
                self.shares,
                self.message,
            ],
            _dom_classes=("hs-controls", "hs-wide"),
        )

    def show(self, page_state: PageState) -> None:
        """Set the controls to the settings on screen."""
        own, start = page_state.adherence, page_state.start_rom_deg
        values: dict[str, Any] = {
            "outcome": page_state.outcome,
            "weeks": page_state.a.weeks,
            "running_speed": page_state.running_speed,
            "adherence_as_modelled": own is None,
            "adherence": 100 * (number("adherence_mean") if own is None else own),
            "start_as_published": start is None,
            "start_rom_deg": number("thomas_mean_deg") if start is None else start,
        }
        unset = [
            name for name, value in (("adherence", own), ("start_rom_deg", start)) if value is None
        ]
        self.set_values(values | dict(zip(WORLDS, page_state.prior, strict=True)), unset=unset)
        shares = ", ".join(
            f"{WORLD_LABELS[world].lower()} {percent(share)}"
            for world, share in zip(WORLDS, expected_shares(page_state.prior), strict=True)
        )
        self.shares.value = f'<p class="hs-note">{WORDS("live_shares", shares)}</p>'

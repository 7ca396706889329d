"""Examine a claim about tight hips in runners: model it beside its rivals, and report.

What is prescribed, to whom, what the model says is true of them, what a clinic would see of it,
and what the comparison of two prescriptions comes to:

>>> import hipstudy as hs
>>> arm = hs.prescribe("hip-flexor 3x10, 3/wk x 6 wk; stretch 4x30 s daily")
>>> arm
hip-flexor 3x10, 3/wk x 6 wk; stretch 4x30 s daily
>>> runners = hs.draw_runners(8, seed=1)  # or hs.read_cohort("clinic.xlsx")
>>> truth = hs.simulate(runners, arm, cause="weak", seed=1)
>>> truth.frame().shape  # a row per limb and week
(112, 15)
>>> clinic = hs.observe(truth, weeks=(0, 3, 6), seed=1)  # the columns of a clinic's own file
>>> study = hs.compare("stretch_only", arm, runners=runners, weeks=6, draws=10)
>>> study
CompareStudy: arms stretch_only, own; weeks 6; runners 8; source drawn; draws 10; seed 0
>>> effects = study.effects()  # also trajectories(), break_even(), chances(), ...
>>> axes = hs.plot.causes(effects)

``hs.presets()`` lists prescriptions to start from, ``hs.parameters.frame()`` every number of the
model with its source. ``hs.check_cohort(FILE)`` says what is wrong with a clinic's file and
``hs.analyse(FILE)`` analyses it; ``hs.dose_response(arm, sets=(1, 2, 3))`` looks at many doses.
A notebook cell that ends on a value of ``hs.show`` is part of a report, and
``hs.make_report("compare")`` makes one. Importing this package is quick and prints nothing: heavy
libraries load where they are used.
"""

from importlib import import_module

__version__ = "0.1.0"

_MODULES = ("parameters", "plot", "show")
_FUNCTIONS = (
    "analyse",
    "check_cohort",
    "compare",
    "dose_response",
    "draw_runners",
    "make_report",
    "observe",
    "prescribe",
    "presets",
    "read_cohort",
    "simulate",
)
__all__ = [*_FUNCTIONS, *_MODULES]  # noqa: PLE0604 (names of functions, as text)


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return import_module(f"hipstudy.{name}")
    if name in _FUNCTIONS:
        return getattr(import_module("hipstudy.door"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

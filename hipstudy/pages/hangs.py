"""What the answer of a comparison hangs on: one sentence and one figure."""

from hipstudy import figures, show
from hipstudy.answers import SHARES
from hipstudy.compare import Study
from hipstudy.drives import Driven, strongest, tightness
from hipstudy.factor_words import factor_label, listed
from hipstudy.labels import contrast_label, counted
from hipstudy.worlds import PRIOR, WORLDS

_WEAK, _PRIOR = tightness(WORLDS[0]), tightness(PRIOR)
_PANELS = {
    _WEAK: "Difference in tightness if end-range torque is the cause",
    _PRIOR: "The same, mixed over the prior",
}
_ROWS = 6


def _moving(driven: Driven) -> list[str]:
    return [answer for answer in _PANELS if answer not in driven.still]


def hangs_on(study: Study, driven: Driven) -> show.Text:
    """The sentence, and how it was found."""
    moving = _moving(driven)
    if not moving:
        return show.Text(
            "The answer hangs on nothing that is not known: under the first cause and mixed over "
            "the prior, there is no difference for any number to move."
        )
    said = []
    if _WEAK in moving:
        said.append(f"on {listed(driven, _WEAK, 3)} where end-range torque is the cause")
    if _PRIOR in moving:
        said.append(f"on {listed(driven, _PRIOR, 2)} mixed over the prior")
    numbers = [name for name in driven.main[:-1] if name not in SHARES]
    shares = [name for name in driven.main if name in SHARES]
    others = f", {counted(len(shares), 'share')} of the causes" if shares else ""
    return show.Text(
        f"**The answer hangs {', and '.join(said)}** (per cent of the variance of the difference "
        "in tightness that goes with each, in total, 95 % interval). These are Sobol's indices of "
        f"{len(numbers)} numbers, every other held at its value: those whose rank correlations "
        f"with the difference are strongest over {study.values.n_draws} draws{others}, and a "
        f"dummy; {driven.n_runs:,} runs "
        f"on {driven.question.cohort.n_runners} of the runners. What carries most would be most "
        "worth measuring. `hipstudy report evidence` screens every number, for the preset "
        "comparison."
    )


def hangs_on_figure(driven: Driven) -> show.Figure | show.Text:
    """The shares of variance as dots and lines; empty where nothing varies."""
    import pandas as pd

    moving = _moving(driven)
    if not moving:
        return show.Text("")
    parts = [strongest(driven, answer, _ROWS).assign(panel=_PANELS[answer]) for answer in moving]
    frame = pd.concat(parts)
    frame["label"] = [factor_label(name) for name in frame["factor"]]
    axs = figures.variance(frame)
    pair = f"{driven.question.treatment.name} - {driven.question.control.name}"
    caption = (
        f"What the difference at week {driven.question.weeks} ({contrast_label(pair)}) hangs on: "
        f"the {_ROWS} numbers that carry most. Dot and line: share of the variance in total, with "
        "95 % interval; open: alone."
    )
    said = "; ".join(f"{_PANELS[answer]}: {listed(driven, answer, _ROWS)}" for answer in moving)
    return show.Figure(axs[0].figure, caption, f"Shares of variance. {said}.", "hangs-on")

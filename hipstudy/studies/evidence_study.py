"""The evidence report's settings and run: every case predicted, every unknown number screened."""

from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator

from hipstudy.errors import Finding
from hipstudy.evidence import (
    calibration,
    outside_view,
    predictive_score,
    score_variants,
    validation,
)
from hipstudy.evidence import trials as published
from hipstudy.evidence.outside_view import OutsideView
from hipstudy.evidence.predictive_score import CaseScore
from hipstudy.evidence.trials import Case
from hipstudy.evidence.validation import CaseResult
from hipstudy.short_repr import ShortRepr
from hipstudy.studies import sensitivity
from hipstudy.studies.report_settings import (
    REPORT_DATE,
    SYMPTOM_TRIALS,
    Day,
    ProblemCollection,
    ReportSettings,
    parameter,
)
from hipstudy.studies.run_size import large_run
from hipstudy.studies.sensitivity import SensitivityResult
from hipstudy.studies.sweep_memory import check_evidence_memory

if TYPE_CHECKING:
    import pandas as pd


def _power_of_two(n: int) -> int:
    if n & (n - 1):
        raise ValueError(f"a power of 2, such as {2 ** (n.bit_length() - 1)}")
    return n


class EvidenceSettings(ReportSettings):
    """Settings of the evidence report, as in its notebook's first cell."""

    trials: str = parameter(
        "",
        "file | | a .toml file with trials of your own, beside those that come with it; "
        "empty: none",
    )
    symptom_trials: str = SYMPTOM_TRIALS
    samples: Annotated[int, AfterValidator(_power_of_two)] = parameter(
        sensitivity.BASE, "| 16 to 4096 | base sample of the shares of variance, a power of 2"
    )
    n_runners: int = parameter(
        sensitivity.REFERENCE_RUNNERS,
        "runners | 2 to 100 | made-up runners of the reference comparison",
    )
    seed: int = parameter(
        0, "| 0 to 4294967295 | the same seed gives the same samples, runners and luck"
    )
    report_date: Day = REPORT_DATE

    def cases(self) -> tuple[Case, ...]:
        """The shipped cases, and those of a file of one's own after them.

        Raises
        ------
        UsageProblems
            Every problem of the file.
        """
        shipped = published.shipped()
        own = published.read(Path(self.trials), beside=shipped) if self.trials else ()
        return (*shipped, *own)

    def outside(self) -> OutsideView:
        """Trials elsewhere of what is felt, and those of a file of one's own after them.

        Raises
        ------
        UsageProblems
            Every problem of the file.
        """
        return outside_view.read(self.symptom_trials)

    def try_out(self, problems: ProblemCollection) -> tuple[Finding, ...]:
        """Read the cases, and refuse stale draws; warn of very many samples."""
        problems.attempt(self.cases)
        problems.attempt(self.outside)
        problems.attempt(lambda: _check_stored_draws(published.shipped()))
        problems.attempt(self.fits_memory)
        usual = type(self)()
        samples = self.samples * self.n_runners / (usual.samples * usual.n_runners)
        return large_run("samples of runners", samples)

    def fits_memory(self) -> None:
        """Refuse what needs more memory than is free.

        Raises
        ------
        UsageProblems
            With what it needs and what there is.
        """
        check_evidence_memory(samples=self.samples, n_runners=self.n_runners)


@cache  # half a second for each report of a batch; a refusal is not kept
def _check_stored_draws(cases: tuple[Case, ...]) -> None:
    """Refuse draws that were not made from these cases and this model."""
    calibration.check(cases)


preflight = EvidenceSettings.preflight


@dataclass(frozen=True, eq=False, repr=False)
class EvidenceStudy(ShortRepr):
    """Everything the evidence report says.

    Parameters
    ----------
    settings
        As in the notebook's first cell.
    findings
        Cases with their predictions.
    sensitivity
        What the reference comparison hangs on.
    outside
        Trials elsewhere of what is felt; the shipped ones when it is left out.
    """

    settings: EvidenceSettings
    findings: tuple[CaseResult, ...]
    sensitivity: SensitivityResult
    outside: OutsideView = field(default_factory=outside_view.read)

    def facts(self) -> dict[str, object]:
        """How many cases were predicted, and with how many samples."""
        counts = {"cases": len(self.findings), "samples": self.settings.samples}
        return counts | {"runners": self.settings.n_runners, "seed": self.settings.seed}

    @cached_property
    def scores(self) -> tuple[CaseScore, ...]:
        """How likely the model and its rivals held what each case published."""
        return predictive_score.scores(self.findings)

    @cached_property
    def score_variants(self) -> "dict[str, pd.DataFrame]":
        """Name of a choice of scoring -> ``predictive_score.frame`` under it."""
        made = score_variants.variants(self.findings, seed=self.settings.seed)
        return {
            name: predictive_score.frame(predictive_score.scores(results)) for name, results in made
        }

    def score_table(self) -> "pd.DataFrame":
        """``predictive_score.frame`` of this study's cases."""
        return predictive_score.frame(self.scores)

    def cases(self) -> "pd.DataFrame":
        """``validation.frame`` of this study's cases."""
        return validation.frame(self.findings)


def run(**fields: Any) -> EvidenceStudy:
    """Predict the cases and find what the answer hangs on.

    Parameters
    ----------
    **fields
        Settings by name, as in the notebook's first cell; None stands for the default.

    Raises
    ------
    UsageProblems
        Every wrong setting, every problem of a file of trials, or less free memory than the
        shares of variance need.
    """
    settings = EvidenceSettings.check(fields)
    settings.fits_memory()
    return EvidenceStudy(
        settings,
        validation.find_all(settings.cases(), seed=settings.seed),
        sensitivity.reference(
            seed=settings.seed, base=settings.samples, n_runners=settings.n_runners
        ),
        settings.outside(),
    )

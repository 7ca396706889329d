"""The evidence report's settings and run: every case predicted, every unknown number screened."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from hipstudy.evidence import trials as published
from hipstudy.evidence import validation
from hipstudy.evidence.trials import Case
from hipstudy.evidence.validation import CaseResult
from hipstudy.short_repr import ShortRepr
from hipstudy.studies import sensitivity
from hipstudy.studies.sensitivity import SensitivityResult
from hipstudy.studies.settings import a_date, check_settings

if TYPE_CHECKING:
    import pandas as pd


def _power_of_two(n: int) -> int:
    if n & (n - 1):
        raise ValueError(f"a power of 2, such as {2 ** (n.bit_length() - 1)}")
    return n


class EvidenceSettings(BaseModel):
    """Settings of the evidence report, as in its notebook's first cell."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    trials: str = ""
    samples: Annotated[int, AfterValidator(_power_of_two)] = Field(
        default=sensitivity.BASE, ge=16, le=4096
    )
    n_runners: int = Field(default=sensitivity.REFERENCE_RUNNERS, ge=2, le=100)
    seed: int = Field(default=0, ge=0, le=4_294_967_295)
    report_date: Annotated[str, AfterValidator(a_date)] = ""

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
    """

    settings: EvidenceSettings
    findings: tuple[CaseResult, ...]
    sensitivity: SensitivityResult

    def facts(self) -> dict[str, object]:
        """How many cases were predicted, and with how many samples."""
        counts = {"cases": len(self.findings), "samples": self.settings.samples}
        return counts | {"runners": self.settings.n_runners, "seed": self.settings.seed}

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
        Every wrong setting, and every problem of a file of trials.
    """
    settings = check_settings(EvidenceSettings, fields)
    return EvidenceStudy(
        settings,
        validation.find_all(settings.cases(), seed=settings.seed),
        sensitivity.reference(
            seed=settings.seed, base=settings.samples, n_runners=settings.n_runners
        ),
    )


def preflight(parameters: dict[str, Any]) -> None:
    """Check everything that can be checked before a kernel starts.

    Raises
    ------
    UsageProblems
        Every wrong setting, and every problem of a file of trials.
    """
    check_settings(EvidenceSettings, parameters).cases()

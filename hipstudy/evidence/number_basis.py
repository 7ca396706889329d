"""What the model's numbers rest on: one count and one sentence for every report and page."""

from collections.abc import Collection
from dataclasses import dataclass

from hipstudy.cohort_file.rbds import SOURCE as RBDS
from hipstudy.parameters import shipped
from hipstudy.wording import Wording

CLOSING = "Harms are not modelled; absence here is not safety."
LINKS = "every link from a cause to tightness is an assumption"


@dataclass(frozen=True)
class Counts:
    """How many numbers of ``data/parameters.csv`` rest on what; each is counted once.

    Parameters
    ----------
    published
        On trials and reviews.
    runners
        On the measured runners of the open data.
    assumed
        On nothing: assumptions and choices of this project.
    """

    published: int
    runners: int
    assumed: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.published + self.runners + self.assumed


def counts() -> Counts:
    """Count every number of the model, whether a comparison uses it or not."""
    rows = shipped().values()
    assumed = sum(row.assumed for row in rows)
    runners = sum(row.source.startswith(RBDS) for row in rows)
    return Counts(len(rows) - assumed - runners, runners, assumed)


@dataclass(frozen=True)
class NumberBasis:
    """What the numbers rest on, how many were set for a report, and what else is assumed."""

    counts: Counts
    n_set: int
    links: str


def sentence(names: Collection[str] = (), links: str = LINKS) -> str:
    """What the model rests on, and how many of its numbers were set for this report.

    Parameters
    ----------
    names
        Of the numbers that were set.
    links
        What else is assumed, as a half-sentence.
    """
    words = Wording("hipstudy.evidence", "number_basis")
    return words("sentence", NumberBasis(counts(), len(names), links))

"""Words of the first two pages in the language of the study, and what they call the arms."""

from string import ascii_uppercase
from typing import NamedTuple

from hipstudy.analysis.own_outcomes import plain_name
from hipstudy.labels import arm_label
from hipstudy.studies.cohort_study import CohortStudy
from hipstudy.wording import Wording

_ENGLISH = Wording("hipstudy.pages", "cohort_front")
POINTS = "points"  # a unit of a plan that has a word in every language
LONGEST = 28  # letters of a name that stands for its arm in every sentence, table and figure


def front(study: CohortStudy) -> Wording:
    """The passages of the first two pages."""
    return _ENGLISH.in_language(study.settings.language)


class OutcomeWords(NamedTuple):
    """What the first two pages call an outcome that the plan declares, in any language."""

    name: str  # in a sentence
    head: str  # in a table
    axis: str
    # The unit of one and of many.
    one: str
    many: str


def outcome_words(study: CohortStudy, outcome: str) -> str | OutcomeWords:
    """The code of an outcome that has its words in the templates, or the words of the plan.

    Points are called so in the language of the page; any other unit is as the plan has it.
    """
    own = study.plan.outcomes.get(outcome)
    if own is None:
        return outcome
    name, one, many = plain_name(outcome), own.unit, own.unit
    if own.unit == POINTS:
        one, many = (front(study)("points", is_many) for is_many in (False, True))
    return OutcomeWords(name, f"{name}, {many}", f"{name}, {many}", one, many)


def arm_words(study: CohortStudy, arm: str) -> str:
    """What the first two pages call an arm: its name, or a letter where the name is long."""
    return stand_ins(study).get(arm) or _full_name(study, arm)


def stand_ins(study: CohortStudy) -> dict[str, str]:
    """Arms with long names and what stands for each; no arm of the file has that name itself."""
    words, plan = front(study), study.plan
    arms = [*plan.arms, *sorted(set(study.observations["arm"].dropna()))]
    names = {arm: _full_name(study, arm) for arm in dict.fromkeys(arms)}
    letters = (words("stand_in", letter) for letter in ascii_uppercase)
    free = (one for one in letters if one.lower() not in {name.lower() for name in names.values()})
    long = [arm for arm, name in names.items() if len(name) > LONGEST]
    return dict(zip(long, free, strict=False))


def names_behind(study: CohortStudy) -> list[tuple[str, str]]:
    """Each stand-in and the name that it stands for."""
    return [(short, _full_name(study, arm)) for arm, short in stand_ins(study).items()]


def _full_name(study: CohortStudy, arm: str) -> str:
    return front(study)("arm", code=arm, label=arm_label(arm))

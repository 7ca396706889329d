"""Words of the first two pages, in the language of the report, and what they call the arms."""

from dataclasses import dataclass

from hipstudy.labels import arm_label
from hipstudy.prescription.design import CONTRACT_ARMS
from hipstudy.show import escape
from hipstudy.studies.compare_study import CompareStudy
from hipstudy.wording import Wording

FRONT = Wording("hipstudy.pages", "compare_front")
LONGEST = 28  # letters of a label that stands for its arm in every sentence


def front(study: CompareStudy) -> Wording:
    """The first two pages' passages in the language of the study's settings."""
    return FRONT.in_language(study.settings.language)


@dataclass(frozen=True)
class ArmName:
    """What the first two pages call an arm.

    Parameters
    ----------
    short
        In sentences, tables and figures.
    label
        In the title; the same, but for an arm of one's own whose label is long.
    """

    short: str
    label: str

    @property
    def in_markdown(self) -> str:
        """The short name for a text in Markdown, where a label of one's own is no markup."""
        return escape(self.short) if set(self.short) & set("*_`<[\\~$#|&") else self.short


def arm_name(study: CompareStudy, arm: str) -> ArmName:
    """What an arm is called: by its words, or the label that its author gave it.

    A label that is too long for a sentence stands in the title alone, and the arm's name
    elsewhere; so does one that both arms of the comparison have.
    """
    if arm in CONTRACT_ARMS:
        words = front(study)("arm", arm)
        return ArmName(words, words)
    name, label = arm_label(arm), study.design.arm(arm).label
    if label.lower() == name.lower():
        return ArmName(label, label)
    others = {study.design.arm(one).label for one in study.primary if one != arm}
    return ArmName(label if len(label) <= LONGEST and label not in others else name, label)


def primary_names(study: CompareStudy) -> tuple[ArmName, ArmName]:
    """Names of the primary contrast's treatment and control."""
    treatment, control = study.primary
    return arm_name(study, treatment), arm_name(study, control)


def marked_names(study: CompareStudy) -> tuple[str, str]:
    """The same as they stand in a sentence, for a text in Markdown."""
    treatment, control = primary_names(study)
    return treatment.in_markdown, control.in_markdown

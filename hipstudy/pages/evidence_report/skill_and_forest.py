"""The first two pages of the evidence report: skill, the forest, what the answer hangs on."""

from typing import Any

import pandas as pd

from hipstudy import show
from hipstudy.evidence import interval_coverage, predictive_score
from hipstudy.evidence.number_basis import CLOSING
from hipstudy.evidence.symptom_trials import CLASSES
from hipstudy.labels import interval
from hipstudy.model.causes import WORLDS
from hipstudy.pages.evidence_report.cases import MOST, WORDS, case_facts, forest_of
from hipstudy.pages.evidence_report.variance_shares import MAIN_ANSWERS, varying
from hipstudy.pages.shared import LABELS, answer_label, cells, factor_label
from hipstudy.pages.trials_elsewhere import contrast_facts
from hipstudy.studies.evidence_study import EvidenceStudy
from hipstudy.studies.sensitivity import strongest, tightness
from hipstudy.wording import Wording

FRONT = Wording("hipstudy.pages", "evidence_front")


def skill_facts(study: EvidenceStudy) -> dict[str, Any]:
    """The model's log score less its rivals', over all trials that test it and over some."""
    table = study.score_table()
    scores = [one for one in study.scores if one.case.role == "validation"]
    every = {one.case.trial for one in scores}

    def over(trials: set[str]) -> predictive_score.Skill:
        return predictive_score.skill(table[table["trial"].isin(trials)], "validation", "nothing")

    nothing = over(every)
    return {
        "nothing": nothing,
        "without": over(every - set(nothing.two_decisive)),
        "single": over({one.case.trial for one in scores if one.case.pooled == 1}),
        "untouched": over(every - {one.case.trial for one in scores if one.case.numbers_in_view}),
        "others": predictive_score.skill(table, "validation", "others"),
        "with_others": len({one.case.trial for one in scores if one.n_others}),
        "overlaps": sorted({one.case.trial for one in scores if one.case.overlaps}),
        "closing": CLOSING,
    }


def coverage_facts(study: EvidenceStudy) -> dict[str, Any]:
    """How many published values lie in the 80 % predictive intervals, and how many should."""
    (covered,) = interval_coverage.coverage(study.score_table(), "validation", [80])
    calibrated = [one for one in study.scores if one.case.role == "calibration"]
    return {
        "coverage": covered,
        "expected": interval_coverage.coverage_if_right(
            study.findings, "validation", 80, seed=study.settings.seed
        ),
        "shares": [
            interval_coverage.coverage(one, "validation", [80])[0].share
            for one in study.score_variants.values()
        ],
        "calibration": {
            "cases": len(calibrated),
            "inside": sum(one.inside(95) > MOST for one in calibrated),
        },
    }


def answer(study: EvidenceStudy) -> show.Answer:
    """Skill and coverage in a few sentences, and what they rest on."""
    facts = skill_facts(study) | coverage_facts(study)
    return show.Answer(FRONT("headline", facts), (), FRONT("basis", facts))


def scores_in_short(study: EvidenceStudy) -> show.Table:
    """Skill against both rivals, over all trials that test the model and over parts of them."""
    (heads,) = cells(FRONT("score_heads"))
    rows = cells(FRONT("score_rows", skill_facts(study)))
    frame = pd.DataFrame(rows, columns=heads)
    return show.Table(frame, FRONT("score_caption"), "scores-in-short")


PAGE_1_MM = 100  # what the text above the forest leaves of page 1


def forest(study: EvidenceStudy) -> show.Figure:
    """Predicted against published, of the cases that test the model."""
    facts = case_facts(study, "validation")
    words = (FRONT("forest_caption"), WORDS("forest_alt", facts))
    return show.Figure(forest_of(facts, PAGE_1_MM)[0].figure, *words, "forest")


def reading(study: EvidenceStudy) -> show.Text:
    """How to read the scores and the coverage, a list item each."""
    return show.Text(FRONT("reading", skill_facts(study) | coverage_facts(study)))


def hangs_on(study: EvidenceStudy) -> show.Table:
    """The number that carries most of each answer, with its share of variance."""
    result = study.sensitivity
    (heads,) = cells(FRONT("hangs_heads"))
    rows = []
    for answer in varying(study, *MAIN_ANSWERS):
        top = strongest(result, answer, 1).iloc[0]
        share = FRONT("hangs_share", total=top.total, low=top.total_low, high=top.total_high)
        rows.append([answer_label(answer), factor_label(top.factor), share])
    constant = [one for one in result.constant_answers if one in map(tightness, WORLDS)]
    caption = FRONT("hangs_caption", constant=[answer_label(one).lower() for one in constant])
    frame = pd.DataFrame(rows, columns=heads)
    return show.Table(frame, caption, "hangs-on", align=dict.fromkeys(heads[1:], "left"))


def felt_in_short(study: EvidenceStudy) -> show.Table:
    """What randomised trials elsewhere found of what is felt, a row a contrast."""
    (heads,) = cells(FRONT("felt_heads"))
    rows = []
    for contrast in CLASSES:
        facts = contrast_facts(study.outside, contrast)
        if facts:
            effect = facts["effect"]
            said = interval(effect.estimate, effect.ci_low, effect.ci_high)
            label = LABELS["contrasts"][contrast]
            rows.append([label, str(effect.k), said, facts["certainty"].level])
    frame = pd.DataFrame(rows, columns=heads)
    align = {heads[2]: "left", heads[3]: "left"}
    return show.Table(frame, FRONT("felt_caption"), "felt-in-short", align=align)

"""Every passage of the cohort report is rendered, is grammatical, and keeps a file's text apart."""

from dataclasses import replace
from itertools import product
from math import isnan, nan
from types import SimpleNamespace

import pytest
from grammar import faults
from template_branches import unrendered

from hipstudy.analysis.change_association import ChangesAssociation, Slope
from hipstudy.analysis.estimate import Estimate
from hipstudy.analysis.response_variance import Spread
from hipstudy.pages.cohort_report.primary_question import words
from hipstudy.pages.shared import cells
from hipstudy.studies.operating_characteristics import DetectionRate, Judgement, Rate


def of(names):
    """A maker of facts by these names."""
    return lambda *values: dict(zip(names.split(), values, strict=True))


off_week = of("weeks n whole")
another_way = of("outcome n_runners by_arm is_angle_of_torque")
ARMS = (("Strength + stretch", "Stretch only"), ("- *x*", "1. a|b"))
question = of("outcome week treatment control analysis margin prespecified")
QUESTIONS = [
    question("Tightness (NRS points)", 12, *arms, analysis, margin, given)
    for arms, analysis, margin, given in product(ARMS, ("ancova", "mixed"), (0.5, 1), (True, False))
]
FIRST = QUESTIONS[0]
ESTIMATES = [
    Estimate("tightness_nrs", 12, "a - b", "ancova", value, 0.2, low, high, 0.04, 9, n, 2 * n)
    for value, low, high, n in ((-0.6, -1, -0.2, 12), (0.6, 0.2, 1, 1), (0, -0.1, 0.1, 2))
]
NO_ANSWER = Estimate("tightness_nrs", 12, "a - b", "ancova", *[nan] * 6, 0, 0, "too few runners")
OFF_WEEKS = [
    off_week(weeks, n, 40) for weeks, n in (((), 0), (("13",), 1), (("11", "13", "13.5"), 26))
]
LEFT_OUT = [
    (),
    (another_way("Modified Thomas angle (deg extension)", 1, ("Stretch only 1",), False),),
    (
        another_way("End-range torque (Nm/kg)", 5, ("- *x* 2", "Stretch only 3"), True),
        another_way("Modified Thomas angle (deg extension)", 2, ("- *x* 2",), False),
    ),
]
FEW = ((), ("week 40, 1 runner",), ("week 3, 2 runners", "week 40, 1 runner"))


def answers():
    for question, one, position, beyond, off, left in product(
        QUESTIONS, [*ESTIMATES, NO_ANSWER], ("small", "open", "better", "worse"), (True, False),
        OFF_WEEKS, LEFT_OUT[::2],
    ):  # fmt: skip
        yield {
            "question": question, "estimate": one, "has_answer": not isnan(one.estimate),
            "digits": 2, "p": "p = 0.04", "unit": "NRS points", "model": "ANCOVA on runner means",
            "position": position, "all_beyond": beyond, "benefit": 0.999 if beyond else 0.5,
            "n_in_file": 48, "off_week": off, "left_out": left,
        }  # fmt: skip


def rates(*rules):
    return [DetectionRate(*[Rate(share, share - 0.02, share + 0.02)] * 4) for share in rules]


def judgements():
    slope = Slope(-0.5, 0.1, -0.7, -0.3, 0.001)
    for one, dosed in product((slope, replace(slope, value=0.5)), (True, False)):
        association = ChangesAssociation(one, one, 1 if dosed else 40, dosed)
        yield Judgement(replace(association, note="too few runners"))
        able, often, seldom, both = ((0.05, 0.9), (0.3, 0.9), (0.05, 0.2), (0.3, 0.2))
        yield Judgement(association, *rates(*able), 480)
        for first, large in product((often, seldom, both), (None, able, often, seldom, both)):
            larger = None if large is None else tuple(rates(*large))
            yield Judgement(association, *rates(*first), 480, (), larger)


def of_page_1():
    for n, date in ((1, ""), (48, "2026-01-31")):
        size = of("n_runners n_limbs weeks source date")
        yield "whom", size(n, 2 * n, ("0", "6", "12"), "cohort file", date)
    for facts in answers():
        yield from ((name, facts) for name in ("answer", "answer_numbers", "basis"))
    one = {"adverse event": ("- *x* 3 of 24", "Stretch only 1 of 22")}
    counts = ({}, one, one | {"stopped the exercise": ("Stretch only 1 of 1",)})
    for some, others in product(counts, ((), ("a",), ("a", "b", "c"))):
        if some or others:
            yield "harms_in_brief", {"counts": some, "not_recorded": others}


def of_the_difference():
    for n, ignores, narrow in product((0, 1, 20), (True, False), ("", "all", "none", "A and B")):
        yield "strip", of("n_runners margin any_ignores narrow")(n, 0.5, ignores, narrow)


def of_who_was_there():
    for question, few, off, left in product(QUESTIONS, FEW, OFF_WEEKS, LEFT_OUT):
        facts = of("question least few off_week left_out")(question, 5, few, off, left)
        yield from ((name, facts) for name in ("flow", "missing", "patterns"))
        effect = of("week contrast prespecified left_out")
        yield "effect", effect(12, "a − b", question["prespecified"], left)
        yield "plan", question
    for hides in (True, False):
        facts = {"hides": hides, "least": 5}
        yield from ((name, facts) for name in ("baseline", "own_stretching"))


def of_both_models():
    for agree, failures in product((True, False), ((), ("Mixed model, why",), ("a, b", "c, d"))):
        both = ("0.5 (0.1 to 0.9)", "0.6 (0.2 to 1.0)")
        agreement = of("primary other agree note failures")
        yield "agreement", agreement(*both, agree, "rung reached: runner", failures)
    apart = {"estimate": "1.2e−07", "se": "3.0e−04"}
    for mixedlm, rung in product((None, apart), ("", "rung reached: runner")):
        yield "plain_models", of("n_runners ols mixedlm rung")(39, apart, mixedlm, rung)
    for question, delta, n in product(QUESTIONS, (1.5, None), (1, 9)):
        yield "tipping", of("question n_imputed n_runners delta")(question, n, 10 * n, delta)
        work_done = of("question complier share n_runners")
        yield "work_done", work_done(question, "0.5 (0.1 to 0.9)" * (n > 1), 0.5, n)
    for note in ("", "too few runners"):
        yield "no_tipping", note


def of_what_it_means():
    for primary, recorded, mcid in product((True, False), (True, False), (0.5, 1, 2)):
        improved = of("question rating is_primary mcid shipped_mcid")
        yield "improved", improved(FIRST, "Tightness (NRS points)", primary, mcid, 2)
        yield "not_improved", of("question is_recorded least")(FIRST, recorded, 5)
    yield from ((name, 5) for name in ("too_few_changes", "no_changes"))


def of_changes():
    mdcs = ("a mean of two limbs, 1.22", "one limb, 1.73")
    past = of("outcome week digits mdcs reading source two_limbs worst shift")
    either = (True, False)
    for some, two, here, shift in product((mdcs, mdcs[:1]), either, either, (None, 1)):
        sem = SimpleNamespace(sem=0.6)
        reading = SimpleNamespace(sem=sem, limbs_r=0.89, limbs_measured=here)
        outcome = "Tightness (NRS points)"
        yield "responders", past(outcome, 12, 2, some, reading, "combined", two, 0.07, shift)
        yield "changes", of("week bands sizes")(12, some, (24, 20))
    for question, ends, n, shares in product(
        QUESTIONS, ((-1, 2), (0.5, 2), (-2, -1)), ("", "1 234"), ((), (0.2, 0.4))
    ):
        spread = Spread(sum(ends) / 2, *ends, 1.2, 1.0, 1, 24)
        responses = of("question spread digits unit n_to_see power shares mcid")
        yield "response_spread", responses(question, spread, 2, "points", n, 0.8, shares, 1.0)
    for none in (True, False):
        yield "instruments", of("alone_from side_r none_repeated least")(30, 0.89, none, 5)


def of_the_association():
    for names in ((), ("Tightness (NRS points)",), ("A", "B")):
        yield "not_measured", {"missing": names, "week": 12}
    for one in judgements():
        yield "hypothesis", of("judgement week alpha n_large")(one, 12, 0.05, 500)
        yield "hypothesis_numbers", of("one week alpha")(one.association, 12, 0.05)
        if one.is_simulated:
            yield "simulated_rates", one


def of_the_rest():
    for arms in ([], ["- *x*"], ["- *x*", "1. own way"]):
        yield from ((name, arms) for name in ("cert", "no_cert"))
    yield "on_model", ["Guarding: 3 of 4 means after baseline inside"]
    for name in ("no_strip", "no_plain_models", "harms", "no_own_stretching", "no_margin", "margin",
                 "no_adherence", "no_association", "not_modelled", "provenance"):  # fmt: skip
        yield name, None


# Pairs of a passage and facts of it: every setting that changes a sentence.
ALL = [
    *of_page_1(), *of_the_difference(), *of_who_was_there(), *of_both_models(),
    *of_what_it_means(), *of_changes(), *of_the_association(), *of_the_rest(),
]  # fmt: skip


def test_every_passage_and_branch_is_rendered():
    assert unrendered("hipstudy.pages", "cohort", ALL) == []


def test_every_passage_is_grammatical_in_every_setting():
    texts = {(name, words(name, facts)) for name, facts in ALL}
    assert not [(name, fault) for name, text in texts for fault in faults(text.replace(" %)", ")"))]


def test_a_caption_is_one_paragraph_whatever_an_arm_is_called():
    lists = {"answer_numbers", "simulated_rates"}
    long = {"response_spread"}
    for name, facts in ALL:
        text = words(name, facts)
        if name not in lists:
            assert text.count("\n") == (2 if name in long else 0), (name, text)


@pytest.mark.parametrize("name", ["harms_in_brief", "response_spread", "no_cert"])
def test_markdown_in_the_name_of_an_arm_is_plain_text(name):
    texts = [words(each, facts) for each, facts in ALL if each == name]
    assert any("\\*x\\*" in text for text in texts)
    assert not any(" *x*" in text for text in texts)


def test_the_three_numbers_of_page_1_have_value_interval_and_label():
    for name, facts in ALL:
        if name == "answer_numbers":
            rows = cells(words(name, facts))
            assert all(len(row) == 3 for row in rows)
            assert len(rows) == (3 if facts["has_answer"] else 1)

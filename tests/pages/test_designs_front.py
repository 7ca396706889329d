"""What pages 1 and 2 say of other designs: rendered, short, and no effect of one arm."""

from itertools import cycle, product

import pytest
from grammar import faults
from template_branches import unrendered
from test_cohort_front import (
    ADJUSTED,
    ARMS,
    INTERVALS,
    LEFT_OUT_RUNNERS,
    MOST_WORDS,
    OUTCOMES,
    left_out,
    sentences,
)

from hipstudy.analysis.designs.models_by_design import OF_DESIGN
from hipstudy.analysis.margin_tests import MARGIN_KINDS
from hipstudy.cohort_file.schema import outcomes
from hipstudy.wording import Wording

words = Wording("hipstudy.pages", "designs_front")
DESIGNS = [design for design in OF_DESIGN if design != "parallel"]
# Each design with its planned model, then what stands beside it; of clusters the plan chooses.
PLANS = [(design, [*OF_DESIGN[design]]) for design in DESIGNS]
PLANS.append(("clusters", [*OF_DESIGN["clusters"]][::-1]))
# What an interval says of a margin of 0.5, with its estimate.
OF_MARGIN = [
    (-0.3, 0.3, 0.0, "equivalent", "equivalence"), (0.6, 0.9, 0.7, "unlike", "equivalence"),
    (-0.9, 0.3, -0.4, "unclear", "equivalence"), (-0.9, 0.3, -0.4, "not_worse", "non-inferiority"),
    (0.6, 0.9, 0.7, "too_much_worse", "non-inferiority"),
    (-0.3, 0.9, 0.4, "not_shown", "non-inferiority"),
]  # fmt: skip
OFF_WEEK = {"weeks": (), "n": 0, "whole": 40, "window": 0.0, "takes": "nearest", "by_date": False}


def answers():
    many, every, both = cycle((0, 1, 2)), cycle(OUTCOMES), cycle(ARMS)
    lost = cycle(LEFT_OUT_RUNNERS)
    cases = [*((*one, "superiority") for one in INTERVALS), *OF_MARGIN]
    for (low, high, estimate, case, kind), (design, (planned, *beside)) in product(cases, PLANS):
        if kind != "superiority" and not beside:  # nobody is compared
            continue
        for given, other_out, has_icc in product((True, False), (True, False, None), (True, False)):
            n, outcome, arms = next(many), next(every), next(both)
            is_there = other_out is not None and beside
            yield {
                "design": design, "model": planned, "treatment": arms[0],
                "control": arms[1] if beside else "", "outcome": outcome, "week": 12,
                "margin": 0.5, "prespecified": given, "case": case, "estimate": estimate,
                "low": low, "high": high, "digits": 3, "is_zero": estimate == 0,
                "all_beyond": abs(estimate) > 0.6, "in_reach": [arms[0]],
                "level": 95.0, "margin_is": kind,
                "decides": {"low": low, "high": high, "level": 95.0},
                "chance": 0.999 if case == "better" else 0.5,
                "harm_chance": {"worse": 0.999, "open": 0.3}.get(case),
                "mcid": 1.0 if given else None, "n_runners": 1 if given else 39,
                "n_limbs": None if n == 1 else 78, "of_person": n == 1,
                "n_in_file": 48, "n_moved": 0, "n_twice": 0,
                "n_adjusted": n, "left_out_runners": next(lost), "off_week": OFF_WEEK,
                "left_out": (left_out(1, True),) if given else (),
                "out": not low <= 0 <= high,
                "other": {"code": beside[0], "out": other_out, "same": given} if is_there else None,
                "shares": (0.2, 0.9), "clusters": (6, 7), "icc": 0.342 if has_icc else None,
                "icc_ends": (0.0, 0.71) if has_icc and given else None,
                "df": 11.0,
            }  # fmt: skip


def of_page_1():
    for arms, names_fit in product(ARMS, (True, False)):
        names = {"treatment": arms[0], "control": "", "names_fit": names_fit}
        yield from (("title", names | {"of_person": one}) for one in (True, False))
        yield "order", {"first": arms[0], "second": arms[1]}
    for facts in answers():
        yield from ((name, facts) for name in ("answer", "basis"))
    for design, week in product(DESIGNS, (0.0, 6.0)):
        yield "results_heads", {"design": design, "first_week": week, "week": 12}
        yield "means_note", {"design": design}
    for design, hides, ratings, others, n in product(DESIGNS, *[(True, False)] * 3, (0, 1, 2)):
        yield "results", {
            "design": design, "first_week": 0.0, "week": 12, "control": "1. a|b", "hides": hides,
            "level": 95.0,
            "least": 5, "has_ratings": ratings, "has_others": others, "n_adjusted": n,
        }  # fmt: skip


def of_page_2():
    both = cycle(ARMS)
    yield from (("flow_note", {"design": design}) for design in DESIGNS)
    yield from (("flow_clusters", {"n": n, "n_lost": lost}) for n in (1, 6) for lost in (0, 1))
    for (design, models), given, secondary, adjusted in product(
        PLANS, (True, False), ((), outcomes()[:1], OUTCOMES), ADJUSTED
    ):
        arms = next(both)
        yield "on_plan", {
            "design": design, "cluster": "my own arm" if design == "clusters" else "",
            "prespecified": given, "outcome": "tightness_nrs", "week": 12, "treatment": arms[0],
            "control": arms[1], "margin": 0.5 * (design != "single-arm" or given),
            "margin_is": MARGIN_KINDS[len(secondary) % 3], "model": models[0],
            "secondary": secondary, "adjusted": adjusted, "not_measured": secondary[1:],
        }  # fmt: skip
    for design, adjusted, of_person in product(DESIGNS, (True, False), (True, False)):
        facts = {"design": design, "has_covariates": adjusted, "of_person": of_person}
        yield "on_assumptions", facts


ALL = [*of_page_1(), *of_page_2()]
IN_CELLS = ("results_heads",)


@pytest.fixture(scope="module")
def texts():
    """Every passage as it is rendered, each text once."""
    return sorted({(name, words(name, facts)) for name, facts in ALL})


def test_every_passage_and_branch_is_rendered():
    assert unrendered("hipstudy.pages", "designs_front", ALL) == []


def test_every_passage_is_grammatical_in_every_setting(texts):
    texts = [(name, text.replace(" %)", ")")) for name, text in texts]
    assert not [(name, fault, text) for name, text in texts for fault in faults(text)]


def test_every_sentence_has_25_words_at_most(texts):
    long = {one for name, text in texts if name not in IN_CELLS for one in sentences(text)
            if len(one.split()) > MOST_WORDS}  # fmt: skip
    assert not long


@pytest.mark.parametrize(
    ("language", "claims"),
    [
        ("en", ("better than", "worse than", "did better", "worthwhile difference", "benefit",
                "chance of", "against “")),
        ("de", ("besser als", "schlechter als", "Vorteil", "Unterschied", "Chance", "gegen „")),
        ("es", ("mejor que", "peor que", "ventaja", "diferencia", "probabilidad", "frente a")),
    ],
)  # fmt: skip
def test_of_one_arm_no_effect_is_claimed(language, claims):
    own = words.in_language(language)
    said = {
        own(name, facts) for name, facts in ALL
        if isinstance(facts, dict) and (facts.get("design") == "single-arm" or name == "title")
    }  # fmt: skip
    assert said
    for text in said:
        # Which way a rating is better is said of the scale, and that is no claim.
        scale = ("higher is better", "lower is better", "höher ist besser", "niedriger ist besser")
        for words_of in scale:
            text = text.replace(words_of, "")
        assert not [claim for claim in claims if claim in text], text
    for name, facts in ALL:
        if name == "answer" and facts["design"] == "single-arm" and facts["case"] != "none":
            denied = {"en": "No effect is claimed", "de": "Eine Wirkung wird nicht behauptet",
                      "es": "No se afirma ningún efecto"}[language]  # fmt: skip
            assert denied in own(name, facts)


def test_each_design_has_its_limit_in_a_sentence():
    limits = {
        "within-person": "Training one leg strengthens the other too, by 20 % to 90 % of its gain",
        "crossover": "(carry-over)",
        "clusters": "counted in clusters",
        "single-arm": "A change is not what the arm did.",
    }
    for name, facts in ALL:
        if name == "basis" and facts["icc"]:
            assert limits[facts["design"]] in words(name, facts)

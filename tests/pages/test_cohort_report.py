"""Every passage of the cohort report's details: rendered, grammatical, a file's text escaped."""

from dataclasses import replace
from itertools import product
from types import SimpleNamespace

import pytest
from grammar import faults
from template_branches import unrendered

from hipstudy.analysis import tipping_point
from hipstudy.analysis.change_association import ChangesAssociation, Slope
from hipstudy.analysis.designs.plan_rules import DESIGNS
from hipstudy.analysis.margin_tests import MARGIN_KINDS
from hipstudy.analysis.missing_methods import BY_REFERENCE, METHODS
from hipstudy.analysis.mixed import RUNGS
from hipstudy.analysis.response_variance import Spread
from hipstudy.analysis.runners_left_out import REASONS
from hipstudy.cohort_file.integrity.result import CHECKS
from hipstudy.pages.cohort_report.primary_question import words
from hipstudy.pages.shared import LABELS
from hipstudy.studies.operating_characteristics import DetectionRate, Judgement, Rate


def of(names):
    """A maker of facts by these names."""
    return lambda *values: dict(zip(names.split(), values, strict=True))


off_week = of("weeks n whole window takes n_moved n_twice visits")
taken = of("weeks are_named n")
TAKEN = [taken((), False, 0), taken(("6", "12"), True, 3), taken(("12",), False, 1),
         taken(("12",), True, 0)]  # fmt: skip
another_way = of("outcome n_runners by_arm is_angle_of_torque")
ARMS = (("Strength + stretch", "Stretch only"), ("- *x*", "1. a|b"))
gate = of("has_secondary is_open speaking alpha prespecified")
question = of("outcome week treatment control analysis missing margin prespecified level")
QUESTIONS = [
    question("Tightness (NRS points)", 12, *arms, analysis, "as-modelled", margin, given, 95.0)
    for arms, analysis, margin, given in product(ARMS, ("ancova", "mixed"), (0.5, 1), (True, False))
]
FIRST = QUESTIONS[0]
OFF_WEEKS = [
    off_week(weeks, n, 40, *window, TAKEN[(n + window[0]) % 4 if window[0] != 1.5 else 3])
    for weeks, n in (((), 0), (("13",), 1), (("11", "13", "13.5"), 26))
    for window in ((0, "nearest", 0, 0), (1, "worst", 1, 0), (1.5, "nearest", 26, 2))
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


def of_the_difference():
    either, strip = (True, False), of("has_answer margin any_ignores narrow level")
    for has, ignores, narrow in product(either, either, ("", "all", "none", "A and B")):
        yield "strip", strip(has, 0.5, ignores, narrow, 97.5)
    some = ((), ("A",), ("A", "*x*, a − b"))
    for has, is_open, given, speaking in product(either, either, either, some):
        yield "gate", gate(has, is_open, speaking, 0.05, given)


def n_is_odd(some):
    return len(some) % 2 == 1


def of_who_was_there():
    for question, few, off, left in product(QUESTIONS, FEW, OFF_WEEKS, LEFT_OUT):
        design = DESIGNS[len(few) + len(left)]
        of_person = question["prespecified"]
        facts = of("question least few off_week left_out design has_limbs of_person")(
            question, 5, few, off, left, design, not of_person, of_person
        )
        yield from ((name, facts) for name in ("missing", "patterns"))
        effect = of(
            "week contrast prespecified left_out adjusted n_unknown level margin_is all_arms gate"
        )
        for names, n in (((), 0), (("age_y",), 0), (("age_y", "*x*"), 1), (("sex",), 5)):
            kind = MARGIN_KINDS[n % 3]
            given = question["prespecified"]
            yield "effect", effect(12, "a − b", given, left, names, n, 95.0, kind, n == 1,
                                   gate(n > 0, n > 1, ("A",), 0.05, given))  # fmt: skip
        yield "plan", question
    kept = of("n kept one_arm is_parallel has_limbs of_leg")
    for has_control, design in product((True, False), DESIGNS):
        yield "all_baselines", {"has_control": has_control, "design": design}
        yield "on_reading_of_plan", {"design": design, "further": has_control}
        yield "on_difference", {"design": design, "of_person": has_control}
    yield from (("left_out_reason", code) for code in ("analysed", *REASONS))
    yield "not_analysed", None
    for ancova, mixed, one_arm in product((0, 1, 16), (0, 16), ((), ("A",), ("A", "*x*"))):
        yield (
            "missing_baseline",
            kept(16, {"ancova": ancova, "mixed": mixed}, one_arm, True, n_is_odd(one_arm), False),
        )
    yield "missing_baseline", kept(16, {}, (), False, True, True)
    yield "no_baseline_needed", None
    for hides in (True, False):
        facts = {"hides": hides, "least": 5}
        yield "own_stretching", facts
        yield from (("baseline", facts | {"design": design}) for design in DESIGNS)


def of_agreement():
    estimands = of("treatment control missing")
    agreement = of("estimands primary other names gap smallest limit is_apart asks same holds "
                   "note failures")  # fmt: skip
    both = ("0.5 (0.1 to 0.9)", "0.6 (0.2 to 1.0)", ("ANCOVA on runner means", "Mixed model"))
    either = (True, False)
    for failures in ((), ("Mixed model, why",), ("a, b", "c, d")):
        for gap, apart, asks, holds in product(("", "0.10"), either, MARGIN_KINDS,
                                               product(either, repeat=2)):  # fmt: skip
            others = [None, *(estimands("A", "*x*", one) for one in BY_REFERENCE)]
            for other in others:
                yield "agreement", agreement(
                    other, *both, gap, "0.01", "0.11", apart, asks, holds[0] == holds[1], holds,
                    "rung reached: runner" * apart, failures,
                )  # fmt: skip


def of_both_models():
    yield from of_agreement()
    apart = {"estimate": "1.2e−07", "se": "3.0e−04"}
    for text in ("", "by a computer, *x*"):
        names = ("allocation", "blinding", "registration", "sample_size")
        yield "trial_rows", dict.fromkeys(names, text)
        yield "no_reasons", {"column": text}
    yield "trial", None
    yield "reasons", {"outcome": "Tightness (NRS points)", "week": 12, "column": "why"}
    for rung, planned, of_person in product(RUNGS, (True, False), (True, False)):
        visits = of("outcome contrast level n_runners rung planned of_person taken")
        about = ("Tightness (NRS points)", "a − b", 97.5, 1 + planned, rung, planned, of_person)
        yield from (("visits", visits(*about, taken)) for taken in TAKEN)
        for names in ((), ("age_y", "*x*")):
            yield "covariance", {"rung": rung, "is_joint": planned, "adjusted": names,
                                 "of_person": of_person}  # fmt: skip
        yield "structure", rung
    plain = of("ols mixedlm rung is_imputed of_person")
    for part in product((None, apart), ("", "rung reached: runner"), (True, False), (True, False)):
        yield "plain_models", plain(apart, *part)
    tipping = of("question n_imputed n_runners changes is_of_zero holds planned_holds "
                 "imputations monte_carlo cut has_scale in_none")  # fmt: skip
    changes = [
        {"moves": moves, "delta": 1.5, "better": moves != "both"} for moves in tipping_point.ARMS
    ]
    for question, some, n in product(QUESTIONS, (changes, changes[:1], []), (1, 9)):
        for holds in product((True, False), repeat=2):
            cuts = ((0.0, True), (0.001, True), (0.12, True), (0.0, False))
            for (cut, has_scale), missing in zip(cuts, METHODS, strict=True):
                none = tuple(
                    {"why": why, "n": k} for k, why in enumerate(REASONS[2 : 2 + n % 4], 1)
                )
                more = (400, "0.002", cut, has_scale, none)
                asked = question | {"missing": missing}
                yield "tipping", tipping(asked, n, 10 * n, some, missing == "mar", *holds, *more)
        work_done = of("question complier share n_runners of_person")
        yield "work_done", work_done(question, "0.5 (0.1 to 0.9)" * (n > 1), 0.5, n, n > 1)
    for note in ("", "too few runners"):
        yield "no_tipping", note


def of_what_it_means():
    for primary, recorded, mcid in product((True, False), (True, False), (0.5, 1, 2)):
        improved = of("question rating is_primary mcid shipped_mcid")
        yield "improved", improved(FIRST, "Tightness (NRS points)", primary, mcid, 2)
        kind = MARGIN_KINDS[[0.5, 1, 2].index(mcid)]
        yield "margin", of("margin_is margin unit asked")(kind, mcid, "points", mcid / 2)
        yield "not_improved", of("question is_recorded least")(FIRST, recorded, 5)
    yield from ((name, 5) for name in ("too_few_changes", "no_changes"))


def of_changes():
    mdcs = ("a mean of two limbs, 1.22", "one limb, 1.73")
    past = of("outcome week digits mdcs reading source two_limbs worst shift hides least")
    either = (True, False)
    for some, two, here, shift in product((mdcs, mdcs[:1]), either, either, (None, 1)):
        sem = SimpleNamespace(sem=0.6)
        reading = SimpleNamespace(sem=sem, limbs_r=0.89, limbs_measured=here)
        outcome = "Tightness (NRS points)"
        yield (
            "responders",
            past(outcome, 12, 2, some, reading, "combined", two, 0.07, shift, here, 5),
        )
        yield "changes", of("week bands sizes")(12, some, (24, 20))
    for question, ends, n, shares in product(
        QUESTIONS, ((-1, 2), (0.5, 2), (-2, -1)), ("", "1,234"), ((), ((0.2, 0.4), (0.0, 0.9999)))
    ):
        spread = Spread(sum(ends) / 2, *ends, 1.2, 1.0, 1, 24)
        responses = of("question spread digits unit n_to_see power shares mcid")
        yield "response_spread", responses(question, spread, 2, "points", n, 0.8, shares, 1.0)
    for none in (True, False):
        yield "on_instruments", none
        for inside in (True, False):
            facts = of("alone_from side_r none_repeated least in_clusters")
            yield "instruments", facts(30, 0.89, none, 5, inside)


def of_the_association():
    for names in ((), ("Tightness (NRS points)",), ("A", "B")):
        yield "not_measured", {"missing": names, "week": 12}
    for one in judgements():
        yield "hypothesis", of("judgement week alpha n_large level")(one, 12, 0.05, 500, 95.0)
        yield "hypothesis_numbers", of("one week alpha level")(one.association, 12, 0.05, 95.0)
        if one.is_simulated:
            yield "simulated_rates", one


def of_integrity():
    yield "integrity", of("total n_checks")(0.01, 8)
    yield "no_look", None
    for checks in ((), *[(one,) for one in CHECKS]):
        yield "integrity_meaning", {check: LABELS["integrity_checks"][check] for check in checks}


def of_the_rest():
    yield from (("made_up", {"is_example": either}) for either in (True, False))
    registration = {"date": "2026-01-31", "fingerprint": "ab" * 6}
    yield from (("deviations", registration | {"n": n}) for n in (1, 12))
    yield "no_deviation", registration
    for arms in ([], ["- *x*"], ["- *x*", "1. own way"]):
        yield from ((name, arms) for name in ("cert", "no_cert"))
    for outcome in ("hagos sport (points)", "vas (mm)"):
        yield from ((name, outcome) for name in ("not_modelled", "no_reading"))
    yield "on_model", {"hits": ["Guarding: 3 of 4 means after baseline inside"], "level": 95.0}
    yield "no_visits", None
    for name in ("no_strip", "no_plain_models", "no_own_stretching", "no_margin",
                 "no_adherence", "no_association", "not_modelled", "provenance"):  # fmt: skip
        yield name, None


def of_since():
    count = of("n n_runners is_hidden least")
    some, one, hidden, no = (count(24, 6, False, 5), count(1, 1, False, 5), count(3, 2, True, 5),
                             count(0, 0, False, 5))  # fmt: skip
    kinds = of("new gone changed")
    every = [None, kinds(no, no, no), kinds(some, one, hidden), kinds(hidden, some, one)]
    codes = ("no_file", "other_file", "no_plan", "not_printed", "not_rerun")
    lists = [[], *[[code] for code in codes], list(codes[1:])]
    for edits, missing, is_run in product(every, lists, (True, False)):
        has_rows = edits is not None
        yield "on_since", {
            "day": "2026-02-28", "name": "- *x*" if missing else "", "is_run": is_run,
            "missing": missing, "is_by_chance": is_run, "edits": edits,
            "n_then": 252 if has_rows else None, "n_now": 1 if has_rows else None,
            "new_runners": some if has_rows else None, "gone_runners": hidden if has_rows else None,
            "respelled": len(missing), "has_unsplit": bool(missing),
        }  # fmt: skip
    for is_by_chance in (True, False):
        yield "since_figures", of("is_by_chance week contrast")(is_by_chance, 12, "A - B")
        yield "same_settings", is_by_chance
    yield from ((name, None) for name in ("since_columns", "since_settings"))


# Pairs of a passage and facts of it: every setting that changes a sentence.
ALL = [
    *of_the_difference(), *of_who_was_there(), *of_both_models(),
    *of_what_it_means(), *of_changes(), *of_the_association(), *of_integrity(), *of_the_rest(),
    *of_since(),
]  # fmt: skip


def test_every_passage_and_branch_is_rendered():
    assert unrendered("hipstudy.pages", "cohort", ALL) == []


def test_every_passage_is_grammatical_in_every_setting():
    texts = {(name, words(name, facts)) for name, facts in ALL}
    assert not [(name, fault) for name, text in texts for fault in faults(text.replace(" %)", ")"))]


def test_a_caption_is_one_paragraph_whatever_an_arm_is_called():
    lists = {"simulated_rates", "integrity_meaning", "trial_rows", "on_since"}
    long = {"response_spread"}
    for name, facts in ALL:
        text = words(name, facts)
        if name not in lists:
            assert text.count("\n") == (2 if name in long else 0), (name, text)


@pytest.mark.parametrize("name", ["response_spread", "no_cert"])
def test_markdown_in_the_name_of_an_arm_is_plain_text(name):
    texts = [words(each, facts) for each, facts in ALL if each == name]
    assert any("\\*x\\*" in text for text in texts)
    assert not any(" *x*" in text for text in texts)

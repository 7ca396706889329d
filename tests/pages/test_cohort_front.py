"""Every passage of the cohort report's first two pages: rendered, short, plain."""

import re
from itertools import cycle, product
from math import nan

import pytest
from grammar import faults
from template_branches import unrendered

from hipstudy.analysis.covariates import Adjustment
from hipstudy.analysis.margin_tests import MARGIN_KINDS
from hipstudy.analysis.missing_methods import METHODS, imputed_model
from hipstudy.analysis.own_outcomes import better_sign
from hipstudy.analysis.plan import shipped_plan
from hipstudy.analysis.plan_fields import ANALYSES
from hipstudy.analysis.runners_left_out import REASONS
from hipstudy.cohort_file.schema import outcomes
from hipstudy.labels import ARM_LABELS
from hipstudy.pages.cohort_report.cohort_front import OutcomeWords
from hipstudy.pages.cohort_report.first_page import HARMS
from hipstudy.pages.cohort_report.measured_by_arm import _digits
from hipstudy.wording import Wording

words = Wording("hipstudy.pages", "cohort_front")
ARMS = (("Strength + stretch", "Stretch only"), ("- *x*", "1. a|b"))
MOST_WORDS = 25
# Low and high end, the estimate, and where that lies: of something that is better lower.
INTERVALS = [
    (-1.783, -0.001, -0.892, "better"), (-1.8, -0.6, -1.2, "better"), (0.1, 0.9, 0.5, "worse"),
    (0.6, 0.9, 0.7, "worse"), (-1.2, 0.3, -0.4, "open"), (-0.9, 0.9, 0.0, "open"),
    (-0.3, 0.2, -0.1, "small"), (-0.1, 0.1, 0.0, "small"), (nan, nan, nan, "none"),
]  # fmt: skip
# The same of a margin of 0.5 or 1, for equivalence and non-inferiority.
OF_ZERO = {"margin_is": "superiority", "decides": {"low": -1.0, "high": 1.0, "level": 95.0}}
OF_MARGINS = [
    ("equivalence", "equivalent", -0.3, 0.4), ("equivalence", "unlike", -2.0, -1.1),
    ("equivalence", "unlike", 1.2, 2.0), ("equivalence", "unclear", -1.2, 0.4),
    ("equivalence", "none", nan, nan), ("non-inferiority", "not_worse", -1.2, 0.4),
    ("non-inferiority", "too_much_worse", 1.1, 2.0), ("non-inferiority", "not_shown", -0.2, 1.4),
    ("non-inferiority", "none", nan, nan),
]  # fmt: skip
# Weeks; runners who moved; who were read twice. As many as go into no product of the other facts.
WINDOWS = ((0.0, 0, 0, "nearest"), (1.0, 1, 0, "worst"), (1.5, 26, 2, "nearest"),
           (0.0, 0, 0, "nearest"), (2.0, 2, 1, "worst"))  # fmt: skip
OUTCOMES = (*outcomes(), OutcomeWords("vas", "vas, mm", "vas, mm", "mm", "mm"))
ADJUSTED = ((), (Adjustment("my own arm", True, 0), Adjustment("- *x*", False, 2)))
# Other usual analyses: whose interval leaves out zero, and whose holds it.
OTHERS = [((), ()), (("mixed", "imputed"), ()), ((), ("ancova", "imputed")),
          (("imputed",), ("mixed",)), (("mixed",), ()), ((), ("imputed",))]  # fmt: skip
# Who is in no analysis: nobody, some by one reason, one by each.
LEFT_OUT_RUNNERS = ((), *(({"why": code, "n": n},) for n, code in enumerate(REASONS, 1)),
                    tuple({"why": code, "n": n} for n, code in enumerate(REASONS, 1)))  # fmt: skip
OTHER_PAIR = {"treatment": "Stretch only", "control": "my own arm"}
ONE_MORE = OTHER_PAIR | {
    "has_answer": True,
    "estimate": -0.4,
    "low": -1.0,
    "high": 0.2,
    "digits": 2,
}
FURTHER = ({"further": (), "n_further": 0}, {"further": (ONE_MORE,), "n_further": 0},
           {"further": (OTHER_PAIR | {"has_answer": False}, ONE_MORE), "n_further": 2},
           {"further": (), "n_further": 0}, {"further": (), "n_further": 0})  # fmt: skip
OFF_WEEKS = (((), 0), ((13.0,), 1), ((11.0, 13.0, 13.5), 26))


def left_out(n, angle):
    return {"n_runners": n, "by_arm": (f"- *x* {n}", "Stretch only 0"), "is_angle_of_torque": angle}


def answers():
    windows = cycle(WINDOWS)
    kinds = cycle(OTHERS)
    left_out_all, further = cycle(LEFT_OUT_RUNNERS), cycle(FURTHER)
    for (low, high, estimate, case), outcome, arms, given, margin in product(
        INTERVALS, OUTCOMES, ARMS, (True, False), (0.5, 1)
    ):
        for (weeks, n), left, mcid in product(
            OFF_WEEKS, ((), (left_out(1, True), left_out(5, False))), (None, 1.0, 2.0)
        ):
            window, moved, twice, takes = next(windows)
            out, held = next(kinds)
            in_reach = [arm for arm, far in zip(arms, (-low, high), strict=True) if far >= margin]
            yield {
                "treatment": arms[0], "control": arms[1], "outcome": outcome, "week": 12,
                "model": "ancova" if given else "mixed", "margin": margin, "prespecified": given,
                "case": case, "estimate": estimate, "low": low, "high": high, "digits": 3,
                "level": 95.0 if given else 97.5, **OF_ZERO,
                "is_zero": estimate == 0, "all_beyond": abs(estimate) > 0.6,
                "in_reach": in_reach or [arms[0]], "chance": 0.999 if case == "better" else 0.5,
                "harm_chance": {"worse": 0.999, "open": 0.3}.get(case),
                "mcid": mcid, "n_runners": 1 if given else 39,
                "n_limbs": None if mcid == 1 else 1 if given else 78, "of_person": mcid == 1,
                "n_in_file": 48, "n_moved": moved, "n_twice": twice, "n_adjusted": moved % 3,
                "left_out_runners": next(left_out_all), **next(further),
                "n_imputed": (0, 1, 7)[moved % 3],
                "off_week": {"weeks": weeks, "n": n, "whole": 40, "window": window,
                             "takes": takes, "by_date": moved % 2 == 1},
                "left_out": left, "others": {"out": out, "around": held},
            }  # fmt: skip


def answers_on_margins():
    """Page 1 of a plan that asks for equivalence or non-inferiority."""
    facts = next(answers())
    others = [{"out": (), "around": (), "same": same, "otherwise": otherwise}
              for same, otherwise in OTHERS]  # fmt: skip
    for (kind, case, low, high), arms, margin, outcome, other, chance in product(
        OF_MARGINS, ARMS, (0.5, 1), OUTCOMES, others, (0.5, 0.999)
    ):
        yield facts | {
            "treatment": arms[0], "control": arms[1], "margin": margin, "outcome": outcome,
            "margin_is": kind, "case": case, "others": other, "chance": chance,
            "decides": {"low": low, "high": high, "level": 90.0 if margin == 1 else 97.5},
            "low": low, "high": high, "estimate": (low + high) / 2, "is_zero": False,
        }  # fmt: skip


def by_reference():
    """What other analyses say, of a plan that imputes by reference: it asks something else."""
    for (kind, *_), (one, two) in product([("superiority",), *OF_MARGINS[::2]], OTHERS):
        names = ("same", "otherwise", "out", "around")
        yield {"margin_is": kind, "model": "imputed_jump_to_reference", "low": 0.1, "high": 0.3,
               "case": "better", "others": dict(zip(names, (one, two, one, two), strict=True)),
               }  # fmt: skip


def of_others():
    for (low, high, _, case), (out, held) in product(
        [*INTERVALS[:-1], (-0.3, -0.1, -0.2, "small")], OTHERS
    ):
        facts = {"low": low, "high": high, "case": case, "others": {"out": out, "around": held}}
        yield "by_others", facts | {"margin_is": "superiority", "model": "ancova"}
    yield from (("by_others", facts) for facts in by_reference())


def of_page_1():
    for arms, names_fit in product(ARMS, (True, False)):
        names = {"treatment": arms[0], "control": arms[1], "names_fit": names_fit}
        yield from (("title", names | {"of_person": one}) for one in (True, False))
    for n, weeks in ((1, (0.0,)), (48, (-1.0, 0.0, 6.5, 12.0))):
        for names in ((), (("Arm A", "- *x*"), ("Arm C", "1. a|b"))):
            facts = {"n_runners": n, "n_limbs": 2 * n, "weeks": weeks, "names": names}
            for many, made_up in product((0, 1, 2), (True, False)):
                yield "whom", facts | {"n_warnings": many, "is_example": made_up}
            yield "whom", facts | {"n_limbs": None, "n_warnings": 0, "is_example": False}
    for facts in (*answers(), *answers_on_margins()):
        yield from ((name, facts) for name in ("answer", "basis"))
    yield from of_others()
    for hides, ratings, others in product((True, False), repeat=3):
        facts = {"week": 12, "control": "1. a|b", "hides": hides, "least": 5, "level": 97.5}
        for n_adjusted in (0, 2):
            more = {"has_ratings": ratings, "has_others": others, "n_adjusted": n_adjusted}
            yield "results", facts | more
    for dots, no_dots, made_up, cut in product((True, False), repeat=4):
        facts = {"dots": dots, "no_dots": no_dots, "least": 20, "level": 99.9}
        yield "means", facts | {"is_example": made_up, "is_cut": cut}
    yield from costs()


def costs():
    lost = [{"arm": arm, "n": n, "of": 24} for arm, n in zip(ARMS[1], (3, 6), strict=True)]
    harm = [{"code": code, "by_arm": lost} for code in HARMS]
    for n, stopped, explained, missing in product((0, 9), (0, 1), (True, False), (0, 1, 5)):
        for known in range(len(HARMS) + 1):
            yield "cost", {
                "outcome": "tightness_nrs", "week": 12, "n_lost": n, "losses": lost,
                "n_never": 6 if missing else 0, "stopped": stopped, "explained": explained,
                "n_no_baseline": missing, "n_kept": missing - (stopped and missing > 0),
                "has_reasons": missing == 5, "n_off": stopped + missing, "of_leg": missing == 5,
                "harms": harm[:known], "not_recorded": HARMS[known:],
            }  # fmt: skip


def of_tables():
    yield "stand_in", "A"
    for arm in ("stretch_only", "my_own"):
        yield "arm", {"code": arm, "label": ARM_LABELS.get(arm, "- *x*")}
    for code in OUTCOMES:
        yield from ((name, code) for name in ("outcome_head", "outcome_axis"))
        yield "means_alt", {"outcome": code, "digits": 1, "rows": [
            {"arm": "a", "week": week, "mean": 4.2, "n": 20} for week in (0.0, 12.0)]}  # fmt: skip
    yield from (("harm_head", code) for code in HARMS)
    yield "results_heads", {"week": 12}
    for why, n in (("", 24.0), ("", 1.0), ("", 0.0), ("<5", nan), ("not recorded", nan)):
        yield "mean_and_sd", {"instead": why, "n": n, "mean": 4.2, "sd": 1.5, "digits": 1}
        yield "harm_cell", {"instead": why, "n": n, "of": 24.0}
    yield "difference_cell", {"has_answer": False}
    one = {"n_runners": 39, "estimate": -0.4, "low": -1.0, "high": 0.2, "digits": 2}
    yield "difference_cell", {"has_answer": True} | one
    yield from (("points", is_many) for is_many in (True, False))
    yield from ((name, None) for name in ("weeks_axis", "harms_head", "harms"))


def of_page_2():
    few = ({"week": 3.0, "n": 2}, {"week": 40.5, "n": 1})
    yield from (("on_flow", {"few": some, "least": 5}) for some in ((), few[1:], few))
    stages = ("in_file", "no_baseline", "no_arm", "baseline", "seen", "outcome_one",
              "stopped", "analysed")  # fmt: skip
    for stage, n, outcome in product(stages, (0.0, 1.0, 24.0), OUTCOMES):
        line = {"stage": stage, "n": n, "week": 12.0, "outcome": outcome, "instead": ""}
        yield from (("flow_line", line | {"n_missed": missed, "of": 21.0}) for missed in (0.0, 3.0))
    yield (
        "flow_line",
        line
        | {"n_missed": 0.0, "of": nan, "stage": "stopped", "n": nan, "instead": "not recorded"},
    )
    yield "flow_alt", [{"name": "", "line": "48 in the file"}, {"name": "A", "line": "24 seen"}]
    yield from ((name, None) for name in ("flow", "no_harms"))
    for n, only_stopping in product(range(4), (True, False)):
        yield "on_harms", {"not_recorded": HARMS[:n], "only_stopping": only_stopping}
    models = (*ANALYSES, *map(imputed_model, METHODS[1:]))
    for arms, model, given, secondary, adjusted in product(
        ARMS, models, (True, False), ((), outcomes()[:1], OUTCOMES), ADJUSTED
    ):
        yield "on_plan", {
            "prespecified": given, "outcome": "tightness_nrs", "week": 12, "treatment": arms[0],
            "control": arms[1], "margin": 0.5, "model": model, "secondary": secondary,
            "not_measured": secondary[1:],
            "margin_is": MARGIN_KINDS[len(secondary) % 3],
            "adjusted": adjusted,
        }  # fmt: skip
        yield (
            "on_assumptions",
            {
                "model": model,
                "has_kept": model == "ancova",
                "has_covariates": bool(adjusted),
                "of_person": given,
                "treatment": arms[0],
                "control": arms[1],
            },
        )


def of_since():
    """What changed since last time: no file, nothing, some of it hidden; parts that moved."""
    told = {"n": 24, "n_runners": 6, "is_hidden": False, "least": 5}
    one = {"n": 1, "n_runners": 1, "is_hidden": False, "least": 5}
    hidden = {"n": 3, "n_runners": 2, "is_hidden": True, "least": 5}
    every = [
        None,
        {},
        {"new": told},
        {"gone": hidden},
        {"new": one, "gone": hidden, "changed": told},
    ]
    parts = [None, {}, {"new_data": -0.2}, {"edited_data": 0.04, "settings": -0.001, "code": 0.1,
                                            "noise": -0.02, "new_data": 0.3}]  # fmt: skip
    for day, edits, then, moved in product(("", "2026-02-28"), every, (None, -0.89), parts):
        for n_columns in (0, 2):
            yield "since_last_time", {"day": day, "edits": edits, "then": then, "parts": moved,
                                      "digits": 2, "n_columns": n_columns}  # fmt: skip


ALL = [*of_page_1(), *of_tables(), *of_page_2(), *of_since()]
IN_CELLS = ("results_heads", "mean_and_sd", "harm_cell", "arm",
            "flow_alt", "means_alt")  # fmt: skip


@pytest.fixture(scope="module")
def texts():
    """Every passage as it is rendered, each text once."""
    return sorted({(name, words(name, facts)) for name, facts in ALL})


def sentences(text):
    """Sentences and points of a list; a heading is none."""
    lines = [line.removeprefix("- ") for line in text.splitlines() if not line.startswith("#")]
    return [one for line in lines for one in re.split(r"(?<=[.?!])\s(?=[A-Z“\d])", line) if one]


def test_every_passage_and_branch_is_rendered():
    assert unrendered("hipstudy.pages", "cohort_front", ALL) == []


def test_every_passage_is_grammatical_in_every_setting(texts):
    texts = [(name, text.replace(" %)", ")")) for name, text in texts]
    assert not [(name, fault) for name, text in texts for fault in faults(text)]


def test_every_sentence_has_25_words_at_most(texts):
    long = {one for name, text in texts if name not in IN_CELLS for one in sentences(text)
            if len(one.split()) > MOST_WORDS}  # fmt: skip
    assert not long


def test_no_word_that_was_misread(texts):
    banned = ("regret", "pure world", "estimand", "draws", "fingerprint", "to the better", "raised")
    assert not [(name, word) for name, text in texts for word in banned if word in text.lower()]


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-1.783, -0.001, "0.001 to 1.783 lower"),
        (0.1, 0.9, "0.100 to 0.900 higher"),
        (-1.2, 0.3, "1.200 lower to 0.300 higher"),
    ],
)
def test_an_interval_goes_in_the_direction_of_its_sentence(low, high, said):
    assert words("band", low=low, high=high, digits=3) == said
    for name, facts in ALL:
        if name == "answer" and (facts["low"], facts["high"]) == (low, high):
            assert said in words(name, facts)


@pytest.mark.parametrize(
    ("case", "low", "high", "out", "held", "said"),
    [
        ("better", -1.8, -0.1, ("mixed", "imputed"), (), "ruled out by other usual analyses too"),
        ("better", -1.8, -0.1, (), ("mixed", "imputed"),
         "not settled: zero, no difference, is not ruled out by the mixed model and multiple im"),
        ("worse", 0.1, 1.8, ("imputed",), ("mixed",),
         "not ruled out by the mixed model; it is by multiple imputation."),
        ("open", -1.8, 0.1, (), ("ancova",), "do not rule out zero, no difference, either: AN"),
        ("open", -1.8, 0.1, ("mixed",), (), "Zero, no difference, is ruled out by the mixed mod"),
        ("open", -1.8, 0.1, ("mixed",), ("imputed",),
         "is ruled out by the mixed model; it is not by multiple imputation."),
        ("small", -0.3, -0.1, (), ("mixed",), "Zero, no difference, is not ruled out by the mixed"),
        ("open", -1.8, 0.1, (), (), "No other usual analysis gives an answer."),
    ],
)  # fmt: skip
def test_whether_other_usual_analyses_say_the_same(case, low, high, out, held, said):
    others = {"out": out, "around": held}
    zero = "superiority"
    text = words("by_others", case=case, low=low, high=high, others=others, margin_is=zero,
                 model="ancova")  # fmt: skip
    assert said in text
    assert ("not settled" in text) == (case in ("better", "worse") and bool(held))


def test_of_a_plan_by_reference_the_others_answer_another_question():
    """Two estimands are not held against each other: nothing is called unsettled by the other."""
    for facts in by_reference():
        text = words("by_others", facts)
        if facts["others"]["out"] or facts["others"]["around"]:
            assert text.startswith("Others answer another question, had all gone on as others of")
            assert "settled" not in text


def test_the_example_is_made_up_from_the_first_words_on():
    facts = {"n_runners": 2, "n_limbs": 4, "weeks": (0.0, 12.0), "names": (), "n_warnings": 0}
    text = words("whom", facts | {"is_example": True})
    assert text.startswith("**Made-up example: no person was measured.**")
    assert "All values are measured" not in text
    own = words("whom", facts | {"is_example": False})
    assert "Made-up" not in own
    assert "All values are measured" in own


def test_which_arm_is_better_is_said_first():
    first = {
        "better": "did better than",
        "worse": "did worse than",
        "open": "It is open whether",
        "small": "do not differ by a worthwhile amount",
        "none": "gives no answer",
    }
    for facts in answers():
        text = words("answer", facts)
        assert first[facts["case"]] in sentences(text)[0]
        assert ("“" + facts["treatment"] + "”" in text) == (facts["case"] != "none")
        assert text.count("\n") == 0


@pytest.mark.parametrize(
    ("kind", "case", "said"),
    [
        ("equivalence", "equivalent", "are equivalent by the plan"),
        ("equivalence", "unlike", "are not equivalent by the plan"),
        ("equivalence", "unclear", "It is open whether"),
        ("non-inferiority", "not_worse", "is not worse than"),
        ("non-inferiority", "too_much_worse", "is worse than"),
        ("non-inferiority", "not_shown", "It is open whether"),
    ],
)
def test_what_the_margin_asks_is_answered_first(kind, case, said):
    found = [one for one in answers_on_margins() if (one["margin_is"], one["case"]) == (kind, case)]
    for facts in found:
        first, *rest = sentences(words("answer", facts))
        assert said in first
        rest = " ".join(rest)
        assert "the margin of the plan" in rest
        assert "zero" not in rest.lower()
        assert ("90 % interval" in rest) == (kind == "equivalence" and facts["margin"] == 1)
        assert ("not settled" in rest) == bool(facts["others"]["otherwise"])


@pytest.mark.parametrize("name", ["title", "whom", "cost", "on_plan"])
def test_markdown_in_the_name_of_an_arm_is_plain_text(name, texts):
    own = [text for each, text in texts if each == name]
    assert any("\\*x\\*" in text for text in own)
    assert not any(" *x*" in text for text in own)


@pytest.mark.parametrize("name", ["answer", "basis", "results"])
def test_what_is_no_markdown_has_no_strokes(name, texts):
    assert not any("\\" in text for each, text in texts if each == name)


def test_every_outcome_has_words_and_arms_are_called_as_everywhere():
    for code in outcomes():
        assert words("outcome_head", code)
        assert _digits(shipped_plan(), code) in (1, 2)
        assert better_sign({}, code) in (-1, 1)
    assert {words("arm", code=code, label=label) for code, label in ARM_LABELS.items()} == set(
        ARM_LABELS.values()
    )

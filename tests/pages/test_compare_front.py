"""The two pages of the compare report: every branch rendered, short sentences, true to a study."""

import operator
import re
import sys
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from grammar import faults
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from template_branches import unrendered

from hipstudy import show
from hipstudy.evidence import number_basis, sources, trial_record
from hipstudy.labels import ARM_LABELS, CAUSE_WORDS, WORLD_LABELS, interval
from hipstudy.model.causes import WORLDS
from hipstudy.pages import compare_report as pages
from hipstudy.pages.compare_report import doable_prescriptions, front_words, own_runners
from hipstudy.pages.compare_report.answer import favoured_causes
from hipstudy.pages.compare_report.what_would_change import furthest_tenth, hangs
from hipstudy.pages.shared import estimand
from hipstudy.parameters import shipped
from hipstudy.prescription.design import CONTRACT_ARMS
from hipstudy.prescription.protocol import preset
from hipstudy.resources import place
from hipstudy.studies import compare_study, made_up_runners, sensitivity
from hipstudy.wording import environment

FRONT = front_words.FRONT
MOST_WORDS = 25
SMALL = {"n_runners": 6, "n_draws": 8, "weeks": 3}
NAME = st.sampled_from(("Strength + stretch", "Stretch only, same minutes", "mine"))
WORLD = st.sampled_from(WORLDS)
WEEKS = st.integers(1, 104)
SIZE = st.sampled_from((0.0, 0.004, 0.5, 1.0)) | st.floats(0, 9.9)
NUMBER = SIZE | SIZE.map(lambda size: -size)
SHARE = st.sampled_from((0.0, 0.004, 1.0)) | st.floats(0, 1)
FEW = st.integers(0, 6)
STUDY = st.sampled_from([one.name for one in sources.shipped() if one.name != "conventions"])


def of(**facts):
    return st.fixed_dictionaries(facts)


def several(facts, least=0, most=2):
    return st.lists(facts, min_size=least, max_size=most).map(tuple)


def _ordered(one, ends):
    near, size, far = sorted(ends)
    return one | {"near": near, "size": abs(size), "far": far}


BAND = st.builds(_ordered, of(cause=WORLD, name=NAME), st.tuples(NUMBER, NUMBER, NUMBER))
NONE_ON_AVERAGE = BAND.map(lambda one: one | {"size": 0.001})
POINTS = st.floats(0.0051, 9.9)
LARGE = BAND.map(lambda one: one | {"size": one["size"] + 0.5})
FAVOURS = several(of(name=NAME, causes=several(LARGE, 1, 4)))
SENSATIONS = st.sampled_from(
    (["pain"], ["tightness"], ["pain", "disability"], ["pain", "tightness"], ["pain", "another"],
     ["pain", "tightness", "disability"])
)  # fmt: skip
OUTSIDE = st.builds(
    _ordered,
    of(
        k=st.integers(1, 12),
        first=st.sampled_from(("strength", "stretch")),
        second=st.sampled_from(("none", "stretch")),
        is_clear=st.booleans(),
        n_tightness=st.sampled_from((0, 1, 2)),
        felt=SENSATIONS,
    ),
    st.tuples(NUMBER, NUMBER, NUMBER) | st.just((0.0, 0.0, 0.0)),
)
VERDICT = st.builds(
    lambda facts, means: facts | dict(zip(("lowest_mean", "highest_mean"), means, strict=True)),
    of(
        is_matched=st.booleans(), weeks=WEEKS, margin=st.sampled_from((0.5, 1.0)),
        favours=FAVOURS | st.just(()), n_rest=st.integers(0, 4), rest_within=SIZE,
        is_nothing=st.booleans(), is_unclear=st.booleans(),
        largest=st.none() | LARGE | NONE_ON_AVERAGE, treatment=NAME,
        weeks_after_end=several(of(name=NAME, weeks=WEEKS)),
        outside=st.none() | OUTSIDE,
    ),
    st.tuples(NUMBER, NUMBER).map(sorted),
)  # fmt: skip
RAISED = (
    st.tuples(NUMBER, NUMBER, NUMBER, NUMBER)
    | NUMBER.map(lambda mean: (mean,) * 4)
    | st.just((0.0,) * 4)
).map(
    lambda ends: (
        dict(zip(("low", "lowest", "highest", "high"), sorted(ends), strict=True))
        | {"is_none": not any(round(end, 2) for end in ends)}
    )
)
TEN = {"low": 2.5, "all": 3.7, "high": 4.8}
WORST = of(name=NAME, size=POINTS, week=WEEKS)
OF_TEN = st.tuples(*[st.floats(0, 10)] * 3).map(
    lambda ends: dict(zip(("low", "all", "high"), sorted(ends), strict=True))
)
BOTH = preset("strength_plus_stretch")
WORK = st.none() | st.builds(
    BOTH.strength.model_copy,
    update=of(
        lever=st.sampled_from(("leg-lever", "trunk-lever")),
        sides=st.sampled_from(("both", "left", "right")),
        load=st.sampled_from(("unloaded", "near-failure", "5 kg")),
        sessions_per_week=st.sampled_from((1, 3, 7)),
    ),
)
RECORD = st.builds(
    trial_record.TrialRecord,
    trials=st.integers(5, 20), of_felt=st.integers(0, 3), ahead=st.integers(0, 5), coverage=SHARE,
)  # fmt: skip
GIVEN = st.one_of(
    *(
        of(name=st.just(name), value=values)
        for name, values in {
            "adherence": SHARE,
            "start_rom_deg": st.floats(-20, 40),
            "entry_nrs": SIZE,
            "causal_share": SHARE,
            "programme_effect_nrs": SIZE,
        }.items()
    )
)
ROW = of(
    label=st.just("Guarding"),
    tightness=st.tuples(NUMBER, NUMBER, NUMBER),
    discomfort=st.none() | st.tuples(NUMBER, NUMBER, NUMBER),
)
WEEK_ROW = of(
    title=st.just("Tightness"), unit=st.just("points"), name=NAME,
    value=NUMBER, low=NUMBER, high=NUMBER,
)  # fmt: skip
MEAN_AND_BAND = st.tuples(NUMBER, NUMBER, NUMBER).map(
    lambda ends: dict(zip(("low", "mean", "high"), sorted(ends), strict=True))
)
OWN_ARM = of(name=NAME, is_first=st.booleans(), dose=st.sampled_from(("", "4x30 s")))
PASSAGES = {
    "arm": st.sampled_from(CONTRACT_ARMS),
    "cause_row": WORLD,
    "title": of(treatment=NAME, control=NAME),
    "whom": of(
        origin=st.sampled_from(("drawn", "rbds", "example", "file")),
        n_runners=st.integers(2, 2000), n_limbs=st.integers(4, 4000),
        readings=several(
            st.tuples(st.sampled_from(("thomas_ext_deg", "torque_nm_kg")), st.integers(2, 99))
        ),
        n_men=st.integers(0, 99), n_women=st.integers(0, 99), own_arms=several(OWN_ARM),
        set=several(GIVEN, 0, 5), n_warnings=FEW,
    ),
    "cohort_effect": of(
        is_same=st.booleans(), is_same_mean=st.booleans(), is_few=st.booleans(),
        n_runners=st.integers(2, 99), shift=SIZE, end_shift=SIZE,
        world=WORLD, outcome=st.sampled_from(("tightness_nrs", "discomfort_nrs")),
        own=MEAN_AND_BAND, made_up=MEAN_AND_BAND,
        measured_of=st.sampled_from(("driver", "rating", "none")),
    ),
    "answer": VERDICT,
    "by_cause": VERDICT,
    "cost": of(
        discomfort=of(
            name=NAME, rest=RAISED,
            apart=st.none() | st.builds(operator.or_, of(cause=WORLD), RAISED),
        ),
        soreness=st.builds(operator.or_, of(name=NAME, worst=st.none() | WORST), RAISED),
        minutes=several(st.tuples(NAME, st.sampled_from((0.0, 28.0, 64.2))), 2),
        shorter=st.none() | of(
            n=st.integers(1, 4), is_all=st.booleans(), behind=SIZE,
            fewest=st.just(28.0), most=st.sampled_from((28.0, 36.0)),
        ),
    ),
    "noticed": of(
        mcid_nrs=st.sampled_from((0.5, 1.0, 2.0)),
        first=st.builds(operator.or_, of(name=NAME), OF_TEN | st.just(TEN)),
        second=st.builds(operator.or_, of(name=NAME), OF_TEN | st.just(TEN)),
        gap=st.sampled_from((0.0, 0.03, 0.25, 4.0)), wobble=st.sampled_from((0.0, 0.004, 1.6)),
    ),
    "outside": of(
        k=st.integers(1, 12), n_tightness=FEW, n_disability=FEW, n_another=FEW, n_runners=FEW,
        n_nulls=FEW,
        pi_near=st.just(-0.59), pi_far=st.just(1.34),
        level=st.sampled_from(("very low", "low", "moderate", "high")),
        apart=st.lists(WORLD, unique=True), is_opposite=st.booleans(),
    ),
    "figure_caption": of(
        weeks=WEEKS, margin=st.just(0.5), outside=st.none() | of(k=st.sampled_from((1, 10)))
    ),
    "figure_outside": of(k=st.integers(1, 12), felt=SENSATIONS | st.just(["pain"])),
    **dict.fromkeys(("figure_no_trial", "figure_tightness", "figure_discomfort"), st.none()),
    "figure_less": NAME,
    "figure_alt": several(ROW, 1),
    "basis": of(counts=st.just(number_basis.counts()), record=RECORD),
    "prescriptions": of(
        rounded=several(
            of(name=NAME, modelled=st.sampled_from((64.0, 63.9, 61.0)), rounded=st.just(63.0))
            | of(name=NAME, modelled=st.just(63.4), rounded=st.just(63.0))
        ),
        done=SHARE,
        near_failure_kg=st.sampled_from((None, 0.0, 7.5)),
        too_heavy=st.none() | of(kg=st.just(9.0), share=SHARE),
    ),
    "prescriptions_caption": WEEKS,
    "first_head": st.none(),
    "column": of(
        work=WORK, stretch=st.sampled_from((None, BOTH.stretch)), hold_s=st.just(30.0),
        weeks=st.integers(1, 12), weeks_unloaded=st.sampled_from((0, 1, 3)), minutes=st.just(64.0),
    ),
    "weeks_heading": st.none(),
    "weeks_caption": of(
        world=WORLD,
        programme=st.none()
        | of(name=NAME, fall=st.just(0.9), programme=st.sampled_from((0.0, 0.79, 0.9))),
    ),
    "panel": st.sampled_from(("tightness_nrs", "soreness_nrs")),
    "last_week": WEEKS,
    "no_exercise": st.none(),
    "weeks_alt": several(WEEK_ROW, 1),
    "would_change": of(
        hangs=several(of(study=STUDY, share=SHARE)),
        far=of(size=SIZE, is_high=st.booleans(), name=NAME),
    ),
    "limits": of(none_share=st.sampled_from((0.0, 0.5))),
}  # fmt: skip
NO_PROSE = ("title", "column", "panel", "figure_alt", "weeks_alt")
MANY = settings(
    max_examples=300, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@cache
def facts_of_every_passage():
    """Passage and facts, many of each, drawn passage by passage so that each has its full share."""
    drawn = []
    for passage, facts in PASSAGES.items():
        MANY(given(st.tuples(st.just(passage), facts))(lambda one: drawn.append(one)))()  # noqa: PLW0108 - Hypothesis reads its code
    drawn += [
        ("answer", one | {"outside": one["outside"] | {"n_tightness": n, "is_clear": is_clear}})
        for passage, one in tuple(drawn)
        if passage == "answer" and one["outside"]
        for n, is_clear in ((0, True), (0, False), (1, True), (1, False))
    ]
    return drawn


def sentences_of(text):
    """Sentences of a passage, list items and headings each by themselves; every word counts."""
    lines = [re.sub(r"^(#+|-) ", "", line) for line in text.replace("*", "").splitlines()]
    return [one for line in lines for one in re.split(r"(?<=[.?!])\s+(?=[A-Z“0-9])", line) if one]


def long_sentences(text):
    return [one for one in sentences_of(text) if len(one.split()) > MOST_WORDS]


def test_every_passage_and_branch_is_rendered_in_short_sentences_and_good_grammar():
    renderings, wrong = facts_of_every_passage(), set()
    for passage, facts in renderings:
        text = FRONT(passage, facts)
        assert text, passage
        wrong.update((passage, fault) for fault in faults(text))
        if passage not in NO_PROSE:
            wrong.update((passage, one) for one in long_sentences(text))
    assert sorted({p + ": " + w for p, w in wrong}) == []
    assert unrendered("hipstudy.pages", "compare_front", renderings) == []


def test_names_of_arms_causes_and_studies_are_all_there_and_are_those_of_the_tables():
    module = environment("hipstudy.pages").get_template("compare_front.en.j2").module
    assert {name: ARM_LABELS[name] for name in CONTRACT_ARMS} == module.ARMS
    assert {w: CAUSE_WORDS[w] for w in WORLDS} == module.CAUSES
    assert {w: WORLD_LABELS[w] for w in WORLDS} == module.CAUSE_ROWS
    studies = {one.name for one in sources.shipped()} - {sources.CONVENTIONS}
    assert set(module.SETTLES) == set(module.MEASURE) == studies


@pytest.fixture(scope="module")
def study():
    return compare_study.run(**SMALL)


NEITHER = (
    "At equal minutes a week, both end less than 0.5 points of tightness apart in the model, "
    "on average, whatever the cause."
)
ONE, TWO = "“Strength + stretch”", "“Stretch only, same minutes”"


@pytest.mark.parametrize(
    ("ends", "verdict", "by_cause"),
    [
        (
            {"weak": (-0.2, -0.4, -0.1), "short": (0.1, -0.05, 0.213)},
            NEITHER,
            (
                f"If the cause is a deficit of end-range torque: 0.20 points less with {ONE} "
                "(0.10 to 0.40 less). Otherwise bands stay within 0.22 points of zero."
            ),
        ),
        (
            {"weak": (0.3, 0.0, 0.7)},
            NEITHER,
            (
                f"If the cause is a deficit of end-range torque: 0.30 points less with {TWO} "
                "(0.00 to 0.70 less). Otherwise bands stay within 0.00 points of zero."
            ),
        ),
        (  # a large mean favours nobody where its band holds zero
            {"weak": (-0.7, -1.5, 0.1)},
            ("At equal minutes a week, the model cannot tell the two apart: bands hold zero."),
            (
                f"If the cause is a deficit of end-range torque: 0.70 points less with {ONE} "
                "(0.10 more to 1.50 less). Otherwise bands stay within 0.00 points of zero."
            ),
        ),
        (
            {"weak": (-0.2, -0.3, -0.1), "guarded": (0.19, -0.3, 0.71)},
            NEITHER,
            (
                f"Mean differences are 0.19 more to 0.20 less with {ONE}; bands stay within 0.71 "
                "points of zero either way."
            ),
        ),
        (
            {"weak": (-0.8, -1.2, -0.4), "short": (0.6, 0.1, 1.3), "guarded": (-0.6, -0.9, 0)},
            (
                f"At equal minutes a week, the model favours {ONE} by 0.5 points of tightness or "
                f"more under one of four causes. At equal minutes a week, the model favours {TWO} "
                "by 0.5 points of tightness or more under one of four causes."
            ),
            (
                f"If the cause is a deficit of end-range torque: 0.80 points less with {ONE} "
                f"(0.40 to 1.20 less). If the cause is short tissue: 0.60 points less with {TWO} "
                "(0.10 to 1.30 less). Otherwise bands stay within 0.90 points "
                "of zero."
            ),
        ),
        (
            {},
            "At equal minutes a week, the model gives both the same tightness.",
            "There is no difference in tightness under any of the four.",
        ),
    ],
)
def test_an_arm_is_favoured_only_where_its_band_leaves_out_zero(
    study, monkeypatch, ends, verdict, by_cause
):
    every = dict.fromkeys(WORLDS, (0.0, 0.0, 0.0)) | ends
    module = sys.modules["hipstudy.pages.compare_report.answer"]
    monkeypatch.setattr(module, "ends_by_cause", lambda *_: every)
    assert pages.answer(study).sentence.endswith(f"perhaps none. {verdict}")
    assert pages.answer_by_cause(study).markdown == f"**By cause.** {by_cause}"
    clear = [world for world, (_, low, high) in every.items() if round(low, 2) * round(high, 2) > 0]
    assert set(favoured_causes(every, 0.5)) <= set(clear)


def test_how_long_after_its_end_an_arm_is_judged_is_said():
    def said(*arms):
        made = compare_study.run(n_runners=6, n_draws=4, protocols=" | ".join(arms))
        return pages.answer_by_cause(made).markdown

    two = "stretch 4x30 s daily x 4 wk; name one", "hip-flexor 3x10, 3/wk x 3 wk; name other"
    assert said(*two).endswith(" “Other” is judged 1 week after it ended.")
    assert "judged" not in said(*(arm.replace("x 3 wk", "x 4 wk") for arm in two))


def test_an_arm_of_ones_own_is_called_by_a_short_label_and_explained_by_a_long_one():
    long = "Hip flexor at long length, thrice a week, *at home*"
    arms = f"stretch_only | hip-flexor 3x10, 3/wk x 3 wk; name mine; label '{long}'"
    made = compare_study.run(**SMALL, protocols=arms)
    assert "Hip flexor at long length" in pages.title(made).markdown
    assert "\\*at home\\*" in pages.title(made).markdown, "a label is no markup"
    assert "“mine” is the first in the title." in pages.whom(made).markdown
    assert list(pages.two_prescriptions(made).frame) == ["Item", "mine", "Stretch only"]
    short = compare_study.run(**SMALL, protocols=arms.replace(long, "Jane *and* John"))
    assert list(pages.two_prescriptions(short).frame)[1] == "Jane *and* John"
    assert "“Jane \\*and\\* John”" in pages.noticed(short).markdown
    assert "” is" not in pages.whom(short).markdown
    plain = compare_study.run(**SMALL, protocols="stretch_only | hip-flexor 3x10, 3/wk x 3 wk")
    assert "“Own” is: hip" in pages.whom(plain).markdown, "without a label, by its dose"


def test_two_arms_of_one_label_are_told_apart():
    first = "stretch 4x30 s daily x 3 wk; label X"
    arms = f"{first}; name a | {first.replace('4x', '1x')}; name b"
    heads = list(pages.two_prescriptions(compare_study.run(**SMALL, protocols=arms)).frame)
    assert heads == ["Item", "b", "a"]


def test_rounding_a_hold_is_said_with_what_it_costs(study):
    arm = study.design.arm("stretch_only_time_matched")
    made = doable_prescriptions.doable(arm)
    assert arm.stretch.hold_s != 30
    assert made.hold_s == 30
    assert made.minutes_wk == pytest.approx(2 * 9 * 30 * 7 / 60)
    cells = pages.two_prescriptions(study).frame.set_index("Item")["Stretch only, same minutes"]
    assert cells["Stretch"] == "9 × 30 s a side, daily"
    assert cells["Minutes a week"] == "63"
    said = pages.prescriptions_heading(study).markdown
    assert "is rounded to whole holds: 63 min a week, 1 fewer than modelled." in said
    whole = doable_prescriptions.doable(study.design.arm("stretch_only"))
    assert not whole.is_rounded


AS_MUCH_AS_COUNTS = "For most, more than 3 kg adds nothing in the model."


@pytest.mark.parametrize(
    ("load", "said"),
    [
        ("1", ""),
        ("near-failure", ""),
        ("2.5", ""),
        ("3", AS_MUCH_AS_COUNTS),
        ("6", AS_MUCH_AS_COUNTS),
        ("9", "At least 58 % of limbs cannot hold 9 kg."),
    ],
)
def test_a_weight_that_is_near_failure_is_said_to_be_as_much_as_counts(load, said):
    arms = {"load": load, "protocols": "stretch_only, strength_only"}
    made = compare_study.run(**SMALL | arms | {"weeks": 5})
    heading = pages.prescriptions_heading(made).markdown
    assert said in heading
    assert bool(said) == bool(re.search("adds nothing|cannot hold", heading))
    late = compare_study.run(**SMALL | arms)
    heading = pages.prescriptions_heading(late).markdown
    assert not re.search("adds nothing|cannot hold", heading), "weight comes later"


def test_made_up_runners_are_compared_with_nobody(study):
    assert study.made_up is None
    assert pages.cohort_effect(study).markdown == ""
    assert pages.cohort_effect_by_cause(study).markdown == ""


@pytest.fixture(scope="module")
def of_rbds(rbds_file):
    return compare_study.run(cohort=str(rbds_file), weeks=3, n_draws=12)


def test_a_cohort_is_held_against_as_many_made_up_runners_with_the_same_draws(of_rbds):
    """A run of their own gives the very same numbers: the same seed, draws and luck."""
    other = compare_study.run(n_runners=28, weeks=3, n_draws=12)
    for outcome in made_up_runners.FELT:
        for at, world in enumerate(WORLDS):
            ends = other.difference(other.primary, outcome, world)[:, -1]
            assert of_rbds.made_up.made_up[outcome][at] == pytest.approx(ends, abs=1e-12)
    said = pages.cohort_effect(of_rbds).markdown
    largest = max(map(abs, of_rbds.made_up.shifts().values()))
    frame = made_up_runners.beside_made_up(of_rbds)
    ends = max(
        (frame[f"own_{end}"] - frame[f"made_up_{end}"]).abs().max() for end in ("low", "high")
    )
    assert f"means shift by at most {largest:.2f} points, ends of bands by {ends:.2f}." in said
    assert "sets only how far hips can improve" in said, "its angles were measured"
    table = pages.cohort_effect_by_cause(of_rbds)
    assert len(table.frame) == 2 * len(WORLDS)
    effects = of_rbds.effects()
    one = effects[
        (effects["contrast"] == " - ".join(of_rbds.primary))
        & (effects["outcome"] == "tightness_nrs")
        & (effects["world"] == "weak")
    ].iloc[0]
    assert table.frame["These runners"][0] == interval(one.estimate, one.ci_low, one.ci_high)


@pytest.mark.parametrize(
    ("shift", "spread", "begins"),
    [
        (0.0, 0, "give the same answer**"),
        (0.49, 0, "give the same answer**"),
        (0.0, 0.4, "give the same answer**"),
        (0.51, 0, "change the answer.**"),
        (-0.9, 0, "change the answer.**"),
        (0.0, 0.6, "change how sure the answer is.**"),
    ],
)
def test_an_answer_that_changes_in_its_means_or_its_bands_is_said(of_rbds, shift, spread, begins):
    sides = np.resize((-spread, spread), of_rbds.values.n_draws)
    made = replace(
        of_rbds.made_up,
        own={name: np.zeros_like(draws) for name, draws in of_rbds.made_up.own.items()},
        made_up={
            name: draws * 0 - shift + sides for name, draws in of_rbds.made_up.made_up.items()
        },
    )
    changed = replace(of_rbds)
    changed.__dict__["made_up"] = made
    facts = own_runners.cohort_facts(changed)
    assert facts["is_same"] == ("same" in begins)
    said = pages.cohort_effect(changed).markdown
    assert said.startswith(f"**These runners {begins}")
    if spread > 0.5:
        assert ", the band of tightness is 0.00 to 0.00. With 28 made-up runners: 0.60" in said
    elif shift > 0.5:
        assert f"with 28 made-up runners {shift:.2f} points lower" in said


def test_the_open_runners_are_told_with_their_sexes_and_what_they_were_not_asked(of_rbds):
    said = pages.whom(of_rbds).markdown
    sexes = of_rbds.cohort.sex.tolist()
    assert (sexes.count("M"), sexes.count("F")) == (27, 1)
    assert "(Fukuchi 2017): 27 men and 1 woman, not asked about tightness." in said


def test_the_measurement_that_would_tell_is_that_of_the_number_that_carries_most(study):
    driven = sensitivity.of_study(study)
    found = hangs(driven, "weak")
    rows = sensitivity.strongest(driven, sensitivity.tightness("weak"))
    first = next(row for row in rows.itertuples() if row.factor in sources.by_parameter())
    assert found[0]["study"] == sources.by_parameter()[first.factor].name == "link"
    assert found[0]["share"] == pytest.approx(min(first.total, 1))
    said = pages.would_change(study, driven).markdown
    module = environment("hipstudy.pages").get_template("compare_front.en.j2").module
    assert module.MEASURE["link"] in said
    ends = study.difference(study.primary, "tightness_nrs", "weak")[:, -1]
    highest = np.argmax(study.values["causal_share"][:, 0])
    far = furthest_tenth(study, "causal_share", "weak")
    assert far["is_high"]
    assert far["size"] == pytest.approx(abs(ends[highest])), "a tenth of 8 draws is one"


def test_nothing_hangs_on_anything_where_arms_are_alike():
    arms = "stretch 4x30 s daily x 3 wk; name a | stretch 4x30 s daily x 3 wk; name b"
    made = compare_study.run(**SMALL, protocols=arms)
    said = pages.would_change(made, sensitivity.of_study(made)).markdown
    assert "Nothing that is not known moves the difference" in said


def test_the_line_of_basis_has_the_stored_record_and_that_is_the_computed_one(study):
    record = trial_record.stored()
    said = pages.basis(study).markdown
    assert f"On {record.trials} trials and reviews, none of tightness, it beat" in said
    assert f"it beat “no change” in {record.ahead}." in said
    held = f"{100 * record.coverage:.0f} %"
    assert f"Its {record.level} % intervals held {held} of results." in said
    assert "Harms are not modelled; absence here is not safety." in said


def test_limits_say_how_often_no_link_is_causal_where_it_is_not_set(study):
    share = shipped()["causal_share"].mass_at_low
    assert f"and absent in {share:.0%}".replace("%", " %") in pages.limits(study).markdown
    held = compare_study.run(**SMALL, causal_share=0.5)
    assert "absent" not in pages.limits(held).markdown


FRONT_PAGES = (
    "title", "whom", "cohort_effect", "answer", "answer_by_cause", "cost", "noticed", "outside",
    "basis", "prescriptions_heading", "weeks_heading", "limits",
)  # fmt: skip


@pytest.mark.parametrize(
    "given_settings",
    [
        {},
        {"weeks": 1, "mcid_nrs": 0.5},
        {"cause_prior": "0, 0, 0, 1", "adherence": 0.05, "start_rom_deg": -3.0},
        {"causal_share": 1.0, "entry_nrs": 5.0, "programme_effect_nrs": 1.0},
        {"protocols": "usual_running, strength_only"},
        {"protocols": "strength_only, strength_plus_stretch"},
        {"protocols": "article_low, article_high, stretch_only"},
        {"protocols": "stretch 4x33.3 s daily x 1 wk; name a | hip-flexor 3x10 @5 kg, left only, "
         "1/wk x 3 wk; name heavy; label 'Quite a long label of an arm, once a week'"},
    ],
)  # fmt: skip
def test_two_pages_of_real_studies_have_short_sentences_and_few_words(given_settings):
    made = compare_study.run(**{"n_runners": 4, "n_draws": 8} | given_settings)
    shown = [getattr(pages, name)(made) for name in FRONT_PAGES]
    texts = [one.sentence if isinstance(one, show.Answer) else one.markdown for one in shown]
    texts.append(pages.would_change(made, sensitivity.of_study(made)).markdown)
    texts += [pages.answer_figure(made).caption, pages.front_weeks(made).caption]
    table = pages.two_prescriptions(made)
    cells = [*table.frame.columns, *table.frame.to_numpy().ravel(), table.caption]
    assert [fault for text in texts for fault in faults(text)] == []
    assert [one for text in texts[1:] for one in long_sentences(text)] == []
    assert sum(len(str(text).split()) for text in [*texts, *cells]) < 650, "and heads, feet"


@pytest.mark.parametrize(
    ("language", "said", "measured"),
    [
        ("en", "made-up example: no person was measured.", "Measured"),
        ("de", "erfundenen Beispiels: Niemand wurde gemessen.", "Gemessen"),
        ("es", "ejemplo inventado: no se midió a nadie.", "Medido"),
    ],
)
def test_of_the_made_up_example_and_of_a_part_of_it_page_1_says_that_nobody_was_measured(
    tmp_path, language, said, measured
):
    frame = pd.read_csv(place("data", "example_cohort.csv"), dtype=str)
    some, codes = frame[frame["runner_id"] <= "SYN-010"], frame["runner_id"]
    files = {True: some, False: some.assign(runner_id="R" + codes)}
    for is_example, rows in files.items():
        rows.to_csv(tmp_path / "some.csv", index=False)
        given = {"cohort": str(tmp_path / "some.csv"), "language": language}
        study = compare_study.run(**SMALL | given)
        page_1 = pages.whom(study).markdown
        assert (said in page_1) is is_example
        assert (measured in page_1) is not is_example
        assert ("no person was measured" in pages.whom_in_full(study).markdown) is is_example
        assert ("made-up" in str(estimand(study).frame["Here"][0])) is is_example


@pytest.mark.parametrize(
    ("language", "whose"),
    [
        ("en", r"These runners do (\d+) % of sessions\."),
        ("de", r"Gemachte Einheiten dieser Personen: (\d+) %\."),
        ("es", r"Sesiones hechas por estos corredores: (\d+) %\."),
    ],
)
def test_sessions_done_are_said_to_be_these_runners_who_are_not_the_mean_that_was_set(
    language, whose
):
    study = compare_study.run(**SMALL | {"adherence": 0.8, "language": language})
    assert re.search(r"\b80.%", pages.whom(study).markdown), "set"
    heading = pages.prescriptions_heading(study).markdown.replace("\N{NO-BREAK SPACE}", " ")
    assert int(re.search(whose, heading)[1]) != 80, "few runners are not their population"

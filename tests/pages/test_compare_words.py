"""Every passage and branch of the compare report's templates is rendered, in good grammar."""

import pytest
from grammar import faults
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from template_branches import unrendered

from hipstudy.evidence import number_basis
from hipstudy.evidence.modelled_certainty import ModelledCertainty
from hipstudy.evidence.trial_record import TrialRecord
from hipstudy.labels import arm_label
from hipstudy.pages import compare_report
from hipstudy.pages.compare_report import comparison, runners, simulation_reporting
from hipstudy.pages.shared import words as shared_words
from hipstudy.prescription.design import CONTRACT_ARMS
from hipstudy.prescription.protocol import preset
from hipstudy.studies import compare_study

COUNT = st.integers(1, 2000)
WEEKS = st.integers(1, 104)
SIZE = st.sampled_from((0.0, 0.004, 0.5, 1.0)) | st.floats(0, 9.9)
SHARE = st.sampled_from((0.0, 0.004, 1.0)) | st.floats(0, 1)
NAME = st.sampled_from([*map(arm_label, CONTRACT_ARMS), "mine", "7"])
CONTRAST = st.just("Strength + stretch − Stretch only, same minutes")
LABEL = st.sampled_from(("my *own* arm", "a < b", "x; y"))
NUMBER = SIZE | SIZE.map(lambda size: -size)
BY_NAME = {
    "adherence": st.none() | SHARE,
    "bands": st.lists(
        st.builds(comparison.Band, st.just("Guarding"), NUMBER, NUMBER, NUMBER), min_size=1
    ),
    "contrast": CONTRAST,
    "control": NAME,
    "digits": st.integers(0, 2),
    "n_more": st.integers(0, 3),
    "n_shares": st.integers(0, 3),
    "name": NAME,
    "origin": st.sampled_from(("drawn", "rbds", "example", "file")),
    "outcome": st.just("Tightness (NRS points)"),
    "report_date": st.sampled_from(("", "2026-01-31")),
    "sd": st.none() | SIZE,
    "share": SHARE,
    "start_rom_deg": st.none() | st.floats(-20, 40),
    "too_heavy_for": st.none() | SHARE,
    "treatment": NAME,
    "unit": st.sampled_from(("", " Nm/kg")),
    "unused_n_runners": st.none() | st.integers(2, 2000),
    "what": st.just("Difference by cause."),
    "under_first_cause": st.sampled_from(("", "“the link” (40 %, 20 to 60)")),
    "over_prior": st.sampled_from(("", "“a share” (40 %, 20 to 60)")),
    "margin": st.sampled_from((0.5, 1.0)),
}
TRAITS = st.lists(st.sampled_from(runners.TRAITS), unique=True).map(tuple)


def drawn(name):
    """Values of a fact: those of its name, else what names of this kind stand for."""
    if name in BY_NAME:
        return BY_NAME[name]
    if name.startswith("is_") or name == "spread_shows":
        return st.booleans()
    return COUNT if name.startswith(("n_", "weeks")) else NUMBER


def of(names, **own):
    """Facts by name; ``own`` are drawn as they are given."""
    return st.fixed_dictionaries({name: drawn(name) for name in names.split()} | own)


def several(facts, least=0, most=2):
    return st.lists(facts, min_size=least, max_size=most).map(tuple)


RUNNERS = of(
    "origin share",
    n_runners=st.integers(2, 2000),
    n_limbs=st.integers(4, 4000),
    angles=of("is_enough mean sd"),
    readings=several(st.tuples(st.sampled_from(runners.READINGS), st.integers(2, 99)), least=1),
    traits_of_all=TRAITS,
    traits_of_some=several(st.tuples(st.sampled_from(runners.TRAITS), st.integers(2, 99))),
)
POINTS = st.floats(0.005, 9.9)
NOTHING_OR = st.just(0) | POINTS
MINUTES = st.lists(st.tuples(NAME, st.sampled_from((0.0, 28.0, 64.2))), min_size=2, max_size=2)
COST = of(
    "",
    by_arm=several(
        of("name", discomfort=NOTHING_OR, soreness=NOTHING_OR).filter(
            lambda arm: arm["discomfort"] or arm["soreness"]
        )
    ),
    minutes=MINUTES,
)
SOME = of(
    "weeks treatment control contrast margin spread_shows",
    n_runners=st.integers(2, 2000),
    n_limbs=st.integers(4, 4000),
    n_draws=st.integers(2, 400),
)
SURFACE = of(
    "weeks",
    arms=several(of("name start_pct end_pct"), least=1),
    n_limbs=st.integers(2, 99),
    angle=st.just(10.0),
)
BOTH = preset("strength_plus_stretch")
WORK = st.builds(
    BOTH.strength.model_copy,
    update=st.fixed_dictionaries(
        {
            "sides": st.sampled_from(("both", "left")),
            "support_height_cm": st.sampled_from((0.0, 5.0)),
            "load": st.sampled_from(("unloaded", "near-failure", "5 kg")),
            "unloaded_weeks": st.integers(0, 3),
        }
    ),
)
ARM = st.builds(
    BOTH.model_copy,
    update=st.fixed_dictionaries(
        {
            "weeks": st.integers(1, 12),
            "strength": st.none() | WORK,
            "stretch": st.sampled_from((None, BOTH.stretch)),
        }
    ),
)
COMPARE = {
    "runners": RUNNERS,
    "whom": of(
        "adherence start_rom_deg unused_n_runners report_date",
        entry_nrs=st.none() | SIZE, causal_share=st.none() | SHARE,
        programme_effect_nrs=st.none() | SIZE,
        runners=RUNNERS, own_arms=several(st.tuples(NAME, LABEL)), weeks=WEEKS,
    ),
    "cost_line": COST,
    "cohort_effect_by_cause": of("weeks n_runners"),
    "noticed_parts": of("weeks"),
    "bands": of("what bands digits unit"),
    "assumed_sign": st.booleans(),
    "prescription": of(
        "weeks adherence n_more", sessions_of_keen=SHARE, sessions_of_all=SHARE
    ),
    "column": of(
        "",
        arm=ARM,
        demands=several(
            of("middle low high too_heavy_for", added_kg=st.sampled_from((0.0, 5.0))), 1
        ),
    ),
    "causes": SOME,
    "differences": of("outcome weeks is_same_for_all"),
    "break_even": st.none(),
    "break_even_band": of(
        "is_reached",
        low=st.sampled_from(("0 %", "12 %", "no share suffices")),
        high=st.sampled_from(("12 %", "40 %", "no share suffices")),
    ),
    "validation_trials": of(
        "",
        record=st.builds(
            TrialRecord, st.integers(2, 20), st.integers(0, 3), st.integers(0, 9), SHARE
        ),
        n_cases=st.integers(2, 30),
        n_hits=st.integers(0, 9),
    ),
    "chances": CONTRAST,
    "other_outcomes": of("weeks", apart=SIZE),
    "weeks": SOME,
    "measures": SOME,
    "drivers": of(
        "weeks link n_more", n_limbs=st.integers(4, 99), tightness_sd=SIZE, causal_share=SHARE
    ),
    "torque": SOME,
    "surface": SURFACE,
    "surface_alt": SURFACE,
    "too_few_to_spread": st.integers(2, 9),
    "same_runner": SOME,
    "regret": WEEKS,
    "improved": of("weeks n_runners"),
    "trial": of("contrast", power=SHARE, alpha=SHARE, sd=SIZE, r=SHARE),
    "margin_to_see": st.sampled_from((0.5, 1.0)),
    "prior_mean": of(
        "weeks value low high", shares=several(st.tuples(st.just("guarding"), SHARE), 1)
    ),
    "hangs_on_nothing": st.none(),
    "hangs_on": of(
        "under_first_cause over_prior n_numbers n_shares", n_draws=st.integers(2, 400),
        n_runs=st.integers(2, 9999),
        n_runners=st.integers(2, 99),
    ).filter(lambda facts: facts["under_first_cause"] or facts["over_prior"]),
    "hangs_on_figure": of("weeks contrast", n_rows=st.just(6)),
}  # fmt: skip
ESTIMAND = of(
    "origin treatment control weeks", n_runners=st.integers(2, 2000), n_draws=st.integers(2, 400)
)
SHARED = {
    "uncertain_numbers": of(
        "",
        n_draws=st.integers(2, 400),
        noise=SHARE,
        n_calibrated=st.integers(2, 99),
        n_beyond=st.integers(0, 3),
        n_correlated=st.integers(3, 4),
    ),
    "could_be_spike": of("share", least=st.just("0"), most=st.just("1")),
    "fixed_numbers": of("", n_seen_only=st.integers(2, 9), n_idle=st.integers(2, 9)),
    **dict.fromkeys(("claim", "sources", "estimand"), st.none()),
    "open_data": of(
        "", citation=st.just("A 2017"), source=st.just("10.1"), population=st.just("men")
    ),
    "attributes": ESTIMAND,
    "provenance": st.sampled_from(("settings", "plan")),
    "leading_factors": several(
        of("total_low total_high", name=st.just("the link"), total=SHARE), 1
    ),
}
GRADE = st.builds(
    ModelledCertainty,
    n_numbers=COUNT, n_assumed=COUNT, n_deciding=st.just(2), n_deciding_assumed=st.integers(0, 2),
    n_cases=COUNT, n_felt=st.integers(0, 3), lowest=NUMBER, highest=NUMBER,
    n_apart=st.none() | st.integers(0, 4), low=NUMBER, high=NUMBER,
)  # fmt: skip
REPORTING = {
    **dict.fromkeys(("grade_caption", "stress_caption"), st.none()),
    **dict.fromkeys(simulation_reporting.DOMAINS.values(), GRADE),
    "moves": of("margin", certainty=GRADE, n_per_arm=st.none() | st.integers(2, 10**6)),
    "stress_items": of(
        "treatment control weeks is_drawn",
        entry_nrs=SIZE,
        **dict.fromkeys(
            "n_arms n_contrasts n_outcomes n_causes n_runners n_limbs n_drawn n_draws "
            "n_throws n_calibrated n_calibrating".split(),
            st.integers(2, 99),
        ),
        n_set=st.integers(0, 3),
        shares=st.just((0.25, 0.25, 0.25, 0.25)),
        sha256=st.just("abc"),
        counts=st.just(number_basis.counts()),
        effective_size=COUNT,
        band_level=st.just(0.95),
        seed=COUNT,
        version=st.just("1.0"),
        python=st.just("3.11"),
        libraries=st.just([("numpy", "2.0")]),
        licence=st.sampled_from(("", "MIT")),
    ),
}
REPORTS = {
    "simulation_reporting": (simulation_reporting.WORDS, REPORTING),
    "compare": (comparison.words, COMPARE),
    "shared": (shared_words, SHARED),
}
MANY = settings(max_examples=200, derandomize=True, database=None, phases=[Phase.generate])


@pytest.mark.parametrize("report", REPORTS)
def test_every_passage_and_branch_is_rendered_in_good_grammar(report):
    words, passages = REPORTS[report]
    renderings, wrong = [], []

    @MANY
    @given(st.fixed_dictionaries(passages))
    def render(facts_by_passage):
        for passage, facts in facts_by_passage.items():
            renderings.append((passage, facts))
            text = words(passage, facts)
            wrong.extend((passage, fault) for fault in faults(text))
            assert text, passage

    render()
    assert sorted({f"{passage}: {fault}" for passage, fault in wrong}) == []
    assert unrendered("hipstudy.pages", report, renderings) == []


OWN = (
    "stretch 4x30 s daily x 1 wk; name mine, label 'My *own* arm'",
    "hip-flexor 3x10 @5 kg, left only, 1/wk x 3 wk; name heavy",
)
REAL = [
    {"protocols": f"usual_running | {OWN[0]}", "cause_prior": "1, 0, 0, 0", "mcid_nrs": 0.1},
    {"protocols": " | ".join(OWN), "cause_prior": "0, 0, 0, 1", "adherence": 0.05},
    {"protocols": f"article_high | {OWN[1]} | article_low", "weeks": 1, "adherence": 1.0},
    {"weeks": 2, "cause_prior": "0, 1, 0, 0", "mcid_nrs": 10.0, "start_rom_deg": -3.0},
]


@pytest.mark.parametrize("given_settings", REAL)
def test_what_real_studies_say_is_good_grammar(given_settings):
    study = compare_study.run(n_draws=4, n_runners=2, **given_settings)
    texts = [
        text(study).markdown
        for text in (
            compare_report.whom_in_full,
            compare_report.assumed_sign,
            compare_report.prior_mean,
            compare_report.certainty_moves,
        )
    ]
    texts += [
        table(study).caption
        for table in (
            compare_report.prescription, compare_report.break_even, compare_report.chances,
            compare_report.estimand, compare_report.improved, compare_report.other_outcomes,
            compare_report.regret, compare_report.trial, compare_report.noticed_parts,
        )
    ]  # fmt: skip
    assert [fault for text in texts for fault in faults(text)] == []

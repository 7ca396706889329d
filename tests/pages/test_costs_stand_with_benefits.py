"""Wherever less tightness is stated, so is what it costs; an arm is favoured only beyond zero."""

import re

import pytest
from grammar import faults

from hipstudy.labels import format_number
from hipstudy.model.causes import WORLDS
from hipstudy.pages import compare_report, dose_report
from hipstudy.pages.compare_report.comparison import pick_effects
from hipstudy.studies import compare_study, dose_study, dose_tables
from hipstudy.studies.dose_runs import SESSIONS

SMALL = {"n_runners": 8, "n_draws": 12}
TWO = "stretch_only | hip-flexor 3x10, 3/wk x 12 wk; name mine"
CORNERS = [
    {"causal_share": 0.0, "programme_effect_nrs": 0.0},
    {"causal_share": 1.0, "cause_prior": "1, 0, 0, 0"},
    {"causal_share": 1.0, "cause_prior": "0, 0, 0, 1", "entry_nrs": 0.0},
    {"causal_share": 0.0, "protocols": "usual_running, stretch_only"},
    {"causal_share": 1.0, "protocols": "usual_running | hip-flexor 5x12, 5/wk x 30 wk; name mine"},
    {"protocols": "stretch_only | stretch 4x30 s daily x 12 wk; name same"},
    {"causal_share": 1.0, "start_rom_deg": -15.0, "protocols": TWO},
    {"mcid_nrs": 10.0, "weeks": 1, "adherence": 0.05},
]
MOST_WORDS = 25
OUTCOMES = ("Discomfort while running", "Soreness")


@pytest.fixture(scope="module", params=CORNERS, ids="-".join)
def study(request):
    return compare_study.run(**SMALL, **request.param)


def sentences_of(text):
    """Sentences of a passage; a name in quotation marks counts as one word."""
    plain = re.sub(r"“[^”]*”", "NAME", text.replace("*", ""))
    return [one for one in re.split(r"(?<=[.?!])\s+(?=[A-Z“])", plain) if one]


def states_cost(text):
    """Both outcomes are spoken of, or said not to differ, and both arms' minutes are there."""
    return all(name in text for name in OUTCOMES) and "min a week" in text


def test_compare_states_the_cost_on_page_1_and_wherever_it_states_a_benefit_later(study):
    cost = compare_report.cost(study).markdown
    assert states_cost(cost)
    later = [
        compare_report.causes(study).caption,
        compare_report.noticed_parts(study).caption,
        compare_report.same_runner(study).caption,
        compare_report.regret(study).caption,
        compare_report.improved(study).caption,
        compare_report.prior_mean(study).markdown,
    ]
    for text in later:
        assert re.search(r"The cost: .*(discomfort while running|soreness)", text), text
        assert re.search(r"(Both take|takes) \d+ min a week", text), text


def test_the_cost_is_the_next_thing_after_the_answer():
    import nbformat

    from hipstudy.resources import place

    book = nbformat.read(place("notebooks", "01_compare_protocols.ipynb"), as_version=4)
    code = [cell.source for cell in book.cells if cell.cell_type == "code"]
    at = code.index("pages.answer(study)")
    said = ["pages.answer_by_cause(study)", "pages.cost(study)", "pages.noticed(study)"]
    assert code[at + 1 : at + 4] == said


def test_favours_stands_only_where_the_band_leaves_out_zero(study):
    verdict = compare_report.answer(study).sentence.partition("minutes a week, ")[2]
    texts = [verdict, compare_report.answer_by_cause(study).markdown]
    texts += [compare_report.cost(study).markdown, compare_report.noticed(study).markdown]
    rows = pick_effects(study, "tightness_nrs", primary=True).set_index("world").loc[list(WORLDS)]
    is_clear = rows["ci_low"].round(2) * rows["ci_high"].round(2) > 0
    said = " ".join(texts)
    assert ("favour" not in said) or is_clear.any()
    for arm in re.findall(r"favours “([^”]*)”", verdict):
        sign = -1 if arm == compare_report.two_prescriptions(study).frame.columns[1] else 1
        assert (is_clear & (rows["estimate"] * sign > 0)).any(), arm


def test_sentences_are_short(study):
    texts = [
        compare_report.answer_by_cause(study).markdown,
        compare_report.cost(study).markdown,
        compare_report.noticed(study).markdown,
        compare_report.certainty_moves(study).markdown,
    ]
    long = [one for text in texts for one in sentences_of(text) if len(one.split()) > MOST_WORDS]
    assert long == []
    assert [fault for text in texts for fault in faults(text)] == []


@pytest.fixture(scope="module")
def dose():
    return dose_study.run(
        n_runners=6, weeks=4, sets="1, 3", sessions_per_week="1, 3", stretch_min_wk="0, 28"
    )


def test_the_dose_report_states_the_cost_of_a_session_beside_its_benefit(dose):
    said = dose_report.answer(dose).sentence
    session = min(dose.base.strength.sessions_per_week, SESSIONS[-1])
    sore = dose_tables.cost_of_one_more(dose, session, "soreness_nrs", "weak")
    worst = max(
        dose_tables.cost_of_one_more(dose, session, "discomfort_nrs", world) for world in WORLDS
    )
    for name, one in (("soreness", sore), ("discomfort while running", worst)):
        raises, size = one.mean >= 0.005, format_number(abs(one.mean))
        assert (f"It raises {name} by {size} points (" if raises else f"{name}") in said
        assert format_number(abs(one.high)) in said.split(name)[1]
    assert f"It costs {dose.base.strength.session_min:.0f} minutes a week" in said
    assert "costs in discomfort while running and soreness" in dose_report.tightness(dose).caption

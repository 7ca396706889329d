"""What the evidence report says is what was found, and only that."""

import re
from dataclasses import replace

import grammar
import pytest
from plain_sentences import sentences
from plain_sentences import words as count
from template_branches import unrendered

from hipstudy import parameters, show
from hipstudy.errors import DataProblems, UsageProblems
from hipstudy.evidence import (
    interval_coverage,
    number_basis,
    predictive_score,
    sources,
    trials,
    validation,
)
from hipstudy.evidence.trials import HIT, MISS
from hipstudy.labels import format_number, percent
from hipstudy.pages import evidence_report
from hipstudy.pages.evidence_report import cases
from hipstudy.pages.evidence_report.cases import WORDS
from hipstudy.pages.evidence_report.skill_and_forest import FRONT
from hipstudy.pages.shared import LABELS, number_columns
from hipstudy.parameters import shipped
from hipstudy.studies import evidence_study
from hipstudy.wording import Wording

MOST_WORDS = 25  # in a sentence of the first two pages
MINE = """
[mine_2026]
title = "Stretching at our clinic"
role = "validation"
source = "https://doi.org/10.1000/mine"
population = "runners"
trained = true
protocol = "stretch 4x30 s daily x 6 wk"
outcome = "thomas_ext_deg"
published = "+20 deg"
low = 19.0
high = 21.0
unit = "deg"
interval = "read"
"""


@pytest.fixture(scope="module")
def mine(tmp_path_factory):
    path = tmp_path_factory.mktemp("mine") / "mine.toml"
    path.write_text(MINE, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def study(mine):
    return evidence_study.run(samples=16, n_runners=2, trials=str(mine))


def test_the_answer_is_skill_and_coverage(study):
    shown = evidence_report.answer(study)
    skill = predictive_score.skill(study.score_table(), "validation", "nothing")
    (held,) = interval_coverage.coverage(study.score_table(), "validation", [80])
    tested = validation.score(study.findings, "validation")
    assert tested.trials == skill.trials == held.trials == 12, "one's own trial is counted too"
    assert f"On {skill.trials} trials and reviews that test it" in shown.sentence
    assert f"{format_number(abs(skill.difference))} (standard error " in shown.sentence
    assert f"intervals hold {percent(held.share)} of what was published" in shown.sentence
    assert "No paper was read in full" in shown.basis


def test_the_table_of_scores_is_the_skill_over_all_trials_and_over_parts(study):
    frame = evidence_report.scores_in_short(study).frame.set_index("Log score, model less rival")
    table = study.score_table()
    every = predictive_score.skill(table, "validation", "nothing")
    assert frame.loc["Against “nothing trains anything”"].tolist() == [
        str(every.trials), format_number(every.difference), format_number(every.se),
        format_number(every.median), str(every.ahead),
    ]  # fmt: skip
    (without,) = [name for name in frame.index if name.startswith("without ")]
    assert frame.loc[without, "Mean"] == format_number(every.without_two)
    assert frame.loc[without, "Trials"] == str(every.trials - 2)
    pooled = {one.case.trial for one in study.scores if one.case.pooled > 1}
    single = table[~table["trial"].isin(pooled)]
    part = predictive_score.skill(single, "validation", "nothing")
    assert frame.loc["single trials, no reviews", "Trials"] == str(part.trials)
    others = predictive_score.skill(table, "validation", "others")
    assert frame.iloc[-1]["Mean"] == format_number(others.difference)


def test_skill_and_coverage_of_both_roles_stand_in_one_table(study):
    frame = evidence_report.skill_and_coverage(study).frame
    skill = predictive_score.skill(study.score_table(), "calibration", "others")
    (held,) = interval_coverage.coverage(study.score_table(), "validation", [80])
    assert frame["Against"].tolist() == 2 * list(predictive_score.RIVALS)
    last = frame.iloc[-1]
    assert last["Trials"] == f"calibration, {skill.trials}"
    assert last["Median"] == format_number(skill.median)
    assert last["Higher in"] == str(skill.ahead)
    assert frame["In 80 %"].iloc[0].startswith(f"{percent(held.share)} (")


def test_every_case_is_scored_in_a_table_and_two_files(study):
    frame = evidence_report.predictions(study).frame
    assert len(frame) == len(study.findings)
    says = frame.set_index("Case")["What the rivals say"]
    assert (
        says["Moreside 2013"]
        == "nothing: no change; others: fewer than two of its kind, as nothing"
    )
    assert says["Longo 2021"].startswith("nothing: ratio of the parts' noises; others: fewer ")
    assert says["Kay 2023"] == "nothing: no change; others: mean of 4 trials"
    assert says["Gribble 1999"].startswith("nothing: ratio of two equal noises; ")
    scored = evidence_report.validation_file(study)
    assert scored.name == "validation"
    assert "mine_2026" in set(scored.frame["case"])
    assert list(evidence_report.skill_file(study).frame) == [
        "role", "against", "trials", "difference", "se"
    ]  # fmt: skip


def test_every_case_is_drawn_said_and_in_its_own_table(study):
    alts = {
        "validation": evidence_report.forest(study).alt,
        "calibration": evidence_report.calibration_forest(study).alt,
    }
    for found in study.findings:
        name = found.case.name.replace("_", " ").capitalize()
        assert [name in alts[role] for role in alts] == [found.case.role == role for role in alts]
    kept = evidence_report.calibration(study).frame
    tested = evidence_report.validation(study).frame
    assert len(kept) + len(tested) == len(study.findings) == len(evidence_report.rules(study).frame)
    assert set(kept["Published value"]) == {"inside"}
    assert set(tested["Verdict"]) == {"hit", "miss"}
    score = next(one for one in study.scores if one.case.name == "kerrigan_2003")
    cell = kept.set_index("Case").loc["Hip-flexor stretching in older adults", "Modelled (95 %)"]
    assert cell.endswith(f"({format_number(score.low, 1)} to {format_number(score.high, 1)})")
    assert len(evidence_report.gallery(study).frame) == len(study.findings)


def test_a_verdict_that_changes_is_said_on_the_page(study):
    case = next(f for f in study.findings if f.case.name == "kay_2023")
    ends = {"low": case.predicted - 0.1, "high": case.predicted + 0.1}
    moved = case.case.model_copy(update={"estimate": None, **ends})
    other = validation.CaseResult(moved, case.predicted, case.draws)
    changed = evidence_study.EvidenceStudy(study.settings, (other,), study.sensitivity)
    frame = evidence_report.validation(changed).frame
    assert frame["Verdict"].tolist() == ["hit, was a miss"]


def test_a_calibration_case_outside_is_said_everywhere(study):
    first = study.findings[0]
    moved = first.case.model_copy(update={"estimate": 9.0, "low": 8.0, "high": 10.0})
    other = replace(first, case=moved)
    changed = evidence_study.EvidenceStudy(
        study.settings, (other, *study.findings[1:]), study.sensitivity
    )
    n = len(evidence_report.calibration(study).frame)
    shown = evidence_report.calibration(changed).frame["Published value"].tolist()
    assert shown == ["OUTSIDE"] + (n - 1) * ["inside"]
    assert "Thorborg 2016" in evidence_report.misses(changed).markdown
    texts = [
        t.get_text()
        for ax in figure_axes(evidence_report.calibration_forest(changed))
        for t in ax.texts
    ]
    assert texts.count("OUTSIDE") == 1


def figure_axes(shown):
    return shown.figure.axes


def test_the_first_choice_of_scoring_is_what_page_1_says(study):
    frame = evidence_report.choices(study).frame
    answer = evidence_report.answer(study)
    first = frame.iloc[0]
    assert first["Choice"] == "as scored"
    assert f"by {first['Against nothing, SE'].split(', ')[0]} (" in answer.sentence
    assert f"hold {first['In 80 %'].partition(' (')[0]} of what" in answer.sentence
    assert frame["Choice"].tolist() == list(LABELS["score_variants"].values())
    shares = [float(cell.split(" ")[0]) for cell in frame["In 80 %"]]
    assert f"{min(shares):.0f} to {max(shares):.0f} %" in evidence_report.reading(study).markdown


def test_each_miss_has_its_cause(study):
    said = evidence_report.misses(study).markdown.splitlines()
    misses = [f.case for f in study.findings if f.verdict == MISS and f.case.role == "validation"]
    assert len(said) == len(misses)
    assert any("Kay 2023." in line for line in said)
    assert said[-1].startswith("- **Mine 2026.** Not discussed yet")
    assert evidence_report.own_cases(study).markdown == "Added by a file of one's own: mine\\_2026."


def test_second_hand_numbers_are_marked(study):
    frame = evidence_report.calibration(study).frame.set_index("Case")
    assert frame.loc["Range after stretching has stopped", "Citation"] == "Konrad 2025, second-hand"
    assert frame.loc["Hip-flexor stretching in older adults", "Published"].endswith("derived")


def test_what_the_answer_hangs_on_is_said_with_intervals(study):
    said = evidence_report.leading(study).markdown
    lines = [line for line in said.splitlines() if line.startswith("- ")]
    assert len(lines) == 6
    for line in lines:
        assert re.search(r"\(\d+ %, −?\d+ to \d+\)", line), line
    assert "It hangs on nothing for tightness, none of these: the difference is 0." in said
    assert "by 0.5 points in " in evidence_report.variance(study).caption
    assert (
        "counts as 1 where no share of runners does it" in evidence_report.variance(study).caption
    )


def test_tables_of_indices_end_in_the_dummy(study):
    frame = evidence_report.indices(study).frame
    assert frame["Number"].iloc[-1] == "a dummy that nothing uses"
    assert set(frame.iloc[-1, 1:]) == {"0 | 0 (0 to 0)"}
    screen = evidence_report.screen(study).frame
    assert (screen["Kept"] == "yes").sum() == len(study.sensitivity.main) - 1
    assert {"answer", "factor", "first", "total"} < set(evidence_report.sobol(study).frame)
    assert {"answer", "factor", "effect"} < set(evidence_report.morris(study).frame)


def test_the_ledger_has_every_number_once_with_what_would_replace_it(study):
    shown = evidence_report.ledger(study)
    frame = shown.frame
    assert shown.sortable
    assert len(frame) == len(shipped())
    assert sorted(frame["Number"]) == sorted(row.label for row in shipped().values())
    assumed = frame["Basis"] == "assumption"
    assert assumed.sum() == sum(row.assumed for row in shipped().values())
    every = evidence_report.studies(study).frame.set_index("Study")
    assert set(frame.loc[assumed, "Study"]) == set(every.index)
    assert (frame.loc[~assumed, "Study"] == "").all()
    label = {row.label: name for name, row in shipped().items()}
    whats = every["What it would measure"]
    for row in frame[assumed].itertuples():
        assert whats[row.Study] == sources.by_parameter()[label[row.Number]].what
    shares = frame["Share of variance, %"]
    assert set(shares[~shares.str.match(r"[\d.]+, ")]) == {"screened out", "held"}
    numbers = [float(s.split(",")[0]) for s in shares if re.match(r"[\d.]+, ", s)]
    assert numbers == sorted(numbers, reverse=True), "what carries most comes first"
    first = shown.frame.iloc[0]
    name = next(n for n, row in shipped().items() if row.label == first["Number"])
    rows = study.sensitivity.indices
    mine = rows[(rows["factor"] == name) & rows["answer"].str.startswith("tightness_nrs")]
    assert first["Share of variance, %"].startswith(f"{100 * mine['total'].max():.1f}, ")
    assert "Share" in evidence_report.studies(study).caption


def test_calibrated_numbers_are_shown_before_and_after(study):
    shown, stored = evidence_report.posterior(study), parameters.calibrated()
    rows = evidence_report.posterior_numbers(study).frame.set_index("name")
    label = {shipped()[name].label: name for name in stored.columns}
    assert {label[one] for one in shown.frame["Number"]} == set(stored.columns) == set(rows.index)
    for row in shown.frame.itertuples():
        one = rows.loc[label[row.Number]]
        if shipped()[label[row.Number]].weights:
            assert re.fullmatch(r"most in flexion \d+ %, most past neutral \d+ %, .*", row.After)
            assert row.Before.startswith("most in flexion 40 %, most past neutral 40 %, ")
            continue
        value = float(row.After.split(" ")[0])
        assert value == pytest.approx(
            one["mean"], abs=0.06 * (one["prior_high"] - one["prior_low"])
        )
    shares = [rows["shrinkage"][label[one]] for one in shown.frame["Number"]]
    assert shares == sorted(shares, reverse=True)
    assert f"{stored.facts['effective_size']:,} equal ones" in shown.caption


def test_stale_draws_stop_the_report_before_it_runs(monkeypatch):
    less = [case for case in trials.shipped() if case.trial != "kerrigan_2003"]
    monkeypatch.setattr(trials, "shipped", lambda: tuple(less))
    with pytest.raises(DataProblems, match="Run `make calibrate`"):
        evidence_study.preflight({})


def test_provenance_names_data_and_no_folder(study, mine):
    frame = evidence_report.provenance(study).frame.set_index("What")["Which"]
    assert "trials = mine.toml" in frame["Settings changed"]
    assert str(mine.parent) not in " ".join(frame)
    assert frame["data/trials.toml"].startswith("SHA-256 ")
    assert frame["SALib"]


def test_settings_are_checked_before_anything_runs(tmp_path):
    with pytest.raises(UsageProblems) as found:
        evidence_study.preflight({"samples": 100, "n_runners": 1})
    said = [str(problem) for problem in found.value.problems]
    assert said == [
        "parameter samples: found '100'; the rule: a power of 2, such as 64",
        "parameter n_runners: found '1'; the rule: should be greater than or equal to 2",
    ]
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(MINE.replace("low =", "lo =").replace("mine_2026", "kay_2023"))
    with pytest.raises(UsageProblems) as found:
        evidence_study.preflight({"trials": str(wrong)})
    said = [str(problem) for problem in found.value.problems]
    assert "wrong.toml, kay_2023, lo: found '19.0'; there is no field lo." in said[0]
    assert said[-1] == "wrong.toml, kay_2023: found 'kay_2023'; this case is there already"


def front_pages():
    """The first two pages with scores and coverage above, at and below what they should be."""
    two = ("kay_2023", "ingram_2025")
    skill = predictive_score.Skill("validation", "nothing", 4, 0.5, 0.6, 1, -0.1, two, -0.2)
    better = replace(skill, se=0.2, without_two=0.4, median=0.001)
    worse = replace(better, difference=-0.5)
    held = interval_coverage.Coverage(80, 2, 0.5, 0.3, 0.9)
    unsure, sure = replace(held, share=0.9, low=0.85), replace(held, high=0.7)
    for covered, ours, shared, ends in (
        (held, skill, (), (0.6, 0.9)),
        (unsure, better, ("kay_2023",), (0.6, 0.8)),
        (sure, worse, two, (0.4, 0.8)),
    ):
        facts = {
            "nothing": ours, "others": ours, "untouched": ours, "without": ours, "single": ours,
            "with_others": 3, "overlaps": shared, "expected": ends, "shares": [0.4, 0.615],
            "coverage": covered, "calibration": {"cases": 2}, "closing": number_basis.CLOSING,
        }  # fmt: skip
        for name in ("headline", "basis", "score_rows", "reading"):
            yield name, facts
    for name in ("score_heads", "score_caption", "forest_caption", "hangs_heads", "felt_heads",
                 "felt_caption"):  # fmt: skip
        yield name, None
    yield "hangs_share", {"total": 0.75, "low": 0.59, "high": 0.9}
    for constant in ([], ["tightness, none of these"], ["tightness, a", "tightness, b"]):
        yield "hangs_caption", {"constant": constant}


def test_every_branch_of_the_first_two_pages_is_rendered_grammatical_and_short():
    renderings = list(front_pages())
    assert unrendered("hipstudy.pages", "evidence_front", renderings) == []
    texts = [FRONT(name, facts) for name, facts in renderings]
    assert all(texts)
    assert [fault for text in texts for fault in grammar.faults(text)] == []
    assert [
        one
        for text in texts
        for part in re.split(r"[|\n]+", text)
        for one in sentences(part)
        if count(one) > MOST_WORDS
    ] == []
    assert not any(re.search(r"NRS|\bdraws\b|regret|estimand", text) for text in texts)


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.5, "it is surer than it should be."),
        (0.7, "it is as sure as it should be."),
        (0.95, "it is less sure than it could be."),
    ],
)
def test_how_sure_the_model_is_is_told_by_what_a_right_one_would_be(share, said):
    facts = next(facts for name, facts in front_pages() if name == "headline")
    covered = replace(facts["coverage"], share=share)
    assert FRONT("headline", facts | {"coverage": covered, "expected": (0.6, 0.9)}).endswith(said)


def passages_of_tables():
    """Captions and cells, and what is said of the screen."""
    few = validation.Score(1, 2)
    two = ("kay_2023", "ingram_2025")
    skill = predictive_score.Skill("validation", "nothing", 4, 0.5, 0.6, 1, -0.1, two, -0.2)
    held = interval_coverage.Coverage(80, 2, 0.5, 0.3, 0.9)
    yield "skill_se", skill
    yield "coverage_cell", held
    yield "rules_caption", [(3.1, "not read")]
    yield "sd_with_ends", {"sd": 3.1, "sd_low": 2.5, "sd_high": 8.0}
    yield "validation_caption", {"hits": 1, "cases": 2, "score": few}
    for constant in ((), ("tightness, none of these",), ("tightness, guarding", "tightness, weak")):
        facts = {
            "weeks": 12, "rows": 4, "n_factors": 9, "n_runs": 1234, "n_runners": 2,
            "never_even_share": {0.0: 0.0, 0.5: 0.004, 1.0: 0.99},
            "leading_factors": {"A": "“one”", "B": "“two”"}, "constant_answers": constant,
        }  # fmt: skip
        for name in ("leading_factors", "variance_caption", "variance_alt"):
            yield name, facts
    yield "screen_caption", {
        "n_numbers": 80, "n_main": 9, "n_unlisted": 40, "trajectories": 20, "least": 0.1,
        "listed_from": 0.01,
    }  # fmt: skip
    yield "indices_caption", 64
    yield "ledger_caption", number_basis.counts()
    for name in ("hit_rule", "forest_caption", "calibration_caption", "skill_caption", "no_miss",
                 "predictions_caption", "choices_caption", "studies_caption",
                 "provenance_caption"):  # fmt: skip
        yield name, None
    for names in ([], ["mine_2026"], ["mine_2026", "yours_2026"]):
        yield "own_cases", names


def passages_of_cases(study):
    """Every case as it is, and with what no shipped case has."""
    facts = cases.case_facts(study)
    first = facts[0]
    changes = [
        {"low": None, "estimate": None}, {"high": None}, {"n": None, "how": ""},
        {"pause_wk": 4, "again_wk": 2, "comparator": "stretch 4x30 s daily"}, {"discussion": ""},
        {"verdict": MISS if first.verdict == HIT else HIT}, {"verdict": None},
    ]  # fmt: skip
    facts += [replace(first, case=first.case.model_copy(update=change)) for change in changes]
    for one in study.scores:
        for name in ("published_se", "predicted_sd", "narrowest", "rivals"):
            yield name, one
    yield "forest_alt", facts
    for one in facts:
        for name in ("published_cell", "predicted", "citation", "verdict", "miss",
                     "whom", "run_as", "interval_source"):  # fmt: skip
            yield name, one


def test_every_branch_is_rendered_and_grammatical(study):
    renderings = [*passages_of_tables(), *passages_of_cases(study)]
    renderings.append(("posterior_caption", parameters.calibrated().facts))
    assert unrendered("hipstudy.pages", "evidence", renderings) == []
    texts = [WORDS(name, facts) for name, facts in renderings]
    assert [fault for text in texts for fault in grammar.faults(text)] == []
    assert WORDS("own_cases", []) == ""


def test_what_the_numbers_rest_on_is_grammatical():
    counts = number_basis.counts()
    renderings = [
        ("sentence", number_basis.NumberBasis(counts, n, number_basis.LINKS)) for n in (0, 1, 2, 9)
    ]
    assert unrendered("hipstudy.evidence", "number_basis", renderings) == []
    words = Wording("hipstudy.evidence", "number_basis")
    assert [f for name, facts in renderings for f in grammar.faults(words(name, facts))] == []


def test_every_page_is_grammatical(study):
    pages = [getattr(evidence_report, name)(study) for name in evidence_report.__all__]
    texts = [one.markdown for one in pages if isinstance(one, show.Text)]
    texts += [one.caption for one in pages if isinstance(one, show.Table | show.Figure)]
    texts += [one.alt for one in pages if isinstance(one, show.Figure)]
    assert len(texts) > 10
    assert [fault for text in texts for fault in grammar.faults(text)] == []


def test_every_option_of_a_choice_has_its_words():
    choices = {name: row for name, row in shipped().items() if row.weights}
    assert set(choices) == set(LABELS["options"]) == {"torque_curve", "passive_curve"}
    for name, row in choices.items():
        assert len(set(LABELS["options"][name])) == len(row.weights)
    values = number_columns(list(choices.values()))["Value"]
    assert values == ["most in flexion", "by hip alone"]

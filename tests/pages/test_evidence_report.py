"""What the evidence report says is what was found, and only that."""

import re

import pytest

from hipstudy.errors import UsageProblems
from hipstudy.evidence import validation
from hipstudy.evidence.trials import MISS
from hipstudy.pages import evidence_report
from hipstudy.parameters import shipped
from hipstudy.studies import evidence_study

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


def test_the_answer_is_the_score(study):
    shown = evidence_report.answer(study)
    tested = validation.score(study.findings, "validation")
    assert tested.trials == 12, "one's own trial is counted too"
    assert shown.numbers[0][0] == str(tested)
    assert f"The model meets {tested} published trials" in shown.sentence
    assert "which is no test" in shown.sentence
    assert "Nothing is fitted here" in shown.basis


def test_every_case_is_drawn_said_and_in_its_own_table(study):
    shown = evidence_report.forest(study)
    for found in study.findings:
        assert found.case.name.replace("_", " ").capitalize() in shown.alt
    kept = evidence_report.calibration(study).frame
    tested = evidence_report.validation(study).frame
    assert len(kept) + len(tested) == len(study.findings) == len(evidence_report.rules(study).frame)
    assert set(kept["Verdict"]) == {"inside"}
    assert set(tested["Verdict"]) == {"hit", "miss"}
    assert kept["Sets; red at"].str.contains("“ceiling of strength gain”, 0.13").any()
    assert "0.1\\*" not in shown.caption
    assert kept["Sets; red at"].str.contains("“torque at neutral”, 1.2*", regex=False).any()
    assert (
        not kept["Sets; red at"]
        .str.contains("“ceiling of strength gain”, 0.13*", regex=False)
        .any()
    )
    assert len(evidence_report.gallery(study).frame) == len(study.findings)


def test_a_verdict_that_changes_is_said_on_the_page(study):
    case = next(f for f in study.findings if f.case.name == "kay_2023")
    moved = case.case.model_copy(update={"estimate": None, "low": 0.1, "high": 0.2})
    other = validation.CaseResult(moved, case.predicted, case.low, case.high)
    changed = evidence_study.EvidenceStudy(study.settings, (other,), study.driven)
    frame = evidence_report.validation(changed).frame
    assert frame["Verdict"].tolist() == ["hit, was a miss"]


def test_each_miss_has_its_sentence(study):
    said = evidence_report.discussed(study).markdown.splitlines()
    misses = [f.case for f in study.findings if f.verdict == MISS]
    assert len(said) == len(misses)
    assert any("Kay 2023." in line for line in said)
    assert said[-1].startswith("- **Mine 2026.** Not discussed yet")
    assert evidence_report.own(study).markdown == "Added by a file of one's own: mine\\_2026."


def test_second_hand_numbers_are_marked(study):
    frame = evidence_report.calibration(study).frame.set_index("Case")
    assert frame.loc["Range after stretching has stopped", "Citation"] == "Konrad 2025, second-hand"
    assert frame.loc["Hip-flexor stretching in older adults", "Published"].endswith("derived")


def test_what_the_answer_hangs_on_is_said_with_intervals(study):
    said = evidence_report.hangs_on(study).markdown
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
    assert (screen["Kept"] == "yes").sum() == len(study.driven.main) - 1
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
    assert (frame.loc[assumed, "What would replace it"] != "").all()
    assert (frame.loc[~assumed, "What would replace it"] == "").all()
    shares = frame["Share of variance, %"]
    assert set(shares[~shares.str.match(r"[\d.]+, ")]) == {"screened out", "held"}
    numbers = [float(s.split(",")[0]) for s in shares if re.match(r"[\d.]+, ", s)]
    assert numbers == sorted(numbers, reverse=True), "what carries most comes first"
    first = shown.frame.iloc[0]
    name = next(n for n, row in shipped().items() if row.label == first["Number"])
    rows = study.driven.indices
    mine = rows[(rows["factor"] == name) & rows["answer"].str.startswith("tightness_nrs")]
    assert first["Share of variance, %"].startswith(f"{100 * mine['total'].max():.1f}, ")
    assert "Share" in evidence_report.studies(study).caption


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

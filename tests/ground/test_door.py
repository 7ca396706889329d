"""``import hipstudy as hs``: at most 15 names, lists as lists, short values to end a cell on."""

import subprocess
import sys
from pathlib import Path

import pytest

import hipstudy as hs
from hipstudy.errors import UsageProblems
from hipstudy.prescription import design
from hipstudy.report.letterhead import Letterhead
from hipstudy.resources import place
from hipstudy.studies import compare_study, compare_tables

ARM = "hip-flexor 3x10, 3/wk x 4 wk; stretch 4x30 s daily"
EXAMPLE = place("data", "example_cohort.csv")


@pytest.fixture(scope="module")
def runners():
    return hs.draw_runners(6, seed=1)


@pytest.fixture(scope="module")
def study(runners):
    return hs.compare("stretch_only", hs.prescribe(ARM), runners=runners, weeks=4, draws=6)


def test_the_door_has_few_names_and_all_of_them_open():
    assert len(hs.__all__) <= 15
    assert set(hs.__all__) <= set(dir(hs))
    for name in hs.__all__:
        assert getattr(hs, name).__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'simulated'"):
        _ = hs.simulated


def test_a_name_that_is_a_module_is_that_module_whatever_was_imported_before():
    code = (
        "import hipstudy as hs, sys; import hipstudy.parameters, hipstudy.show, hipstudy.plot; "
        "names = ('parameters', 'show', 'plot'); "
        "assert all(getattr(hs, n) is sys.modules['hipstudy.' + n] for n in names); "
        "import hipstudy.model.simulate, hipstudy.model.observe, hipstudy.report.make_report; "
        "assert all(getattr(hs, n).__module__ == 'hipstudy.door' for n in hs.__all__ "
        "if n not in names)"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_runners_and_arms_give_the_tables_of_the_settings(study):
    by_settings = compare_study.run(
        protocols=f"stretch_only | {ARM}", n_runners=6, weeks=4, n_draws=6, seed=0
    )
    same = hs.compare("stretch_only", ARM, n_runners=6, weeks=4, draws=6)
    assert same.effects().equals(compare_tables.effects(by_settings))
    assert study.cohort.n_runners == 6
    for name in ("effects", "trajectories", "break_even", "chances", "regret", "trial_sizes"):
        assert len(getattr(study, name)()), name


def test_several_prescriptions_of_ones_own_are_told_apart(runners):
    two = [hs.prescribe(text) for text in (ARM, "stretch 2x60 s daily x 4 wk")]
    made = hs.compare(*two, runners=runners, draws=4).design
    assert [arm.name for arm in made.arms] == ["own", "own_2"]
    assert [arm.clock_min_wk for arm in made.arms] == [arm.clock_min_wk for arm in two]


def test_rules_of_progression_change_no_result(runners):
    text = design.to_toml("strength_only")
    assert "[strength]" in text
    own = hs.prescribe("strength_only")
    rules = {"reps_low": 8, "reps_top": 12, "sore_limit_nrs": 4.0, "step_kg": 1.0, "max_kg": 9.0}
    data = own.model_dump() | {"strength": own.strength.model_dump() | {"progression": rules}}
    ruled = type(own).model_validate(data)
    one, other = (
        hs.compare("stretch_only", arm, runners=runners, weeks=2, draws=4) for arm in (own, ruled)
    )
    assert one.effects().equals(other.effects())


def test_lists_are_lists(runners):
    doses = hs.dose_response(
        ARM, runners=runners, weeks=2, sets=(1, 2), sessions_per_week=[2, 3], stretch_min_wk=(0, 28)
    )
    assert doses.grid.sets == (1, 2)
    assert doses.grid.stretch_min_wk == (0, 28)
    assert doses.cohort is runners
    assert len(doses.curve())
    is_short(doses)


def test_the_truth_is_a_tidy_frame_and_a_clinic_sees_it_with_errors(runners):
    truth = hs.simulate(runners, ARM, cause="short", seed=3)
    frame = truth.frame()
    assert len(frame) == 12 * 5
    assert not frame.duplicated(["runner", "side", "week"]).any()
    first = frame[(frame["runner"] == 2) & (frame["side"] == "right") & (frame["week"] == 3)]
    assert first["thomas_ext_deg"].item() == truth.truth("thomas_ext_deg", 3)[3]
    assert truth.means()["tightness_nrs"].iloc[4] == pytest.approx(
        frame[frame["week"] == 4]["tightness_nrs"].mean()
    )
    clinic = hs.observe(truth, weeks=(0, 2, 4), seed=1)
    assert set(clinic["week"]) <= {0, 2, 4}
    assert set(hs.observe(truth)["week"]) <= {0, 4}


def test_real_runners_are_given_as_means_only():
    real = hs.read_cohort("rbds")
    truth = hs.simulate(real, "stretch_only", weeks=1)
    for look in (truth.frame, lambda: hs.observe(truth)):
        with pytest.raises(ValueError, match="give means of real ones"):
            look()
    assert len(truth.means()) == 2


def test_a_cause_that_there_is_not_is_named_with_the_nearest():
    with pytest.raises(UsageProblems, match="Did you mean short"):
        hs.simulate(hs.draw_runners(2), ARM, cause="shrt")


def test_a_report_is_made_with_lists_and_switches(monkeypatch):
    calls = []
    monkeypatch.setattr(
        "hipstudy.report.make_report.report", lambda *words, **more: calls.append((words, more))
    )
    hs.make_report("dose", out="here", run_name="March", sets=(1, 2), small_cells=True, weeks=None)
    assert calls == [
        (
            ("dose", [("sets", "1, 2"), ("small_cells", "true")]),
            {
                "out": Path("here"),
                "paper": "a4",
                "head": Letterhead(),
                "locale": "en",
                "run_name": "March",
            },
        )
    ]


def is_short(value):
    assert len(repr(value)) < 300, repr(value)
    assert "\n" not in repr(value)
    assert " object at 0x" not in repr(value)
    assert "array(" not in repr(value)
    if hasattr(value, "_repr_html_"):
        assert len(value._repr_html_()) < 2000
        assert any(letter.isdigit() for letter in value._repr_html_()), "counts"
    else:
        raise AssertionError(f"{type(value).__name__} has no HTML")


def test_whatever_a_cell_ends_on_is_short(study, runners):
    truth = hs.simulate(runners, ARM)
    values = [
        study, runners, hs.prescribe(ARM), hs.parameters.central(), hs.parameters.draw(3, seed=0),
        truth, truth.trajectories, truth.completed, truth.start, study.design,
        hs.check_cohort(EXAMPLE), hs.analyse(EXAMPLE),
        hs.analyse(EXAMPLE).clinic,
    ]  # fmt: skip
    for value in values:
        is_short(value)


def test_the_evidence_study_is_short():
    from hipstudy.studies.evidence_study import EvidenceSettings, EvidenceStudy

    one = EvidenceStudy(EvidenceSettings(), (), None)
    is_short(one)


def test_a_check_counts_what_it_found(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text("runner_id,side,week,tightness_nrs\n" + "a,left,0,99\n" * 40, encoding="utf-8")
    findings = hs.check_cohort(file)
    assert repr(findings).startswith("mine.csv: ")
    assert len(findings.errors) + len(findings.warnings) == len(findings) > 20
    is_short(findings)
    assert hs.parameters.frame()["name"].is_unique

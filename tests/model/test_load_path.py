"""Progression: the rules by hand, soreness, missed weeks, the order of steps, and back again."""

import subprocess
import sys

import lone
import numpy as np
import pytest
from cert_read_back import protocol_of, read_rules
from hypothesis import given
from hypothesis import strategies as st

from hipstudy import handout, parameters
from hipstudy.errors import UsageProblems
from hipstudy.handout import plain_words
from hipstudy.model import adherence, baseline, cohort, equations, intensity, load_path, simulate
from hipstudy.prescription import cert, design, progression, protocol, shorthand
from hipstudy.prescription.progression import Progression

RULES = {"reps_low": 8, "reps_top": 12, "sore_limit_nrs": 10.0, "step_kg": 1.0, "max_kg": 5.0}
BARE = lone.changed(protocol.preset("strength_only"), unloaded_weeks=0)


def with_rules(base=BARE, strength=(), **rules):
    data = base.model_dump()
    data["strength"] |= {"progression": RULES | rules, **dict(strength)}
    return protocol.from_dict(data, "x")


def followed(arm, weeks=8, values=None, missed=()):
    """One draw, a few runners who do every session but those of missed weeks."""
    values = values or parameters.central()
    runners = cohort.draw(5, seed=3)
    start = baseline.draw(runners, "weak", values, seed=3)
    done = adherence.attend(runners, arm, values, weeks=weeks, seed=3)
    full = np.zeros_like(done.strength)
    full[..., ::7], full[..., 2::7], full[..., 4::7] = 1, 1, 1
    for week in missed:
        full[..., week * 7 : week * 7 + 7] = 0
    done = adherence.Completed(full, 0 * full)
    return load_path.follow(runners, start, arm, done, values), start, runners, values


def test_repetitions_by_hand():
    """Epley's line: at half of what one can hold, once = 0.5 (1 + n / 30), so n = 30."""
    found = equations.repetitions([0, 0.5, 0.75, 1, 1.2], constant=30)
    assert found == pytest.approx([np.inf, 30, 10, 0, 0])


def test_the_steps_are_lever_then_support_then_plates():
    arm = with_rules(strength={"support_height_cm": 25.0}, lever="trunk-lever",
                     support_step_cm=10.0, max_kg=2.5)  # fmt: skip
    found = [(s.lever, s.support_height_cm, s.added_kg) for s in load_path.rungs(arm.strength)]
    assert found == [
        ("leg-lever", 25, 0),
        ("trunk-lever", 25, 0),
        ("trunk-lever", 15, 0),
        ("trunk-lever", 5, 0),
        ("trunk-lever", 0, 0),
        ("trunk-lever", 0, 1),
        ("trunk-lever", 0, 2),
    ]
    assert len(load_path.rungs(BARE.strength)) == 1


def test_lever_and_support_come_before_plates():
    arm = with_rules(strength={"support_height_cm": 20.0}, support_step_cm=10.0)
    path, *_ = followed(arm)
    kg = np.array([s.added_kg for s in path.rungs])[path.step]
    support = np.array([s.support_height_cm for s in path.rungs])[path.step]
    assert kg.max() > 0
    assert (support[kg > 0] == 0).all()
    assert (np.diff(path.step, axis=-1) <= 1).all(), "one step a week"


def test_a_tenth_of_a_kilogram_by_tenths():
    arm = with_rules(step_kg=0.1, max_kg=0.3)
    assert [s.load for s in load_path.rungs(arm.strength)][1:] == ["0.1 kg", "0.2 kg", "0.3 kg"]


def test_the_path_by_hand():
    """Step on exactly where gravity's torque over the torque by then leaves 12 repetitions."""
    arm = with_rules(max_kg=20.0)
    path, start, runners, values = followed(arm)
    done = adherence.Completed(
        np.tile([1.0, 0, 1, 0, 1, 0, 0], 8) * np.ones((1, 5, 1)), np.zeros((1, 5, 56))
    )
    truth = simulate.simulate(runners, {"weak": start}, arm, done, values)
    torque = truth.outcomes["end_range_torque_nm_kg"][0, 0]  # at 10 deg, the far end here
    assert arm.strength.trained_to_ext_deg == float(simulate.tested_angle(values)[0, 0])
    for runner in range(5):
        rung = 0
        for week in range(8):
            assert path.step[0, runner, week] == rung
            asked = []
            for limb in (2 * runner, 2 * runner + 1):
                at_start = intensity.intensity(
                    path.rungs[rung], runners, start, values, path.rungs[rung].added_kg
                )[0, limb]
                asked.append(at_start * torque[limb, 0] / torque[limb, week])
            reps = 30 * (1 / max(asked) - 1)
            rung = min(rung + (reps >= 12), len(path.rungs) - 1)
    assert path.step.max() > 3


def test_soreness_holds():
    free, *_ = followed(with_rules(sore_limit_nrs=10.0))
    held, *_ = followed(with_rules(sore_limit_nrs=0.0))
    assert free.step.max() > 0
    assert not free.held_back.any()
    assert held.step.max() == 0, "after every session there is some soreness"
    assert held.held_back.any()


def test_a_missed_week_is_a_step_back():
    missed, *_ = followed(with_rules(), missed=(3,))
    whole, *_ = followed(with_rules())
    kept, *_ = followed(with_rules(step_back=False), missed=(3,))
    assert (missed.step[..., :4] == whole.step[..., :4]).all()
    assert (missed.step[..., 4] == np.maximum(missed.step[..., 3] - 1, 0)).all()
    assert (kept.step[..., 4] == kept.step[..., 3]).all()
    assert not missed.has_session[..., 3].any()


def test_no_plates_in_weeks_without_weight():
    path, *_ = followed(with_rules(strength={"unloaded_weeks": 4}))
    kg = np.array([s.added_kg for s in path.rungs])[path.step]
    assert (kg[..., :4] == 0).all()
    assert kg[..., 5:].max() > 0


def test_off_by_default_and_no_number_changes(small):
    run = small("strength_only", "usual_running")
    arm = run.design.arms[0]
    ruled = with_rules(arm)
    again = simulate.simulate(run.cohort, run.starts, ruled, run.done[arm.name], run.values)
    for name, truth in run.arms[arm.name].outcomes.items():
        assert (again.outcomes[name] == truth).all(), name
    flat = load_path.follow(run.cohort, run.starts["weak"], arm, run.done[arm.name], run.values)
    assert flat.step.max() == 0


def test_the_same_seed_gives_the_same_path_with_its_spread():
    values, runners = parameters.draw(4, seed=1), cohort.draw(20, seed=1)
    start = baseline.draw(runners, "weak", values, seed=1)
    arm = with_rules(max_kg=20.0)
    frames = []
    for _ in range(2):
        done = adherence.attend(runners, arm, values, weeks=12, seed=1)
        frames.append(load_path.by_week(load_path.follow(runners, start, arm, done, values)))
    assert frames[0].equals(frames[1])
    last = frames[0].iloc[-1]
    assert last["low"] < last["added_kg"] < last["high"]
    assert list(frames[0]["week"]) == list(range(1, 13))


def test_a_path_needs_strength_work():
    with pytest.raises(ValueError, match="no strength work; a strength part is needed"):
        load_path.follow(None, None, protocol.preset("stretch_only"), None, None)


FLOAT = st.floats(0, 10, allow_nan=False)
MADE = st.fixed_dictionaries(
    {
        "reps_low": st.integers(1, 10),
        "reps_top": st.integers(10, 30),
        "sore_limit_nrs": FLOAT,
        "step_kg": st.floats(0, 5, exclude_min=True),
        "max_kg": st.floats(5, 60),
    },
    optional={
        "step_back": st.booleans(),
        "lever": st.sampled_from([None, "leg-lever", "trunk-lever"]),
        "support_step_cm": st.floats(0, 40),
    },
)


@given(MADE)
def test_rules_go_through_cert_and_toml_and_back(rules):
    assert read_rules(progression.rules_in_words(Progression(**rules))) is not None
    arm = with_rules(**rules)
    assert protocol_of(cert.table(arm), name=arm.name) == arm
    assert protocol.from_dict(arm.model_dump(exclude_none=True), "x") == arm


def test_rules_fill_items_seven_and_a_line_has_no_room():
    arm = with_rules()
    filled = cert.table(arm).set_index("item")["filled"]
    assert (filled["7a"], filled["7b"]) == ("yes", "yes")
    with pytest.raises(UsageProblems) as caught:
        shorthand.write(arm)
    assert "one line holds a dose and has no room for rules of progression" in str(caught.value)
    assert shorthand.dose(arm).endswith("; progressed by its rules")


def test_wrong_rules_are_said():
    for changes, said in (
        ({"reps_low": 13}, "reps_low must not be above reps_top"),
        ({"step_kg": 9.0}, "step_kg must not be above max_kg"),
        ({"reps_low": 11}, "reps must be within reps_low and reps_top"),
        ({"sore_limit": 4.0}, "there is no field sore_limit. Did you mean sore_limit_nrs?"),
        ({"sore_limit_nrs": 11.0}, "x, strength.progression.sore_limit_nrs: found '11.0'"),
    ):
        with pytest.raises(UsageProblems) as caught:
            with_rules(**changes)
        assert said in str(caught.value)
    with pytest.raises(UsageProblems, match="the rules lead to the weight"):
        with_rules(strength={"load": "5 kg"})


def test_the_handout_says_the_rules_in_order(tmp_path):
    arm = with_rules(
        strength={"support_height_cm": 20.0},
        support_step_cm=10.0,
        lever="trunk-lever",
        sore_limit_nrs=4.0,
    )
    parts = {part.heading: part.lines for part in plain_words.parts(arm, "Jo Smith")}
    assert parts["To go on"] == (
        "The box “When to stop” always comes first.",
        "If you can do 12 reps in all sets, ask Jo Smith for a new page.",
        "If your muscles are sore above 4 out of 10, wait a week before you ask.",
        (
            "If it is pain in the groin or at the front of the hip, do not go by this: go by “When "
            "to stop”."
        ),
        "If you are not sure, ask Jo Smith.",
    )
    assert parts["How much"][-1] == "Use no weight."
    assert handout.write(arm, tmp_path / "a.pdf", physio="Jo Smith", confirmed=True).exists()


def test_the_dose_report_prints_the_path(tmp_path):
    import pypdf

    file = tmp_path / "mine.toml"
    text = design.to_toml("strength_only").replace('"strength_only"', '"mine"')
    rules = "\n".join(f"{name} = {value}" for name, value in RULES.items())
    file.write_text(f"{text}\n[strength.progression]\n{rules}\n", encoding="utf-8")
    given_ = {"protocol": "mine.toml", "n_runners": 6, "weeks": 4, "sets": "3",
              "sessions_per_week": "3", "stretch_min_wk": "0"}  # fmt: skip
    options = [word for name, value in given_.items() for word in ("-p", name, str(value))]
    done = subprocess.run(
        [sys.executable, "-m", "hipstudy", "report", "dose", *options],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "reports" / "dose"
    files = (folder / "dose.pdf", folder / "dose_details.pdf")
    pages = [page.extract_text() for file in files for page in pypdf.PdfReader(file).pages]
    said = " ".join(" ".join(pages).split())
    assert "one step on when all sets reach 12 of 8 to 12 repetitions" in said
    assert "The path does not act back" in said
    assert len((folder / "tables" / "load_path.csv").read_text().splitlines()) == 5

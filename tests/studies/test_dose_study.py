"""The dose study: known answers for how much is enough and what is kept, and settings."""

import json

import numpy as np
import pytest

from hipstudy import parameters
from hipstudy.errors import UsageProblems
from hipstudy.model.adaptation import SATURATING
from hipstudy.model.causes import WORLDS
from hipstudy.report import parameters_cell
from hipstudy.resources import place
from hipstudy.studies import dose_runs, dose_study, dose_tables
from hipstudy.studies.dose_study import DoseSettings
from hipstudy.studies.dose_tables import TORQUE, reaching

SMALL = {"n_runners": 6, "weeks": 4, "sets": "1, 3", "sessions_per_week": "1, 3",
         "stretch_min_wk": "0, 28"}  # fmt: skip


@pytest.fixture(scope="module")
def study():
    return dose_study.run(**SMALL)


def test_how_much_is_enough_in_closed_form():
    """Saturating: share p of the best dose is at -s0 ln(1 - p (1 - exp(-W / s0)))."""
    weekly = np.linspace(0, 21, 4201)
    constant = np.array([1.0, 2.1, 4.0])
    gain = 1 - np.exp(-weekly[:, np.newaxis] / constant)
    for share in (0.8, 0.95):
        expected = -constant * np.log(1 - share * (1 - np.exp(-21 / constant)))
        assert reaching(weekly, gain, share) == pytest.approx(expected, abs=1e-3)


def test_how_much_is_enough_by_hand():
    weekly = np.array([0.0, 3.0, 6.0, 9.0])
    gain = np.array([[0, 0, 0], [5, 0, 10.0], [8, 0, 4], [10, 0, 2]])  # the last does harm
    assert reaching(weekly, gain, 0.8) == pytest.approx([6, np.nan, 2.4], nan_ok=True)
    assert reaching(weekly, gain, 0.65)[0] == pytest.approx(4.5)


def test_what_is_kept_of_torque_is_its_time_constants(study):
    """After the trailing week has emptied, the gain falls by exp(-days / loss constant) exactly."""
    constant = study.values["loss_time_constant_d"][:, 0]
    at, place = WORLDS.index("weak"), dose_runs.SESSIONS.index(3)
    torque = study.curves[SATURATING][TORQUE][at, place]
    none = study.stretching[TORQUE][at, 0]
    assert none == pytest.approx(np.broadcast_to(none[:, :1], none.shape), rel=1e-12)
    gain = torque - none
    for after, later in ((4, 8), (8, 12)):
        left = gain[:, study.weeks + later] / gain[:, study.weeks + after]
        assert left == pytest.approx(np.exp(-28 / constant), rel=1e-6)
    rows = dose_tables.effect_left(study).set_index(["outcome", "weeks_after"])
    shares = gain[:, study.weeks + 12] / gain[:, study.weeks]
    assert rows.loc[(TORQUE, 12), "share"] == pytest.approx(shares.mean())


def test_keeping_on_is_between_stopping_and_all_of_it(study):
    rows = dose_tables.keeping(study)
    assert list(rows["sessions_per_week"]) == [0, 1, 2, 3]
    assert rows["share"].is_monotonic_increasing
    # Nothing but stretching from then on leaves what stopping leaves, unless stretching holds more.
    stopped = dose_tables.effect_left(study).set_index(["outcome", "weeks_after"])
    assert rows["share"].iloc[0] >= stopped.loc[(TORQUE, 12), "share"] - 1e-9


def test_missing_costs_and_late_costs_more_than_half_way(study):
    rows = dose_tables.missed_sessions(study)
    torque = rows[rows["outcome"] == TORQUE].set_index("programme")
    assert (torque["lost"] > 0).all()
    assert torque.loc["late", "lost"] > torque.loc["gap", "lost"]
    assert set(rows["programme"]) == {"one fewer", "gap", "late"}


def test_the_last_session_is_a_difference_of_the_curve(study):
    rows = dose_tables.curve(study)
    torque = rows[(rows["outcome"] == TORQUE) & (rows["shape"] == SATURATING)]
    means = torque.set_index("sessions_per_week")["mean"]
    assert dose_tables.one_more(study, 3, TORQUE, "weak")[0] == pytest.approx(means[3] - means[2])
    none = rows[rows["sessions_per_week"] == 0]
    assert (none["mean"].abs() < 1e-12).all()
    assert not torque["outside"].any(), "no shape is outside its own band"


def test_tables_are_tidy_and_whole(study):
    frame = dose_tables.surfaces(study)
    assert len(frame) == 4 * 9 * 4 * 2 * 2 * 2 * 3  # worlds .. weeks, loads, stretch, sets, 0+1+3
    keys = ["world", "outcome", "week", "load", "stretch_min_wk", "sets", "sessions_per_week"]
    assert not frame.duplicated(keys).any()
    one = frame.set_index(keys)["change"]
    runs = study.surface[TORQUE][0, 1, 1, 1, 2]
    assert one["weak", TORQUE, 4, "near-failure", 28.0, 3, 3] == pytest.approx(runs[4] - runs[0])
    flat = frame[(frame["world"] == "nonspecific") & (frame["outcome"] == "tightness_nrs")]
    nothing = (flat["stretch_min_wk"] == 0) & (flat["weekly_sets"] == 0)
    assert (flat[~nothing].groupby("week")["change"].agg(np.ptp) < 1e-12).all()
    some = flat[~nothing].groupby("week")["change"].mean()
    assert (flat[nothing].set_index("week")["change"] > some.reindex(flat[nothing]["week"])).all()


def test_the_ends_are_the_two_presets(study):
    rows = dose_tables.ends(study).set_index(["outcome", "world"])
    means = [study.comparison.mean(arm, TORQUE, "weak") for arm in ("article_low", "article_high")]
    few, many = (100 * (m[:, -1] / m[:, 0] - 1) for m in means)
    assert rows.loc[(TORQUE, "weak"), "difference"] == pytest.approx((many - few).mean())
    assert rows.loc[("tightness_nrs", "nonspecific"), "difference"] == pytest.approx(0, abs=1e-12)


def test_all_wrong_settings_are_said_at_once():
    with pytest.raises(UsageProblems) as caught:
        DoseSettings.check(
            {
                "sets": "3, 2",
                "sessions_per_week": "1, 15",
                "stretch_min_wk": "ten",
                "loads": "a, a",
                "weaks": 3,
            }
        )
    said = str(caught.value)
    for wanted in (
        "parameter sets: found '3, 2'; the rule: up to 10 whole numbers from 1 to 10, rising",
        "parameter sessions_per_week: found '1, 15'; the rule: up to 10 whole numbers from 1 to 14",
        "parameter stretch_min_wk: found 'ten'; the rule: up to 10 numbers from 0 to 840",
        "parameter loads: found 'a, a'",
        "parameter: found 'weaks'; there is no parameter of this name. Did you mean weeks?",
    ):
        assert wanted in said


def test_what_can_be_checked_is_checked_before_a_kernel_starts():
    given = {"protocol": "stretch_only", "loads": "12 lb", "sets": "0"}
    with pytest.raises(UsageProblems) as caught:
        dose_study.preflight(given)
    said = str(caught.value)
    assert "a prescription with strength work is needed" in said
    assert "parameter sets: found '0'" in said
    with pytest.raises(UsageProblems, match="kilograms, not pounds"):
        dose_study.preflight({"loads": "12 lb"})
    with pytest.raises(UsageProblems, match="Did you mean article_low"):
        dose_study.preflight({"protocol": "article_lo"})
    named = "hip-flexor 2x8, 1/wk x 12 wk; name article_low"
    with pytest.raises(UsageProblems, match="Give the prescription a name of its own"):
        dose_study.preflight({"protocol": named})
    dose_study.preflight({})


@pytest.mark.parametrize("loads", ["unloaded, 9,5 kg", "3,5kg", "2, 4,5 kg, 6"])
def test_a_weight_with_a_decimal_comma_is_never_read_as_two(loads):
    with pytest.raises(UsageProblems, match=r"may be meant as one\. Write \d\.5 kg or \d kg, 5 kg"):
        dose_study.preflight({"loads": loads})


def test_loads_apart_by_a_comma_are_two():
    for loads in ("unloaded,2,5", "2, 5 kg", "2 kg,5 kg"):
        dose_study.preflight({"loads": loads})


def test_one_of_the_articles_ends_can_be_the_prescription():
    names = [arm.name for arm in DoseSettings(protocol="article_low").compared().design().arms]
    assert names == ["article_low", "article_high", "usual_running"]
    line = "hip-flexor 2x8 @5 kg, 1/wk x 12 wk"
    own = DoseSettings(protocol=line, weeks=6)
    assert [arm.name for arm in own.compared().design().arms][2] == "own"
    assert own.base().weeks == 6
    assert parameters.number("curve_draws") == 50


@pytest.mark.parametrize("name", ["sets", "sessions_per_week", "stretch_min_wk"])
def test_the_limits_that_are_listed_of_doses_are_those_that_hold(name):
    book = json.loads(place("notebooks", "04_dose_response.ipynb").read_text(encoding="utf-8"))
    (listed,) = (one for one in parameters_cell.read(book) if one.name == name)
    for dose in (listed.low, listed.high):
        DoseSettings.check({name: f"{dose:g}"})
    for dose in (listed.low - 1, listed.high + 1):
        with pytest.raises(UsageProblems, match=f"from {listed.low:g} to {listed.high:g}"):
            DoseSettings.check({name: f"{dose:g}"})

"""The model as a function of numbers between 0 and 1, and what its answers hang on."""

import numpy as np
import pytest
from scipy import stats

from hipstudy import parameters
from hipstudy.model.causes import PRIOR, WORLDS
from hipstudy.studies import compare_study, compare_tables, sensitivity, sensitivity_model
from hipstudy.studies.compare_study import run_arms

SMALL = {"n_runners": 6, "weeks": 4}


@pytest.fixture(scope="module")
def question():
    return sensitivity.reference_question(seed=0, n_runners=3)


@pytest.fixture(scope="module")
def driven():
    return sensitivity.reference(seed=0, base=32, trajectories=4, n_runners=3)


def test_influence_is_spearman_s_correlation_also_where_draws_tie():
    study = compare_study.run(**SMALL, n_draws=40, protocols="stretch_only, strength_only")
    object.__setattr__(study, "means", {key: one.round(1) for key, one in study.means.items()})
    answer = study.difference(study.primary, "tightness_nrs", "weak")[:, -1]
    assert len(set(answer.tolist())) < 20
    rows = sensitivity.influence(study).set_index("name")["weak"]
    names = [name for name in rows.index if not name.startswith("share ")]
    assert len(names) > 10
    for name in names:
        expected = stats.spearmanr(study.values[name][:, 0], answer).statistic
        assert rows[name] == pytest.approx(expected, abs=1e-12)


def test_numbers_follow_their_laws():
    u = {"link_sd_per_sd": np.array([0.2, 0.7]), "thomas_mean_deg": np.array([0.5, 0.9])}
    v = sensitivity_model.values_at(u, {"adherence_mean": 0.9}, 2)
    row = parameters.shipped()["link_sd_per_sd"]
    assert v["link_sd_per_sd"][:, 0] == pytest.approx(row.quantile(u["link_sd_per_sd"]))
    assert v["thomas_mean_deg"][:, 0] == pytest.approx(stats.norm(11.2, 1.5).ppf([0.5, 0.9]))
    assert v["adherence_mean"].tolist() == [[0.9], [0.9]]
    assert v["rom_reservoir_deg"].tolist() == [[3.0], [3.0]]
    assert v.n_draws == 2


@pytest.mark.parametrize("prior", [(1, 1, 1, 1), (3, 1, 0.5, 2), (0, 2, 1, 1), (1, 0, 1, 0)])
def test_broken_sticks_are_the_dirichlet_law(prior):
    rng = np.random.default_rng(0)
    u = {name: rng.random(40_000) for name in sensitivity_model.SHARES}
    found = sensitivity_model.shares(prior, u, 40_000)
    law = np.array(prior, float)
    mean = law / law.sum()
    assert found.sum(axis=1) == pytest.approx(1)
    assert found.mean(axis=0) == pytest.approx(mean, abs=0.006)
    assert found.var(axis=0) == pytest.approx(mean * (1 - mean) / (law.sum() + 1), abs=0.002)
    assert (found[:, law == 0] == 0).all()


def test_a_settled_prior_has_no_share_as_a_factor(question):
    sure = sensitivity_model.SensitivityTarget(**{**vars(question), "prior": (1, 0, 0, 0)})
    assert not set(sensitivity_model.SHARES) & set(sensitivity_model.unknown(sure))
    assert sensitivity_model.shares((1, 0, 0, 0), {}, 2).tolist() == [[1, 0, 0, 0]] * 2
    assert set(sensitivity_model.SHARES) <= set(sensitivity_model.unknown(question))
    held = sensitivity_model.SensitivityTarget(
        **{**vars(question), "fixed_values": {"adherence_mean": 0.8}}
    )
    assert "adherence_mean" not in sensitivity_model.unknown(held)


def test_the_batch_is_the_comparison_one_by_one(question):
    """Every number at its middle, in a batch and as `compare` runs the arms: the same ends."""
    names = ("link_sd_per_sd", "rom_reservoir_deg", sensitivity_model.DUMMY)
    u = np.array([[0.5, 0.5, 0.1], [0.9, 0.2, 0.8]])
    found = sensitivity_model.evaluate(question, names, u, margins=(0.0, 0.5))
    for i, row in enumerate(u):
        one = {name: np.array([p]) for name, p in zip(names[:2], row[:2], strict=True)}
        values = sensitivity_model.values_at(one, {}, 1)
        arms = (question.treatment, question.control)
        design = compare_study.Design(arms, ((arms[0].name, arms[1].name),))
        runs = dict(run_arms(question.cohort, design, values, seed=0))
        treated, control = (runs[arm.name].trajectories.outcomes for arm in arms)
        for w, world in enumerate(WORLDS):
            ends = (x["tightness_nrs"][w, 0, :, -1].mean() for x in (treated, control))
            assert found[f"tightness_nrs {world}"][i] == pytest.approx(
                -np.subtract(*list(ends)[::-1])
            )
            gains = []
            for arm in (treated, control):
                torque = arm["end_range_torque_nm_kg"][w, 0].mean(axis=0)
                gains.append(100 * (torque[-1] / torque[0] - 1))
            assert found[f"end_range_torque_nm_kg {world}"][i] == pytest.approx(gains[0] - gains[1])


def test_blocks_change_nothing(question, monkeypatch):
    """But for the last digits: sums over unlike blocks are taken in another order."""
    names, u = ("link_sd_per_sd", "share weak"), np.random.default_rng(0).random((10, 2))
    whole = sensitivity_model.evaluate(question, names, u, margins=(0.0,))
    monkeypatch.setattr(sensitivity_model, "BLOCK", 3 * question.cohort.n_limbs)
    for name, found in sensitivity_model.evaluate(question, names, u, margins=(0.0,)).items():
        np.testing.assert_allclose(found, whole[name], rtol=1e-12, atol=1e-13, err_msg=name)


def test_break_even_is_the_reports_own():
    study = compare_study.run(**SMALL, n_draws=20)
    benefit = [-study.difference(study.primary, "tightness_nrs", w)[:, -1] for w in WORLDS]
    for margin in (0.0, 0.1, 0.5):
        draws = compare_tables.break_even_draws(study, study.primary, margin)
        assert (
            compare_tables.break_even_share(np.array(benefit), (1, 1, 1, 1), margin) == draws
        ).all()


def test_break_even_share_by_hand():
    """0.4 ahead if all are weak, 0.1 behind elsewhere: even at 1/5, 0.1 ahead at 2/5, never 0.5."""
    benefit = np.array([[0.4], [-0.1], [-0.1], [-0.1]])
    shares = [compare_tables.break_even_share(benefit, (1, 1, 1, 1), m)[0] for m in (0.0, 0.1, 0.5)]
    assert shares == [pytest.approx(0.2), pytest.approx(0.4), np.inf]
    ahead = compare_tables.break_even_share(np.abs(benefit), (1, 1, 1, 1), 0.0)
    assert ahead[0] == 0


def test_where_no_share_breaks_even_it_counts_as_one(question):
    u = np.random.default_rng(0).random((40, 2))
    names = ("link_sd_per_sd", "gain_ceiling_untrained")
    found = sensitivity_model.evaluate(question, names, u, margins=(0.5,))
    never = found["never 0.5"] == 1
    assert never.any()
    assert (found[sensitivity_model.BREAK_EVEN][never] == 1).all()
    assert (
        (found[sensitivity_model.BREAK_EVEN] >= 0) & (found[sensitivity_model.BREAK_EVEN] <= 1)
    ).all()


def test_the_dummy_and_what_no_arm_uses_carry_nothing(driven):
    rows = driven.indices[driven.indices["factor"] == sensitivity_model.DUMMY]
    assert len(rows) == 11
    for order in ("first", "total"):
        assert (rows[f"{order}_low"] <= 0).all()
        assert (rows[f"{order}_high"] >= 0).all()
    screen = driven.screen.groupby("factor")["effect"].max()
    assert screen[sensitivity_model.DUMMY] == 0
    assert screen["chest_load_share"] == 0, "no arm has a weight on the chest"
    assert driven.main[-1] == sensitivity_model.DUMMY
    assert len(driven.main) < len(driven.screened) / 2


def test_what_must_matter_does(driven):
    top = sensitivity.strongest(driven, sensitivity.tightness("weak"), 3)["factor"].tolist()
    assert top[0] == "causal_share", "a link that is not causal brings nothing"
    assert "link_sd_per_sd" in top
    mixed = sensitivity.strongest(driven, sensitivity.tightness(PRIOR), 2)["factor"]
    assert set(mixed) == {"causal_share", "share weak"}
    torque = sensitivity.strongest(driven, "end_range_torque_nm_kg weak")
    of_model = torque[~torque["factor"].str.contains("_trial_")]["factor"]
    assert of_model.iloc[0] == "gain_ceiling_untrained"
    assert "strength_trial_z" in torque["factor"].head(3).tolist(), "settings differ in truth"
    torque = sensitivity.strongest(driven, "end_range_torque_nm_kg nonspecific").set_index("factor")
    assert torque.loc["link_sd_per_sd", "total"] == 0, "there torque has nothing to do with it"
    assert driven.constant_answers == (sensitivity.tightness("nonspecific"),)
    answers = {sensitivity.tightness(world) for world in (*WORLDS, PRIOR)}
    assert answers | {sensitivity_model.BREAK_EVEN} < set(driven.indices["answer"])


def test_seed_is_honoured():
    one, again, other = (
        sensitivity.reference(seed=s, base=16, trajectories=2, n_runners=2) for s in (0, 0, 1)
    )
    assert one.indices.equals(again.indices)
    assert one.screen.equals(again.screen)
    assert not one.indices["total"].equals(other.indices["total"])


def test_a_reports_own_comparison():
    study = compare_study.run(**SMALL, n_draws=40, adherence=0.8)
    found = sensitivity.of_study(study)
    assert found.question.treatment.name == study.primary[0]
    assert found.question.weeks == 4
    assert found.question.cohort.n_runners == 6
    assert "adherence_mean" not in found.main, "it was set for the report"
    assert len(found.main) == sensitivity.FEW_FACTORS + 3 + 1
    assert found.n_runs == sensitivity.FEW_BASE * (len(found.main) + 2)
    assert found.screen is None

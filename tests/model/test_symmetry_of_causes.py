"""No cause is favoured: labels can be swapped, links switched off, drivers left unmoved."""

from itertools import permutations

import numpy as np
import pytest

from hipstudy import parameters
from hipstudy.model import adherence, baseline, causes, cohort, simulate
from hipstudy.model.causes import WORLDS, latent_correlations
from hipstudy.prescription import design, protocol

ARMS = design.CONTRACT_ARMS


@pytest.mark.parametrize("names", list(permutations(WORLDS)))
def test_labels_swapped_swap_the_results(monkeypatch, names):
    """The same start everywhere; each cause's driver handed to another cause's label."""
    swap = dict(zip(WORLDS, names, strict=True))
    runners, values = cohort.draw(3, seed=0), parameters.draw(3, seed=0, causal_share=1)
    start = baseline.draw(runners, "guarded", values, seed=0)  # with a deficit, whatever the label
    assert start.deficit.max() > 0.5
    arm = protocol.preset("strength_plus_stretch")
    done = adherence.attend(runners, arm, values, weeks=6, seed=0)
    starts = dict.fromkeys(WORLDS, start)
    first = simulate.simulate(runners, starts, arm, done, values).outcomes
    own, whose = simulate._driver, {other: world for world, other in swap.items()}
    monkeypatch.setattr(simulate, "MOVED", tuple(swap[name] for name in simulate.MOVED))
    monkeypatch.setattr(simulate, "BY_RANGE", tuple(swap[name] for name in simulate.BY_RANGE))
    monkeypatch.setattr(simulate, "_driver", lambda label, *a: own(whose[label], *a))
    second = simulate.simulate(runners, starts, arm, done, values).outcomes
    for outcome in ("tightness_nrs", "discomfort_nrs"):
        for world, other in swap.items():
            one, two = first[outcome], second[outcome]
            assert (one[WORLDS.index(world)] == two[WORLDS.index(other)]).all(), (world, outcome)


def test_correlations_swap_with_torque_and_tissue():
    """*Weak* is to torque what *short* is to tissue, for tightness and for discomfort."""
    values = parameters.draw(20, seed=1)
    weak, short = (latent_correlations(world, values) for world in ("weak", "short"))
    for felt in ("tight", "disc"):
        assert (weak[f"{felt}_torque"] == short[f"{felt}_tissue"]).all()
        assert (weak[f"{felt}_tissue"] == short[f"{felt}_torque"]).all()
        assert (weak[f"{felt}_torque"] < 0).all()
    for world in WORLDS:
        assert (latent_correlations(world, values)["torque_tissue"] == weak["torque_tissue"]).all()


def test_every_cause_has_the_same_law():
    values = parameters.draw(5, seed=2)
    moved, deficit = np.ones((5, 4)), np.array([0.0, 0.3, 1.0, 2.0])
    for outcome in causes.LINKS:
        found = [
            causes.change(outcome, world, {world: moved}, deficit, values)
            for world in ("weak", "short", "guarded")
        ]
        assert (found[0] == found[1]).all()
        assert (found[0] == found[2]).all()
        assert causes.change(outcome, "nonspecific", {"weak": moved}, deficit, values) == 0


def test_links_at_zero_leave_no_arm_different(small):
    values = parameters.draw(
        4, seed=0, link_sd_per_sd=0, discomfort_link_sd_per_sd=0, programme_effect_nrs=0
    )
    runs = small(*ARMS, values=values)
    first = runs.arms["usual_running"].outcomes
    for name, run in runs.arms.items():
        apart = run.outcomes["tightness_nrs"] - first["tightness_nrs"]
        assert np.abs(apart).max() <= 1e-12, name
        if "strength" not in name:  # soreness is all that is left to move discomfort
            assert np.abs(run.outcomes["discomfort_nrs"] - first["discomfort_nrs"]).max() <= 1e-12


@pytest.mark.parametrize(
    ("unmoved", "still"),
    [
        ({"rom_reservoir_deg": 0}, ("short", "guarded")),
        ({"gain_ceiling_untrained": 0, "learning_gain": 0, "stretch_strength_smd": 0}, ("weak",)),
    ],
)
def test_a_driver_that_no_arm_moves_shows_no_difference(small, unmoved, still):
    unmoved = unmoved | {"programme_effect_nrs": 0, "causal_share": 1}
    runs = small(*ARMS, values=parameters.draw(4, seed=3, **unmoved))
    tight = [run.outcomes["tightness_nrs"] for run in runs.arms.values()]
    for world in WORLDS:
        place = WORLDS.index(world)
        apart = max(np.abs(run[place] - tight[0][place]).max() for run in tight)
        assert (apart <= 1e-12) == (world in (*still, "nonspecific")), world

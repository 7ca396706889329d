# ruff: noqa: E501 - a test and what it must not survive share a line
"""Every line of what must hold is guarded by a test that fails when the code is broken.

The guards are named in the docstrings of the modules they guard.
"""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import breaks
import pytest

TESTS = Path(__file__).parents[1]
PACKAGE = TESTS.parent / "hipstudy"
GUARD = re.compile(r"test_\w+")

# test -> what it must not survive
GUARDS = {
    "model/test_model_laws.py::test_zero_dose_and_no_natural_course_change_nothing": (
        "something comes of nothing"
    ),
    "model/test_model_laws.py::test_gains_never_fall_as_completed_dose_rises": "too much does harm",
    "model/test_model_laws.py::test_gains_saturate_with_dose": "no end to it",
    "model/test_model_laws.py::test_a_shifted_protocol_gives_a_shifted_result": "later days count more",
    "model/test_model_laws.py::test_simulation_is_the_closed_form_of_the_relaxation": "a step by Euler",
    "model/test_model_laws.py::test_no_ones_luck_depends_on_arms_horizon_or_company": "luck by place",
    "model/test_model_laws.py::test_both_limbs_do_the_same_sessions_and_fewer_are_a_subset": (
        "luck by prescription"
    ),
    "model/test_model_laws.py::test_stopping_is_for_good_and_nothing_is_done_after_the_weeks": (
        "stops for a week"
    ),
    "model/test_model_laws.py::test_nonspecific_arms_are_equal_and_others_are_not": (
        "nonspecific follows torque"
    ),
    "model/test_model_laws.py::test_unloaded_weeks_add_range_only_as_their_sets_or_pauses_count": (
        "unloaded counts as loaded"
    ),
    "model/test_properties.py::test_the_order_of_runners_changes_no_one": "luck by place",
    "model/test_properties.py::test_fewer_prescribed_sessions_are_a_subset": "luck by prescription",
    "ground/test_random_streams.py::test_order_and_company_change_nothing": "luck by place",
    "model/test_observe.py::test_without_noise_and_with_full_follow_up_the_truth_is_seen_at_the_visits": (
        "effects never fade"
    ),
    "model/test_observe.py::test_lost_stays_lost": "lost is found",
    "model/test_observe.py::test_stopping_and_being_lost_are_two_events": "lost is stopped",
    "model/test_limb_state.py::test_measured_runners_had_the_torque_for_every_speed": "whoever ran, ran",
    "model/test_limb_state.py::test_drawn_runners_are_seldom_short_of_torque": "whoever ran, ran",
    "evidence/test_validation.py::test_a_calibration_case_lies_in_its_predictive_interval[thorborg_2016]": "a high ceiling",
    "evidence/test_validation.py::test_a_calibration_case_lies_in_its_predictive_interval[kerrigan_2003]": "a full reservoir",
    "evidence/test_validation.py::test_verdicts_are_the_stored_ones[afonso_2021]": "a full reservoir",
    "evidence/test_predictive_score.py::test_what_is_as_sure_as_it_should_be_covers_as_promised": "too sure",
    "evidence/test_calibration.py::test_a_validation_trial_that_leaks_into_calibration_is_refused": "a leak unseen",
    "model/test_equations.py::test_kernel_is_one_inside_and_gaussian_outside": "no angle is special",
    "model/test_symmetry_of_causes.py::test_labels_swapped_swap_the_results": "one cause is favoured",
    "model/test_symmetry_of_causes.py::test_every_cause_has_the_same_law": "one cause is favoured",
    "model/test_symmetry_of_causes.py::test_links_at_zero_leave_no_arm_different": "a link that stays",
    "model/test_symmetry_of_causes.py::test_a_driver_that_no_arm_moves_shows_no_difference": "drivers mixed",
    "model/test_soreness.py::test_soreness_peaks_and_goes_when_it_should": "soreness at once",
    "model/test_soreness.py::test_second_bout_is_the_share_of_the_first": "no protection",
    "model/test_soreness.py::test_soreness_of_an_unchanged_prescription_falls_to_nearly_nothing_and_comes_back": (
        "no protection"
    ),
    "model/test_edges.py::test_after_the_last_session_range_only_falls": "range goes on by itself",
    "model/test_edges.py::test_two_years_of_nothing_stay_within_the_bound": "no end to the course",
    "model/test_soreness.py::test_protection_is_specific_to_muscle_length": "protection at every length",
    "model/test_soreness.py::test_fatigue_off_leaves_every_set_whole": "tired anyway",
    "model/test_adaptation.py::test_the_untrained_side_gains_its_share_of_strength_and_no_range": (
        "the other side too"
    ),
    "model/test_adaptation.py::test_technique_costs_what_it_is_said_to": "technique costs nothing",
    "model/test_adaptation.py::test_poorer_technique_never_brings_more": "technique helps",
    "model/test_adaptation.py::test_after_stopping_all_is_lost_at_its_own_rate": "loses as it gains",
    "model/test_intensity.py::test_a_higher_support_asks_less_of_the_leg_lever": "the support is flat",
    "model/test_baseline.py::test_what_was_measured_is_where_the_limb_starts": "measured and forgotten",
    "model/test_baseline.py::test_what_was_not_is_drawn_given_what_was": "the other limb unmoved",
    "model/test_felt_causes.py::test_relief_is_never_more_than_closing_the_deficit_brings": "relief without a deficit",
    "model/test_felt_causes.py::test_a_limb_without_a_deficit_gets_none_and_others_get_some": "relief without a deficit",
    "model/test_felt_causes.py::test_deficits_have_the_law_of_the_world": "short at any angle",
    "model/test_felt_causes.py::test_weak_is_weak_among_runners_who_run_as_fast": "strength of people in general",
    "model/test_felt_causes.py::test_who_is_usually_tighter_has_more_of_a_deficit_in_a_cause_only": "drivers without a cause",
    "model/test_felt_causes.py::test_a_measured_angle_decides_who_can_be_short": "short at any angle",
    "model/test_felt_causes.py::test_drawn_runners_of_another_angle_are_other_runners": "the norm moves along",
    "model/test_felt_causes.py::test_a_measured_torque_decides_who_can_be_weak": "relief without a deficit",
    "model/test_felt_causes.py::test_with_a_causal_link_at_its_end_some_runners_differ_by_more_than_two_points": "nothing is causal",
    "model/test_felt_causes.py::test_the_prior_holds_no_effect_at_all_and_a_large_one": "nothing is causal",
    "model/test_felt_causes.py::test_labels_of_two_arms_swapped_swap_their_results": "luck by turn",
    "model/test_felt_weeks.py::test_week_0_is_the_normal_law_cut_at_the_threshold": "everybody comes in",
    "model/test_felt_weeks.py::test_those_who_come_in_fall_back_to_their_usual_level_and_no_further": "weeks never vary",
    "model/test_felt_weeks.py::test_weeks_are_an_autoregression_around_the_usual_level": "weeks forget at once",
    "model/test_felt_weeks.py::test_luck_is_the_runners_own_in_every_arm_world_and_horizon": "luck by place",
    "model/test_felt_weeks.py::test_what_was_rated_is_week_0_and_the_usual_level_is_nearer_to_the_mean": "a rating is the truth",
    "model/test_felt_weeks.py::test_error_and_fluctuation_are_not_counted_twice": "weeks never vary",
    "model/test_felt_weeks.py::test_the_law_before_and_after_is_that_of_the_weeks": "everybody comes in",
    "model/test_felt_weeks.py::test_untreated_weeks_change_as_untreated_arms_did": "everybody comes in",
    "model/test_felt_weeks.py::test_two_years_of_nothing_fall_no_further_than_entry_and_the_bound": "no end to the course",
    "model/test_felt_weeks.py::test_without_a_causal_link_no_exercising_arm_differs_from_another": "a programme by its days",
    "model/test_felt_weeks.py::test_in_nonspecific_usual_running_differs_by_the_programme_alone": "a programme by its days",
    "model/test_felt_weeks.py::test_the_effect_of_a_programme_fades_by_half_in_its_half_life": "a programme for ever",
    "model/test_felt_weeks.py::test_a_hip_that_is_felt_more_than_usual_is_tested_weaker_and_shorter": "a test blind to the day",
    "model/test_felt_in_trials.py::test_before_and_after_go_together_as_they_were_read": "weeks never vary",
    "model/test_felt_in_trials.py::test_one_persons_change_spreads_as_it_was_read": "weeks never vary",
    "model/test_edges.py::test_a_hip_at_its_anatomy_gains_no_driver_either": "a driver past anatomy",
    "model/test_second_implementation.py::test_the_model_is_the_same_as_a_plain_second_one": "loses as it gains",
    "studies/test_cohort_cases.py::test_a_window_of_a_week_keeps_all_who_came_early_or_late": "no week but the plan's",
    "studies/test_cohort_cases.py::test_a_missing_baseline_keeps_its_runner[ancova]": "no baseline and gone",
    "studies/test_cohort_cases.py::test_the_n_printed_is_the_n_of_the_fit[c15_stray_visit_mixed]": "an n of the file",
    "studies/test_benefit_and_harm.py::test_every_analysis_has_its_own_n": "an n of another model",
    "studies/test_design_cases.py::test_a_crossover_as_least_squares_of_the_file": "a period counts as an arm",
    "studies/test_design_cases.py::test_one_leg_against_the_other_as_least_squares_of_the_file": "legs as they ended",
    "studies/test_design_cases.py::test_clusters_as_the_t_test_of_adjusted_means": "runners are clusters",
    "studies/test_design_cases.py::test_one_arm_as_the_t_interval_of_changes": "a change is an effect",
    "studies/test_design_cases.py::test_results_by_arm_are_those_of_pandas": "limbs are runners",
    "analysis/test_arm_results.py::test_every_number_of_the_file_is_that_of_pandas": "limbs are runners",
    "analysis/test_design_coverage.py::test_every_design_covers_in_one_cell": "runners are clusters",
    "analysis/test_plan.py::test_every_wrong_field_is_told_at_once_with_the_nearest_name": "one problem of a plan",
    "analysis/test_covariates.py::test_every_covariate_that_cannot_be_used_is_told_at_once": "one problem of covariates",
    "analysis/test_own_outcomes.py::test_a_margin_without_a_direction_is_told_beside_a_slip": "a margin needs no direction",
    "cohort_file/test_integrity.py::test_a_file_that_is_right_is_left_alone": "integrity asks of chance",
    "cohort_file/test_integrity.py::test_all_checks_together_keep_their_chance": "integrity asks of chance",
    "cohort_file/test_integrity.py::test_what_is_planted_is_found": "integrity asks of nothing",
    "analysis/test_real_trials.py::test_sleepers_equal_lme4_and_pbkrtest": "rows have the degrees of freedom",
    "analysis/test_icc_interval.py::test_it_holds_as_often_as_it_promises": "a sure likeness",
    "analysis/test_margin_tests.py::test_the_test_rejects_where_the_interval_says_so": "the gate of all of alpha",
    "studies/test_benefit_and_harm.py::test_non_inferiority_opens_the_gate_by_half_of_alpha": "the gate of all of alpha",
    "studies/test_benefit_and_harm.py::test_the_chance_of_harm_stands_beside_that_of_benefit": "no harm beside benefit",
    "pages/test_clusters_and_orders.py::test_no_order_of_arms_has_the_colour_of_an_arm": "an order has an arm's colour",
    "pages/test_clusters_and_orders.py::test_the_flow_ends_at_the_n_of_the_model_without_some_baselines": "a flow of its own",
}


def guards(file):
    doc = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return set(GUARD.findall(doc.partition("Guarded by")[2]))


def test_guards_named_in_docstrings_are_tests():
    known = {
        node.name
        for file in TESTS.glob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    } | {file.stem for file in TESTS.glob("test_*.py")}
    for file in PACKAGE.rglob("*.py"):
        assert guards(file) <= known, f"{file.name} names {guards(file) - known}"


def test_every_break_is_used():
    assert set(GUARDS.values()) == set(breaks.BREAKS)


@pytest.mark.validate
@pytest.mark.parametrize("test", GUARDS)
def test_a_guard_fails_on_broken_code(test, rbds_file):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", str(TESTS / test)],
        env=os.environ | {"HIPSTUDY_BREAK": GUARDS[test]},
        cwd=TESTS.parent, capture_output=True, text=True,
    )  # fmt: skip
    assert rbds_file.exists()
    assert done.returncode == 1, f"{test} survives: {GUARDS[test]}\n{done.stdout[-500:]}"
    assert " failed" in done.stdout

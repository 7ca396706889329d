"""Whether the other usual analyses say the same of no difference, and whose file it is."""

import pytest

from hipstudy.resources import place
from hipstudy.studies import cohort_study
from hipstudy.studies.other_analyses import holds_zero, imputation, other_analyses, unshifted

EXAMPLE = place("data", "example_cohort.csv")
DEFAULT = place("data", "analysis_plan.toml")


@pytest.fixture(scope="module")
def study(example_study):
    return example_study


def test_both_other_analyses_of_the_example_hold_zero(study):
    assert study.primary.ci_high < 0 < study.other.ci_high
    assert other_analyses(study).around == ("mixed", "imputed")
    assert other_analyses(study).out == ()


def test_imputation_is_the_same_each_time_and_near_the_ancova(study):
    first, again = unshifted(imputation(study)), unshifted(imputation(study))
    assert first == again
    assert first[0] == pytest.approx(study.primary.estimate, abs=0.05)


@pytest.mark.parametrize(
    ("low", "high", "holds"), [(-1, 1, True), (0, 1, True), (0.1, 1, False), (-1, -0.1, False)]
)
def test_an_interval_holds_zero_where_zero_is_within(low, high, holds):
    assert holds_zero(low, high) is holds


def test_where_nobody_is_missing_nothing_is_imputed(tmp_path):
    import pandas as pd

    frame = pd.read_csv(EXAMPLE, dtype=str)
    there = frame.loc[frame["week"].astype(float) == 12, "runner_id"]
    frame[frame["runner_id"].isin(there)].to_csv(tmp_path / "whole.csv", index=False)
    found = other_analyses(cohort_study.run(cohort=str(tmp_path / "whole.csv")))
    assert "imputed" not in (*found.out, *found.around)
    assert "mixed" in (*found.out, *found.around)


def test_the_example_is_known_by_its_runners_of_whom_some_are_enough(tmp_path, study):
    import pandas as pd

    def is_example(frame):
        frame.to_csv(tmp_path / "some.csv", index=False)
        return cohort_study.run(cohort=str(tmp_path / "some.csv")).is_example

    assert study.is_example
    frame = pd.read_csv(EXAMPLE, dtype=str)
    some = frame[frame["runner_id"] <= "SYN-030"]
    assert is_example(some)
    assert is_example(some.assign(age_y="40"))
    assert not is_example(some.assign(mass_kg="70")), "others, written over the example's rows"
    assert not is_example(some.assign(runner_id=some["runner_id"].replace("SYN-001", "R1")))


def test_a_named_file_that_says_what_the_default_says_is_the_default(tmp_path):
    copy = tmp_path / "plan.toml"
    copy.write_text("# ours\n" + DEFAULT.read_text(encoding="utf-8"), encoding="utf-8")
    assert not cohort_study.run(cohort=str(EXAMPLE), analysis_plan=str(copy)).plan.prespecified

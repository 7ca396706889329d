"""A unit is suggested only where the number would be a likely one in it."""

import pytest

from hipstudy.cohort_file.likely_units import likely_units
from hipstudy.cohort_file.schema import columns, find
from hipstudy.cohort_file.word_tables import word_table


@pytest.mark.parametrize(
    ("column", "values", "words"),
    [
        ("mass_kg", [154], ["pounds: multiply by 0.4536"]),  # 69.9 kg
        ("mass_kg", [69_000], ["grams: divide by 1000"]),  # 69 kg; in pounds 31,298 kg
        # 690 lb are 313 kg, and 690 g 0.69 kg: neither is a runner.
        ("mass_kg", [690], ["kilograms without their decimal point: divide by 10"]),
        ("mass_kg", [9000], []),
        ("mass_kg", [3], []),
        ("end_range_torque_nm_kg", [60, 70], ["Nm: divide by body mass"]),
        ("end_range_torque_nm_kg", [400],
         ["N: multiply by the lever arm in m, and divide by body mass"]),
        ("end_range_torque_nm_kg", [99_999], []),
        ("tightness_nrs", [45], ["mm of a scale to 100: divide by 10"]),
        ("tightness_nrs", [450], []),
        ("age_y", [1985], ["a year of birth: subtract it from the year of baseline"]),
        ("age_y", [420], ["months: divide by 12"]),
        ("age_y", [3000], []),
        ("week", [84 * 7], ["days: divide by 7"]),
        ("thomas_ext_deg", [100], []),
    ],
)  # fmt: skip
def test_only_what_can_be(column, values, words):
    assert likely_units(find(column), values) == words


def test_every_unit_is_of_a_column_and_converts_or_has_a_range():
    for name, units in word_table("likely_units.toml").items():
        assert columns()[name].kind == "number"
        for unit in units:
            assert {"words"} < unit.keys() <= {"words", "times", "written"}

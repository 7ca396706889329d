"""A trial is added by one entry, without code; a wrong entry is told all that is wrong with it."""

import numpy as np
import pytest

from hipstudy import parameters
from hipstudy.errors import UsageProblems
from hipstudy.evidence import trials, validation

GOOD = """
[mine_2026]
title = "Stretching at our clinic"
role = "validation"
source = "https://doi.org/10.1000/mine"
population = "runners"
trained = true
protocol = "stretch 4x30 s daily x 6 wk"
outcome = "thomas_ext_deg"
published = "+2 deg (1 to 3)"
estimate = 2
low = 1.0
high = 3.0
unit = "deg"
interval = "read"
"""


def read(tmp_path, text, **more):
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return trials.read(path, **more)


def wrong(tmp_path, text, **more):
    with pytest.raises(UsageProblems) as found:
        read(tmp_path, text, **more)
    return [str(problem) for problem in found.value.problems]


def test_one_entry_is_enough(tmp_path):
    (case,) = read(tmp_path, GOOD)
    (found,) = validation.find_all([case], seed=0, n_draws=8)
    assert found.verdict == "hit"
    m = parameters.calibrated().medians
    day, session = 0.5 ** (1 / 7 / m["tolerance_half_life_wk"]), m["session_worth_d"] / 7
    rise = 1 - np.exp(-session / m["tolerance_time_constant_wk"])
    most = 1 - np.exp(-14 / m["tolerance_constant_min_wk"])
    steady = rise * most / (1 - (1 - rise) * day)  # a day's loss and a session's gain are alike
    by_hand = m["rom_reservoir_deg"] * m["rom_tolerance_share"] * steady
    assert found.predicted == pytest.approx(by_hand, rel=0.002), "nearly steady after six weeks"


ROLE, READ = 'role = "validation"', 'interval = "read"'
SOURCE = 'source = "https://doi.org/10.1000/mine"'
RULE = ": the rule: "
LIMITS = 'low = 1.0\nhigh = 3.0\nunit = "deg"\n'
BY_RULE = 'interval = "rule"\nhow = "a degree either way"'
# what is changed, into what, and what is said after the file and the case
WRONG = [
    (
        "low = 1.0",
        "lo = 1.0",
        ", lo: found '1.0'; there is no field lo. Did you mean l",
    ),
    ('"deg"', '"cm"', f"{RULE}unit is 'deg' for this outcome, form and scale"),
    ("low = 1.0", "low = 4.0", f"{RULE}low is below high"),
    ("low = 1.0\nhigh = 3.0\n", "", f"{RULE}low or high is needed, or both"),
    (READ, BY_RULE, f"{RULE}se is needed, the standard error of the estimate, with se_how: "),
    (
        f"estimate = 2\n{LIMITS}{READ}",
        LIMITS + BY_RULE.replace("rule", "derived"),
        f"{RULE}estimate is needed, the publish",
    ),
    (READ, f'{READ}\noverlaps = ["arntz_2024"]', "the name of a trial or review of the gallery"),
    (READ, f"{READ}\npooled = 0", ", pooled: found '0'; the rule: "),
    (READ, f"{READ}\nsd_low = 1", f"{RULE}sd_low and sd_high stand together, around sd"),
    (
        '"deg"',
        '"SD"\nscale = "sd"\nsd = 3\nsd_how = "read"\nsd_low = 4\nsd_high = 5',
        f"{RULE}sd_low and sd_high stand together, around sd",
    ),
    (READ, f"{READ}\nof_angle_ext_deg = 0", f"{RULE}torque_ratio needs of_angle_ext_deg too"),
    (READ, f"{READ}\nse = 0.5", f"{RULE}se and se_how stand together: se_how says how it was "),
    (READ, f'{READ}\nse_how = "read"', f"{RULE}se and se_how stand together: "),
    (READ, f'{READ}\nse = 0\nse_how = "read"', ", se: found '0'; the rule: "),
    ('"deg"', '"SD"\nscale = "sd"', f"{RULE}scale sd needs sd, the SD between the trial's own peo"),
    (READ, f'{READ}\nsd = 3\nsd_how = "read"', "in deg, with sd_how, and no other scale takes th"),
    (READ, f"{READ}\nparts_se = [1.0, 2.0]", f"{RULE}parts_se is for form ratio or course"),
    (READ, f"{READ}\nparts_se = [1.0, 0.0]", ", parts_se: found '[1.0, 0.0]'; the rule: two stan"),
    ("high = 3.0\n", "", f"{RULE}an interval that was read has both ends"),
    ("estimate = 2", "estimate = 7", f"{RULE}the estimate lies between low and high"),
    ("thomas_ext_deg", "tomas_ext_deg", ", outcome: found 'tomas_ext_deg'; the rule: "),
    ("4x30 s", "4x30 lb", ", protocol, "),
    (SOURCE, 'evidence = ["S999"]', ", evidence: found 'S999'; there is no such row in data/evi"),
    (
        SOURCE,
        'evidence = ["S999"]',
        "Leave evidence out and give source, the address of the pap",
    ),
    (SOURCE, "", f"{RULE}evidence or source is needed"),
    ("https://", "", ", source: found 'doi.org/10.1000/mine'; the rule: a DOI or page as an addr"),
    (READ, 'interval = "rule"', f"{RULE}how is needed: how the interval was derived, or the rule"),
    (READ, 'interval = "guess"', ", interval: found 'guess'; the rule: "),
    ("trained = true", 'trained = "yes"', ", trained: found 'yes'; the rule: "),
    ("trained = true\n", "", ", trained: found 'nothing'; this field is needed"),
    (ROLE, f"{ROLE}\nseen = ['rom_reservoir']", "rom_reservoir? Did you mean rom_reservoir_deg?"),
    (
        ROLE,
        f"{ROLE}\nsets = [3]",
        ", sets: found '[3]'; this field is gone: calibration cases move ",
    ),
    (ROLE, f"{ROLE}\nred_at = 9", ", red_at: found '9'; this field is gone: calibration cases mo"),
    (ROLE, f"{ROLE}\nsets = []", "Delete it; role says what the case is for."),
    (READ, f'{READ}\nform = "ratio"', f"{RULE}form difference or ratio needs a comparator, and"),
    (READ, f'{READ}\nform = "course"', f"{RULE}form course needs of_wk, and no other form"),
    (READ, f"{READ}\nof_wk = 3", f"{RULE}form course needs of_wk, and no other form takes it"),
    (READ, f"{READ}\nangle_ext_deg = 0", f"{RULE}torque_nm_kg and torque_ratio need angle_ext_de"),
    (READ, f"{READ}\nat_d = 2", f"{RULE}at_d is for torque_missing_pct, which needs it, and no"),
    (
        READ,
        f"{READ}\nat_wk = 7",
        ", at_wk: found '7'; the rule: 6 at the most, the end of the",
    ),
    (READ, f"{READ}\nagain_wk = 2", f"{RULE}again_wk needs a pause_wk"),
    ("low = 1.0", "low = nan", ", low: found 'nan'; the rule: "),
]


@pytest.mark.parametrize(("old", "new", "said"), WRONG)
def test_a_wrong_entry_is_told_so(tmp_path, old, new, said):
    assert old in GOOD
    found = wrong(tmp_path, GOOD.replace(old, new))
    assert any(said in line for line in found), found
    assert all(line.startswith("mine.toml, mine_2026") for line in found)


def test_an_interval_that_was_read_has_its_error_in_it(tmp_path):
    (case,) = read(tmp_path, GOOD)
    assert case.standard_error == pytest.approx(2 / 3.92)
    (other,) = read(tmp_path, GOOD.replace("estimate = 2\n", ""))
    assert other.point == case.point == 2
    (stated,) = read(tmp_path, f'{GOOD}se = 0.4\nse_how = "read"')
    assert stated.standard_error == 0.4


def test_one_trial_has_one_sd(tmp_path):
    scaled = GOOD.replace('"deg"', '"SD"\nscale = "sd"\nsd = 3.0\nsd_how = "read"')
    again = scaled.replace("mine_2026", "mine_2026_late")
    assert len(read(tmp_path, scaled + again)) == 2
    (said,) = wrong(tmp_path, scaled + again.replace("sd = 3.0", "sd = 4.0"))
    assert said == (
        "mine.toml, mine_2026_late, sd: found '4'; one trial has one SD: another case of mine_2026 "
        "has 3.0"
    )
    (case, other) = read(tmp_path, scaled + GOOD.replace("mine_2026", "mine_2026_raw"))
    assert validation.central(case) == pytest.approx(validation.central(other) / 3)


def test_a_name_says_who_and_when(tmp_path):
    (said,) = wrong(tmp_path, GOOD.replace("mine_2026", "mine"))
    assert said == (
        "mine.toml, mine: found 'mine'; the name of a case: first author, year and what it is of, "
        "as kerrigan_2003"
    )


def test_all_problems_of_all_entries_at_once(tmp_path):
    second = GOOD.replace("mine_2026", "yours_2026").replace("deg", "cm").replace("true", "1")
    found = wrong(tmp_path, GOOD.replace("low =", "lo =").replace("4x30", "4x3000") + second)
    assert sum("mine_2026" in line for line in found) >= 2
    assert sum("yours_2026" in line for line in found) >= 2


def test_one_trial_counts_once(tmp_path):
    again = GOOD.replace("mine_2026", "mine_2026_again").replace(ROLE, 'role = "calibration"')
    (said,) = wrong(tmp_path, GOOD + again)
    assert said == (
        "mine.toml, mine_2026_again, role: found 'calibration'; one trial counts once: mine_2026 "
        "is there as validation already"
    )
    (said,) = wrong(tmp_path, GOOD + GOOD.replace("mine_2026", "yours_2026"))
    assert (
        "one trial counts once: https://doi.org/10.1000/mine is there as mine_2026 already" in said
    )
    shipped = trials.shipped()
    kerrigan = GOOD.replace("mine_2026", "kerrigan_2003")
    assert any("already" in line for line in wrong(tmp_path, kerrigan, beside=shipped))


def test_what_is_no_file_of_trials_is_said(tmp_path):
    (said,) = wrong(tmp_path, "[mine_2026\n")
    assert said.startswith("trials: found 'mine.toml'; a file of trials in TOML is needed (")
    with pytest.raises(UsageProblems, match="No such file"):
        trials.read(tmp_path / "nowhere.toml")
    (said,) = wrong(tmp_path, "mine_2026 = 3\n")
    assert (
        said == "mine.toml, mine_2026: found '3'; a case stands under [mine_2026], one field a line"
    )

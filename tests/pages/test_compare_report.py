"""Sentences are printed only where they hold."""

import re
from itertools import pairwise
from types import SimpleNamespace

import pandas as pd
import pytest

from hipstudy.errors import UsageProblems
from hipstudy.pages import compare_report
from hipstudy.pages.compare_report.answer import is_matched
from hipstudy.pages.compare_report.comparison import words
from hipstudy.pages.shared import LEAST_SHARE, carrying, leading_factors
from hipstudy.prescription import design
from hipstudy.studies import compare_decisions, compare_study, sensitivity

SMALL = {"n_runners": 6, "weeks": 3}


@pytest.fixture(scope="module")
def small_study():
    return compare_study.run(**SMALL)


def test_the_assumed_sign_is_said_where_one_arm_contains_the_other():
    said = compare_report.assumed_sign(compare_study.run(**SMALL)).markdown
    assert said.startswith("**The sign of the unmatched comparison is assumed:**")


def test_it_is_not_said_where_it_is_not_so(tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text(design.to_toml("strength_plus_stretch").replace("holds = 4", "holds = 1"))
    study = compare_study.run(**SMALL, protocols=f"stretch_only, {mine}")
    said = compare_report.assumed_sign(study).markdown
    assert "assumed" not in said
    assert "neither arm contains the other" in said
    shown = compare_report.provenance(study).frame.set_index("What")["Which"]
    assert "mine.toml" in shown["Settings changed"]
    assert str(tmp_path) not in shown["Settings changed"]


def test_arms_of_unequal_weeks_are_not_matched(tmp_path):
    short = tmp_path / "short.toml"
    short.write_text(design.to_toml("stretch_only").replace("weeks = 12", "weeks = 6"))
    names = f"{short}, strength_plus_stretch"
    with pytest.raises(UsageProblems, match="6 and 12 weeks"):
        design.build([str(short), "strength_plus_stretch", design.STRETCH_MATCHED])
    study = compare_study.run(n_runners=6, protocols=names)
    assert not is_matched(study)
    assert "At unequal minutes a week" in compare_report.answer(study).sentence


def test_a_number_of_runners_that_is_not_used_is_said_in_the_details():
    unused = (
        "The number of runners to draw, 10, is not used: the 28 runners of the file are compared."
    )
    given = {"cohort": "rbds", "weeks": 2, "n_draws": 4, "protocols": "stretch_only, strength_only"}
    assert unused in compare_report.whom_in_full(compare_study.run(**given, n_runners=10)).markdown
    assert "runners to draw" not in compare_report.whom_in_full(compare_study.run(**given)).markdown


def test_two_arms_alike_are_not_told_apart():
    """The same work on the left and on the right: nobody is named, nothing is followed."""
    arms = "hip-flexor 3x10, left only, 3/wk x 3 wk | hip-flexor 3x10, right only, 3/wk x 3 wk"
    study = compare_study.run(**SMALL, protocols=arms)
    same = compare_study.run(
        **SMALL, protocols="stretch 4x30 s daily x 3 wk | stretch 4x30 s daily x 3 wk"
    )
    said = compare_report.answer(same).sentence
    assert said.endswith("the model gives both the same tightness.")
    driven = sensitivity.of_study(same)
    assert "hangs on nothing" in compare_report.hangs_on(same, driven).markdown
    assert compare_report.hangs_on_figure(driven).markdown == ""
    cells = compare_report.two_prescriptions(study).frame.iloc[0]
    assert [cell.rpartition(", ")[2] for cell in cells[1:]] == ["right only", "left only"]


def test_many_contrasts_make_every_figure_and_say_what_is_left_out():
    arms = "stretch_only, article_low, article_high, usual_running, strength_plus_stretch"
    study = compare_study.run(
        **SMALL, protocols=arms + " | hip-flexor 3x10, 3/wk x 3 wk; label Jane"
    )
    assert len(study.design.contrasts) > 3
    axes = compare_report.causes(study).figure.axes[0]
    assert len(axes.get_legend().get_texts()) == len(study.design.contrasts)
    assert "Only in the lines below: 2 more arms." in compare_report.prescription(study).caption
    assert "Not shown: " in compare_report.drivers(study).caption


def test_an_arm_of_ones_own_is_called_by_its_label():
    arms = "stretch_only | hip-flexor 3x10, 3/wk x 3 wk; name mine; label 'Jane and John'"
    study = compare_study.run(**SMALL, protocols=arms)
    assert "Jane and John (mine)" in compare_report.prescription(study).frame.columns


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hip-flexor 3x10 @9 kg, 3/wk x 3 wk", "with 9 kg: too much for 100 % of limbs"),
        ("hip-flexor 3x10 @5 kg, first 9 wk @bodyweight, 3/wk x 3 wk", "no added weight"),
        ("hip-flexor 3x10, first 1 wk @bodyweight, 3/wk x 3 wk", "no weight for 1 week, then"),
    ],
)
def test_what_is_asked_is_said_as_it_is(line, said):
    study = compare_study.run(**SMALL, protocols=f"stretch_only | {line}")
    cells = compare_report.prescription(study).frame.to_numpy().ravel()
    assert any(said in str(cell) for cell in cells)
    assert not any("near-maximal" in str(cell) for cell in cells)


def test_a_deficit_that_is_none_is_not_closed():
    for ends, said in {
        (-20, -5): "the deficit is not closed, from −20 % to −5 %",
        (-20, 1): "the deficit closes, from −20 % to 1 %",
        (7, 20): "no deficit to close, from 7 % to 20 %",
    }.items():
        assert words("deficit", start_pct=ends[0], end_pct=ends[1]) == said


def test_few_real_runners_are_not_shown_spreading(rbds_file, tmp_path):
    lines = rbds_file.read_text(encoding="utf-8").splitlines()
    half = tmp_path / "half.txt"
    half.write_text("\n".join(lines[:169]) + "\n", encoding="utf-8")
    few = compare_study.run(cohort=str(half), weeks=3)
    assert "would tell about single people" in compare_report.weeks(few).caption
    assert "would tell about single people" in compare_report.same_runner(few).markdown
    assert compare_decisions.change_spread(few).empty
    whole = compare_study.run(cohort=str(rbds_file), weeks=3)
    assert "Bracket" in compare_report.weeks(whole).caption


SHARES = pd.DataFrame(
    [
        ("causal_share", 0.99, 0.86, 1.12),
        ("link_sd_per_sd", 0.02, -0.01, 0.05),
        ("dose_constant_sets_wk", 0.009, 0.0, 0.01),
    ],
    columns=["factor", "total", "total_low", "total_high"],
).assign(answer="tightness_nrs weak")


def test_what_carries_under_a_hundredth_is_not_named_and_no_share_is_past_all():
    driven = SimpleNamespace(indices=SHARES)
    rows = carrying(driven, "tightness_nrs weak", 3)
    assert rows["factor"].tolist() == ["causal_share", "link_sd_per_sd"]
    assert (rows["total"] >= LEAST_SHARE).all()
    assert leading_factors(driven, "tightness_nrs weak", 3) == (
        "“share of the link that is causal” (99 %, 86 to 100), "
        "“link, cause to tightness” (2 %, 0 to 5)"
    )


def test_a_break_even_share_that_none_is_says_so(small_study):
    frame = compare_report.break_even(small_study).frame
    never = frame[frame["Draws with no such share"] == "100 %"]
    assert len(never)
    assert set(never["Break-even share"]) == set(never["95 % band"]) == {"no share suffices"}
    cells = frame[["Break-even share", "95 % band"]].to_numpy().ravel()
    assert not any(re.search(r"\bnone\b", cell) for cell in cells)
    said = {
        ("5 %", "40 %", True): "5 % to 40 %",
        ("5 %", "no share suffices", False): "from 5 % to where no share suffices",
    }
    for (low, high, reached), band in said.items():
        assert words("break_even_band", low=low, high=high, is_reached=reached) == band


def test_the_caption_counts_the_correlations_that_chance_does_not_give(small_study):
    table = compare_report.uncertain_numbers(small_study)
    noise = float(re.search(r"up to ±([\d.]+)", table.caption)[1])
    numbers = [one for one in table.frame["Correlation"] if one != "not used"]
    beyond = sum(abs(float(one.replace("−", "-"))) > noise for one in numbers)
    assert 0 < beyond < len(numbers)
    assert f"{beyond} of {len(numbers)} lie" in table.caption
    (spike,) = table.frame.loc[
        table.frame["Number"] == "share of the link that is causal", "Could be"
    ]
    assert spike == "0 in 50 % of draws, else up to 1"


def test_one_point_is_one_point_and_a_surface_s_ends_are_from_and_to(small_study):
    assert "A margin of 1 point" in compare_report.trial(small_study).frame["To see"].tolist()
    caption = compare_report.surface(small_study).caption
    assert re.search(r"from −?\d+ % to −?\d+ %", caption)
    assert not re.search(r"\(−?\d+ % to", caption)


def test_no_unit_stands_twice_in_the_sources():
    cells = compare_report.sources().frame.set_index("Id")
    assert cells.loc["S010", "Value"] == "minimum at 0, maximum at 105 deg hip flexion"
    assert cells.loc["S037", "Value"].strip() == "back to baseline by day 18"
    assert cells.loc["S110", "Population"] == "musculoskeletal model"
    for value in cells["Value"]:
        parts = value.split()
        assert not any(one == other for one, other in pairwise(parts)), value

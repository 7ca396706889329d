"""Sentences are printed only where they hold."""

import pytest

from hipstudy import compare, design, pages
from hipstudy.pages.answer import counts, is_matched
from hipstudy.parameters import shipped
from hipstudy.problems import UsageProblems

SMALL = {"n_runners": 6, "weeks": 3}


def test_the_assumed_sign_is_said_where_one_arm_contains_the_other():
    said = pages.assumed_sign(compare.run(**SMALL)).markdown
    assert said.startswith("**The sign of the unmatched comparison is assumed:**")


def test_it_is_not_said_where_it_is_not_so(tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text(design.to_toml("strength_plus_stretch").replace("holds = 4", "holds = 1"))
    study = compare.run(**SMALL, protocols=f"stretch_only, {mine}")
    said = pages.assumed_sign(study).markdown
    assert "assumed" not in said
    assert "neither arm contains the other" in said
    shown = pages.provenance(study).frame.set_index("What")["Which"]
    assert "mine.toml" in shown["Settings changed"]
    assert str(tmp_path) not in shown["Settings changed"]


def test_arms_of_unequal_weeks_are_not_matched(tmp_path):
    short = tmp_path / "short.toml"
    short.write_text(design.to_toml("stretch_only").replace("weeks = 12", "weeks = 6"))
    names = f"{short}, strength_plus_stretch"
    with pytest.raises(UsageProblems, match="6 and 12 weeks"):
        design.build([str(short), "strength_plus_stretch", design.STRETCH_MATCHED])
    study = compare.run(n_runners=6, protocols=names)
    assert not is_matched(study)
    assert pages.answer(study).sentence.startswith("At unequal minutes a week")


def test_the_count_takes_only_numbers_the_answer_can_depend_on():
    known, assumed = counts()
    assert 0 < known < assumed
    assert known + assumed < len(shipped())

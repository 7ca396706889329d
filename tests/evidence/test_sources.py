"""Every assumption has the study that would replace it."""

import pytest

from hipstudy.errors import DataProblems
from hipstudy.evidence import sources
from hipstudy.parameters import shipped
from hipstudy.resources import place


def test_every_assumption_stands_under_one_study():
    assumed = {name for name, row in shipped().items() if row.assumed}
    assert set(sources.by_parameter()) == assumed
    assert len(sources.shipped()) > 20
    for one in sources.shipped():
        assert len(one.what) > 30
        assert one.replaces


def test_a_number_with_a_spread_is_no_convention():
    kept = next(s for s in sources.shipped() if s.name == sources.CONVENTIONS)
    assert all(shipped()[name].low == shipped()[name].high for name in kept.replaces)


def test_a_wrong_file_is_told_all_at_once(tmp_path):
    text = place("data", "studies.toml").read_text(encoding="utf-8")
    text = text.replace('"cross_education_share"', '"cross_education", "side_r", "protection_wk"')
    text += '\n[more]\nstudy = "one"\n'
    path = tmp_path / "studies.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataProblems) as found:
        sources.read(path)
    said = [str(problem).removeprefix("studies.toml") for problem in found.value.problems]
    mend = "there is no parameter of this name. Did you mean cross_education_share?"
    every = "the rule: every assumption stands under the study that would replace it"
    assert said == [
        f", one_side, replaces: found 'cross_education'; {mend}",
        ", one_side, replaces: found 'side_r'; it rests on RBDS03 doi:10.7717/peerj.3298",
        ", protection, replaces: found 'protection_wk'; it stands under one_side already",
        ", more: found \"{'study': 'one'}\"; the rule: study and replaces, and no other field",
        f": found 'cross_education_share'; {every}",
    ]

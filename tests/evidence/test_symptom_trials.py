"""One row adds a trial; a wrong file is told everything that is wrong in it."""

import pytest

from hipstudy.errors import UsageProblems
from hipstudy.evidence import outside_view, symptom_trials
from hipstudy.resources import place

HEAD = "id,study,class,first,second,difference_nrs,low_nrs,high_nrs,se_nrs,use,link,note"
GOOD = "MINE1,Our clinic 2026,strength_vs_stretch,strength,stretching,-0.5,-1.5,0.5,,,,"


def read(tmp_path, *rows, head=HEAD, **more):
    path = tmp_path / "mine.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return symptom_trials.read(path, **more)


def wrong(tmp_path, *rows, **more):
    with pytest.raises(UsageProblems) as caught:
        read(tmp_path, *rows, **more)
    return [str(problem) for problem in caught.value.problems]


def test_one_row_adds_a_trial(tmp_path):
    (one,) = read(tmp_path, GOOD)
    assert one.standard_error == pytest.approx(2 / 3.92)
    assert (one.use, one.is_low_quality, one.reading) == ("pooled", "no", "abstract")
    before = outside_view.read().pooled("strength_vs_stretch", "reported").k
    view = outside_view.read(str(tmp_path / "mine.csv"))
    assert view.pooled("strength_vs_stretch", "reported").k == before + 1


def test_a_file_saved_with_semicolons_is_read_too(tmp_path):
    (one,) = read(tmp_path, GOOD.replace(",", ";"), head=HEAD.replace(",", ";"))
    assert one.difference_nrs == -0.5


def test_the_head_of_the_module_names_every_column_that_is_shipped():
    text = place("data", "symptom_trials.csv").read_text(encoding="utf-8")
    head = text.partition("\n")[0].split(",")
    assert head == symptom_trials._NAMES
    for name in head:
        assert f"{name}" in symptom_trials.__doc__, name


def changed(old, new):
    assert old in GOOD
    return GOOD.replace(old, new)


WRONG = [
    (changed("-0.5", "x"), "mine.csv, row 2, column difference_nrs: found 'x'; the rule: "),
    (changed("-0.5", "0.7"), "row 2: the rule: difference_nrs lies between low_nrs and high_nrs"),
    (changed("-1.5,0.5", "0.5,-1.5"), "row 2: the rule: low_nrs is below high_nrs"),
    (changed("-1.5,0.5", ",0.5"), "row 2: the rule: low_nrs and high_nrs stand together"),
    (changed("-1.5,0.5", ","), "row 2: the rule: se_nrs is needed, or low_nrs and high_nrs"),
    (
        changed("-1.5,0.5,", ",,0"),
        "column se_nrs: found '0'; the rule: a standard error above 0, s",
    ),
    (changed("0.5,,", "0.5,2,"), "row 2: the rule: se_nrs is about (high_nrs - low_nrs) / 3.92"),
    (changed("-0.5,", ","), "row 2: the rule: difference_nrs is needed, unless use is listed"),
    (changed(",,,,", ",,null,,"), "row 2: the rule: use null has difference_nrs 0, se_nrs, and no"),
    (changed(",,,,", ",,listed,,"), "row 2: the rule: use listed needs a note that says why"),
    (changed(",,,,", ",,,http://10.0.0.1/a,"), "column link: found 'http://10.0.0.1/a'; the rule"),
    (changed(",,,,", ",,,doi.org/10.1,"), "column link: found 'doi.org/10.1'; the rule: a DOI or"),
    (changed("strength_vs_stretch", "a"), "column class: found 'a'; the rule: "),
    (changed("MINE1", ""), "row 2, column id: found 'nothing'; this field is needed"),
    (GOOD + ",,", "row 2: there are more cells than columns; a text with a comma in it needs quo"),
    (changed(",,,,", ",,maybe,,"), "column use: found 'maybe'; the rule: "),
]


@pytest.mark.parametrize(("row", "said"), WRONG)
def test_a_wrong_row_is_told_so(tmp_path, row, said):
    found = wrong(tmp_path, row)
    assert any(said in line for line in found), found


def test_all_problems_come_in_one_go(tmp_path):
    again = changed("MINE1", "SYM001")
    found = wrong(tmp_path, changed("-0.5", "9"), again, GOOD, beside=symptom_trials.shipped())
    assert len(found) == 2, "of row 2 and of the code of row 3"
    found = wrong(tmp_path, GOOD, GOOD)
    assert found == ["mine.csv, row 3, column id: found 'MINE1'; this code is there already"]


def test_one_paper_is_pooled_once(tmp_path):
    link = next(one.link for one in symptom_trials.shipped() if one.id == "SYM006")
    found = wrong(tmp_path, changed(",,,,", f",,,{link},"), beside=symptom_trials.shipped())
    assert "one trial counts once: its paper is there as SYM006 already" in found[0]


def test_a_wrong_head_is_told_so(tmp_path):
    found = wrong(tmp_path, GOOD, head=HEAD.replace("se_nrs", "se_nr").replace("id,", "note,", 1))
    assert (
        "mine.csv, head: found 'se_nr'; there is no column of this name. Did you mean" in found[0]
    )
    assert "mine.csv, head: found 'note'; this column stands there twice" in found
    assert "mine.csv, head: the column id is needed" in found


def test_what_is_no_table_is_told_so(tmp_path):
    with pytest.raises(
        UsageProblems, match=r"symptom_trials: found 'gone\.csv'; a CSV file of tri"
    ):
        symptom_trials.read(tmp_path / "gone.csv")
    assert "a head and at least one row are needed" in wrong(tmp_path)[0]
    path = tmp_path / "odd.csv"
    path.write_bytes(b"id,study\n\xe4\xf6\n")
    with pytest.raises(UsageProblems, match=r"found 'odd\.csv'"):
        symptom_trials.read(path)

"""The test sheet: one page, with every column that is measured, its unit and its rule."""

import pytest
from pdf_reading import pages_of, structure, text

from hipstudy.cli import main
from hipstudy.cohort_file.schema import columns, own_names
from hipstudy.errors import UsageProblems
from hipstudy.handout.visit_sheet import FILE, sheet_facts, write_sheet


@pytest.mark.parametrize(("paper", "width"), [("a4", 595), ("us-letter", 612)])
def test_the_sheet_is_one_page_of_its_paper(tmp_path, paper, width):
    reader = pages_of(write_sheet(tmp_path / "sheet.pdf", paper=paper))
    (page,) = reader.pages
    assert round(float(page.mediabox.width)) == width
    tags = [tag for tag, _ in structure(reader)]
    assert tags.count("/H1") == 1
    assert "/TH" in tags


def test_every_column_has_its_name_unit_and_rule_on_the_sheet(tmp_path):
    said = text(pages_of(write_sheet(tmp_path / "sheet.pdf"))).casefold()
    plain = said.replace(" ", "")
    for name in own_names():
        assert name == "side" or name in said
        column = columns()[name]
        if column.need == "outcome":
            assert column.meaning.casefold().replace(" ", "") in plain
            assert column.how.casefold().replace(" ", "") in plain
            assert column.unit.casefold() in said
    assert "48 hours or more after stretching and 72 hours or more after a loaded session" in said
    assert "no name, no birth date" in said


def test_each_side_has_a_field_of_its_own():
    facts = sheet_facts()
    assert facts["sides"] == ["left", "right"]
    rows = {row["name"]: row for row in facts["rows"]}
    assert rows["pelvis_controlled"]["choices"] == "yes / no"
    assert rows["thomas_ext_deg"]["span"] == "\u221260 to 60"
    assert not rows.keys() & {row["name"] for row in facts["runner"]}


def test_the_command_writes_them_and_nothing_is_overwritten(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["template", "--sheet"]) == 0
    assert main(["template", "--redcap"]) == 0
    out = capsys.readouterr().out.split()
    assert out == [FILE, "cohort_DataDictionary.csv"]
    assert main(["template", "--sheet"]) == 2
    for wrong in (["--redcap", "--csv"], ["--redcap", "--paper", "a4"], ["--sheet", "--out", "a"]):
        assert main(["template", *wrong]) == 2
    with pytest.raises(UsageProblems, match=r"end in \.pdf"):
        write_sheet(tmp_path / "a.docx")

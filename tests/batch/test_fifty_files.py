"""A folder with broken files: the others are reported, the broken explained, the exit code is 1."""

import shutil

import batched
import pytest

from hipstudy.cli.app import main
from hipstudy.resources import place

BROKEN = {
    "empty.csv": b"",
    "half.xlsx": b"PK\x03\x04 and no more",
    "ratings.csv": b"runner_id,side,arm,week,tightness_nrs\nr1,left,a,0,250\n",
}


def test_a_broken_file_of_five_stops_none(tmp_path, capsys):
    path = batched.notebook(tmp_path)
    for k in range(2):
        batched.cohort(tmp_path / f"in/clinic {k}/märz.csv", k)
    (tmp_path / "in/broken.csv").write_text("x\n1\n")
    words = ["report", path, "--each", str(tmp_path / "in"), "--out", str(tmp_path / "out")]
    assert main([*words, "--workers", "1"]) == 1
    out, err = capsys.readouterr()
    assert out.strip() == str(tmp_path / "out/index.html")
    assert "2 made now, 0 as before, 1 not made." in err
    assert err.splitlines()[-2] == "broken.csv:"
    assert "KeyError: 'tightness_nrs'" in err.splitlines()[-1]
    assert len(list((tmp_path / "out").glob("clinic-*-märz-csv/mine.pdf"))) == 2
    assert main([*words, "--workers", "1"]) == 1
    assert "0 made now, 2 as before, 1 not made." in capsys.readouterr().err


@pytest.mark.validate
def test_of_fifty_cohort_files_three_broken_ones_are_explained(tmp_path, capsys):
    folder = tmp_path / "in"
    folder.mkdir()
    for k in range(47):
        shutil.copy(place("data", "example_cohort.csv"), folder / f"clinic {k:02}.csv")
    for name, content in BROKEN.items():
        (folder / name).write_bytes(content)
    words = ["report", "compare", "--each", str(folder), "--out", str(tmp_path / "out")]
    assert main([*words, "--date", "2031-04-09"]) == 1
    err = capsys.readouterr().err
    assert "47 made now, 0 as before, 3 not made." in err
    for name in BROKEN:
        assert f"{name}:\n  {name}" in err
    assert len(list((tmp_path / "out").glob("*/compare.pdf"))) == 47

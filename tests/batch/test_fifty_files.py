"""A folder with broken files: the others are reported, the broken explained, the exit code is 1."""

import batched
import pytest

from hipstudy.cli.app import main

BROKEN = {"empty.csv": b"", "half.xlsx": b"PK\x03\x04 \xff", "other.csv": b"x\n1\n"}


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
def test_of_fifty_files_three_broken_ones_are_explained(tmp_path, capsys):
    path = batched.notebook(tmp_path)
    for k in range(47):
        batched.cohort(tmp_path / f"in/clinic {k:02}.csv", k)
    for name, content in BROKEN.items():
        (tmp_path / "in" / name).write_bytes(content)
    words = ["report", path, "--each", str(tmp_path / "in"), "--out", str(tmp_path / "out")]
    assert main([*words, "--workers", "2"]) == 1
    err = capsys.readouterr().err
    assert "47 made now, 0 as before, 3 not made." in err
    for name in BROKEN:
        assert f"{name}:\n  the notebook stopped in the cell" in err
    assert len(list((tmp_path / "out").glob("*/mine.pdf"))) == 47
    table = (tmp_path / "out/tables/effects.csv").read_text(encoding="utf-8")
    assert len(table.splitlines()) == 1 + 47

"""`hipstudy explore` and `--explorer` at the command line, and what they refuse at once."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest
import tiny

from hipstudy.cli.app import main
from hipstudy.explore import state
from hipstudy.explore.live import server
from hipstudy.explore.one_file import export
from hipstudy.explore.one_file.dose_grid import Steps
from hipstudy.explore.opening import opening

FEW = Steps((0, 2), (1,), ("unloaded", "near-failure"), (0, 20))


@pytest.fixture
def say(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*words):
        code = main([str(word) for word in words])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def quick(monkeypatch):
    """A grid of few doses."""
    monkeypatch.setattr(export, "Steps", lambda: FEW)


@pytest.fixture
def served(monkeypatch):
    """What would be served, instead of serving it."""
    calls = []
    monkeypatch.setattr(server, "open_explorer", lambda **given: calls.append(given))
    return calls


@pytest.mark.usefixtures("quick")
def test_export_writes_one_file_and_prints_its_path(say):
    lines = state.start(n_runners=20).address().replace("x+12+wk", "x+2+wk")
    code, out, err = say(
        "explore", "--export", "page.html", "--runners", "20", "--link", f"?{lines}"
    )
    assert (code, out) == (0, "page.html\n")
    assert "running every dose of the grid" in err
    assert "\r" not in err, "plain lines, since this is no terminal"
    text = Path("page.html").read_text(encoding="utf-8")
    assert "<b>20 runners, 40 limbs</b>" in text
    assert "2 weeks" in text


@pytest.mark.usefixtures("quick")
def test_export_of_a_cohort_file(say, rbds_file):
    code, out, _ = say("explore", "--export", "page.html", "--cohort", rbds_file)
    assert (code, out) == (0, "page.html\n")
    text = Path("page.html").read_text(encoding="utf-8")
    assert "28 runners, 56 limbs" in text
    assert str(rbds_file.parent) not in text


def test_export_refuses_in_sentences(say, tmp_path):
    bad = tmp_path / "mine.csv"
    bad.write_text("runner_id,side,week,thomas_ext_deg\nr1,left,0,95\n")
    code, _, err = say("explore", "--export", "page.html", "--cohort", bad)
    assert code == 1
    assert "'95'" in err
    assert say("explore", "--export", "page.html", "--cohort", "none.csv")[0] == 2
    code, _, err = say("explore", "--export", "page.txt")
    assert code == 2
    assert "page: found 'page.txt'; a file name that ends in .html is needed" in err
    code, _, err = say("explore", "--export", "page.html", "--port", "80")
    assert code == 2
    assert "--export opens nothing: leave --no-browser and --port away." in err
    assert not [path for path in tmp_path.iterdir() if path != bad]


@pytest.mark.usefixtures("quick")
def test_an_explorer_beside_a_report_is_of_its_settings(say, tmp_path):
    lines = "stretch 4x30 s daily x 1 wk; name base | hip-flexor 2x8 @5 kg, 2/wk x 1 wk; name mine"
    settings = ("-p", "protocols", lines, "-p", "n_runners", "10", "-p", "adherence", "0.9")
    code, out, _ = say("report", "compare", *settings, "--explorer", "--out", "r")
    assert (code, out.strip()) == (0, str(Path("r", "compare.pdf")))
    text = (tmp_path / "r" / "explorer.html").read_text(encoding="utf-8")
    assert "<b>10 runners, 20 limbs</b>" in text
    assert "hip-flexor 2x8 @5 kg, 2/wk" in text
    assert "90 % of sessions done" in text


def test_an_explorer_that_cannot_be_made_leaves_no_report(say, monkeypatch, tmp_path):
    def broken(*_, **__):
        raise RuntimeError("no page")

    monkeypatch.setattr(export, "page", broken)
    monkeypatch.setattr("hipstudy.report.execute.execute", lambda *_: tiny.executed())
    lines = "stretch 4x30 s daily x 1 wk; name base | no exercise x 1 wk; name mine"
    code, _, err = say(
        "report", "compare", "-p", "protocols", lines, "-p", "n_runners", "5", "--explorer"
    )
    assert code == 1
    assert "no page" in err
    assert not (tmp_path / "reports").exists()


def test_an_explorer_goes_with_no_other_report(say, tmp_path):
    code, _, err = say("report", "cohort", "--explorer")
    assert code == 2
    assert err.strip() == (
        "--explorer: found 'cohort'; an explorer goes with a comparison of prescriptions. "
        "Leave it out, or make the report compare."
    )
    assert list(tmp_path.iterdir()) == []
    assert say("report", "--explorer")[0] == 2


def test_the_word_rbds_needs_no_file(say, served, tmp_path):
    code, *_ = say("explore", "--cohort", "rbds", "--no-browser")
    assert (code, served[0]["cohort"]) == (0, "rbds")
    assert list(tmp_path.iterdir()) == []
    assert "28 runners" in opening("live", cohort="rbds", n_runners=20, seed=0).page["who"]


def test_live_hands_on_what_was_asked(say, served, rbds_file):
    code, *_ = say("explore", "--cohort", rbds_file, "--no-browser", "--port", "9000")
    assert code == 0
    assert served[0]["cohort"] == str(rbds_file)
    assert (served[0]["browser"], served[0]["port"]) == (False, 9000)
    link = "http://127.0.0.1:8866/?outcome=soreness_nrs"
    say("explore", "--link", link, "--runners", "30")
    assert (served[1]["query"], served[1]["n_runners"]) == ("outcome=soreness_nrs", 30)


def test_an_address_that_was_cut_off_is_said(say, served):
    whole = "http://127.0.0.1:8866/?" + state.start().address()
    code, _, err = say("explore", "--link", whole)
    assert (code, err) == (0, "")
    cut = whole.split("&")[0]
    code, _, err = say("explore", "--link", cut)
    assert code == 0
    assert err == (
        "--link: b, outcome, prior, speed are not in it and stay as the explorer opens. If the "
        "address was cut off: Copy it whole from an open page, and put it in quotes: "
        '--link "ADDRESS".\n'
    )
    assert len(served) == 2
    for link in ("http://127.0.0.1:8866/?token=secret", "ADDRESS"):
        code, _, err = say("explore", "--link", link)
        assert code == 2
        assert "an address without settings" in err
        assert "secret" not in err
    assert len(served) == 2


def test_live_refuses_before_it_serves(say, served):
    code, _, err = say("explore", "--cohort", "none.csv")
    assert code == 2
    assert "none.csv" in err
    code, _, err = say("explore", "--link", "?outcome=tightnes_nrs")
    assert code == 2
    assert "Did you mean tightness_nrs?" in err
    assert say("explore", "--cohort", " ")[0] == 2
    for where in ((), ("--export", "page.html")):
        code, _, err = say("explore", "--link", "http://127.0.0.1/?a=" + 70_000 * "x", *where)
        assert code == 2
        assert "70,002 characters" in err
        assert len(err) < 300
    assert served == []


@pytest.mark.parametrize("options", [(), ("--export", "page.html")])
@pytest.mark.parametrize("link", ["http://127.0.0.1:8866/?a={}", "?{}", "{}", "?x={}"])
def test_a_link_that_is_far_too_long_is_a_sentence(say, served, link, options):
    code, out, err = say("explore", "--link", link.format("x" * 70_000), *options)
    assert (code, out) == (2, "")
    assert err.startswith("address: found '70,00")
    assert "settings take at most 8,000 characters" in err
    assert len(err) < 300
    assert served == []


def test_a_port_that_is_taken_is_said(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "hipstudy", "explore", "--no-browser", "--port", str(port)],
            cwd=tmp_path, capture_output=True, text=True, timeout=600,
        )  # fmt: skip
    assert done.returncode == 2
    assert f"--port: found '{port}'; it is in use. Leave --port out" in done.stderr

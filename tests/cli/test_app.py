"""The command line: what it says, what it returns, and what it leaves behind."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
import tiny
from pypdf import PdfReader
from terminal import HEARING

from hipstudy import __version__
from hipstudy.cli.app import main
from hipstudy.model import capacity
from hipstudy.prescription import protocol, shorthand
from hipstudy.report import catalogue

SLOW = """\
import os, signal, time
with open("pid", "w") as file:
    file.write(str(os.getpid()))
os.rename("pid", "kernel.pid")
signal.signal(signal.SIGINT, signal.SIG_IGN)  # a busy cell does not listen
time.sleep(3600)"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def notebooks(tmp_path_factory, monkeypatch):
    """Two reports on the shelf, a copy of one, and a notebook that is none."""
    folder = tmp_path_factory.mktemp("notebooks")
    monkeypatch.setattr(catalogue, "place", lambda *_: folder)
    tiny.write(folder / "01_compare.ipynb", *tiny.GOOD, report="compare")
    tiny.write(folder / "02_evidence.ipynb", ("markdown", "# What is known"), report="evidence")
    tiny.write(folder / "01_compare-Copy1.ipynb", ("markdown", "# A copy"), report="compare")
    tiny.write(folder / "03_notes.ipynb", ("markdown", "# Notes"))
    return folder


@pytest.fixture
def say(capsys):
    """Run a command; return its exit code, standard output and standard error."""

    def run(*words):
        code = main([str(word) for word in words])
        return code, *capsys.readouterr()

    return run


def files(folder):
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_alone_it_says_the_few_things_one_can_do(say):
    code, out, err = say()
    assert (code, err) == (0, "")
    assert "hipstudy report compare --cohort rbds" in out
    assert len(out.splitlines()) < 13


def test_version_and_help(say):
    assert say("--version") == (0, f"hipstudy {__version__}\n", "")
    code, out, _ = say("report", "--help")
    assert code == 0
    for word in ("--cohort FILE", "-p NAME VALUE", "--out DIR", "us-letter", "--parameters"):
        assert word in out


def test_report_alone_lists_the_reports(say, notebooks):
    code, out, _ = say("report")
    assert code == 0
    assert [line.split(maxsplit=1) for line in out.splitlines()] == [
        ["report", "title"],
        ["compare", "A tiny report"],
        ["evidence", "What is known"],
    ]
    assert notebooks.exists()


@pytest.mark.usefixtures("notebooks")
def test_parameters_are_listed_with_nothing_cut(say):
    code, out, _ = say("report", "compare", "--parameters")
    assert code == 0
    rows = {line.split()[0]: re.split(r"\s{2,}", line) for line in out.splitlines()}
    assert rows["name"] == ["name", "unit", "range", "default", "meaning"]
    assert rows["weeks"] == ["weeks", "weeks", "1 to 52", "empty", "empty: as prescribed"]


@pytest.mark.usefixtures("notebooks")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["report", "compar"], "Did you mean compare?"),
        (["report", "x.ipynb"], "no such file"),
        (["report", "compare", "-p", "weaks", "6"], "Did you mean weeks?"),
        (["report", "compare", "-p", "weeks", "6.5"], "a whole number is needed"),
        (["report", "compare", "-p", "weeks", "-3"], "within 1 to 52"),
        (
            ["report", "compare", "-p", "weeks=8", "-p", "name=a b", "--out", "x"],
            "found 'weeks=8', 'name=a b'; write -p weeks 8 -p name 'a b'",
        ),
        (["report", "compare", "-pweeks=", "8"], "found 'weeks='; write -p weeks VALUE"),
        (["report", "compare", "--cohort", "x.txt"], "found 'x.txt'; no such file"),
        (["report", "compare", "--cohort", "a", "-p", "cohort", "b"], "Give it once."),
        (["report", "evidence", "--cohort", "x.txt"], "It takes none."),
        (["report", "compare", "--paper", "a5"], "'a5' is not one of"),
        (["report", "-p", "weeks", "6"], "Which report?"),
        (["report", "compare", "more"], "unexpected extra argument"),
        (["repport"], "Did you mean"),
        (["report", "compare", "--cohrt", "x"], "Did you mean"),
        (["lab", "--port", "http"], "not a valid integer"),
        (["template", "--csv", "--xlsx"], "give one of them"),
        (["template", "--csv", "--out", "a.xlsx"], "has to end in .csv"),
        (["template", "--out", "no/a.csv"], "the folder has to be there"),
        (["template", "--out", ""], "found 'nothing'"),
        (["example", "--out", "a.xlsx"], "has to end in .csv"),
        (["check"], "Missing argument 'FILE'"),
        (["check", "no.csv"], "found 'no.csv'; there is no such file"),
        (["check", "."], "this is a folder"),
        (["check", "no.csv", "--out", "a.csv"], "a file whose name ends in .html"),
        (["check", "no.csv", "--out", ""], "a file whose name ends in .html"),
        (["check", "no.csv", "--mapping", "no.toml"], "found 'no.toml'; there is no such file"),
        (["check", "no.csv", "--suggest-mapping"], "there is no such file"),
        (["check", "a.csv", "--suggest-mapping", "--out", "a.html"], "checks nothing"),
    ],
)
def test_wrong_use_is_2_and_says_what_is_right(say, folder, words, said):
    code, out, err = say(*words)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err
    assert list(folder.iterdir()) == []


EVERYDAY_SLIPS = [
    ("compare -p weeks 8 weeks -p sets 2", "a value of several words stands in quotes"),
    ("compare -p weeks", "-p takes a name and a value, such as -p weeks 8"),
    ("compare --stretch-min-wk 9", "a setting is written with -p: -p stretch_min_wk VALUE."),
    ("compare -p protocols 'strength_only stretch_only'",
     "arms have commas between. Write strength_only, stretch_only."),
    ("compare -p protocols 'Strength_only vs. stretch_only; article_low'",
     "Write strength_only, stretch_only, article_low."),
    ("compare -p protocols 'stretch_only strength_only Stretch_only'",
     "arms have commas between, and each is named once. Write stretch_only, strength_only."),
    ("compare -p protocols 'stretch_only stretch_only'",
     "each is named once. Name stretch_only once, and any other arm after a comma."),
    ("compare -p lever Leg-lever", "Did you mean leg-lever?"),
    ("compare -p language German", "de (German)"),
    ("compare -p cause_prior '1 1 1 1'", "with commas between, such as 2, 1, 1, 1"),
    ("compare -p cohort rbd", "no such file in this folder. Did you mean rbds, the open data?"),
    ("compare -p adherence 80", "where 0.8 is 80 %. Write 0.8."),
    ("dose -p adherence 80%", "where 0.8 is 80 %. Write 0.8."),
    ("dose -p sets 1-5", "with commas between, such as 1, 2, 3"),
    ("evidence -p samples 1,024", "Write 1024."),
    ("compare -p sets three", "sets: found 'three'; a whole number is needed. Write 3."),
    ("compare -p weeks 'Twelve weeks'", "Write 12."),
    ("compare -p load '9,5 kg'", "Write 9.5 kg. The largest weight"),
    ("compare -p load 9,5", "Write 9.5 kg. The largest weight"),
    ("compare -p load '12 kilos'", "Write 12 kg. The largest weight"),
    ("dose -p loads 'unloaded, 12 kilos'", "Write 12 kg. The largest weight"),
    (f"compare -p protocols \"stretch_only | stretch 4x30 s daily x 4 wk; label '{'a b ' * 20}'\"",
     "the rule: at most 60 letters, blanks counted; this has 80"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "said"), EVERYDAY_SLIPS, ids=[one for one, _ in EVERYDAY_SLIPS])
def test_everyday_slips_are_answered_with_what_to_type(say, folder, words, said):
    code, out, err = say("report", *shlex.split(words))
    assert (code, out) == (2, "")
    assert said in err
    assert list(folder.iterdir()) == []


ARMS_APART = "stretch_only | strength_only | hip-flexor 3x10, range 0 to 5 deg, 3/wk x 12 wk"


@pytest.mark.parametrize("load", ["60", "9,5 kg"])
def test_a_load_that_was_set_is_refused_once_by_its_name(say, load):
    code, _, err = say("report", "compare", "-p", "load", load)
    assert (code, err.count("found '"), "strength.load" in err) == (2, 1, False)
    assert "\nparameter load: found '" in err
    _, _, err = say("report", "compare", "-p", "load", load, "-p", "protocols", ARMS_APART)
    told = re.findall("^(.*): found '", err, re.MULTILINE)
    assert told == ["parameter load, strength_only", "parameter load, own"], (
        "they hold different kg"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("report cohort --weeks 8", "No such option '--weeks'"),
        ("report --weeks 8 cohort", "No such option '--weeks'"),
        ("report cohort --name dose --weeks 8", "No such option '--weeks'"),
        ("report mine.ipynb --weeks 8", "No such option '--weeks'"),
        ("report no.ipynb --weeks 8", "No such option '--weeks'"),
        ("preregister plan.toml --weeks 8", "No such option '--weeks'"),
        ("preregister plan.toml --n-runners 8", "-p: -p n_runners VALUE."),
        ("report --weeks 8 dose", "-p: -p weeks VALUE."),
        ("report dose --weeks 8 -p sets", "-p: -p weeks VALUE."),
        ("report --weeks 8", "-p: -p weeks VALUE."),
        ("report mine.ipynb --depth 8", "-p: -p depth VALUE."),
    ],
)
def test_an_option_is_taken_for_a_setting_of_the_report_that_is_asked_for(say, words, said):
    tiny.write(Path("mine.ipynb"), ("parameters", "depth: int = 1  # | | how deep"))
    code, out, err = say(*shlex.split(words))
    assert (code, out) == (2, "")
    assert said in err
    assert ("a setting is written with" in err) == ("VALUE" in said)


@pytest.mark.parametrize(
    ("words", "where"),
    [
        (["compare", "-p", "load"], "parameter load"),
        (["dose", "-p", "loads"], "parameter loads"),
    ],
)
def test_an_arm_and_what_it_can_hold_are_said_alike_whatever_the_weight(say, folder, words, where):
    mends = []
    for kg in ("60", "500"):
        code, out, err = say("report", *words, kg)
        assert (code, out) == (2, "")
        (line,) = (line for line in err.splitlines() if line.startswith(f"{where}: found '{kg}"))
        mends += re.findall(r"The largest weight .* is \S+ kg, in steps of 0.5 kg\.", line)
    assert mends == ["The largest weight that is possible here is 9 kg, in steps of 0.5 kg."] * 2
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "where"),
    [
        (["compare", "-p", "load", "60"], "parameter load"),
        (["compare", "-p", "protocols", "stretch_only | hip-flexor 3x10 @60 kg, 3/wk x 4 wk"],
         "own, strength.load"),
        (["dose", "-p", "loads", "unloaded, 60"], "parameter loads"),
        (["dose", "-p", "protocol", "hip-flexor 3x10 @60 kg, 3/wk x 4 wk"],
         "own, strength.load"),
    ],
)  # fmt: skip
def test_a_weight_that_no_limb_can_hold_is_refused_before_anything_runs(say, folder, words, where):
    code, out, err = say("report", *words)
    assert (code, out) == (2, "")
    assert f"{where}: found '60 kg'; by the model this asks for " in err
    most = re.search(r"The largest weight that is possible here is (\S+) kg,", err)[1]
    assert "running the notebook" not in err
    assert list(folder.iterdir()) == []
    work = protocol.preset("strength_plus_stretch").strength
    assert 0 < float(most) < 60
    assert capacity.peak_load(work, float(most)) <= 1 < capacity.peak_load(work, float(most) + 0.5)


def test_protocols_lists_the_presets_and_prints_one_to_start_from(say, folder):
    code, out, err = say("protocols")
    assert (code, err) == (0, "")
    names = [line.split()[0] for line in out.splitlines()[1:]]
    assert {"stretch_only", "strength_plus_stretch", "article_low"} <= set(names)
    for name in names:
        code, out, _ = say("protocols", name)
        assert code == 0
        (folder / f"{name}.toml").write_text(out, encoding="utf-8")
        assert protocol.read(folder / f"{name}.toml").name == name
    code, out, err = say("protocols", "strech_only")
    assert (code, out) == (2, "")
    assert "Did you mean stretch_only?" in err


def test_a_prescription_on_one_line_is_printed_as_toml(say, folder):
    line = 'hip-flexor 3x10 @bodyweight, 3/wk x 12 wk; stretch 4x30 s daily; name mine, note "\\n"'
    code, out, err = say("protocols", line)
    assert (code, err) == (0, "")
    (folder / "mine.toml").write_text(out, encoding="utf-8")
    assert protocol.read(folder / "mine.toml") == shorthand.parse(line)
    code, out, err = say("protocols", "hip-flexr 3x10, puase 2 s, 3/wk")
    assert (code, out) == (2, "")
    assert [text.partition(";")[0] for text in err.splitlines()] == [
        "own, character 1: found 'hip-flexr'",
        "own, character 17: found 'puase 2 s'",
        "own, character 32: found 'nothing'",
    ]


def test_a_prescription_as_it_is_written_is_read_and_said_or_answered_with_the_line(say):
    code, out, err = say("protocols", "hip-flexor 3x10 RPE 8; 3x/week; 12 weeks")
    assert (code, err) == (0, "")
    assert out.startswith("# 'RPE 8' was read as near failure")
    assert "sessions_per_week = 3\n" in out
    code, out, err = say("protocols", "stretch 4x30-60 s daily, 12 weeks")
    assert (code, out) == (2, "")
    assert err.splitlines()[-2:] == [
        "own, mended, low end: stretch 4x30 s daily, 12 weeks",
        "own, mended, high end: stretch 4x60 s daily, 12 weeks",
    ]


@pytest.mark.parametrize(
    ("words", "made"),
    [
        (["template"], ["cohort.xlsx"]),
        (["template", "--xlsx"], ["cohort.xlsx"]),
        (["template", "--csv"], ["cohort.csv", "cohort_dictionary.csv"]),
        (["template", "--out", "my clinic.csv"], ["my clinic.csv", "my clinic_dictionary.csv"]),
        (["example"], ["example_cohort.csv"]),
        (["example", "--out", "it.csv"], ["it.csv"]),
    ],
)
def test_files_to_start_from_are_written_once(say, folder, words, made):
    code, out, err = say(*words)
    assert (code, out.splitlines()) == (0, made)
    assert err.endswith(f": hipstudy check {shlex.quote(made[0])}\n")
    assert files(folder) == set(made)
    before = {name: (folder / name).read_bytes() for name in made}
    code, out, err = say(*words)
    assert (code, out) == (2, "")
    assert err.splitlines()[0].startswith(f"{made[0]}: ")
    assert "nothing is overwritten" in err
    assert {name: (folder / name).read_bytes() for name in files(folder)} == before


COHORT = "runner_id,side,week,thomas_ext_deg,Bein\n"


def cohort_file(folder, *rows, name="my clinic.csv", head=COHORT):
    (folder / name).write_text(head + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return folder / name


@pytest.mark.skipif(os.name == "nt", reason="the shell's quotes are others on Windows")
def test_what_is_said_to_be_next_runs_as_typed_however_it_was_called(folder):
    program = folder / "my tools" / "hipstudy"
    program.parent.mkdir()
    program.symlink_to(Path(sys.executable).with_name("hipstudy"))
    # Where the environment is switched on, the shell finds the program by its name in any case.
    folders = os.environ["PATH"].split(os.pathsep)
    without = os.pathsep.join(one for one in folders if not Path(one, "hipstudy").exists())
    ways = {  # how it is called -> how it is named in what it prints
        "'my tools/hipstudy'": ("'my tools/hipstudy'", without),
        "hipstudy": ("hipstudy", f"{program.parent}{os.pathsep}{without}"),
        f"{shlex.quote(sys.executable)} -m hipstudy": (sys.executable, without),
    }
    for number, (called, (named, path)) in enumerate(ways.items()):
        surroundings = {**os.environ, "PATH": path}
        options = {"shell": True, "capture_output": True, "text": True, "env": surroundings}
        done = subprocess.run(f"{called} example --out 'my {number}.csv'", **options)
        following = done.stderr.splitlines()[-1].removeprefix("to look at it: ")
        assert following.startswith(named)
        assert subprocess.run(following, **options).returncode == 0


def test_check_lists_what_is_wrong_and_ends_with_the_page(say, folder):
    path = cohort_file(folder, "R1,left,0,stiff,", "R1,right,0,99,", "R2,left,0,5,")
    before = path.read_bytes()
    code, out, err = say("check", path.name)
    *listed, page = out.splitlines()
    assert (code, page) == (1, str(Path("reports/check/my-clinic.html")))
    assert err == (
        "my clinic.csv: 2 errors, 3 warnings; it cannot be used until the errors are mended.\n"
    )
    assert listed[0] == (
        "error: my clinic.csv, row 2, column thomas_ext_deg: found 'stiff'; the rule is a number. "
        "Look up what was measured and write it as a number; empty the cell only where nothing was "
        "measured."
    )
    assert [line.partition(":")[0] for line in listed] == ["error"] * 2 + ["warning"] * 3
    assert files(folder) == {"my clinic.csv", "reports/check/my-clinic.html"}
    assert path.read_bytes() == before
    assert "Check of my clinic.csv" in (folder / page).read_text(encoding="utf-8")


def test_check_of_a_good_file_is_0(say, folder):
    assert say("example")[0] == 0
    code, out, err = say("check", "example_cohort.csv", "--out", "page.html")
    assert (code, out) == (0, "page.html\n")
    assert err == "example_cohort.csv: no errors, no warnings; it can be used.\n"
    assert files(folder) == {"example_cohort.csv", "page.html"}


def test_check_of_the_empty_template_is_1(say):
    for kind in ("--csv", "--xlsx"):
        path = say("template", kind)[1].splitlines()[0]
        code, out, _ = say("check", path)
        assert code == 1
        assert "no rows yet" in out


def test_check_takes_the_open_runners_with_their_own_reader(say, folder, rbds_file):
    code, out, err = say("check", rbds_file)
    assert (code, out) == (0, f"{Path('reports/check/RBDSinfo.html')}\n")
    head = rbds_file.read_text(encoding="cp1252").splitlines()[0]
    row = "\t".join("x" for _ in head.split("\t"))
    (folder / "RBDSinfo.txt").write_text(f"{head}\n{row}\n", encoding="utf-8")
    code, out, err = say("check", "RBDSinfo.txt")
    assert code == 1
    assert "error: RBDSinfo.txt: the rule is a number from -60 to 60 degrees" in out
    assert "Column RThomas: row 2 'x'; column LThomas: row 2 'x'." in out
    assert "Traceback" not in err


def test_what_says_who_a_runner_is_is_printed_nowhere(say, folder):
    secrets = ["Zoe Quux", "zq@clinic.org", "+44 7700 900123", "12.05.1984", "94312345"]
    head = COHORT.replace("Bein", "Bein,E-Mail,Kommentar")
    rows = [f"{secret},left,{secret},{secret},{secret},{secret},{secret}" for secret in secrets]
    cohort_file(folder, *rows, head=head)
    code, out, err = say("check", "my clinic.csv")
    page = (folder / "reports/check/my-clinic.html").read_text(encoding="utf-8")
    assert code == 1
    for secret in secrets:
        assert secret not in out + err + page
        assert secret.split()[-1] not in out + err + page
    for column in ("runner_id", "week", "thomas_ext_deg", "Bein", "E-Mail", "Kommentar"):
        assert f"column {column}: " in out
    assert "R1" not in out


HOSTILE = [
    '=HYPERLINK("http://x.y")',
    "<script>alert(1)</script>",
    "#import x: *",
    "$(touch pwned)",
    "`id`",
    "../../x",
    "\u202egnp.exe",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_file_says_is_only_text(say, folder, text):
    quoted = '"' + text.replace('"', '""') + '"'
    head = f"runner_id,side,arm,week,thomas_ext_deg,{quoted}\n"
    rows = [f"R1,{quoted},{quoted},0,{quoted},{quoted}", f"R2,left,{quoted},0,5,"]
    cohort_file(folder, *rows, head=head)
    code, out, err = say("check", "my clinic.csv")
    page = (folder / "reports/check/my-clinic.html").read_text(encoding="utf-8")
    assert code == 1
    assert all(line.isprintable() for line in (out + err).splitlines())
    assert not re.search("\u202e|<script>", page)
    assert files(folder) == {"my clinic.csv", "reports/check/my-clinic.html"}
    plain = text.replace("\u202e", "\\u202e")
    assert f"found '{plain}'" in out


def test_the_page_never_takes_the_place_of_what_is_checked(say, folder):
    path = cohort_file(folder, "R1,left,0,5,", name="a.html")
    before = path.read_bytes()
    code, out, err = say("check", "a.html", "--out", "./a.html")
    assert (code, out) == (2, "")
    assert "take the place" in err
    assert path.read_bytes() == before


def test_the_usual_page_never_takes_the_place_of_what_is_checked(say, folder):
    (folder / "reports/check").mkdir(parents=True)
    path = cohort_file(folder, "R1,left,0,5,", name="reports/check/inp.html")
    before = path.read_bytes()
    code, out, err = say("check", "reports/check/inp.html")
    assert (code, out) == (2, "")
    assert "take the place" in err
    assert "--out" in err
    assert path.read_bytes() == before
    assert say("check", "reports/check/inp.html", "--out", "a.html")[1].endswith("a.html\n")


def test_a_file_without_a_head_is_asked_for_one_and_not_drafted(say, folder):
    path = cohort_file(folder, "SECRET1,left,0,5,", "SECRET2,right,0,5,", head="")
    code, out, err = say("check", path.name)
    assert code == 1
    assert "Is row 1 the head?" in out
    code, drafted, told = say("check", path.name, "--suggest-mapping")
    assert (code, drafted) == (2, "")
    assert "Is row 1 the head?" in told
    assert "SECRET" not in out + err + told
    assert files(folder) == {path.name, "reports/check/my-clinic.html"}


def test_suggest_mapping_of_a_file_that_needs_none_writes_nothing(say, folder):
    path = cohort_file(folder, "R1,left,0,5,", head="runner_id,side,week,thomas_ext_deg\n")
    code, out, err = say("check", path.name, "--suggest-mapping")
    assert (code, out) == (2, "")
    assert "nothing to translate" in err
    assert files(folder) == {path.name}


def test_suggest_mapping_gives_the_words_that_a_mapping_lacks(say, folder):
    head = "runner_id,side,week,thomas_ext_deg,Pijn"
    path = folder / "d.csv"
    rows = [f"R{k},left,0,5,{word}" for k, word in enumerate(("ja", "nee", "ja"))]
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    mapping = folder / "d.mapping.toml"
    mapping.write_text('[columns]\nPijn = "anterior_hip_pain"\n', encoding="utf-8")
    code, out, _ = say("check", path.name, "--suggest-mapping")
    assert code == 0
    assert tomllib.loads(out) == {"words": {"anterior_hip_pain": {"ja": "yes", "nee": "no"}}}
    mapping.write_text(mapping.read_text(encoding="utf-8") + out, encoding="utf-8")
    code, out, _ = say("check", path.name)
    assert "yes or no" not in out


def test_suggest_mapping_writes_a_draft_once(say, folder):
    path = cohort_file(folder, "R1,left,0,5,", head=COHORT.replace("side", "Seite"))
    before = path.read_bytes()
    code, out, err = say("check", path.name, "--suggest-mapping")
    assert (code, out) == (0, "my clinic.mapping.toml\n")
    assert "check again" in err
    draft = (folder / "my clinic.mapping.toml").read_text(encoding="utf-8")
    assert "Seite" in draft
    code, out, err = say("check", path.name, "--suggest-mapping")
    assert (code, out.strip()) == (0, draft.strip())
    assert "my clinic.mapping.toml was not written: this is there already" in err
    assert files(folder) == {path.name, "my clinic.mapping.toml"}
    assert path.read_bytes() == before


def test_a_notebook_that_is_none_is_said(say):
    Path("x.ipynb").write_text("{")
    code, _, err = say("report", "x.ipynb")
    assert code == 2
    assert "found 'x.ipynb'; this is no notebook of format 4" in err
    code, _, err = say("report", "y.ipynb")
    assert "Did you mean x.ipynb?" in err


@pytest.mark.parametrize("words", [["--debug", "report", "x"], ["report", "x", "--debug"]])
def test_debug_shows_the_trace_before_and_after_the_command(say, words):
    code, _, err = say(*words)
    assert code == 2
    assert "Traceback" in err


def test_the_unforeseen_is_one_sentence(say, monkeypatch):
    def broken(*_args):
        raise ValueError("two\nlines")

    monkeypatch.setattr(catalogue, "package_reports", broken)
    code, out, err = say("report")
    assert (code, out) == (1, "")
    assert err == (
        "hipstudy: this was not foreseen: ValueError: two lines. "
        "Run again with --debug to see where.\n"
    )
    assert "Traceback" in say("report", "--debug")[2]


def command(*words, **more):
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-m", "hipstudy", *words], **pipes, **HEARING, **more)


def test_a_report_by_its_path_ends_with_the_path_of_the_pdf(folder):
    tiny.write(folder / "my copy.ipynb", *tiny.GOOD)
    process = command("report", "my copy.ipynb", "-p", "weeks", "6", "--paper", "us-letter")
    out, err = process.communicate(timeout=600)
    assert process.returncode == 0
    assert out == f"{Path('reports/my-copy/my-copy.pdf')}\n"
    assert err.splitlines() == [
        "checking the parameters and the data",
        "running the notebook",
        "writing the report",
    ]
    assert "reports/my-copy/tables/effects.csv" in files(folder)
    width, height = PdfReader(folder / out.strip()).pages[0].mediabox[2:]
    assert (float(width), float(height)) == (612, 792)  # points: Letter


def test_a_failing_notebook_is_1_and_writes_nothing(folder):
    tiny.write(folder / "x.ipynb", tiny.TITLE, ("code", "1 / 0"))
    process = command("report", "x.ipynb")
    out, err = process.communicate(timeout=600)
    assert (process.returncode, out) == (1, "")
    assert err.splitlines()[-1].endswith(": ZeroDivisionError: division by zero")
    assert "Traceback" not in err
    assert files(folder) == {"x.ipynb"}


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise on Windows")
@pytest.mark.parametrize(
    "signals",
    [
        [signal.SIGINT],
        [signal.SIGINT, signal.SIGINT],
        [signal.SIGTERM, signal.SIGTERM, signal.SIGTERM],
        [signal.SIGHUP, signal.SIGTERM],
    ],
)
def test_ctrl_c_half_way_leaves_earlier_results_and_no_kernel(folder, signals):
    tiny.write(folder / "slow.ipynb", tiny.TITLE, ("code", SLOW))
    scratch = folder / "scratch"
    scratch.mkdir()
    earlier = folder / "reports/slow/slow.pdf"
    earlier.parent.mkdir(parents=True)
    earlier.write_text("earlier")
    process = command("report", "slow.ipynb", env={**os.environ, "TMPDIR": str(scratch)})
    wait_for(lambda: Path("kernel.pid").exists() or process.poll() is not None)
    for number in signals:
        process.send_signal(number)
        time.sleep(0.02)
    out, err = process.communicate(timeout=600)
    assert (process.returncode, out) == (130, "")
    assert err.splitlines()[-1] == "stopped; nothing was written"
    assert "Traceback" not in err
    assert files(folder) == {"slow.ipynb", "kernel.pid", "reports/slow/slow.pdf"}
    assert earlier.read_text() == "earlier"
    assert list(scratch.iterdir()) == []
    assert list(earlier.parent.iterdir()) == [earlier]
    kernel = int(Path("kernel.pid").read_text())
    wait_for(lambda: not is_running(kernel), seconds=600)


@pytest.mark.parametrize("second", ["slow.ipynb", "other.ipynb"])
def test_a_second_report_into_the_same_folder_is_refused(folder, second):
    tiny.write(folder / "slow.ipynb", tiny.TITLE, ("code", SLOW))
    tiny.write(folder / "other.ipynb", *tiny.GOOD)
    first = command("report", "slow.ipynb", "--out", "r")
    try:
        wait_for(lambda: Path("kernel.pid").exists() or first.poll() is not None)
        process = command("report", second, "--out", str(folder / "r"))
        out, err = process.communicate(timeout=600)
        assert (process.returncode, out) == (2, "")
        assert err.splitlines()[-1] == (
            f"hipstudy: another report is being made in {folder / 'r'} at this moment. Wait until "
            "it is done, or choose another folder with --out. Nothing was written."
        )
    finally:
        first.kill()
        first.communicate()
    assert list(Path("r").iterdir()) != [], "killed outright, it could not tidy"
    if second == "other.ipynb":
        process = command("report", second, "--out", "r")
        assert process.communicate(timeout=600)[0] == f"{Path('r/other.pdf')}\n"
        assert not list(Path("r").glob(".hipstudy-*"))


def is_running(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(condition, seconds=600):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.mark.skipif(os.name == "nt", reason="no SIGPIPE on Windows")
def test_a_reader_that_has_seen_enough_is_no_error():
    process = command("--help")
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(600) == 0
    process.stderr.close()


def test_a_report_looks_for_garbage_rarely_and_other_commands_as_usual():
    code = (
        "import gc; from hipstudy.cli.app import main; usual = gc.get_threshold();"
        "main(['protocols']); print(gc.get_threshold() == usual);"
        "main(['report', 'no_such_report']); print(gc.isenabled(), *gc.get_threshold())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    usual, now = done.stdout.splitlines()[-2:]
    assert usual == "True"
    assert now.startswith("True 10000 10 ")


def test_listing_prescriptions_loads_no_tables():
    code = (
        "import sys; from hipstudy.cli.app import main; main(['protocols']);"
        "print('pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"


def test_listing_parameters_loads_nothing_heavy(folder):
    tiny.write(folder / "x.ipynb", *tiny.GOOD)
    code = (
        "import sys; from hipstudy.cli.app import main;"
        "main(['report', 'x.ipynb', '--parameters']);"
        "print(sorted({'numpy', 'pandas', 'papermill', 'nbformat', 'pydantic', 'jupyter_client'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"

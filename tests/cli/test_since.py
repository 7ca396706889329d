"""``hipstudy report cohort --since`` and ``hipstudy diff``: what they take, say, write and keep."""

import shutil
import zipfile

import monthly_files
import pandas as pd
import pytest
from files_read_back import bare
from files_read_back import pdf_text as text_of

from hipstudy.cli.app import main
from hipstudy.report import make_report, run_record
from hipstudy.studies.change_split import COLUMNS

CODE = "SYN-001"
HOSTILE = "=1+1"  # a runner's code that a spreadsheet would run


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A report of February, and one of March since it, in one folder; nothing changes them."""
    home = tmp_path_factory.mktemp("clinic")
    rows = monthly_files.example()
    rows.to_csv(home / "february.csv", index=False)
    now = rows.copy()
    at = now.index[(now["runner_id"] == CODE) & (now["week"] == "12")][0]
    now.loc[at, "tightness_nrs"] = "9"
    new = now[now["runner_id"] == "SYN-004"].assign(runner_id=HOSTILE)
    pd.concat([now, new]).to_csv(home / "march.csv", index=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        say = ["report", "cohort", "--date", "2026-03-01", "--cohort"]
        assert main([*say, "february.csv", "--name", "February"]) == 0
        assert main([*say, "march.csv", "--since", "february", "--name", "March"]) == 0
    return home


@pytest.fixture
def copy(made, tmp_path, monkeypatch):
    shutil.copytree(made, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


@pytest.fixture
def no_run(monkeypatch):
    """Plans are made and checked, and no kernel starts."""
    seen = []

    def never(_name, pairs, **_):
        seen.append(dict(pairs))
        raise KeyboardInterrupt

    monkeypatch.setattr(make_report, "report", never)
    return seen


def edits(folder):
    return pd.read_csv(folder / "tables" / "edits.csv", dtype=str, keep_default_na=False)


def test_the_tables_have_the_columns_of_the_contract_and_every_edit(made):
    folder = made / "reports" / "cohort"
    frame = edits(folder)
    assert list(frame)[:4] == ["runner", "visit", "column", "kind"]
    changed = frame[frame["kind"] == "changed"]
    assert changed[["runner", "visit", "column"]].to_numpy().tolist() == [
        [CODE, "12", "tightness_nrs"]
    ]
    assert set(frame.loc[frame["kind"] == "new", "runner"]) == {"'" + HOSTILE}
    assert set(frame["kind"]) == {"new", "changed"}
    since = pd.read_csv(folder / "tables" / "since.csv")
    assert list(since) == list(COLUMNS)
    parts = since[["new_data", "edited_data", "settings", "code", "noise"]]
    assert (parts.sum(axis=1) - (since["now"] - since["then"])).abs().max() < 1e-9
    assert (since["code"] == 0).all()


def test_then_is_what_the_report_of_then_printed(made):
    folder = made / "reports" / "cohort"
    (earlier,) = (folder / "history").iterdir()
    then, now = (pd.read_csv(one / "tables" / "effects.csv") for one in (earlier, folder))
    since = pd.read_csv(folder / "tables" / "since.csv")
    for frame, column in ((then, "then"), (now, "now")):
        own = frame[(frame["outcome"] == "tightness_nrs") & (frame["model"] == "ancova")].iloc[0]
        assert since.loc[0, column] == own["estimate"]


def test_codes_of_runners_are_in_the_owners_table_alone(made):
    folder = made / "reports" / "cohort"
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name == "edits.csv":
            continue
        data = path.read_bytes()
        if path.suffix in (".xlsx", ".docx"):
            with zipfile.ZipFile(path) as parts:
                data = b"".join(parts.read(name) for name in parts.namelist())
        text = text_of(data) if path.suffix == ".pdf" else data.decode("utf-8", "replace")
        assert CODE not in text, path.name
        assert HOSTILE not in text, path.name


def test_few_runners_are_not_counted_out_on_the_pages(made):
    folder = made / "reports" / "cohort"
    front, details = (text_of((folder / f"cohort{one}.pdf").read_bytes())
                      for one in ("", "_details"))  # fmt: skip
    assert bare("cells changed: <5 runners") in front
    assert bare("runners who are new: fewer than 5") in details
    assert bare("Cells of old rows that changed: of fewer than 5 runners") in details


def test_without_since_nothing_is_said_of_it(made):
    (earlier,) = (made / "reports/cohort/history").iterdir()
    assert not (earlier / "tables" / "since.csv").exists()
    assert not (earlier / "tables" / "edits.csv").exists()
    assert "Since2" not in text_of((earlier / "cohort.pdf").read_bytes())
    assert bare("Since last time") not in text_of((earlier / "cohort_details.pdf").read_bytes())


@pytest.mark.usefixtures("copy")
def test_the_report_is_verified_with_what_it_was_compared_with(capsys):
    assert main(["verify", "reports/cohort"]) == 0, capsys.readouterr()
    assert "identical" in capsys.readouterr().out


def test_since_takes_a_name_a_number_a_folder_a_record_and_a_pdf(copy, no_run):
    (earlier,) = (copy / "reports/cohort/history").iterdir()
    own = earlier.relative_to(copy)
    for named in ("February", "FEBRUARY", "2", str(own), str(own / "run.toml"),
                  str(own / "cohort.pdf"), f"cohort/history/{own.name}"):  # fmt: skip
        main(["report", "cohort", "--cohort", "march.csv", "--since", named])
        pairs = no_run.pop()
        assert pairs["since"].endswith("run.toml"), named
        assert pairs["since_cohort"] == "february.csv", named


@pytest.mark.usefixtures("copy")
def test_since_takes_an_older_file(no_run):
    main(["report", "cohort", "--cohort", "march.csv", "--since", "february.csv"])
    (pairs,) = no_run
    assert pairs == {"cohort": "march.csv", "since": "february.csv"}


def test_a_file_that_is_gone_or_another_is_said_and_not_guessed(copy, no_run, capsys):
    (copy / "february.csv").write_bytes((copy / "march.csv").read_bytes())  # kept up in one file
    main(["report", "cohort", "--cohort", "march.csv", "--since", "February"])
    said = capsys.readouterr().err
    assert "february.csv, is not here as it was then" in said
    assert "--since-cohort" in said
    assert "since_cohort" not in no_run.pop()
    words = ["--since", "February", "--since-cohort", "february.csv"]
    main(["report", "cohort", "--cohort", "march.csv", *words])
    assert "this is not the file that the earlier report read" in capsys.readouterr().err
    assert no_run.pop()["since_cohort"] == "february.csv"


def test_a_file_under_another_name_is_taken_by_its_content(copy, no_run, capsys):
    (copy / "february.csv").rename(copy / "old.csv")
    words = ["--since", "February", "--since-cohort", "old.csv"]
    main(["report", "cohort", "--cohort", "march.csv", *words])
    assert "is not" not in capsys.readouterr().err
    assert no_run.pop()["since_cohort"] == "old.csv"


WRONG = {
    "near": (["--since", "Febuary"], "Did you mean February?"),
    "none": (["--since", "  "], "a run, a folder or an older cohort file is needed"),
    "folder": (["--since", "."], "there is no run.toml in this folder"),
    "alone": (["--since-cohort", "february.csv"], "go with --since"),
    "values": (["--show-values"], "go with --since"),
    "twice": (["--since", "february.csv", "--since-cohort", "february.csv"], "Leave it out"),
    "no file": (["--since", "February", "--since-cohort", "x.csv"], "no such file"),
}


@pytest.mark.usefixtures("copy")
@pytest.mark.parametrize(("words", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_refused_with_a_reason(words, said, capsys):
    assert main(["report", "cohort", "--cohort", "march.csv", *words]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.usefixtures("copy")
def test_other_reports_and_batches_send_elsewhere(capsys):
    assert main(["report", "compare", "--since", "February"]) == 2
    assert "hipstudy diff" in capsys.readouterr().err
    assert main(["report", "cohort", "--each", ".", "--since", "February"]) == 2
    assert "--since is for one report" in capsys.readouterr().err


UNREADABLE = {
    "empty": "",
    "other": "a,b\n1,2\n",
    "binary": "\x00\x01",
    "a visit twice": "{whole}SYN-001,left,strength_plus_stretch,0" + "," * 13 + "\n",
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_an_older_file_that_cannot_be_read_is_named(copy, text, capsys):
    whole = (copy / "february.csv").read_text(encoding="utf-8")
    (copy / "older.csv").write_text(text.format(whole=whole), encoding="utf-8")
    code = main(["report", "cohort", "--cohort", "march.csv", "--since", "older.csv"])
    assert code in (1, 2)
    assert "older.csv" in capsys.readouterr().err
    assert not list((copy / "reports").glob("cohort/history/*-2"))


@pytest.mark.usefixtures("copy")
def test_values_come_with_the_owners_flag_alone():
    from hipstudy.studies.owners_tables import owners_files

    own = {"cohort": "march.csv", "since": "february.csv"}
    plain, full = (owners_files(own | {"show_values": flag})["tables/edits.csv"]
                   for flag in (False, True))  # fmt: skip
    assert plain.splitlines()[0] == "runner,visit,column,kind,side"
    assert full.splitlines()[0] == "runner,visit,column,kind,side,then,now"
    assert f"{CODE},12,tightness_nrs,changed,left,1,9" in full
    assert owners_files({"cohort": "march.csv"}) == {}


# ---- hipstudy diff


def test_diff_of_two_cohort_runs_splits_by_data(copy, capsys):
    assert main(["diff", "February", "March"]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[-1].endswith("since.csv")
    assert "february.csv" in said.out
    diff, own = copy / "reports" / "diff", copy / "reports" / "cohort"
    pd.testing.assert_frame_equal(
        *(pd.read_csv(one / "tables" / "since.csv") for one in (diff, own)), atol=1e-9
    )
    assert edits(diff).equals(edits(own))
    moved = pd.read_csv(diff / "tables" / "moved.csv")
    assert list(moved) == ["table", "row", "column", "then", "now"]
    assert CODE not in said.out + said.err


def test_diff_of_a_run_with_itself_says_so_and_leaves_no_older_edits(copy, capsys):
    (copy / "reports/diff/tables").mkdir(parents=True)
    older = copy / "reports/diff/tables/edits.csv"
    older.write_text("runner,visit,column,kind,side\nA,1,,new,\n", encoding="utf-8")
    (copy / "february.csv").unlink()
    assert main(["diff", "February", "February"]) == 0
    said = capsys.readouterr()
    assert "are the same" in said.out
    assert "No number of the tables moved" in said.out
    assert "--cohort-b" in said.err
    assert not older.exists()


@pytest.mark.usefixtures("copy")
def test_diff_needs_two_runs(capsys):
    assert main(["diff", "February", "Marsh"]) == 2
    assert "Did you mean March?" in capsys.readouterr().err
    assert main(["diff", "February", "february.csv"]) == 2


def test_what_an_older_version_printed_otherwise_is_code(copy, capsys):
    """The record of February as of another version, its table of effects with another figure."""
    (earlier,) = (copy / "reports/cohort/history").iterdir()
    path = earlier / "tables" / "effects.csv"
    frame = pd.read_csv(path)
    frame.loc[0, "estimate"] -= 0.5
    path.write_text(frame.to_csv(index=False), encoding="utf-8")
    tables = run_record.tables(earlier)
    table = {n: v for n, v in tables["cohort"].items() if n != run_record.SEAL}
    table["outputs"]["tables/effects.csv"] = run_record.sha256(path.read_bytes())
    table["code_sha256"] = "0" * 64
    (earlier / "run.toml").write_text(run_record.text({"cohort": table}), encoding="utf-8")
    assert main(["diff", "February", "March"]) == 0
    assert "digest of its code" in capsys.readouterr().out
    since = pd.read_csv(copy / "reports/diff/tables/since.csv")
    assert since.loc[0, "code"] == pytest.approx(0.5)
    assert since.loc[1, "code"] == 0

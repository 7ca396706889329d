"""A batch's folder: what is there is left, one batch at a time, nothing of another among it."""

import csv
import errno
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup

from hipstudy.batch import large_reports, report_batch
from hipstudy.batch.batch_record import EACH, BatchRecord
from hipstudy.batch.report_batch import BatchInUse, BatchStopped, run_batch
from hipstudy.batch.report_task import (
    AS_BEFORE,
    FAILED,
    MADE,
    ReportLook,
    ReportTask,
    TaskOutcome,
    job_of,
)
from hipstudy.errors import UsageProblems
from hipstudy.files import CannotWrite
from hipstudy.progress_bar import Progress
from hipstudy.report import run_inputs
from hipstudy.report.make_report import ReportFiles
from hipstudy.report.run_record import RunRecord

DAY = datetime(2031, 4, 9, 10, 30, tzinfo=UTC)
BATCH = BatchRecord(EACH, "compare", "clinics")


def tasks(*names, **more):
    return [
        ReportTask(f"{name}-csv", "compare", (), columns={"file": f"{name}.csv"}, **more)
        for name in names
    ]


def files_of(place, mark):
    record = RunRecord("compare", DAY, version="0.1.0", fingerprint="ab" * 6, job_sha256=mark)
    files = {
        "tables/effects.csv": f"world,estimate\nweak,{len(place)}.10000000000000001\n",
        "compare.ipynb": "{}",
        "compare.pdf": f"%PDF {place}",
    }
    return ReportFiles("compare", files, record)


class Makers:
    """Makes reports without a kernel, and counts them; those of ``broken`` fail."""

    def __init__(self, *broken, mark="one"):
        self.broken, self.mark, self.asked = broken, mark, []

    def __call__(self, own):
        for task in own:
            if task.place.removesuffix("-csv") in self.broken:
                yield TaskOutcome(task.place, FAILED, problems=("row 2: =1+1 is wrong",))
            elif task.known_sha256 == self.mark:
                yield TaskOutcome(task.place, AS_BEFORE)
            else:
                self.asked.append(task.place)
                yield TaskOutcome(task.place, MADE, files_of(task.place, self.mark))


def run(folder, own, makers, batch=BATCH):
    return run_batch(batch, own, folder, makers, Progress())


def states(result):
    return [row.state for row in result.rows]


def test_a_broken_one_stops_none_and_is_on_the_page_with_its_reasons(tmp_path):
    result = run(tmp_path / "out", tasks("a b", "bad", "ü"), Makers("bad"))
    assert states(result) == [MADE, FAILED, MADE]
    page = BeautifulSoup(result.index.read_text("utf-8"), "html.parser")
    links = {link["href"] for link in page.find_all("a")}
    assert "a%20b-csv/compare.pdf" in links
    assert "%C3%BC-csv/compare.pdf" in links
    assert not any("bad" in link for link in links)
    assert "2 made now, 0 as before, 1 not made." in page.text
    assert "row 2: =1+1 is wrong" in page.text
    text = (tmp_path / "out/reports.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert [(row["file"], row["state"]) for row in rows] == [
        ("a b.csv", "made"), ("bad.csv", "failed"), ("ü.csv", "made"),
    ]  # fmt: skip


def test_one_table_of_all_with_every_digit_as_it_stands_there(tmp_path):
    run(tmp_path / "out", tasks("a", "bad", "abc"), Makers("bad"))
    assert (tmp_path / "out/tables/effects.csv").read_text() == (
        "run,file,world,estimate\n"
        "a-csv,a.csv,weak,5.10000000000000001\n"
        "abc-csv,abc.csv,weak,7.10000000000000001\n"
    )


def test_in_another_locale_the_table_is_like_the_reports_own(tmp_path):
    (task,) = tasks("a", look=ReportLook(locale="de"))
    task = replace(task, columns={"mcid_nrs": "0.5", "world": "x"})
    made = files_of("a", "one")
    made.files["tables/effects.csv"] = "\ufeffworld;estimate\nweak;5,1\n"
    run(tmp_path / "out", [task], lambda _: [TaskOutcome(task.place, MADE, made)])
    text = (tmp_path / "out/tables/effects.csv").read_text(encoding="utf-8")
    assert text == "\ufeffrun;mcid_nrs;world_given;world;estimate\na-csv;0,5;x;weak;5,1\n"
    assert "0,5;x;compare;made" in (tmp_path / "out/reports.csv").read_text(encoding="utf-8")


def test_what_is_there_whole_is_not_made_again(tmp_path):
    own = tasks("a", "b", "c", "d")
    run(tmp_path / "out", own, Makers())
    (tmp_path / "out/b-csv/compare.pdf").write_text("somebody's")
    (tmp_path / "out/c-csv/tables/effects.csv").unlink()
    (tmp_path / "out/d-csv/run.toml").write_text("[compare]\n")
    again = Makers()
    result = run(tmp_path / "out", own, again)
    assert again.asked == ["b-csv", "c-csv", "d-csv"]
    assert states(result) == [AS_BEFORE, MADE, MADE, MADE]
    other = Makers(mark="another file, setting or version")
    run(tmp_path / "out", own, other)
    assert len(other.asked) == 4
    assert len(list((tmp_path / "out/a-csv/history").iterdir())) == 1


def test_files_alone_are_no_report_that_is_there(tmp_path):
    run(tmp_path / "out", tasks("b"), Makers())
    place = tmp_path / "out/a-csv"
    place.mkdir(parents=True)
    (place / "compare.pdf").write_text("%PDF a-csv")
    makers = Makers()
    run(tmp_path / "out", tasks("a"), makers)
    assert makers.asked == ["a-csv"]


def test_stopped_in_the_middle_it_goes_on_where_it_was(tmp_path):
    own = tasks("a", "b", "bad", "c")

    def stops(given):
        yield from list(Makers("bad")(given))[:3]
        raise KeyboardInterrupt

    with pytest.raises(BatchStopped) as stop:
        run(tmp_path / "out", own, stops)
    assert (stop.value.n_done, stop.value.n) == (2, 4)
    again = Makers()
    run(tmp_path / "out", own, again)
    assert again.asked == ["bad-csv", "c-csv"]


def test_two_at_once_in_one_folder_are_refused(tmp_path):
    own = tasks("a", "b")

    def another_begins(given):
        with pytest.raises(BatchInUse, match="another batch is at work"):
            run(tmp_path / "out", tasks("z"), Makers())
        return Makers()(given)

    run(tmp_path / "out", own, another_begins)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "a-csv", "b-csv", "batch.toml", "index.html", "reports.csv", "tables",
    }  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [replace(BATCH, source="april"), replace(BATCH, report="dose"), replace(BATCH, kind="sweep")],
)
def test_another_batch_never_comes_among_these(tmp_path, other):
    run(tmp_path / "out", tasks("a"), Makers())
    makers = Makers()
    with pytest.raises(UsageProblems, match=r"holds the reports compare of clinics .*--out"):
        run(tmp_path / "out", tasks("a"), makers, other)
    assert makers.asked == []


def test_the_folder_of_a_single_report_a_file_or_a_link_is_refused(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "one/run.toml").write_text("")
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "one", target_is_directory=True)
    (tmp_path / "own").mkdir()
    (tmp_path / "own/batch.toml").write_text("clinic = 3")
    (tmp_path / "documents/tables").mkdir(parents=True)
    for name in ("one", "file", "link", "own", "documents"):
        with pytest.raises(UsageProblems, match="Choose another folder"):
            run(tmp_path / name, tasks("a"), Makers())


def test_nothing_is_written_through_a_link(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    run(tmp_path / "out", tasks("b"), Makers())
    (tmp_path / "out/a-csv").symlink_to(elsewhere, target_is_directory=True)
    result = run(tmp_path / "out", tasks("a", "b"), Makers())
    assert states(result) == [FAILED, AS_BEFORE]
    assert "a link stands where" in result.rows[0].problems[0]
    assert list(elsewhere.iterdir()) == []


def test_a_full_disk_is_told_and_what_was_there_stays(tmp_path, monkeypatch):
    run(tmp_path / "out", tasks("a"), Makers())
    before = (tmp_path / "out/a-csv/compare.pdf").read_bytes()

    def full(_made, results):
        raise CannotWrite(results.folder, OSError(errno.ENOSPC, "No space left on device"))

    monkeypatch.setattr(report_batch.make_report, "place_files", full)
    result = run(tmp_path / "out", tasks("a"), Makers(mark="new"))
    assert states(result) == [FAILED]
    assert "cannot write to a-csv (No space left on device)" in result.rows[0].problems[0]
    assert (tmp_path / "out/a-csv/compare.pdf").read_bytes() == before


def test_what_became_of_each_is_told_even_where_the_page_has_no_room(tmp_path, monkeypatch):
    def full(*_):
        raise CannotWrite(tmp_path, OSError(errno.ENOSPC, "No space left on device"))

    monkeypatch.setattr(report_batch, "_write_pages", full)
    result = run(tmp_path / "out", tasks("a", "bad"), Makers("bad"))
    assert states(result) == [MADE, FAILED]
    assert "The disk is full" in result.problem


def test_reports_of_files_that_are_gone_are_named(tmp_path):
    run(tmp_path / "out", tasks("a", "b"), Makers())
    result = run(tmp_path / "out", tasks("a"), Makers())
    assert result.other_places == ("b-csv",)
    assert "b.csv" not in result.index.read_text("utf-8")


SAID = "size of this batch"
TWO_OF_THREE = (
    "2 of 3 reports are large: together about 43 times as many weeks of runners are worked out as "
    "in one report with nothing set, about 26 times in the largest of them, n_runners 300"
)
EACH_OF_TWO = (
    "2 of 2 reports are large: together about 35 times as many weeks of runners are worked out as "
    "in one report with nothing set, about 17 times in each of them"
)
ONE = (
    "1 of 1 report is large: about 17 times as many weeks of runners are worked out as in one "
    "report with nothing set."
)


def large_tasks(*settings):
    return [
        ReportTask("-".join(one.values()), "compare", (("weeks", "104"), *one.items()), columns=one)
        for one in settings
    ]


def runners(*counts):
    return large_tasks(*({"n_runners": str(n)} for n in counts))


@pytest.mark.parametrize(
    ("own", "said"),
    [
        # 104 of 12 weeks, and 200 and 300 of 100 runners.
        (runners(100, 200, 300), TWO_OF_THREE),
        (large_tasks(*({"n_runners": "200", "seed": s} for s in "12")), EACH_OF_TWO),
        (runners(200), ONE),
    ],
)
def test_large_reports_are_said_once_before_the_first_is_made(tmp_path, capsys, own, said):
    def asked(given):
        assert said in capsys.readouterr().err
        return Makers()(given)

    run(tmp_path / "out", own, asked)
    assert SAID not in capsys.readouterr().err


def test_nothing_is_said_of_usual_reports_wrong_ones_and_those_that_are_there(tmp_path, capsys):
    wrong = [replace(one, pairs=(*one.pairs, ("sets", "99"))) for one in runners(200)]
    run(tmp_path / "out", [*runners(100), *wrong], Makers("200"))
    own = runners(300)
    mark = run_inputs.job_sha256(job_of(*own))
    assert SAID not in capsys.readouterr().err
    run(tmp_path / "out", own, Makers(mark=mark))
    assert SAID in capsys.readouterr().err
    run(tmp_path / "out", own, Makers(mark=mark))
    assert SAID not in capsys.readouterr().err


def test_no_file_of_a_cohort_report_is_read_to_look_for_large_ones(monkeypatch):
    looks = []
    monkeypatch.setattr(large_reports, "job_of", lambda task: looks.append(task.report))
    others = [
        replace(one, report=name) for one in runners(200) for name in ("cohort", "mine.ipynb")
    ]
    assert large_reports.large_reports([*others, *runners(200)]) == ()
    assert looks == ["compare"]


def test_a_folder_made_for_nothing_is_gone_again(tmp_path):
    def fails(_):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        run(tmp_path / "out", tasks("a"), fails)
    assert not (tmp_path / "out").exists()

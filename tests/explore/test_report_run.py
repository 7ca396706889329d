"""A report that a page asks for: refused, one at a time, and nothing left when given up."""

import asyncio
from dataclasses import replace
from pathlib import Path

import held_report_job
import pytest

from hipstudy.explore import report_run, state
from hipstudy.explore.report_run import ReportRuns

START = state.start(n_runners=20)


def last(runs, now=START, data=""):
    async def run():
        return [step async for step in runs.steps(now, data)][-1]

    return asyncio.run(run())


def test_a_report_that_cannot_be_made_says_why(tmp_path):
    (tmp_path / "file").write_text("")
    said = last(ReportRuns(tmp_path / "file"))
    assert said["failed"] == "No report was made."
    assert "cannot write to" in " ".join(said["problems"])


def test_a_cohort_file_that_changed_since_is_not_reported(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text("other")
    said = last(ReportRuns(tmp_path), replace(START, cohort=str(file)), "0" * 64)
    assert "the cohort file is not as this page read it" in said["problems"][0]
    assert [each.name for each in tmp_path.iterdir()] == ["mine.csv"]


def test_two_pages_make_one_report_of_the_same_settings(tmp_path, monkeypatch):
    started = []

    async def job(_now, folder):
        started.append(folder)
        yield {"done": 0.1, "words": "running"}
        yield {"pdf": "", "words": "made"}

    monkeypatch.setattr(report_run, "_job_steps", job)
    runs = ReportRuns(tmp_path)

    async def both():
        one = runs.steps(START, "")
        await anext(one)
        other = [step async for step in runs.steps(START, "")]
        rest = [step async for step in one]
        again = [step async for step in runs.steps(START, "")]
        return other, rest, again

    other, rest, again = asyncio.run(both())
    assert "being made already" in other[0]["problems"][0]
    assert "pdf" in rest[-1]
    assert "pdf" in again[-1]
    assert len(started) == 2


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")
def test_who_stops_asking_leaves_nothing_of_the_report(tmp_path, monkeypatch):
    monkeypatch.setattr(report_run, "MODULE", held_report_job.NAME)
    for name, value in held_report_job.FOUND.items():
        monkeypatch.setenv(name, value)

    async def run():
        steps = ReportRuns(tmp_path / "reports").steps(START, "")
        while not list(tmp_path.glob("reports/*/.hipstudy-report/in-use")):
            await asyncio.wait_for(anext(steps), 600)
        await steps.aclose()
        while (tmp_path / "reports").exists():
            await asyncio.sleep(0.05)

    asyncio.run(asyncio.wait_for(run(), 600))
    assert list(tmp_path.iterdir()) == []

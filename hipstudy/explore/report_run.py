"""The compare report of exactly what a page shows, made in a process of its own, step by step."""

import asyncio
import base64
import json
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from hashlib import sha256
from pathlib import Path
from typing import Any

from hipstudy.explore.cache import N_DRAWS
from hipstudy.explore.outcome_words import WORDS
from hipstudy.explore.state import PageState
from hipstudy.parameters import number

MODULE = "hipstudy.explore.report_job"
MOST_BYTES = 2**22  # of a line that the job says


def folder_for(page_state: PageState, out: Path, data: str = "") -> Path:
    """Folder of a report: the same settings and data have the same, so no other is overwritten."""
    mark = sha256(json.dumps(page_state.report_values() | {"cohort": data}).encode()).hexdigest()
    return out / f"explore-{mark[:8]}"


def _fingerprint(path: str) -> str:
    try:
        return sha256(Path(path).read_bytes()).hexdigest()
    except OSError:
        return "gone"


class ReportRuns:
    """Reports that are being made, one of the same settings at a time.

    Parameters
    ----------
    out
        Folder for reports.
    """

    def __init__(self, out: Path) -> None:
        self._out = out
        self._running: set[Path] = set()

    async def steps(self, page_state: PageState, data: str) -> AsyncGenerator[dict[str, Any], None]:
        """Make one, and say how far it is; the last says what came of it.

        Whoever stops asking stops the report, and nothing half-made is left.

        Parameters
        ----------
        page_state
            What is on screen.
        data
            Fingerprint of the cohort file as the page read it; empty where there is none.

        Yields
        ------
        dict
            ``done`` (a share of 1) and ``words``; at last ``pdf`` (in base 64) and ``words``, or
            ``problems`` and ``failed``.
        """
        folder = folder_for(page_state, self._out, data)
        if folder in self._running:
            yield _failed([WORDS("report_is_running")])
        elif page_state.cohort and data and _fingerprint(page_state.cohort) != data:
            yield _failed([WORDS("report_cohort_changed")])
        else:
            self._running.add(folder)
            try:
                async with aclosing(_job_steps(page_state, folder)) as job:
                    async for step in job:
                        yield step
            finally:
                self._running.discard(folder)


def _failed(problems: list[str]) -> dict[str, Any]:
    return {"problems": problems, "failed": WORDS("report_failed")}


async def _job_steps(page_state: PageState, folder: Path) -> AsyncGenerator[dict[str, Any], None]:
    values = page_state.report_values()
    if page_state.cohort:
        del values["n_runners"]
        values["cohort"] = page_state.cohort
    job = {"given": list(values.items()), "out": str(folder)}
    yield {"done": 0.0, "words": WORDS("report_starts")}
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", MODULE),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=MOST_BYTES,
            start_new_session=True,  # who ends this process with its group leaves it time to tidy
        )
    except OSError as error:
        yield _failed([WORDS("report_not_begun", str(error))])
        return
    assert process.stdin is not None
    assert process.stdout is not None
    last: dict[str, Any] = {"problems": [WORDS("report_without_word")]}
    try:
        # It stays open: when this process ends, the job sees the end of it and stops too.
        process.stdin.write(json.dumps(job).encode() + b"\n")
        while line := await process.stdout.readline():
            message = json.loads(line)
            if "done" in message:
                yield message
            else:
                last = message
    except (OSError, ValueError) as error:
        last = {"problems": [WORDS("report_not_begun", str(error))]}
    finally:
        process.stdin.close()
        await process.wait()
    if "pdf" not in last:
        yield _failed(list(last.get("problems", ())))
        return
    facts = {
        "folder": folder.name,
        "n_draws_report": int(number("parameter_draws")),
        "n_draws_page": N_DRAWS,
    }
    pdf = base64.b64encode(Path(last["pdf"]).read_bytes()).decode()
    yield {"pdf": pdf, "words": WORDS("report_ready", facts)}

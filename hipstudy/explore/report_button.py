"""One button: the compare report for exactly the settings on screen, with progress, and its PDF."""

import asyncio
import base64
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from hipstudy.explore.asked import Asked
from hipstudy.explore.listed import listed

BUTTON = "Make the report of what is on screen (PDF)"


def folder_for(asked: Asked, out: Path) -> Path:
    """Folder of a report: the same settings have the same, so nothing else is overwritten."""
    mark = sha256(json.dumps(asked.given() | {"cohort": asked.cohort}).encode()).hexdigest()
    return out / f"explore-{mark[:8]}"


def given(asked: Asked) -> list[tuple[str, str]]:
    """Parameters of the report, as the command line takes them."""
    settings = asked.given()
    if asked.cohort:
        settings.pop("n_runners")
        settings["cohort"] = asked.cohort
    return list(settings.items())


class ReportButton:
    """The button, its progress, and what came of it.

    Parameters
    ----------
    asked
        Gives the settings on screen when it is pressed.
    out
        Folder for reports.
    """

    def __init__(self, asked: Callable[[], Asked], out: Path) -> None:
        self._asked, self._out = asked, out
        self.button = widgets.Button(description=BUTTON)
        self.state = widgets.HTML()
        self.state.add_class("hs-report")
        self.button.on_click(lambda _: self.start())
        self.box = widgets.VBox([self.button, self.state])

    def start(self) -> None:
        """Make the report in a process of its own; the page goes on."""
        asked = self._asked()
        folder = folder_for(asked, self._out)
        job = {"given": given(asked), "out": str(folder)}
        self.button.disabled = True
        self._say(0.0, "starting")
        loop = asyncio.get_running_loop()

        def later(function: Callable[..., None], *words: Any) -> None:
            loop.call_soon_threadsafe(function, *words)

        threading.Thread(target=self._follow, args=(job, folder, later), daemon=True).start()

    def _follow(self, job: dict[str, Any], folder: Path, later: Callable[..., None]) -> None:
        command = [sys.executable, "-P", "-m", "hipstudy.explore.report_job"]
        try:
            with subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
            ) as job_process:
                # It stays open: when this kernel ends, the job sees the end of it and stops too.
                job_process.stdin.write(json.dumps(job) + "\n")
                job_process.stdin.flush()
                last: dict[str, Any] = {"problems": ["the report stopped without a word"]}
                for line in job_process.stdout:
                    last = json.loads(line)
                    if "done" in last:
                        later(self._say, last["done"], last["words"])
            later(self._finish, last, folder)
        except (OSError, ValueError) as error:
            later(self._finish, {"problems": [f"the report could not be made: {error}"]}, folder)

    def _say(self, done: float, words: str) -> None:
        self.state.value = (
            f'<p role="status"><progress aria-label="Report" max="1" value="{done:.3f}"></progress>'
            f" {escape(words)}</p>"
        )

    def _finish(self, last: dict[str, Any], folder: Path) -> None:
        self.button.disabled = False
        if "pdf" not in last:
            problems = listed(last.get("problems", ()))
            self.state.value = f"<p>No report was made.</p>{problems}"
            return
        pdf = Path(last["pdf"]).read_bytes()
        source = base64.b64encode(pdf).decode()
        self.state.value = (
            '<p role="status">The report is made: <a class="hs-pdf" download="compare.pdf" '
            f'href="data:application/pdf;base64,{source}">compare.pdf</a>. Its web page, notebook '
            f"and tables are beside it in the folder {escape(folder.name)} of your reports. It "
            "takes 200 draws of the parameters where this page takes 50, so last digits differ."
            "</p>"
        )

"""One button: the compare report for exactly the settings on screen, with progress, and its PDF."""

import asyncio
import base64
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from hipstudy.explore.cache import N_DRAWS
from hipstudy.explore.live.page_style import problem_list_html
from hipstudy.explore.sentences import WORDS
from hipstudy.explore.state import PageState
from hipstudy.parameters import number


def folder_for(page_state: PageState, out: Path, data: str = "") -> Path:
    """Folder of a report: the same settings and data have the same, so no other is overwritten."""
    mark = sha256(json.dumps(page_state.report_values() | {"cohort": data}).encode()).hexdigest()
    return out / f"explore-{mark[:8]}"


def _fingerprint(path: str) -> str:
    try:
        return sha256(Path(path).read_bytes()).hexdigest()
    except OSError:
        return "gone"


class ReportButton:
    """The button, its progress, and what came of it.

    Parameters
    ----------
    page_state
        Gives the settings on screen when it is pressed.
    out
        Folder for reports.
    sha256
        Fingerprint of the cohort file as the page read it; empty where there is none.
    why_not
        Gives why no report can be made now; nothing when one can.
    """

    def __init__(
        self,
        page_state: Callable[[], PageState],
        out: Path,
        sha256: str = "",
        why_not: Callable[[], str] = str,
    ) -> None:
        self._page_state, self._out, self._sha256, self._why_not = page_state, out, sha256, why_not
        self._folder: Path | None = None
        self._is_running = False
        self.refusal = widgets.HTML()
        self.button = widgets.Button(description=WORDS("report_button"))
        self.state = widgets.HTML()
        self.state.add_class("hs-report")
        self.button.on_click(lambda _: self.start())
        self.box = widgets.VBox([self.button, self.refusal, self.state])

    def start(self) -> None:
        """Make the report in a process of its own; the page goes on.

        One at a time: a second click can be on its way before the button is seen to be off.
        """
        self.look()
        if self._is_running or self._why_not():
            return
        page_state = self._page_state()
        folder = folder_for(page_state, self._out, self._sha256)
        self._folder = None
        if page_state.cohort and _fingerprint(page_state.cohort) != self._sha256:
            self._refuse([WORDS("report_cohort_changed")])
            return
        values = page_state.report_values()
        if page_state.cohort:
            del values["n_runners"]
            values["cohort"] = page_state.cohort
        job = {"given": list(values.items()), "out": str(folder)}
        self._is_running = True
        self.look()
        self._say(0.0, "starting")
        loop = asyncio.get_running_loop()

        def later(function: Callable[..., None], *words: Any) -> None:
            loop.call_soon_threadsafe(function, *words)

        threading.Thread(target=self._follow, args=(job, folder, later), daemon=True).start()

    def _follow(self, job: dict[str, Any], folder: Path, later: Callable[..., None]) -> None:
        command = [sys.executable, "-P", "-m", "hipstudy.explore.live.report_job"]
        try:
            with subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                start_new_session=True,  # who ends the kernel with its group leaves it time to tidy
            ) as job_process:
                # It stays open: when this kernel ends, the job sees the end of it and stops too.
                job_process.stdin.write(json.dumps(job) + "\n")
                job_process.stdin.flush()
                last: dict[str, Any] = {"problems": ["the report stopped without a word"]}
                for line in job_process.stdout:
                    message = json.loads(line)
                    if "done" in message:
                        later(self._say, message["done"], message["words"])
                    else:
                        last = message
            later(self._finish, last, folder)
        except (OSError, ValueError) as error:
            later(self._finish, {"problems": [f"the report could not be made: {error}"]}, folder)

    def _say(self, share: float, words: str) -> None:
        self.state.value = (
            '<p role="status"><progress aria-label="Report" max="1" '
            f'value="{share:.3f}"></progress>'
            f" {escape(words)}</p>"
        )

    def _refuse(self, problems: Sequence[str]) -> None:
        self.state.value = f"<p>{WORDS('report_failed')}</p>{problem_list_html(problems)}"

    def _finish(self, last: dict[str, Any], folder: Path) -> None:
        self._is_running = False
        self.look()
        if "pdf" not in last:
            self._refuse(last.get("problems", ()))
            return
        self._folder = folder
        pdf = Path(last["pdf"]).read_bytes()
        facts = {
            "pdf_base64": base64.b64encode(pdf).decode(),
            "folder": escape(folder.name),
            "n_draws_report": int(number("parameter_draws")),
            "n_draws_page": N_DRAWS,
        }
        self.state.value = f'<p role="status">{WORDS("report_ready", facts)}</p>'
        self.look()

    def look(self) -> None:
        """Say so when no report can be made, or when the one made is not of what is on screen."""
        why_not = self._why_not()
        self.refusal.value = problem_list_html([why_not]) if why_not else ""
        self.button.disabled = self._is_running or bool(why_not)
        if self._folder is not None:
            same = self._folder == folder_for(self._page_state(), self._out, self._sha256)
            (self.box.remove_class if same else self.box.add_class)("hs-other")

"""The explorer in a notebook: the same page, whose state Python can go on from."""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import anywidget
import traitlets

from hipstudy.errors import ProblemsFound
from hipstudy.explore.front_end import script, style
from hipstudy.explore.opening import opening
from hipstudy.explore.report_run import ReportRuns
from hipstudy.resources import is_open_data
from hipstudy.studies import compare_study
from hipstudy.studies.compare_study import CompareStudy
from hipstudy.studies.settings import CompareSettings

_MODULE = f"{script('remote_host', 'notebook_host')}\nexport default {{ render }};\n"


class Explorer(anywidget.AnyWidget):
    """The explorer as a cell's last line.

    Parameters
    ----------
    cohort
        File of runners to start from; empty draws some.
    n_runners
        How many to draw.
    seed
        Of their luck.
    out
        Folder for reports.

    Raises
    ------
    ProblemsFound
        When the file, or a setting, is wrong.
    """

    _esm = _MODULE
    _css = style()
    page = traitlets.Dict().tag(sync=True)
    address = traitlets.Unicode().tag(sync=True)  # what the page stands at

    def __init__(self, *, cohort: str, n_runners: int, seed: int, out: Path) -> None:
        self._opening = opening("notebook", cohort=cohort, n_runners=n_runners, seed=seed)
        self._reports, self._tasks = ReportRuns(out), set[Any]()
        start = self._opening.answers.start
        super().__init__(page=dict(self._opening.page), address=start.address())
        self.on_msg(self._hear)

    @property
    def settings(self) -> CompareSettings:
        """Settings of the comparison that the page shows, for ``compare_study.run``."""
        return self._opening.answers.settings(dict(parse_qsl(self.address)))

    @property
    def study(self) -> CompareStudy:
        """The comparison that the page shows, worked out as the report does."""
        return compare_study.run(self.settings)

    def __repr__(self) -> str:
        """The two arms; a notebook shows the page itself."""
        now = self._opening.answers.page_state(dict(parse_qsl(self.address)))
        return f"Explorer({now.a.label!r}, {now.b.label!r}, weeks={now.a.weeks})"

    def _hear(self, _widget: Any, message: dict[str, Any], _buffers: Any) -> None:
        """Answer a question of the page."""
        kind, number = message.get("kind"), message.get("number")
        question = message.get("question") or {}
        answers = self._opening.answers
        if kind == "report":
            task = asyncio.ensure_future(self._report(number, question))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif kind in ("ask", "torque"):
            reply = answers.answer(question) if kind == "ask" else answers.torque(question)
            self.send({"number": number, "reply": reply, "is_last": True})

    async def _report(self, number: Any, question: dict[str, Any]) -> None:
        """Send one message a step."""
        try:
            now = self._opening.answers.page_state(question.get("query") or {})
        except ProblemsFound as error:
            reply = {"problems": [str(problem) for problem in error.problems], "failed": ""}
            self.send({"number": number, "reply": reply, "is_last": True})
            return
        async for step in self._reports.steps(now, self._opening.sha256):
            self.send({"number": number, "reply": step, "is_last": "done" not in step})


def explorer(*, cohort: str = "", n_runners: int = 200, seed: int = 0, out: str = "") -> Explorer:
    """The explorer of a notebook; ``hipstudy.explore.page`` says what its parameters are."""
    folder = Path(out or "reports")
    is_file = cohort and not is_open_data(cohort)
    file = str(Path(cohort).resolve()) if is_file else cohort
    return Explorer(cohort=file, n_runners=n_runners, seed=seed, out=folder)

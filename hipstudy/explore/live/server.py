"""Serve the live explorer on this computer only, to whoever has its token.

One page, its script and style, and what the page asks: all of it stands behind one guard
(``access``). Answers follow from questions alone, so a page that is closed leaves nothing behind;
a report that it asked for ends with it.
"""

import asyncio
import json
import logging
import re
import shutil
import signal
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError

from hipstudy.errors import Problem, ProblemsFound, UsageProblems
from hipstudy.explore.cache import N_RUNNERS
from hipstudy.explore.front_end import script, style, word_table
from hipstudy.explore.live.access import HOST, MAX_HEAD_BYTES, Guard, Guarded, Nothing
from hipstudy.explore.live.stop_signal import stop_event
from hipstudy.explore.opening import Opening, opening, refusal
from hipstudy.explore.outcome_words import WORDS
from hipstudy.explore.report_run import ReportRuns
from hipstudy.files import undisturbed
from hipstudy.resources import is_open_data
from hipstudy.reused_memory import reuse_memory

PORT, PORTS = 8866, 50
MOST_QUESTION_BYTES = 2**20
OPENINGS = 2  # of a cohort file that changes while pages are open


class Room:
    """What all pages of one server look at: the runners, the answers, the reports.

    Parameters
    ----------
    cohort
        File of runners to start from; empty draws some.
    n_runners
        How many to draw.
    out
        Folder for reports.
    """

    def __init__(self, cohort: str, n_runners: int, out: Path) -> None:
        self._asked = {"cohort": cohort, "n_runners": n_runners, "seed": 0}
        self._openings: dict[str, Opening] = {}
        self._lock = threading.Lock()
        self.reports = ReportRuns(out)
        # What a hand waits for does not stand behind what is worked out ahead.
        self.turns, self.ahead = ThreadPoolExecutor(2), ThreadPoolExecutor(1)

    def opening(self) -> Opening:
        """What a new page opens with; a cohort file is read anew, since it may have changed.

        Raises
        ------
        ProblemsFound
            When the file has problems.
        """
        with self._lock:
            if self._openings and not self._asked["cohort"]:
                return next(iter(self._openings.values()))
            new = opening("live", **self._asked)
            known = self._openings.setdefault(new.sha256, new)
            for old in [*self._openings][:-OPENINGS]:
                del self._openings[old]
            return known

    def of_page(self, data: object) -> Opening:
        """What an open page opened with.

        Raises
        ------
        HTTPError
            When the file has changed so often that it is no longer known.
        """
        found = self._openings.get(str(data or ""))
        if found is None:
            raise HTTPError(410)
        return found

    def warm(self) -> None:
        """Work out what every page opens with, before one asks."""
        try:
            first = self.opening()
        except ProblemsFound:
            return
        first.answers.answer({"query": first.page["first"], "weights": first.page["weights"]})

    def close(self) -> None:
        """Leave what nobody waits for any more."""
        for pool in (self.turns, self.ahead):
            pool.shutdown(wait=False, cancel_futures=True)


class ExplorerPage(Guarded):
    """The page."""

    async def get(self) -> None:
        """The page with what it opens with, or what is wrong with the runners."""
        loop, room = asyncio.get_running_loop(), self.settings["room"]
        facts: dict[str, Any] = {"title": WORDS("live_title"), "problems": []}
        try:
            found = await loop.run_in_executor(room.turns, room.opening)
            text = json.dumps(found.page, ensure_ascii=False, allow_nan=False)
            facts["data"] = text.replace("<", "\\u003c")
            facts["noscript"] = word_table()["labels"]["no_script"]
        except ProblemsFound as error:
            facts |= refusal(error)
        self.finish(_page().render(facts))


class Asset(Guarded):
    """The script or the style of the page."""

    def initialize(self, kind: str, text: Callable[[], str]) -> None:
        """Set what kind of text it is, and how it is found."""
        self._kind, self._text = kind, text

    def get(self) -> None:
        """The text."""
        self.set_header("Content-Type", f"{self._kind}; charset=utf-8")
        self.finish(self._text())


class Alive(Guarded):
    """A sign of life."""

    def get(self) -> None:
        """Nothing but that."""
        self.finish("")


class PageQuestion(Guarded):
    """What a page asks of the library."""

    def read_question(self) -> dict[str, Any]:
        """The question.

        Raises
        ------
        HTTPError
            When it is none.
        """
        try:
            question = json.loads(self.request.body)
        except ValueError:
            raise HTTPError(400) from None
        if not isinstance(question, dict):
            raise HTTPError(400)
        return question

    async def answer_with(self, method: str) -> None:
        """Send what the library answers."""
        room, question = self.settings["room"], self.read_question()
        answers = room.of_page(question.get("data")).answers
        pool = room.ahead if question.get("is_idle") else room.turns
        loop = asyncio.get_running_loop()
        try:
            reply = await loop.run_in_executor(pool, getattr(answers, method), question)
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            if self.settings["is_debug"]:
                raise
            raise HTTPError(400) from error
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(reply, allow_nan=False))


class Ask(PageQuestion):
    """A dose."""

    async def post(self) -> None:
        """The dose, its controls and its runs."""
        await self.answer_with("answer")


class Torque(PageQuestion):
    """Torque along the range."""

    async def post(self) -> None:
        """The curve."""
        await self.answer_with("torque")


class Report(PageQuestion):
    """A report, for as long as the page waits for it."""

    _task: "asyncio.Task[None] | None" = None

    def on_connection_close(self) -> None:
        """Stop the report of a page that was closed."""
        if self._task is not None:
            self._task.cancel()

    async def post(self) -> None:
        """One line a step."""
        room, question = self.settings["room"], self.read_question()
        found = room.of_page(question.get("data"))
        try:
            now = found.answers.page_state(question.get("query") or {})
        except ProblemsFound as error:
            problems = [str(problem) for problem in error.problems]
            self.finish(json.dumps({"problems": problems, "failed": WORDS("report_failed")}) + "\n")
            return
        self.set_header("Content-Type", "application/x-ndjson; charset=utf-8")
        self._task = asyncio.ensure_future(self._say(room.reports.steps(now, found.sha256)))
        try:
            await self._task
        except asyncio.CancelledError:
            return
        self.finish()

    async def _say(self, steps: Any) -> None:
        try:
            async for step in steps:
                self.write(json.dumps(step) + "\n")
                await self.flush()
        except StreamClosedError:
            return
        finally:
            await steps.aclose()


@cache
def _page() -> Template:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
    ).get_template("page.html.j2")


def _script() -> str:
    return f"{script('remote_host', 'live_host')}\nopenLive();\n"


def application(guard: Guard, room: Room, *, is_debug: bool) -> Application:
    """All that is served, behind the guard."""
    folder = re.escape(guard.folder)
    return Application(
        [
            (folder, ExplorerPage),
            (f"{folder}explorer\\.js", Asset, {"kind": "text/javascript", "text": _script}),
            (f"{folder}explorer\\.css", Asset, {"kind": "text/css", "text": style}),
            (f"{folder}alive", Alive),
            (f"{folder}ask", Ask),
            (f"{folder}torque", Torque),
            (f"{folder}report", Report),
        ],
        default_handler_class=Nothing,
        guard=guard,
        room=room,
        is_debug=is_debug,
        log_function=lambda _: None,  # addresses hold settings
        compress_response=True,
    )


def open_explorer(
    *,
    cohort: str = "",
    n_runners: int = N_RUNNERS,
    query: str = "",
    browser: bool = True,
    port: int | None = None,
    debug: bool = False,
    say: Callable[[str], None],
) -> None:
    """Serve the explorer until it is stopped.

    Parameters
    ----------
    cohort
        File of runners to start from.
    n_runners
        How many to draw without one.
    query
        Settings to open with, as in a page's address.
    browser
        Open a browser; else the address, with its token, is said.
    port
        To listen on; the first free one from ``PORT`` by default.
    debug
        Say in the terminal what goes wrong.
    say
        Called with each line for the terminal.

    Raises
    ------
    UsageProblems
        When the port is taken, or the file is missing.
    """
    reuse_memory()
    is_file = cohort and not is_open_data(cohort)
    file = str(Path(cohort).resolve()) if is_file else cohort
    sockets = _sockets(port)
    guard = Guard()
    guard.port = sockets[0].getsockname()[1]
    room = Room(file, n_runners, Path("reports").resolve())
    if not debug:
        for source in ("tornado", "asyncio"):  # a page closed in mid-answer is no fault
            logging.getLogger(source).setLevel(logging.CRITICAL)
    scratch = Path(tempfile.mkdtemp(prefix="hipstudy-"))
    app = application(guard, room, is_debug=debug)

    async def serve() -> None:
        stop = stop_event()
        server = HTTPServer(app, max_header_size=MAX_HEAD_BYTES, max_body_size=MOST_QUESTION_BYTES)
        server.add_sockets(sockets)
        room.ahead.submit(room.warm)
        _hand_over(guard, query, browser, scratch, say)
        await stop.wait()

    stopped = signal.getsignal(signal.SIGINT)
    try:
        asyncio.run(serve())
    finally:
        with undisturbed():
            room.close()
            shutil.rmtree(scratch, ignore_errors=True)
    if callable(stopped):  # as any command that is stopped ends
        stopped(signal.SIGINT, None)


def _sockets(port: int | None) -> list[Any]:
    """Listen on this computer's own address only.

    Raises
    ------
    UsageProblems
        When the port is taken.
    """
    for each in [port] if port else range(PORT, PORT + PORTS):
        try:
            return bind_sockets(each, HOST)
        except OSError:
            continue
    mend = "Leave --port out, or give another."
    raise UsageProblems([Problem("--port", str(port or PORT), "it is in use", mend)])


def _hand_over(
    guard: Guard, query: str, browser: bool, scratch: Path, say: Callable[[str], None]
) -> None:
    """Hand the browser its way in through a file that only this user can read."""
    if not browser:
        say(guard.way_in(query))
    else:
        door = scratch / "explore.html"
        door.touch(mode=0o600)
        address = guard.way_in(query).replace("&", "&amp;")
        door.write_text(f'<meta http-equiv="refresh" content="0; url={address}">', "utf-8")
        guard.on_entry = lambda: door.unlink(missing_ok=True)
        threading.Thread(target=_open, args=(door, guard, query, say), daemon=True).start()
    say("The explorer is open. It stops with Ctrl-C.")
    sys.stdout.flush()


def _open(door: Path, guard: Guard, query: str, say: Callable[[str], None]) -> None:
    """Open a browser; some only come back when they are closed."""
    if not webbrowser.open(door.as_uri()):
        say(f"No browser was found. Paste this address into one: {guard.way_in(query)}")
        sys.stdout.flush()

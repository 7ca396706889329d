"""Serve the live explorer on this computer only, to whoever has its token.

Voila shows the notebook; everything it serves, files and sockets too, stands behind one guard
(``guard``), and every page has a kernel of its own, which ends with the page.
"""

import logging
import os
import re
import shutil
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_server.auth.identity import IdentityProvider, User
from jupyter_server.base.handlers import FileFindHandler
from jupyter_server.services.kernels.handlers import KernelHandler
from tornado.httpserver import HTTPServer
from tornado.web import RequestHandler
from traitlets import default
from traitlets.config import Config
from voila.app import Voila
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.static_file_handler import MultiStaticFileHandler, TemplateStaticFileHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from hipstudy.errors import Problem, UsageProblems
from hipstudy.explore.cache import N_RUNNERS
from hipstudy.explore.live.access import HOST, MAX_HEAD_BYTES, Guard, Nothing, guarded
from hipstudy.resources import is_open_data, place

PORT = 8866
IDLE_S = 60  # a kernel that no browser is on ends after this, should its page not have ended it
NOTEBOOK = "00_explore.ipynb"
HANDLERS = (  # all that the page asks for; what else Voila would serve is left out
    KernelHandler,
    VoilaKernelWebsocketHandler,
    VoilaShutdownKernelHandler,
    TemplateStaticFileHandler,
    MultiStaticFileHandler,
    FileFindHandler,  # ipywidgets' part of JupyterLab
    TornadoVoilaHandler,
)


class OneUser(IdentityProvider):
    """Whoever has passed the guard is the one user there is."""

    def get_user(self, handler: RequestHandler) -> User | None:
        """The one user, behind the guard."""
        return User("hipstudy") if handler.settings["guard"].knows(handler) else None

    @property
    def auth_enabled(self) -> bool:
        """Always."""
        return True


class Explorer(Voila):
    """Voila with one notebook, behind the guard, deaf to settings files that lie about."""

    guard: Guard
    at_start: Callable[[Guard], None]

    @default("config_file_paths")
    def _no_config_files(self) -> list[str]:
        return []

    def setup_template_dirs(self) -> None:
        """Look in the explorer's own template first."""
        super().setup_template_dirs()
        own = Path(__file__).parent / "template"
        self.template_paths = [str(own), *self.template_paths]
        self.static_paths = [str(own / "static"), *self.static_paths]

    def init_settings(self) -> dict[str, Any]:
        """Add the guard; no request is logged, since addresses hold settings."""
        return super().init_settings() | {"guard": self.guard, "log_function": lambda _: None}

    def init_handlers(self) -> list[Any]:
        """Put the guard before every handler that the page needs, and leave the others out."""
        rules = [rule for rule in super().init_handlers() if rule[1] in HANDLERS]
        assert {rule[1] for rule in rules} == {*HANDLERS}
        # Voila's last rule takes any address for the notebook's; here it has one.
        rules = [
            (re.escape(self.guard.folder), *rule[1:]) if rule[1] is TornadoVoilaHandler else rule
            for rule in rules
        ]
        return [guarded(rule) for rule in (*rules, (".*", Nothing))]

    def start(self) -> None:
        """Serve, reading addresses that are far too long so that they get a sentence."""
        HTTPServer.configure(None, max_header_size=MAX_HEAD_BYTES)
        super().start()

    def launch_browser(self) -> None:
        """Called once the port is known: say where, and open the browser."""
        self.guard.port = self.port
        self.at_start(self.guard)


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
    out = Path("reports").resolve()
    is_file = cohort and not is_open_data(cohort)
    file = str(Path(cohort).resolve()) if is_file else cohort
    parameters = {"cohort": file, "n_runners": n_runners, "out": str(out)}
    scratch = Path(tempfile.mkdtemp(prefix="hipstudy-"))
    # Kernels of this run only: no start-up files of the user's, and no history of what they ran.
    os.environ["IPYTHONDIR"] = str(scratch / "ipython")
    guard = Guard()
    app = Explorer(config=_config(port, parameters, debug, guard.folder))
    app.guard = guard
    app.at_start = lambda guard: _hand_over(guard, query, browser, scratch, say)
    if not debug:
        for source in ("tornado", "asyncio"):  # a page closed in mid-answer is no fault
            logging.getLogger(source).setLevel(logging.CRITICAL)
    try:
        app.initialize([str(place("notebooks", NOTEBOOK))])
        app.start()
    except SystemExit:
        mend = "Leave --port out, or give another."
        raise UsageProblems([Problem("--port", str(port), "it is in use", mend)]) from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _config(port: int | None, parameters: dict[str, Any], debug: bool, folder: str) -> Config:
    def with_parameters(_request: Any, notebook: Any, cwd: str) -> Any:  # noqa: ARG001
        from papermill.parameterize import parameterize_notebook

        notebook.metadata.setdefault("papermill", {})
        for cell in notebook.cells:
            cell.metadata.setdefault("tags", [])
        return parameterize_notebook(notebook, parameters)

    return Config(
        {
            "Voila": {
                "ip": HOST,
                "base_url": folder,
                "port": port or PORT,
                "port_retries": 0 if port else 50,
                "log_level": logging.ERROR if debug else logging.CRITICAL,
                "identity_provider_class": OneUser,
            },
            "VoilaConfiguration": {
                "template": "lab",
                # Else an address, or a notebook, would choose what the page runs.
                "allow_template_override": "NO",
                "allow_theme_override": "NO",
                # Voila's sign of life is a script in the page, which the guard lets no page run.
                "http_keep_alive_timeout": 3600,
                "prelaunch_hook": with_parameters,
                "kernel_spec_manager_class": "hipstudy.report.kernel.OnlyThisInterpreter",
                "show_tracebacks": False,
                "file_allowlist": [],
                "attempt_fix_notebook": False,
                "extension_allowlist": ["@jupyter-widgets/jupyterlab-manager",
                                        "@voila-dashboards/widgets-manager8"],
            },
            # A kernel that died has lost the page's model: one that took its place would not know.
            "KernelRestarter": {"restart_limit": 0},
            "MappingKernelManager": {"cull_idle_timeout": IDLE_S, "cull_interval": 15},
        }
    )  # fmt: skip


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

"""A real Firefox for tests: one that is here already, spoken to by BiDi, never downloaded.

Playwright's own way to a stock Firefox asks for commands that Debian's has not yet, so this
speaks the few that the tests need.
"""

import base64
import json
import os
import re
import shutil
import subprocess
import time
from contextlib import closing, contextmanager

import pytest

NAMES = ("firefox-esr", "firefox")
MISSING = "no Firefox was found on the PATH"
KEYS = {"Tab": "\ue004", "Enter": "\ue006", "Space": " ", "Escape": "\ue00c", "End": "\ue010",
        "Home": "\ue011", "ArrowLeft": "\ue012", "ArrowUp": "\ue013", "ArrowRight": "\ue014",
        "ArrowDown": "\ue015"}  # fmt: skip
PREFERENCES = {  # it asks for nothing of its own accord
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}
PATIENCE_S = 600  # a busy machine is slow, and that is no fault


class Tab:
    """One tab: what it shows, what it asked for, and what it complained of."""

    def __init__(self, connection):
        self._connection, self._number = connection, 0
        self.asked, self.complaints = [], []
        self._tell("session.new", capabilities={})
        self._tell("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        # The first window of all has not the focus, and keys then do half of what they do.
        window = self._tell("browsingContext.create", type="window")
        self._context = {"context": window["context"]}

    def _tell(self, method, **values):
        self._number += 1
        said = {"id": self._number, "method": method, "params": values}
        self._connection.send(json.dumps(said))
        while True:
            heard = json.loads(self._connection.recv())
            if heard.get("type") == "event":
                self._note(heard["method"], heard["params"])
            elif heard.get("id") == self._number:
                assert heard["type"] == "success", heard
                return heard["result"]

    def _note(self, event, values):
        if event == "log.entryAdded":
            self.complaints.append(values["text"])
        elif not values["request"]["url"].endswith("/favicon.ico"):  # the browser's own
            self.asked.append(values["request"]["url"])

    def goto(self, address):
        self._tell("browsingContext.navigate", **self._context, url=address, wait="complete")

    def evaluate(self, expression):
        """What an expression, or what it promises, comes to."""
        words = f"(async () => JSON.stringify((await ({expression})) ?? null))()"
        told = self._tell(
            "script.evaluate", expression=words, target=self._context, awaitPromise=True
        )
        assert told["type"] == "success", told["exceptionDetails"]["text"]
        return json.loads(told["result"]["value"])

    def wait_for(self, expression):
        """Wait until an expression holds, and return it."""
        end = time.monotonic() + PATIENCE_S
        while not (value := self.evaluate(expression)):
            assert time.monotonic() < end, f"never came true: {expression}"
            time.sleep(0.05)
        return value

    def press(self, *names):
        """Press keys, one after the other: those of ``KEYS``, or letters."""
        letters = [KEYS.get(name, name) for name in names]
        strokes = [{"type": kind, "value": one} for one in letters for kind in ("keyDown", "keyUp")]
        keys = {"type": "key", "id": "keys", "actions": strokes}
        self._tell("input.performActions", **self._context, actions=[keys])

    def resize(self, width, height):
        viewport = {"width": width, "height": height}
        self._tell("browsingContext.setViewport", **self._context, viewport=viewport)

    def drawn(self):
        """Wait until the page shows what it was told."""
        frames = "for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);"
        self.evaluate(f"(async () => {{ {frames} }})()")

    def pdf(self):
        page = {"width": 21.0, "height": 29.7}
        printed = self._tell("browsingContext.print", **self._context, page=page, background=True)
        return base64.b64decode(printed["data"])

    def screenshot(self):
        taken = self._tell("browsingContext.captureScreenshot", **self._context)
        return base64.b64decode(taken["data"])


@contextmanager
def open_firefox(folder):
    """A headless Firefox with a profile of its own in a folder; skipped where there is none."""
    path = next((path for name in NAMES if (path := shutil.which(name))), None)
    if path is None:
        pytest.skip(MISSING)
    import websocket

    profile = folder / "profile"
    profile.mkdir()
    lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items())
    (profile / "user.js").write_text("\n".join(lines))
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [path, "--headless", "--no-remote", "--remote-debugging-port=0", "--profile", profile],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env=os.environ | {"HOME": str(folder)},
        )  # fmt: skip
        try:
            address = _listening(process, folder / "log")
            # Firefox turns away what says that a web page sent it.
            connection = websocket.create_connection(address, PATIENCE_S, suppress_origin=True)
            with closing(connection):
                yield Tab(connection)
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def _listening(process, log):
    """Where it listens, as it says when it is up."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if found := re.search(r"BiDi listening on (ws://\S+)", log.read_text()):
            return f"{found[1]}/session"
        assert process.poll() is None, log.read_text()
        time.sleep(0.05)
    raise AssertionError("Firefox did not start")

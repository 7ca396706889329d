"""A running ``hipstudy explore`` for tests, and browsers that it has let in."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import held_report_job
from browsing import PATIENCE_MS
from terminal import HEARING

SETTLED = "() => window.hipstudy?.isSettled() ? hipstudy.address() : false"
# Once the controls rest, what the page shows stands in its address too, as one step to undo.
RESTED = "() => hipstudy.isSettled() && location.href.split(/[?#]/)[1] === hipstudy.address()"
A_TAB = {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
A_QUESTION = {"Content-Type": "application/json"}
A_PART = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
_PLAIN = ("-m", "hipstudy")
_HELD = f"""
import sys
from hipstudy.cli import app
from hipstudy.explore import report_run
report_run.MODULE = {held_report_job.NAME!r}
sys.exit(app.main())
"""
_cookies = {}


@contextmanager
def serving(folder, *options, holds_reports=False):
    """A running ``hipstudy explore``: its way in, its process, and the folder it runs in.

    Where it holds reports, none that it begins comes to its end.
    """
    program = ("-c", _HELD) if holds_reports else _PLAIN
    with (folder / "out").open("w+") as out, (folder / "err").open("w+") as err:
        process = subprocess.Popen(
            [sys.executable, *program, "explore", "--no-browser", *options],
            cwd=folder,
            env=os.environ | (held_report_job.FOUND if holds_reports else {}),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            **HEARING,
        )
        try:
            yield _way_in(process, folder), process, folder
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(600)


def _way_in(process, folder):
    end = time.monotonic() + 600
    while time.monotonic() < end:
        said = (folder / "out").read_text()
        if "Ctrl-C" in said:
            return said.split()[0]
        assert process.poll() is None, (folder / "err").read_text()
        time.sleep(0.05)
    raise AssertionError("the explorer did not start")


def asked_for(address, method="GET", body=None, **headers):
    """Status and text of an answer; a header's name is given with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items() if value}
    request = urllib.request.Request(address, headers=named, method=method, data=body)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode("utf-8", "replace")


def let_in(address):
    """The cookie that the token is exchanged for, and where the browser is sent."""
    request = urllib.request.Request(address, headers=A_TAB)
    with urllib.request.urlopen(request) as answer:
        sent_to = unescape(answer.read().decode().split("url=")[1].split('"')[0])
        return answer.headers["Set-Cookie"], sent_to


def cookie_of(address):
    """The cookie of a server, for which its token is exchanged at the first call."""
    if address not in _cookies:
        _cookies[address] = let_in(address)[0].split(";")[0]
    return _cookies[address]


def page_of(address, **more):
    """The address of a server's page, without the token and with other settings."""
    parts = urlsplit(address)
    words = [pair for pair in parse_qsl(parts.query) if pair[0] != "token"]
    query = urlencode([*words, *more.items()])
    return f"{parts.scheme}://{parts.netloc}{parts.path}" + (f"?{query}" if query else "")


def inside(browser, address, **options):
    """A browser that the server knows."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE_MS)
    way_in = address.split("&")[0]
    name, value = cookie_of(way_in).split("=", 1)
    parts = urlsplit(way_in)
    context.add_cookies(
        [
            {
                "name": name,
                "value": value,
                "domain": parts.hostname,
                "path": parts.path,
                "httpOnly": True,
                "sameSite": "Strict",
            }
        ]
    )
    return context


@contextmanager
def opened(browser, address, size=(1300, 950)):
    """The page of a server, its numbers there."""
    context = inside(browser, address, viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    page.requested = []
    page.on("request", lambda request: page.requested.append(request.url))
    try:
        page.goto(page_of(address), wait_until="commit")
        page.wait_for_function(SETTLED)
        yield page
    finally:
        context.close()


def family(pid):
    """A process and all that it started, by Linux's own list."""
    children = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if fields[0] != "Z":
            children.setdefault(int(fields[1]), []).append(int(entry.parent.name))
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        found.append(one)
        todo += children.get(one, [])
    return found

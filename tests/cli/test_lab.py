"""JupyterLab opens the notebooks, and its kernels are this interpreter."""

import json
import os
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid

import pytest
from lab_servers import address_of, free_port
from websocket import create_connection

from hipstudy.cli import app

CODE = "import hipstudy, sys; print(sys.executable)"


@pytest.fixture
def server(tmp_path):
    """Return a running ``hipstudy lab``, as its address and token."""
    token = secrets.token_hex()
    kernels = tmp_path / "data/kernels/python3"
    kernels.mkdir(parents=True)
    wrong = {"argv": ["false"], "display_name": "wrong", "language": "python"}
    (kernels / "kernel.json").write_text(json.dumps(wrong))
    own = {"JUPYTER_TOKEN": token, "JUPYTER_PATH": str(tmp_path / "data")}
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "JUPYTER_DATA_DIR"):
        own[name] = str(tmp_path / name.lower())
    with (tmp_path / "log").open("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "hipstudy", "lab", "--no-browser", "--port", str(free_port())],
            env={**os.environ, **own},
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            address = address_of(process, tmp_path / "jupyter_runtime_dir", tmp_path / "log")
            yield address, token, process, log
        finally:
            process.terminate()
            process.wait(600)


def ask(server, path, body=None):
    address, token, process, log = server
    request = urllib.request.Request(
        f"http://{address}/api/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"token {token}"},
    )
    end = time.monotonic() + 600  # a hang, however busy the machine
    while True:
        try:
            with urllib.request.urlopen(request, timeout=600) as answer:
                return json.load(answer)
        except urllib.error.HTTPError:
            raise
        except OSError:
            log.seek(0)
            assert process.poll() is None, log.read()
            assert time.monotonic() < end, log.read()
            time.sleep(0.1)


def printed(server, kernel, code):
    """Run code in a kernel, as a browser would; return what it prints."""
    address, token, *_ = server
    channel = create_connection(
        f"ws://{address}/api/kernels/{kernel}/channels",
        header=[f"Authorization: token {token}"],
        timeout=600,
    )
    header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "session": "s"}
    header |= {"username": "", "version": "5.3"}
    message = {"header": header, "parent_header": {}, "metadata": {}, "channel": "shell"}
    message["content"] = {"code": code, "silent": False, "store_history": False}
    channel.send(json.dumps(message))
    text = ""
    try:
        while True:
            got = json.loads(channel.recv())
            if got["parent_header"].get("msg_id") != header["msg_id"]:
                continue
            if got["msg_type"] == "error":
                text += got["content"]["evalue"]
            elif got["msg_type"] == "stream":
                text += got["content"]["text"]
            elif got["msg_type"] == "status" and got["content"]["execution_state"] == "idle":
                return text
    finally:
        channel.close()


def test_every_kernel_in_the_lab_is_this_interpreter(server, tmp_path):
    specs = ask(server, "kernelspecs")
    assert specs["default"] == "python3"
    assert list(specs["kernelspecs"]) == ["python3"]
    kernel = ask(server, "kernels", {"name": "python3"})
    assert printed(server, kernel["id"], CODE).strip() == sys.executable
    notebooks = {p.name for p in app.notebooks_folder().glob("*.ipynb")}
    assert {entry["name"] for entry in ask(server, "contents")["content"]} >= notebooks
    assert not (tmp_path / app.COPIES).exists()


def test_a_checkout_opens_its_own_notebooks(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    monkeypatch.setattr(app, "place", lambda *_: tmp_path / "notebooks")
    assert app.notebooks_folder() == tmp_path / "notebooks"


def test_an_installed_wheel_opens_copies_and_overwrites_none(tmp_path, monkeypatch):
    installed = tmp_path / "_share/notebooks"
    installed.mkdir(parents=True)
    (installed / "a.ipynb").write_text("installed")
    (installed / "b.ipynb").write_text("installed")
    here = tmp_path / "here"
    (here / app.COPIES).mkdir(parents=True)
    (here / app.COPIES / "a.ipynb").write_text("edited")
    monkeypatch.chdir(here)
    monkeypatch.setattr(app, "place", lambda *_: installed)
    folder = app.notebooks_folder()
    assert {p.name: p.read_text() for p in folder.iterdir()} == {
        "a.ipynb": "edited",
        "b.ipynb": "installed",
    }

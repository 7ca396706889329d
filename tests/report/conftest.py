"""What the tests of ``hipstudy verify`` share."""

import pytest

from hipstudy.cli.app import main


@pytest.fixture
def say(capsys):
    """Type ``hipstudy verify``: returns a function of its words to code, results and messages."""

    def run(*words):
        return main(["verify", *map(str, words)]), *capsys.readouterr()

    return run


@pytest.fixture
def no_rerun(monkeypatch):
    """No notebook may run: whoever tries is stopped."""

    def never(*_):
        raise AssertionError("nothing is run again")

    monkeypatch.setattr("hipstudy.report.make_report.executed_notebook", never)

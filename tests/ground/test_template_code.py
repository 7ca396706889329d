"""Code of templates is kept; never that of other words, of another rule or of a damaged file."""

import subprocess
import sys
from pathlib import Path

import jinja2
import pytest

import hipstudy
from hipstudy import template_code
from hipstudy.template_code import TemplateCode


@pytest.fixture(autouse=True)
def writes_byte_code(monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def said(folder, source, made=None):
    """What a template says, and how often code was made for it."""
    pages = jinja2.Environment(
        loader=jinja2.DictLoader({"a": source}), bytecode_cache=made or TemplateCode(folder)
    )
    compiled = []
    compile_source = pages.compile
    pages.compile = lambda *args: (compiled.append(args), compile_source(*args))[1]
    return pages.get_template("a").render(), len(compiled)


def test_code_is_made_once_and_again_when_the_template_changes(tmp_path):
    assert said(tmp_path, "one {{ 1 + 1 }}") == ("one 2", 1)
    assert said(tmp_path, "one {{ 1 + 1 }}") == ("one 2", 0)
    assert said(tmp_path, "two {{ 1 + 1 }}") == ("two 2", 1)
    assert said(tmp_path, "two {{ 1 + 1 }}") == ("two 2", 0)
    assert len(list(tmp_path.iterdir())) == 1


def test_code_is_made_again_with_another_filter_or_another_jinja(tmp_path, monkeypatch):
    made, package = tmp_path / "made", tmp_path / "package"
    for folder in (made, package):
        folder.mkdir()
    for name in template_code._RULES:
        (package / name).write_text("rules")
    monkeypatch.setattr(template_code, "_PACKAGE", package)
    assert said(made, "one")[1] == 1
    assert said(made, "one")[1] == 0
    for name in template_code._RULES:
        (package / name).write_text("other rules")
        assert said(made, "one")[1] == 1
        assert said(made, "one")[1] == 0
    monkeypatch.setattr(template_code, "version", lambda _: "9.9")
    assert said(made, "one")[1] == 1


def test_what_is_damaged_is_made_again(tmp_path):
    said(tmp_path, "one")
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    for damaged in (b"", whole[:10], whole[:-7], b"x" * len(whole)):
        kept.write_bytes(damaged)
        assert said(tmp_path, "one") == ("one", 1)
        assert kept.read_bytes() == whole


def test_where_none_can_be_kept_the_template_is_read_all_the_same(tmp_path, monkeypatch):
    assert said(tmp_path / "none", "one") == ("one", 1)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert said(tmp_path, "one") == ("one", 1)
    assert not list(tmp_path.iterdir())


def test_that_of_every_template_of_words_is_made_by_one_command():
    subprocess.run([sys.executable, "-W", "error", "-m", "hipstudy.template_code"], check=True)
    if sys.flags.dont_write_bytecode:
        return
    package = Path(hipstudy.__file__).parent
    kept = list((package / "__pycache__").glob("*.jinja"))
    assert len(kept) >= len(list(package.glob("*/words/*.j2")))

"""The front end's modules make one script: no name twice, nothing imported, every label there."""

import re
from collections import Counter
from importlib.resources import files

import pytest

from hipstudy.explore import front_end

HOSTS = (("file_host",), ("remote_host", "live_host"), ("remote_host", "notebook_host"))
FRONT = files("hipstudy.explore").joinpath("front")
TOP = re.compile(r"^(?:async )?(?:function|const|let|class) (\w+)", re.MULTILINE)


@pytest.mark.parametrize("hosts", HOSTS)
def test_no_name_is_declared_twice_and_nothing_is_imported_or_exported(hosts):
    text = front_end.script(*hosts)
    twice = [name for name, n in Counter(TOP.findall(text)).items() if n > 1]
    assert twice == []
    assert not re.search(r"^(?:import|export)\b", text, re.MULTILINE)


def test_every_module_is_in_a_host_and_imports_only_what_stands_before_it():
    modules = {one.name.removesuffix(".js") for one in FRONT.iterdir() if one.name.endswith(".js")}
    assert modules == {*front_end.MODULES, *(name for hosts in HOSTS for name in hosts)}
    for hosts in HOSTS:
        order = [*front_end.MODULES, *hosts]
        for i, name in enumerate(order):
            text = FRONT.joinpath(f"{name}.js").read_text(encoding="utf-8")
            used = re.findall(r'from "\./(\w+)\.js"', text)
            assert set(used) <= set(order[:i]), name


def test_every_word_that_a_module_says_is_there():
    words = front_end.word_table()
    speaking = [one for one in FRONT.iterdir() if one.name not in ("drawing.js", "explorer.css")]
    text = "\n".join(one.read_text(encoding="utf-8") for one in speaking)
    for name in re.findall(r"\blabels\.(\w+)", text) + re.findall(r'\blabel\("(\w+)"', text):
        assert name in words["labels"], name
    for name in re.findall(r'\bsay\("(\w+)"', text) + re.findall(r"\bwords\.(\w+)", text):
        assert name in words, name


def test_the_style_asks_for_nothing_and_has_no_gap():
    style = front_end.style()
    assert "$" not in style
    assert set(re.findall(r"url\((\w+):", style)) == {"data"}
    assert "http" not in style


def test_where_a_weight_is_set_it_is_said_that_none_brings_more_than_near_failure():
    label = front_end.word_table()["labels"]["added"]
    assert label == "Added kg; count at most as near failure"

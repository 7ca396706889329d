"""CITATION.cff: of this version and these authors, with what its format asks for (CFF 1.2.0)."""

import re
import tomllib
from pathlib import Path

import yaml

import hipstudy

ROOT = Path(__file__).resolve().parents[2]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_version_is_that_of_the_project():
    assert PROJECT["project"]["dynamic"] == ["version"]
    source = (ROOT / PROJECT["tool"]["hatch"]["version"]["path"]).read_text(encoding="utf-8")
    (version,) = re.findall(r'^__version__ = "(.+)"$', source, re.M)
    assert CITATION["version"] == version == hipstudy.__version__


def test_authors_and_licence_are_those_of_the_project():
    assert CITATION["authors"] == PROJECT["project"]["authors"]
    assert CITATION["license"] in PROJECT["project"]["license"].split(" AND ")
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith(CITATION["license"])


def test_it_has_what_the_format_asks_for_and_nothing_that_it_does_not_know():
    known = {"cff-version", "message", "type", "title", "abstract", "authors", "version", "license",
             "keywords"}  # fmt: skip
    assert set(CITATION) == known
    assert CITATION["cff-version"] == "1.2.0"
    assert CITATION["type"] == "software"
    texts = known - {"authors", "keywords"}
    assert all(isinstance(CITATION[name], str) and CITATION[name] for name in texts)
    assert all(isinstance(word, str) for word in CITATION["keywords"])
    assert len(set(CITATION["keywords"])) == len(CITATION["keywords"])

"""The RO-Crate of a run: readable by its library, whole, and without a word of whose machine."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from rocrate.rocrate import ROCrate

from hipstudy.report.run_crate import CRATE_FILE, altered_in_crate, crate_text
from hipstudy.report.run_record import InputFile, RunRecord

RECORD = RunRecord(
    "cohort",
    datetime(2031, 4, 9, 10, 30, tzinfo=UTC),
    run_name="March",
    version="0.1.0",
    fingerprint="ab" * 6,
    code_sha256="cd" * 32,
    data_sha256="12" * 32,
    notebook="02_cohort.ipynb",
    notebook_sha256="ef" * 32,
    seed=3,
    settings={"seed": 3, "cohort": "clinic ü.csv", "mcid_nrs": 2.0, "small_cells": False},
    inputs=(InputFile("cohort", "clinic ü.csv", "01" * 32),),
    versions={"python": "3.11.7", "numpy": "2.4.6"},
    outputs={"cohort.ipynb": "23" * 32, "cohort.pdf": "45" * 32, "tables/a b.csv": "67" * 32},
)


def text_of(*records):
    return crate_text({record.report: record.table() for record in records})


def test_it_is_read_by_its_library_and_says_what_the_record_says(tmp_path):
    for file in RECORD.outputs:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text("x")
    (tmp_path / "run.toml").write_text("x")
    (tmp_path / CRATE_FILE).write_text(text_of(RECORD), encoding="utf-8")
    crate = ROCrate(tmp_path)
    (action,) = crate.root_dataset["mentions"]
    assert action.type == "CreateAction"
    assert crate.mainEntity is action["instrument"]
    assert crate.mainEntity["isBasedOn"]["sha256"] == RECORD.notebook_sha256
    settings = {
        one["name"]: one["value"] for one in action["object"] if one.type == "PropertyValue"
    }
    assert settings == {"seed": "3", "cohort": "clinic ü.csv", "mcid_nrs": "2.0",
                        "small_cells": "False"}  # fmt: skip
    inputs = [one["sha256"] for one in action["object"] if one.type != "PropertyValue"]
    assert inputs == [RECORD.inputs[0].sha256]
    assert {one["name"]: one["sha256"] for one in action["result"]} == RECORD.outputs
    needed = crate.mainEntity["softwareRequirements"]
    versions = {one["name"]: one["softwareVersion"] for one in needed}
    assert versions == {"hipstudy": "0.1.0", **RECORD.versions}
    profiles = {one.id for one in crate.root_dataset["conformsTo"]}
    assert "https://w3id.org/ro/wfrun/workflow/0.5" in profiles
    assert altered_in_crate(text_of(RECORD), RECORD) == []


def test_the_same_record_gives_the_same_text_and_two_reports_have_a_run_each():
    assert text_of(RECORD) == text_of(RECORD)
    other = replace(RECORD, report="dose", outputs={"dose.ipynb": "89" * 32})
    graph = json.loads(text_of(RECORD, other))["@graph"]
    assert sum(one["@type"] == "CreateAction" for one in graph) == 2
    assert len({one["@id"] for one in graph}) == len(graph)


@pytest.mark.parametrize("place", ["/etc/passwd", "../other.csv", "a/../../b.csv"])
def test_a_record_that_names_files_elsewhere_gives_none_of_them(place):
    hostile = replace(RECORD, outputs=dict(RECORD.outputs) | {place: "00" * 32})
    graph = json.loads(text_of(hostile))["@graph"]
    assert not any(one["@id"] == place or one.get("sha256") == "00" * 32 for one in graph)


def test_another_digest_in_it_is_found():
    text = text_of(RECORD)
    changed = text.replace("45" * 32, "54" * 32)
    assert altered_in_crate(changed, RECORD) == ["cohort.pdf"]
    assert altered_in_crate("{}", RECORD) == [CRATE_FILE]
    assert altered_in_crate("[1]", RECORD) == [CRATE_FILE]

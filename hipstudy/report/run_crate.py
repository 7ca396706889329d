"""A run's record as others read it: a Workflow Run RO-Crate (profile 0.5) beside the files.

It says what ``run.toml`` says and nothing else: settings, seed, versions, digests of notebook,
inputs and outputs. Neither rows of data nor folders nor names of users are in it.
"""

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from hipstudy.report.run_record import RECORD_FILE, RunRecord

if TYPE_CHECKING:
    from rocrate.rocrate import ROCrate

CRATE_FILE = "ro-crate-metadata.json"
_PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": ("Process Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/workflow/0.5": ("Workflow Run Crate", "0.5"),
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": ("Workflow RO-Crate", "1.0"),
}
_TERMS = "https://w3id.org/ro/terms/workflow-run/context"
_PARAMETER_PROFILE = "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"
_KINDS = {bool: "Boolean", int: "Integer", float: "Number", str: "Text"}
_FORMATS = {
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".pdf": "application/pdf",
    ".toml": "application/toml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def crate_text(report_tables: Mapping[str, Mapping[str, Any]]) -> str:
    """The crate of a folder, from the tables of its record; the same text for the same tables.

    Parameters
    ----------
    report_tables
        As ``run_record.tables`` gives them, one a report.
    """
    from rocrate.rocrate import ROCrate

    records = [RunRecord.of_table(table) for _, table in sorted(report_tables.items())]
    crate = ROCrate(version="1.1")
    crate.metadata.extra_contexts.append(_TERMS)
    root = crate.root_dataset
    root["name"] = ", ".join(f"hipstudy report {record.report}" for record in records)
    root["description"] = "A report of hipstudy, what it was made from, and by which version."
    root["datePublished"] = max(record.time for record in records).isoformat()
    root["license"] = "Not stated. The files are of whoever made the report."
    root["conformsTo"] = [
        _linked(crate, address, "CreativeWork", name=name, version=version)
        for address, (name, version) in _PROFILES.items()
    ]
    _file(crate, RECORD_FILE, "")
    actions = [_action(crate, record) for record in records]
    root["mentions"] = actions
    root["mainEntity"] = actions[0]["instrument"]
    return json.dumps(crate.metadata.generate(), indent=2, sort_keys=True, ensure_ascii=False)


def _linked(crate: "ROCrate", identifier: str, kind: str, /, **facts: Any) -> Any:
    """Something that is named in the crate and is no file of it."""
    from rocrate.model.contextentity import ContextEntity

    return crate.add(ContextEntity(crate, identifier, properties={"@type": kind, **facts}))


def _file(crate: "ROCrate", place: str, mark: str) -> Any:
    ending = PurePosixPath(place).suffix
    facts: dict[str, Any] = {}
    facts |= {"name": place, "encodingFormat": _FORMATS.get(ending, "application/octet-stream")}
    facts |= {"sha256": mark} if mark else {}
    if ending == ".ipynb":
        facts["@type"] = ["File", "SoftwareSourceCode", "ComputationalWorkflow"]
    return crate.add_file(dest_path=place, properties=facts)


def is_within(place: str) -> bool:
    """Whether a file that a record names lies in its folder; an edited record may name any."""
    path = PurePosixPath(place)
    return bool(path.parts) and not path.is_absolute() and not {"..", "\\"} & set(place.split("/"))


def _action(crate: "ROCrate", record: RunRecord) -> Any:
    """The run of one report: by what, from what, to what."""
    name = record.report
    own = {place: mark for place, mark in record.outputs.items() if is_within(place)}
    outputs = {place: _file(crate, place, mark) for place, mark in own.items()}
    inputs = [
        _linked(
            crate,
            f"#{name}-input-{one.sha256}",
            "CreativeWork",
            name=one.file,
            sha256=one.sha256,
            description=f"Read as {one.parameter}. It is not part of this crate.",
        )
        for one in record.inputs
    ]
    parameters = {
        setting: _linked(
            crate,
            f"#{name}-parameter-{setting}",
            "FormalParameter",
            name=setting,
            additionalType=_KINDS.get(type(value), "Text"),
            conformsTo={"@id": _PARAMETER_PROFILE},
        )
        for setting, value in record.settings.items()
    }
    values = [
        _linked(
            crate,
            f"#{name}-setting-{setting}",
            "PropertyValue",
            name=setting,
            value=str(value),
            exampleOfWork=parameters[setting],
        )
        for setting, value in record.settings.items()
    ]
    workflow = outputs.get(f"{name}.ipynb") or _file(crate, f"{name}.ipynb", "")
    _describe(crate, workflow, record, list(parameters.values()))
    facts = {
        "name": record.run_name or f"hipstudy report {name}",
        "endTime": record.time.isoformat(),
        "actionStatus": {"@id": "http://schema.org/CompletedActionStatus"},
        "instrument": workflow,
        "object": [*inputs, *values],
        "result": list(outputs.values()),
        "identifier": record.fingerprint,
    }
    return _linked(crate, f"#{name}-run", "CreateAction", **facts)


def _describe(crate: "ROCrate", workflow: Any, record: RunRecord, parameters: list[Any]) -> None:
    """The notebook as a workflow: its language, its versions, what it takes."""
    own = _linked(
        crate,
        f"#{record.report}-hipstudy",
        "SoftwareApplication",
        name="hipstudy",
        softwareVersion=record.version,
        sha256=record.code_sha256,
        description=f"Its own data have the SHA-256 {record.data_sha256}.",
    )
    libraries = [
        _linked(
            crate,
            f"#{record.report}-{library}",
            "SoftwareApplication",
            name=library,
            softwareVersion=number,
        )
        for library, number in record.versions.items()
    ]
    language = _linked(
        crate, "#python", "ComputerLanguage", name="Python", url="https://www.python.org"
    )
    workflow["programmingLanguage"] = language
    workflow["input"] = parameters
    workflow["softwareRequirements"] = [own, *libraries]
    workflow["isBasedOn"] = _linked(
        crate,
        f"#{record.report}-notebook",
        "SoftwareSourceCode",
        name=record.notebook,
        sha256=record.notebook_sha256,
        description="The notebook as it was before the run.",
    )


def altered_in_crate(text: str, record: RunRecord) -> list[str]:
    """Files of a run of which a crate has another digest than the record, or none."""
    try:
        graph = json.loads(text)["@graph"]
        marks = {str(one["@id"]): one.get("sha256") for one in graph}
    except (ValueError, LookupError, TypeError, AttributeError):
        return [CRATE_FILE]
    return [file for file, mark in record.outputs.items() if _mark_of(marks, file) != mark]


def _mark_of(marks: Mapping[str, Any], file: str) -> Any:
    from urllib.parse import quote

    return marks.get(file, marks.get(quote(file)))

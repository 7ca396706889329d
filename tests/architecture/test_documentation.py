"""README.md and docs/: short, every link leads somewhere, and the contract is what the code has."""

import ast
import re
import tomllib
from urllib.parse import unquote

import pytest
from documentation import PAGES, README, ROOT, name, section, text

from hipstudy.analysis.own_outcomes import OwnOutcome
from hipstudy.analysis.plan import AnalysisPlan
from hipstudy.cli.app import cli
from hipstudy.labels import OUTCOME_LABELS
from hipstudy.model.causes import PRIOR, WORLDS
from hipstudy.prescription.design import CONTRACT_ARMS
from hipstudy.prescription.protocol import (
    CertFields,
    Progression,
    Protocol,
    Strength,
    Stretch,
    preset_names,
)
from hipstudy.resources import place
from hipstudy.studies.cohort_study import CohortSettings
from hipstudy.studies.dose_study import DoseSettings
from hipstudy.studies.evidence_study import EvidenceSettings
from hipstudy.studies.preregistration_study import PreregistrationSettings
from hipstudy.studies.settings import CompareSettings

WITH_LINKS = (*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md")
TABLES = ROOT / "docs" / "tables.md"
SETTINGS = {
    "compare": CompareSettings,
    "cohort": CohortSettings,
    "dose": DoseSettings,
    "evidence": EvidenceSettings,
    "preregistration": PreregistrationSettings,
}
TOML = {
    "`[strength]`": Strength,
    "`[strength.progression]`": Progression,
    "`[stretch]`": Stretch,
    "a prescription": Protocol,
    "a plan of analysis": AnalysisPlan,
    "`[outcomes.NAME]`": OwnOutcome,
}


def without_code(page):
    """A page's text with what stands in fences and between backticks taken out."""
    plain = re.sub(r"^```.*?^```$", "", text(page), flags=re.M | re.S)
    return re.sub(r"`[^`\n]*`", "", plain)


def links(page):
    """Targets of the links and pictures of a page that lie in this repository."""
    found = re.findall(r"\]\(([^)\s]+)\)", without_code(page))
    return [one for one in found if not one.startswith(("https://", "http://"))]


def anchors(page):
    """Anchors of a page's headings, as code hosts make them."""
    body = re.sub(r"^```.*?^```$", "", text(page), flags=re.M | re.S)
    headings = [heading.lower() for heading in re.findall(r"^#+ (.+)$", body, re.M)]
    return [re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in headings]


def codes(words):
    """What stands between backticks, in its order."""
    return re.findall(r"`([^`]+)`", words)


def row(heading, first):
    """The cells of the row of a table of docs/tables.md that begins with ``first``."""
    for line in section(TABLES, heading).splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == first:
            return cells
    raise AssertionError(f"no row {first} under {heading}")


@pytest.mark.parametrize("page", WITH_LINKS, ids=name)
def test_every_link_leads_to_a_file_and_a_heading(page):
    for link in links(page):
        path, _, anchor = unquote(link).partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.is_relative_to(ROOT), link
        assert there.exists(), link
        if anchor:
            assert anchor in anchors(there), link


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_headings_of_a_page_are_told_apart(page):
    assert len(set(anchors(page))) == len(anchors(page))


def test_every_page_is_listed_and_reached():
    index = ROOT / "docs" / "README.md"
    pages = {page.name for page in PAGES if page.parent == index.parent and page != index}
    assert pages <= {link.partition("#")[0] for link in links(index)}
    assert {f"docs/{one}" for one in pages} <= {one.partition("#")[0] for one in links(README)}


def test_every_picture_has_its_words():
    for page in WITH_LINKS:
        for words in re.findall(r"!\[([^\]]*)\]", without_code(page)):
            assert len(words.split()) >= 8, name(page)


def test_every_picture_is_shown_and_made_by_a_script_beside_it():
    folder = ROOT / "docs"
    shown = {(page.parent / link).resolve() for page in WITH_LINKS for link in links(page)}
    pictures = {*folder.glob("*.png"), *folder.glob("*.svg")}
    assert pictures <= shown
    scripts = "".join(text(file) for file in folder.glob("*.py"))
    assert all(f'"{picture.name}"' in scripts for picture in pictures)


def test_readme_is_short():
    assert len(text(README).split()) <= 950


def test_the_commands_of_the_contract_are_those_there_are():
    (said,) = re.findall(r"^The command words are (.+?)\.", text(TABLES), re.M)
    assert sorted(codes(said)) == sorted(cli.commands)


@pytest.mark.parametrize("report", SETTINGS)
def test_the_parameters_of_the_contract_are_those_there_are(report):
    assert codes(row("Names after `-p`", report)[1]) == list(SETTINGS[report].model_fields)


@pytest.mark.parametrize("file", TOML)
def test_the_toml_fields_of_the_contract_are_those_there_are(file):
    assert codes(row("Fields of TOML files", file)[1]) == list(TOML[file].model_fields)


def test_the_cert_fields_are_those_there_are():
    (said,) = re.findall(r"^Its fields: .+$", text(ROOT / "docs" / "prescriptions.md"), re.M)
    assert set(codes(said)) == set(CertFields.model_fields)


def test_the_columns_of_a_cohort_file_are_those_there_are():
    rows = place("data", "cohort_columns.csv").read_text(encoding="utf-8").splitlines()[1:]
    listed = section(TABLES, "Columns of a cohort file").strip().splitlines()[0]
    assert codes(listed) == [line.partition(",")[0] for line in rows]


def test_the_values_of_the_contract_are_those_there_are():
    heading = "Values of `world`, `arm` and `outcome`"
    worlds = [*WORLDS, PRIOR, "measured"]
    assert codes(row(heading, "`world`: the assumed cause of tightness")[1]) == worlds
    arms = {*CONTRACT_ARMS, *preset_names()}
    assert set(codes(row(heading, "`arm`: the prescription")[1])) == arms
    assert codes(row(heading, "`outcome`, of the model")[1]) == list(OUTCOME_LABELS)
    (said,) = re.findall(r"^`world` is the assumed cause: (.+?)\.", text(README), re.M)
    assert codes(said) == worlds


def test_the_tables_of_the_contract_are_those_that_reports_write():
    words = ROOT / "hipstudy" / "pages" / "words" / "tables.en.toml"
    captions = tomllib.loads(text(words))["captions"]
    said = section(TABLES, "Which tables there are")
    assert set(re.findall(r"`(\w+)\.csv`", said)) == set(captions)


def test_the_short_core_in_readme_is_that_of_the_contract():
    core = section(README, "The tables")
    for table in ("trajectories", "effects"):
        _, key, columns, _ = row("The columns of the main tables", f"`{table}.csv`")
        (said,) = re.findall(rf"^- `{table}\.csv` .+$", core, re.M)
        assert codes(said)[1:] == [*codes(key), *codes(columns)]
    for code, meaning in re.findall(r"^\| (\d+) \| ([^;|]+)", text(TABLES), re.M):
        assert f"{code} {meaning.strip()}" in core


def test_what_the_program_calls_a_page_is_there():
    for file in (ROOT / "hipstudy").rglob("*.py"):
        for node in ast.walk(ast.parse(text(file))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for page in re.findall(r"\bdocs/[\w-]+\.md\b", node.value):
                    assert (ROOT / page).is_file(), (file.name, page)

"""The words of findings: every entry is used, and every use has the facts that its texts name."""

import ast
import re
import string
from pathlib import Path

import pytest

from hipstudy import cohort_file
from hipstudy.cohort_file.integrity.result import CHECKS
from hipstudy.cohort_file.row_kinds import KINDS
from hipstudy.cohort_file.word_tables import say, word_table

TEXTS = word_table("findings.en.toml")
MODULES = sorted(Path(cohort_file.__file__).parent.rglob("*.py"))
SAYING = {"say", "once", "each", "refuse", "finding", "problem", "refused"}
SAYING |= {"_refused", "mapping_problem", "capped", "paired", "_paired"}


def facts_of(entry):
    """First part of each name in braces."""
    fields = (
        field for text in TEXTS[entry].values() for _, field, *_ in string.Formatter().parse(text)
    )
    return {re.split(r"[.\[]", field)[0] for field in fields if field}


def uses():
    """Module, entry and the names of the facts, of each call that names an entry outright."""
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                entries = [one.value for one in node.args if isinstance(one, ast.Constant)]
                if name in SAYING:
                    names = {one.arg for one in node.keywords}
                    yield from ((module.name, e, names) for e in entries if e in TEXTS)


@pytest.mark.parametrize(("module", "entry", "names"), [*uses()])
def test_a_use_has_every_fact(module, entry, names):
    if None not in names and "own" not in names:  # ** may have any
        own = {"codes", "differ", "rows"} if module == "runner_codes.py" else set()
        assert facts_of(entry) <= names | own


def test_every_entry_is_used():
    code = "".join(module.read_text(encoding="utf-8") for module in MODULES)
    made = {"other_arm", "other_sex", "other_age_y", "soon_after_hours_since_stretch"}
    made |= {"soon_after_hours_since_session", "no_number_of_weeks", "date_of_weeks"}
    made |= {"number_with_unit_of_weeks"}
    made |= {f"rows_of_{kind}" for kind in KINDS} | {"rule_of_sheets", "rule_of_headings"}
    made |= {f"integrity_{check}" for check in CHECKS}
    assert {entry for entry in TEXTS if f'"{entry}"' not in code} == made


PARTS = {"level", "value", "rule", "mend", "common", "common_mend", "hint", "kind"}


@pytest.mark.parametrize("entry", [*TEXTS])
def test_an_entry_has_a_rule_and_is_a_finding_or_a_problem(entry):
    parts = TEXTS[entry].keys()
    assert {"rule"} <= parts <= PARTS
    assert TEXTS[entry].get("kind", "guess") == "guess"
    assert TEXTS[entry].get("level", "error") in ("error", "warning")
    assert not any("  " in text or "\n" in text for text in TEXTS[entry].values())


def test_what_stands_in_a_file_is_no_template():
    assert say("no_table", what="{__class__}")["value"] == "{__class__}"

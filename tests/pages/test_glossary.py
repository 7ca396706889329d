"""Terms of art are said once, in order, in short sentences, and each report gets its own."""

import re

import grammar
import pytest
from plain_sentences import sentences
from plain_sentences import words as count

from hipstudy.pages.glossary import HEADING, REPORTS, TERMS, glossary

MOST_WORDS = 25


def test_terms_stand_in_order_and_each_is_plain_and_short():
    names = [one.name for one in TERMS]
    assert names == sorted(set(names), key=str.lower)
    for one in TERMS:
        assert max(map(count, sentences(one.says))) <= MOST_WORDS, one.name
        assert grammar.faults(one.says) == [], one.name
        assert one.says[0].isupper(), one.name
        assert one.says.endswith("."), one.name
        assert set() < set(one.reports) <= set(REPORTS), one.name
        re.compile(one.pattern)


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_gets_its_terms_under_one_heading(report):
    head, _, *items = glossary(report).markdown.splitlines()
    assert head == f"## {HEADING}"
    assert len(items) == sum(report in one.reports for one in TERMS)
    assert all(item.startswith("- **") for item in items)


def test_another_report_has_no_glossary():
    with pytest.raises(ValueError, match="'mine' is no report; one of compare, cohort"):
        glossary("mine")

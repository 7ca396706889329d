"""Every passage on designs in the details: rendered, grammatical."""

from itertools import product

from grammar import faults
from template_branches import unrendered
from test_designs_front import PLANS

from hipstudy.pages.cohort_report.design_details import words


def renderings():
    for design, (model, *_) in PLANS:
        for adjusted, given in product(((), ("age_y",)), (True, False)):
            yield "effect", {
                "design": design, "model": model, "week": 12, "contrast": "A − B", "level": 95.0,
                "prespecified": given, "adjusted": adjusted, "gate": {
                    "has_secondary": given, "is_open": False, "speaking": (), "alpha": 0.05,
                    "prespecified": given},
            }  # fmt: skip
        facts = {"design": design, "model": model}
        yield from ((name, facts) for name in ("about", "formula"))
        for page in ("visits", "changes", "responders"):
            yield "not_made", {"design": design, "page": page}
    yield "first", "Stretch only"
    yield "within_rows", {"n": 20, "n_without": 3, "share": 0.5, "shares": (0.2, 0.9)}
    arms = {"treatment": "A", "control": "B"}
    for period in ((-0.15, -0.5, 0.2), None):
        yield "crossover_rows", arms | {
            "sizes": (10, 9), "first_week": 6.0, "week": 12, "period": period, "digits": 2,
        }  # fmt: skip
    for icc, ends, df in ((0.342, (0.05, 0.71), 10.0), (0.0, None, 10.0), (None, None, None)):
        yield "cluster_rows", arms | {
            "clusters": (6, 7), "smallest": 2, "largest": 9, "icc": icc, "df": df,
            "icc_ends": ends, "level": 95.0,
        }  # fmt: skip
    yield "single_rows", {"n": 22}


ALL = [*renderings()]


def test_every_passage_and_branch_is_rendered():
    assert unrendered("hipstudy.pages", "designs", ALL) == []


def test_every_passage_is_grammatical():
    texts = [(name, words(name, facts).replace(" %)", ")")) for name, facts in ALL]
    assert not [(name, fault) for name, text in texts for fault in faults(text)]

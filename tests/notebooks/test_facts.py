"""One fact is one number: the four reports, the one-file page and README.md, side by side.

Each notebook is run here at a small size, without a kernel: its cells' last lines are what a report
shows.
"""

import ast
import json
import re
from pathlib import Path
from types import SimpleNamespace

import matplotlib.pyplot as plt
import pytest

from hipstudy import show
from hipstudy.evidence import number_basis, validation
from hipstudy.explore.one_file import one_file_sentences
from hipstudy.labels import WORLD_LABELS, format_number, interval
from hipstudy.model.causes import PRIOR, WORLDS
from hipstudy.parameters import shipped
from hipstudy.resources import place
from hipstudy.studies.dose_tables import ends, surfaces
from hipstudy.studies.settings import CompareSettings
from hipstudy.wording import Wording

HIT_RULE = Wording("hipstudy.pages", "evidence")("hit_rule")
ROOT = Path(__file__).resolve().parents[2]
SMALL = {
    "01_compare_protocols": {"n_runners": 8, "weeks": 4},
    "02_cohort": {
        "cohort": str(place("data", "example_cohort.csv")),
        "analysis_plan": str(place("data", "analysis_plan.toml")),
    },
    "03_evidence": {"samples": 16, "n_runners": 2},
    "04_dose_response": {
        "n_runners": 8, "weeks": 4, "sets": "1, 3", "sessions_per_week": "1, 3",
        "stretch_min_wk": "0, 28",
    },
}  # fmt: skip


def executed(name, given):
    """What the cells of a notebook show, in order, and its names at the end."""
    book = json.loads(place("notebooks", f"{name}.ipynb").read_text(encoding="utf-8"))
    names, shown = {}, []
    for cell in book["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            shown.append(show.Text(source))
            continue
        *lines, last = ast.parse(source).body
        is_value = isinstance(last, ast.Expr)
        lines = lines if is_value else [*lines, last]
        exec(compile(ast.Module(lines, []), name, "exec"), names)  # noqa: S102 - our own notebook
        if "parameters" in cell["metadata"].get("tags", []):
            names |= given
        if is_value:
            shown.append(eval(compile(ast.Expression(last.value), name, "eval"), names))  # noqa: S307
    plt.close("all")
    return SimpleNamespace(shown=shown, text=" ".join(map(words, shown)), study=names["study"])


def words(one):
    """Everything that can be read of one thing shown."""
    match one:
        case show.Text():
            return one.markdown
        case show.Answer():
            return " ".join([one.sentence, *(w for row in one.numbers for w in row), one.basis])
        case show.Table():
            cells = [str(cell) for cell in one.frame.to_numpy().ravel()]
            return " ".join([*map(str, one.frame.columns), *cells, one.caption])
        case show.Figure():
            return f"{one.caption} {one.alt}"
    return ""


@pytest.fixture(scope="module")
def reports():
    return {name: executed(name, given) for name, given in SMALL.items()}


def named(report, kind, name):
    return next(o for o in report.shown if isinstance(o, kind) and o.name == name)


def answer(report):
    return next(one for one in report.shown if isinstance(one, show.Answer))


def readme():
    return (ROOT / "README.md").read_text(encoding="utf-8")


def numbers_before(words, text):
    return {int(n) for n in re.findall(rf"(\d+) {words}", text)}


def test_every_report_counts_the_same_numbers(reports):
    of = number_basis.counts()
    assert of.total == len(shipped())
    assert of.assumed == sum(row.assumed for row in shipped().values())
    page = one_file_sentences.basis(CompareSettings())
    said = {"README.md": readme(), "page": page} | {n: r.text for n, r in reports.items()}
    for name in ("README.md", "page", "01_compare_protocols", "03_evidence", "04_dose_response"):
        counts = numbers_before("assumptions", said[name])
        counts |= numbers_before(r"of \d+ are assumptions", said[name])
        assert counts == {of.assumed}, name
    for name, text in said.items():
        assert numbers_before("numbers from trials", text) == set(), name
        assert numbers_before("from trials and reviews", text) <= {of.published}, name
        assert numbers_before("that describe 28", text) <= {of.runners}, name
        assert numbers_before(r"numbers: \d+ from", text) <= {of.total}, name


def test_numbers_set_for_a_report_are_said_and_counted_nowhere_else():
    plain, held = number_basis.sentence(), number_basis.sentence(["adherence_mean"])
    assert held.replace(" 1 of these was set for this report;", "") == plain
    assert "; 2 of these were set for this report; " in number_basis.sentence(["a", "b"])


def test_a_count_of_hits_has_its_rule_beside_it(reports):
    findings = reports["03_evidence"].study.findings
    score = validation.score(findings, "validation")
    cases = [f for f in findings if f.case.role == "validation"]
    table = named(reports["03_evidence"], show.Table, "validation")
    hits = int((table.frame["Verdict"] == "hit").sum())
    assert f"{hits} of {len(cases)} cases are hits, and {score} trials" in table.caption
    said = {"README.md": readme(), "CHANGELOG.md": (ROOT / "CHANGELOG.md").read_text("utf-8")}
    said |= {"table": table.caption, "page 1": words(answer(reports["03_evidence"]))}
    for name, text in said.items():
        found = set(re.findall(rf"(\d+) of (?:the )?{score.trials}\b", text))
        assert found == {str(score.hits)}, name
        assert HIT_RULE in text, name
    assert answer(reports["03_evidence"]).sentence in readme(), (
        "skill and coverage, whatever they are"
    )
    for name in ("01_compare_protocols", "02_cohort", "04_dose_response"):
        assert not re.search(rf"\d+ of (the )?{score.trials} ", reports[name].text), name
    trials = len({f.case.trial for f in findings})
    assert f"on {len(findings)} cases of {trials} published trials" in readme()


def test_weights_alike_are_printed_as_a_quarter_each(reports):
    said = next(
        one.markdown for one in reports["01_compare_protocols"].shown
        if isinstance(one, show.Text) and "Prior-dependent" in one.markdown
    )  # fmt: skip
    shares = ", ".join(f"{WORLD_LABELS[world].lower()} 25 %" for world in WORLDS)
    assert f"mixed over the prior ({shares} on average)" in said


def test_the_headline_contrast_is_one_number_in_sentence_figure_table_and_file(reports):
    compared = reports["01_compare_protocols"]
    study = compared.study
    contrast = " - ".join(study.primary)
    rows = named(compared, show.Download, "effects").frame
    rows = rows[(rows["contrast"] == contrast) & (rows["outcome"] == "tightness_nrs")]
    by_world = rows.set_index("world")
    ends_ = {
        world: tuple(by_world.loc[world, ["estimate", "ci_low", "ci_high"]])
        for world in (*WORLDS, PRIOR)
    }
    page_1 = answer(compared)
    largest = max(WORLDS, key=lambda world: abs(ends_[world][0]))
    assert format_number(abs(ends_[largest][0])) in page_1.sentence
    means = [ends_[world][0] for world in WORLDS]
    assert page_1.numbers[0][0] == f"{format_number(min(means))} to {format_number(max(means))}"
    figure = named(compared, show.Figure, "answer")
    table = named(compared, show.Table, "differences-tightness_nrs").frame.set_index(
        "If tight from"
    )
    for world in WORLDS:
        said = interval(*ends_[world])
        assert f"{WORLD_LABELS[world]} {said}" in figure.alt
        assert table.loc[WORLD_LABELS[world]].iloc[0] == said
    assert f"is {interval(*ends_[PRIOR])} points. Another prior" in compared.text
    rest = [end for world in WORLDS if world != largest for end in ends_[world][1:]]
    within = format_number(max(map(abs, rest)))
    assert re.search(rf"bands stay within {within}( either way|\.)", page_1.sentence)


def test_who_is_counted_once(reports):
    for name in ("01_compare_protocols", "04_dose_response"):
        cohort = reports[name].study.cohort
        runners = numbers_before("runners, ", reports[name].text)
        assert runners == {cohort.n_runners}, name
        assert set(re.findall(r"(\d+) limbs of (\d+)", reports[name].text)) == {
            (str(cohort.n_limbs), str(cohort.n_runners))
        }, name


def test_the_measured_effect_is_one_number_in_sentence_table_and_file(reports):
    measured = reports["02_cohort"]
    rows = named(measured, show.Download, "effects").frame
    plan = measured.study.plan
    rows = rows[(rows["outcome"] == plan.primary) & (rows["model"] == plan.analysis)]
    (row,) = rows[rows["week"] == plan.week].itertuples()
    page_1 = answer(measured)
    ends_ = f"{format_number(row.ci_low)} to {format_number(row.ci_high)}"
    assert page_1.numbers[0][0] == format_number(row.estimate)
    assert ends_ in page_1.numbers[0][1]
    assert f"{format_number(abs(row.estimate))} lower" in page_1.sentence
    assert ends_ in page_1.sentence
    assert page_1.numbers[2][0] == str(row.n_runners)
    assert f"{row.n_runners} runners, {row.n_limbs} limbs" in page_1.basis


def test_a_dose_has_one_number_in_figure_and_table(reports):
    """What no dose moves is one number; the prescription's own dose is that of its curves."""
    study = reports["04_dose_response"].study
    rows = surfaces(study)
    rows = rows[rows["week"] == study.weeks]
    here = rows[(rows["outcome"] == "tightness_nrs") & (rows["world"] == "nonspecific")]
    both = ends(study).set_index(["outcome", "world"]).loc[("tightness_nrs", "nonspecific")]
    assert here["change"].to_numpy() == pytest.approx(both["low_end"], abs=1e-9)
    own = study.base.strength
    for outcome, world in (("tightness_nrs", "weak"), ("discomfort_nrs", "weak")):
        at = rows[(rows["outcome"] == outcome) & (rows["world"] == world)]
        at = at[(at["sets"] == own.sets) & (at["sessions_per_week"] == own.sessions_per_week)]
        at = at[(at["load"] == own.load) & (at["stretch_min_wk"] == study.base.stretch_min_wk)]
        runs = study.comparison.mean(study.base.name, outcome, world)
        assert at["change"].item() == pytest.approx((runs[:, -1] - runs[:, 0]).mean(), abs=1e-9)

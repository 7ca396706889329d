"""One fact is one number: the four reports, the one-file page, README.md and docs/, side by side.

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
import session_results
from documentation import README, everything, section

from hipstudy import show
from hipstudy.evidence import number_basis, validation
from hipstudy.explore.one_file import one_file_sentences
from hipstudy.labels import WORLD_LABELS, arm_label, format_number, interval
from hipstudy.model.causes import PRIOR, WORLDS
from hipstudy.pages.cohort_report.primary_question import decimals
from hipstudy.pages.glossary import HEADING, REPORTS, TERMS
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
    with session_results.shared():
        return {name: executed(name, given) for name, given in SMALL.items()}


def named(report, kind, name):
    return next(o for o in report.shown if isinstance(o, kind) and o.name == name)


def answer(report):
    return next(one for one in report.shown if isinstance(one, show.Answer))


def passage(report, start):
    """The text of a report that begins with these words."""
    texts = (one.markdown for one in report.shown if isinstance(one, show.Text))
    return next(text for text in texts if text.startswith(start))


def numbers_before(words, text):
    return {int(n) for n in re.findall(rf"(\d+) {words}", text)}


def test_every_column_and_code_of_a_file_has_its_words(reports):
    """The workbook explains each; what has no words names a case, a trial, a paper or rows."""
    files = [one for report in reports.values() for one in report.shown]
    files += [one for many in files if isinstance(many, tuple) for one in many]
    files = [one for one in files if isinstance(one, show.Download)]
    assert len(files) >= 10
    for file in files:
        assert file.caption, file.name
        assert list(file.columns) == list(file.frame), file.name
        texts = file.frame.select_dtypes(["object", "str"])
        names = ["case", "trial", "citation", "unit", "what", "where"]
        for column in texts.columns.difference(names):
            values = {v for v in texts[column] if isinstance(v, str) and v}
            assert values <= set(file.codes.get(column, {})), (file.name, column)


def test_every_report_counts_the_same_numbers(reports):
    of = number_basis.counts()
    assert of.total == len(shipped())
    assert of.assumed == sum(row.assumed for row in shipped().values())
    page = one_file_sentences.basis(CompareSettings())
    said = {"docs": everything(), "page": page} | {n: r.text for n, r in reports.items()}
    for name in ("docs", "page", "01_compare_protocols", "03_evidence", "04_dose_response"):
        counts = numbers_before("assumptions", said[name])
        counts |= numbers_before(r"of \d+ are assumptions", said[name])
        assert counts == {of.assumed}, name
    for name, text in said.items():
        assert numbers_before("numbers from published studies", text) <= {of.published}, name
        assert numbers_before("from published studies", text) <= {of.published}, name
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
    said = {"docs": everything(), "CHANGELOG.md": (ROOT / "CHANGELOG.md").read_text("utf-8")}
    said |= {"table": table.caption}
    for name, text in said.items():
        found = set(re.findall(rf"(\d+) of (?:the )?{score.trials}\b", text))
        assert found == {str(score.hits)}, name
        assert HIT_RULE in text, name
    page_1 = words(answer(reports["03_evidence"]))
    assert not re.search(rf"\d+ of (the )?{score.trials}\b", page_1), "no count without its rule"
    assert (
        "Hit: the dot lies in the grey."
        in named(reports["03_evidence"], show.Figure, "forest").caption
    )
    sentence = answer(reports["03_evidence"]).sentence
    assert sentence in everything(), "skill and coverage, whatever they are"
    short = section(README, "How far to trust it")
    for number in re.findall(r"\d+(?:\.\d+)?(?: %)?", short):
        assert re.search(rf"(?<![\d.]){re.escape(number)}(?![\d.]*\d)", sentence), number
    for name in ("01_compare_protocols", "02_cohort", "04_dose_response"):
        assert not re.search(rf"\d+ of (the )?{score.trials} ", reports[name].text), name
    trials = len({f.case.trial for f in findings})
    assert f"on {len(findings)} cases of {trials} published trials" in everything()


def test_a_glossary_has_the_terms_of_art_that_its_report_has_and_no_other(reports):
    for report, (name, made) in zip(REPORTS, reports.items(), strict=True):
        texts = list(map(words, made.shown))
        (own,) = [text for text in texts if text.startswith(f"## {HEADING}")]
        rest = " ".join(text for text in texts if text is not own)
        said = [one.name for one in TERMS if re.search(rf"\b(?:{one.pattern})(?!\w)", rest)]
        assert re.findall(r"(?m)^- \*\*(.+)\*\*: ", own) == said, name
        assert said == [one.name for one in TERMS if report in one.reports], name


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
    page_1 = passage(compared, "**By cause.**")
    largest = max(WORLDS, key=lambda world: abs(ends_[world][0]))
    assert f"{format_number(abs(ends_[largest][0]))} points less" in page_1
    figure = named(compared, show.Figure, "answer")
    table = named(compared, show.Table, "differences-tightness_nrs").frame.set_index(
        "If tight from"
    )
    for world in WORLDS:
        said = interval(*ends_[world])
        assert f"{WORLD_LABELS[world]}: tightness {said}" in figure.alt
        assert table.loc[WORLD_LABELS[world]].iloc[0] == said
    assert f"is {interval(*ends_[PRIOR])} points. Another prior" in compared.text
    rest = [end for world in WORLDS if world != largest for end in ends_[world][1:]]
    bound = float(re.search(r"bands stay within ([\d.]+) points", page_1)[1])
    assert max(map(abs, rest)) <= bound <= max(map(abs, rest)) + 0.01, "rounded up"


def test_what_page_1_and_2_say_is_one_number_in_sentence_figure_table_and_file(reports):
    compared = reports["01_compare_protocols"]
    study = compared.study
    rows = named(compared, show.Download, "effects").frame
    rows = rows[rows["contrast"] == " - ".join(study.primary)].set_index(["outcome", "world"])
    figure = named(compared, show.Figure, "answer").alt
    for world in WORLDS:
        one = rows.loc[("discomfort_nrs", world), ["estimate", "ci_low", "ci_high"]]
        assert f"discomfort {interval(*one)}" in figure
    outside = named(compared, show.Download, "outside").frame.set_index(["class", "variant"])
    main = outside.loc[("strength_vs_stretch", "with_nulls")]
    trials = f"tightness {interval(main.estimate, main.ci_low, main.ci_high)}"
    assert f"Trials elsewhere ({int(main.k)}): {trials}" in figure
    assert f"{format_number(abs(main.estimate))} points less" in answer(compared).sentence
    weeks = named(compared, show.Figure, "front-weeks").alt
    truth = named(compared, show.Download, "trajectories").frame
    last = truth[(truth["world"] == "weak") & (truth["outcome"] == "soreness_nrs")]
    last = last[last["week"] == study.design.weeks].set_index("arm")
    for arm, name in zip(
        study.primary,
        named(compared, show.Table, "two-prescriptions").frame.columns[1:],
        strict=True,
    ):
        assert f"Soreness, points, {name}: {format_number(last.loc[arm, 'mean'], 1)} (" in weeks
    minutes = named(compared, show.Table, "two-prescriptions").frame.set_index("Item")
    both = [study.design.arm(arm).clock_min_wk for arm in study.primary]
    assert f"Both take {both[0]:.0f} min a week" in passage(compared, "**Cost.**")
    assert minutes.loc["Minutes a week"].iloc[0] == f"{both[0]:.0f}"
    fewer = both[1] - float(minutes.loc["Minutes a week"].iloc[1])
    assert f"{fewer:.0f} fewer than modelled" in passage(compared, "## What each arm")
    noticed = named(compared, show.Download, "noticed").frame
    noticed = noticed[noticed["criterion"] == "points"].set_index("arm").loc[list(study.primary)]
    assert f"{noticed.iloc[:, 1:].sum(axis=1).max():.1f} would report" in compared.text


def test_who_is_counted_once(reports):
    for name in ("01_compare_protocols", "04_dose_response"):
        cohort = reports[name].study.cohort
        of_all = {(str(cohort.n_runners), str(cohort.n_limbs))}
        assert set(re.findall(r"(\d+) runners, (\d+) limbs", reports[name].text)) == of_all, name
        limbs_first = set(re.findall(r"(\d+) limbs of (\d+)", reports[name].text))
        assert {pair[::-1] for pair in limbs_first} <= of_all, name


def test_the_measured_effect_is_one_number_in_sentence_table_and_file(reports):
    measured = reports["02_cohort"]
    rows = named(measured, show.Download, "effects").frame
    plan = measured.study.plan
    rows = rows[(rows["outcome"] == plan.primary) & (rows["model"] == plan.analysis)]
    (row,) = rows[rows["week"] == plan.week].itertuples()
    page_1 = answer(measured)
    digits = decimals(measured.study.primary)  # more where an end would round to none
    low, high, size = (
        format_number(abs(one), digits) for one in (row.ci_high, row.ci_low, row.estimate)
    )
    assert row.ci_high < 0, "both ends are said as lower"
    assert f"{low} to {high} lower" in page_1.sentence
    assert f"{size} points lower" in page_1.sentence
    table = named(measured, show.Table, "results").frame
    whole = interval(row.estimate, row.ci_low, row.ci_high, digits)
    assert table.iloc[0].iloc[-1] == f"{whole} [{row.n_runners}]"
    assert f"{row.n_runners} of 48 runners, {row.n_limbs} limbs" in page_1.basis
    chance = named(measured, show.Table, "margin").frame["Chance of benefit"].iloc[1]
    assert f"or more has a chance of {chance}" in page_1.basis


def test_the_table_and_the_picture_of_page_1_are_of_the_file_beside_it(reports):
    measured = reports["02_cohort"]
    rows = named(measured, show.Download, "results").frame.set_index(["outcome", "arm", "week"])
    table = named(measured, show.Table, "results").frame
    alt = named(measured, show.Figure, "means-by-visit").alt
    plan = measured.study.plan
    for at, arm in enumerate((plan.treatment, plan.control)):
        for week in (0.0, float(plan.week)):
            row = rows.loc[(plan.primary, arm, week)]
            cell = table.iloc[at][{0.0: "Baseline"}.get(week, f"Week {plan.week}")]
            both = f"{format_number(row['mean'], 1)} ({format_number(row['sd'], 1)})"
            assert cell == f"{both} [{row['n_runners']:.0f}]"
            assert f"{arm_label(arm)}, week {week:g}: {format_number(row['mean'], 1)}" in alt


def test_a_dose_has_one_number_in_figure_and_table(reports):
    """What no dose moves is one number, but for none at all; its own dose is that of its curves."""
    study = reports["04_dose_response"].study
    rows = surfaces(study)
    rows = rows[rows["week"] == study.weeks]
    here = rows[(rows["outcome"] == "tightness_nrs") & (rows["world"] == "nonspecific")]
    here = here[(here["weekly_sets"] > 0) | (here["stretch_min_wk"] > 0)]
    both = ends(study).set_index(["outcome", "world"]).loc[("tightness_nrs", "nonspecific")]
    assert here["change"].to_numpy() == pytest.approx(both["low_end"], abs=1e-9)
    own = study.base.strength
    for outcome, world in (("tightness_nrs", "weak"), ("discomfort_nrs", "weak")):
        at = rows[(rows["outcome"] == outcome) & (rows["world"] == world)]
        at = at[(at["sets"] == own.sets) & (at["sessions_per_week"] == own.sessions_per_week)]
        at = at[(at["load"] == own.load) & (at["stretch_min_wk"] == study.base.stretch_min_wk)]
        runs = study.comparison.mean(study.base.name, outcome, world)
        assert at["change"].item() == pytest.approx((runs[:, -1] - runs[:, 0]).mean(), abs=1e-9)

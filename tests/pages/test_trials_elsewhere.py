"""What is said of trials elsewhere is what was pooled, in both reports, beside the model."""

from dataclasses import replace

import grammar
import pytest
from documentation import everything
from template_branches import unrendered

from hipstudy import show
from hipstudy.errors import UsageProblems
from hipstudy.evidence import outside_view, trials
from hipstudy.evidence.certainty import certainty
from hipstudy.evidence.outside_view import OutsideView, RelativeEffect
from hipstudy.evidence.robust_mixture import CombinedEffect
from hipstudy.evidence.symptom_trials import CLASSES, shipped
from hipstudy.labels import CAUSE_WORDS, format_number, interval
from hipstudy.pages import compare_report, evidence_report
from hipstudy.pages.compare_report import outside_statement
from hipstudy.pages.trials_elsewhere import WORDS, contrast_facts
from hipstudy.studies import compare_study, evidence_study

A, B, C = CLASSES
SMALL = {"n_runners": 4, "weeks": 3, "n_draws": 8}
MINE = "id,study,class,first,second,difference_nrs,low_nrs,high_nrs\nMINE1,Our clinic,{},a,b,{}\n"


def of_arms(arms, **more):
    return compare_study.run(**SMALL, protocols=arms, **more)


@pytest.fixture(scope="module")
def study():
    return compare_study.run(**SMALL)


@pytest.fixture(scope="module")
def evidence():
    """A study without its runs: these pages ask for the trials only."""
    return evidence_study.EvidenceStudy(evidence_study.EvidenceSettings(), (), None)


def page_one(study):
    """The sentence of the answer on trials elsewhere, and what is said of them below."""
    sentence = compare_report.answer(study).sentence.partition(" At ")[0]
    return f"{sentence} {compare_report.outside(study).markdown}"


def test_page_one_says_what_trials_found_and_is_not_blended(study):
    said, effect = page_one(study), outside_view.read().pooled(A, "with_nulls")
    ends = f"({effect.ci_high:.2f} more to {-effect.ci_low:.2f} less), perhaps none."
    found = (
        f"strength work left {-effect.estimate:.2f} points less pain or disability than stretching"
    )
    assert f"In {effect.k} trials of other complaints, {found} {ends}" in said
    assert (
        "none measured tightness, one disability; one had runners; 6 without a number count as 0"
        in said
    )
    assert "very low (GRADE)" in said
    assert len(said.split()) < 80, "page 1 is short"


def test_the_arm_with_less_is_named_first_whichever_is_the_treatment():
    lines = "hip-flexor 3x10 @bodyweight, 3/wk x 3 wk; name a | stretch 4x30 s daily x 3 wk; name b"
    said = (
        "strength work left 0.38 points less pain or disability than stretching (0.09 more to 0.85"
    )
    assert said in page_one(of_arms(lines))


def test_against_nothing_strength_is_favoured_and_said_so():
    said = "strength work left 1.32 points less pain than no exercise (0.51 to 2.13"
    assert said in page_one(of_arms("usual_running, strength_only"))
    assert said in page_one(of_arms("strength_only, usual_running")), "whichever is named first"


def test_a_contrast_of_no_class_has_no_outside_view():
    study = of_arms("strength_only, strength_plus_stretch")
    assert "No trial elsewhere that compares such arms was read." in page_one(study)
    assert compare_report.outside(study).markdown == ""
    assert compare_report.outside_variants(study).markdown == ""


def test_a_disagreement_is_said(tmp_path):
    """Many precise trials with a large effect, which the model cannot give under any cause."""
    rows = [f"M{i},Clinic {i},strength_vs_stretch,a,b,-3,-3.1,-2.9" for i in range(30)]
    path = tmp_path / "own.csv"
    path.write_text("\n".join([MINE.splitlines()[0], *rows]) + "\n", encoding="utf-8")
    said = page_one(compare_study.run(**SMALL, symptom_trials=str(path)))
    assert "The model disagrees with them if the cause is " in said
    assert CAUSE_WORDS["nonspecific"] in said
    assert "perhaps none" not in said


def test_spreads_add_by_their_squares(study):
    rows = compare_report.comparison.pick_effects(study, "tightness_nrs", primary=True)
    one = rows.set_index("world").loc["nonspecific"]
    assert one["estimate"] == one["ci_low"] == one["ci_high"] == 0
    effect = outside_view.read().pooled(A, "with_nulls")
    near = replace(effect, estimate=-0.99, pi_low=-1.99, pi_high=0.01)
    far = replace(effect, estimate=-1.01, pi_low=-2.01, pi_high=-0.01)
    assert "nonspecific" not in outside_statement.causes_apart(study, near)
    assert "nonspecific" in outside_statement.causes_apart(study, far)


def test_the_table_says_what_is_assumed_of_the_baseline(study):
    table = compare_report.outside_variants(study)
    assert "which is assumed" in table.caption
    last = table.frame.iloc[-1]
    assert last["Which trials"] == "At these runners' baseline"
    start = outside_statement.mean_baseline_nrs(study)
    relative = outside_view.read().at_baseline(A, "with_nulls", start)
    effect = relative.effect
    assert last["Difference (95 %)"] == interval(effect.estimate, effect.ci_low, effect.ci_high)
    frame = compare_report.outside_file(study).frame
    scaled = frame[(frame["variant"] == "at_cohort_baseline") & (frame["class"] == A)]
    assert scaled["estimate"].item() == pytest.approx(effect.estimate)


def test_low_quality_is_left_out_of_all_trials_and_of_those_with_a_number(study):
    rows = compare_report.outside_variants(study).frame.set_index("Which trials")
    for of, k, said in (("With a number", "3", "−0.59"), ("With nulls as 0", "9", "−0.22")):
        row = rows.loc[f"{of}, none of low quality"]
        assert row["Trials"] == k
        assert row["Difference (95 %)"].startswith(said)


def test_every_trial_that_counts_is_listed_with_its_number(study):
    table = compare_report.outside_trials(study)
    every = outside_view.read().rows(A, "with_nulls")
    assert len(table.frame) == len(every) == 10
    for one in every:
        (row,) = [row for row in table.frame.itertuples() if one.id in row.Trial]
        assert row.Trial.startswith(one.study)
        assert row.Compared == f"{one.first} / {one.second}"
        read = "0 entered" if one.use == "null" else format_number(one.difference_nrs)
        assert (row.Difference, row.SE) == (read, format_number(one.standard_error))
        assert row.Read == one.reading
        assert row.Trial.endswith("*") == (one.is_low_quality == "yes")
    assert "No paper was read in full." in table.caption


def test_the_list_of_trials_follows_the_order_of_the_arms():
    turned = of_arms("hip-flexor 3x10, 3/wk x 3 wk | stretch 4x30 s daily x 3 wk")
    table = compare_report.outside_trials(turned)
    assert "of stretching against strength work" in table.caption
    (row,) = [row for row in table.frame.itertuples() if "SYM006" in row.Trial]
    assert row.Compared == "stretching / isometric strength + stretching"
    assert row.Difference == "1.53"
    none = of_arms("strength_only, strength_plus_stretch")
    assert compare_report.outside_trials(none).markdown == ""


def test_the_trials_that_test_the_model_are_listed_with_its_record():
    table = compare_report.validation_trials()
    cases = [case for case in trials.shipped() if case.role == "validation"]
    assert table.frame["Case"].tolist() == [case.title for case in cases]
    assert table.frame["Verdict"].tolist() == [case.verdict for case in cases]
    assert "The 11 published trials and reviews that test the model, in 14 cases" in table.caption
    assert "or within the rule where none was read. 5 cases are hits." in table.caption
    assert "Of the model's 80 % predictive intervals 60 % hold what was published" in table.caption
    assert "It scores above “nothing trains anything” in 5 of these trials." in table.caption


def test_the_file_beside_both_reports_is_the_contract(study, evidence):
    for one in (compare_report.outside_file(study), evidence_report.outside_file(evidence)):
        assert one.name == "outside"
        assert list(one.frame) == outside_view.COLUMNS
        assert set(one.frame["class"]) == set(CLASSES)


def test_one_trial_more_is_counted_in_both_reports(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(MINE.format(A, "-0.5,-1.5,0.5"), encoding="utf-8")
    more = page_one(compare_study.run(**SMALL, symptom_trials=str(path)))
    assert "11 trials of other complaints" in more
    given = evidence_study.EvidenceSettings(symptom_trials=str(path))
    assert len(given.outside().trials) == len(shipped()) + 1
    changed = compare_report.provenance(compare_study.run(**SMALL, symptom_trials=str(path)))
    cells = " ".join(changed.frame["Which"])
    assert "symptom_trials = own.csv" in cells
    assert str(tmp_path) not in cells


def test_a_wrong_file_is_refused_before_anything_runs(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(MINE.format("a", "9,1,2"), encoding="utf-8")
    for study in (compare_study, evidence_study):
        with pytest.raises(UsageProblems) as caught:
            study.preflight({"symptom_trials": str(path), "n_runners": 1})
        said = str(caught.value)
        assert "own.csv, row 2, column class: found 'a'" in said
        assert "parameter n_runners: found '1'" in said, "all problems in one go"


def test_the_forest_has_every_trial_that_counts(evidence):
    shown = evidence_report.outside_forest(evidence)
    labels = [t.get_text() for ax in shown.figure.axes for t in ax.get_yticklabels()]
    used = [one for one in shipped() if one.use in ("pooled", "null")]
    assert len(labels) == len(used) + 4, "and four estimates"
    for one in used:
        assert one.study.partition(",")[0] in labels
    assert "−0.38 (−0.85 to 0.09)" in shown.alt
    with_number = labels.index("J Physiother 2023")
    assert with_number == 3, "those with a number first"


def test_tables_of_the_evidence_report_hold_the_estimates(evidence):
    frame = evidence_report.outside_variants(evidence).frame
    assert frame["Trials"].tolist() == ["4", "10", "3", "9", "5", "3", "4", "4", "5"]
    assert frame.loc[1, "Leaving one out"] == "−0.42 to −0.22"
    assert frame.loc[0, "Tau"] == "0.5 (0.0 to 2.6)"
    grades = evidence_report.outside_certainty(evidence).frame.set_index("Domain")
    assert set(grades.loc["Certainty"]) == {"very low"}
    assert grades.iloc[:, 0]["Risk of bias"].startswith("−1: no paper was read in full, 6 entered")
    assert grades.iloc[:, 2]["Imprecision"].startswith("0: the interval leaves out zero, 801 peop")
    assert len(evidence_report.outside_rows(evidence).frame) == len(shipped())


def renderings():
    view = outside_view.read()
    facts = contrast_facts(view, A)
    sure, effect = facts["certainty"], facts["effect"]
    nan = float("nan")
    lone = replace(effect, k=1, tau=nan, pi_low=nan, pi_high=nan)
    good = replace(sure, n_tightness=1, n_runners=0, n_unread=4, n_nulls=1, n_low_quality=0,
                   effect=replace(effect, ci_high=-0.1, pi_high=-0.05))  # fmt: skip
    many = replace(good, n_nulls=0, effect=replace(good.effect, k=11), n_tightness=11)
    single = replace(sure, effect=lone)
    for one in (sure, good, many, single):
        for swap in (1, -1):
            said = facts | {"certainty": one, "effect": one.effect.times(swap)}
            yield "found", said
            yield "item", said
        yield "found", facts | {"certainty": one, "effect": one.effect, "reported": None}
        for name in ("graded", "risk_of_bias", "inconsistency", "indirectness", "imprecision",
                     "publication_bias"):  # fmt: skip
            yield name, one
    for relative in (None, RelativeEffect(effect, 1, 5.7, 4.2), RelativeEffect(effect, 2, 5, 4)):
        yield "table_caption", facts | {"relative": relative}
    for n_nulls, n_low, n_unread in ((0, 0, 0), (2, 1, 3), (0, 0, 10)):
        counts = {"n_nulls": n_nulls, "n_low": n_low, "n_unread": n_unread}
        yield "trials_caption", facts | {"n_trials": 10} | counts
    for name in ("forest_caption", "variants_caption", "certainty_caption", "rows_caption"):
        yield name, None
    yield "null_difference", None
    row = {"label": "One 2001", "estimate": 0.0, "low": -1.0, "high": 1.0}
    yield "forest_alt", [{"title": "A", "rows": [row, row]}, {"title": "B", "rows": [row]}]
    yield "one_left_out", [effect, lone]
    for levels in (0, 1, 2):
        yield "minus", levels
    yield "not_combined", None
    for n_effective in (20.0, 150.0):
        yield "combined_caption", CombinedEffect(0.5, -0.3, -0.6, 0, 0.7, 2.6, 200, n_effective)


def test_every_branch_is_rendered_and_grammatical():
    every = list(renderings())
    assert unrendered("hipstudy.pages", "outside", every) == []
    texts = [WORDS(name, facts) for name, facts in every]
    assert [fault for text in texts for fault in grammar.faults(text)] == []


def test_favours_stands_only_where_zero_is_left_out():
    for name, facts in renderings():
        if name in ("found", "item"):
            assert ("favours" in WORDS(name, facts)) == facts["effect"].excludes_zero


def test_no_sentence_is_long(study, evidence):
    texts = [
        compare_report.outside(study).markdown,
        evidence_report.outside_summary(evidence).markdown,
    ]
    texts += [
        page(evidence).caption
        for page in (evidence_report.outside_forest, evidence_report.outside_variants,
                     evidence_report.outside_certainty, evidence_report.outside_rows)
    ]  # fmt: skip
    texts.append(compare_report.outside_variants(study).caption)
    for text in texts:
        for sentence in text.replace("\n", " ").split(". "):
            assert len(sentence.split()) <= 28, (
                sentence
            )  # with a dash and an interval of three words


def test_a_class_without_trials_is_left_out(evidence):
    few = OutsideView(tuple(one for one in shipped() if one.contrast != B))
    other = replace(evidence, outside=few)
    assert len(evidence_report.outside_summary(other).markdown.splitlines()) == 2
    assert len(evidence_report.outside_forest(other).figure.axes) == 2
    assert evidence_report.outside_certainty(other).frame.shape[1] == 3
    assert certainty(few, B) is None
    assert isinstance(evidence_report.outside_variants(other), show.Table)


def test_the_docs_have_the_figures_of_the_report(study):
    text = everything()
    effect = outside_view.read().pooled(A, "with_nulls")
    said = " ".join(compare_report.outside_variants(study).frame.to_numpy().ravel())
    for figure in ("−0.38", "−0.85 to 0.09", "−1.34 to 0.59", "−0.84 (−1.96 to 0.28)"):
        assert figure in text
        assert figure in said
    assert (effect.k, certainty(outside_view.read(), A).n_nulls) == (10, 6), "ten, six of them"


def test_one_figure_from_both_views_stands_only_where_it_was_asked_for(study):
    assert compare_report.combined_views(study).markdown == ""
    assert compare_report.combined_file(study).markdown == ""
    asked = compare_study.run(**SMALL, combine_views=0.4)
    shown, beside = compare_report.combined_views(asked), compare_report.combined_file(asked).frame
    assert list(shown.frame["View"]) == [
        "A new trial elsewhere", "The model, causes mixed", "Both as one",
    ]  # fmt: skip
    (row,) = beside.to_dict("records")
    assert row["weight"] == 0.4
    assert f"{row['low']:.2f} to {row['high']:.2f}" in shown.frame["Difference (95 %)"].iloc[
        2
    ].replace("\u2212", "-")
    assert "40 % what trials elsewhere say" in shown.caption
    assert compare_report.answer(asked).sentence == compare_report.answer(study).sentence


@pytest.mark.parametrize("arms", ["strength_only, strength_plus_stretch"])
def test_two_views_without_trials_of_such_arms_are_not_combined(arms):
    asked = of_arms(arms, combine_views=0.4)
    assert "cannot be given" in compare_report.combined_views(asked).markdown
    assert compare_report.combined_file(asked).markdown == ""

"""What trials elsewhere found: the figures that were read, variants, baseline, certainty."""

import numpy as np
import pytest

from hipstudy.evidence import certainty, outside_view, pooling
from hipstudy.evidence.outside_view import COLUMNS, OutsideView
from hipstudy.evidence.symptom_trials import CLASSES, SymptomTrial, shipped
from hipstudy.prescription.protocol import preset

A, B, C = CLASSES


def trial(name, difference, se=0.5, **more):
    fields = {"id": name, "study": name, "class": A, "first": "strength", "second": "stretching"}
    return SymptomTrial(**{**fields, "difference_nrs": difference, "se_nrs": se, **more})


@pytest.fixture(scope="module")
def view():
    return outside_view.read()


def bare(view, contrast, variant):
    """Without the floor, as the evidence was first summed up."""
    rows = view.rows(contrast, variant)
    effects, ses = zip(*((one.difference_nrs, one.standard_error) for one in rows), strict=True)
    return pooling.pool(effects, np.square(ses), has_floor=False)


@pytest.mark.parametrize(
    ("contrast", "variant", "k", "said", "tau"),
    [
        (A, "reported", 4, (-0.84, -1.96, 0.28), 0.50),
        (A, "with_nulls", 10, (-0.38, -0.82, 0.06), 0.37),
        (B, "reported", 3, (-1.22, -2.07, -0.37), 0.0),
        (C, "reported", 4, (-1.32, -2.09, -0.55), 0.40),
    ],
)
def test_the_figures_that_were_read_come_back_without_the_floor(
    view, contrast, variant, k, said, tau
):
    found = bare(view, contrast, variant)
    assert found.k == k
    ends = (found.estimate, found.ci_low, found.ci_high)
    assert tuple(round(one, 2) for one in ends) == said
    assert round(found.tau, 2) == tau
    shown = view.pooled(contrast, variant)
    assert shown.is_at_floor, "all four are wider in the report"
    assert shown.estimate == pytest.approx(found.estimate)


def test_what_the_report_gives(view):
    frame = view.frame().round(2).set_index(["class", "variant"])
    rows = {
        (A, "reported"): [4, -0.84, -1.96, 0.28, 0.50, -2.78, 1.11],
        (A, "with_nulls"): [10, -0.38, -0.85, 0.09, 0.37, -1.34, 0.59],
        (A, "without_low_quality"): [3, -0.59, -2.16, 0.99, 0.38, -2.84, 1.67],
        (A, "without_low_quality_with_nulls"): [9, -0.22, -0.64, 0.19, 0.0, -0.64, 0.19],
        (B, "reported"): [3, -1.22, -2.47, 0.03, 0.0, -2.47, 0.03],
        (C, "reported"): [4, -1.32, -2.13, -0.51, 0.40, -2.83, 0.19],
    }
    for key, row in rows.items():
        assert frame.loc[key].tolist() == row, key


def test_the_table_is_the_contract(view):
    frame = view.frame()
    assert list(frame) == COLUMNS
    assert list(frame["class"].unique()) == list(CLASSES)
    first = frame[frame["class"] == A]["variant"].tolist()
    assert first[:5] == [
        "reported", "with_nulls", "without_low_quality", "without_low_quality_with_nulls",
        "with_other_scales",
    ]  # fmt: skip
    assert first[5:9] == [f"reported_without_SYM{n}" for n in ("001", "006", "007", "016")]
    assert sum(one.startswith("with_nulls_without_") for one in first) == 10
    assert not frame.isna().any().any()
    assert (frame["k"] >= 2).all()


def test_variants_count_the_rows_that_their_names_say():
    rows = (
        trial("p", -1), trial("q", 0, low_quality="yes"), trial("n", 0, use="null"),
        trial("o", 2, use="other_scale"), trial("l", None, None, use="listed", note="a review"),
    )  # fmt: skip
    view = OutsideView(rows)

    def ids(name):
        return "".join(one.id for one in view.rows(A, name))

    assert ids("reported") == "pq"
    assert ids("with_nulls") == "pqn"
    assert ids("without_low_quality") == "p"
    assert ids("without_low_quality_with_nulls") == "pn"
    assert ids("with_other_scales") == "pqo"
    assert ids("with_nulls_without_q") == "pn"
    assert view.main(A) == "with_nulls"
    assert view.variants(A) == outside_view.VARIANTS
    assert OutsideView((*rows[:2], rows[3])).variants(A) == (
        "reported", "without_low_quality", "with_other_scales",
    ), "without nulls, leaving low quality out is one variant"  # fmt: skip
    assert view.variants(B) == ()
    assert view.main(B) == ""
    assert certainty.certainty(view, B) is None
    lone = OutsideView(rows[:1])
    assert lone.variants(A) == ("reported",)
    assert len(lone.frame()) == 1, "nothing is left out of one"
    assert len(OutsideView(()).frame(4.0)) == 0


def test_another_baseline_moves_everything_in_proportion():
    view = OutsideView((trial("p", -1, baseline_nrs=6), trial("q", -0.2, baseline_nrs=4),
                        trial("r", -0.3)))  # fmt: skip
    whole = view.pooled(A, "reported")
    found = view.at_baseline(A, "reported", 2.5)
    assert (found.n_read, found.trials_nrs) == (2, 5)
    assert found.effect == whole.times(0.5)
    frame = view.frame(2.5).set_index("variant")
    assert frame.loc["at_cohort_baseline", "pi_low"] == pytest.approx(whole.pi_low / 2)
    assert view.at_baseline(A, "reported_without_q", 6.0).effect.estimate == pytest.approx(
        view.pooled(A, "reported_without_q").estimate
    )
    assert OutsideView((trial("r", -0.3),)).at_baseline(A, "reported", 2.5) is None
    assert "at_cohort_baseline" not in set(view.frame()["variant"])


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("strength_plus_stretch", "stretch_only", (A, False)),
        ("strength_only", "stretch_only", (A, False)),
        ("stretch_only", "strength_only", (A, True)),
        ("stretch_only", "usual_running", (B, False)),
        ("usual_running", "stretch_only", (B, True)),
        ("strength_only", "usual_running", (C, False)),
        ("strength_plus_stretch", "strength_only", None),
        ("usual_running", "usual_running", None),
    ],
)
def test_a_contrast_has_the_class_of_its_arms(one, other, expected):
    assert outside_view.class_of(preset(one), preset(other)) == expected


def test_every_class_is_graded_very_low_and_why(view):
    found = {one: certainty.certainty(view, one) for one in CLASSES}
    assert {one.level for one in found.values()} == {"very low"}
    assert [one.indirectness for one in found.values()] == [2, 2, 2]
    assert found[A].n_nulls == 6
    assert found[A].n_unread == found[A].effect.k == 10, "no paper was read in full"
    assert found[A].n_runners == 1
    assert (found[A].imprecision, found[C].imprecision) == (1, 0)
    assert not found[A].is_bias_judged


def test_direct_precise_trials_that_agree_are_graded_high():
    good = {"read": "full text", "felt": "tightness", "runners": "yes", "n_first": 100,
            "n_second": 100}  # fmt: skip
    rows = [trial(f"t{i}", -1 - i / 100, 0.1, **good) for i in range(10)]
    found = certainty.certainty(OutsideView(tuple(rows)), A)
    assert (found.level, found.is_bias_judged) == ("high", True)
    worse = rows[0].model_copy(update={"reading": "abstract", "sensation": "pain"})
    assert certainty.certainty(OutsideView((worse, *rows[1:])), A).level == "low"
    few = [one.model_copy(update={"n_first": 2, "n_second": 2}) for one in rows]
    assert certainty.certainty(OutsideView(tuple(few)), A).level == "moderate"
    apart = [trial("a", -3, 0.1, **good), trial("b", 3, 0.1, **good)]
    assert certainty.certainty(OutsideView(tuple(apart)), A).inconsistency == 1
    assert certainty.certainty(OutsideView((rows[0],)), A).inconsistency == 1, "one tells nothing"


def test_no_trial_stands_in_an_estimate_twice():
    used = [(one.contrast, one.link) for one in shipped() if one.use != "listed"]
    assert len(used) == len(set(used))
    assert all(one.link for one in shipped() if one.use != "listed")

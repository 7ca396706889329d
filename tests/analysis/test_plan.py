"""The analysis plan: read, refused with everything at once, held against the data."""

import hashlib
import tomllib

import pandas as pd
import pytest
import tomli_w
from pydantic import ValidationError

from hipstudy.analysis import plan, plan_against_file
from hipstudy.analysis.designs.models_by_design import planned_model
from hipstudy.analysis.estimand_attributes import estimand
from hipstudy.cohort_file import clinic
from hipstudy.cohort_file.mapping import read_mapping
from hipstudy.errors import UsageProblems
from hipstudy.evidence import trials
from hipstudy.prescription import protocol
from hipstudy.resources import place

GOOD = """
primary = "thomas_ext_deg"
week = 6
treatment = "loading"
control = "usual"
margin = 3
secondary = ["tightness_nrs"]
"""


def write(folder, text, name="plan.toml"):
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def refused(folder, text):
    with pytest.raises(UsageProblems) as caught:
        plan.read_plan(write(folder, text))
    return str(caught.value).splitlines()


def made(**given):
    fields = {"primary": "tightness_nrs", "week": 12, "treatment": "a", "control": "b", "margin": 1}
    return plan.AnalysisPlan(**fields | given)


def observed(**columns):
    """Five runners an arm, seen at 0 and 12."""
    rows = [
        (runner, side, "ab"[runner % 2], week, 5.0)
        for runner in range(10)
        for side in ("left", "right")
        for week in (0.0, 12.0)
    ]
    frame = pd.DataFrame(rows, columns=["runner", "side", "arm", "week", "tightness_nrs"])
    return frame.assign(**columns)


def told(plan_, frame):
    return [str(problem) for problem in plan_against_file.check_against(plan_, frame)]


def test_a_plan_is_read(tmp_path):
    found = plan.read_plan(write(tmp_path, GOOD))
    assert (found.primary, found.week, found.margin) == ("thomas_ext_deg", 6, 3.0)
    assert (found.analysis, found.alpha, found.secondary) == ("ancova", 0.05, ("tightness_nrs",))
    assert found.contrast == "loading - usual"
    assert found.prespecified
    with pytest.raises(ValidationError):
        found.week = 12


def test_the_shipped_plan_is_nobodys_own(tmp_path):
    shipped = plan.shipped_plan()
    assert (shipped.primary, shipped.week, shipped.analysis) == ("tightness_nrs", 12, "ancova")
    assert shipped.contrast == "strength_plus_stretch - stretch_only"
    assert shipped.secondary == ("thomas_ext_deg", "end_range_torque_nm_kg", "discomfort_nrs")
    assert not shipped.prespecified
    own = plan.read_plan(write(tmp_path, shipped.toml()))
    assert not own.prespecified, "it says what the default says"
    assert own.fingerprint == shipped.fingerprint
    for change in ({"margin": 0.4}, {"note": "ours"}):
        other = shipped.model_copy(update=change)
        assert plan.read_plan(write(tmp_path, other.toml())).prespecified
    said = estimand(shipped).set_index("attribute")["here"]["Fixed"]
    assert said.startswith("Not prespecified")


def test_the_fingerprint_is_of_what_the_plan_says_and_of_nothing_else(tmp_path):
    first = plan.read_plan(write(tmp_path, GOOD))
    lines = GOOD.strip().splitlines()
    other = "# a comment\n" + "\n".join(reversed(lines)) + '\nanalysis   = "ancova"\n'
    assert plan.read_plan(write(tmp_path, other, "b.toml")).fingerprint == first.fingerprint
    assert first.fingerprint == hashlib.sha256(first.toml().encode()).hexdigest()
    for old, new in (("= 6", "= 7"), ("= 3", "= 3.5"), ('"usual"', '"Usual"')):
        changed = plan.read_plan(write(tmp_path, GOOD.replace(old, new)))
        assert changed.fingerprint != first.fingerprint


def test_every_wrong_field_is_told_at_once_with_the_nearest_name(tmp_path):
    said = refused(
        tmp_path,
        """
        primry = "x"
        primary = "tightnes_nrs"
        week = 12.5
        treatment = "a "
        control = 3
        analysis = "ancvoa"
        margin = -1
        secondary = ["thomas", "discomfort_nrs"]
        alpha = 0.3
        """,
    )
    assert said == [
        (
            "plan.toml, primary: found 'tightnes_nrs'; no outcome has this name. "
            "Did you mean tightness_nrs?"
        ),
        "plan.toml, week: found '12.5'; the rule: a whole number of weeks",
        (
            "plan.toml, treatment: found 'a'; the rule: the name of an arm, in quotes, without a "
            "blank before or after it"
        ),
        "plan.toml, control: found '3'; the rule: should be a valid string",
        (
            "plan.toml, analysis: found 'ancvoa'; the rule: should be 'ancova' or 'mixed'. "
            "Did you mean ancova?"
        ),
        "plan.toml, margin: found '-1'; the rule: should be greater than 0",
        (
            "plan.toml, secondary: found 'thomas'; no outcome has this name. "
            "Did you mean thomas_ext_deg?"
        ),
        "plan.toml, alpha: found '0.3'; the rule: should be less than or equal to 0.2",
        "plan.toml, primry: found 'x'; there is no field primry. Did you mean primary?",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"usual"', '"loading"', "control: found 'loading'; the rule: control and treatment are"),
        ("margin = 3", "margin = 120", "margin: found '120'; the rule: smaller than 120 deg"),
        ('"tightness_nrs"]', '"thomas_ext_deg"]', "the primary outcome is not secondary as well"),
        ('["tight', '["tightness_nrs", "tight', "each outcome stands there once"),
        ('["tightness_nrs"]', '"tightness_nrs"', 'a list of outcomes such as ["thomas_ext_deg"]'),
        ("margin = 3", "", "margin: found 'nothing'; this field is needed"),
        ("margin = 3", "margin = inf", "margin: found 'inf'; the rule: should be a finite number"),
        ("margin = 3", "margin = ", "an analysis plan in TOML is needed"),
        ("week = 6", "week = 0", "week: found '0'; the rule: should be greater than or equal to 1"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, old, new, said):
    (line,) = refused(tmp_path, GOOD.replace(old, new))
    assert said in line


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(UsageProblems, match=r"plan: found 'no.toml'; an analysis plan in TOML is"):
        plan.read_plan(tmp_path / "no.toml")


def test_the_shipped_plan_fits_the_example():
    observations = clinic.read(place("data", "example_cohort.csv"), seed=0).observations
    assert plan_against_file.check_against(plan.shipped_plan(), observations) == []


def test_arms_visits_and_outcomes_that_are_not_there_are_told_at_once():
    frame = observed(arm="aa").rename(columns={"tightness_nrs": "discomfort_nrs"})
    assert told(made(week=10), frame) == [
        "analysis plan, treatment: found 'a'; the cohort file has no such arm. Did you mean aa?",
        "analysis plan, control: found 'b'; the cohort file has no such arm. Valid names: aa.",
        (
            "analysis plan, week: found '10'; the cohort file has no visit in this week. "
            "The nearest visit is in week 12."
        ),
        (
            "analysis plan, primary: found 'tightness_nrs'; the cohort file has no values of this "
            "outcome. Valid names: discomfort_nrs."
        ),
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f.drop(columns="arm"), ["the cohort file has no arms"] * 2),
        (lambda f: f.drop(columns="week"), ["no visit after baseline"]),
        (lambda f: f[f["week"] > 0], ["the cohort file has no baseline visit, week 0"]),
        (
            lambda f: f[(f["week"] == 0) | (f["runner"] != 1)],
            ["arm b, week 12: found 'fewer than 5 runners'; 5 or more with tightness_nrs"],
        ),
        (
            lambda f: f.assign(tightness_nrs=f["tightness_nrs"].where(f["arm"] == "a")),
            ["arm b, week 0: found 'no runner'", "arm b, week 12: found 'no runner'"],
        ),
    ],
    ids=["no arms", "no weeks", "no baseline", "an arm of four", "unrated"],
)
def test_files_that_a_plan_does_not_fit(change, said):
    found = told(made(), change(observed()))
    assert len(found) == len(said)
    for line, words in zip(found, said, strict=True):
        assert words in line


def test_a_secondary_outcome_that_nobody_measured_is_no_problem():
    assert told(made(secondary=("thomas_ext_deg",)), observed()) == []


def test_the_estimand_says_direction_and_unit():
    found = made(note="Registered.", analysis="mixed")
    said = estimand(found).set_index("attribute")["here"]
    assert said["Summary"] == "Difference of means, a minus b"
    assert said["Margin"] == "1 NRS"
    assert "two hips of one runner are not two people" in said["Unit"]
    assert said["Primary analysis"].startswith("mixed model")
    assert said["Secondary outcomes"] == "None"
    assert said["Note"] == "Registered."
    assert said["Fixed"] == "A plan file was named; no file"


def test_the_digest_that_is_printed_is_that_of_the_file(tmp_path):
    path = write(tmp_path, "# ours\n" + GOOD)
    found, digest = plan.read_plan(path), hashlib.sha256(path.read_bytes()).hexdigest()
    assert found.file_sha256 == digest != found.fingerprint
    said = estimand(found).set_index("attribute")["here"]["Fixed"]
    assert said == f"A plan file was named; SHA-256 of the file {digest[:12]}"


DEEP = {
    "lists": "a = " + "[" * 100_000 + "]" * 100_000,
    "never closed": "a = " + "[" * 100_000,
    "tables": "a = " + "{a=" * 100_000,
    "dotted": "a" + ".a" * 2_000 + " = 1\n",
    "head": "[a" + ".a" * 2_000 + "]\n",
    "some": "a = " + "[" * 50 + "]" * 50,
}


@pytest.mark.parametrize("read", [plan.read_plan, protocol.read, trials.read, read_mapping])
@pytest.mark.parametrize("kind", DEEP)
def test_deep_toml_is_said(tmp_path, read, kind):
    with pytest.raises(UsageProblems) as caught:
        read(write(tmp_path, DEEP[kind]))
    (said,) = caught.value.problems
    assert "within each other" in str(said)
    assert "plan.toml" in str(said)
    assert caught.value.exit_code == 2
    assert len(str(said)) < 300


def test_a_plan_without_missing_keeps_its_text_and_a_slip_finds_the_nearest(tmp_path):
    shipped = plan.shipped_plan()
    assert "missing" not in shipped.toml()
    text = shipped.toml()
    file = tmp_path / "plan.toml"
    file.write_text(text + 'missing = "jump-to-reference"\n', encoding="utf-8")
    found = plan.read_plan(file)
    assert found.model == "imputed_jump_to_reference"
    assert found.fingerprint != shipped.fingerprint
    file.write_text(text + 'missing = "jump to reference"\n', encoding="utf-8")
    with pytest.raises(UsageProblems, match="jump-to-reference"):
        plan.read_plan(file)


@pytest.mark.parametrize(
    ("said", "more"),
    [
        ("control: found 'nothing'; the rule: this field is needed, unless design is single-arm",
         {"control": ""}),
        ("control: found 'usual'; the rule: single-arm has no control: leave it out",
         {"design": "single-arm"}),
        ("cluster: found 'nothing'; the rule: clusters needs the column that says who",
         {"design": "clusters"}),
        ("cluster: found 'physio'; the rule: a column of clusters is for design = clusters",
         {"cluster": "physio"}),
        ("analysis: found 'mixed'; the rule: crossover compares within runners, by least squares",
         {"design": "crossover", "analysis": "mixed"}),
        ("analysis: found 'mixed'; the rule: within-person compares within runners",
         {"design": "within-person", "analysis": "mixed"}),
        ("missing: found 'mar'; the rule: missing ends are imputed for parallel alone",
         {"design": "clusters", "cluster": "physio", "missing": "mar"}),
        ("missing: found 'mar'; the rule: imputed files are compared by ANCOVA; analysis is mixed",
         {"analysis": "mixed", "missing": "mar"}),
        ("covariates: found \"['age_y']\"; the rule: within-person compares arms within a runner",
         {"design": "within-person", "covariates": ["age_y"]}),
        ("covariance: found 'unstructured'; the rule: crossover has no such field",
         {"design": "crossover", "covariance": "unstructured"}),
        ("margin_is: found 'equivalence'; the rule: single-arm compares nobody",
         {"design": "single-arm", "control": "", "margin_is": "equivalence"}),
        ("design: found 'cluster'; the rule: should be 'parallel'", {"design": "cluster"}),
    ],
)  # fmt: skip
def test_what_does_not_go_with_a_design_is_refused(tmp_path, said, more):
    fields = tomllib.loads(GOOD) | more
    text = tomli_w.dumps({name: one for name, one in fields.items() if one != ""})
    (line,) = refused(tmp_path, text)
    assert f"plan.toml, {said}" in line


@pytest.mark.parametrize("analysis", ["ancova", "mixed"])
def test_an_analysis_that_is_named_is_honoured_or_refused(tmp_path, analysis):
    """None is left aside in silence; a plan that names none is analysed as its design has it."""
    more = {"within-person": {}, "crossover": {}, "clusters": {"cluster": "physio"}}
    for design, fields in more.items():
        table = tomllib.loads(GOOD) | {"design": design} | fields
        free = plan.read_plan(write(tmp_path, tomli_w.dumps(table)))
        text = tomli_w.dumps(table | {"analysis": analysis})
        if analysis == "mixed" and design != "clusters":
            (line,) = refused(tmp_path, text)
            assert "leave it out" in line
            continue
        said = plan.read_plan(write(tmp_path, text))
        assert planned_model(said).endswith(analysis) or design == "crossover"
        assert (said.fingerprint == free.fingerprint) == (analysis == "ancova")
        shown = [estimand(one).set_index("attribute")["here"]["Primary analysis"]
                 for one in (said, free)]  # fmt: skip
        assert (shown[0] == shown[1]) == (analysis == "ancova")
    alone = GOOD.replace('control = "usual"', 'design = "single-arm"')
    (line,) = refused(tmp_path, alone + f'analysis = "{analysis}"\n')
    assert f"analysis: found '{analysis}'; the rule: single-arm has the mean change" in line


def test_a_single_arm_needs_no_margin_and_holds_nothing_against_one(tmp_path):
    alone = GOOD.replace('control = "usual"', 'design = "single-arm"')
    with_one = plan.read_plan(write(tmp_path, alone))
    without = plan.read_plan(write(tmp_path, alone.replace("margin = 3\n", "")))
    assert without.margin == 0
    assert "margin" not in without.toml()
    assert plan.read_plan(write(tmp_path, without.toml())).fingerprint == without.fingerprint
    here = [estimand(one).set_index("attribute")["here"] for one in (with_one, without)]
    assert here[0]["Margin"].startswith("3 deg extension, held against nothing")
    assert "Margin" not in here[1]
    assert all(one["Error rate"].startswith("No test") for one in here)
    for given in ("0", "-1"):
        (line,) = refused(tmp_path, alone.replace("margin = 3", f"margin = {given}"))
        assert "margin: found" in line
        assert "greater than 0" in line
    for design in ("crossover", "within-person", "clusters"):
        more = f'design = "{design}"\n' + 'cluster = "physio"\n' * (design == "clusters")
        assert refused(tmp_path, GOOD.replace("margin = 3\n", "") + more) == [
            "plan.toml, margin: found 'nothing'; this field is needed"
        ]


@pytest.mark.parametrize("kind", ["equivalence", "non-inferiority"])
@pytest.mark.parametrize("design", ["crossover", "within-person", "clusters"])
def test_a_margin_may_be_asked_of_every_design_that_compares(tmp_path, design, kind):
    more = f'design = "{design}"\nmargin_is = "{kind}"\n'
    more += 'cluster = "physio"\n' * (design == "clusters")
    found = plan.read_plan(write(tmp_path, GOOD + more))
    assert found.margin_asked["kind"] == kind
    here = estimand(found).set_index("attribute")["here"]
    assert f"of {kind}" in here["Margin"]
    assert "one-sided" in here["Error rate"]


def test_every_field_that_does_not_go_with_a_design_is_told_at_once(tmp_path):
    more = 'design = "single-arm"\nanalysis = "mixed"\nstrata = ["sex"]\ncluster = "physio"\n'
    said = refused(tmp_path, GOOD + more)
    assert [line.split(":")[0] for line in said] == [
        "plan.toml, control", "plan.toml, analysis", "plan.toml, strata", "plan.toml, cluster",
    ]  # fmt: skip


def test_a_design_is_in_the_text_of_a_plan_only_where_it_is_said(tmp_path):
    plain = plan.read_plan(write(tmp_path, GOOD))
    assert "design" not in plain.toml()
    assert "cluster" not in plain.toml()
    same = plan.read_plan(write(tmp_path, GOOD + 'design = "parallel"\n'))
    assert same.fingerprint == plain.fingerprint
    alone = plan.read_plan(
        write(tmp_path, GOOD.replace('control = "usual"', 'design = "single-arm"'))
    )
    assert alone.arms == ("loading",)
    assert alone.contrast == "loading"
    again = plan.read_plan(write(tmp_path, alone.toml()))
    assert again.fingerprint == alone.fingerprint
    table = estimand(alone).set_index("attribute")["here"]
    assert table["Design"].endswith("no effect is claimed")
    assert table["Summary"] == "Mean change from baseline"
    assert "Design" not in set(estimand(plain)["attribute"])

"""CERT: the items as published, what a dose fills by itself, and nothing lost on the way back."""

import io
import json
import subprocess
import sys
import tomllib

import pandas as pd
import pytest
from cert_read_back import protocol_of
from drawn_prescriptions import PROTOCOL
from grammar import faults
from hypothesis import given
from hypothesis import strategies as st
from template_branches import unrendered

from hipstudy.errors import UsageProblems
from hipstudy.prescription import cert, design, protocol, shorthand
from hipstudy.prescription import cert as cert_shown
from hipstudy.prescription.cert_answers import TEXT_LENGTH, CertFields
from hipstudy.resources import place

ANSWERED = {
    "equipment": "a bench 45 cm high and ankle weights",
    "instructor": "physiotherapist, 5 years in sport",
    "individual_or_group": "individually",
    "supervision": "first two sessions supervised",
    "adherence_measure": "paper diary, sessions done of those prescribed",
    "motivation": "a phone call every second week",
    "progression_rule": "add weight when all sets reach 12",
    "progression_made": "by 1 kg",
    "exercises": "as shown in the leaflet; the stretch is a half-kneeling lunge",
    "home_programme": "all of it is done at home",
    "non_exercise": "none",
    "adverse_events": "asked at every visit; none so far",
    "setting": "clinic and home",
    "generic_or_tailored": "tailored",
    "how_tailored": "support height by control",
    "starting_level_rule": "no weight until ten clean repetitions",
    "fidelity_measure": "technique rated at week 3",
    "delivered_as_planned": "not known yet",
    "why": "to strengthen end range",
    "modifications": "none",
}


def answered(arm, **more):
    return protocol.from_dict(arm.model_dump() | {"cert": ANSWERED | more}, "x")


def test_the_items_are_the_sixteen_of_cert_and_what_tidier_has_beside():
    # Slade 2016 (doi:10.1136/bjsports-2016-096651), table of items: 1 to 16, with 7, 14 and 16
    # in two halves; Hoffmann 2014 (doi:10.1136/bmj.g1687): 1 name, 2 why, 10 modifications.
    found = {
        standard: [one.item for one in cert.items().itertuples() if one.standard == standard]
        for standard in ("CERT", "TIDieR")
    }
    halves = {7: "ab", 14: "ab", 16: "ab"}
    expected = [f"{n}{half}" for n in range(1, 17) for half in halves.get(n, [""])]
    assert found == {"CERT": expected, "TIDieR": ["1", "2", "10"]}
    assert set(cert.items()["field"]) - {""} == set(CertFields.model_fields)
    assert cert.items()["source"].str.startswith("doi:10.").all()


def test_what_the_prescription_does_not_say_is_missing():
    frame = cert.table(protocol.preset("strength_only")).set_index("item")
    frame = frame[frame["standard"] == "CERT"]
    # The dose says equipment, how it progresses, the exercise, the dose: 1, 7b, 8, 13.
    assert list(frame.index[frame["filled"] == "yes"]) == ["1", "7b", "8", "13"]
    assert frame.loc["7b", "from_prescription"] == (
        "no weight for 3 weeks, then weight to within 3 repetitions of failure"
    )
    assert "low back does not arch, no momentum" in frame.loc["8", "from_prescription"]
    both = cert.table(protocol.preset("strength_plus_stretch")).set_index(["standard", "item"])
    assert both.loc[("CERT", "8"), "filled"] == "part", "the stretch is not described"
    stretch = cert.completeness(cert.table(protocol.preset("stretch_only")))
    assert (stretch.items, stretch.of) == (1, 16)


def test_halves_count_half():
    count = cert.completeness(cert.table(protocol.preset("strength_only")))
    assert count.items == 3.5  # 1, 8, 13 and a half of 7
    assert str(count) == "3.5 of 16 CERT items filled (22 %)"
    whole = cert.completeness(cert.table(answered(protocol.preset("strength_plus_stretch"))))
    assert (whole.items, whole.missing) == (16, ())


@pytest.mark.parametrize("field", ANSWERED)
def test_every_answer_raises_its_own_item_and_no_other(field):
    bare = protocol.preset("stretch_only")
    arm = protocol.from_dict(bare.model_dump() | {"cert": {field: ANSWERED[field]}}, "x")
    before, after = cert.table(bare), cert.table(arm)
    changed = after[after["filled"] != before["filled"]]
    (one,) = [one for one in cert.items().itertuples() if one.field == field]
    assert list(changed["item"]) == [one.item]
    assert list(changed["own_words"]) == [ANSWERED[field]]


def test_what_is_generic_needs_no_how():
    arm = protocol.from_dict(
        protocol.preset("stretch_only").model_dump() | {"cert": {"generic_or_tailored": "generic"}},
        "x",
    )
    assert cert.completeness(cert.table(arm)).items == 2  # 13, and both halves of 14


TEXT = st.text(
    st.characters(exclude_categories=["C", "Z"], include_characters=" "), min_size=1, max_size=40
).filter(str.strip)
TEXT |= st.sampled_from(["NA", "null", "1.50", '"', ",", "=1+1", "# not markup", "missing"])
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        name: st.sampled_from(["generic", "tailored"]) if name == "generic_or_tailored" else TEXT
        for name in CertFields.model_fields
    },
)


def through_csv(frame):
    text = frame.to_csv(index=False, lineterminator="\n")
    return pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)


@given(PROTOCOL, st.none() | FIELDS)
def test_nothing_that_cert_holds_is_lost_on_the_way(data, fields):
    try:
        arm = protocol.from_dict(data | {"cert": fields}, "x")
    except UsageProblems:
        return  # too many hours a week, or a range upside down: test_shorthand.py has both
    frame, expected = cert.table(arm), arm.model_copy(update={"note": ""})
    assert protocol_of(frame, name=arm.name) == expected
    if arm.label.isprintable():  # others are refused by no rule, and CSV turns some of them
        assert protocol_of(through_csv(frame), name=arm.name) == expected


def test_an_empty_table_of_answers_is_none():
    assert protocol.from_dict({**BARE, "cert": {}}, "x") == protocol.from_dict(BARE, "x")


BARE = protocol.preset("stretch_only").model_dump()


def test_wrong_answers_are_all_said_with_the_nearest_field():
    wrong = {
        "equipement": "a bench", "setting": "  ", "motivation": "a\nb",
        "instructor": "x" * (TEXT_LENGTH + 1), "generic_or_tailored": "both",
    }  # fmt: skip
    with pytest.raises(UsageProblems) as caught:
        protocol.from_dict(BARE | {"cert": wrong}, "mine.toml")
    text = str(caught.value)
    assert len(caught.value.problems) == 5
    for said in (
        "cert.equipement: found 'a bench'; there is no field equipement. Did you mean equipment?",
        "mine.toml, cert.setting: found ''; the rule: some words, or leave the field out",
        "mine.toml, cert.motivation: found 'a b'; the rule: one line of text",
        "mine.toml, cert.instructor: found 'xxx",
        "at most 300 letters, blanks counted; this has 301",
        "mine.toml, cert.generic_or_tailored: found 'both'; the rule: should be 'generic'",
    ):
        assert said in text, text


def test_a_line_has_no_room_for_answers_and_says_so():
    with pytest.raises(UsageProblems) as caught:
        shorthand.write(answered(protocol.preset("stretch_only")))
    assert str(caught.value) == (
        "prescription stretch_only: found '[cert]'; one line holds a dose and has no room for "
        "answers to CERT. Keep it as a TOML file, or leave its [cert] table out."
    )


def test_answers_stay_in_the_file_and_in_arms_made_from_it(tmp_path):
    arm = answered(protocol.preset("strength_plus_stretch"))
    file = tmp_path / "mine.toml"
    import tomli_w

    file.write_text(tomli_w.dumps(arm.model_dump(exclude_none=True)), encoding="utf-8")
    assert protocol.read(file) == arm
    assert tomllib.loads(design.to_toml(str(file)))["cert"] == ANSWERED
    made = design.build([design.STRETCH, str(file), design.BOTH_MATCHED], overrides={"sets": 2})
    assert {a.cert for a in made.arms} == {None, arm.cert}


def test_an_answer_is_printed_once_for_all_arms_that_have_it():
    arms = {
        name: protocol.preset(name) for name in ("usual_running", "article_low", "article_high")
    }
    table = cert_shown.cert_table(arms)
    cells = table.frame.set_index("Item")["Prescribed"]
    assert "2" not in cells
    assert "Missing in all: 2, 3, " in table.caption
    assert "missing" not in set(cells)
    assert cells["8"].count("low back") == 1
    assert cells["13"].startswith("article_low: hip-flexor 2x8")
    assert "article_high: hip-flexor 3x12" in cells["13"]
    assert "usual_running" not in table.caption, "CERT asks about exercise"
    assert "article_low 3.5; article_high 3.5" in table.caption
    assert "10.1136/bjsports-2016-096651" in table.caption


def test_a_cohort_report_says_what_the_name_of_an_arm_says_and_no_more(tmp_path):
    from hipstudy.pages import cohort_report
    from hipstudy.studies import cohort_study

    study = cohort_study.run(cohort=str(place("data", "example_cohort.csv")))
    table = cohort_report.cert(study)
    assert table.caption.startswith("A cohort file names its arms only")
    assert "not what was delivered" in table.caption
    text = place("data", "example_cohort.csv").read_text(encoding="utf-8")
    own, plan = tmp_path / "own.csv", tmp_path / "plan.toml"
    names = (("strength_plus_stretch", "arm_a"), ("stretch_only", "arm_b"))
    shipped = place("data", "analysis_plan.toml").read_text(encoding="utf-8")
    for old, new in names:
        text, shipped = text.replace(old, new), shipped.replace(old, new)
    own.write_text(text, encoding="utf-8")
    plan.write_text(shipped, encoding="utf-8")
    study = cohort_study.run(cohort=str(own), analysis_plan=str(plan))
    assert "no item of CERT can be filled here" in cohort_report.cert(study).markdown


@pytest.mark.parametrize("book", sorted(place("notebooks").glob("*.ipynb")), ids=lambda b: b.stem)
def test_the_table_is_in_every_report(book):
    notebook = json.loads(book.read_text(encoding="utf-8"))
    cells = ["".join(cell["source"]) for cell in notebook["cells"]]
    report = notebook["metadata"].get("hipstudy", {}).get("report")
    # The evidence report prescribes nothing: its prescriptions are those of published trials. A
    # preregistration says that what a runner is given beyond an arm's name is open.
    prescribes = report not in (None, "evidence", "preregistration")
    assert prescribes == any("pages.cert(study" in cell for cell in cells)


def hipstudy(*arguments, folder):
    command = [sys.executable, "-m", "hipstudy", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_the_command_takes_a_name_a_file_and_a_line(tmp_path):
    (tmp_path / "mine.toml").write_text(
        design.to_toml("strength_only") + '\n[cert]\nsetting = "at the clinic"\n', encoding="utf-8"
    )
    line = "hip-flexor 3x10, first 3 wk @bodyweight, 3/wk x 12 wk"
    for given_, filled in (("strength_only", "3.5"), ("mine.toml", "4.5"), (line, "3.5")):
        done = hipstudy("cert", given_, folder=tmp_path)
        assert done.returncode == 0, done.stderr
        assert f"\n{filled} of 16 CERT items filled" in done.stdout
        assert ("at the clinic" in done.stdout) == (given_ == "mine.toml")
    wrong = hipstudy("cert", "strength_onl", folder=tmp_path)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "Did you mean strength_only" in wrong.stderr


@pytest.mark.parametrize("word", ["-", "?", "Not reported.", "missing", "n/a"])
def test_a_placeholder_fills_no_item(word):
    plain = protocol.preset("strength_plus_stretch")
    own = plain.model_dump() | {"cert": {"setting": word, "motivation": "a call each week"}}
    before, after = (
        cert.completeness(cert.table(arm)).items for arm in (plain, protocol.from_dict(own, "x"))
    )
    assert after - before == 1, "the call counts, the placeholder does not"


def test_weight_that_never_comes_is_no_progress():
    data = protocol.preset("strength_only").model_dump()
    data["strength"] |= {"unloaded_weeks": 6}
    rows = cert.table(protocol.from_dict(data | {"weeks": 6}, "x")).set_index(["standard", "item"])
    assert rows.loc[("CERT", "7b"), "from_prescription"] == ""


def test_every_branch_of_the_words_is_rendered():
    strength = protocol.preset("strength_only").strength
    rules = protocol.Progression(reps_low=8, reps_top=12, sore_limit_nrs=4, step_kg=1, max_kg=9)
    changes = (
        {}, {"load": "unloaded"}, {"load": "5 kg", "lever": "trunk-lever"}, {"sides": "left"},
        {"progression": rules},
    )  # fmt: skip
    renderings = [("standards", None), ("missing", []), ("missing", ["2", "7a"])]
    for work in (strength.model_copy(update=change) for change in changes):
        renderings += [("equipment", work), ("exercise", work)]
        renderings += [("planned", {"work": work, "first": first}) for first in (0, 1, 3)]
    assert unrendered("hipstudy.prescription", "cert", renderings) == []
    assert not [fault for name, facts in renderings for fault in faults(cert.words(name, facts))]

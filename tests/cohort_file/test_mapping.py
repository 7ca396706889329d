"""A clinic's own names, translated and drafted."""

import tomllib

import pytest

from hipstudy.cohort_file.check import check_file
from hipstudy.cohort_file.draft_from_file import draft_from
from hipstudy.cohort_file.head_words import meanings
from hipstudy.cohort_file.mapping import ColumnMapping, apply, beside, read_mapping
from hipstudy.cohort_file.mapping_draft import draft_mapping, refusal, suggest
from hipstudy.cohort_file.sheet import read_sheet
from hipstudy.errors import UsageProblems

GOOD = """
sheet = "visits"
thomas_sign = "extension-negative"
ignore = ["Bemerkung"]
[columns]
"Proband" = "runner_id"
"Bein" = "side"
"HAGOS Sport" = "hagos_sport"
[words.side]
"li" = "left"
"RE" = "right"
[words.arm]
"Gruppe A" = "stretch_only"
"""
OWN = (
    "Proband;bein ;arm;Bemerkung;HAGOS  sport\n"
    "A;LI;gruppe  a;Anna;1\nB; re;other;Ben;2\nC;left;;;\n"
)


@pytest.fixture
def mapping(tmp_path):
    def mapping(text):
        path = tmp_path / "own.mapping.toml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return mapping


@pytest.fixture
def sheet(tmp_path):
    def sheet(text):
        path = tmp_path / "own.csv"
        path.write_text(text, encoding="utf-8")
        return read_sheet(path)

    return sheet


def said(call, *arguments):
    with pytest.raises(UsageProblems) as caught:
        call(*arguments)
    return [str(one) for one in caught.value.problems]


def test_read(mapping, tmp_path):
    read = read_mapping(mapping(GOOD))
    assert read.file == "own.mapping.toml"
    assert read.sheet == "visits"
    assert read.thomas_sign == "extension-negative"
    assert read.ignore == ("Bemerkung",)
    assert dict(read.columns)["Bein"] == "side"
    assert dict(read.words["side"]) == {"li": "left", "RE": "right"}
    assert beside(tmp_path / "own.csv") == tmp_path / "own.mapping.toml"
    empty = read_mapping(mapping(""))
    assert (empty.sheet, empty.thomas_sign, empty.ignore, dict(empty.columns)) == ("", "", (), {})


def test_names_and_words_whatever_their_case_and_spaces(mapping, sheet):
    before = sheet(OWN)
    after = apply(before, read_mapping(mapping(GOOD)))
    assert after.header == ("runner_id", "side", "arm", "hagos_sport")
    assert after.cells.to_numpy().tolist() == [
        ["A", "left", "stretch_only", "1"],
        ["B", "right", "other", "2"],
        ["C", "left", None, None],
    ]
    assert list(after.cells.columns) == [0, 1, 2, 3]
    assert dict(after.own) == {
        "runner_id": "Proband",
        "side": "bein",
        "hagos_sport": "HAGOS sport",
    }
    assert after.rows.tolist() == before.rows.tolist()
    assert after.sha256 == before.sha256
    assert before.header[1] == "bein", "what was read stays as it was"


def test_what_is_found_in_ignored_columns_is_not_said(sheet):
    read = sheet("runner_id,note,note\nA,#N/A,x\n")
    assert len(read.findings) == 2
    assert apply(read, ColumnMapping("m", ignore=("note",))).findings == ()


def test_a_sheet_without_rows(sheet):
    after = apply(sheet("Id;Bein\n"), ColumnMapping("m", {"Id": "runner_id"}, {}))
    assert after.cells.shape == (0, 2)


def test_names_that_are_not_in_the_file(sheet):
    mapping = ColumnMapping(
        "m.toml", {"Probant": "runner_id", "Alter": "age_y"}, {"sex": {"w": "F"}}, ignore=("Note",)
    )
    problems = said(apply, sheet(OWN), mapping)
    assert len(problems) == 4
    assert "m.toml, Probant" in problems[0]
    assert "Did you mean Proband?" in problems[0]
    assert "own.csv has no column" in problems[1]
    assert "Note" in problems[2]
    assert "[words.sex]" in problems[3]


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("Bein;side\nli;left\n", {"Bein": "side"}),
        ("Bein;BEIN\nli;re\n", {"Bein": "side"}),
        ("Bein;Leg\nli;re\n", {"Bein": "side", "Leg": "side"}),
    ],
)
def test_two_columns_of_one_name(sheet, text, columns):
    (problem,) = said(apply, sheet(text), ColumnMapping("m.toml", columns))
    assert "2 columns of own.csv would be side" in problem


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[columns]\n"a" = "sid"', ["[columns], a", "'sid'", "Did you mean side?"]),
        ('[columns]\na = "side"\nb = "side"', ["a is side already"]),
        ("[columns]\na = 3", ['"Bein" = "side"']),
        ("columns = 3", ["[columns]"]),
        ('[words.side]\nli = "links"', ["[words.side], li", "left or right"]),
        ('[words.sex]\nw = "female"', ["F or M"]),
        ('[words.adverse_event]\nja = "true"', ["yes or no"]),
        ('[words.runner_id]\na = "b"', ["every column of the format but runner_id"]),
        ("words = 3", ["[words.side]"]),
        ("[words]\nside = 3", ['"li" = "left"']),
        ('[words.arm]\na = ""\n[word.arm]', ["word", "Did you mean words?"]),
        ('thomas_sign = "negative"', ["extension-positive or extension-negative"]),
        ("thomas_sign = []", ["extension-positive or extension-negative"]),
        ("sheet = 1", ["a name in quotes"]),
        ('ignore = "a"', ['["comments"]']),
        ('ignore = ["A"]\n[columns]\na = "side"', ["named or ignored, not both"]),
        ("[columns\n", ["no TOML", "--suggest-mapping"]),
        ("a = " + "[" * 5_000, ["no TOML"]),
        (b"a = '\xff'", ["UTF-8"]),
    ],
)
def test_mappings_that_are_wrong(mapping, text, words):
    (problem,) = said(read_mapping, mapping(text))
    assert problem.startswith("own.mapping.toml")
    for word in words:
        assert word in problem


def test_all_that_is_wrong_is_said_at_once(mapping):
    text = 'thomas_sign = "x"\nshet = "y"\n[columns]\na = "b"\n[words.side]\nli = "c"\n'
    assert len(said(read_mapping, mapping(text))) == 4


def test_a_mapping_that_is_not_there(tmp_path):
    (problem,) = said(read_mapping, tmp_path / "x.toml")
    assert problem.startswith("mapping: found 'x.toml'; there is no such file")


DRAFTED = (
    "Proband;Bein;Gruppe;Woche;Thomas [°];Kraft (N);Spannung;Geschlecht;Name;age_y;HAGOS Sport;"
    'the "odd" one;anna@clinic.example;Visit\n'
    "SECRET1;li;SECRET2;0;1;2;3;w;SECRET3;4;5;SECRET4;x;1\n"
    "SECRET1;Re;SECRET2;0;1;2;3;m;SECRET3;4;5;SECRET4;x;1\n"
)


def test_dates_and_numbers_that_may_tell_are_never_drafted(sheet):
    cells = ("23.04.1987", "1987-04-23", "0171 5553219", "+49 171 5553219", "23/4", "7-May")
    # Visits of a kind, so that nothing but the look of a date or of a long number keeps them out.
    visits = ("3.4.23", "Visit 3.4.23", "Visit 1234567")
    for some in (cells, visits):
        draft = suggest(sheet("Woche,Bein\nT1,li\n" + "".join(f"{one},re\n" for one in some)))
        assert '# T1 = "..."' in draft
        assert not any(one in draft for one in some)


def test_a_draft(sheet, mapping):
    read = sheet(DRAFTED)
    draft = suggest(read)
    assert tomllib.loads(draft) == {
        "ignore": ["Name"],
        "columns": {
            "Proband": "runner_id",
            "Bein": "side",
            "Gruppe": "arm",
            "Thomas [°]": "thomas_ext_deg",
            "Spannung": "tightness_nrs",
            "Geschlecht": "sex",
            "HAGOS Sport": "hagos_sport",
        },
        "units": {},  # asked about: is Kraft (N) a force?
        "words": {"side": {"Re": "right", "li": "left"}, "sex": {"w": "F"}},
    }
    assert '# "Kraft (N)" = "end_range_torque_nm_kg"' in draft
    assert '# Woche = "week"' in draft, "two may be the week"
    assert '# Visit = "week"' in draft
    assert '# "the \\"odd\\" one" = "..."' in draft
    assert "# thomas_sign" in draft
    assert "SECRET" not in draft
    assert "clinic.example" not in draft
    assert "column 13 looks like a value" in draft
    assert apply(read, read_mapping(mapping(draft))).header[0] == "runner_id"


def test_words_are_drafted_only_where_they_are_short_and_few(sheet):
    assert '# 1 = "left"' in suggest(sheet("Bein\n1\n2\n"))
    assert "Anna" not in suggest(sheet("Bein\nAnna\nli\n"))
    assert "# x = " not in suggest(sheet("Bein\nx\nli\n")), "initials are nobody's side"
    assert "AQ" not in suggest(sheet("Bein\nAQ\nli\n"))
    many = suggest(sheet("Bein\n" + "\n".join("abcdefghij")))
    assert "[words" not in many
    assert "[words" not in suggest(sheet("side\nleft\nright\n")), "these are ours already"


def test_a_draft_of_a_file_that_needs_none_and_of_doubled_names(sheet):
    assert tomllib.loads(suggest(sheet("runner_id,side\nA,left\n"))) == {"columns": {}}
    assert tomllib.loads(suggest(sheet("Bein,Bein,side,side\nli,re,li,re\n")))["columns"] == {}


HEADLESS = (
    "R1,left,0,10,4\nR1,right,0,10,4\n",
    "SECRETID1;Anna Quux;left;0;10,5;4\nSECRETID2;Anna Quux;left;0;10,5;4\n",
    "R1,left,strength,0,31.5\nR2,left,strength,0,31.5\n",
    "Q1,Anna Quux\nQ2,Zoe Quux\n",
)


@pytest.mark.parametrize("text", HEADLESS)
def test_nothing_of_a_first_row_that_is_no_head_is_drafted(sheet, text):
    read = sheet(text)
    problem = refusal(read)
    assert "Is row 1 the head?" in problem.mend
    draft = suggest(read)
    assert tomllib.loads(draft) == {"columns": {}}
    for cell in ("R1", "SECRET", "Anna", "left", "Q1"):
        assert cell not in draft + str(problem)


def test_a_draft_is_refused_only_where_nothing_is_to_be_translated(sheet):
    assert refusal(sheet(DRAFTED)) is None
    assert refusal(sheet("runner_id,side\nA,li\n")) is None
    assert refusal(sheet("runner_id,side,Name\nA,left,x\n")) is None
    assert "nothing to translate" in refusal(sheet("runner_id,side\nA,left\n")).rule


def test_a_column_called_as_a_person_is_not_drafted(sheet):
    draft = suggest(sheet("Proband,Bein,Zoe Quux\nA,li,1\n"))
    assert "column 3 looks like a value" in draft
    assert "Zoe" not in draft


def test_a_mapping_over_its_limit_is_said_as_one(mapping):
    (problem,) = said(read_mapping, mapping("#" * 1_000_001))
    assert problem.startswith("mapping: found 'own.mapping.toml'; a mapping file has 1 MB at most")


@pytest.mark.parametrize(
    "name",
    [
        'a"b',
        "a\\b",
        "[x]",
        "a = 1",
        "'''",
        "🦵",
        "#",
        "a.b",
        "=cmd|' /C calc'!A0",
        "\x1b[31m",
        "\x01",
    ],
)
def test_any_name_is_a_comment_or_a_key(sheet, name):
    header = '"' + name.replace('"', '""') + '"'
    assert tomllib.loads(suggest(sheet(f"{header},runner_id\n1,2\n"))) == {"columns": {}}
    tomllib.loads(suggest(sheet(f'"Bein {name.replace(chr(34), "")}",runner_id\n1,2\n')))


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("Patient ID", "runner_id"),
        ("SubjectID", "runner_id"),
        ("Leg", "side"),
        ("Treatment", "arm"),
        ("Week", "week"),
        ("Hüftextension (°)", "thomas_ext_deg"),
        ("Torque [Nm/kg]", "end_range_torque_nm_kg"),
        ("tightness", "tightness_nrs"),
        ("Gender", "sex"),
        ("Age (years)", "age_y"),
        ("Weight (kg)", "mass_kg"),
        ("Adherence %", "adherence_pct"),
        ("runer_id", "runner_id"),
        ("Side", "side"),
    ],
)
def test_what_clinics_write(sheet, name, ours):
    assert tomllib.loads(suggest(sheet(f"{name};x\n1;2\n")))["columns"] == {name: ours}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[columns]\na = "thomas_ext_deg, up"', ['"thomas_ext_deg, left, week 6"']),
        ('[columns]\na = "side, left"', ["one column each"]),
        ('[columns]\na = "thomas, left"', ["Did you mean thomas_ext_deg?"]),
        ('[columns]\na = "age_y, left"\nb = "age_y, left"', ["a is age_y, left already"]),
        ('[words.week]\nT1 = "later"', ["a number with a decimal point"]),
        ('[words.age_y]\nold = "old"', ['or "missing"']),
        ('[sheets]\nBaseline = "first"', ['"Baseline" = "week 0"']),
        ('sheet = "a"\n[sheets]\nb = "week 0"', ["not both"]),
        ("head_rows = [2, 1]", ["such as [1, 2]"]),
        ('head_rows = "1"', ["such as [1, 2]"]),
        ("[leave_out]\ntotal = [1]", ["Did you mean totals?"]),
        ("[leave_out]\ntotals = 1", ["totals = [21, 43]"]),
        ("leave_out = [1]", ["totals = [21, 43]"]),
        ('[headings]\nfive = "arm a"', ['5 = "arm stretch_only"']),
    ],
)
def test_shapes_that_are_wrong(mapping, text, words):
    (problem,) = said(read_mapping, mapping(text))
    for word in words:
        assert word in problem


WIDE = "Id;T L pre;T R pre;T L T1;T R T1\nA;1;2;;4\nB;;;;\n"


def wide(**more):
    columns = {"Id": "runner_id"} | {
        f"T {side[0].upper()} {visit}": f"thomas_ext_deg, {side}, week {visit}"
        for side in ("left", "right")
        for visit in ("pre", "T1")
    }
    return ColumnMapping("m", columns | more.pop("columns", {}), **more)


def test_sides_and_visits_below_each_other(sheet):
    after = apply(sheet(WIDE), wide(words={"week": {"T1": "6"}}))
    assert after.header == ("runner_id", "side", "week", "thomas_ext_deg")
    assert after.cells.to_numpy().tolist() == [
        ["A", "left", "0", "1"],
        ["A", "right", "0", "2"],
        ["A", "right", "6", "4"],  # the left was not measured, and B did not come
        ["B", "left", "0", None],
        ["B", "right", "0", None],
    ]
    assert after.rows.tolist() == [2, 2, 2, 3, 3]
    assert after.column_of_row["thomas_ext_deg"].tolist()[2] == "T R T1"


def test_what_goes_together_in_no_way(sheet):
    problems = said(apply, sheet(WIDE), wide())
    assert any("[words.week]" in one and "'T1'" in one for one in problems)
    text = WIDE.replace("Id;", "Id;side;").replace("A;", "A;left;").replace("B;", "B;left;")
    assert "say the side already" in said(apply, sheet(text), wide(words={"week": {"T1": "6"}}))[0]
    two = {"Id": "runner_id", "T L pre": "age_y, left", "T R pre": "age_y"}
    assert "and some do not" in said(apply, sheet(WIDE), ColumnMapping("m", two))[0]


def test_words_for_nothing_measured_and_for_empty_cells(sheet):
    words = {"thomas_ext_deg": {"-99": "missing", "10 ± 2": "10"}, "adverse_event": {"": "no"}}
    read = sheet("thomas_ext_deg;adverse_event\n-99;x\n10 ± 2;\n")
    after = apply(read, ColumnMapping("m", words=words))
    assert after.cells.to_numpy().tolist() == [[None, "x"], ["10", "no"]]
    draft = suggest(sheet("Thomas;adverse_event\n-99;x\n<5;\n10 ± 2;x\n3;x\n4;x\n5;\n6;\n"))
    for line in ('# "-99" = "missing"', '# "<5" = "..."', '# "10 ± 2" = "..."', '# "" = "no"'):
        assert line.replace('"-99"', "-99") in draft or line in draft


def test_a_side_that_was_not_measured_has_no_row(sheet):
    columns = {"Id": "runner_id", "T L": "thomas_ext_deg, left", "T R": "thomas_ext_deg, right"}
    after = apply(sheet("Id;T L;T R\nA;1;\nB;;\nC;3;4\n"), ColumnMapping("m", columns))
    assert after.cells.to_numpy().tolist() == [
        ["A", "left", "1"],
        ["B", "left", None],
        ["B", "right", None],
        ["C", "left", "3"],
        ["C", "right", "4"],
    ]


def drafted(sheet, text):
    """What a draft says for sure, and how many questions it asks."""
    draft = draft_mapping(sheet(text))
    return tomllib.loads(draft.text), len(draft.questions)


def test_cells_that_are_sides_or_visits_make_the_name_sure(sheet):
    """Ben is a leg in four languages and a name; Besök is any visit."""
    head = "Patient,Ben,Besök,Thomas\n"
    rows = [f"K{k:02},{side},{visit},1{k}\n" for k in range(6) for side in "HV"
            for visit in ("start", "6 uker")]  # fmt: skip
    said, questions = drafted(sheet, head + "".join(rows))
    assert said["columns"]["Ben"] == "side"
    assert said["columns"]["Besök"] == "week"
    assert said["words"] == {"side": {"H": "right", "V": "left"}, "week": {"start": "0"}}
    assert questions == 0


def test_a_column_that_is_asked_has_its_words_in_the_same_draft(sheet):
    """Of one side alone nobody knows whether a leg is meant; its word is known all the same."""
    rows = "".join(f"K{k:02},venstre,{k % 2 * 6},1{k}\n" for k in range(6))
    said, questions = drafted(sheet, f"Patient,Ben,Week,Thomas\n{rows}")
    assert "Ben" not in said["columns"]
    assert said["words"]["side"] == {"venstre": "left"}
    assert questions == 1


@pytest.mark.parametrize(
    ("head", "ours"),
    [
        ("No anterior hip pain", "anterior_hip_pain"),
        ("Not stopped exercise", "stopped_exercise"),
        ("Pelvis uncontrolled", "pelvis_controlled"),
        ("Pelvis not controlled", "pelvis_controlled"),
        ("Becken unkontrolliert", "pelvis_controlled"),
        ("No adverse event", "adverse_event"),
        ("No pain at the front of the hip since the last visit", "anterior_hip_pain"),
    ],
)
def test_a_name_of_the_opposite_is_never_sure_and_turns_yes_and_no_round(tmp_path, head, ours):
    path = tmp_path / "a.csv"
    rows = [f"K{k},left,stretch_only,{w},3,4,yes" for k in range(3) for w in (0, 6)]
    path.write_text(
        "\n".join([f"runner_id,side,arm,week,thomas_ext_deg,tightness_nrs,{head}", *rows]) + "\n",
        encoding="utf-8",
    )
    text = draft_from(path).text
    assert f'# "{head}" = "{ours}"' in text
    part = text.partition(f"[words.{ours}]")[2]
    assert "turn round" in part
    assert '# yes = "no"\n' in part
    assert '# no = "yes"\n' in part
    lines = [line[2:] if line[2:].startswith(('"', "yes", "no =")) else line
             for line in text.splitlines()]  # fmt: skip
    path.with_name("a.mapping.toml").write_text("\n".join(lines), encoding="utf-8")
    assert set(check_file(path).frame[ours]) == {False}


@pytest.mark.parametrize("head", ["Adverse event (yes/no)", "Pelvis controlled", "Nebenwirkung"])
def test_a_name_that_offers_both_is_no_opposite(head):
    (one,) = meanings([head])
    assert one.name
    assert not one.negated


def test_a_patient_number_is_no_code_and_the_draft_says_why(sheet):
    draft = draft_mapping(sheet("Patient No,Bein,Thomas-Test\nP01,li,5\n"))
    (question,) = [one for one in draft.questions if "code of the runner" in one]
    assert "patient number of the clinic's records" in question
    assert "study codes of your own" in question
    other = draft_mapping(sheet("Was,Bein,Thomas-Test\nP01,li,5\n"))
    assert not any("records" in one for one in other.questions)


@pytest.mark.parametrize(("visit", "weeks"), [("6m", "..."), ("T2", "..."), ("6 months", "26")])
def test_a_mend_makes_up_no_week(sheet, mapping, visit, weeks):
    said = mapping(f'[columns]\n"TT {visit}" = "thomas_ext_deg, left, week {visit}"\n')
    with pytest.raises(UsageProblems) as caught:
        apply(sheet(f"runner_id,TT {visit}\nR1,5\n"), read_mapping(said))
    (problem,) = caught.value.problems
    assert f'"{visit}" = "{weeks}"' in problem.mend

"""What a check found, each kind once: the worst first, with all its rows."""

from hypothesis import given
from hypothesis import strategies as st

from hipstudy.errors import Finding
from hipstudy.finding_kinds import finding_kinds, where
from hipstudy.finding_list import error_and_warning_counts, lines


def found(rule, level="error", **more):
    return Finding(level, "a.csv", rule, **more)


def test_errors_come_first_then_guesses_then_notes():
    note = found("hidden sheets are not read", "warning")
    guess = found("weeks may be days", "warning", kind="guess")
    wrong, other = found("no number"), found("no word")
    kinds = finding_kinds([note, wrong, guess, other])
    assert [kind.first for kind in kinds] == [wrong, other, guess, note]
    assert error_and_warning_counts([note, wrong, guess, other]) == "2 errors, 2 warnings"


def test_a_rule_of_several_columns_is_one_line_with_values_rows_and_hints():
    findings = [
        found("yes or no", column="pain", row=2, value="ja", mend="Name it."),
        found("yes or no", column="pain", row=3, value="nein", mend="Name it."),
        found("yes or no", column="harm", row=9, value="x", mend="y? Name it.", hint="y? ",
              common_mend="Name it."),
        found("and 4 more rows: yes or no", column="pain", row=5, rows=4, spans="5-8",
              common="yes or no", mend="Rows: 5-8.", common_mend="Name it."),
    ]  # fmt: skip
    assert lines(findings) == [
        (
            "error: a.csv: yes or no. Name it. Column pain: row 2 'ja', row 3 'nein', "
            "4 more rows: 5-8; column harm: row 9 'x' (y?)."
        )
    ]
    (kind,) = finding_kinds(findings)
    problem = kind.problem()
    assert (problem.where, problem.value, problem.row, problem.rule) == (
        "a.csv", None, None, "yes or no",
    )  # fmt: skip


def test_one_finding_is_as_it_was():
    one = found("no number", column="week", row=4, value="x", mend="Write 6.", common="no")
    assert lines([one]) == ["error: a.csv, row 4, column week: found 'x'; no number. Write 6."]
    assert finding_kinds([one])[0].problem() == one.problem()


def test_many_values_are_counted():
    text = where([found("a rule", row=row, value=str(row)) for row in range(2, 12)])
    assert text.startswith("row 2 '2', row 3 '3'")
    assert text.endswith("row 7 '7', 4 more rows")


@given(
    st.lists(
        st.builds(
            found,
            st.sampled_from(["one", "two"]),
            st.sampled_from(["error", "warning"]),
            row=st.none() | st.integers(2, 9),
            column=st.none() | st.sampled_from(["a", "b"]),
            value=st.none() | st.text(max_size=3),
            kind=st.sampled_from(["", "guess"]),
        )
    )
)
def test_nothing_is_lost_or_said_twice(findings):
    kinds = finding_kinds(findings)
    assert sorted(map(repr, findings)) == sorted(repr(o) for kind in kinds for o in kind.findings)
    assert len(lines(findings)) == len(kinds)
    rules = [(kind.first.level, kind.rule) for kind in kinds]
    assert len(rules) == len(set(rules))


def test_rows_that_go_on_without_a_value_are_one_list():
    rest = found("and 52 more rows: left", column="side", row=22, rows=52, spans="22-73",
                 common="left", mend="Rows: 22-73.")  # fmt: skip
    cells = [found("left", column="side", row=row) for row in range(2, 22)]
    assert where([*cells, rest]) == "rows 2-21, 22-73"

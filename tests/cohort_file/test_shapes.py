"""Files of other shapes: drafted, answered, and read as the same observations."""

import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shaped_files import (
    ARMS,
    HEADS,
    NAMES,
    SHAPES,
    SIDE_WORDS,
    VISIT_WORDS,
    OwnWords,
    answered,
    cohort,
    observations,
)

from hipstudy.cohort_file.check import check_file
from hipstudy.cohort_file.draft_from_file import draft_from
from hipstudy.cohort_file.mapping import beside
from hipstudy.errors import UsageProblems

WORKBOOKS = ("sheet_for_each_visit", "sheet_for_each_arm")


def written(folder, shape, seed, **words):
    frame = cohort(seed)
    path = folder / f"clinic.{'xlsx' if shape in WORKBOOKS else 'csv'}"
    SHAPES[shape](frame, path, OwnWords(**words))
    return path, frame


def read_back(path, frame, most_questions=2):
    """Draft a mapping, answer it, and read the file by it."""
    drafted = draft_from(path)
    assert len(drafted.questions) <= most_questions, drafted.text
    for column in drafted.reading.columns:
        assert not (column.sure and column.place is None)
    text = answered(drafted.text)
    for visit, week in (("t1", 6), ("t2", 12)):  # which only the clinic knows
        text = re.sub(rf'(?im)^{visit} = "\.\.\."', f'{visit} = "{week}"', text)
    beside(path).write_text(text, encoding="utf-8")
    result = check_file(path)
    assert result.errors == (), [str(one) for one in result.errors] + [drafted.text]
    read = result.frame
    pd.testing.assert_frame_equal(observations(read), observations(frame), check_dtype=False)
    assert read["arm"].isin(ARMS).all()
    of_runner = dict(zip(frame["runner_id"], frame["sex"], strict=True))
    assert (read["sex"] == read["runner_id"].map(of_runner)).all()
    return drafted, result


@pytest.mark.parametrize("language", NAMES)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_cohort_in_each_shape_and_language_is_the_same_cohort(tmp_path, shape, language):
    path, frame = written(tmp_path, shape, 3, names=NAMES[language])
    read_back(path, frame)


@settings(max_examples=12)
@given(
    st.integers(0, 10_000),
    st.sampled_from([shape for shape in SHAPES if shape not in WORKBOOKS]),
    st.sampled_from(list(NAMES.values())),
    st.sampled_from(HEADS),
    st.sampled_from(SIDE_WORDS),
    st.sampled_from(VISIT_WORDS),
)
def test_any_cohort_in_any_words_is_the_same_cohort(
    tmp_path_factory, seed, shape, names, head, sides, visits
):
    folder = tmp_path_factory.mktemp("shape")
    words = {"names": names, "head": head, "sides": sides, "visits": visits}
    read_back(*written(folder, shape, seed, **words))


@settings(max_examples=6)
@given(st.integers(0, 10_000), st.sampled_from(WORKBOOKS), st.sampled_from(VISIT_WORDS))
def test_sheets_are_put_together(tmp_path_factory, seed, shape, visits):
    folder = tmp_path_factory.mktemp("sheets")
    read_back(*written(folder, shape, seed, visits=visits))


@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_is_reshaped_without_a_mapping(tmp_path, shape):
    path, _ = written(tmp_path, shape, 4)
    result = check_file(path)
    assert result.errors
    said = " ".join(f"{one.rule} {one.mend}" for one in result.errors)
    assert "--suggest-mapping" in said


@pytest.mark.parametrize("shape", SHAPES)
def test_no_code_of_a_runner_is_in_a_draft(tmp_path, shape):
    path, frame = written(tmp_path, shape, 5)
    text = draft_from(path).text
    assert not any(code in text for code in frame["runner_id"])


@pytest.mark.parametrize(
    ("visits", "asked"),
    [
        (("L0", "L1", "L2"), ("visit1", "visit2")),
        (("week 1-6 L", "week 12 L", "week 0 L"), ("week1-6",)),
        (("L 0", "L 6", "L 12"), ()),
        (("L 1", "L 2", "L 3"), ("visit1", "visit2", "visit3")),
    ],
)
def test_a_number_in_a_head_is_a_week_only_where_it_looks_so(tmp_path, visits, asked):
    heads = [f"Tightness {one}" for one in (*visits, *(v.replace("L", "R") for v in visits))]
    rows = ["R1,stretch_only,8,6,4,8,6,4", "R2,stretch_only,7,5,3,7,5,3"]
    path = tmp_path / "a.csv"
    path.write_text("\n".join([",".join(["ID", "Group", *heads]), *rows, ""]), encoding="utf-8")
    text = draft_from(path).text
    words = text.partition("[words.week]")[2].splitlines()
    assert all(any(line.startswith(("# " + one, f'# "{one}"')) for line in words) for one in asked)
    assert bool(asked) == ("[words.week]" in text)
    path.with_name("a.mapping.toml").write_text(text, encoding="utf-8")
    if asked:  # not read until somebody has said which week it is
        with pytest.raises(UsageProblems):
            check_file(path)

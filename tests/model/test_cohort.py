"""Runners: read with every problem said, drawn with the spread and correlations asked for."""

from dataclasses import replace

import numpy as np
import pytest

from hipstudy import parameters
from hipstudy.cohort_file import rbds
from hipstudy.errors import DataProblems, UsageProblems
from hipstudy.model import baseline, cohort
from hipstudy.model.causes import WORLDS, cause_shares, latent_correlations

HEADER = "Subject\tFileName\tAge\tMass\tGender\tRThomas\tLThomas"
ROW = "{}\tf.txt\t30\t70\tM\t10\t12"


def table(tmp_path, *rows, header=HEADER, encoding="utf-8"):
    file = tmp_path / "RBDSinfo.txt"
    file.write_bytes("\n".join([header, *rows, ""]).encode(encoding))
    return file


def test_rbds_is_28_runners_with_56_limbs(rbds_file):
    found = rbds.read(rbds_file)
    assert (found.n_runners, found.n_limbs) == (28, 56)
    # Published file: mean 11.2, SD 8.0 over 56 limbs; left against right r = 0.89.
    assert round(found.thomas_ext_deg.mean(), 1) == 11.2
    assert round(found.thomas_ext_deg.std(ddof=1), 1) == 8.0
    sides = found.thomas_ext_deg.reshape(-1, 2)
    assert round(np.corrcoef(sides.T)[0, 1], 2) == parameters.number("side_r")
    assert (found.sex == "M").sum() == 27
    # The table's own numbers of these runners, recomputed from the file.
    per_runner = sides.mean(axis=1)
    for name, value in {
        "age_mean_y": found.age_y.mean(),
        "age_sd_y": found.age_y.std(ddof=1),
        "mass_mean_kg": found.mass_kg.mean(),
        "mass_sd_kg": found.mass_kg.std(ddof=1),
        "thomas_mean_deg": found.thomas_ext_deg.mean(),
        "thomas_sd_deg": found.thomas_ext_deg.std(ddof=1),
    }.items():
        assert parameters.number(name) == pytest.approx(value, abs=0.06), name
    r = np.corrcoef(found.mass_kg, per_runner)[0, 1]
    assert parameters.number("mass_thomas_r") == pytest.approx(r, abs=0.005)


def test_half_the_file_is_14_runners(rbds_file, tmp_path):
    lines = rbds_file.read_text(encoding="utf-8").splitlines()
    half = tmp_path / "half.txt"
    half.write_text("\n".join(lines[:169]) + "\n", encoding="utf-8")
    assert rbds.read(half).n_runners == 14


def test_the_order_of_rows_changes_no_ones_luck(tmp_path):
    rows = [ROW.format(i) for i in range(5)]
    one = rbds.read(table(tmp_path, *rows))
    two = rbds.read(table(tmp_path, *rows[::-1]))
    assert (one.key == two.key[::-1]).all()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_strange_ids_and_encodings_are_text(tmp_path, encoding):
    ids = ["=cmd()", "<script>", "#import", "Jürgen", "5"]
    file = table(tmp_path, *(ROW.format(i) for i in ids), encoding=encoding)
    before = file.read_bytes()
    assert rbds.read(file).n_runners == 5
    assert file.read_bytes() == before


def test_every_problem_is_said_with_its_row_and_column(tmp_path):
    rows = [
        ROW.format("<script>"),
        "<script>\tf.txt\t31\t70\tM\t10\t12",
        "b\tf.txt\tthirty\t700\tX\t10\t12",
        "c\tf.txt\t30\t70\tM\t\t99",
        "d\tf.txt\t30",
        "\tf.txt\t30\t70\tM\t10\t12",
    ]
    with pytest.raises(DataProblems) as caught:
        rbds.read(table(tmp_path, *rows))
    text = str(caught.value)
    for said in (
        "row 3, column Age: found '31'; this runner's first row has '30'",
        "row 4, column Age: the rule is a number from 10 to 100 years",
        "row 4, column Mass: found '700'; the rule is a number from 30 to 200 kg",
        "row 4, column Gender: found 'X'; the rule is M or F",
        "row 5, column RThomas: found 'nothing'; the rule is a number from -60 to 60 degrees",
        "row 5, column LThomas: found '99'",
        "row 6: found '3 columns'; the header has 7 columns. Is the row cut off?",
        "row 7, column Subject: found 'nothing'; every row needs a runner's id",
    ):
        assert said in text
    assert "script" not in text
    assert "thirty" not in text, "a word may be a person's name"
    assert len(caught.value.problems) == 8


def test_words_that_may_be_names_are_not_printed(tmp_path):
    rows = ["a\tf.txt\t30\t70\tZoe Quux\t10\tZoe Quux", ROW.format("b")]
    rows += ["b\tf.txt\t30\t70\tZoe Quux\t10\t12", "b\tf.txt\t30\tZoe Quux\tM\t10\t12"]
    with pytest.raises(DataProblems) as caught:
        rbds.read(table(tmp_path, *rows))
    text = str(caught.value)
    assert "row 2, column Gender: the rule is M or F" in text
    assert "row 4, column Gender: this runner's first row has 'M'" in text
    assert len(caught.value.problems) == 4
    assert "Zoe" not in text


def test_a_file_past_the_limit_is_refused_before_it_is_read(tmp_path):
    with pytest.raises(DataProblems, match="a cohort file has 30 MB at most"):
        rbds.read(table(tmp_path, "x" * 30_000_001))


def test_a_file_of_few_runners_is_refused(tmp_path):
    rows = [ROW.format(i) for i in range(4)]
    with pytest.raises(DataProblems, match="runners: 4'; 5 or more are needed"):
        rbds.read(table(tmp_path, *rows))


def test_a_file_that_is_no_cohort_is_said(tmp_path):
    empty = tmp_path / "empty.txt"
    empty.write_text(" \n")
    with pytest.raises(DataProblems, match=r"empty\.txt: found 'nothing'; the file is empty"):
        rbds.read(empty)
    with pytest.raises(DataProblems, match="a header and no rows"):
        rbds.read(table(tmp_path))
    with pytest.raises(DataProblems, match="not separated by tabs: save the file with tabs"):
        rbds.read(table(tmp_path, header=HEADER.replace("\t", ",")))
    with pytest.raises(DataProblems, match="missing: RThomas"):
        rbds.read(table(tmp_path, header=HEADER.replace("RThomas", "Right")))
    with pytest.raises(UsageProblems, match=r"RBDSinfo\.tx.*there is no such file.*RBDSinfo\.txt"):
        rbds.read(tmp_path / "RBDSinfo.tx")
    with pytest.raises(UsageProblems, match="this is a folder"):
        rbds.read(tmp_path)


def test_the_first_50_of_200_runners_are_the_same_50():
    few, many = cohort.draw(50, seed=0), cohort.draw(200, seed=0)
    assert (few.key == many.key[:50]).all()
    assert (few.mass_kg == many.mass_kg[:50]).all()
    values = parameters.central()
    a, b = (baseline.draw(c, "weak", values, seed=0) for c in (few, many))
    assert a.tightness_nrs == pytest.approx(b.tightness_nrs[:, :100])
    assert a.thomas_ext_deg == pytest.approx(b.thomas_ext_deg[:, :100])
    assert a.end_range == pytest.approx(b.end_range[:, :100])
    assert a.demands.moment_nm_kg == pytest.approx(b.demands.moment_nm_kg[..., :100])


def test_measured_angles_are_kept_and_blocks_are_the_same_runners(tmp_path):
    rows = [f"{i}\tf.txt\t30\t70\tM\t{i}\t{i + 2}" for i in range(7)]
    found = rbds.read(table(tmp_path, *rows))
    start = baseline.draw(found, "weak", parameters.draw(3, seed=0), seed=0)
    assert (start.thomas_ext_deg == found.thomas_ext_deg).all()
    blocks = list(found.blocks(3))
    assert [block.n_runners for block in blocks] == [3, 3, 1]
    assert (np.concatenate([b.thomas_ext_deg for b in blocks]) == found.thomas_ext_deg).all()
    assert found.frame()["runner"].tolist() == list(np.repeat(range(1, 8), 2))


@pytest.mark.parametrize("world", WORLDS)
def test_all_worlds_start_from_the_same_tightness_and_discomfort(world):
    runners, values = cohort.draw(30, seed=2), parameters.draw(4, seed=2)
    first, other = (baseline.draw(runners, w, values, seed=2) for w in ("weak", world))
    assert (other.tightness_nrs == first.tightness_nrs).all()
    assert (other.discomfort_nrs == first.discomfort_nrs).all()


def free(runners):
    """The same runners, as if they had run at no speed: nothing cuts their torque below."""
    return replace(runners, ran=np.zeros_like(runners.ran))


@pytest.mark.parametrize("world", WORLDS)
def test_recovery_of_means_spreads_and_correlations(world):
    """2,000 runners; tolerances are 5 Monte Carlo standard errors, limbs counted as pairs."""
    n = 2000
    v = parameters.central(entry_nrs=0)
    runners = free(cohort.draw(n, seed=4))
    start = baseline.draw(runners, world, v, seed=4)
    thomas, tight = start.thomas_ext_deg[0], start.levels.usual["tightness_nrs"][0]
    torque = np.log(start.to_norm(10, v)[0])
    se_r = 5 / np.sqrt(n)
    assert thomas.mean() == pytest.approx(11.2, abs=5 * 8 / np.sqrt(n))
    # As read it has SD 8.0; bias (r 0.75) and error (ICC 0.85), assumed, taken out.
    true_sd = 8.0 * 0.75 * np.sqrt(0.85)
    assert thomas.std() == pytest.approx(true_sd, abs=5 * true_sd / np.sqrt(2 * n))
    assert np.corrcoef(thomas[0::2], thomas[1::2])[0, 1] == pytest.approx(0.89, abs=se_r)
    per_runner = thomas.reshape(-1, 2).mean(axis=1)
    assert np.corrcoef(runners.mass_kg, per_runner)[0, 1] == pytest.approx(-0.21, abs=se_r)
    assert tight.mean() == pytest.approx(1, abs=5 * 3 / np.sqrt(n))
    assert tight.std() == pytest.approx(3, abs=5 * 3 / np.sqrt(2 * n))
    assert torque.std() == pytest.approx(0.2, abs=5 * 0.2 / np.sqrt(2 * n))
    assert start.to_norm(10, v).mean() == pytest.approx(1, abs=5 * 0.2 / np.sqrt(n))
    corr = {pair: float(c[0, 0]) for pair, c in latent_correlations(world, v).items()}
    assert np.corrcoef(tight, torque)[0, 1] == pytest.approx(corr["tight_torque"], abs=se_r)
    assert np.corrcoef(tight, thomas)[0, 1] == pytest.approx(corr["tight_thomas"], abs=se_r)
    assert np.corrcoef(thomas, torque)[0, 1] == pytest.approx(corr["thomas_torque"], abs=se_r)


def test_given_a_measured_angle_torque_keeps_its_law(tmp_path):
    """Runners read as the model would read them get the torque the model would draw.

    A reading goes with the true angle at ``reliability``, so with torque at that times as much.
    """
    n, v = 2000, parameters.central()
    true = baseline.draw(free(cohort.draw(n, seed=5)), "weak", v, seed=6).thomas_ext_deg[0]
    part = 0.75 * np.sqrt(0.85)
    assert float(baseline.reliability(v)[0, 0]) == pytest.approx(part)
    noise = np.random.default_rng(1).standard_normal(2 * n)
    read = 11.2 + (true - 11.2) + 8.0 * np.sqrt(1 - part**2) * noise
    lines = [
        f"{i}\tf\t30\t70\tM\t{right:.6f}\t{left:.6f}"
        for i, (left, right) in enumerate(read.clip(-60, 60).reshape(-1, 2))
    ]
    start = baseline.draw(free(rbds.read(table(tmp_path, *lines))), "weak", v, seed=7)
    torque, thomas = np.log(start.to_norm(10, v)[0]), start.thomas_ext_deg[0]
    corr = {pair: float(c[0, 0]) for pair, c in latent_correlations("weak", v).items()}
    se_r = 5 / np.sqrt(n)
    assert thomas.std() == pytest.approx(8.0, abs=5 * 8 / np.sqrt(2 * n))
    assert torque.std() == pytest.approx(0.2, abs=5 * 0.2 / np.sqrt(2 * n) + 0.005)
    expected = part * corr["thomas_torque"]
    assert np.corrcoef(thomas, torque)[0, 1] == pytest.approx(expected, abs=2 * se_r)


def test_cause_shares_have_dirichlet_means():
    # Mean a_i / sum(a), variance m (1 - m) / (sum(a) + 1).
    weights = np.array([3.0, 1.0, 0.0, 2.0])
    shares = cause_shares(weights, 4000, seed=1)
    mean = weights / weights.sum()
    se = np.sqrt(mean * (1 - mean) / (weights.sum() + 1) / 4000)
    assert shares.sum(axis=1) == pytest.approx(1)
    assert (np.abs(shares.mean(axis=0) - mean) <= 5 * se).all()


def test_unicode_text_of_a_spreadsheet_is_read(tmp_path):
    """Excel saves tab-separated "Unicode text" as UTF-16."""
    rows = [ROW.format(name) for name in ("Jürgen", "b", "c", "d", "e")]
    assert rbds.read(table(tmp_path, *rows, encoding="utf-16")).n_runners == 5


def test_a_blank_after_an_id_makes_no_second_runner(tmp_path):
    rows = [ROW.format(name) for name in ("a", "a ", "b", "c", "d", "e")]
    assert rbds.read(table(tmp_path, *rows)).n_runners == 5


@pytest.mark.parametrize("length", [1, 200_000])
def test_a_quotation_mark_never_closed_is_said_and_swallows_no_row(tmp_path, length):
    """In the last column it would otherwise take every runner after it into one cell."""
    quoted = 'a\tf.txt\t30\t70\tM\t10\t"12' + "x" * length
    with pytest.raises(DataProblems, match="quotation mark that is never closed"):
        rbds.read(table(tmp_path, quoted, ROW.format("b"), ROW.format("c")))


def test_small_concentrations_still_give_shares():
    """A concentration far below 1: one cause takes all, each as often as its weight says."""
    shares = cause_shares([1e-4] * 4, 4000, seed=1)
    assert shares.sum(axis=1) == pytest.approx(1)
    se = np.sqrt(0.25 * 0.75 / 4000)
    assert np.abs(shares.mean(axis=0) - 0.25).max() < 5 * se


def test_a_wrong_first_row_does_not_blame_the_rows_after_it(tmp_path):
    rows = ["a\tf.txt\t30\t7,5\tM\t10\t12", *(ROW.format("a") for _ in range(11))]
    with pytest.raises(DataProblems) as caught:
        rbds.read(table(tmp_path, *rows))
    assert [problem.place for problem in caught.value.problems] == [
        "RBDSinfo.txt, row 2, column Mass"
    ]

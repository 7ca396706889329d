"""What is written of a registered plan is read back; what was altered is told."""

import tomllib

import pytest
import tomli_w

from hipstudy.analysis.plan import read_plan
from hipstudy.analysis.registration import (
    REGISTRATION_SEAL,
    Registration,
    _digest,
    read_registration,
)
from hipstudy.errors import AlteredAfterMade, UsageProblems
from hipstudy.resources import place

TEXT = '\ufeff# mine\r\nprimary = "tightness_nrs"\r\n'


@pytest.fixture
def registration():
    plan = read_plan(place("data", "analysis_plan.toml"))
    return Registration(plan, "2026-01-31", TEXT, 48, 1.5, {"hipstudy": "0.1.0"})


@pytest.fixture
def path(tmp_path, registration):
    path = tmp_path / "registration.toml"
    path.write_text(registration.toml(), encoding="utf-8")
    return path


def test_a_registration_is_read_back_whole(path, registration):
    one = read_registration(path)
    assert one.plan.toml() == registration.plan.toml()
    assert (one.date, one.n_runners, one.mcid_nrs) == ("2026-01-31", 48, 1.5)
    assert dict(one.versions) == {"hipstudy": "0.1.0"}
    assert one.plan_text == TEXT.replace("\r\n", "\n")
    assert one.plan.file_sha256 == registration.plan.file_sha256
    assert one.plan.prespecified  # though it says what the default does


def test_the_same_plan_and_day_give_the_same_bytes(registration):
    assert registration.toml() == registration.toml()


def test_the_plan_in_it_has_every_field_so_that_a_later_default_changes_nothing(path):
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    assert table["plan"]["alpha"] == 0.05
    assert set(table["plan"]) == set(type(read_registration(path).plan).model_fields)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("margin = 0.5\nsec", "margin = 0.6\nsec"),
        ("n_runners = 48", "n_runners = 47"),
        ("2026-01-31", "2026-01-30"),
        ("# mine", "# yours"),
        ('hipstudy = "0.1.0"', 'hipstudy = "0.1.1"'),
        ("n_runners = 48\n", ""),
    ],
)
def test_whatever_is_altered_in_it_is_told(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(AlteredAfterMade, match="altered after it was made") as caught:
        read_registration(path)
    assert caught.value.exit_code == 3
    assert str(path.parent) not in str(caught.value)


def test_a_digest_that_was_made_anew_is_seen_by_the_fingerprint_within(path):
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    table["plan"]["margin"] = 0.6
    table[REGISTRATION_SEAL] = _digest(table)
    path.write_text(tomli_w.dumps(table), encoding="utf-8")
    with pytest.raises(AlteredAfterMade, match="another fingerprint"):
        read_registration(path)


def test_comments_blank_lines_and_the_order_of_lines_alter_nothing(path):
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    text = tomli_w.dumps(dict(sorted(table.items()))) + "\n# deposited\n"
    path.write_text(text, encoding="utf-8")
    assert read_registration(path).n_runners == 48


@pytest.mark.parametrize("text", ['primary = "tightness_nrs"\n', "no toml", ""])
def test_what_is_no_registration_is_wrong_use(tmp_path, text):
    path = tmp_path / "plan.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageProblems, match="that hipstudy preregister wrote"):
        read_registration(path)


def test_a_registration_of_a_plan_that_this_version_cannot_read_is_wrong_use(path):
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    table["plan"]["not_yet"] = 1
    table[REGISTRATION_SEAL] = _digest(table)
    path.write_text(tomli_w.dumps(table), encoding="utf-8")
    with pytest.raises(UsageProblems, match="not_yet"):
        read_registration(path)

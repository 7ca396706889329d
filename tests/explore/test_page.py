"""The page without a browser: its notebook, its controls in a loop of their own, its refusals."""

import asyncio
import json
from pathlib import Path

import ipywidgets as widgets
import pytest

from hipstudy import explore
from hipstudy.explore import state
from hipstudy.explore.live import controls as dials
from hipstudy.explore.live import page as live
from hipstudy.explore.live import panels, report_button
from hipstudy.model import cohort
from hipstudy.progress_bar import Progress
from hipstudy.report.execute import execute
from hipstudy.resources import place

START = state.start(n_runners=20)


def turned(query="", then=str):
    """A page that opened and was turned; all its pictures have followed."""

    async def run():
        page = live.Page(START, cohort.draw(20, seed=0), Path("reports"), query)
        then(page)
        await asyncio.sleep(live.REST_S + 0.05)
        return page

    return asyncio.run(run())


def marks(page):
    return {
        panel.name: page.pictures[panel].value.split('data-mark="')[1][:8]
        for panel in panels.PANELS
    }


def test_the_notebook_runs_and_shows_the_page():
    notebook = json.loads(place("notebooks", "00_explore.ipynb").read_text(encoding="utf-8"))
    done = execute(notebook, {"n_runners": 20}, Progress())
    shown = done.cells[-1].outputs[0].data
    assert "application/vnd.jupyter.widget-view+json" in shown


def test_a_cell_can_be_run_twice():
    for _ in range(2):
        assert isinstance(explore.page(n_runners=20), widgets.Widget)


def test_all_pictures_follow_one_turn():
    def more_sets(page):
        page.arms["arm_b"].controls["sets"].value = 5

    page = turned(then=more_sets)
    assert page.page_state.b.strength.sets == 5
    assert page.page_state.b.label == "B: Strength plus stretch, changed"
    assert set(marks(page).values()) == {page.page_state.mark} != {START.mark}
    assert page.arms["arm_b"].controls["preset"].value == dials.OWN
    assert page.arms["arm_a"].controls["preset"].value == "stretch_only_time_matched"


def test_strength_work_that_was_taken_away_comes_back_as_it_was():
    def away_and_back(page):
        controls = page.arms["arm_b"].controls
        controls["reps"].value = 6
        controls["sets"].value = 0
        assert page.page_state.b.strength is None
        assert controls["reps"].disabled
        controls["sets"].value = 2

    work = turned(then=away_and_back).page_state.b.strength
    assert (work.sets, work.reps) == (2, 6)


def test_a_refused_turn_leaves_everything_as_it_was():
    def too_much(page):
        controls = page.arms["arm_b"].controls
        controls["reps"].value = 30
        controls["sessions_per_week"].value = 14
        controls["sets"].value = 10

    page = turned(then=too_much)
    assert "hours a week; the rule is at most 14" in page.arms["arm_b"].message.value
    assert page.page_state.b.strength.sets == 3
    assert page.arms["arm_b"].controls["sets"].value == 3, "a control stands where the page does"


def test_no_cause_at_all_is_refused_in_place():
    def none(page):
        for world in ("weak", "short", "guarded", "nonspecific"):
            page.shared.controls[world].value = 0

    page = turned(then=none)
    assert "one cause at least needs a weight above 0" in page.shared.message.value
    assert sum(page.page_state.prior) > 0


def test_text_that_is_typed_is_never_markup():
    def typed(page):
        page.arms["arm_a"].controls["line"].value = "stretch <img src=x onerror=alert(1)>"

    page = turned(then=typed)
    assert "<img src=x" not in page.arms["arm_a"].message.value
    assert "&lt;img src=x" in page.arms["arm_a"].message.value


def test_a_wrong_link_is_said_and_the_usual_settings_are_shown():
    page = turned("outcome=nonsense")
    assert "there is no such outcome" in page.message.value
    assert page.page_state == START


def test_measured_runners_keep_their_measured_start(rbds_file):
    box = live.page(cohort=str(rbds_file))
    found = [w for w in everything(box) if getattr(w, "description", "").startswith("Starting")]
    assert len(found) == 2
    assert all(w.disabled for w in found)
    assert "28 runners, 56 limbs from the open RBDS data" in box.children[0].value


def everything(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from everything(child)


def test_a_cohort_of_too_few_is_refused_in_place(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text("runner_id,side,week,thomas_ext_deg\nr1,left,0,5\nr2,left,0,6\n")
    said = live.page(cohort=str(file)).value
    assert "found 'runners: 2'" in said.replace("&#x27;", "'")
    assert "Mend it, then reload this page" in said
    assert str(tmp_path) not in said


@pytest.mark.parametrize("change", [{"seed": 1}, {"outcome": "soreness_nrs"}])
def test_reports_of_other_settings_have_other_folders(change):
    from dataclasses import replace

    one = report_button.folder_for(START, Path("r"))
    other = report_button.folder_for(replace(START, **change), Path("r"))
    # What is only looked at makes the same report.
    assert (one == other) == ("outcome" in change)
    assert one == report_button.folder_for(START, Path("r"))


def test_a_report_that_cannot_be_made_says_why(tmp_path):
    from dataclasses import replace

    (tmp_path / "file").write_text("")

    async def run():
        button = report_button.ReportButton(lambda: replace(START, n_runners=20), tmp_path / "file")
        button.start()
        assert button.button.disabled
        while button.button.disabled:
            await asyncio.sleep(0.05)
        return button.state.value

    said = asyncio.run(run())
    assert "No report was made." in said
    assert "cannot write to" in said


def test_a_link_to_odd_weights_keeps_them_when_another_is_moved():
    def moved(page):
        page.shared.controls["short"].value = 2

    page = turned("prior=30,1,0.3,1", moved)
    assert page.page_state.prior == (30, 2, 0.3, 1)
    assert page.shared.controls["weak"].value == 30


def test_labels_say_nothing_that_a_turn_made_untrue():
    page = turned()
    assert [page.page_state.a.label, page.page_state.a.note] == ["A: Stretch only", ""]

    def even(page):
        page.arms["arm_b"].controls["sets"].value = 5
        page._even()

    after = turned(then=even).page_state
    assert after.a.label == "A: Stretch only, changed"
    assert after.a.clock_min_wk == pytest.approx(after.b.clock_min_wk)


def test_what_happens_anyway_is_said_and_no_sessions_are_made_up():
    def nothing(page):
        for arm in page.arms.values():
            arm.controls["preset"].value = "usual_running"

    page = turned(then=nothing)
    weeks, causes, _, load = (page.pictures[panel].value for panel in panels.PANELS)
    assert "Sessions done" not in weeks
    assert "Without any exercise tightness would change by" in causes
    assert "“Arm A” none; “Arm B” none" in load


def test_a_corner_of_the_prior_is_said_in_words_that_hold():
    page = turned("prior=0,0,0,1")
    causes = page.pictures[panels.CAUSES].value
    assert "no share does it in" in causes, "where a link is not causal there is none"
    assert "by 1 point, at no share" in causes
    assert "in the one cause with a weight" in page.pictures[panels.WEEKS].value


def test_a_link_that_sets_what_was_measured_is_refused(rbds_file):
    async def run():
        people = live.clinic.cohort(rbds_file, seed=0)
        return live.Page(START, people, Path("reports"), "rom=-15")

    page = asyncio.run(run())
    assert "Thomas angles were measured; only drawn ones can be set" in page.message.value
    assert page.page_state.start_rom_deg is None


def test_one_runner_s_measured_angle_is_not_shown(tmp_path):
    file = tmp_path / "mine.csv"
    rows = [f"r{i},left,0,{'-17' if i == 1 else ''},5" for i in range(1, 7)]
    file.write_text("runner_id,side,week,thomas_ext_deg,tightness_nrs\n" + "\n".join(rows))
    box = live.page(cohort=str(file))
    assert not any("17" in str(getattr(w, "value", "")) for w in everything(box) if w is not box
                   and "Starting" in str(getattr(w, "description", "")))  # fmt: skip
    head = box.children[0].value.split("</style>")[1]
    assert "too few runners to give a mean" in head
    assert "17" not in head


def test_a_cohort_file_that_changed_since_is_not_reported(tmp_path):
    from dataclasses import replace

    file = tmp_path / "mine.csv"
    file.write_text("other")
    asked = replace(START, cohort=str(file))
    button = report_button.ReportButton(lambda: asked, tmp_path, "0" * 64)
    button.start()
    assert "the cohort file is not as this page read it" in button.state.value
    assert not button.button.disabled


def test_two_clicks_start_one_report(tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(
        report_button.ReportButton, "_follow", lambda _self, job, *_: started.append(job)
    )

    async def run():
        button = report_button.ReportButton(lambda: START, tmp_path)
        button.button.click()
        button.button.click()
        button.look()
        assert button.button.disabled, "a turned control must not switch it on again"
        button._finish({"problems": ["stopped"]}, tmp_path)
        assert not button.button.disabled
        button.button.click()
        await asyncio.sleep(0.1)

    asyncio.run(run())
    assert len(started) == 2


def test_no_report_of_the_dose_before_a_line_that_is_wrong(monkeypatch):
    started = []
    monkeypatch.setattr(
        report_button.ReportButton, "_follow", lambda _self, job, *_: started.append(job)
    )

    def wrong_and_mended(page):
        button, refusal = page.report.button, page.report.refusal
        lines = [arm.controls["line"] for arm in page.arms.values()]
        usual = [line.value for line in lines]
        lines[0].value = "stretch 4x30"
        lines[1].value = "hip-flexor 3x10 @900 kg"
        page.shared.controls["short"].value = 2  # what is shared moves on
        assert button.disabled
        assert "the line of arms A and B is not a prescription" in refusal.value
        page.report.start()
        assert started == []
        lines[0].value = usual[0]
        assert "the line of arm B is not" in refusal.value
        page.arms["arm_b"].controls["sets"].value = 4
        assert not button.disabled
        assert refusal.value == ""
        page.report.start()

    turned(then=wrong_and_mended)
    assert len(started) == 1
    assert "4x10" in dict(started[0]["given"])["protocols"]


WEEKS_99 = "a=stretch+4x30+s+daily+x+99+wk&b=hip-flexor+3x10+3/wk+x+99+wk&week=99"


def stand_at(page):
    """What each slider shows, and what is modelled."""
    arms = {name: page.arms[f"arm_{name}"].controls for name in "ab"}
    asked = page.page_state
    return [
        (page.shared.controls["weeks"], asked.a.weeks),
        (page.shared.controls["weeks"], asked.b.weeks),
        (page.week.controls["week"], asked.shown_week),
        (arms["a"]["stretch_min_wk"], asked.a.stretch_min_wk),
        (arms["b"]["stretch_min_wk"], asked.b.stretch_min_wk),
        (arms["b"]["unloaded_weeks"], asked.b.strength.unloaded_weeks),
    ]


@pytest.mark.parametrize(
    "query",
    [
        WEEKS_99,
        "a=stretch+10x60+s+14/wk+x+60+wk&b=hip-flexor+3x10+@5+kg,+first+40+wk+@bodyweight+x+60+wk",
        "a=stretch+3x45+s+5/wk+x+12+wk&rom=7.5&adherence=0.555",
    ],
)
def test_a_slider_shows_what_is_modelled_beyond_its_end_and_between_its_steps(query):
    page = turned(query)
    for slider, modelled in stand_at(page):
        exact = slider.description.split(dials.EXACTLY)[1:]
        assert [f"{modelled:.4g}"] == exact or slider.value == pytest.approx(modelled), slider
        assert slider.min <= slider.value <= slider.max
    if "rom" in query:
        named = page.shared.controls["start_rom_deg"].description
        assert named == "Starting Thomas angle (deg extension), exactly 7.5"
        assert page.shared.controls["adherence"].description == "Sessions done (%), exactly 55.5"
        assert exactly_said(page.arms["arm_a"].controls["stretch_min_wk"]) == "22.5"


def exactly_said(slider):
    return slider.description.split(dials.EXACTLY)[1]


def test_a_slider_s_name_is_its_own_again_on_a_step():
    def on_and_off(page):
        line, slider = (page.arms["arm_a"].controls[name] for name in ("line", "stretch_min_wk"))
        usual = slider.description
        line.value = "stretch 3x45 s, 5/wk x 12 wk"
        assert exactly_said(slider) == "22.5"
        slider.value = 30
        assert slider.description == usual

    turned(then=on_and_off)


def test_more_weeks_than_the_model_takes_are_refused_in_place():
    def too_long(page):
        page.arms["arm_b"].controls["line"].value = "stretch 4x30 s daily x 105 wk"

    page = turned(then=too_long)
    assert "105" in page.arms["arm_b"].message.value
    assert page.report.button.disabled
    assert page.shared.controls["weeks"].value == page.page_state.a.weeks == 12


def test_an_address_far_too_long_is_a_sentence():
    page = turned("a=" + "x" * 70_000)
    assert "settings take at most 8,000 characters" in page.message.value
    assert page.page_state == START

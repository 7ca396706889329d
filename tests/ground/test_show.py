import base64
import csv
import io
import subprocess
import sys

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from hipstudy import show
from hipstudy.errors import UsageProblems

NASTY = '=cmd() <script>alert("1")</script> #import & *x* $y$'


def drawn():
    figure = Canvas(figsize=(2, 1))
    figure.subplots().plot([0, 1], [1, 0])
    return figure


def soup(shown):
    return BeautifulSoup(shown._repr_mimebundle_()["text/html"], "html.parser")


def test_a_figure_carries_its_words_and_the_same_svg_each_time():
    first, again = (show.Figure(drawn(), NASTY, 'a "line" falls', "line") for _ in range(2))
    page = soup(first)
    image = page.select_one("figure.hipstudy-figure[data-name=line] > img")
    assert image["alt"] == 'a "line" falls'
    assert page.figcaption.get_text() == NASTY
    svg = base64.b64decode(image["src"].removeprefix("data:image/svg+xml;base64,")).decode()
    assert "<dc:date>" not in svg
    assert svg == again.svg()


def test_a_figure_is_drawn_once_as_savefig_draws_it_and_left_as_it_was(monkeypatch):
    """Where axes are found their places, ``savefig`` draws everything twice."""
    figure = Canvas(figsize=(2, 1), layout="constrained", dpi=130)
    ax = figure.subplots()
    ax.imshow([[0, 1], [1, 0]])
    ax.set(title="A title", ylabel="Words")
    saved = io.StringIO()
    with rc_context(show.plain_settings() | show._SVG_SETTINGS):
        figure.savefig(saved, format="svg", metadata={"Date": None, "Creator": None})
    drawn, draw = [], Axes.draw
    monkeypatch.setattr(Axes, "draw", lambda *args: (drawn.append(1), draw(*args)))
    canvas, shown = figure.canvas, show.Figure(figure, "A caption.", "Nothing.", "twice")
    assert [shown.svg(), shown.svg()] == [saved.getvalue()] * 2
    assert len(drawn) == 2
    assert (figure.dpi, figure.canvas) == (130, canvas)


def test_a_figure_leaves_pyplot_so_that_it_is_not_shown_twice():
    from matplotlib import pyplot

    figure = pyplot.figure()
    show.Figure(figure, "A caption.", "Nothing.", "empty")
    assert figure.number not in pyplot.get_fignums()


def test_a_table_has_column_heads_row_heads_and_alignment():
    frame = pd.DataFrame({"Arm": [NASTY, None], "NRS points": [0.25, -11.5], "n": [28, 1]})
    page = soup(show.Table(frame, "A caption.", "table", align={"n": "right"}))
    heads = page.select("thead th[scope=col]")
    assert [(h.get_text(), h["data-align"]) for h in heads] == [
        ("Arm", "left"),
        ("NRS points", "number"),
        ("n", "right"),
    ]
    assert [h.get_text() for h in page.select("tbody th[scope=row]")] == [NASTY, ""]
    assert [d.get_text() for d in page.select("td")] == ["0.25", "28", "-11.5", "1"]
    assert page.find("script") is None


def test_an_answer_keeps_its_parts():
    page = soup(show.Answer("No <b>difference</b>.", (("0.1", "-1 to 1", "points"),), "Basis."))
    assert page.select_one("section.hipstudy-answer > p.sentence").get_text() == (
        "No <b>difference</b>."
    )
    assert page.select_one("dl.numbers dt").get_text() == "points"
    assert page.select_one("dl.numbers dd small").get_text() == "-1 to 1"
    assert page.select_one("p.basis").get_text() == "Basis."


def test_a_download_reads_back_to_the_same_numbers():
    frame = pd.DataFrame({"x": [0.1 + 0.2, 1 / 3, 1e-300], "name": ["a,b", 'c"', "d"]})
    data, metadata = show.Download(frame, "effects")._repr_mimebundle_()
    assert metadata[show.CSV_MIME] == {"name": "effects"}
    # Python's own float, since pandas' quick reader may be off by the last bit.
    rows = list(csv.DictReader(io.StringIO(data[show.CSV_MIME])))
    assert [float(row["x"]) for row in rows] == list(frame["x"])
    assert [row["name"] for row in rows] == list(frame["name"])
    assert "\r" not in data[show.CSV_MIME]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: show.Download(pd.DataFrame(), "../x"), "../x"),
        (lambda: show.Figure(drawn(), "A caption.", " ", "x"), "needs its alt"),
        (lambda: show.Table(pd.DataFrame(), "", "x"), "needs its caption"),
        (
            lambda: show.Table(pd.DataFrame({"week": []}), "A.", "x", align={"weak": "lift"}),
            "Did you mean week?",
        ),
        (
            lambda: show.Table(pd.DataFrame({"week": []}), "A.", "x", align={"weak": "lift"}),
            "Did you mean left?",
        ),
    ],
)
def test_what_is_wrong_is_said(make, said):
    with pytest.raises(UsageProblems, match=said.replace("?", r"\?").replace(".", r"\.")):
        make()


def test_importing_show_loads_nothing_heavy():
    check = (
        "import sys, hipstudy.show; "
        "sys.exit(bool({'matplotlib', 'pandas', 'numpy', 'bs4'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", check]).returncode == 0

"""What a user's own cell puts out: it is printed, or it is named with its cell."""

import base64
import io

import pandas as pd
import pytest
import statsmodels.api as sm
from nbformat import v4
from notebooks_in_memory import notebook, put_out
from PIL import Image

from hipstudy import show
from hipstudy.report.document import (
    Cell,
    FigureBlock,
    LinesBlock,
    ListBlock,
    Maths,
    Paragraph,
    TableBlock,
    TextRun,
)
from hipstudy.report.read_markdown import plain_text
from hipstudy.report.read_notebook import read
from hipstudy.report.read_outputs import MOST_LINES


def of(*outputs, **metadata):
    """The document of one cell with these outputs; the section that names what is missing apart."""
    cell = v4.new_code_cell("", outputs=list(outputs), metadata=metadata)
    return read(notebook(cell))


def printed(text, name="stdout"):
    return v4.new_output("stream", name=name, text=text)


def shown(**data):
    kinds = {"plain": "text/plain", "html": "text/html", "latex": "text/latex"}
    return v4.new_output(
        "display_data", data={kinds.get(kind, kind): text for kind, text in data.items()}
    )


def lines(*texts):
    return LinesBlock(texts)


def test_printed_text_is_joined_and_stands_as_a_terminal_shows_it():
    document = of(
        printed("Mean "), printed("change 3.2\n\n"),
        printed("10 %\r20 %\rdone\r\n\x1b[31mred\x1b[0m\n"),
    )  # fmt: skip
    assert document.blocks == (lines("Mean change 3.2", "", "done", "red"),)
    assert document.left_out == ()


@pytest.mark.parametrize("text", ["3.2", "'a text'", "array([1., 2.])", "a < b > c", "[1, 2]"])
def test_a_bare_value_is_printed(text):
    document = of(shown(plain=text))
    assert document.blocks == (lines(text),)


@pytest.mark.parametrize(
    "text",
    [
        "<Axes: >",
        "[<matplotlib.lines.Line2D at 0x7f2c>]",
        "<statsmodels.regression.RegressionResults at 0x7f>",
        "(<Figure size 640x480 with 1 Axes>, <Axes: >)",
        "Text(0.5, 1.0, 'title')",
    ],
)
def test_the_name_of_an_object_is_named_unless_its_picture_is_there(text):
    alone = of(shown(plain=text))
    (said,) = alone.left_out
    assert said.startswith("cell 2: the name of an object")
    assert "0x7f" not in said, "it would be another one tomorrow"
    svg = shown(**{"image/svg+xml": "<svg/>", "plain": "<Figure>"})
    both = of(shown(plain=text), svg)
    assert [type(block) for block in both.blocks] == [FigureBlock]
    assert both.left_out == ()


def test_a_summary_of_statsmodels_comes_through_whole():
    x = sm.add_constant(pd.Series([1.0, 2, 3, 4, 6], name="x"))
    fit = sm.OLS(pd.Series([1.1, 2.3, 2.9, 4.2, 5.8], name="y"), x).fit()
    document = of(shown(html=fit.summary(slim=True)._repr_html_(), latex="x", plain="y"))
    tables = [block for block in document.blocks if isinstance(block, TableBlock)]
    assert [cell.text for cell in tables[0].head[0]] == ["Item", "Value", "Item", "Value"]
    assert tables[0].caption == "OLS Regression Results"
    assert [cell.text for cell in tables[1].head[0]][1:4] == ["coef", "std err", "t"]
    assert f"{fit.params['x']:.4f}" in [cell.text for cell in tables[1].rows[1]]
    words = " ".join(plain_text(b.runs) for b in document.blocks if isinstance(b, Paragraph))
    assert "Standard Errors assume that the covariance matrix" in words
    assert document.left_out == ()


def test_tables_without_a_head_get_one():
    (table,) = of(shown(html="<table><tr><td>1</td><td>2</td></tr></table>")).blocks
    assert [cell.text for cell in table.head[0]] == ["Column 1", "Column 2"]
    assert [cell.text for cell in table.rows[0]] == ["1", "2"]


def test_words_of_html_are_kept_in_their_order():
    html = (
        "<style>p {}</style><!-- no --><h3>Head</h3>Before<br>it <b>and</b> it"
        "<table><tr><th>a</th></tr><tr><td>1</td></tr></table><ul><li>one</li></ul>"
        "<pre>x  y</pre><svg><text>no</text></svg>"
    )
    found = of(shown(html=html)).blocks
    assert found[0] == Paragraph((TextRun("Head", frozenset({"strong"})),))
    assert [plain_text(b.runs) for b in found[1:3]] == ["Before", "it and it"]
    assert found[3].rows == ((Cell("1"),),)
    assert plain_text(found[4].runs) == "one"
    assert found[5] == lines("x  y")


@pytest.mark.parametrize(
    ("tex", "inner"),
    [
        (r"$\displaystyle \delta = 3.2$", r"\delta = 3.2"),
        (r"$$x_1$$", "x_1"),
        (r"\begin{equation}a^2\end{equation}", "a^2"),
        (r"\[a\]", "a"),
    ],
)
def test_a_formula_is_set(tex, inner):
    document = of(shown(latex=tex, plain="<IPython.core.display.Math object>"))
    assert document.blocks == (Maths(inner, inner),)


def test_words_with_formulas_are_set_and_what_cannot_be_is_printed_as_typed():
    mixed = of(shown(latex="Let $x$ be it."))
    assert plain_text(mixed.blocks[0].runs) == "Let x be it."
    bad = of(shown(latex=r"$\nosuchthing{x}$"))
    assert bad.blocks[0] == lines(r"\nosuchthing{x}")
    assert "cell 2: a formula printed as it was typed" in bad.left_out[0]


def photo(kind, orientation=None):
    made = io.BytesIO()
    picture = Image.new("RGB", (6, 4), "red")
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    picture.save(made, kind, exif=exif)
    return base64.b64encode(made.getvalue()).decode()


@pytest.mark.parametrize(
    ("kind", "mime", "size"),
    [("JPEG", "image/jpeg", (6, 4)), ("GIF", "image/png", (6, 4)), ("WEBP", "image/png", (6, 4))],
)
def test_pictures_of_every_kind_are_printed(kind, mime, size):
    (block,) = of(shown(**{f"image/{kind.lower()}": photo(kind)})).blocks
    assert block.mime == mime
    assert block.alt
    with Image.open(io.BytesIO(block.image)) as picture:
        assert picture.size == size


def test_a_photo_taken_upright_stands_upright():
    (block,) = of(shown(**{"image/jpeg": photo("JPEG", 6)})).blocks
    with Image.open(io.BytesIO(block.image)) as picture:
        assert picture.size == (4, 6)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"application/vnd.plotly.v1+json": "{}", "html": "<div>x</div>"}, "plotly figure"),
        ({"application/vnd.jupyter.widget-view+json": "{}", "plain": "IntSlider()"}, "a widget"),
        ({"application/vnd.vegalite.v5+json": "{}", "plain": "x"}, "Vega figure"),
        ({"application/javascript": "x", "plain": "x"}, "a script"),
        ({"html": "<div><script>draw()</script></div>"}, "part of a page"),
        ({"html": "<iframe src='x'></iframe>", "plain": "<IFrame>"}, "part of a page"),
        ({"application/pdf": "x", "plain": "<Pdf>"}, "application/pdf"),
        ({"image/jpeg": "bm8="}, "cannot be read"),
        ({"image/png": "no base64"}, "cannot be read"),
        ({"html": "<img src='photo.png'>"}, "photo.png"),
    ],
)
def test_what_cannot_be_printed_is_named_with_its_cell(data, said):
    document = of(shown(**data))
    (sentence,) = document.left_out
    assert sentence.startswith("cell 2: ")
    assert said in sentence
    heading, _intro, listing = document.blocks
    assert plain_text(heading.runs) == "Left out of this report"
    assert listing == ListBlock(((Paragraph((TextRun(sentence),)),),))


def test_a_picture_is_taken_where_an_interactive_one_has_it_too():
    png = photo("PNG")
    document = of(shown(**{"application/vnd.plotly.v1+json": "{}", "image/png": png}))
    assert [type(block) for block in document.blocks] == [FigureBlock]
    assert document.left_out == ()


def test_warnings_are_counted_and_their_places_are_not_told():
    text = "/tmp/ipykernel_7/1.py:3: UserWarning: small n\n  f()\n"
    (said,) = of(printed(text, "stderr")).left_out
    assert said == "cell 2: 2 lines of warnings or errors, among them UserWarning: small n"


def test_very_long_prints_are_cut_and_it_is_said():
    document = of(printed("\n".join(map(str, range(MOST_LINES + 7)))))
    assert len(document.blocks[0].lines) == MOST_LINES
    assert document.left_out == (
        f"cell 2: 7 more lines of printed text after the first {MOST_LINES}",
    )


def test_letters_without_a_face_are_named():
    (said,) = of(printed("力 and α\n")).left_out
    assert said == ("cell 2: a square stands for letters that the typeface lacks, 力 (U+529B)")


def test_cells_are_counted_as_their_author_does():
    injected = v4.new_code_cell("x = 1", metadata={"tags": ["injected-parameters"]})
    cell = v4.new_code_cell("", outputs=[printed("w\n", "stderr")])
    assert read(notebook(injected, cell)).left_out[0].startswith("cell 2: ")


def test_a_download_tells_what_its_columns_mean():
    frame = pd.DataFrame({"world": ["weak"], "mean": [1.5]})
    notes = {"caption": "A file.", "columns": {"mean": ("kg", "a mean")},
             "codes": {"world": {"weak": "Weak"}}}  # fmt: skip
    data, metadata = show.Download(frame, "effects", **notes)._repr_mimebundle_()
    document = of(v4.new_output("display_data", data=data, metadata=metadata))
    kept = document.notes["effects"]
    assert (kept.caption, kept.columns, kept.codes) == tuple(notes.values())


def test_styled_frames_keep_their_caption_and_lose_their_style():
    frame = pd.DataFrame({"x": [1.5]}, index=["a"])
    (table,) = read(
        notebook(put_out({"text/html": frame.style.set_caption("C.").to_html()}))
    ).blocks
    assert (table.caption, table.rows[0][-1].text) == ("C.", "1.500000")

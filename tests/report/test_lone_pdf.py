"""A PDF that was copied away from its folder: as it was made or not, and the same again or not."""

import io
import re
import shutil
import tomllib

import batched
import pypdf
import pytest
import tomli_w
from pypdf.generic import DecodedStreamObject, NameObject, TextStringObject

from hipstudy.report import pdf_record
from hipstudy.report.make_report import report
from hipstudy.report.run_record import RECORD_FILE, SEAL, table_sha256

DAY = ("report_date", "2026-03-01")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Two runs of one notebook on one file; nothing changes them."""
    home = tmp_path_factory.mktemp("made")
    path = batched.notebook(home)
    file = batched.cohort(home / "sunny side clinic.csv")
    pairs = [("cohort", str(file)), ("mcid_nrs", "0.1"), ("paired", "no")]
    for out in ("one", "two"):
        report(path, pairs, out=home / out, run_name="The April run")
    return home


@pytest.fixture
def lone(made, tmp_path, monkeypatch):
    """The PDF alone in a folder, with the notebook and the cohort file under another name."""
    shutil.copy(made / "one/mine.pdf", tmp_path / "sent.pdf")
    shutil.copy(made / "mine.ipynb", tmp_path)
    shutil.copy(made / "sunny side clinic.csv", tmp_path / "april.csv")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "sent.pdf"


def attached(pdf):
    return pypdf.PdfReader(pdf).attachments[RECORD_FILE][0].decode()


def test_two_runs_give_the_same_bytes_record_and_all(made):
    one, two = ((made / out / "mine.pdf").read_bytes() for out in ("one", "two"))
    assert one == two


def test_the_record_has_settings_and_digests_and_no_name_of_a_file_of_people(made):
    text = attached(made / "one/mine.pdf")
    table = tomllib.loads(text)
    assert table["settings"]["mcid_nrs"] == 0.1
    assert table["settings"]["cohort"] == "cohort file"
    assert [one["file"] for one in table["inputs"]] == ["cohort file"]
    assert len(table["inputs"][0]["sha256"]) == 64
    assert {"version", "code_sha256", "notebook_sha256", "versions"} <= set(table)
    assert set(table["results"]["tables"]) == {"effects"}
    for word in ("sunny", "clinic", "April", str(made), "outputs", "time"):
        assert word not in text, word


def test_the_pdf_alone_is_identical_with_its_cohort_file_whatever_that_is_called(lone, say):
    code, out, err = say(lone.name, "--cohort", "april.csv")
    assert code == 0, out + err
    assert out.splitlines()[0].startswith("mine: identical")
    assert "by the record that is attached to sent.pdf" in out


def test_another_file_moves_numbers_and_tables_and_each_is_named(lone, say):
    batched.cohort(lone.parent / "april.csv", first=2)
    code, out, _ = say(lone.name, "--cohort", "april.csv")
    assert code == 1
    assert "april.csv: another content than the report was made from" in out
    assert "effects.csv: another content" in out
    (line,) = re.findall(r"page 1: was “all .*”, is “all .*”", out)
    then, now = re.findall(r"“(.*?)”", line)
    assert then != now
    assert then in pypdf.PdfReader(lone).pages[0].extract_text()


def test_without_its_cohort_file_it_says_which_is_needed(lone, say, no_rerun):  # noqa: ARG001
    code, out, err = say(lone.name)
    assert (code, out) == (2, "")
    assert err.count("cohort file") == 1
    assert tomllib.loads(attached(lone))["inputs"][0]["sha256"][:12] in err


def test_another_version_is_refused(lone, say, no_rerun, monkeypatch):  # noqa: ARG001
    monkeypatch.setattr("hipstudy.report.run_record.code_sha256", lambda: "0" * 64)
    code, _, err = say(lone.name, "--cohort", "april.csv")
    assert (code, "run again at the version that made it" in err) == (2, True)


def other_words(writer):
    """A digit on the page, in the stream that draws it."""
    page = writer.pages[0]
    stream = DecodedStreamObject()
    stream.set_data(page.get_contents().get_data() + b" ")
    page[NameObject("/Contents")] = writer._add_object(stream)


def other_title(writer):
    writer.add_metadata({"/Title": "Another"})


def other_alt(writer):
    writer.root_object[NameObject("/Lang")] = TextStringObject("fr")


def other_page(writer):
    writer.add_blank_page(200, 200)


@pytest.mark.parametrize("change", [other_words, other_title, other_alt, other_page])
@pytest.mark.parametrize("incremental", [False, True])
def test_whatever_was_changed_after_it_was_made_is_told(
    lone, say, no_rerun, change, incremental  # noqa: ARG001
):  # fmt: skip
    writer = pypdf.PdfWriter(io.BytesIO(lone.read_bytes()), incremental=incremental)
    if not incremental:
        writer = pypdf.PdfWriter(clone_from=io.BytesIO(lone.read_bytes()))
    change(writer)
    writer.write(lone)
    assert RECORD_FILE in pypdf.PdfReader(lone).attachments
    code, out, err = say(lone.name, "--cohort", "april.csv")
    assert code == 3, out + err
    assert "altered after it was made" in out
    assert "sent.pdf: it is not what the run wrote" in out


@pytest.mark.parametrize("how", ["a note behind its end", "an object that no page shows"])
def test_what_was_added_and_is_not_seen_is_told_too(lone, say, no_rerun, how):  # noqa: ARG001
    if how == "a note behind its end":
        lone.write_bytes(lone.read_bytes() + b"\n% a note")
    else:
        writer = pypdf.PdfWriter(io.BytesIO(lone.read_bytes()), incremental=True)
        writer._add_object(TextStringObject("hidden"))
        writer.write(lone)
    code, out, err = say(lone.name, "--cohort", "april.csv")
    assert (code, "altered after it was made" in out) == (3, True), err


def _with_record(pdf, text):
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf.read_bytes()))
    (spec,) = writer.root_object["/AF"]
    stream = DecodedStreamObject()
    stream.set_data(text.encode())
    stream[NameObject("/Type")] = NameObject("/EmbeddedFile")
    reference = writer._add_object(stream)
    for name in ("/F", "/UF"):
        spec.get_object()["/EF"][NameObject(name)] = reference
    writer.write(pdf)


def test_an_edited_record_is_told(lone, say, no_rerun):  # noqa: ARG001
    _with_record(lone, attached(lone).replace("mcid_nrs = 0.1", "mcid_nrs = 0.2"))
    code, out, _ = say(lone.name, "--cohort", "april.csv")
    assert (code, "altered after it was made" in out) == (3, True)


def test_a_record_of_another_pdf_is_told_though_its_own_digest_is_right(
    lone, say, no_rerun  # noqa: ARG001
):  # fmt: skip
    table = tomllib.loads(attached(lone)) | {"document_sha256": "0" * 64}
    table[SEAL] = table_sha256(table)
    _with_record(lone, tomli_w.dumps(table))
    assert say(lone.name, "--cohort", "april.csv")[0] == 3


def test_a_record_that_is_no_record_is_told(lone, say, no_rerun):  # noqa: ARG001
    _with_record(lone, 'report = "mine"\n')
    assert say(lone.name, "--cohort", "april.csv")[0] == 3


def test_a_pdf_without_a_record_and_what_is_no_pdf_are_wrong_use(lone, say):
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write("printed.pdf")
    code, _, err = say("printed.pdf")
    assert (code, "none in the file" in err) == (2, True)
    code, _, err = say("april.csv")
    assert (code, "cannot be read" in err) == (2, True)
    assert say(lone.name, "--cohort", "nowhere.csv")[0] == 2


def test_in_a_folder_of_another_report_its_own_record_counts(made, lone, say):
    shutil.copy(made / "two/run.toml", lone.parent)
    lone.write_bytes(lone.read_bytes())
    code, out, _ = say(lone.name, "--cohort", "april.csv")
    # The folder's record lists a file of this very content: then it is that one's folder.
    assert code == 3, out
    (lone.parent / "run.toml").write_text("", encoding="utf-8")
    assert say(lone.name, "--cohort", "april.csv")[0] == 0


def test_the_digest_is_of_the_document_whatever_is_attached(made):
    pdf = made / "one/mine.pdf"
    bare = pypdf.PdfWriter(clone_from=io.BytesIO(pdf.read_bytes()))
    del bare.root_object["/AF"]
    del bare.root_object["/Names"]
    out = io.BytesIO()
    bare.write(out)
    table = tomllib.loads(attached(pdf))
    assert pdf_record.document_sha256(pdf.read_bytes()) == table["document_sha256"]
    assert pdf_record.attached_record(out.getvalue()) is None

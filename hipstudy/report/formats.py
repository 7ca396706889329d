"""Every file that is made of one document, so that no two of them can differ."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

from hipstudy.csv_locale import PLAIN, in_locale
from hipstudy.report.document import DOCUMENT, Document, Stamp
from hipstudy.report.write_docx import to_docx
from hipstudy.report.write_html import to_html
from hipstudy.report.write_pdf import to_pdf
from hipstudy.report.write_xlsx import to_xlsx
from hipstudy.wording import Wording

DETAILS = Wording("hipstudy.report", "details")


def files_of(
    document: Document,
    stamp: Stamp,
    paper: str,
    locale: str = PLAIN,
    record: Mapping[str, Any] | None = None,
) -> dict[str, bytes | str]:
    """Name and content of each file, the PDF of the short document last.

    Without details there is one PDF; without a table there is no workbook.

    Parameters
    ----------
    document
        As ``hipstudy.report.read_notebook.read`` gives it.
    stamp
        What stands at the edge of every page; its report's name is that of the files.
    paper
        ``"a4"`` or ``"us-letter"``.
    locale
        Whose spreadsheet programs are to open the CSV files, as ``hipstudy.csv_locale`` has them.
    record
        What is attached to the PDF of the short document; None attaches nothing.

    Raises
    ------
    hipstudy.errors.DataProblems
        Naming what cannot be set.
    """
    name = stamp.report_name
    made: dict[str, bytes | str] = {
        f"tables/{table}.csv": in_locale(text, locale) for table, text in document.downloads.items()
    }
    front = page = stamp
    parts: dict[str, Callable[[], bytes | str]] = {}
    if document.details:
        file = f"{name}_details.pdf"
        pointer = stamp.words("where_the_details_are", file)
        front = replace(stamp, pointer=pointer, details_file=file)
        page = replace(stamp, pointer=stamp.words("details_below"))
        whole, back = _details(document, stamp), _of_details(stamp)
        parts[file] = partial(to_pdf, whole, back, paper=paper, contents=True)
    parts |= {
        f"{name}.xlsx": partial(to_xlsx, document, front),
        f"{name}.docx": partial(to_docx, document, front, paper=paper),
        f"{name}.html": partial(to_html, document, page),
        f"{name}.pdf": partial(to_pdf, document, front, paper=paper, record=record),
    }
    # Typst lets go of Python while it sets pages: the two PDFs are begun first, the others made
    # meanwhile, one after the other: the workbook and the Word file both use lxml, which was seen
    # to fail without a reason while two threads used it. What is wrong is told in their order.
    with ThreadPoolExecutor(max_workers=2) as pages, ThreadPoolExecutor(max_workers=1) as others:
        order = sorted(parts, key=lambda file: not file.endswith(".pdf"))
        begun = {
            file: (pages if file.endswith(".pdf") else others).submit(parts[file]) for file in order
        }
        contents = {file: begun[file].result() for file in parts}
    return made | {file: content for file, content in contents.items() if content}


def _details(document: Document, stamp: Stamp) -> Document:
    """The details as a document of their own."""
    return Document(DETAILS("title", stamp.title_beside(document.title)), document.details, {})


def _of_details(stamp: Stamp) -> Stamp:
    """The stamp of the details, which are English whatever the short document is written in."""
    own = {"file": f"{stamp.report_name}.pdf", "is_translated": stamp.is_translated}
    logo = stamp.logo and replace(stamp.logo, alt=DOCUMENT("logo", stamp.clinic))
    return replace(
        stamp,
        running_head=stamp.english_head or stamp.running_head,
        logo=logo,
        pointer=DETAILS("what_they_belong_to", own),
        language=DOCUMENT.language,
    )

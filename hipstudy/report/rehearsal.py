"""What writes a report is loaded while the kernel is at work, so that nobody waits for it later.

What is used for the first time takes longest: modules are loaded, fonts read, templates parsed.
Nothing else is done here: what is made for nobody takes its time from the kernel's processor.
"""

from functools import cache
from importlib import import_module

_WRITERS = "read_notebook write_docx write_html write_pdf write_xlsx".split()
_LOADED_LATE = ("openpyxl", "pypdf", "rocrate.rocrate")  # each when it is first used


@cache
def rehearse() -> None:
    """Load what writes every kind of file, and set an empty page; once in a process."""
    for name in (*_LOADED_LATE, *(f"hipstudy.report.{writer}" for writer in _WRITERS)):
        import_module(name)
    from hipstudy.report.document import Document, Stamp
    from hipstudy.report.write_html import template
    from hipstudy.report.write_pdf import to_pdf

    template()
    to_pdf(Document("Rehearsal", (), {}), Stamp("rehearsal", "Rehearsal", "", ""))

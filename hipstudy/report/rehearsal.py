"""Everything that writes a report is used once while the kernel is at work, on a page of its own.

What is used for the first time takes longest: fonts are read, patterns compiled, templates parsed.
Here nobody waits for that.
"""

from functools import cache
from typing import Any

from hipstudy.report.document import Stamp

_STAMP = Stamp("rehearsal", "Rehearsal", "", "")
_TEXT = """# Rehearsal

Some *words*, **others** and `code`, a [link](https://example.org) and $a = b$:

- one
- another

$$
% alt: a equals b
a = b
$$
"""
_HEADS = ("Arm", "Points")
_ROWS = (("first", "-0.25"), ("second", "1.75"))


@cache
def rehearse() -> None:
    """Read a small executed notebook and make every kind of file of it; once in a process."""
    import pandas as pd
    import rocrate.rocrate  # noqa: F401 - what the record is written with
    from nbformat import v4

    from hipstudy import show
    from hipstudy.report.formats import files_of
    from hipstudy.report.read_notebook import read

    frame = pd.DataFrame(_ROWS, columns=list(_HEADS))
    shown = (
        show.Answer("A sentence.", (("-0.25", "-1 to 1", "points"),), "Nothing."),
        show.Text("Some *words*."),
        show.Lines(("stretch 4x30s daily",)),
        show.Table(frame, "A table.", "table"),
        show.Download(frame, "rows"),
    )
    cells = [v4.new_markdown_cell(_TEXT), *(_cell(one) for one in shown)]
    more = [v4.new_markdown_cell("## Details\n\nMore."), _cell(shown[-2])]
    for cell in more:
        cell.metadata["tags"] = ["details"]
    document = read(v4.new_notebook(cells=[*cells, *more]))
    files_of(document, _STAMP, "a4", record={"settings": {}, "inputs": []})


def _cell(shown: Any) -> Any:
    from nbformat import v4

    bundle = shown._repr_mimebundle_()
    data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
    return v4.new_code_cell("", outputs=[v4.new_output("display_data", data, metadata=metadata)])

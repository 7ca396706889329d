"""Executed notebooks made in memory, as a kernel would leave them."""

import nbformat
from nbformat import v4

from hipstudy.report.document import Stamp

STAMP = Stamp("compare", "Compare, RBDS, 28 runners", "3f2a9c41", "0.1.0")


def prose(text):
    return v4.new_markdown_cell(text)


def output(shown):
    bundle = shown._repr_mimebundle_()
    data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
    return v4.new_output("display_data", data=data, metadata=metadata)


def cell(*shown):
    return v4.new_code_cell("secret_code()", outputs=[output(one) for one in shown])


def put_out(data):
    return v4.new_code_cell("", outputs=[v4.new_output("display_data", data=data)])


def notebook(*cells, title="# A title"):
    made = v4.new_notebook(cells=[prose(title), *cells] if title else list(cells))
    return nbformat.reads(nbformat.writes(made), as_version=4)

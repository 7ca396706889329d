"""Where the time of `hipstudy report compare` goes, as shares of one run."""

import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import nbformat

from hipstudy.resources import place


def timed(*command, **options):
    start = perf_counter()
    subprocess.run(command, check=True, capture_output=True, **options)
    return perf_counter() - start


def in_process(code):
    """Seconds of the last expression of a program that prints them."""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return float(done.stdout)


def main():
    clock = "from time import perf_counter as t; s = t(); "
    with tempfile.TemporaryDirectory() as folder:
        report = [sys.executable, "-m", "hipstudy", "report", "compare"]
        timed(*report, cwd=folder)  # warm the disk
        whole = timed(*report, cwd=folder)
        made = Path(folder) / "reports" / "compare" / "compare.ipynb"
        book = nbformat.read(made, as_version=4)
        export = in_process(
            "import nbformat; from hipstudy.report.read_notebook import read;"
            "from hipstudy.report.write_pdf import to_pdf;"
            "from hipstudy.report.write_html import to_html;"
            "from hipstudy.report.document import Stamp;"
            f"{clock} d = read(nbformat.read({str(made)!r}, as_version=4));"
            "k = Stamp('compare', 'x', 'y', '0'); to_pdf(d, k); to_html(d, k); print(t() - s)"
        )
    imports = in_process(f"{clock} import seaborn, hipstudy.pages.compare_report; print(t() - s)")
    model = in_process(
        f"from hipstudy.studies import compare_study;{clock} compare_study.run(); print(t() - s)"
    )
    cells = sum(cell.cell_type == "code" for cell in book.cells)
    rows = {
        "imports of the notebook": imports,
        "the model: 100 runners, 6 arms, 4 worlds, 200 draws": model,
        "export to PDF and HTML": export,
    }
    rows[f"the rest: kernel, figures and tables of {cells} cells"] = whole - sum(rows.values())
    print(f"whole run, warm: {whole:.1f} s ({place('notebooks').name}/01_compare_protocols.ipynb)")
    for name, seconds in rows.items():
        print(f"{name:60} {seconds / whole:5.0%}")


if __name__ == "__main__":
    main()

"""Kernels that are forked: each as new as one of its own, and gone with the process they are of."""

import json
import os
import subprocess
import sys
import time
from dataclasses import replace

import pytest
import tiny

from hipstudy.errors import UsageProblems
from hipstudy.progress_bar import Progress
from hipstudy.rare_collection import NEW_OBJECTS
from hipstudy.report.catalogue import find, package_reports
from hipstudy.report.early_nursery import early_nursery
from hipstudy.report.execute import NotebookFailed, execute
from hipstudy.report.kernel_nursery import (
    KernelNursery,
    can_fork,
    has_harmless_imports_only,
    imports_of,
)
from hipstudy.report.kernel_surroundings import surroundings
from hipstudy.resources import place

pytestmark = pytest.mark.skipif(not can_fork(), reason="this system does not fork kernels")

MARKS = """\
import os, sys, threading
import numpy as np
leftover = "seen" in globals(), hasattr(np, "seen"), os.environ.get("SEEN"), os.getcwd()
seen = np.seen = True
os.environ["SEEN"] = "1"
np.random.seed(1)
(leftover, os.environ["OPENBLAS_NUM_THREADS"], sys.argv[0].rpartition("/")[2], __name__)"""


@pytest.fixture(scope="module")
def nursery():
    made = KernelNursery(("numpy", "hipstudy.show", "typst", "no.such.module"), surroundings())
    yield made
    made.close()


def ran(*cells, nursery=None):
    return execute(tiny.notebook(*cells), {}, Progress(), nursery=nursery)


def test_each_kernel_is_as_new_as_one_of_its_own(nursery):
    own = ran(("code", MARKS))
    forked = [ran(("code", MARKS), nursery=nursery) for _ in range(2)]
    assert forked[0] == forked[1] == own
    assert "False, False, None" in str(own.cells[0].outputs)


def test_typst_is_never_imported_before_a_fork(nursery):
    code = 'import sys\n("typst" in sys.modules, "hipstudy.show" in sys.modules)'
    assert "(False, True)" in str(ran(("code", code), nursery=nursery).cells[0].outputs)


def test_nobody_debugs_a_report_and_so_its_kernel_loads_no_debugger(nursery):
    code = 'import sys\n("ipykernel.debugger" in sys.modules, "debugpy" in sys.modules)'
    assert "(True, False)" in str(ran(("code", code), nursery=nursery).cells[0].outputs)
    found = ran(("code", "import debugpy\ndebugpy.__name__"), nursery=nursery)
    assert "debugpy" in str(found.cells[0].outputs)


def test_a_forgotten_breakpoint_stops_no_report(nursery):
    assert "'2'" in str(ran(("code", "breakpoint()\n1 + 1"), nursery=nursery).cells[0].outputs)


def test_templates_are_read_before_a_fork():
    made = KernelNursery(("hipstudy.pages.compare_report",), surroundings())
    code = (
        "from hipstudy.wording import environment\n"
        "sorted(name for _, name in environment('hipstudy.pages').cache.keys())"
    )
    shown = str(ran(("code", code), nursery=made).cells[0].outputs)
    made.close()
    assert "compare.en.j2" in shown


def test_a_kernel_is_gone_once_it_is_ended(nursery):
    ran(("code", "1"), nursery=nursery)
    left = [pid for pid in _children(nursery._process.pid) if is_there(pid)]
    assert left == []


def _children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:  # noqa: PTH123 - no file of a folder
        return [int(one) for one in file.read().split()]


def test_a_kernel_that_dies_is_told_and_the_next_one_runs(nursery):
    with pytest.raises(NotebookFailed, match=r"kernel died in the cell `import os`"):
        ran(("code", "import os\nos._exit(3)"), nursery=nursery)
    assert ran(("code", "1 + 1"), nursery=nursery).cells[0].outputs[0].data["text/plain"] == "2"


def test_its_kernels_end_with_the_process_that_has_it():
    code = (
        "import os, sys\n"
        "from hipstudy.report.kernel_surroundings import surroundings\n"
        "from hipstudy.report.kernel_nursery import KernelNursery\n"
        "nursery = KernelNursery((), surroundings())\n"
        "print(nursery._process.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    pid = int(done.stdout)
    while is_there(pid):
        time.sleep(0.1)


def is_there(pid):
    try:
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123 - a zombie waits for its parent only
            return ") Z " not in file.read()
    except OSError:
        return False


def test_what_a_notebook_s_modules_import_within_functions_is_found_too():
    cells = [("code", "from hipstudy.pages import cohort_report\nimport my_own_module"),
             ("code", "%magic is no Python"), ("markdown", "import that")]  # fmt: skip
    names = imports_of(tiny.notebook(*cells))
    assert {"hipstudy.pages.cohort_report", "hipstudy.analysis.mixed", "pandas"} <= set(names)
    assert not {"my_own_module", "that", "typst"} & set(names)
    assert imports_of(tiny.notebook(("code", "import my_own_module"))) == ()


def test_nobody_waits_for_what_it_imports(tmp_path):
    """A wrong setting is said at once, whatever a kernel would have imported."""
    (tmp_path / "never_done.py").write_text("import threading\nthreading.Event().wait()\n")
    env = surroundings() | {"PYTHONPATH": str(tmp_path)}
    made = KernelNursery(("never_done",), env)
    wait, limits = made._process.wait, []
    made._process.wait = lambda timeout=None: (limits.append(timeout), wait(timeout))[1]
    made.close()
    assert limits == [10]  # and no second one, after the ten seconds are over
    with pytest.raises(ProcessLookupError):
        made.answer(do="poll", pid=1)


def loaded(code):
    """Which of the dear libraries some code has loaded, in a process of its own."""
    dear = "numpy pandas scipy.special scipy.stats scipy.constants matplotlib openpyxl statsmodels"
    dear = [*dear.split(), "jupyter_client", "papermill", "pydantic", "docx", "typst"]
    code += f"\nimport sys\nprint(*(one for one in {dear} if one in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_a_report_s_kernel_has_seaborn_without_what_no_picture_of_it_uses():
    """All of it is there for whoever asks, later and in another process."""
    code = (
        "import sys\n"
        "import hipstudy.pages.compare_report\n"
        "before = [one in sys.modules for one in ('seaborn', 'scipy.stats', 'ipywidgets')]\n"
        "from scipy import stats\n"
        "import ipywidgets\n"
        "(before, stats.norm.ppf(0.5), ipywidgets.__name__)"
    )
    with early_nursery(find("compare")) as nursery:
        shown = str(ran(("code", code), nursery=nursery).cells[0].outputs)
    assert "([True, False, False], " in shown
    assert "'ipywidgets')" in shown


@pytest.mark.parametrize(
    "cell",
    ["%matplotlib inline\nimport seaborn as sns", "from drawing_of_mine import sns",
     "import seaborn as sns"],
)  # fmt: skip
def test_a_report_s_notebook_that_somebody_edited_has_all_of_seaborn(cell, monkeypatch, tmp_path):
    (tmp_path / "drawing_of_mine.py").write_text("import seaborn as sns")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    drawn = "sns.clustermap([[1, 2], [3, 5], [9, 1]])\nsns.kdeplot([1, 2, 4], cumulative=True)"
    own = f"{cell}\n{drawn}\n'drawn'"
    cells = (("code", "import hipstudy.pages.compare_report"), ("code", own))
    source = replace(find("compare"), notebook=tiny.notebook(*cells))
    with early_nursery(source) as nursery:
        shown = execute(source.notebook, {}, Progress(), nursery=nursery).cells[-1].outputs
    assert "'drawn'" in str(shown)


def test_seaborn_is_spared_what_no_shipped_report_uses():
    """Each is as quick as it was, though one of them imports more than hipstudy."""
    shipped = package_reports().values()
    assert [one.name for one in shipped if not has_harmless_imports_only(one.notebook)] == []


def test_a_module_may_be_imported_without_others(tmp_path):
    own = "try:\n    import wanted\nexcept ImportError:\n    wanted = None\n"
    (tmp_path / "sparing.py").write_text(own)
    (tmp_path / "wanted.py").write_text("")
    env = surroundings() | {"PYTHONPATH": str(tmp_path)}
    code = "import sparing\nwithout = sparing.wanted\nimport wanted\n(without, wanted.__name__)"
    made = KernelNursery((), env, {"sparing": ("wanted", "another"), "no.such.module": ()})
    shown = str(ran(("code", code), nursery=made).cells[0].outputs)
    made.close()
    assert "(None, 'wanted')" in shown


def test_a_kernel_looks_for_garbage_rarely(nursery):
    code = "import gc\n(gc.isenabled(), gc.get_threshold()[0])"
    shown = str(ran(("code", code), nursery=nursery).cells[0].outputs)
    assert f"(True, {NEW_OBJECTS})" in shown


def test_nothing_dear_is_loaded_before_a_report_s_kernel_begins():
    code = (
        "import hipstudy.cli.app, hipstudy.progress_bar\n"
        "from hipstudy.report.early_nursery import early_nursery\n"
        "from hipstudy.report.make_report import find\n"
        "find('compare')"
    )
    assert loaded(code) == set()


@pytest.mark.parametrize(
    ("name", "pairs", "needed"),
    [("compare", (), set()), ("dose", (), set()),
     ("cohort", (("cohort", str(place("data", "example_cohort.csv"))),), {"scipy.special"})],
)  # fmt: skip
def test_a_check_loads_what_it_needs_while_the_kernel_imports(name, pairs, needed):
    code = f"from hipstudy.report.make_report import plan\nplan({name!r}, {pairs!r})"
    assert loaded(code) - {"numpy", "pandas", "pydantic"} == needed


def test_what_runs_a_notebook_is_loaded_before_its_kernel_is_asked_for(monkeypatch):
    """The process that forks it goes on importing meanwhile."""
    code = (
        "import sys\n"
        "import tiny\n"
        "from hipstudy.progress_bar import Progress\n"
        "from hipstudy.report.execute import execute\n"
        "from hipstudy.report.kernel_nursery import KernelNursery\n"
        "from hipstudy.report.kernel_surroundings import surroundings\n"
        "class Watched(KernelNursery):\n"
        "    def start(self, *given):\n"
        "        print('papermill' in sys.modules, 'rfc3987_syntax' in sys.modules)\n"
        "        return super().start(*given)\n"
        "nursery = Watched((), surroundings())\n"
        "execute(tiny.notebook(('code', '1')), {}, Progress(), nursery=nursery)\n"
        "nursery.close()\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.path.dirname(tiny.__file__))  # noqa: PTH120
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True False\n"


def test_a_report_s_kernel_begins_early_and_ends_with_what_was_wrong(tmp_path):
    def checked():
        with early_nursery(find("cohort")) as nursery:
            begun.append(nursery)
            raise UsageProblems([])

    begun = []
    with pytest.raises(UsageProblems):
        checked()
    assert "hipstudy.pages.cohort_report" in begun[0].modules
    assert {"scipy.special", "scipy.constants"} <= set(begun[0].modules)
    assert "scipy.stats" not in begun[0].modules  # used within functions, if at all
    with pytest.raises(ProcessLookupError):
        begun[0].answer(do="poll", pid=1)
    own = tmp_path / "mine.ipynb"
    own.write_text(json.dumps(tiny.notebook(("code", "1"))))
    with early_nursery(find(str(own))) as nursery:
        assert nursery is None

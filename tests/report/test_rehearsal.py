"""The rehearsal of the writing: what goes wrong in it is passed over, so it is tried here."""

import subprocess
import sys


def test_the_rehearsal_uses_whatever_writes_a_report_and_draws_nothing():
    code = (
        "import sys\n"
        "from hipstudy.report.rehearsal import rehearse\n"
        "rehearse()\n"
        "wanted = {'typst', 'docx', 'openpyxl', 'bs4', 'mistune', 'tex2typst', 'rocrate'}\n"
        "print(sorted(wanted - set(sys.modules)), 'matplotlib' in sys.modules)\n"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[] False\n"

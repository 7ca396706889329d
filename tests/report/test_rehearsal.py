"""The rehearsal of the writing: what goes wrong in it is passed over, so it is tried here."""

import subprocess
import sys


def test_the_rehearsal_uses_whatever_writes_a_report_and_draws_nothing():
    code = (
        "import sys\n"
        "from hipstudy.report.rehearsal import rehearse\n"
        "rehearse()\n"
        "from hipstudy.report.write_html import template\n"
        "assert template.cache_info().currsize == 1\n"
        "wanted = 'typst docx openpyxl bs4 mistune tex2typst rocrate pypdf'.split()\n"
        "print(sorted(set(wanted) - set(sys.modules)), 'matplotlib' in sys.modules)\n"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[] False\n"

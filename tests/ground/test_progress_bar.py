"""What is said of how far a long task is."""

import io

from hipstudy.progress_bar import LINES, Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Clock:
    """Time that goes on by itself, a second for each part."""

    def __init__(self, step_s=1.0):
        self.now, self.step_s = 0.0, step_s

    def __call__(self):
        self.now += self.step_s
        return self.now


def counter(stream, total=900, step_s=1.0):
    count = Progress(stream).counter("doses", Clock(step_s))
    for done in range(1, total + 1):
        count(done, total)
    return stream.getvalue()


def test_a_terminal_is_told_each_part_and_the_time_left():
    said = counter(Terminal()).split("\r")
    assert said[-1].strip() == f"[{'#' * 20}] doses: 900 of 900 done, less than a minute left"
    assert said[300].strip().endswith("doses: 300 of 900 done, about 10 min left")
    assert max(map(len, said)) <= 79


def test_elsewhere_a_few_plain_lines():
    lines = counter(io.StringIO()).splitlines()
    assert 5 <= len(lines) < LINES
    assert lines[0] == "  doses: 90 of 900 done, about 14 min left"
    assert counter(io.StringIO(), step_s=0.001) == "", "nothing to wait for"


def test_a_long_title_ends_with_dots_and_one_that_fits_is_whole():
    stream = Terminal()
    progress = Progress(stream)
    long = "what the runners of this clinic felt over all the weeks"
    progress.step(1, 9, long)
    progress.step(1, 9, long[:-6])
    progress.stage("x" * 76)
    progress.stage("x" * 77)
    _, cut, whole, fits, longer = (line.rstrip() for line in stream.getvalue().split("\r"))
    assert cut.endswith(" what the runners of this clinic felt over all the we…")
    assert len(cut) == 76
    assert whole.endswith(f"] {long[:-6]}")
    assert (fits, longer) == ("x" * 76, "x" * 75 + "…")


def test_a_note_stays():
    stream = Terminal()
    progress = Progress(stream)
    progress.stage("writing")
    progress.say(["removed"])
    progress.clear()
    assert "\rremoved\n" in stream.getvalue()

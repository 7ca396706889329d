"""Who makes the reports of a batch: processes of this machine, or a Dask scheduler's workers.

Both run the same function on the same tasks and hand the outcomes back as they come. A worker that
is killed takes no other report with it: what it had in hand is made again.
"""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache, partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

from hipstudy import extras
from hipstudy.batch.report_task import FAILED, ReportTask, TaskOutcome, outcome_of, why
from hipstudy.errors import Problem, UsageProblems

T = TypeVar("T")
_PORT = 8786  # of a scheduler that says none
# To wait for an answer, and then for a connection: a name that is looked up for long, a busy
# machine and whoever is silent are all within them.
_FOR_ANSWER_S, _FOR_CLIENT_S = 2.5, 2.0
_LONGEST_GREETING = 1_000_000  # bytes
_DIED = "the process that made this report died twice, most often for want of memory"
_GONE = "the scheduler or its workers were gone before this report was made"


def on_this_machine(tasks: Sequence[ReportTask], workers: int) -> Iterator[TaskOutcome]:
    """Make reports in so many processes at once; with one, in this process.

    Parameters
    ----------
    tasks
        To be done.
    workers
        How many at once.
    """
    if workers == 1:
        yield from map(outcome_of, tasks)
        return
    waiting = {task.place: task for task in tasks}
    is_alone = False
    while waiting:
        some = list(waiting.values())[:1] if is_alone else list(waiting.values())
        n_before = len(waiting)
        try:
            for outcome in _in_processes(some, workers):
                del waiting[outcome.place]
                yield outcome
            is_alone = False
        except _dead_worker():
            if is_alone:
                place = some[0].place
                del waiting[place]
                yield TaskOutcome(place, FAILED, problems=(_DIED,))
            # Without progress one of the first kills whoever takes it: the next is made by itself.
            is_alone = not is_alone and len(waiting) == n_before


def _in_processes(tasks: Sequence[ReportTask], workers: int) -> Iterator[TaskOutcome]:
    from joblib import Parallel, delayed

    made = Parallel(n_jobs=workers, batch_size=1, return_as="generator_unordered")
    return made(delayed(_in_child)(task) for task in tasks)


def _in_child(task: ReportTask) -> TaskOutcome:
    """The outcome, in a process that leaves Ctrl-C to the one that started it and ends with it."""
    _prepare_child()
    return outcome_of(task)


@cache
def _prepare_child() -> None:
    """Once in a process: joblib's would wait for more work for minutes when nobody is there."""
    with suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_after, args=(os.getppid(),), daemon=True).start()


def _end_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _dead_worker() -> type[BaseException]:
    """What is raised where a process died."""
    from concurrent.futures.process import BrokenProcessPool

    return BrokenProcessPool


class DaskScheduler:
    """A Dask scheduler and its workers, which see the same files at the same paths.

    Parameters
    ----------
    address
        Such as ``tcp://10.0.0.5:8786``.

    Raises
    ------
    UsageProblems
        Within 5 seconds, when nobody is there, it is no scheduler, it has no workers, or these have
        another hipstudy or other libraries than this process.
    """

    def __init__(self, address: str) -> None:
        extras.require("dask")
        self.address = address
        place = _host_and_port(address)
        _within(_FOR_ANSWER_S, address, lambda: _refuse_other_listener(place, address))
        self._client = _client(address)
        try:
            self._refuse_unlike_workers()
        except BaseException:
            self.close()
            raise

    def _refuse_unlike_workers(self) -> None:
        try:
            every = self._client.run(_installation, on_error="return")
        except (OSError, ValueError) as error:
            raise _no_scheduler(self.address, _first_line(error)) from None
        if not every:
            rule = "this scheduler has no workers"
            mend = f"Start some: dask worker {self.address} --nthreads 1 --nworkers 2"
            raise UsageProblems([Problem("--scheduler", self.address, rule, mend)])
        own = _installation()
        if unlike := [one for one in every.values() if one != own]:
            rule = f"{len(unlike)} of its {len(every)} workers have {_difference(own, unlike[0])}"
            mend = "Install the same on all, as requirements.lock has it."
            raise UsageProblems([Problem("--scheduler", self.address, rule, mend)])

    def outcomes(self, tasks: Sequence[ReportTask]) -> Iterator[TaskOutcome]:
        """Have the reports made, and hand them back as they come.

        A task whose worker dies is given to another by the scheduler, a few times.
        """
        from distributed import as_completed

        futures = {self._client.submit(outcome_of, task, pure=False): task.place for task in tasks}
        for future in as_completed(list(futures), loop=self._client.loop):
            place = futures.pop(future)
            try:
                yield future.result()
            except Exception as error:
                is_dead = type(error).__name__ == "KilledWorker"
                is_gone = "Cancelled" in type(error).__name__
                said = _DIED if is_dead else _GONE if is_gone else why(error)[0]
                yield TaskOutcome(place, FAILED, problems=(said,))
            future.release()

    def close(self) -> None:
        """Let go of the scheduler."""
        with suppress(Exception):
            self._client.close(timeout=_FOR_CLIENT_S)


def _within(seconds: float, address: str, step: Callable[[], T]) -> T:
    """What a step gives, or the problem that it raises; refused when it takes longer.

    Limits of the step itself do not hold for all that it does: a name may be looked up for long.
    """
    ended: list[T | BaseException] = []

    def begin() -> None:
        try:
            ended.append(step())
        except BaseException as error:
            ended.append(error)

    thread = threading.Thread(target=begin, daemon=True)
    thread.start()
    thread.join(seconds)
    # The step's own limit ends in the same moment: whichever is first, the words are the same.
    if not ended or isinstance(ended[0], TimeoutError):
        raise _no_scheduler(address, f"no answer in {seconds} s") from None
    if isinstance(ended[0], UsageProblems):
        raise ended[0]
    if isinstance(ended[0], BaseException):
        reason = getattr(ended[0], "strerror", None) or _first_line(ended[0])
        raise _no_scheduler(address, reason) from None
    return ended[0]


def _refuse_other_listener(place: tuple[str, int], address: str) -> None:
    """A scheduler begins by saying how long its greeting is; others are silent, or say more.

    A client would wait for those longer than anybody, and could not be ended.
    """
    with socket.create_connection(place, timeout=_FOR_ANSWER_S) as there:
        if address.startswith("tls"):
            return
        first = there.recv(8, socket.MSG_WAITALL)
    if len(first) < 8 or int.from_bytes(first, "little") > _LONGEST_GREETING:
        raise _no_scheduler(address, "something else answers")


def _client(address: str) -> Any:
    """A client of the scheduler. Its own time limit does not hold where somebody is silent."""
    import distributed  # which takes its time, and is none of the scheduler's

    made = partial(distributed.Client, address, set_as_default=False)
    return _within(_FOR_CLIENT_S, address, made)


def _installation() -> dict[str, str]:
    """What moves a digit: code and data of hipstudy, Python, and its libraries."""
    from hipstudy.report import run_inputs, run_record

    own = {"hipstudy": run_record.code_sha256()[:12]}
    own["data"] = run_record.joint_sha256(run_record.data_parts())[:12]
    return own | run_inputs.library_versions()


def _difference(own: Mapping[str, str], other: Any) -> str:
    if not isinstance(other, Mapping):
        return f"no hipstudy like this one ({_first_line(other)})"
    parts = [f"{n} {other.get(n)} and not {own[n]}" for n in own if other.get(n) != own[n]]
    return ", ".join(parts)


def _host_and_port(address: str) -> tuple[str, int]:
    parts = urlsplit(address if "//" in address else f"//{address}")
    try:
        host, port = parts.hostname, parts.port or _PORT
    except ValueError:
        host, port = None, 0
    if not host:
        rule = "an address is needed, such as tcp://10.0.0.5:8786"
        raise UsageProblems([Problem("--scheduler", address, rule)])
    return host, port


def _no_scheduler(address: str, reason: str) -> UsageProblems:
    rule = f"no Dask scheduler answers there ({reason})"
    mend = "Start one with: dask scheduler; or leave --scheduler out to use this machine."
    return UsageProblems([Problem("--scheduler", address, rule, mend)])


def _first_line(error: object) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]

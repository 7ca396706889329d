"""The kernel is this very interpreter, whatever kernels the user's account knows.

A user-level kernel called ``python3`` would otherwise come first, and run the notebooks without
hipstudy or with another version of it.
"""

import asyncio
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from math import inf
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_event_loop, run_sync

from hipstudy.files import undisturbed
from hipstudy.report.forked_kernel import ForkedProvisioner
from hipstudy.report.kernel_nursery import KernelNursery
from hipstudy.report.kernel_surroundings import surroundings

NAME = "python3"
_LONGEST_SOCKET_PATH = 100  # letters; Unix sockets take 103 on macOS and 107 on Linux


# Added last, so that a module beside the notebook is found and replaces none that is installed;
# in one expression, so that no name of it is left for the notebook.
_BESIDE = '__import__("sys").path.append(__import__("os").getcwd())'


def this_interpreter(*, finds_modules: bool = False) -> KernelSpec:
    """Specification of a kernel that runs on this interpreter.

    With ``finds_modules`` it also finds the modules of the folder it starts in, after all others.

    The current folder is kept off its import path (``-P``, ``ignore_cwd``): a file ``numpy.py``
    or another checkout of hipstudy there would be imported instead. ``-P`` alone is enough from
    IPython 9.7. The kernel says errors only: it would warn that others can listen, which is not so
    on this computer's own loopback.
    """
    launch = [sys.executable, "-P", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    if finds_modules:
        launch.append(f"--IPKernelApp.exec_lines={_BESIDE}")
    return KernelSpec(
        argv=[*launch, "--IPKernelApp.ignore_cwd=True", "--IPKernelApp.log_level=ERROR"],
        display_name="Python with hipstudy",
        language="python",
        metadata={"debugger": True},
    )


class OnlyThisInterpreter(KernelSpecManager):
    """For JupyterLab: every notebook, whatever kernel it names, runs on this interpreter."""

    def find_kernel_specs(self) -> dict[str, str]:
        """Name the one kernel there is."""
        return {NAME: ""}

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:  # noqa: ARG002 - any name will do
        """Return the one kernel there is."""
        return this_interpreter(finds_modules=True)


class StrictClient(AsyncKernelClient):
    """Speaks with the kernel of one run, from the moment at which it answers.

    Others wait for a fifth of a second more in which nobody says anything, since there may be
    several who ask a kernel. What is left over is of no cell here, and passed over.
    """

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Return once the kernel answers and its outputs are heard.

        Raises
        ------
        RuntimeError
            When it dies before that, or has not answered within so many seconds.
        """
        end = time.monotonic() + (inf if timeout is None else timeout)
        while True:
            self.kernel_info()
            with suppress(Empty):
                await self.get_shell_msg(timeout=1)
                await self.get_iopub_msg(timeout=0.2)
                return
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > end:
                raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")


class StrictKernel(AsyncKernelManager):
    """A kernel for one run; its noise and the user's IPython start-up files stay out.

    Parameters
    ----------
    folder
        Temporary folder for its files.
    home
        Folder that it runs in, whose modules it finds; the current one, and none, when None.
    nursery
        Where it is forked; None for a process of its own.
    """

    def __init__(
        self,
        folder: Path,
        home: Path | None = None,
        nursery: KernelNursery | None = None,
        **options: Any,
    ) -> None:
        file = str(folder / "kernel.json")
        super().__init__(
            kernel_name=NAME, connection_file=file, transport=_transport(folder), **options
        )
        self.client_factory = StrictClient
        self.folder = folder
        self.home = home
        self.clients: list[Any] = []
        if nursery is not None:
            self.kernel_id = str(uuid.uuid4())
            own = {"kernel_id": self.kernel_id, "kernel_spec": self.kernel_spec, "parent": self}
            self.provisioner = ForkedProvisioner(**own)
            self.provisioner.nursery = nursery
            self.provisioner.log_file = folder / "kernel.log"

    @property
    def kernel_spec(self) -> KernelSpec:
        """This interpreter; it keeps no history, which is written to the disk after each cell."""
        spec = this_interpreter(finds_modules=self.home is not None)
        spec.argv.append("--HistoryManager.enabled=False")
        return spec

    async def start_kernel(self, **options: Any) -> None:
        """Start quietly; what it says before it can speak goes to a file."""
        if self.home is not None:
            options["cwd"] = str(self.home)
        options["env"] = surroundings() | {"IPYTHONDIR": str(self.folder / "ipython")}
        with (self.folder / "kernel.log").open("wb") as log:
            await super().start_kernel(stdout=subprocess.DEVNULL, stderr=log, **options)

    def client(self, **options: Any) -> Any:
        """Open a client, and remember it for the end."""
        self.clients.append(super().client(**options))
        return self.clients[-1]

    @property
    def last_words(self) -> str:
        """What the kernel's process wrote to its standard error."""
        try:
            return (self.folder / "kernel.log").read_text("utf-8", "replace")
        except OSError:
            return ""


def _transport(folder: Path) -> str:
    """Say how to speak with the kernel: by files of its folder where the system has such sockets.

    A TCP port is chosen, freed and bound again by the kernel, so that another program can take it
    in between, and the kernel dies. A socket in the run's own folder belongs to nobody else.
    """
    short = len(str(folder / "kernel-ipc-5")) <= _LONGEST_SOCKET_PATH
    return "ipc" if os.name == "posix" and short else "tcp"


@contextmanager
def running(
    folder: Path, home: Path | None = None, nursery: KernelNursery | None = None
) -> Iterator[StrictKernel]:
    """Start a kernel, and make sure that it is gone afterwards, whatever happens.

    The kernel starts on its own while the caller goes on importing.
    """
    kernel = StrictKernel(folder, home, nursery)
    try:
        run_sync(kernel.start_kernel)()
        yield kernel
    finally:
        with undisturbed():
            _end(kernel)


def _end(kernel: StrictKernel) -> None:
    loop = ensure_event_loop()
    tasks = asyncio.all_tasks(loop)  # what Ctrl-C left half-way
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    for client in kernel.clients:
        client.stop_channels()
    with suppress(RuntimeError):  # it is dead already
        run_sync(kernel.shutdown_kernel)(now=True)

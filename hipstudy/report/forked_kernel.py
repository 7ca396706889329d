"""A kernel that a nursery has forked, as Jupyter's manager of kernels takes it."""

import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import LocalProvisioner

from hipstudy.report.kernel_nursery import KernelNursery


class ForkedKernel:
    """A kernel of a nursery, as its manager takes it: what is asked of a ``subprocess.Popen``."""

    stdin = stdout = stderr = None

    def __init__(self, nursery: KernelNursery, pid: int) -> None:
        self.nursery, self.pid = nursery, pid

    def poll(self) -> int | None:
        """How it ended; None while it runs. It is gone when its nursery is."""
        try:
            return self.nursery.answer(do="poll", pid=self.pid)
        except ProcessLookupError:
            return -signal.SIGKILL

    def wait(self) -> int | None:
        """How it ended."""
        return self.poll()

    def send_signal(self, number: int) -> None:
        """Send it a signal, as long as it runs."""
        with suppress(ProcessLookupError):
            self.nursery.answer(do="signal", pid=self.pid, number=int(number))

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


class ForkedProvisioner(LocalProvisioner):
    """Starts a kernel from a nursery instead of by a command."""

    nursery: KernelNursery
    log_file: Path

    async def launch_kernel(self, cmd: list[str], **options: Any) -> dict[str, Any]:
        """Fork the kernel that the command would start."""
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        cwd = str(options.get("cwd") or Path.cwd())
        pid = self.nursery.start(arguments, options["env"], cwd, self.log_file)
        self.process = ForkedKernel(self.nursery, pid)
        self.pid = pid
        self.pgid = None
        self.cwd = cwd
        return self.connection_info

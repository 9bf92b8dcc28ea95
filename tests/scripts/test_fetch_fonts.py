"""Fonts come whole or not at all, and what stopped them is said with what to do next."""

from __future__ import annotations

import io
import os
import sys
import tarfile
from pathlib import Path

import pytest

from scripts import fetch_fonts

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in for npm is a script with a first line")
CONTENTS = {name: name.encode() for package in fetch_fonts.FONTS for name in fetch_fonts._files(package)}

#: Stands for npm: copies the archive it is asked for out of its shelf, as `npm pack` lays it into the folder.
NPM = """#!{python}
import pathlib, shutil, sys
shelf = pathlib.Path({shelf!r})
package = sys.argv[-1].rpartition("/")[2].rpartition("@")[0]
found = next(shelf.glob("*" + package + "-*.tgz"), None)
if found is None:
    sys.exit("npm error code ECONNREFUSED\\nnpm error   at somewhere (deep:1:2)\\nnpm error request failed")
shutil.copy(found, found.name)
"""


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the stand-in finds archives; it is the only npm there is."""
    made = tmp_path / "shelf"
    made.mkdir()
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(NPM.format(python=sys.executable, shelf=str(made)))
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(npm.parent))
    hashes = {name: fetch_fonts.hashlib.sha256(content).hexdigest() for name, content in CONTENTS.items()}
    monkeypatch.setattr(fetch_fonts, "SHA256", hashes)
    return made


def put(shelf: Path, package: str, contents: dict[str, bytes]) -> Path:
    archive = shelf / f"fonts-{package}-{fetch_fonts.VERSION}.tgz"
    with tarfile.open(archive, "w:gz") as tar:
        for name, place in fetch_fonts._files(package).items():
            if name in contents:
                member = tarfile.TarInfo(place)
                member.size = len(contents[name])
                tar.addfile(member, io.BytesIO(contents[name]))
    return archive


def put_all(shelf: Path) -> None:
    for package in fetch_fonts.FONTS:
        put(shelf, package, CONTENTS)


def lying(target: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in target.iterdir()}


def test_all_come_and_the_second_time_nothing_is_fetched(
    shelf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put_all(shelf)
    assert fetch_fonts.main(tmp_path / "fonts") == 0
    assert lying(tmp_path / "fonts") == CONTENTS
    for archive in shelf.iterdir():
        archive.unlink()
    capsys.readouterr()
    assert fetch_fonts.main(tmp_path / "fonts") == 0
    assert capsys.readouterr() == ("", "")


def test_what_is_half_there_is_fetched_again(shelf: Path, tmp_path: Path) -> None:
    """A file cut off, one that is gone, and one that an interrupted run left under its working name."""
    put_all(shelf)
    target = tmp_path / "fonts"
    assert fetch_fonts.main(target) == 0
    (target / "Sarabun_400Regular.ttf").write_bytes(b"Sara")
    (target / "Sarabun_700Bold.ttf").rename(target / "Sarabun_700Bold.part")
    assert fetch_fonts.main(target) == 0
    assert lying(target) == CONTENTS


def test_a_registry_out_of_reach(shelf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(shelf, "ibm-plex-sans-thai", CONTENTS)
    assert fetch_fonts.main(tmp_path / "fonts") == 1
    said = capsys.readouterr().err
    assert "npm cannot fetch @expo-google-fonts/sarabun" in said
    assert "ECONNREFUSED" in said and "deep:1:2" not in said
    assert "run the same command again" in said
    kept = lying(tmp_path / "fonts")
    assert set(kept) == set(fetch_fonts._files("ibm-plex-sans-thai"))
    # The next run needs the other package only.
    next(shelf.iterdir()).unlink()
    put(shelf, "sarabun", CONTENTS)
    assert fetch_fonts.main(tmp_path / "fonts") == 0


@pytest.mark.parametrize("harm", ["other", "absent", "cut", "not an archive"])
def test_another_file_than_expected_is_not_taken(
    harm: str, shelf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put_all(shelf)
    name = "Sarabun_600SemiBold.ttf"
    if harm == "other":
        put(shelf, "sarabun", CONTENTS | {name: b"other outlines"})
    elif harm == "absent":
        put(shelf, "sarabun", {n: content for n, content in CONTENTS.items() if n != name})
    else:
        archive = put(shelf, "sarabun", CONTENTS)
        archive.write_bytes(archive.read_bytes()[:-40] if harm == "cut" else b"<html>sign in to this network</html>")
    assert fetch_fonts.main(tmp_path / "fonts") == 1
    assert "set-up: the fonts could not be fetched: " in capsys.readouterr().err
    there = lying(tmp_path / "fonts")
    assert name not in there
    assert all(CONTENTS[kept] == content for kept, content in there.items())


def test_a_folder_that_cannot_be_made(shelf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put_all(shelf)
    (tmp_path / "file").write_text("not a folder")
    assert fetch_fonts.main(tmp_path / "file" / "fonts") == 1
    assert "could not be fetched" in capsys.readouterr().err

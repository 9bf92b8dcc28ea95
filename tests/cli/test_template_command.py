"""``template``: out as a file, changed, in again; a bad file says what is wrong and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pos_member.cli.arguments import _PAPERS
from pos_member.cli.main import EXIT_ENVIRONMENT, EXIT_OK, EXIT_REFUSED, main
from pos_member.config import fonts_folder
from pos_member.services.paper_templates import KINDS
from tests.factories import make_world
from tests.log_watch import ExpectLog

# One application for the process: a bare one, as the renderer makes it, would spoil the window's tests.
pytestmark = pytest.mark.usefixtures("qapp")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command over a shop in ``tmp_path``: (exit code, standard output, standard error)."""
    world = make_world(tmp_path)
    world.folder.close()

    def command(*arguments: str, data: bool = True) -> tuple[int, str, str]:
        where = ["--data", str(tmp_path / "data")] if data else []
        code = main(["template", *arguments, *where, "--lang", "en"])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def test_the_papers_named_are_those_of_the_use_cases() -> None:
    assert tuple(kind.value for kind in KINDS) == _PAPERS


def test_out_changed_and_in_again(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "receipt.json"
    assert run("export", "receipt", "--out", str(file))[0] == EXIT_OK
    data = json.loads(file.read_text(encoding="utf-8"))
    data["labels"]["th"]["thanks"] = "แล้วพบกันใหม่"
    # As an editor on Windows leaves it.
    file.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8-sig")
    assert run("check", str(file), data=False)[0] == EXIT_OK
    code, out, _ = run("import", str(file))
    assert (code, "version 1" in out) == (EXIT_OK, True)
    assert "tax invoice: 1" in run("list")[1]
    assert json.loads(run("export", "receipt")[1])["labels"]["th"]["thanks"] == "แล้วพบกันใหม่"
    assert json.loads(run("export", "receipt", "--version", "0")[1])["labels"]["th"]["thanks"] != "แล้วพบกันใหม่"
    rows = json.loads(run("list", "--json")[1])
    assert [(row["kind"], row["version"]) for row in rows][:2] == [("receipt", 1), ("return", 0)]
    assert run("reset", "receipt")[0] == EXIT_OK
    assert "tax invoice: as it comes" in run("list")[1]
    assert json.loads(run("import", str(file), "--json")[1]) == {"template": "receipt", "version": 3}


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "template"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"[" * 200_000, "template"),
        (b'{"template": "receipt"}', "format"),
        (b" " * 2_100_000, "2,000,000"),
        (b'{"template": "drawer"}', "receipt | return"),
    ],
)
def test_a_bad_file_is_said_and_nothing_changes(run: Run, tmp_path: Path, raw: bytes, said: str) -> None:
    file = tmp_path / "bad.json"
    file.write_bytes(raw)
    for command in ("check", "import"):
        code, out, err = run(command, str(file), data=command == "import")
        assert (code, out) == (EXIT_REFUSED, "")
        assert said in err and "stays in force" in err
    assert "tax invoice: as it comes" in run("list")[1]


def test_what_lacks_is_named(run: Run, tmp_path: Path) -> None:
    data = json.loads(run("export", "receipt")[1])
    data["blocks"] = [block for block in data["blocks"] if block.get("part") != "totals"]
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    code, _, err = run("check", str(file), data=False)
    assert code == EXIT_REFUSED and "Total to pay" in err


def test_a_file_that_is_not_there_and_one_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    assert run("check", str(tmp_path / "none.json"), data=False)[0] == EXIT_ENVIRONMENT
    assert run("export", "coupon", "--out", str(tmp_path / "no" / "such" / "c.json"))[0] == EXIT_ENVIRONMENT


def test_a_folder_without_a_till_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["template", "list", "--data", str(tmp_path / "none"), "--lang", "en"]) == EXIT_ENVIRONMENT
    assert "holds no shop yet" in capsys.readouterr().err


def test_a_font_goes_in_and_a_template_that_lacks_its_own_says_so(
    run: Run, tmp_path: Path, expected_logs: ExpectLog
) -> None:
    expected_logs("is not used")
    theirs = fonts_folder() / "IBMPlexSansThai_700Bold.ttf"
    code, out, _ = run("font", str(theirs), "--json")
    kept = json.loads(out)["font"]
    assert code == EXIT_OK and (tmp_path / "data" / "fonts" / kept).read_bytes() == theirs.read_bytes()
    assert kept in run("font", str(theirs))[1], "once more is no harm"
    file = tmp_path / "receipt.json"
    plain = json.loads(run("export", "receipt")[1])
    file.write_text(json.dumps(plain | {"font": kept}), encoding="utf-8")
    assert json.loads(run("import", str(file), "--json")[1]) == {"template": "receipt", "version": 1}
    assert kept in run("export", "receipt", "--out", str(tmp_path / "out.json"))[1]
    assert kept in run("check", str(file), data=False)[1]
    (tmp_path / "data" / "fonts" / kept).unlink()
    code, out, _ = run("import", str(file))
    assert code == EXIT_OK and "which is not on this till" in out
    file.write_text(json.dumps(plain | {"font": "other.ttf"}), encoding="utf-8")
    assert json.loads(run("import", str(file), "--json")[1]) == {
        "template": "receipt", "version": 2, "font": "font_not_here",
    }  # fmt: skip


def test_what_is_no_font_is_refused(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.ttf"
    bad.write_bytes(b"junk")
    code, _, err = run("font", str(bad))
    assert code == EXIT_REFUSED and "TrueType" in err and not (tmp_path / "data" / "fonts").exists()
    assert run("font", str(tmp_path / "gone.ttf"))[0] == EXIT_ENVIRONMENT

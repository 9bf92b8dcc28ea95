"""The rules of the house, held by tests. Each rule is tried on a planted violation first: a rule that cannot turn
red holds nothing."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.source_tree import MIGRATIONS, PACKAGE, ROOT, Module, calls, dotted, modules, parse, tracked_texts

MODULE_LINES_MAX = 400
FUNCTION_LINES_MAX = 80

Rule = Callable[[Module], Iterator[str]]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def offences(rule: Rule, sources: Iterable[Module]) -> list[str]:
    """What ``rule`` finds, as ``path:line what``."""
    return [f"{module.path}:{found}" for module in sources for found in rule(module)]


def _functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def _below(module: Module, *areas: str) -> bool:
    return module.area in areas and module.path.startswith("pos_member/")


# --- the rules --------------------------------------------------------------------------------------------


def long_module(module: Module) -> Iterator[str]:
    """A module is one idea."""
    lines = module.text.count("\n")
    if lines > MODULE_LINES_MAX and MIGRATIONS not in module.path:
        yield f"1 {lines} lines"


def long_function(module: Module) -> Iterator[str]:
    """A function fits on a screen."""
    for node in _functions(module.tree):
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines > FUNCTION_LINES_MAX and MIGRATIONS not in module.path:
            yield f"{node.lineno} {node.name} has {lines} lines"


def prints(module: Module) -> Iterator[str]:
    """Only the command line writes to standard output."""
    if not _below(module, "cli"):
        for call, name in calls(module):
            if name == "print" or name.startswith(("sys.stdout.", "sys.stderr.")):
                yield f"{call.lineno} {name}"


def naive_time(module: Module) -> Iterator[str]:
    """A time without a zone is nobody's time."""
    for call, name in calls(module):
        last = name.split(".")[-2:]
        if last[0] not in ("datetime", "date") or len(last) < 2:
            continue
        given = len(call.args) + len(call.keywords)
        if last[1] in ("utcnow", "utcfromtimestamp", "today") or (last[1], given) in (("now", 0), ("fromtimestamp", 1)):
            yield f"{call.lineno} {name}"


#: Where a fraction is not money: what it is instead.
FLOATS_ALLOWED = {
    "pos_member/services/demo/": "shares and spreads of made-up data",
}


def floats(module: Module) -> Iterator[str]:
    """Money and points are integers, rates are ratios."""
    if not _below(module, "domain", "services") or module.path.startswith(tuple(FLOATS_ALLOWED)):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"{node.lineno} {node.value}"
        elif isinstance(node, ast.Name) and node.id == "float":
            yield f"{node.lineno} float"


_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")


def styles(module: Module) -> Iterator[str]:
    """Looks come from ``resources/theme.toml`` and the one style sheet."""
    if module.path == "pos_member/ui/theme.py" or not _below(module, "ui", "app"):
        return
    for call, name in calls(module):
        if name.endswith(".setStyleSheet"):
            yield f"{call.lineno} setStyleSheet"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _COLOUR.fullmatch(node.value):
            yield f"{node.lineno} colour {node.value}"


def swallowed(module: Module) -> Iterator[str]:
    """An error is handled, said or raised, never dropped."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler):
            if node.type is None:
                yield f"{node.lineno} bare except"
            elif all(isinstance(one, ast.Pass) or _is_ellipsis(one) for one in node.body):
                yield f"{node.lineno} except: pass"
        elif isinstance(node, ast.Call) and dotted(node.func).endswith("suppress"):
            too_wide = {"Exception", "BaseException"} & {dotted(argument) for argument in node.args}
            yield from (f"{node.lineno} suppress({name})" for name in sorted(too_wide))


def _is_ellipsis(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node.value.value is ...


def undocumented(module: Module) -> Iterator[str]:
    """What others may call says what it does. Methods of subclasses inherit what their base says."""
    if MIGRATIONS in module.path:
        return
    if ast.get_docstring(module.tree) is None and module.text.strip():
        yield "1 the module"
    for node in module.tree.body:
        if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_"):
            continue
        if ast.get_docstring(node) is None:
            yield f"{node.lineno} {node.name}"
        if isinstance(node, ast.ClassDef) and not node.bases:
            for method in node.body:
                if isinstance(method, Function) and _needs_words(method):
                    yield f"{method.lineno} {node.name}.{method.name}"


def _needs_words(method: Function) -> bool:
    if method.name.startswith("_") or ast.get_docstring(method) is not None or method.name in _port_methods():
        return False
    return not any(dotted(one).endswith((".setter", "overload", "override")) for one in method.decorator_list)


_PORT_METHODS: set[str] = set()


def _port_methods() -> set[str]:
    """Names that a ``Protocol`` of ours declares: adapters need not say again what the port says."""
    if not _PORT_METHODS:
        for module in modules():
            for node in ast.walk(module.tree):
                if isinstance(node, ast.ClassDef) and any(dotted(base).endswith("Protocol") for base in node.bases):
                    _PORT_METHODS.update(one.name for one in node.body if isinstance(one, Function))
    return _PORT_METHODS


def waits(module: Module) -> Iterator[str]:
    """A test waits for something to happen, never for time to pass."""
    for call, name in calls(module):
        if name in ("time.sleep", "sleep", "qtbot.wait") or name.endswith((".qWait", ".qSleep", ".msleep")):
            yield f"{call.lineno} {name}"


def strangers(module: Module) -> Iterator[str]:
    """The rules need only the standard library; the use cases the rules besides."""
    if not _below(module, "domain", "services"):
        return
    allowed = {"domain": ("pos_member.domain",), "services": ("pos_member.domain", "pos_member.services")}[module.area]
    for line, name in _imports(module):
        root = name.split(".")[0]
        if root in sys.stdlib_module_names or name.startswith(allowed):
            continue
        yield f"{line} imports {name}"


#: What the glossary says not to call things. (``refund`` is the money of a return; a socket may have a client; the
#: second screen is the customer's, a member or not.)
_OTHER_WORDS = re.compile(
    r"(?:^|_)(?:customer(?!_display(?:_|$))|voucher|cart|promotion|campaign|cashdesk)s?(?:_|$)", re.IGNORECASE
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def other_words(module: Module) -> Iterator[str]:
    """One word for one thing: ``docs/glossary.md``."""
    for node in ast.walk(module.tree):
        name = ""
        if isinstance(node, Function | ast.ClassDef):
            name = node.name
        elif isinstance(node, ast.arg):
            name = node.arg
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            name = node.id if isinstance(node, ast.Name) else node.attr
        if _OTHER_WORDS.search(_HUMP.sub("_", name)):
            yield f"{node.lineno} {name}"


#: The home of every library we lean on; ``app`` may open windows, nobody else outside a library's home imports it.
HOMES = {
    "PySide6": ("ui", "app", "hardware/printing"),
    "shiboken6": ("ui",),
    "sqlalchemy": ("db", "headoffice"),
    "alembic": ("db", "headoffice"),
    "sqlcipher3": ("db", "headoffice"),
    "psycopg": ("headoffice",),
    "keyring": ("db",),
    "argon2": ("db",),
    "cryptography": ("db", "sync", "headoffice"),
    "requests": ("sync",),
    "urllib3": ("sync",),
    "zstandard": ("sync", "headoffice", "db"),
    "escpos": ("hardware/printing",),
    "serial": ("hardware",),
    "usb": ("hardware",),
    "libusb_package": ("hardware",),
    "segno": ("hardware/printing", "ui"),
    "numpy": ("hardware",),
    "cv2": ("hardware/scanning",),
    "pyzbar": ("hardware/scanning",),
    "zxingcpp": ("hardware/scanning",),
    "fastapi": ("headoffice",),
    "starlette": ("headoffice",),
    "anyio": ("headoffice",),
    "uvicorn": ("headoffice",),
    "jinja2": ("headoffice",),
    "msgspec": ("headoffice",),
    "orjson": ("headoffice",),
    "platformdirs": ("config.py",),
}


def away_from_home(module: Module) -> Iterator[str]:
    """A library is known to one part of the house, so that it can be exchanged there."""
    if not module.path.startswith("pos_member/"):
        return
    for line, name in _imports(module):
        root = name.split(".")[0]
        if root in sys.stdlib_module_names or root == "pos_member":
            continue
        homes = tuple(f"pos_member/{home}" for home in HOMES.get(root, ()))
        if not homes or not module.path.startswith(homes):
            yield f"{line} imports {root}"


def window_in_the_printer(module: Module) -> Iterator[str]:
    """The paper is drawn with QtGui; a widget there would need a window."""
    if _below(module, "hardware"):
        for line, name in _imports(module):
            if name.startswith("PySide6") and not name.startswith(("PySide6.QtGui", "PySide6.QtCore")):
                yield f"{line} imports {name}"


def _imports(module: Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


# --- each rule, on a planted violation and on the project -------------------------------------------------

_LONG = "\n".join(["x = 1"] * (MODULE_LINES_MAX + 2))
_LONG_FUNCTION = "def f():\n" + "    x = 1\n" * (FUNCTION_LINES_MAX + 1)
_DOMAIN, _UI, _HARDWARE = "pos_member/domain/planted.py", "pos_member/ui/planted.py", "pos_member/hardware/planted.py"

PLANTED: list[tuple[Rule, str, str]] = [
    (long_module, _DOMAIN, _LONG),
    (long_function, _DOMAIN, _LONG_FUNCTION),
    (prints, _DOMAIN, "print('here')"),
    (prints, _UI, "import sys\nsys.stderr.write('here')"),
    (naive_time, _DOMAIN, "from datetime import datetime\nx = datetime.now()"),
    (naive_time, _DOMAIN, "import datetime\nx = datetime.datetime.utcnow()"),
    (naive_time, _DOMAIN, "from datetime import datetime\nx = datetime.fromtimestamp(0)"),
    (naive_time, _DOMAIN, "from datetime import date\nx = date.today()"),
    (floats, _DOMAIN, "vat = 0.07"),
    (floats, "pos_member/services/planted.py", "def price(text):\n    return float(text)"),
    (styles, _UI, "def paint(w):\n    w.setStyleSheet('')"),
    (styles, _UI, "RED = '#ff0000'"),
    (swallowed, _UI, "try:\n    f()\nexcept ValueError:\n    pass"),
    (swallowed, _UI, "try:\n    f()\nexcept:\n    raise"),
    (swallowed, _UI, "import contextlib\nwith contextlib.suppress(Exception):\n    f()"),
    (undocumented, _DOMAIN, '"""Module."""\ndef price():\n    return 1'),
    (undocumented, _DOMAIN, '"""Module."""\nclass Price:\n    """A price."""\n    def grand_total_of_it(self): ...'),
    (undocumented, _DOMAIN, "x = 1"),
    (waits, "tests/planted.py", "import time\ntime.sleep(1)"),
    (waits, "tests/planted.py", "def test(qtbot):\n    qtbot.wait(100)"),
    (strangers, _DOMAIN, "import requests"),
    (strangers, _DOMAIN, "from pos_member.services import ports"),
    (strangers, "pos_member/services/planted.py", "from pos_member import config"),
    (window_in_the_printer, _HARDWARE, "from PySide6.QtWidgets import QLabel"),
    (other_words, _DOMAIN, "def price(voucher_code): ..."),
    (other_words, _DOMAIN, "class LoyalCustomer: ..."),
    (away_from_home, _UI, "import sqlalchemy"),
    (away_from_home, _UI, "import some_new_library"),
]  # fmt: skip

SILENT: list[tuple[Rule, str, str]] = [
    (prints, "pos_member/cli/planted.py", "print('here')"),
    (naive_time, _DOMAIN, "from datetime import UTC, datetime\nx = datetime.now(UTC)"),
    (naive_time, _DOMAIN, "from datetime import UTC, datetime\nx = datetime.fromtimestamp(0, UTC)"),
    (floats, _UI, "opacity = 0.5"),
    (styles, "pos_member/ui/theme.py", "def paint(app):\n    app.setStyleSheet('')"),
    (swallowed, _UI, "import contextlib\nwith contextlib.suppress(FileNotFoundError):\n    f()"),
    (undocumented, _DOMAIN, '"""Module."""\nclass Price(Base):\n    """A price."""\n    def paintEvent(self): ...'),
    (waits, "tests/planted.py", "def test(qtbot, done):\n    qtbot.waitSignal(done)"),
    (strangers, "pos_member/services/planted.py", "import json\nfrom pos_member.domain import money"),
    (window_in_the_printer, _HARDWARE, "from PySide6.QtGui import QImage"),
    (other_words, _DOMAIN, "def cartesian(member, coupon): ..."),
    (other_words, _UI, "class CustomerDisplay(Base): ..."),
    (away_from_home, "pos_member/db/planted.py", "import sqlalchemy, json"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "path", "text"), PLANTED)
def test_a_rule_turns_red_on_a_planted_violation(rule: Rule, path: str, text: str) -> None:
    assert list(rule(parse(path, text + "\n")))


@pytest.mark.parametrize(("rule", "path", "text"), SILENT)
def test_a_rule_leaves_what_is_right_alone(rule: Rule, path: str, text: str) -> None:
    assert list(rule(parse(path, text + "\n"))) == []


@pytest.mark.parametrize("rule", list(dict.fromkeys(rule for rule, _, _ in PLANTED if rule is not waits)))
def test_the_package_keeps_the_rule(rule: Rule) -> None:
    assert offences(rule, modules()) == []


def test_no_test_waits_for_time_to_pass() -> None:
    assert offences(waits, modules("tests")) == []


def test_every_exemption_is_still_needed() -> None:
    for path in FLOATS_ALLOWED:
        assert any(module.path.startswith(path) for module in modules()), path


# --- the layers -------------------------------------------------------------------------------------------

#: (file, line added to it, contract that must break)
VIOLATIONS = [
    ("domain/money.py", "from pos_member import config", "Layers"),
    ("ui/__init__.py", "import pos_member.db", "Layers"),
    ("services/ports.py", "import PySide6.QtCore", "PySide6 lives"),
    ("ui/__init__.py", "import sqlalchemy", "SQLAlchemy and Alembic"),
    ("sync/__init__.py", "import sqlcipher3", "SQLCipher lives"),
    ("db/__init__.py", "import psycopg", "PostgreSQL's driver"),
    ("sync/__init__.py", "import keyring", "Keys and PIN hashes"),
    ("ui/__init__.py", "import requests", "HTTP lives"),
    ("ui/__init__.py", "import cv2", "Devices live"),
    ("sync/__init__.py", "import fastapi", "web framework"),
    ("headoffice/__init__.py", "import pos_member.hardware", "Head office has no devices"),
]


def _lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(folder), "NO_COLOR": "1", "COLUMNS": "200"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def _broken(output: str) -> list[str]:
    return re.findall(r"^(.*\S)\s+BROKEN", output, re.MULTILINE)


def test_imports_keep_to_the_layers_and_libraries_to_their_homes() -> None:
    run = _lint_imports(ROOT)
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_contract_turns_red_on_a_planted_import(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "pos_member", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, line, _ in VIOLATIONS:
        with (tmp_path / "pos_member" / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")
    run = _lint_imports(tmp_path)
    assert run.returncode == 1, run.stdout + run.stderr
    broken = _broken(run.stdout)
    for _, line, contract in VIOLATIONS:
        assert any(contract in name for name in broken), f"{line!r} left {contract!r} whole: {broken}"


def test_a_new_package_must_be_placed_on_purpose(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "pos_member", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "pos_member" / "somewhere.py").write_text('"""Unplaced."""\n', encoding="utf-8")
    run = _lint_imports(tmp_path)
    assert run.returncode == 1 and "somewhere" in run.stdout, run.stdout + run.stderr


# --- what the files say -----------------------------------------------------------------------------------

#: The project speaks of the product. These speak of a machine, of a place to download from, or of how it was written.
_MACHINE = re.compile(r"(?<![\w.~-])/(?:work|root|home)(?:/|\b(?![-.\w]))")
_INDEX_HOST = re.compile(r"pypi\.org|pythonhosted\.org|registry\.npmjs\.org|--(?:extra-)?index-[u]rl|--find-[l]inks")
# A letter in brackets keeps a pattern from finding itself.
_MAKING = re.compile(
    r"\b(?:chat ?g[p]t|c[o]pilot|a[n]thropic|op[e]nai|cl[a]ude|language m[o]del|a\.?i\.?[- ]g[e]nerated)\b"
    r"|\bsub-?a[g]ents?\b|\bissue #?\d|\bshared/d[e]sign",
    re.IGNORECASE,
)
_SPEECH: Sequence[re.Pattern[str]] = (_MACHINE, _INDEX_HOST, _MAKING)


def _said(texts: Iterable[tuple[str, str]]) -> list[str]:
    found: list[str] = []
    for path, text in texts:
        for number, line in enumerate(text.splitlines(), 1):
            found += [f"{path}:{number} {hit[0]!r}" for pattern in _SPEECH for hit in pattern.finditer(line)]
    return found


@pytest.mark.parametrize(
    "planted",
    [
        "see /" + "work/main",
        "cd /" + "root",
        "in /" + "home/someone",
        "from https://pypi" + ".org/simple",
        "Issue " + "2",
    ],
)
def test_words_that_do_not_belong_are_found(planted: str) -> None:
    assert _said([("planted.md", planted)])


def test_the_files_speak_of_the_product_alone() -> None:
    assert _said(tracked_texts()) == []


def test_words_that_belong_are_left_alone() -> None:
    assert _said([("fine.md", "the framework/work is done; ~/home; rootless; issue a coupon; issued 20 coupons")]) == []

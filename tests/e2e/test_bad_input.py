"""What a shop meets: names, phones and figures typed wrong, foreign codes, pictures and files that are damaged, a
second program, a head office that is not itself. Each is answered in words, in the language asked for, and the facts
stay whole."""

from __future__ import annotations

import random
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pos_member.app.composition import Till, open_till
from pos_member.app.load import Shopper, ring
from pos_member.app.seeding import demo_member_ids, demo_session
from pos_member.db.engine import raw_connect
from pos_member.db.keys import load_keys
from pos_member.db.schema import TILL_VERSION
from pos_member.domain.bill import LINES_MAX, Bill, DraftLine, Tender, TenderKind
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.member import NAME_MAX
from pos_member.domain.money import AMOUNT_MAX_SATANG
from pos_member.domain.permission import Session
from pos_member.services.enrolment import EnrolRequest
from pos_member.ui.entry import Amount, Look, Times, read_entry
from pos_member.wording import LANGUAGES, say_error
from tests.e2e.commands import LANGUAGES as SPOKEN
from tests.e2e.commands import PATIENCE_S, assert_clean, assert_told, demo_till, qr_picture, run, running

if sys.platform == "win32":
    pytest.skip("mounts and signals of another kind", allow_module_level=True)

import fcntl

each_language = pytest.mark.parametrize("language", SPOKEN)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A till with demo data and a few bills, closed."""
    return demo_till(tmp_path / "till")


@pytest.fixture
def till(folder: Path) -> Iterator[Till]:
    """The same, open; ``verify`` must be clean in the end."""
    with open_till(folder) as made:
        yield made
        result = made.services.verify.run()
        assert result.ok, result


def numbers(till: Till) -> set[str]:
    """Every bill of the till."""
    return {bill.number for bill in till.store.facts.bills_between(date.min, date.max)}


def assert_said(error: Refusal | EnvironmentProblem) -> None:
    """Both languages have words for it, short enough to read at the counter, nothing left to fill in."""
    for language in LANGUAGES:
        text = say_error(error, language)
        assert 5 < len(text) < 300, text
        assert "{" not in text, text


# --- names and phones -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("   \t ", ""),
        ("  สม\u200bหญิง\r\n\x00 ", "สมหญิง"),
        ("👩‍👩‍👧 หนูนา 🌸", "👩‍👩‍👧 หนูนา 🌸"),
        ("\u202eمحمد عبد الله\u202c", "محمد عبد الله"),
        ("<b>Robert'); DROP TABLE member;--</b>", "<b>Robert'); DROP TABLE member;--</b>"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ("น้ำ" * 26, "น้ำ" * 26),
    ],
)
def test_names_of_all_kinds_are_kept_searched_and_printed(till: Till, typed: str, kept: str) -> None:
    session = demo_session(till)
    enrolled = till.services.enrolment.enrol(session, EnrolRequest("081-234-5678", True, first_name=typed))
    assert enrolled.member.first_name == kept
    stored = till.store.members.by_phone("+66812345678")
    assert stored is not None and stored.first_name == kept
    if len(kept) > 1:
        till.services.lookup.search_members(kept)
    assert till.services.lookup.resolve(enrolled.qr_text).member is not None


def test_names_that_cannot_be_kept_are_refused_and_nobody_is_enrolled(till: Till) -> None:
    session = demo_session(till)
    for typed, reason in (
        ("ก" * 1_000_000, Reason.TEXT_TOO_LONG),
        ("x" * (NAME_MAX + 1), Reason.TEXT_TOO_LONG),
        (bytes(range(32)).decode("latin-1") * 3, Reason.TEXT_NOT_PRINTABLE),
        ("\u202e\u200b\u2066\u202e", Reason.TEXT_NOT_PRINTABLE),
        ("\ud800" * 5, Reason.TEXT_NOT_PRINTABLE),
    ):
        with pytest.raises(Refusal) as refusal:
            till.services.enrolment.enrol(session, EnrolRequest("0812345678", True, first_name=typed))
        assert refusal.value.reason is reason
        assert_said(refusal.value)
        assert till.store.members.by_phone("+66812345678") is None
    for typed in (
        "ก" * 1_000_000,
        "\x00" * 9,
        "ab\x00cd",
        "\ud800" * 5,
        "ab\ud800cd",
        "\u202e" * 9,
        '"' * 9,
        "%_" * 9,
        "NEAR(",
    ):
        assert till.services.lookup.search_members(typed) == ()
        till.services.lookup.products(typed)
        assert_leads_nowhere(till, typed)


def assert_leads_nowhere(till: Till, typed: str) -> None:
    """A text that is none of ours is looked up, and found or not said in words."""
    try:
        found = till.services.lookup.resolve(typed)
    except Refusal as refusal:
        assert_said(refusal)
    else:
        assert found.product is None and found.member is None and found.coupon is None


SPELLINGS = (
    *("0812345678", "081-234-5678", "081 234 5678", "(081) 234.5678", "\t0812345678\r\n", "๐๘๑๒๓๔๕๖๗๘"),
    *("+66812345678", "+66 (0)81-234-5678", "66812345678", "0066812345678"),
    *("０８１２３４５６７８", "\u2066081\u2011234\u20115678\u2069"),
)
NO_PHONES = (
    *("", " ", "0", "081234567", "08123456789", "1812345678", "0112345678", "08l2345678", "phone", "+", "+66", "00"),
    *("²812345678", "0812345678 ต่อ 5", "0812345678;0812345679", "9" * 1_000_000, "\x00" * 10, "-0812345678x", "٠٨١٢"),
    "\ud800812345678",
)


def test_every_spelling_of_a_phone_is_one_member(till: Till) -> None:
    session = demo_session(till)
    till.services.enrolment.enrol(session, EnrolRequest("0812345678", True))
    for typed in SPELLINGS:
        assert till.services.enrolment.check_phone(typed).existing is not None
        with pytest.raises(Refusal) as refusal:
            till.services.enrolment.enrol(session, EnrolRequest(typed, True))
        assert refusal.value.reason is Reason.PHONE_TAKEN, typed
        assert_said(refusal.value)


def test_wrong_phones_are_refused(till: Till) -> None:
    session = demo_session(till)
    for typed in NO_PHONES:
        with pytest.raises(Refusal) as refusal:
            till.services.enrolment.enrol(session, EnrolRequest(typed, True))
        assert refusal.value.reason is Reason.PHONE_INVALID, typed
        assert_said(refusal.value)


# --- quantities and prices --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("0*", Reason.QUANTITY_OUT_OF_RANGE),
        ("0.000*5", Reason.QUANTITY_OUT_OF_RANGE),
        ("9999.999*", Reason.QUANTITY_OUT_OF_RANGE),
        ("0", Reason.AMOUNT_OUT_OF_RANGE),
        ("0.00", Reason.AMOUNT_OUT_OF_RANGE),
        ("3*0", Reason.AMOUNT_OUT_OF_RANGE),
    ],
)
def test_figures_out_of_range_are_refused_as_they_are_typed(typed: str, reason: Reason) -> None:
    with pytest.raises(Refusal) as refusal:
        read_entry(typed)
    assert refusal.value.reason is reason
    assert_said(refusal.value)


NO_FIGURES = (
    *("-5", "-3*", "−20", "1e9", "99999999999999999999", "12345*5", "9" * 100_000, "nan", "∞", "1.234", "1..2"),
    *("--", "*", "**", "5*-1", "½", "²", "1,00", "1,2,3", "\x00", "5*5*5", "\ud800", "0x"),
)


def test_what_is_no_figure_is_looked_up_and_adds_nothing(till: Till) -> None:
    for typed in NO_FIGURES:
        try:
            entry = read_entry(typed)
        except Refusal as refusal:
            assert_said(refusal)
            continue
        assert isinstance(entry, Look), (typed[:20], entry)
        assert_leads_nowhere(till, entry.text)


def test_the_largest_figures_that_can_be_typed_can_be_sold_or_are_refused(till: Till) -> None:
    session = demo_session(till)
    product = replace(till.store.catalogue.products(limit=1)[0], price_satang=AMOUNT_MAX_SATANG)
    assert read_entry("9999*") == Times(9_999_000)
    assert read_entry("9999999.99") == Amount(999_999_999)
    draft = till.services.checkout.new_draft()
    for act, reason in (
        (lambda: draft.add_product(product, 2_000), Reason.AMOUNT_OUT_OF_RANGE),
        (lambda: draft.add_product(product, 10**18), Reason.QUANTITY_OUT_OF_RANGE),
        (lambda: draft.add_product(product, -1_000), Reason.QUANTITY_OUT_OF_RANGE),
        (lambda: draft.add_product(replace(product, price_satang=-1)), Reason.AMOUNT_OUT_OF_RANGE),
        (lambda: draft.add_amount(0), Reason.AMOUNT_OUT_OF_RANGE),
        (lambda: draft.add_amount(-100), Reason.AMOUNT_OUT_OF_RANGE),
        (lambda: draft.add_amount(AMOUNT_MAX_SATANG + 1), Reason.AMOUNT_OUT_OF_RANGE),
        (lambda: draft.add_amount(AMOUNT_MAX_SATANG).add_amount(1), Reason.AMOUNT_OUT_OF_RANGE),
    ):
        with pytest.raises(Refusal) as refusal:
            act()
        assert refusal.value.reason is reason
        assert_said(refusal.value)
    bill = till.services.checkout.complete(
        session, draft.add_amount(AMOUNT_MAX_SATANG), (Tender(TenderKind.CASH, AMOUNT_MAX_SATANG),)
    ).bill
    assert bill.total_satang == AMOUNT_MAX_SATANG


def test_a_bill_that_no_window_would_make_is_refused_by_the_use_case(till: Till) -> None:
    """A draft is data: it can come back from the disk, or from a hand that made it otherwise."""
    session = demo_session(till)
    before = numbers(till)

    def line(quantity: int, price: int) -> DraftLine:
        return DraftLine(None, "", "ยอดขาย", "Sale", "", "", (), quantity, price)

    good = line(1_000, 5_000)
    for lines in ((line(-1_000, 5_000),), (good, line(0, 5_000)), (line(1_000, -5_000),), (line(10**12, 10**12),)):
        draft = replace(till.services.checkout.new_draft(), lines=lines)
        with pytest.raises(Refusal) as refusal:
            till.services.checkout.complete(session, draft, (Tender(TenderKind.CASH, 10**9),))
        assert refusal.value.reason in (Reason.QUANTITY_OUT_OF_RANGE, Reason.AMOUNT_OUT_OF_RANGE)
    too_long = replace(till.services.checkout.new_draft(), lines=(good,) * (LINES_MAX + 1))
    with pytest.raises(Refusal) as refusal:
        till.services.checkout.complete(session, too_long, (Tender(TenderKind.CASH, 10**9),))
    assert refusal.value.reason is Reason.BILL_TOO_LONG
    draft = replace(till.services.checkout.new_draft(), lines=(good,))
    for tenders in (
        (Tender(TenderKind.CASH, -5_000), Tender(TenderKind.CASH, 10_000)),
        (Tender(TenderKind.CARD, 0),),
        (Tender(TenderKind.CARD, 5_001),),
        (Tender(TenderKind.CASH, 4_999),),
        (),
    ):
        with pytest.raises(Refusal) as refusal:
            till.services.checkout.complete(session, draft, tenders)
        assert_said(refusal.value)
    assert numbers(till) == before


# --- codes and pictures -----------------------------------------------------------------------------------

FOREIGN = "https://line.me/R/ti/p/@another-shop?member=2901234567890"


def test_a_foreign_code_is_told_and_the_bill_stays(till: Till) -> None:
    foreign = (FOREIGN, "http://x", "WIFI:S:shop;T:WPA;P:x;;", "upi://pay?pa=x", "BEGIN:VCARD\nFN:x\nEND:VCARD")
    for text in (*foreign, "x" * 5_000, FOREIGN + "\x00" * 50_000):
        with pytest.raises(Refusal) as refusal:
            till.services.lookup.resolve(text)
        assert refusal.value.reason is Reason.CODE_FOREIGN, text[:60]
        assert_said(refusal.value)


def test_a_foreign_qr_is_read_from_its_picture_and_named_so(tmp_path: Path) -> None:
    said = run("scan", qr_picture(FOREIGN, tmp_path / "foreign.pgm"))
    assert said.code == 0, said
    assert '"kind": "foreign"' in said.out and FOREIGN in said.out


@each_language
def test_a_damaged_picture_is_told(tmp_path: Path, language: str) -> None:
    whole = qr_picture("HELLO", tmp_path / "whole.pgm").read_bytes()
    noise = random.Random(1).randbytes(5_000)
    png = b"\x89PNG\r\n\x1a\n" + noise
    jpeg = b"\xff\xd8\xff\xe0" + noise
    for name, data in (("png", png), ("jpg", jpeg), ("txt", b"not a picture"), ("none", b""), ("pgm", whole[:40])):
        picture = tmp_path / f"damaged.{name}"
        picture.write_bytes(data)
        assert_told(run("scan", picture, "--lang", language), 1, "picture_unreadable", language)


# --- the disk ---------------------------------------------------------------------------------------------


@contextmanager
def mounted(place: Path, size: str) -> Iterator[Path]:
    """A small file system of its own at ``place``."""
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("no file system may be mounted here")
    try:
        yield place
    finally:
        # Lazily: a test that failed may have left a file open, and must not leave the mount.
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill(place: Path) -> Path:
    """A file that takes all the room there is at ``place``, to the last byte."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file:
        for block in (1 << 20, 1 << 12, 1):
            with suppress(OSError):
                while file.write(bytes(block)) == block:
                    pass
    return filler


def sell_until_refused(till: Till, session: Session, acknowledged: set[str]) -> EnvironmentProblem:
    """Bills until one cannot be saved: why."""
    shopper = Shopper(till.store.catalogue.products(limit=300), demo_member_ids(till, 20), len(acknowledged))
    with pytest.raises(EnvironmentProblem) as told:
        for bill in ring(till.services, session, shopper, 2_000):
            acknowledged.add(bill.number)
    return told.value


def test_a_full_disk_is_told_keeps_what_was_sold_and_sells_on_when_there_is_room(tmp_path: Path) -> None:
    with mounted(tmp_path / "small", "6m") as small:
        folder = demo_till(small / "till")
        with open_till(folder) as till:
            acknowledged = numbers(till)
            session = demo_session(till)
            for _ in range(2):
                filler = fill(small)
                problem = sell_until_refused(till, session, acknowledged)
                assert problem.reason is Reason.DISK_FULL, problem
                assert_said(problem)
                assert acknowledged <= numbers(till), "reading goes on while the disk is full"
                filler.unlink()
                shopper = Shopper(till.store.catalogue.products(limit=300), demo_member_ids(till, 20), 7)
                acknowledged |= {bill.number for bill in ring(till.services, session, shopper, 2)}
            assert acknowledged == numbers(till)
            assert till.services.verify.run().ok
        assert_clean(folder)


@each_language
def test_commands_on_a_full_disk_say_so(tmp_path: Path, language: str) -> None:
    with mounted(tmp_path / "small", "6m") as small:
        folder = demo_till(small / "till")
        with open_till(folder) as till:
            before = numbers(till)
        filler = fill(small)
        said = run("load", "--bills", 1_000, "--data", folder, "--lang", language)
        assert_told(said, 4, "disk_full", language)
        assert_told(run("seed", "--data", small / "new", "--lang", language), 4, "disk_full", language)
        filler.unlink()
        assert_clean(folder)
        with open_till(folder) as till:
            assert numbers(till) >= before | set(said.lines())


def test_a_log_that_cannot_be_written_stops_no_sale(tmp_path: Path) -> None:
    folder = demo_till(tmp_path / "till")
    for file in (folder / "log").iterdir():
        file.unlink()
    (folder / "log").rmdir()
    (folder / "log").write_text("a file where the folder should be")
    said = run("load", "--bills", 2, "--data", folder)
    assert said.code == 0, said
    assert len(said.lines()) == 3 and "Traceback" not in said.err


@each_language
def test_a_read_only_folder_is_told(tmp_path: Path, language: str) -> None:
    with mounted(tmp_path / "small", "6m") as small:
        folder = demo_till(small / "till")
        subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
        for command in {"th": (("verify",), ("report",)), "en": (("load", "--bills", "1"), ("sync", "--once"))}[
            language
        ]:
            assert_told(run(*command, "--data", folder, "--lang", language), 4, "folder_read_only", language)
        assert_told(run("seed", "--data", small / "new", "--lang", language), 4, "folder_read_only", language)
        subprocess.run(["mount", "-o", "remount,rw", str(small)], check=True)
        assert_clean(folder)


@each_language
@pytest.mark.parametrize("place", ["a-file", "a-file/below", "/proc/none", "x" * 300])
def test_a_folder_that_cannot_be_is_told(tmp_path: Path, place: str, language: str) -> None:
    (tmp_path / "a-file").write_text("")
    for command in (("seed", "--members", "1"), ("enrol", "--server", "http://127.0.0.1:9", "--code", "1")):
        assert_told(run(*command, "--data", tmp_path / place, "--lang", language), 4, "folder_read_only", language)
    # What only reads makes no folder, so it says that there is no till.
    assert_told(run("verify", "--data", tmp_path / place, "--lang", language), 4, "no_till_here", language)


# --- the database -----------------------------------------------------------------------------------------


@each_language
def test_a_database_of_a_newer_version_is_told_and_left_alone(folder: Path, language: str) -> None:
    key = load_keys(folder, must_exist=True).database
    connection = raw_connect(folder / "till.db", key)
    connection.execute(f"PRAGMA user_version = {TILL_VERSION + 1}")
    connection.close()
    before = (folder / "till.db").read_bytes()
    for command in (("verify",), ("load", "--bills", "1"), ("seed",)):
        assert_told(run(*command, "--data", folder, "--lang", language), 4, "database_newer", language)
    assert (folder / "till.db").read_bytes() == before


def flip(file: Path) -> None:
    """Other bytes in the middle."""
    raw = bytearray(file.read_bytes())
    for at in range(len(raw) // 3, 2 * len(raw) // 3, 97):
        raw[at] ^= 0xFF
    file.write_bytes(raw)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "flipped": flip,
    "one page": lambda file: _overwrite(file, file.stat().st_size // 2, bytes(64)),
    "cut off": lambda file: _cut(file, file.stat().st_size // 2),
    "cut off within the first page": lambda file: _cut(file, 1_000),
    "empty": lambda file: _cut(file, 0),
    "gone": lambda file: file.unlink(),
    "another file": lambda file: file.write_bytes(b"this is a letter, not a database. " * 1_000),
    "a plain database": lambda file: file.write_bytes(b"SQLite format 3\x00" + bytes(8_000)),
}


def _overwrite(file: Path, at: int, data: bytes) -> None:
    with file.open("r+b") as opened:
        opened.seek(at)
        opened.write(data)


def _cut(file: Path, size: int) -> None:
    with file.open("r+b") as opened:
        opened.truncate(size)


@pytest.mark.parametrize(("damage", "language"), [(kind, SPOKEN[n % 2]) for n, kind in enumerate(DAMAGE)])
def test_damaged_facts_are_told_and_left_as_they_are(folder: Path, damage: str, language: str) -> None:
    file = folder / "till.db"
    DAMAGE[damage](file)
    before = file.read_bytes() if file.exists() else None
    assert_told(run("verify", "--data", folder, "--lang", language), 4, "database_corrupt", language)
    assert (file.read_bytes() if file.exists() else None) == before
    assert not list(folder.glob("*set-aside*"))


@pytest.mark.parametrize("damage", list(DAMAGE))
def test_damaged_data_of_head_office_is_set_aside_and_asked_for_again(folder: Path, damage: str) -> None:
    DAMAGE[damage](folder / "replica.db")
    # Found at the opening, or by reading; after at most one more start it is set aside and the facts are whole.
    first = run("verify", "--data", folder, "--lang", "en")
    assert first.code == 4 and "Traceback" not in first.err, first
    assert_told(run("verify", "--data", folder, "--lang", "en"), 4, "shop_not_loaded", "en")
    seeded = run("seed", "--data", folder, "--lang", "en")
    assert_told(seeded, 4, "already_seeded", "en")
    with open_till(folder) as till:
        assert till.folder.till.damage() == ()
        assert len(numbers(till)) == 6


@each_language
def test_keys_that_are_gone_or_wrong_are_told(folder: Path, language: str) -> None:
    secret, note = folder / "keys.secret", folder / "keys.json"
    good = secret.read_text()
    for spoil in (secret.unlink, lambda: secret.write_text("A" * len(good)), lambda: secret.write_bytes(b"\xff\x00")):
        spoil()
        assert_told(run("verify", "--data", folder, "--lang", language), 4, "database_key_missing", language)
    secret.write_text(good)
    kept = note.read_bytes()
    for data in (b"", b"{", b"[]", b'{"id": 1}', b"\xff"):
        note.write_bytes(data)
        assert_told(run("verify", "--data", folder, "--lang", language), 4, "database_key_missing", language)
    note.write_bytes(kept)
    assert_clean(folder)


# --- a second program -------------------------------------------------------------------------------------


@each_language
def test_a_second_program_on_the_folder_is_told(folder: Path, language: str) -> None:
    with running("load", "--bills", 100_000, "--data", folder) as first:
        assert first.stdout is not None
        # Nobody reads on: the first holds the folder with some hundreds of bills, and leaves the machine to the others.
        # Where it has said too much for that already, the pipe ends it some thousands later.
        with suppress(OSError):
            fcntl.fcntl(first.stdout, fcntl.F_SETPIPE_SZ, 4_096)
        said = [first.stdout.readline().strip()]
        for command in (("verify",), ("load", "--bills", "1"), ("sync", "--once"), ("seed",)):
            assert_told(run(*command, "--data", folder, "--lang", language), 4, "already_running", language)
        first.send_signal(signal.SIGTERM)
        said += first.stdout.read().split()
    with open_till(folder) as till:
        assert set(said) <= numbers(till)
    assert_clean(folder)


# --- head office that is not itself -----------------------------------------------------------------------


class Answers:
    """A TCP server that answers every connection with the same bytes."""

    def __init__(self, answer: bytes | None) -> None:
        self._answer = answer
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.asked = 0
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                connection.settimeout(PATIENCE_S)
                connection.recv(1 << 16)
                self.asked += 1
                if self._answer is not None:
                    connection.sendall(self._answer)

    def close(self) -> None:
        """No further connection."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(PATIENCE_S)


def http(status: str, body: bytes, kind: str = "text/html") -> bytes:
    """An HTTP answer."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


PAGE = "<html><body>ยอมรับเงื่อนไข Wi-Fi</body></html>".encode()
WRONG: dict[str, tuple[bytes | None, str]] = {
    "a page": (http("200 OK", PAGE), "answer_not_ours"),
    "a page that was moved": (http("302 Found\r\nLocation: http://127.0.0.1:1/", PAGE), "answer_not_ours"),
    "JSON of another": (http("200 OK", b'{"ok": true}', "application/json"), "answer_not_ours"),
    "nothing ours": (http("404 Not Found", b"not here"), "answer_not_ours"),
    "500": (http("500 Internal Server Error", PAGE), "headoffice_failed"),
    "502": (http("502 Bad Gateway", b""), "headoffice_failed"),
    "busy": (http("503 Service Unavailable\r\nRetry-After: 1", b""), "headoffice_busy"),
    "garbage": (random.Random(2).randbytes(4_000), "line_down"),
    "nothing": (b"", "line_down"),
    "half an answer": (http("200 OK", PAGE)[:-20], "line_down"),
    "closed at once": (None, "line_down"),
}


@pytest.fixture(scope="module")
def enrolled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A till with demo data that was enrolled somewhere, with bills that wait."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    folder = demo_till(tmp_path_factory.mktemp("enrolled") / "till")
    _address(folder, "http://127.0.0.1:9", Ed25519PrivateKey.generate().private_bytes_raw())
    return folder


def _address(folder: Path, url: str, key: bytes | None = None) -> None:
    with open_till(folder) as till:
        link = till.folder.sync_store.link()
        assert link is not None
        till.folder.sync_store.set_identity(link.identity, url, key or link.private_key, bytes(32))


def _queue(folder: Path) -> tuple[int, str, int]:
    with open_till(folder) as till:
        seq, chain = till.folder.sync_store.head()
        return seq, chain, till.folder.sync_store.queue_status().waiting


@pytest.mark.parametrize(("kind", "language"), [(kind, SPOKEN[n % 2]) for n, kind in enumerate(WRONG)])
def test_a_head_office_that_is_not_itself_is_told_and_everything_waits(
    enrolled: Path, tmp_path: Path, kind: str, language: str
) -> None:
    answer, reason = WRONG[kind]
    server = Answers(answer)
    try:
        _address(enrolled, server.url)
        before = _queue(enrolled)
        assert before[2] > 0
        said = run("sync", "--once", "--data", enrolled, "--lang", language)
        # What came of it is the command's result: it stands on standard output.
        assert_told(replace(said, err=said.out + said.err), 4, reason, language)
        assert server.asked
        assert _queue(enrolled) == before
        code = run(
            "enrol", "--server", server.url, "--code", "ABCD-EFGH", "--data", tmp_path / "new", "--lang", language
        )
        # A till that is not enrolled yet has nothing to send again by itself: a person hears when to try.
        assert_told(code, 4, "enrol_later" if reason == "headoffice_busy" else reason, language)
        assert _queue(enrolled) == before
    finally:
        server.close()
    assert_clean(enrolled)


@each_language
def test_a_head_office_that_is_not_there_is_told(enrolled: Path, language: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    _address(enrolled, f"http://127.0.0.1:{port}")
    before = _queue(enrolled)
    said = run("sync", "--once", "--data", enrolled, "--lang", language)
    assert_told(replace(said, err=said.out + said.err), 4, "line_down", language)
    assert _queue(enrolled) == before


# --- a printer that is off --------------------------------------------------------------------------------


def test_a_bill_is_whole_though_the_log_file_and_printer_are_not_there(till: Till) -> None:
    """The papers of a sale are rows of its transaction: no printer is asked."""
    session = demo_session(till)
    shopper = Shopper(till.store.catalogue.products(limit=300), (), 3)
    (bill,) = list(ring(till.services, session, shopper, 1))
    assert isinstance(bill, Bill)
    assert any(job.subject_id == bill.id for job in till.store.facts.print_jobs())

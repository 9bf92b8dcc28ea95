"""The small parts of the composition: settings, printers, reader bursts, sounds, housekeeping, PIN hashing."""

from __future__ import annotations

import io
import json
import os
import wave
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pos_member.app.bursts import WindowBursts
from pos_member.app.composition import pin_hasher
from pos_member.app.housekeeping import backup_is_due
from pos_member.app.printers import printer_profile, printer_transport
from pos_member.app.settings import TillSettings, load_settings, save_settings, with_look
from pos_member.app.sounds import wave_bytes
from pos_member.domain.errors import EnvironmentProblem, Reason, Refusal
from pos_member.domain.org import Settings
from pos_member.domain.printers import PrinterSetup
from pos_member.hardware.printing.profile import known_profiles
from pos_member.hardware.printing.transports import FileTransport, TcpTransport
from pos_member.ui.ports import Burst, Sound
from tests.log_watch import ExpectLog


class TestSettings:
    def test_what_was_saved_comes_back(self, tmp_path: Path) -> None:
        chosen = TillSettings(language="en", mode="dark", printer="10.0.0.9:9100", printer_dots=384, camera="1")
        save_settings(tmp_path, chosen)
        assert load_settings(tmp_path) == chosen

    def test_a_new_folder_has_the_defaults(self, tmp_path: Path) -> None:
        assert load_settings(tmp_path) == TillSettings()

    @pytest.mark.parametrize(
        "content",
        ["", "{", '{"language": 3}', '{"colour": "red"}', "[]", "\x00", '{"mode": "odd"}', '{"printer_dots": 0}'],
    )
    def test_a_spoiled_file_is_no_reason_not_to_sell(self, tmp_path: Path, content: str, expected_logs) -> None:
        expected_logs("settings? (could not be read|is left out)")
        (tmp_path / "till.json").write_text(content, encoding="utf-8")
        assert load_settings(tmp_path) == TillSettings()

    def test_what_can_be_read_of_a_spoiled_file_is_used_and_the_file_kept(
        self, tmp_path: Path, expected_logs: ExpectLog
    ) -> None:
        expected_logs("settings? (could not be read|is left out)")
        profile = known_profiles()["virtual-80"]
        setups = tuple(PrinterSetup(key, key, "10.0.0.9:9100", profile) for key in ("front", "back"))
        save_settings(tmp_path, TillSettings(language="en", printers=setups))
        path = tmp_path / "till.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        content["printers"][1]["profile"]["dots"] = -5
        content |= {"mode": "odd", "of_a_later_version": 1}
        path.write_text(json.dumps(content), encoding="utf-8")
        assert load_settings(tmp_path) == TillSettings(language="en", printers=setups[:1])
        save_settings(tmp_path, load_settings(tmp_path))
        assert json.loads((tmp_path / "till.json.broken").read_text(encoding="utf-8")) == content

    def test_a_folder_that_is_gone_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(EnvironmentProblem) as refused:
            save_settings(tmp_path / "gone", TillSettings())
        assert refused.value.reason is Reason.FILE_NOT_WRITABLE

    def test_the_look_leaves_the_rest_alone(self) -> None:
        kept = TillSettings(printer="x:1", camera="0")
        wanted = TillSettings("en", "dark", customer_display=True, printer="x:1", camera="0")
        assert with_look(kept, "en", "dark", customer_display=True) == wanted


class TestPrinters:
    def test_host_and_port(self) -> None:
        assert printer_transport("10.0.0.9:9101") == TcpTransport("10.0.0.9", 9101)
        assert printer_transport("till-printer") == TcpTransport("till-printer", 9100)
        assert printer_transport("[::1]:9100") == TcpTransport("::1", 9100)

    def test_a_path_is_a_file(self, tmp_path: Path) -> None:
        assert printer_transport(str(tmp_path / "paper.bin")) == FileTransport(tmp_path / "paper.bin")

    @pytest.mark.parametrize("address", ["", "a b", "host:0", "host:70000", "host:port", "ไม่มี"])
    def test_nonsense_is_refused(self, address: str) -> None:
        with pytest.raises(Refusal) as refused:
            printer_transport(address)
        assert refused.value.reason is Reason.PRINTER_ADDRESS_INVALID

    def test_models(self) -> None:
        assert printer_profile("virtual-80", 576).process_id
        assert printer_profile("", 384).dots == 384
        with pytest.raises(Refusal) as refused:
            printer_profile("no such thing", 576)
        assert refused.value.reason is Reason.PRINTER_MODEL_UNKNOWN


class TestBursts:
    CODE = "8123456789012"

    def _type(self, bursts: WindowBursts, gap_ms: float) -> list[Burst]:
        found = []
        at = 1_000.0
        for char in self.CODE:
            found += bursts.key(char, 0, at, False, event=char)
            at += gap_ms
        found += bursts.key("\r", 0, at, True, event="\r")
        return [decision.kind for decision in found]

    def test_a_reader_is_a_scan(self) -> None:
        bursts = WindowBursts()
        assert self._type(bursts, 8)[-1] is Burst.SCAN

    def test_a_person_gets_every_key_back(self) -> None:
        bursts = WindowBursts()
        released: list[object] = []
        at = 1_000.0
        for char in self.CODE:
            for decision in bursts.key(char, 0, at, False, event=char):
                assert decision.kind in (Burst.HOLD, Burst.RELEASE)
                released += decision.events
            at += 120
        released += [event for decision in bursts.flush() for event in decision.events]
        assert "".join(map(str, released)) == self.CODE


class TestSounds:
    def test_four_different_sounds(self) -> None:
        made = {sound: wave_bytes(sound) for sound in Sound}
        assert len(set(made.values())) == 4
        for raw in made.values():
            with wave.open(io.BytesIO(raw)) as sound:
                seconds = sound.getnframes() / sound.getframerate()
                assert 0.05 < seconds < 0.4
                assert max(abs(int.from_bytes(raw[i : i + 2], "little", signed=True)) for i in range(44, 600, 2)) > 0


class TestBackupIsDue:
    NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)

    def _backup(self, folder: Path, age: timedelta) -> None:
        path = folder / "till-x.db"
        path.write_bytes(b"x")
        then = (self.NOW - age).timestamp()
        os.utime(path, (then, then))

    def test_without_a_backup(self, tmp_path: Path) -> None:
        assert backup_is_due(tmp_path / "none yet", self.NOW)

    def test_yesterday_is_due_and_this_morning_is_not(self, tmp_path: Path) -> None:
        self._backup(tmp_path, timedelta(hours=23))
        assert backup_is_due(tmp_path, self.NOW)
        self._backup(tmp_path, timedelta(hours=3))
        assert not backup_is_due(tmp_path, self.NOW)


class TestPinHasher:
    def test_every_till_of_the_organisation_checks_the_same_hash(self) -> None:
        ours, theirs = Settings(member_number_key="ab" * 16), Settings(member_number_key="cd" * 16)
        encoded = pin_hasher(ours).hash("482915")
        assert pin_hasher(ours).verify(encoded, "482915")
        assert not pin_hasher(ours).verify(encoded, "482916")
        assert not pin_hasher(theirs).verify(encoded, "482915")


def test_settings_are_plain_json(tmp_path: Path) -> None:
    save_settings(tmp_path, TillSettings(printer="10.0.0.9"))
    assert json.loads((tmp_path / "till.json").read_text(encoding="utf-8"))["printer"] == "10.0.0.9"

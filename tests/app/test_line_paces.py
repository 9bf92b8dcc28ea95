"""The limits of a till's line hold for all its lines together."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos_member.app.composition import open_till
from pos_member.domain.clock import SystemClock
from pos_member.domain.ids import IdMaker
from pos_member.domain.line_setup import LineSetup
from pos_member.domain.org import TillIdentity
from pos_member.sync.transport import HttpTransport
from tests.db_support import copy_template


def test_who_waits_for_news_and_who_sends_share_one_pace(tmp_path: Path) -> None:
    new_id = IdMaker(SystemClock())
    with open_till(copy_template(tmp_path / "till")) as till:
        till.folder.sync_store.set_identity(
            TillIdentity(id=new_id(), number=1, branch_id=new_id(), label="01", epoch=1),
            "http://127.0.0.1:1",
            Ed25519PrivateKey.generate().private_bytes_raw(),
            b"k" * 32,
        )
        till.line_setup = lambda: LineSetup(upload_kbit=40, download_kbit=80)
        sending, waiting = till.sync_engine()._line._transport, till.watcher()._transport
        assert isinstance(sending, HttpTransport)
        assert (waiting._up, waiting._down) == (sending._up, sending._down)
        assert (waiting._up.step(), waiting._down.step()) == (1_250, 2_500)

"""Practice has a folder of its own: real facts and practice never meet."""

from __future__ import annotations

from pathlib import Path

from pos_member.app.composition import open_till
from pos_member.app.load import Shopper, ring
from pos_member.app.seeding import demo_session, seed_till
from pos_member.cli.window import _practice_folder


def test_practice_bills_stay_in_practice(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("POS_MEMBER_KEYS", "file")
    real = tmp_path / "till"
    seed_till(real, 20)
    practice = _practice_folder(real)
    assert practice == _practice_folder(real), "a second time takes what is there"
    with open_till(practice, practice=True) as till:
        shopper = Shopper(till.store.catalogue.products(limit=50), (), seed=1)
        assert len(list(ring(till.services, demo_session(till), shopper, 3))) == 3
        assert not till.enrolled
        papers = till.store.facts.documents_of(till.store.facts.recent(1)[0].id)
        assert papers
        assert all(document.practice for _, document in papers)
    with open_till(real) as till:
        assert till.store.facts.recent(10) == ()

"""The shop's ``Book`` is kept between bills, and never older than what it is made of."""

from __future__ import annotations

from dataclasses import replace

from pos_member.services.context import Shop
from tests.factories import World

SERVER = "http://127.0.0.1:8080"


def test_it_is_read_once_while_nothing_changes(world: World) -> None:
    shop = Shop(world.context)
    book = shop.book()
    world.sell({"tea": 1})
    assert shop.book() is book


def test_a_new_epoch_is_seen_at_once(world: World) -> None:
    shop = Shop(world.context)
    before = shop.book()
    world.folder.sync_store.set_identity(replace(before.identity, epoch=before.identity.epoch + 1), SERVER)
    after = shop.book()
    assert after.identity == world.store.facts.identity()
    assert (after.identity.epoch, after.version) == (before.identity.epoch + 1, before.version)
    assert shop.book() is after


def test_bills_of_a_till_enrolled_anew_are_of_the_new_till(world: World) -> None:
    """A copy of a till that was given an id and a number of its own: head office changed nothing in the catalogue."""
    old = world.sell({"tea": 1}).bill
    identity = Shop(world.context).book().identity
    anew = replace(identity, id=f"{identity.id}-2", number=identity.number + 1, label="T8", epoch=1)
    world.folder.sync_store.set_identity(anew, SERVER)
    bill = world.sell({"tea": 1}).bill
    assert (old.till_id, bill.till_id) == (identity.id, anew.id)
    assert bill.number.split("-")[0].endswith(f"{anew.number:02d}")


def test_a_use_case_under_way_keeps_the_till_it_began_as(world: World) -> None:
    shop = Shop(world.context)
    with shop.holding_book() as held:
        world.folder.sync_store.set_identity(replace(held.identity, epoch=held.identity.epoch + 1), SERVER)
        assert shop.book() is held
    assert shop.book().identity.epoch == held.identity.epoch + 1

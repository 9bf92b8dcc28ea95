"""A till with narrow floors, and rights given by hand as head office would."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pos_member.domain.bill import BillDraft
from pos_member.domain.member import Member
from pos_member.domain.rights import FloorLimits, RightKind, SpendingRight
from tests.db_support import TILL
from tests.factories import World, make_settings, make_world

#: 100 points take ฿10 off.
REWARD = "01930000-0000-7000-8000-000000000105"
NO_FLOOR = FloorLimits(0, 0, 0, 0)
SMALL_FLOOR = FloorLimits(per_bill=100, per_member=200, per_till=300, count_per_till=3, contact_hours_max=72)


def rights_world(tmp_path: Path, floor: FloorLimits = NO_FLOOR, **more: object) -> World:
    """The caller closes ``world.folder``."""
    return make_world(tmp_path, settings=make_settings(floor=floor, **more))


def give_right(
    world: World,
    member: Member,
    points: int,
    *,
    right_id: str = "right-1",
    kind: RightKind = RightKind.TOUCH,
    hours: int = 12,
    epoch: int = 1,
) -> SpendingRight:
    """As ``/v1/rights`` would."""
    now = world.clock.now()
    right = SpendingRight(right_id, member.id, TILL.id, epoch, kind, points, now, now + timedelta(hours=hours))
    world.folder.sync_store.rights.store([right])
    return right


def spend(world: World, member: Member | str, times: int = 1, goods: str = "giftbox") -> BillDraft:
    """A bill on which ``times`` × 100 points are used. Raises as ``choose_reward``."""
    return world.till.redemption.choose_reward(world.draft({goods: 2}, member), REWARD, times)


def acked(world: World) -> None:
    """Head office holds everything up to now."""
    head, _ = world.folder.sync_store.head()
    world.folder.sync_store.mark_acked(head, world.clock.now())

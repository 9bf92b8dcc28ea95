"""Real processes to kill, born ready: ``python -m tests.simulation.nursery SOCKET`` imports everything once and forks.

Each line on standard input is an order (``Order`` as JSON); its process connects to SOCKET and says there what it did.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pos_member.db.folder import DataFolder
from pos_member.domain.bill import Bill, BillDraft, Tender, TenderKind
from pos_member.domain.errors import Refusal
from pos_member.domain.member import Identified
from pos_member.headoffice.app import HeadOfficeSettings
from pos_member.headoffice.serve import RunningHeadOffice
from pos_member.services.till import TillServices
from pos_member.sync.engine import SyncEngine
from pos_member.sync.transport import HttpTransport
from tests.db_support import NOW, no_keystore
from tests.simulation.template import cashier_of, pin_of, state_of
from tests.simulation.till import services_of

GOODS = ("espresso", "latte", "mug")
#: A till sends after so many bills.
_SENDS_AFTER = 3


@dataclass(frozen=True)
class Order:
    """What to bring to life. ``after``: the process it takes the place of, which has to be gone. ``members``: to sell
    to. ``drain``: send what waits and end, instead of selling. ``hasty``: say a bill before it is committed."""

    name: str
    folder: str
    port: int
    seed: int
    #: Seconds since 1970 at which the shop's clock stood at ``NOW``.
    began: float
    after: int = 0
    members: tuple[str, ...] = ()
    drain: bool = False
    hasty: bool = False

    def line(self) -> str:
        return json.dumps(asdict(self)) + "\n"


@dataclass(frozen=True)
class _Clock:
    """The machine's clock, moved to where the shop's began."""

    began: float

    def now(self) -> datetime:
        return NOW + timedelta(seconds=time.time() - self.began)


def _office(order: Order, say: Callable[[str], None]) -> None:
    settings = HeadOfficeSettings(f"sqlite:///{order.folder}", clock=_Clock(order.began))
    RunningHeadOffice(settings, port=order.port).run(lambda: say("up"))


def _till(order: Order, say: Callable[[str], None]) -> None:
    clock, dice = _Clock(order.began), random.Random(order.seed)
    folder = Path(order.folder)
    with DataFolder(folder, clock, find_keystore=no_keystore, state=state_of(folder)) as data:
        line = HttpTransport(f"http://127.0.0.1:{order.port}", timeouts_s=(2, 10))
        engine = SyncEngine(data.sync_store, line, clock, dice, app_version="kills")
        say("up")
        if order.drain:
            _drained(data, engine, say)
            return
        services = services_of(data, clock, dice)
        session = services.staff.sign_in(cashier_of(order.name), pin_of(cashier_of(order.name)))
        while True:
            for _ in range(_SENDS_AFTER):
                draft = _draft(services, data, dice, order.members)
                if order.hasty:
                    say(f"sold {draft.id}")
                total = services.checkout.preview(draft).total_cash_satang
                bill: Bill = services.checkout.complete(session, draft, (Tender(TenderKind.CASH, total),)).bill
                if not order.hasty:
                    say(f"sold {bill.id}")
            outcome = engine.sync_once()
            say(f"sent {outcome.pushed}")


def _draft(services: TillServices, data: DataFolder, dice: random.Random, members: tuple[str, ...]) -> BillDraft:
    draft = services.checkout.new_draft()
    product = data.store.catalogue.product(dice.choice(GOODS))
    assert product is not None
    draft = draft.add_product(product, dice.randrange(1, 4) * 1_000)
    member = dice.choice((None, *members))
    if member is None:
        return draft
    draft = draft.with_member(member, Identified.CARD)
    if dice.random() < 0.3:
        rewards = [each for each in services.checkout.preview(draft).evaluation.rewards if each.times_max]
        if rewards:
            try:
                return services.redemption.choose_reward(draft, rewards[0].program_id, 1)
            except Refusal:
                return draft  # spent at the other till meanwhile
    return draft


def _drained(data: DataFolder, engine: SyncEngine, say: Callable[[str], None]) -> None:
    """Two rounds that go through: all is sent, and all there was is read."""
    whole = 0
    for _ in range(200):
        outcome = engine.sync_once()
        whole = whole + 1 if outcome.reason is None else 0
        if whole == 2 and not data.sync_store.queue_status().waiting:
            say("drained")
            return
    say(f"stuck {outcome.reason}")


def _born(order: Order, meeting: str) -> None:
    """The life of one process."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as voice:
        voice.connect(meeting)

        def say(text: str) -> None:
            voice.sendall(f"{text}\n".encode())

        say(f"{order.name} {os.getpid()}")
        (_office if order.name == "office" else _till)(order, say)


def main(meeting: str) -> None:
    """Fork for each order until there are no more."""
    for text in sys.stdin:
        data = json.loads(text)
        order = Order(**(data | {"members": tuple(data["members"])}))
        if order.after:
            os.waitpid(order.after, 0)
        if os.fork() == 0:
            try:
                _born(order, meeting)
            finally:
                os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])

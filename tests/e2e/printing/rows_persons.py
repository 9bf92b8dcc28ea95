"""Rows of the fault matrix: what a person decides after each kind of fault, and what lies on paper then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from pos_member.domain.documents import DocumentKind
from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.printers import Proof
from pos_member.hardware.printing.profile import GENERIC_80
from pos_member.hardware.printing.simulator import Do, Fault, Step, When
from pos_member.services.print_jobs import JobAct
from tests.e2e.printing.bench import Bench, S, Sale
from tests.e2e.printing.rows_middle import SLOW_HEAD
from tests.e2e.printing.words import (
    ANEW,
    CANNOT,
    COMPLETE,
    GIVEN_UP,
    HAS_IT,
    PRINTED,
    READY,
    SENT_ONLY,
    Both,
    Window,
)

#: Makes the fault and a sale of one receipt that meets it; what mends it.
Make = Callable[[Bench], Callable[[], None]]
PERSON = "1003"


def _refused(bench: Bench) -> Callable[[], None]:
    printer = bench.printer(drawer=False)
    bench.printer("back", roles=(), drawer=False)
    bench.furnished()
    printer.set_fault(Fault.OFF)
    bench.sale({"tea": 1})
    bench.rest()
    return lambda: printer.set_fault(Fault.NONE)


def _paper_out(bench: Bench) -> Callable[[], None]:
    printer = bench.printer("front", Step(When(paper=1, row=200), Do.PAPER_OUT), build=SLOW_HEAD, drawer=False)
    bench.printer("back", roles=(), drawer=False)
    bench.furnished()
    sale = bench.sale({"tea": 1})
    bench.look()
    bench.comes_to(sale.receipt, S.WAITING_PRINTER)
    return lambda: printer.undo(Do.PAPER_OUT)


def _reset(bench: Bench) -> Callable[[], None]:
    bench.expect("broke off")
    bench.printer("front", Step(When(job=1, byte=9_000), Do.RESET), drawer=False)
    bench.printer("back", roles=(), drawer=False)
    bench.furnished()
    bench.sale({"tea": 1})
    bench.rest()
    return lambda: None


def _mute(bench: Bench) -> Callable[[], None]:
    bench.hurry()
    printer = bench.printer(profile=GENERIC_80, drawer=False)
    bench.printer("back", roles=(), drawer=False)
    bench.furnished()
    printer.set_fault(Fault.MUTE)
    bench.sale({"tea": 1})
    bench.rest()
    return lambda: None


def _well(bench: Bench) -> Callable[[], None]:
    bench.printer(drawer=False)
    bench.printer("back", roles=(), drawer=False)
    bench.furnished()
    bench.sale({"tea": 1})
    bench.rest()
    return lambda: None


@dataclass(frozen=True)
class Kind:
    """How a receipt stands when the person decides. ``printed``: what the first printer makes of it if nothing is
    done once it is mended; ``let_go``: what lies there when the paper is not waited for any more."""

    name: str
    make: Make
    state: S
    says: Both
    acts: frozenset[JobAct]
    printed: tuple[tuple[str, ...], ...]


_PRINT, _OTHER, _SEEN, _CANCEL = JobAct.PRINT, JobAct.OTHER, JobAct.SEEN, JobAct.CANCEL
KINDS = (
    Kind("refused", _refused, S.BLOCKED, CANNOT, frozenset({_PRINT, _OTHER, _CANCEL}), ()),
    Kind("paper out", _paper_out, S.WAITING_PRINTER, HAS_IT, frozenset({_PRINT, _OTHER, _CANCEL}), (("receipt 1",),)),
    Kind("reset", _reset, S.UNCONFIRMED, COMPLETE, frozenset({_PRINT, _OTHER, _SEEN, _CANCEL}), ()),
    Kind("mute", _mute, S.UNVERIFIABLE, SENT_ONLY, frozenset({_PRINT, _OTHER}), (("receipt 1",),)),
    Kind("well", _well, S.CONFIRMED, PRINTED, frozenset({_PRINT, _OTHER}), (("receipt 1",),)),
)


def decided(bench: Bench, window: Window, kind: Kind, act: JobAct) -> None:
    """The fault, the act, the fault mended: what stands in the spool and what lies under both printers."""
    mend = kind.make(bench)
    (sale,) = bench.sales
    assert bench.state(sale.receipt) is kind.state
    window.shows(sale.receipt, kind.says)
    (listed,) = [job for job in bench.decide.listed() if job.info.id == sale.receipt]
    assert listed.acts == kind.acts
    session = bench.world.session(PERSON)
    if act not in kind.acts:
        _not_allowed(bench, sale, kind, act)
        return
    match act:
        case JobAct.PRINT:
            new = bench.decide.print_again(session, sale.receipt, expected=kind.state)
        case JobAct.OTHER:
            new = bench.decide.other_printer(session, sale.receipt, "back", expected=kind.state)
        case JobAct.SEEN:
            new = sale.receipt
            bench.decide.seen(session, sale.receipt, expected=kind.state)
        case JobAct.CANCEL:
            new = sale.receipt
            bench.decide.cancel(session, sale.receipt, expected=kind.state)
    bench.settle_decision(mend)
    match act:
        case JobAct.PRINT | JobAct.OTHER:
            _printed_anew(bench, window, sale, kind, act, new)
        case JobAct.SEEN:
            assert bench.stands(sale.receipt) == (S.CONFIRMED, "", Proof.PERSON)
            window.shows(sale.receipt, PRINTED, "พนักงานเห็นกระดาษแล้ว", "A member of staff saw the paper")
            assert bench.papers() == []
        case JobAct.CANCEL:
            assert bench.state(sale.receipt) is S.CANCELLED
            window.shows(sale.receipt, GIVEN_UP)
            assert bench.flat("front") in ([], ["receipt 1"] if kind.name == "paper out" else [])
            assert bench.flat("back") == []
    assert window.badge == READY
    bench.nothing_more_comes()


def _not_allowed(bench: Bench, sale: Sale, kind: Kind, act: JobAct) -> None:
    """Refused, and nothing has changed."""
    session = bench.world.session(PERSON)
    before = bench.stands(sale.receipt), len(bench.jobs())
    with pytest.raises(Refusal) as told:
        if act is JobAct.SEEN:
            bench.decide.seen(session, sale.receipt, expected=kind.state)
        else:
            bench.decide.cancel(session, sale.receipt, expected=kind.state)
    assert told.value.reason is Reason.PRINT_JOB_MOVED_ON
    assert (bench.stands(sale.receipt), len(bench.jobs())) == before


def _printed_anew(bench: Bench, window: Window, sale: Sale, kind: Kind, act: JobAct, new: str) -> None:
    where, other = ("back", "front") if act is JobAct.OTHER else ("front", "back")
    info = bench.info(new)
    assert info.printer == where
    assert bench.state(new) in ({S.UNVERIFIABLE} if kind.name == "mute" and where == "front" else {S.CONFIRMED})
    if kind.state is S.BLOCKED:
        assert (new, info.copy_number) == (sale.receipt, 0), "nothing was ever sent: the same paper, no copy"
        assert (bench.flat(where), bench.flat(other)) == (["receipt 1"], [])
        return
    assert (new != sale.receipt, info.copy_number, info.kind) == (True, 1, DocumentKind.RECEIPT)
    old = bench.info(sale.receipt)
    if kind.state is S.CONFIRMED:
        assert (old.state, old.replaced_by) == (S.CONFIRMED, "")
    else:
        assert (old.state, old.replaced_by) == (S.SUPERSEDED, new)
        window.shows(sale.receipt, ANEW, "พิมพ์สำเนาแทน", "A copy was printed in its place")
    front, back = bench.flat("front"), bench.flat("back")
    papers = [paper for paper in front + back if not paper.startswith("part of")]
    assert papers.count("receipt 1 copy 1") == 1 and papers.count("receipt 1") <= 1
    assert "receipt 1 copy 1" in (back if where == "back" else front)
    if kind.printed and kind.name != "paper out":
        assert papers.count("receipt 1") == 1


def kind(name: str) -> Kind:
    """The kind of this name."""
    return next(each for each in KINDS if each.name == name)

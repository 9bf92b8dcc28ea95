"""A job's bytes: drawn or in letters, by its own template, marked as the copy it is."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pos_member.config import resource
from pos_member.domain.documents import DocumentKind, DrawerDocument
from pos_member.domain.printers import Proof, TextMode
from pos_member.hardware.printing.encoder import drawer_pulse, encode
from pos_member.hardware.printing.payloads import payload_of
from pos_member.hardware.printing.profile import GENERIC_80, VIRTUAL_80
from pos_member.hardware.printing.raster import rasterise
from pos_member.hardware.printing.worker import Outcome
from pos_member.services.print_ports import PrintJob
from tests.hardware.printing import samples
from tests.hardware.printing.spooling import jobs_of, worker_of


def coupon(**more) -> PrintJob:
    return PrintJob("a", DocumentKind.COUPON, samples.COUPON_TH, **more)


def test_a_paper_is_the_picture_of_its_document():
    drawn = encode(rasterise(samples.COUPON_TH, 576), GENERIC_80)
    assert b"".join(payload_of(coupon(), GENERIC_80)) == drawn
    assert b"".join(payload_of(coupon(copy_number=2), GENERIC_80)) != drawn


def test_a_pulse_is_the_profiles():
    job = PrintJob("a", DocumentKind.DRAWER, DrawerDocument("sale", datetime(2026, 11, 21, tzinfo=UTC)))
    for profile in (GENERIC_80, replace(GENERIC_80, drawer_pin=1, drawer_on_ms=100)):
        assert payload_of(job, profile) == (drawer_pulse(profile),)


def test_in_letters_where_a_page_was_picked():
    letters = replace(VIRTUAL_80, text=TextMode(page=21, columns=48))
    pieces = payload_of(coupon(), letters)
    text = b"".join(pieces)
    assert b"\x1bt\x15" in text
    assert "คูปอง".encode("cp874") in text
    assert len(text) < len(b"".join(payload_of(coupon(), VIRTUAL_80)))


def own_template() -> str:
    data = json.loads(resource("receipts", "coupon.json").read_text(encoding="utf-8"))
    data["blocks"] = [*data["blocks"], {"space": 200}]
    return json.dumps(data)


def test_by_the_template_it_came_with():
    taller = b"".join(payload_of(coupon(template=own_template()), GENERIC_80))
    assert taller != b"".join(payload_of(coupon(), GENERIC_80))


@pytest.mark.parametrize("template", ["{", '{"format": 99}', "[]"])
def test_a_template_that_cannot_be_read_loses_no_paper(template, expected_logs):
    expected_logs("print job a is drawn by the template that comes with the product")
    assert payload_of(coupon(template=template), GENERIC_80) == payload_of(coupon(), GENERIC_80)


class Queue:
    """A way into the system's queue, which passed everything on."""

    can_answer, describe, written = False, "queue", 0

    def connect(self) -> Queue:
        return self

    def write(self, data: bytes) -> None:
        self.written += len(data)

    def read(self, timeout_s: float) -> bytes:
        return b""

    def finish(self) -> Proof:
        return Proof.SPOOLER

    def close(self) -> None:
        """Nothing to let go of."""


def test_a_queues_word_is_kept_and_proves_nothing():
    jobs, queue = jobs_of(samples.COUPON_TH), Queue()
    assert worker_of(jobs, queue, GENERIC_80).run_once() is Outcome.UNVERIFIABLE
    assert jobs.proofs["job-1"] is Proof.SPOOLER
    assert queue.written == len(jobs.payloads["job-1"])

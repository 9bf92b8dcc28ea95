"""Paper, apart from the window: bytes, how soon a fault is known, coupons that read back, memory.

    python -m benchmarks.printing [--only bytes,faults,coupons,memory] [--times 40] [--coupons 500] [--receipts 20000]

Peers in the same run: python-escpos with the same pictures (bytes, time), a bare socket for a refused connection.
"""

from __future__ import annotations

import argparse
import atexit
import logging
import os
import random
import resource
import shutil
import socket
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import cv2
import numpy as np
from escpos.printer import Dummy
from PIL import Image

from pos_member.domain.check_digits import mod97_digits
from pos_member.domain.documents import CouponDocument
from pos_member.domain.printers import Answers, PrinterProfile
from pos_member.hardware.printing.bitmap import Bitmap
from pos_member.hardware.printing.encoder import encode
from pos_member.hardware.printing.escpos_reader import EscPosReader
from pos_member.hardware.printing.fonts import ensure_gui
from pos_member.hardware.printing.pictures import paper_png
from pos_member.hardware.printing.profile import GENERIC_58, GENERIC_80, VIRTUAL_80
from pos_member.hardware.printing.raster import rasterise
from pos_member.hardware.printing.simulator import Build, Do, Pace, VirtualPrinter
from pos_member.hardware.printing.transports import TcpTransport
from tests.hardware.printing import samples
from tests.hardware.printing.readers import qr_by_both
from tests.hardware.printing.spooling import jobs_of, worker_of

USUAL = replace(
    samples.RECEIPT_TH,
    lines=(samples.LINES_TH[0], samples.LINES_TH[2]),
    discounts=(),
    points=replace(samples.POINTS, used=0),
)
PAPERS = (USUAL, samples.COUPON_TH)
KIB = 1_024


def main() -> int:
    """Print each part's figures beside its aim."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="bytes,faults,coupons,memory")
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--coupons", type=int, default=500)
    parser.add_argument("--receipts", type=int, default=20_000)
    parsed = parser.parse_args()
    logging.disable(logging.CRITICAL)
    ensure_gui()
    wanted = parsed.only.split(",")
    if "bytes" in wanted:
        sizes(parsed.times)
    if "faults" in wanted:
        faults(parsed.times)
    if "coupons" in wanted:
        coupons(parsed.coupons)
    if "memory" in wanted:
        memory(parsed.receipts)
    return 0


# --- bytes -----------------------------------------------------------------------------------------------------------


def sizes(times: int) -> None:
    """Bytes and milliseconds of a receipt and its coupon, beside python-escpos with the same pictures."""
    for profile, aim in ((GENERIC_80, "aim ≤ 60.0"), (GENERIC_58, "")):
        pictures = [rasterise(paper, profile.dots) for paper in PAPERS]
        ours = sum(len(encode(picture, profile)) for picture in pictures)
        theirs = sum(len(_by_escpos(picture)) for picture in pictures)
        raw = sum(len(picture.data) for picture in pictures)
        print(
            f"receipt + coupon {profile.dots} dots   {ours / 1000:5.1f} kB {aim:10} peer {theirs / 1000:5.1f} kB "
            f"({ours / theirs:.2f})   whole picture {raw / 1000:5.1f} kB ({ours / raw:.2f})"
        )
        images = [_image(picture) for picture in pictures]
        own, peer = [], []
        for _ in range(times):
            own.append(_ms(lambda profile=profile, pictures=pictures: [encode(each, profile) for each in pictures]))
            peer.append(_ms(lambda images=images: [_sent_by_escpos(image) for image in images]))
        drawn = [
            _ms(lambda profile=profile: [rasterise(paper, profile.dots) for paper in PAPERS]) for _ in range(times)
        ]
        print(
            f"  draw {_spread(drawn)} ms   encode {_spread(own)} ms   peer encodes {_spread(peer)} ms "
            f"({statistics.median(own) / statistics.median(peer):.2f})"
        )


def _image(picture: Bitmap) -> Image.Image:
    return Image.frombytes("1", (picture.width, picture.height), bytes(255 - byte for byte in picture.data))


def _by_escpos(picture: Bitmap) -> bytes:
    return _sent_by_escpos(_image(picture))


def _sent_by_escpos(image: Image.Image) -> bytes:
    """As its own users send a picture: ``GS v 0`` in its default fragments, then a cut."""
    other = Dummy()
    other.profile.profile_data["media"]["width"]["pixels"] = image.width
    other.image(image, impl="bitImageRaster")
    other.cut()
    return bytes(other.output)


# --- faults ----------------------------------------------------------------------------------------------------------


def faults(times: int) -> None:
    """How soon it is known that something is wrong, before a job and in the middle of one."""
    print(f"\n{'fault':28}{'before the job, ms':>26}{'in the middle, ms':>30}   (median / p95 / worst of {times})")
    asb = replace(VIRTUAL_80, name="tells by itself")
    polled = replace(VIRTUAL_80, name="asked only", automatic_status=Answers.NO)
    for profile, buffer, name, count in (
        (asb, 8_192, "tells by itself", times),
        (polled, 65_536, "asked only", times),
        # Its buffer is full while it stands still: no question gets through to it.
        (polled, 8_192, "asked only, 8 kB", 1),
    ):
        for do in (Do.COVER_OPEN, Do.PAPER_OUT):
            before = [_known_before(profile, do) for _ in range(count)]
            middle = [_known_in_the_middle(profile, do, buffer) for _ in range(count)]
            print(f"{do.value + ', ' + name:28}{_spread(before):>26}{_spread(middle):>30}", flush=True)
    refused = [_known_before(asb, Do.OFF) for _ in range(times)]
    floor = [_bare_refusal() for _ in range(times)]
    print(f"{'refused':28}{_spread(refused):>26}{'':>30}   bare socket {_spread(floor)}")
    hang = [_known_before(asb, Do.HANG) for _ in range(max(5, times // 8))]
    reset = [_known_in_the_middle(asb, Do.RESET) for _ in range(times)]
    print(f"{'hangs':28}{_spread(hang):>26}")
    print(f"{'line reset':28}{'':>26}{_spread(reset):>30}")
    print("aims: before ≤ 300 ms, in the middle ≤ 1000 ms")


def _known_before(profile: PrinterProfile, do: Do) -> float:
    """From the look for a job until the spool has its reason."""
    known: list[float] = []
    with VirtualPrinter(out_dir=_scratch(), build=Build(dots=profile.dots)) as printer:
        printer.do(do)
        jobs = jobs_of(USUAL)
        _drawn_already(jobs, profile)
        jobs.on_step = lambda state: known.append(time.perf_counter())
        worker = worker_of(jobs, TcpTransport("127.0.0.1", printer.port), profile)
        began = time.perf_counter()
        worker.run_once()
    return (known[0] - began) * 1000


def _known_in_the_middle(profile: PrinterProfile, do: Do, buffer: int = 65_536) -> float:
    """From the fault, at a random row of a slow paper, until the spool says that the printer waits, or why not."""
    known = threading.Event()
    at: list[float] = []
    row = random.randrange(100, 900)
    build = Build(dots=profile.dots, pace=Pace(rows_per_second=4_000), buffer_bytes=buffer)
    with VirtualPrinter(out_dir=_scratch(), build=build) as printer:
        jobs = jobs_of(USUAL)
        _drawn_already(jobs, profile)

        def step(state: str) -> None:
            if state in ("waiting", "unconfirmed", "blocked") and not at:
                at.append(time.perf_counter())
                known.set()

        jobs.on_step = step
        stop = threading.Event()
        worker = worker_of(jobs, TcpTransport("127.0.0.1", printer.port), profile, stopping=stop.is_set)
        thread = threading.Thread(target=worker.run_once)
        thread.start()
        printer.wait_until(lambda: printer.rows >= row)
        began = time.perf_counter()
        printer.do(do)
        if not known.wait(30):
            raise RuntimeError(f"{do} was never known")
        stop.set()
        thread.join(30)
    return (at[0] - began) * 1000


def _drawn_already(jobs, profile: PrinterProfile) -> None:
    """Fonts are loaded once in a till's life; a fault is not a matter of drawing."""
    from pos_member.hardware.printing import worker

    if not hasattr(worker.payload_of, "drawn"):
        real, kept = worker.payload_of, {}

        def once(job, profile):
            key = (job.document, profile)
            if key not in kept:
                kept[key] = real(job, profile)
            return kept[key]

        once.drawn = kept
        worker.payload_of = once
    worker.payload_of(jobs.next_job(), profile)


def _bare_refusal() -> float:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    began = time.perf_counter()
    with socket.socket() as bare:
        bare.connect_ex(("127.0.0.1", port))
    return (time.perf_counter() - began) * 1000


# --- coupons ---------------------------------------------------------------------------------------------------------


def coupons(count: int) -> None:
    """Each coupon through encoder and virtual printer to a picture, and back by two readers."""
    print()
    dice = random.Random("coupons")
    for profile in (GENERIC_58, GENERIC_80):
        papers: list[Bitmap] = []
        reader = EscPosReader(profile.dots, on_cut=papers.append, strict=True)
        cutting = replace(profile, cut=GENERIC_80.cut)
        found = np.zeros(2, dtype=int)
        for _ in range(count):
            coupon = _coupon(dice)
            reader.feed(encode(rasterise(coupon, profile.dots), cutting))
            grey = cv2.imdecode(np.frombuffer(paper_png(papers.pop()), np.uint8), cv2.IMREAD_GRAYSCALE)
            found += [coupon.code in read for read in qr_by_both(grey)]
        zxing, zbar = 100 * found / count
        print(
            f"coupons {profile.dots} dots   {count}: zxing-cpp {zxing:.1f} %, zbar {zbar:.1f} %   aim 100 %", flush=True
        )


def _coupon(dice: random.Random) -> CouponDocument:
    body = "8" + "".join(dice.choices("0123456789", k=13))
    value = f"฿{dice.choice((5, 10, 20, 50, 100, 250, 1_000))}"
    return replace(samples.COUPON_TH, code=body + mod97_digits(body), value_text=value)


# --- memory ----------------------------------------------------------------------------------------------------------


def memory(receipts: int) -> None:
    """Growth of the process over many receipts, drawn and encoded, each another."""

    def one(number: int) -> None:
        paper = replace(USUAL, number=f"CNX1-02-{number:06d}", receipt_code=f"5000020000{number:010d}")
        encode(rasterise(paper, GENERIC_80.dots), GENERIC_80)

    for number in range(200):  # fonts, glyphs and symbols are kept once
        one(number)
    before, began = _resident(), time.perf_counter()
    for number in range(receipts):
        one(1_000 + number)
        if number % 2_000 == 1_999:
            print(f"  {number + 1} receipts: {(_resident() - before) / KIB:+.1f} MiB", file=sys.stderr, flush=True)
    took = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"\nmemory over {receipts} receipts   {(_resident() - before) / KIB:+.1f} MiB   aim < 20 MiB "
        f"(resident {_resident() / KIB:.0f} MiB, peak {peak / KIB:.0f} MiB; {1000 * took / receipts:.1f} ms each)"
    )


def _resident() -> float:
    """KiB resident now."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() / KIB


# --- figures ---------------------------------------------------------------------------------------------------------


def _ms(work) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _spread(values: list[float]) -> str:
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return f"{statistics.median(ordered):.1f} / {p95:.1f} / {ordered[-1]:.1f}"


def _scratch() -> Path:
    """Where papers fall that nobody looks at."""
    folder = Path(tempfile.gettempdir()) / f"pos-member-bench-{os.getpid()}"
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


if __name__ == "__main__":
    sys.exit(main())

"""The scripted day, as ``make run`` plays it where there is no display: every step at the real widgets."""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.commands import run

SCREENS = (
    *("sign-in", "enrol", "sell", "pay", "done", "redeem", "refused", "return", "offline", "online"),
    *("coffees", "why", "tier-reached", "coupon", "coupon-cancelled", "report-programs"),
    *("known-by-code", "readers-camera", "readers-keyboard", "readers-serial", "payment-code", "badge"),
    *("signed-coupon", "points-afterwards", "points-given"),
    *("points-known", "points-certain", "points-to-be-checked", "points-refused"),
    *("printer-asked", "printer-drawer", "printer-page", "printer-work", "printers", "two-printers"),
    *("paper-out", "paper-out-list", "is-it-complete", "copy-printed", "fallback", "template", "x-report"),
    *("customer-bill", "customer-promptpay", "customer-thanks", "shift-closed"),
)


def test_the_scripted_day_comes_out(tmp_path: Path) -> None:
    out = tmp_path / "demo"

    def done() -> list[str]:
        return sorted(path.name for path in out.rglob("*.png"))

    said = run("demo", "--headless", "--out", out, "--members", 300, "--json", moves=done, cold=True)
    assert said.code == 0, said
    assert "Traceback" not in said.err, said
    figures = json.loads(said.out)["figures"]
    assert figures["bills"] >= 22 and figures["returns"] == 1 and figures["sales_satang"] > 0
    # What the UI thread was doing; how fast this machine is, is not for this test to judge.
    assert figures["ui_ticks"] > 0 and figures["ui_worst_ms"] > 0 and figures["ui_over_blocked"] >= 0
    screens = [path.name for path in (out / "screens").glob("*.png") if path.stat().st_size > 10_000]
    assert not [name for name in SCREENS if not any(name in screen for screen in screens)], screens
    assert not any("not-seen" in screen for screen in screens)
    papers = list((out / "paper").glob("*.png"))
    # A card, and a receipt for every bill and return at least, a test page, X, Z, and a coupon by way of the fallback.
    assert len(papers) >= 1 + figures["bills"] + figures["returns"] + 4
    # The second printer: its test page, and the coupon of the one bill that found it switched on.
    assert len(list((out / "paper" / "second").glob("*.png"))) == 2
    assert (out / "report" / "day.pdf").read_bytes().startswith(b"%PDF-")
    assert (out / "report" / "day.csv").stat().st_size > 100
    verified = run("verify", "--data", out / "till", "--json")
    assert verified.code == 0, verified

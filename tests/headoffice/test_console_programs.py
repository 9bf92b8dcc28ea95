"""Programs at the console, over real HTTP: what a head-office person sees, may do, and is told when it fails."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from pos_member.domain.codec import to_wire
from pos_member.domain.program import Effect, EffectKind, Limits, Window
from pos_member.headoffice import costs, programs, rule_books
from pos_member.headoffice.console.program_file import FILE_BYTES_MAX, library
from pos_member.headoffice.console.program_views import settings_of
from pos_member.headoffice.console.render import HEADERS
from tests.headoffice.console_support import TIMEOUT_S
from tests.headoffice.every_kind import PROGRAMS, program
from tests.headoffice.office_support import rows
from tests.headoffice.program_shop import SIGNED, Desk, file_of, gaps, hidden_field, open_desk, said

HOSTILE = "<script>alert(1)</script>\"'&{n}"
NEW = program(EffectKind.DISCOUNT_PERCENT, 7, percent_bp=1_250, members=False)


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory, office_kind: str) -> Iterator[Desk]:
    """A shop that sold a while; tests that use it change nothing."""
    with open_desk(tmp_path_factory.mktemp("busy"), bills=14) as desk:
        yield desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path) as made:
        yield made


def library_file(name: str) -> dict[str, Any]:
    return next(dict(entry.written) for entry in library() if entry.name == name)


# --- what is seen ---


@pytest.mark.parametrize("language", ["th", "en"])
def test_every_page_is_whole_in_both_languages(busy: Desk, language: str) -> None:
    busy.browser.get(f"/language/{language}")
    pages = ["/programs", "/programs/settings", "/programs/new", "/reports"]
    pages += [f"/reports/{name}" for name in ("clearing", "expiry", "draws", "draws/draw_entries-0", "top", "recheck")]
    pages += [f"/programs/{each.id}" for each in PROGRAMS]
    pages += [f"/programs/new?library={entry.name}" for entry in library()]
    seen: set[str] = set()
    try:
        for path in pages:
            answer = busy.browser.get(path)
            assert answer.status_code == 200, path
            assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
            assert f'<html lang="{language}">' in answer.text and "<script" not in answer.text
            assert " style=" not in answer.text and "http://" not in answer.text and "https://" not in answer.text
            assert gaps(answer.text) == [], path
            for address in set(re.findall(r'href="(/[^"#]*)"', answer.text)) - seen:
                seen.add(address)
                if not address.startswith("/language/"):
                    assert busy.browser.get(address).status_code == 200, address
    finally:
        busy.browser.get("/language/en")


def test_the_list_says_what_each_does_and_cost(busy: Desk) -> None:
    page = said(busy.get("/programs"))
    with busy.database.read() as connection:
        listed = {each.program.id: each for each in programs.listed(connection)}
    assert "1 point for every ฿25 · what is left over counts on the next bill" in page
    assert "Of every 3 items the 1 cheapest free" in page
    assert "100 points · once purchases come to ฿2,000 in one month · at most 2 times" in page
    assert "The new member gets 30 points, who brought them 40 points · from ฿100" in page
    # A program for top spenders without days does nothing: the field that is missing is named.
    assert "Not usable at window.date_from: a date is missing" in page
    spent = listed["discount_amount-0"].spent_satang
    assert spent > 0 and f"฿{spent // 100:,}" in page
    assert re.search(r"of ฿5,000 ฿[\d,.]+ with tills, ฿[\d,.]+ not given out", page)
    assert f"{listed['discount_percent-0'].cost.times} of 200 times" in page


def test_a_programs_costs_by_day_come_to_its_cost(busy: Desk) -> None:
    with busy.database.read() as connection:
        whole = costs.costs(connection)["discount_amount-0"]
        days = costs.costs_by_day(connection, "discount_amount-0")
    answer = busy.browser.get("/programs/discount_amount-0/cost.csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert 'filename="DISCOUNT-AMOUNT-0-cost.csv"' in answer.headers["Content-Disposition"]
    table = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["date"] for row in table] == [day.isoformat() for day, _ in days]
    assert sum(round(float(row["discount"]) * 100) for row in table) == whole.discount_satang > 0
    assert sum(int(row["bills"]) for row in table) == whole.bills
    page = busy.get("/programs/discount_amount-0")
    assert page.count("<rect") >= len(days) and "Quotas per till" in page and "Till 01" in page
    used = [bill.number for bill in busy.shop.bills if any(d.program_id == "discount_amount-0" for d in bill.discounts)]
    assert used[-1] in page


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "On"),
        ({"active": False}, "Off"),
        ({"window": Window(date_to=date(2020, 1, 1))}, "Over"),
        ({"window": Window(date_from=date(2099, 1, 1))}, "Not yet"),
        ({"format": 99}, "Does nothing"),
        ({"effect": Effect("time_travel")}, "Does nothing"),
        ({"effect": Effect(EffectKind.ISSUE_COUPON, coupon="gone")}, "Not usable"),
    ],
)
def test_a_state_is_said(desk: Desk, changes: dict[str, Any], state: str) -> None:
    desk.add(replace(NEW, **changes))
    page = desk.get(f"/programs/{NEW.id}")
    assert re.search(rf'<span class="pill \w+">{state}</span>', page)
    assert ("a coupon that is not there (gone)" in said(page)) == (state == "Not usable")


def test_tiers_and_stamps_are_said_in_words(busy: Desk) -> None:
    page = said(busy.get("/programs/settings"))
    assert "Silver SILVER from ฿1,000 spent" in page and "Gold GOLD from ฿4,000 spent" in page
    assert "Cup cup" in page and "Value of a point" in page


def test_what_nobody_has_is_not_found(busy: Desk) -> None:
    for path in ("/programs/none", "/programs/none/cost.csv", "/reports/draws/none", "/reports/draws/none/list.txt"):
        assert "No such page" in busy.get(path, 404)


def test_nobody_sees_or_does_anything_without_the_password(busy: Desk) -> None:
    before = busy.everything()
    with requests.Session() as stranger:
        stranger.trust_env = False
        for path in ("/programs", "/programs/new", "/programs/multiply-0", "/programs/multiply-0/cost.csv", "/reports"):
            answer = stranger.get(busy.browser.url + path, allow_redirects=False, timeout=TIMEOUT_S)
            assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
        for path in ("/programs/preview", "/programs/put", "/programs/multiply-0/switch", "/reports/recheck"):
            answer = stranger.post(
                busy.browser.url + path, data={"text": "{}"}, allow_redirects=False, timeout=TIMEOUT_S
            )
            assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    posts = ("/programs/preview", "/programs/put", "/programs/multiply-0/switch", "/reports/recheck", "/reports/top/x")
    for path in posts:
        answer = busy.browser.send(path, seal="0" * 64, text="{}", active="off", **SIGNED)
        assert answer.status_code == 403 and "out of date" in answer.text
    assert busy.everything() == before


# --- on and off ---


def test_a_program_is_switched_with_a_name_and_a_reason(desk: Desk) -> None:
    page = desk.send("/programs/multiply-0/switch", active="off", **SIGNED)
    assert "Switched off." in page and "นภา" in page and "ลองระบบ" in page
    assert not desk.program("MULTIPLY-0").active
    assert desk.acts() == [("program_switch", "program", "MULTIPLY-0", "นภา")]
    desk.shop.sync()  # the till has it with its next contact
    assert any(row.entity == "program" and row.id == "multiply-0" for row in rows(desk.database, "feed"))
    desk.send("/programs/multiply-0/switch", active="off", **SIGNED)  # two people at once
    assert len(desk.acts()) == 1
    assert "Switched on." in desk.send("/programs/multiply-0/switch", active="on", **SIGNED)
    assert desk.program("MULTIPLY-0").active and desk.program("MULTIPLY-0").version == 3
    assert "version 3" in said(desk.get("/programs/multiply-0"))


@pytest.mark.parametrize("fields", [{}, {"who": "Napha"}, {"why": "over"}, {"who": " ", "why": "over"}])
def test_nothing_is_switched_without_a_signature(desk: Desk, fields: dict[str, str]) -> None:
    page = desk.send("/programs/multiply-0/switch", 400, active="off", **fields)
    assert "Give your name and the reason" in page
    assert desk.program("MULTIPLY-0").active and desk.acts() == []


def test_only_known_programs_are_switched_and_only_on_or_off(desk: Desk) -> None:
    desk.send("/programs/none/switch", 404, active="off", **SIGNED)
    desk.send("/programs/multiply-0/switch", 400, active="maybe", **SIGNED)
    assert desk.acts() == []


# --- taking a file in ---


def test_a_preview_writes_nothing_and_what_it_shows_is_what_is_done(desk: Desk) -> None:
    before = desk.everything()
    changed = replace(
        desk.program("EARN_PER_STEP-0"), effect=Effect(EffectKind.EARN_PER_STEP, points=2, step_satang=2_500)
    )
    file = file_of(NEW, changed, desk.program("MULTIPLY-0"))
    shown = desk.preview(file)
    assert desk.everything() == before
    page = said(shown)
    assert "DISCOUNT_PERCENT-7 Program New 12.5 % off" in page
    was = "1 point for every ฿25 · what is left over counts on the next bill"
    assert f"EARN_PER_STEP-0 Program Changed 2 points for every ฿25 Until now: {was} effect.points : 1 → 2" in page
    assert "MULTIPLY-0 Program As it was" in page
    done = desk.put(file)
    assert "Done: 1 new, 1 changed." in done
    assert desk.program(NEW.code).effect.percent_bp == 1_250
    assert (desk.program("EARN_PER_STEP-0").effect.points, desk.program("EARN_PER_STEP-0").version) == (2, 2)
    assert sorted(desk.acts()) == [
        ("program_put", "program", "DISCOUNT_PERCENT-7", "นภา"),
        ("program_put", "program", "EARN_PER_STEP-0", "นภา"),
    ]
    again = said(desk.preview(file))
    assert "There is nothing to put" in again and "Confirm and put" not in again
    assert "Put" in said(desk.get(f"/programs/{NEW.id}"))


@pytest.mark.parametrize("name", [entry.name for entry in library()])
def test_everything_of_the_library_can_be_put(desk: Desk, name: str) -> None:
    page = desk.get(f"/programs/new?library={name}")
    assert "is in the box" in page
    written = library_file(name)
    assert gaps(desk.preview(written)) == []
    desk.put(written, settings="yes")
    for item in written["programs"]:
        assert desk.program(item["id"]).code == item["code"]
        shown = desk.get(f"/programs/{item['id']}")
        assert gaps(shown) == [] and "Not usable" not in shown


def test_a_file_can_be_chosen_instead_of_pasted(desk: Desk) -> None:
    content = json.dumps(file_of(replace(NEW, name_en="Café ขนม")), ensure_ascii=False)
    page = desk.upload(b"\xef\xbb\xbf" + content.encode(), text="not this")
    assert "Café ขนม" in page and "Confirm and put" in page
    assert json.loads(hidden_field(page, "text"))["programs"][0]["name_en"] == "Café ขนม"


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=x", "text/plain", ""])
def test_a_form_nobody_made_is_refused(desk: Desk, kind: str) -> None:
    for body in (b"", b"--x\r\n\r\nseal\r\n--x--", b"\xff\x00" * 50):
        answer = desk.browser.session.post(
            f"{desk.browser.url}/programs/put",
            data=body,
            headers={"Accept": "text/html", "Content-Type": kind},
            timeout=TIMEOUT_S,
        )
        assert answer.status_code == 403 and "Nothing was recorded" in answer.text


def test_nothing_is_put_without_a_signature(desk: Desk) -> None:
    before = desk.everything()
    page = desk.put(file_of(NEW), 400, who="", why="")
    assert "Give your name and the reason" in page and "Confirm and put" in page
    assert desk.everything() == before


def test_what_somebody_changed_meanwhile_is_shown_again(desk: Desk) -> None:
    shown = desk.preview(file_of(NEW))
    hidden = {name: hidden_field(shown, name) for name in ("mark", "text")}
    desk.send("/programs/multiply-0/switch", active="off", **SIGNED)
    page = desk.send("/programs/put", 409, **hidden, **SIGNED)
    assert "Somebody changed programs after you looked" in page
    tampered = hidden | {"text": hidden["text"].replace("1250", "9990")}
    desk.send("/programs/put", 409, **tampered, **SIGNED)
    assert [act for act in desk.acts() if act[0] == "program_put"] == []
    desk.send("/programs/put", **{name: hidden_field(page, name) for name in ("mark", "text")}, **SIGNED)
    assert desk.program(NEW.code).effect.percent_bp == 1_250


WRONG: list[tuple[Any, str]] = [
    ("", "file:1:1 – must be a JSON file"),
    ('{"format": 2,\n "programs": [}', "file:2:15 – must be a JSON file"),
    ("[]", "file – must be an object"),
    ("[" * 100_000, "file – must be a JSON file"),
    ('{"a":' * 600 + "1" + "}" * 600, "file – must be a JSON file"),
    ('{"format": 2, "programs": [], "\\ud800": 1}', "file – holds characters that cannot be used"),
    ({"format": 2}, "programs – must be a list"),
    ({"format": 2, "programs": [], "extra": 1}, "extra – no such field"),
    (
        file_of(replace(NEW, name_en="Sale", effect=Effect(EffectKind.DISCOUNT_PERCENT))),
        "Sale programs[0].effect.percent_bp",
    ),
    (file_of(replace(NEW, name_en="Sale", code="MULTIPLY-0")), "Sale programs[0].code –"),
    (file_of(replace(NEW, effect=Effect(EffectKind.ISSUE_COUPON, coupon="x"))), "the id of one of the definitions"),
    ("x" * (FILE_BYTES_MAX + 1), "too long for a program file"),
]


@pytest.mark.parametrize(("file", "told"), WRONG, ids=[str(n) for n in range(len(WRONG))])
def test_what_is_wrong_with_a_file_is_said_at_its_field(desk: Desk, file: Any, told: str) -> None:
    before = desk.everything()
    page = desk.preview(file, 400)
    assert told in said(page)
    desk.send("/programs/put", 400, text=file if isinstance(file, str) else json.dumps(file), mark="x", **SIGNED)
    assert desk.everything() == before


def test_all_that_is_wrong_is_said_at_once_in_thai_too(desk: Desk) -> None:
    file = file_of(
        replace(NEW, code=""), replace(NEW, id="other", code="X", effect=Effect(EffectKind.EARN_FIXED, points=-1))
    )
    desk.browser.get("/language/th")
    page = said(desk.preview(file, 400))
    assert "แก้ 3 จุด" in page or "แก้ 2 จุด" in page
    assert "programs[0].code – ต้องระบุค่า" in page and "programs[1].effect.points" in page


def test_a_limit_is_not_put_below_what_tills_hold(desk: Desk) -> None:
    desk.shop.sync()
    before = desk.program("DISCOUNT_PERCENT-0")
    page = said(desk.preview(file_of(replace(before, limits=Limits(total=1))), 400))
    assert re.search(r"programs\[0\]\.limits\.total – must be >= \d+", page)


def test_warnings_do_not_keep_a_file_from_being_put(desk: Desk) -> None:
    over = replace(NEW, window=Window(date_to=desk.shop.clock.now().date() - timedelta(days=3)))
    page = said(desk.preview(file_of(over)))
    assert "is this meant?" in page and "window.date_to – over since" in page and "Confirm and put" in page


def test_settings_of_a_file_are_taken_only_when_asked(desk: Desk) -> None:
    file = library_file("tiers")
    shown = said(desk.preview(file))
    assert re.search(r"Tier Platinum PLATINUM Not yet; it is in the file", shown)
    assert re.search(r"Tiers tiers : Silver from ฿1,000 spent .* → Silver from ฿5,000 spent", shown)
    desk.put(file)

    def held() -> list[str]:
        with desk.database.read() as connection:
            scheme = settings_of(connection).tiers
        return [] if scheme is None else [level.code for level in scheme.levels]

    assert held() == ["SILVER", "GOLD"]
    desk.put(file, settings="yes")
    assert held() == ["SILVER", "GOLD", "PLATINUM"]
    assert ("program_put", "settings", "tiers", "นภา") in desk.acts()
    page = said(desk.get("/programs/settings"))
    assert "Platinum" in page and "Put นภา ลองระบบ" in page


def test_a_tier_nobody_has_is_said(desk: Desk) -> None:
    file = library_file("tiers")
    del file["settings"]
    assert "Tier PLATINUM The shop has none" in said(desk.preview(file))


def test_a_program_of_the_shop_is_changed_in_the_box(desk: Desk) -> None:
    assert 'href="/programs/new?program=issue_coupon-0"' in desk.get("/programs/issue_coupon-0")
    page = desk.get("/programs/new?program=issue_coupon-0")
    box = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert box is not None
    file = json.loads(html.unescape(box[1]))
    assert "There is nothing to put" in desk.preview(file)
    assert [each["id"] for each in file["definitions"]] == [desk.program("issue_coupon-0").effect.coupon]
    file["definitions"][0]["value"] = 5_000
    shown = said(desk.preview(file))
    assert "C20 Coupon Changed ฿50 off" in shown and "ISSUE_COUPON-0 Program As it was" in shown
    desk.put(file)
    assert "฿50 off" in desk.get("/programs/issue_coupon-0")
    assert "textarea" in desk.get("/programs/new?program=none")


def test_back_from_the_preview_the_file_is_in_the_box(desk: Desk) -> None:
    page = desk.send("/programs/preview", edit="1", text=json.dumps(file_of(NEW)))
    assert "&#34;percent_bp&#34;: 1250" in page
    assert "broken" in desk.send("/programs/preview", edit="1", text="{broken")


def test_hostile_names_stay_text_everywhere(desk: Desk) -> None:
    evil = program(EffectKind.EARN_FIXED, 66, points=1, currency="cup")
    draw = program(EffectKind.DRAW_ENTRIES, 66, count=1)
    made = [
        replace(each, name_th=HOSTILE, name_en=HOSTILE, code=f"{n}{HOSTILE}") for n, each in enumerate((evil, draw))
    ]
    file = file_of(*made)
    shown = desk.preview(file)
    assert "<script" not in shown and "&lt;script&gt;" in shown
    desk.put(file)
    for path in ("/programs", f"/programs/{evil.id}", "/reports/draws", f"/reports/draws/{draw.id}"):
        page = desk.get(path)
        assert "<script" not in page and "&lt;script&gt;" in page
    assert "<script" not in desk.preview(file_of(replace(evil, effect=Effect(HOSTILE))))
    bad = desk.preview(json.dumps({"format": 2, "programs": [], HOSTILE: 1}), 400)
    assert "<script" not in bad
    answer = desk.browser.get(f"/programs/{evil.id}/cost.csv")
    assert re.fullmatch(r'attachment; filename="[A-Za-z0-9.-]+"', answer.headers["Content-Disposition"])
    for path in ("/programs/new?library=<script>", "/programs/multiply-0?amount=<script>alert(1)</script>"):
        assert "<script" not in desk.get(path)


REFUSALS: list[tuple[str, int, dict[str, str]]] = [
    ("/programs/preview", 400, {"text": "{"}),
    ("/programs/preview", 400, {"text": '{"format": 2, "programs": [{"id": 1}]}'}),
    ("/programs/preview", 400, {"text": "{}", "try": "1", "amount": "5"}),
    ("/programs/put", 400, {"text": "", "mark": "", **SIGNED}),
    ("/programs/put", 409, {"text": json.dumps(file_of(NEW)), "mark": "", **SIGNED}),
    ("/programs/multiply-0/switch", 400, {"active": "off"}),
    ("/reports/draws/draw_entries-0/hold", 400, {"seed": "1", "prizes": "1", **SIGNED}),
    ("/reports/draws/draw_entries-0/close", 400, {"source": "x"}),
    ("/reports/draws/draw_entries-0/close", 400, {"source": "x", **SIGNED}),
    ("/reports/top/top_spender-0", 400, {}),
    ("/reports/top/multiply-0", 400, SIGNED),
    ("/reports/recheck", 400, {"from": "x", "to": "y"}),
]


@pytest.mark.parametrize("language", ["th", "en"])
def test_every_refusal_is_said_in_the_readers_language(desk: Desk, language: str) -> None:
    desk.browser.get(f"/language/{language}")
    before = desk.everything()
    for path, status, fields in REFUSALS:
        page = desk.send(path, status, **fields)
        alert = re.search(r'<(p|section)\b[^>]*role="alert">(.*?)</\1>', page, re.DOTALL)
        assert alert is not None, path
        told = said(alert[2]).strip()
        assert told and gaps(page) == [], path
        assert bool(re.search(r"[\u0e01-\u0e5b]", told)) == (language == "th"), (path, told)
    assert desk.everything() == before


# --- trying ---


def test_a_bill_is_tried_and_every_program_says_why(busy: Desk) -> None:
    before = busy.everything()
    alone = said(busy.get("/programs/earn_per_step-0?amount=250"))
    assert "฿250 less ฿0: ฿250 to pay" in alone and "10 points earned" in alone
    every = said(busy.get("/programs/earn_per_step-0?amount=250&tier=GOLD&with=all"))
    assert "โปรแกรม" not in every and "multiply-0 did" in every
    assert "Left out, since they are not usable: TOP_SPENDER-0" in every
    nobody = said(busy.get("/programs/earn_per_step-0?amount=250&who=nobody"))
    assert "0 points earned" in nobody and "did not" in nobody
    assert busy.everything() == before


def test_goods_rewards_stamps_and_days_are_tried(busy: Desk) -> None:
    with busy.database.read() as connection:
        (sku,) = {
            row.code for row in rows(busy.database, "catalogue") if row.entity == "product" and row.id == "espresso"
        }
        assert rule_books.organisation(connection) is not None
    goods = said(busy.get(f"/programs/discount_percent-0?code1={sku}&quantity1=3"))
    assert "less ฿" in goods and "discount_percent-0 did" in goods
    stamps = f"/programs/reward_product-0?code1={sku}&stamps_of=cup&stamps=3&times=1"
    assert "reward_product-0 did" in said(busy.get(stamps))
    assert "reward_product-0 did not" in said(busy.get(stamps.replace("stamps=3", "stamps=2")))
    moment = "/programs/earn_per_step-0?amount=100&at=2026-12-24T18:30"
    assert "4 points earned" in said(busy.get(moment))


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("amount=abc", "amount"),
        ("amount=0", ""),
        ("code1=nothing-such", "There is no product nothing-such"),
        ("code1=%25%22", "There is no product %"),
        ("amount=10&points=-1", "points: must be 0"),
        ("amount=10&points=99999999999", "points: must be 0"),
        ("amount=10&visits=x", "visits: must be 0"),
        ("amount=10&at=yesterday", "at: must be a time"),
        ("code1=espresso&quantity1=0", ""),
    ],
)
def test_what_cannot_be_tried_says_why(busy: Desk, query: str, told: str) -> None:
    page = busy.get(f"/programs/earn_per_step-0?{query}")
    assert 'role="alert"' in page and told in said(page) and "points earned" not in said(page)


def test_a_file_is_tried_before_it_is_put(desk: Desk) -> None:
    before = desk.everything()
    file = json.dumps(library_file("tiers"))
    page = desk.send("/programs/preview", text=file, **{"try": "1"}, amount="500", tier="PLATINUM")
    assert "40 points earned" in said(page) and "Platinum" in said(page)
    assert "Give an amount" in desk.send("/programs/preview", 400, text=file, **{"try": "1"})
    assert 'role="alert"' in desk.send("/programs/preview", 400, text="{", **{"try": "1"}, amount="500")
    assert desk.everything() == before


def test_a_program_that_needs_a_quota_is_tried_as_if_it_had_one(busy: Desk) -> None:
    assert "discount_amount-0 did" in said(busy.get("/programs/discount_amount-0?amount=100"))


def test_a_program_as_it_is_stored_is_on_its_page(busy: Desk) -> None:
    page = busy.get("/programs/earn_fixed-0")
    stored = re.search(r"<pre>(.*?)</pre>", page, re.DOTALL)
    assert stored is not None
    assert json.loads(stored[1].replace("&#34;", '"')) == to_wire(busy.program("earn_fixed-0"))

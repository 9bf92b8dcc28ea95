"""A shop with a program of every kind behind a real server, and a browser at its console."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from pos_member.domain import codec
from pos_member.domain.program import Program
from pos_member.headoffice import rule_books
from pos_member.headoffice.app import HeadOfficeSettings
from pos_member.headoffice.importing import import_catalogue
from pos_member.headoffice.portable import Database
from pos_member.headoffice.serve import RunningHeadOffice
from tests.headoffice.console_support import Browser, signed_in
from tests.headoffice.every_kind import Shop, open_shop
from tests.headoffice.office_support import database_url, rows
from tests.headoffice.until import WITHIN_S

SIGNED = {"who": "นภา", "why": "ลองระบบ"}
_GAP = re.compile(r"\{[a-z_]+\}")
_SOURCE = re.compile(r"<(pre|textarea)\b.*?</\1>|value=\"\{.*?\"", re.DOTALL)


@dataclass
class Desk:
    """The shop, and the console open in a browser (English)."""

    shop: Shop
    server: RunningHeadOffice
    browser: Browser

    @property
    def database(self) -> Database:
        return self.shop.database

    def get(self, path: str, status: int = 200) -> str:
        answer = self.browser.get(path)
        assert answer.status_code == status, (path, answer.status_code)
        return text_of(answer)

    def send(self, path: str, status: int = 200, /, **fields: str) -> str:
        answer = self.browser.send(path, **fields)
        assert answer.status_code == status, (path, answer.status_code)
        return text_of(answer)

    def upload(self, content: bytes, status: int = 200, /, **fields: str) -> str:
        """Choose a file at the page for program files and press the first button."""
        answer = self.browser.session.post(
            f"{self.browser.url}/programs/preview",
            data={"seal": self.browser.seal(), **fields},
            files={"file": ("programs.json", content, "application/json")},
            headers={"Accept": "text/html"},
            timeout=60,
        )
        assert answer.status_code == status
        return text_of(answer)

    def preview(self, file: Any, status: int = 200) -> str:
        return self.send("/programs/preview", status, text=file if isinstance(file, str) else json.dumps(file))

    def put(self, file: Any, status: int = 200, /, **fields: str) -> str:
        """Preview, then confirm what the preview's page holds."""
        shown = self.preview(file)
        hidden = {name: hidden_field(shown, name) for name in ("mark", "text")}
        return self.send("/programs/put", status, **{**hidden, **SIGNED, **fields})

    def program(self, code: str) -> Program:
        with self.database.read() as connection:
            return next(each for each in rule_books.programs(connection) if code in (each.id, each.code))

    def add(self, *items: Program) -> None:
        with self.database.write() as connection:
            import_catalogue(connection, items)

    def acts(self) -> list[tuple[str, str, str, str]]:
        return [(row.act, row.subject_kind, row.subject_id, row.who) for row in rows(self.database, "office_act")]

    def everything(self) -> dict[str, list[Any]]:
        """All that a change of programs would touch."""
        return {name: rows(self.database, name) for name in ("catalogue", "feed", "rule_book", "office_act", "quota")}


def file_of(*programs: Program, **more: Any) -> dict[str, Any]:
    """A program file's JSON."""
    return {"format": 2, "programs": [codec.to_wire(each) for each in programs], **more}


def text_of(answer: requests.Response) -> str:
    return answer.content.decode("utf-8-sig")


def hidden_field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return html.unescape(found[1])


def said(page: str) -> str:
    """What a reader sees, without marks; files as they are stored left out."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", _SOURCE.sub("", page))))


def gaps(page: str) -> list[str]:
    """Gaps of sentences that nothing filled."""
    return _GAP.findall(said(page))


@contextmanager
def open_desk(folder: Path, bills: int = 0) -> Iterator[Desk]:
    with open_shop(folder, bills=bills) as shop:
        server = RunningHeadOffice(HeadOfficeSettings(database_url(folder), clock=shop.clock))
        server.start(WITHIN_S)
        try:
            with signed_in(server) as browser:
                yield Desk(shop, server, browser)
        finally:
            server.stop()

"""A browser at the console: signs in, keeps its cookies, sends forms with the seal of the page they came from."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from pos_member.headoffice import portable, schema
from pos_member.headoffice.console.door import new_session
from pos_member.headoffice.console.pages import SESSION_COOKIE
from pos_member.headoffice.console.render import LANGUAGE_COOKIE
from pos_member.headoffice.kept import CONSOLE_PASSWORD
from pos_member.headoffice.serve import HOST, RunningHeadOffice
from pos_member.headoffice.service import HeadOffice

_SEAL = re.compile(r'name="seal" value="([^"]+)"')
TIMEOUT_S = 60


class Browser:
    """One signed-in session."""

    def __init__(self, server: RunningHeadOffice, session: requests.Session) -> None:
        self.url = server.url
        self.session = session
        self._seal = ""

    def get(self, path: str, **headers: str) -> requests.Response:
        answer = self.session.get(self.url + path, headers={"Accept": "text/html"} | headers, timeout=TIMEOUT_S)
        if found := _SEAL.search(answer.text):
            self._seal = found[1]
        return answer

    def seal(self, page: str = "") -> str:
        """What a form on ``page`` carries; without one the form that was seen last: a session's are all alike."""
        if page or not self._seal:
            self._seal = ""
            self.get(page or "/tills")
        return self._seal

    def send(self, path: str, seal: str | None = None, **fields: str) -> requests.Response:
        """Send a form; with the right seal unless another is given."""
        data = {"seal": self.seal() if seal is None else seal, **fields}
        return self.session.post(self.url + path, data=data, headers={"Accept": "text/html"}, timeout=TIMEOUT_S)


@contextmanager
def signed_in(server: RunningHeadOffice) -> Iterator[Browser]:
    """A browser with a session of its own; others end. English.

    As after the form, without the time a password costs: the one that is set is nobody's. Tests of the form reset it.
    """
    office: HeadOffice = server.app.state.office
    nobodys = f"{secrets.token_hex(16)}:{secrets.token_hex(64)}"
    with office.database.write() as connection:
        portable.upsert(connection, schema.setting, [{"name": CONSOLE_PASSWORD, "value": nobodys}])
        made = new_session(connection, office.clock.now())
    with requests.Session() as session:
        session.trust_env = False
        for name, value in ((SESSION_COOKIE, made), (LANGUAGE_COOKIE, "en")):
            session.cookies.set(name, value, domain=HOST)
        yield Browser(server, session)

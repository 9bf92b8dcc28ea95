"""A browser at the console: signs in, keeps its cookies, sends forms with the seal of the page they came from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from pos_member.headoffice import admin
from pos_member.headoffice.serve import RunningHeadOffice
from tests.headoffice.office_support import database_url

_SEAL = re.compile(r'name="seal" value="([^"]+)"')
TIMEOUT_S = 20


class Browser:
    """One signed-in session."""

    def __init__(self, server: RunningHeadOffice, session: requests.Session) -> None:
        self.url = server.url
        self.session = session

    def get(self, path: str, **headers: str) -> requests.Response:
        return self.session.get(self.url + path, headers={"Accept": "text/html"} | headers, timeout=TIMEOUT_S)

    def seal(self, page: str = "/tills") -> str:
        """What a form on ``page`` carries."""
        return _SEAL.findall(self.get(page).text)[0]

    def send(self, path: str, seal: str | None = None, **fields: str) -> requests.Response:
        """Send a form; with the right seal unless another is given."""
        data = {"seal": self.seal() if seal is None else seal, **fields}
        return self.session.post(self.url + path, data=data, headers={"Accept": "text/html"}, timeout=TIMEOUT_S)


@contextmanager
def signed_in(server: RunningHeadOffice, folder: Path) -> Iterator[Browser]:
    """A browser with a session of its own (others end: the password is made anew). English."""
    password = admin.reset_password(database_url(folder))
    with requests.Session() as session:
        session.trust_env = False
        session.post(f"{server.url}/login", data={"password": password}, timeout=TIMEOUT_S)
        session.get(f"{server.url}/language/en", timeout=TIMEOUT_S)
        yield Browser(server, session)

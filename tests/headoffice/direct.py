"""The line without a network: the engine's requests handed straight to ``HeadOffice``, as a simulation would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl

from pos_member.domain import codec
from pos_member.headoffice.online import Online
from pos_member.headoffice.problems import Problem
from pos_member.headoffice.service import HeadOffice
from pos_member.sync import protocol, protocol_rights
from pos_member.sync.enrol import enrol
from pos_member.sync.transport import Answer
from tests.db_support import make_folder
from tests.headoffice.office_support import BRANCHES, CLOCK, Till


class DirectLine:
    """``Transport`` on a head office in this process."""

    def __init__(self, office: HeadOffice) -> None:
        self._office = office
        self._online = Online(office)

    def exchange(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        content_type: str = protocol.JSON_TYPE,
        params: Mapping[str, int] | None = None,
        token: str = "",
    ) -> Answer:
        try:
            return Answer(200, codec.to_wire(self._serve(path, body or b"", params or {}, token)))
        except Problem as problem:
            return Answer(problem.status, {"error": problem.code.value, **problem.extra})

    def _serve(self, path: str, body: bytes, params: Mapping[str, int], token: str) -> object:
        match path:
            case "/v1/enrol":
                return self._office.enrol(codec.from_bytes(protocol.EnrolRequest, body), "direct")
            case "/v1/token":
                return self._office.token(codec.from_bytes(protocol.TokenRequest, body))
            case "/v1/hello":
                return self._office.hello(
                    self._office.authenticate(token), codec.from_bytes(protocol.HelloRequest, body)
                )
            case "/v1/push":
                return self._office.push(self._office.authenticate(token), body)
            case "/v1/pull":
                return self._office.pull(self._office.authenticate(token), params["after"], params["limit"])
            case "/v1/rights":
                return self._online.rights(
                    self._office.authenticate(token), codec.from_bytes(protocol_rights.RightsRequest, body)
                )
            case "/v1/redeem":
                return self._online.redeem(
                    self._office.authenticate(token), codec.from_bytes(protocol_rights.RedeemRequest, body)
                )
        if path.startswith("/v1/members?"):
            asked = dict(parse_qsl(path.partition("?")[2]))
            return self._online.members(self._office.authenticate(token), **asked)
        raise AssertionError(path)

    @contextmanager
    def enrolled(self, folder: Path, name: str = "till", branch: int = 0) -> Iterator[Till]:
        """A till with a real data folder, enrolled over this line."""
        with make_folder(folder, CLOCK, name) as data:
            code = self._office.enrol_code(BRANCHES[branch].code)
            yield Till(data, enrol("http://127.0.0.1:1", code, data.sync_store, transport=self))

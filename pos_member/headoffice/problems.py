"""What head office says no with: a status, a code both sides know, and figures."""

from __future__ import annotations

from pos_member.sync.protocol import ErrorCode

_STATUS = {
    ErrorCode.MALFORMED: 400,
    ErrorCode.UNAUTHORISED: 401,
    ErrorCode.REVOKED: 403,
    ErrorCode.ENROL_CODE: 403,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.GAP: 409,
    ErrorCode.FORK: 409,
    ErrorCode.CHAIN_BROKEN: 409,
    ErrorCode.EPOCH: 409,
    ErrorCode.CLONED: 409,
    ErrorCode.OTHER_TILL: 409,
    ErrorCode.TOO_LARGE: 413,
    ErrorCode.RATE_LIMITED: 429,
    ErrorCode.FAILED: 500,
    ErrorCode.BUSY: 503,
}


def status_of(code: ErrorCode) -> int:
    """The status that an answer with this code has."""
    return _STATUS[code]


class Problem(Exception):
    """An answer other than 200. ``extra`` joins the JSON body; ``retry_after_s`` becomes the header."""

    def __init__(self, code: ErrorCode, *, retry_after_s: int | None = None, **extra: str | int) -> None:
        super().__init__(code.value, extra)
        self.code = code
        self.status = _STATUS[code]
        self.retry_after_s = retry_after_s
        self.extra = extra

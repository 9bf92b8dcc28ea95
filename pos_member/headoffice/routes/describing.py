"""What OpenAPI says of the tills' calls: bodies as the codec reads and writes them, every error, the token.

Requests are described as strictly as they are read: no other fields, integers within ±2⁵³, no NUL in a text.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from fractions import Fraction
from typing import Any, Union, get_args, get_origin

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from pos_member.domain import org
from pos_member.domain.code_keys import CodeKey, TillCertificate
from pos_member.domain.codec import INTEGER_MAX, optional_field
from pos_member.domain.coupon import Coupon, CouponDefinition
from pos_member.domain.events import PAYLOADS
from pos_member.domain.member import Member
from pos_member.domain.program import Program
from pos_member.domain.rights import SpendingRight
from pos_member.headoffice.problems import status_of
from pos_member.services.sync_ports import FeedAccount, FeedDenied, FeedEntity, FeedQuota
from pos_member.sync import protocol
from pos_member.sync.protocol import ErrorCode

Schema = dict[str, Any]
_DEFINITIONS = "x-definitions"
_REF = "#/components/schemas/"
#: What stands in the body of a change of the feed.
BODIES: dict[FeedEntity, type] = {
    FeedEntity.ORGANISATION: org.Organisation,
    FeedEntity.BRAND: org.Brand,
    FeedEntity.BRANCH: org.Branch,
    FeedEntity.STAFF: org.Staff,
    FeedEntity.CATEGORY: org.Category,
    FeedEntity.PRODUCT: org.Product,
    FeedEntity.PROGRAM: Program,
    FeedEntity.COUPON_DEFINITION: CouponDefinition,
    FeedEntity.MEMBER: Member,
    FeedEntity.ACCOUNT: FeedAccount,
    FeedEntity.COUPON: Coupon,
    FeedEntity.QUOTA: FeedQuota,
    FeedEntity.CODE_KEY: CodeKey,
    FeedEntity.TILL_CERTIFICATE: TillCertificate,
    FeedEntity.RIGHT: SpendingRight,
    FeedEntity.DENIED: FeedDenied,
}
#: What any call may be answered with, whatever it is.
_ANY = (ErrorCode.FAILED, ErrorCode.BUSY)
_BODY = (ErrorCode.MALFORMED, ErrorCode.TOO_LARGE)
_WITH_TOKEN = (ErrorCode.UNAUTHORISED,)
#: How a field says that it is left out while it holds its default.
_LEFT_OUT = optional_field(default=None).metadata.keys()
_TOO_SLOW = "408"
_SCHEME = "till"
_PROTOCOL: Schema = {
    "description": "Says that head office itself answers; what comes without it is not believed.",
    "required": True,
    "schema": {"type": "string", "const": str(protocol.PROTOCOL)},
}
_RETRY: Schema = {"description": "Seconds.", "schema": {"type": "string", "pattern": "^[0-9]{1,4}$"}}
_ABOUT = (
    "What tills and head office say to each other. The prose, with vectors to test against, is the page "
    "`docs/sync-protocol.md` of the source. Request bodies may be packed "
    "with `Content-Encoding: gzip` or `zstd`; answers are, where `Accept-Encoding` names one of them. "
    "`x-events`: the payloads of events by kind and version; `x-feed`: the bodies of changes by entity."
)


def described(
    request: Any | None,
    answer: Any | None,
    errors: Sequence[ErrorCode] = (),
    *,
    media: str = protocol.JSON_TYPE,
    answer_media: str = protocol.JSON_TYPE,
    open_to_all: bool = False,
    cached: bool = False,
) -> Schema:
    """``openapi_extra`` of one call. ``request``, ``answer``: a wire type, ``bytes``, or ``None`` for no body.

    ``errors``: beyond those any such call has. ``open_to_all``: without a token. ``cached``: it may answer 304.
    """
    definitions: dict[str, Schema] = {}
    said: Schema = {"responses": {}, _DEFINITIONS: definitions, "security": [] if open_to_all else [{_SCHEME: []}]}
    codes = [*_ANY, *errors, *(() if open_to_all else _WITH_TOKEN)]
    if request is not None:
        codes += _BODY
        content = {media: {"schema": _schema(request, definitions, reading=True)}}
        said["requestBody"] = {"required": True, "content": content}
    good: Schema = {"description": "Done.", "headers": {protocol.PROTOCOL_HEADER: _PROTOCOL}}
    good["content"] = {answer_media: {"schema": _schema(answer, definitions, reading=False)}}
    said["responses"]["200"] = good
    if cached:
        said["responses"]["304"] = {"description": "As before.", "headers": {protocol.PROTOCOL_HEADER: _PROTOCOL}}
    by_status: dict[str, list[ErrorCode]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(str(status_of(code)), []).append(code)
    if request is not None:
        by_status[_TOO_SLOW] = [ErrorCode.MALFORMED]
    for status, known in sorted(by_status.items()):
        said["responses"][status] = _refusal(status, known)
    return said


def describe(app: FastAPI) -> Schema:
    """The whole document; made once."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, description=_ABOUT, routes=app.routes)
        schemas: dict[str, Schema] = {}
        for calls in made["paths"].values():
            for call in calls.values():
                for name, schema in call.pop(_DEFINITIONS, {}).items():
                    if schemas.setdefault(name, schema) != schema:
                        raise ValueError(f"two wire types are called {name}")
                call["responses"].pop("422", None)  # a query that does not fit is 400, as everything malformed
        made["x-events"] = {
            f"{kind.value}/{version}": _schema(content, schemas, reading=True, prefix="event.")
            for (kind, version), content in PAYLOADS.items()
        }
        made["x-feed"] = {
            entity.value: _schema(content, schemas, reading=False, prefix="feed.") for entity, content in BODIES.items()
        }
        scheme = {"type": "http", "scheme": "bearer", "description": "A token of `/v1/token`."}
        made["components"] = {"schemas": schemas, "securitySchemes": {_SCHEME: scheme}}
        app.openapi_schema = made
    return app.openapi_schema


def _refusal(status: str, codes: Sequence[ErrorCode]) -> Schema:
    headers: Schema = {protocol.PROTOCOL_HEADER: _PROTOCOL}
    if status in ("429", "503"):
        headers["Retry-After"] = {**_RETRY, "required": True}
    elif ErrorCode.CLONED in codes:
        headers["Retry-After"] = _RETRY
    error = {"type": "string", "enum": sorted(code.value for code in codes)}
    body = {"type": "object", "properties": {"error": error}, "required": ["error"]}
    content = {protocol.JSON_TYPE: {"schema": body}}
    return {"description": ", ".join(error["enum"]), "headers": headers, "content": content}


def _schema(kind: Any, definitions: dict[str, Schema], *, reading: bool, prefix: str = "") -> Schema:
    origin, args = get_origin(kind), get_args(kind)

    def inner(each: Any) -> Schema:
        return _schema(each, definitions, reading=reading, prefix=prefix)

    if origin in (Union, types.UnionType):
        return {"anyOf": [inner(next(arg for arg in args if arg is not types.NoneType)), {"type": "null"}]}
    if origin is tuple:
        return {"type": "array", "items": inner(args[0])}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": inner(args[1])}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [each.value for each in kind]}
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _object(kind, definitions, inner, name=prefix + kind.__name__, reading=reading)
    return dict(_PLAIN[kind]) if reading or kind is not str else {"type": "string"}


_PLAIN: dict[Any, Schema] = {
    str: {"type": "string", "pattern": "^[^\\u0000]*$"},
    int: {"type": "integer", "minimum": -INTEGER_MAX, "maximum": INTEGER_MAX},
    bool: {"type": "boolean"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    bytes: {"type": "string", "format": "binary"},
    Fraction: {"type": "string", "pattern": "^-?[0-9]+(/[0-9]+)?$"},
    Any: {},
    object: {},
}


def _object(
    kind: Any, definitions: dict[str, Schema], inner: Callable[[Any], Schema], *, name: str, reading: bool
) -> Schema:
    """A wire type as one of ``definitions``. What is read needs the fields without a default, what is written has all
    but those left out while default."""
    if name not in definitions:
        definitions[name] = {}
        hints, fields = typing.get_type_hints(kind), [f for f in dataclasses.fields(kind) if f.init]
        made: Schema = {
            "type": "object",
            "properties": {f.name: inner(hints[f.name]) for f in fields},
        }
        given = (dataclasses.MISSING, dataclasses.MISSING)
        has_default = {f.name for f in fields if (f.default, f.default_factory) != given}
        optional = has_default if reading else {f.name for f in fields if f.metadata.keys() >= _LEFT_OUT}
        made["required"] = [f.name for f in fields if f.name not in optional]
        if reading:
            made["additionalProperties"] = False
        if kind.__doc__:
            made["description"] = " ".join(kind.__doc__.split()).replace("``", "`")
        definitions[name].update(made)
    return {"$ref": f"{_REF}{name}"}

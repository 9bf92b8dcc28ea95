"""Signed and rotating codes once more, written from docs/codes.md alone: what another program would make of that page.

Nothing of ``pos_member`` is imported here, so that a mistake cannot be made on both sides at once.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

MEMBER = [("format", 4), ("key", 8), ("issued", 26), ("until", 26), ("member", 30), ("id", 128)]
COUPON = [("format", 3), ("till", 14), ("serial", 44), ("definition", 32), ("from", 15), ("to", 15), ("of", 30)]
MEMBER_DOMAIN, COUPON_DOMAIN = b"pos-member member code v1\n", b"pos-member coupon code v1\n"
CERTIFICATE_DOMAIN = b"pos-member till certificate v1\n"
START = datetime.fromisoformat("2020-01-01T00:00:00Z")
GRACE = timedelta(minutes=5)


def check_digits(body: str) -> str:
    return f"{98 - int(body) * 100 % 97:02d}"


def pack(fields: list[tuple[str, int]], values: dict[str, int]) -> int:
    bits = "".join(f"{values[name]:0{width}b}" for name, width in fields)
    assert len(bits) == sum(width for _, width in fields)
    return int(bits, 2)


def unpack(fields: list[tuple[str, int]], claims: int) -> dict[str, int] | None:
    width = sum(width for _, width in fields)
    if claims.bit_length() > width:
        return None
    bits, found = f"{claims:0{width}b}", {}
    for name, size in fields:
        found[name], bits = int(bits[:size], 2), bits[size:]
    return found


def member_claims(said: dict[str, Any]) -> int:
    minutes = [(datetime.fromisoformat(said[name]) - START) // timedelta(minutes=1) for name in TIMES]
    values = {"format": 1, "key": said["key"], "issued": minutes[0], "until": minutes[1]}
    return pack(MEMBER, values | {"member": int(said["member_number"][2:11]), "id": UUID(said["member_id"]).int})


TIMES = ("issued_at", "valid_until")


def coupon_claims(said: dict[str, Any]) -> int:
    days = [(date.fromisoformat(said[name]) - START.date()).days for name in ("valid_from", "valid_to")]
    tag = int.from_bytes(hashlib.sha256(said["definition_id"].encode()).digest()[:4], "big")
    of = 0 if said["member_number"] is None else 1 + int(said["member_number"][2:11])
    values = {"format": 1, "till": said["till"], "serial": int(said["code"][1:14]), "definition": tag, "of": of}
    return pack(COUPON, values | {"from": days[0], "to": days[1]})


def message(kind: str, claims: int) -> bytes:
    return (
        MEMBER_DOMAIN + claims.to_bytes(28, "big") if kind == "member" else COUPON_DOMAIN + claims.to_bytes(20, "big")
    )


def make(kind: str, claims: int, private: str) -> tuple[bytes, bytes, str]:
    """(message, signature, digits)."""
    said = message(kind, claims)
    signature = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(private)).sign(said)
    first, length = ("6", 222) if kind == "member" else ("9", 202)
    return said, signature, first + str(claims * 2**512 + int.from_bytes(signature, "big")).zfill(length - 1)


def secret(generation_key: str, number: str) -> bytes:
    said = b"pos-member rotating member v1\n" + number[2:11].encode()
    return hmac.new(bytes.fromhex(generation_key), said, "sha256").digest()


def rotating(member_secret: bytes, generation: int, number: str, step: int) -> str:
    said = b"pos-member rotating code v1\n" + number[2:11].encode() + step.to_bytes(8, "big")
    mac = int.from_bytes(hmac.new(member_secret, said, "sha256").digest()[:8], "big") % 10**8
    body = f"7{generation}{number[2:11]}{step % 1000:03d}{mac:08d}"
    return body + check_digits(body)


def certificate_message(body: dict[str, Any]) -> bytes:
    bare = body | {"signature": ""}
    return CERTIFICATE_DOMAIN + json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def holds(public: str, signature: bytes, said: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(signature, said)
    except InvalidSignature:
        return False
    return True


def judge(kind: str, digits: str, now: datetime, keys: dict[int, str]) -> str:
    """``taken``, or why not. ``keys``: public keys (rotating: generation keys) by number of key, till or generation."""
    if kind == "rotating":
        return _judge_rotating(digits, now, keys)
    first, length, fields = ("6", 222, MEMBER) if kind == "member" else ("9", 202, COUPON)
    if not re.fullmatch(f"{first}[0-9]{{{length - 1}}}", digits):
        return "code_mistyped"
    claims, signature = divmod(int(digits[1:]), 2**512)
    found = unpack(fields, claims)
    if found is None or found["format"] != 1 or not _possible(kind, found):
        return "code_mistyped"
    public = keys.get(found["key" if kind == "member" else "till"])
    if public is None:
        return "code_key_unknown" if kind == "member" else "coupon_issuer_unknown"
    if not holds(public, signature.to_bytes(64, "big"), message(kind, claims)):
        return "code_signature"
    if kind == "member":
        if now < START + timedelta(minutes=found["issued"]) - GRACE:
            return "code_early"
        if now > START + timedelta(minutes=found["until"]) + GRACE:
            return "code_outdated"
    return "taken"


def _possible(kind: str, found: dict[str, int]) -> bool:
    if kind == "member":
        return 1 <= found["key"] <= 255 and found["issued"] <= found["until"] and found["member"] < 10**9
    in_order = found["from"] <= found["to"]
    return 1 <= found["till"] <= 9999 and found["serial"] < 10**13 and found["of"] <= 10**9 and in_order


def _judge_rotating(digits: str, now: datetime, keys: dict[int, str]) -> str:
    if not re.fullmatch("7[0-9]{23}", digits) or check_digits(digits[:22]) != digits[22:]:
        return "code_mistyped"
    key = keys.get(int(digits[1]))
    if key is None:
        return "code_key_unknown"
    number = "29" + digits[2:11]
    here = int(now.timestamp()) // 30
    mine = secret(key, number)
    for step in range(here - 500, here + 500):
        if rotating(mine, int(digits[1]), number, step) == digits:
            return "taken" if abs(step - here) <= 1 else "code_early" if step > here else "code_outdated"
    return "code_signature"

"""Consent: one record per purpose, each change a new record, the text shown pinned by its hash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Purpose(StrEnum):
    """What the person agrees to. Membership is needed to enrol; the rest is never pre-ticked."""

    MEMBERSHIP = "membership"
    MARKETING_SMS = "marketing_sms"
    MARKETING_LINE = "marketing_line"
    MARKETING_EMAIL = "marketing_email"


@dataclass(frozen=True)
class Consent:
    """One decision of one member about one purpose."""

    id: str
    member_id: str
    purpose: Purpose
    granted: bool
    notice_version: str
    #: SHA-256 (hex) of the notice as it was shown, in the language it was shown in.
    notice_sha256: str
    notice_language: str
    channel: str
    staff_id: str
    till_id: str
    at: datetime


def notice_hash(text: str) -> str:
    """SHA-256 of the notice text, hex."""
    return hashlib.sha256(text.encode()).hexdigest()

"""Who may sign: head office's keys for members, and certificates of the tills that sign coupons."""

from __future__ import annotations

import logging

from pos_member.domain.code_keys import CodeKey, CodeKeyKind, TillCertificate, certificate_message
from pos_member.services.code_ports import CodeKeys, Signatures

_log = logging.getLogger(__name__)


class Issuers:
    """What head office told of keys, believed only where it holds. A certificate is checked once, until it changes."""

    def __init__(self, keys: CodeKeys, signatures: Signatures) -> None:
        self._keys = keys
        self._signatures = signatures
        #: The last certificate that held, by till number, with the key of head office it was checked with.
        self._believed: dict[int, tuple[TillCertificate, bytes]] = {}

    def key(self, kind: CodeKeyKind, number: int) -> CodeKey | None:
        """The key of this number, retired or not; None where this till has not heard of it."""
        told = self._keys.keys()
        return next((key for key in told if (key.kind, key.number) == (kind, number)), None)

    def certificate(self, till_number: int) -> TillCertificate | None:
        """The certificate of a till, head office's signature on it checked; None without one that holds."""
        found = self._keys.certificate(till_number)
        if found is None:
            return None
        office = self._keys.head_office_key()
        if self._believed.get(till_number) == (found, office):
            return found
        if not self._signatures.holds(office, in_bytes(found.signature), certificate_message(found)):
            _log.warning("the certificate of till %d is not signed by head office", till_number)
            return None
        self._believed[till_number] = (found, office)
        return found


def in_bytes(text: str) -> bytes:
    """Bytes of a hex text; none for one that is not hex, which no signature holds under."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""

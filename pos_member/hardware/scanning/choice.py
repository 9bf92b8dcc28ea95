"""Codes as they leave the decoder, in their order, and which of those in view are meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pos_member.domain.readers import FoundCode
from pos_member.domain.rotating_codes import read_rotating_code
from pos_member.domain.scan_meaning import ScanKind, classify
from pos_member.domain.signed_codes import read_signed_member

#: A member's code in its forms, the strongest proof first.
_MEMBER_FORMS = (ScanKind.MEMBER_ROTATING, ScanKind.MEMBER_SIGNED, ScanKind.MEMBER)
#: Kinds of our own: their check digits let one text in a hundred pass, or fewer.
OURS = frozenset({*_MEMBER_FORMS, ScanKind.COUPON, ScanKind.COUPON_SIGNED, ScanKind.STAFF, ScanKind.RECEIPT})
#: Of two members in view the one in the middle is meant, when it is nearer by so much (parts of the frame's width).
_CLEARLY_NEARER = 0.12


@dataclass(frozen=True)
class Decoded:
    """A code found in a picture. ``ms`` counts from the start of the search; ``reader`` names what found it.

    ``corners``: fractions of the picture's width and height, clockwise from the code's own upper left; empty when the
    library does not tell them.
    """

    text: str
    symbology: str
    ms: float
    reader: str
    corners: tuple[tuple[float, float], ...] = ()

    def for_window(self) -> FoundCode:
        """The same as the window marks it."""
        corners = tuple((round(x * 1_000), round(y * 1_000)) for x, y in self.corners)
        return FoundCode(self.text, self.symbology, corners, self.reader, round(self.ms * 1_000))


def ordered(found: Sequence[Decoded]) -> list[Decoded]:
    """Our own codes first, then products, then other systems'; among equals the one nearest to the middle first."""
    return sorted(found, key=lambda code: (_rank(code.text), _from_middle(code)))


def chosen(found: Sequence[Decoded]) -> list[Decoded]:
    """Which of the codes in view are meant, in order.

    Where one of ours is in view, a member shows it: products on the counter and other systems' codes are not meant.
    Of one member's codes the strongest is taken. Of several members the one clearly nearest to the middle, and none
    when that cannot be said: points must not go to the next one in the queue. Coupons are all taken.
    """
    codes = ordered(found)
    kinds = {code.text: classify(code.text).kind for code in codes}
    ours = [code for code in codes if kinds[code.text] in OURS]
    if not ours:
        return codes
    members = [code for code in ours if kinds[code.text] in _MEMBER_FORMS]
    if len(members) > 1:
        meant = _member_meant(members, kinds)
        ours = [code for code in ours if code not in members or code is meant]
    return ours


def _member_meant(codes: Sequence[Decoded], kinds: dict[str, ScanKind]) -> Decoded | None:
    people: dict[str, list[Decoded]] = {}
    for code in codes:
        people.setdefault(_member_number(code.text, kinds[code.text]), []).append(code)
    nearness = sorted((min(_from_middle(code) for code in theirs), number) for number, theirs in people.items())
    if len(nearness) > 1 and nearness[1][0] - nearness[0][0] < _CLEARLY_NEARER:
        return None
    return min(people[nearness[0][1]], key=lambda code: _MEMBER_FORMS.index(kinds[code.text]))


def _member_number(text: str, kind: ScanKind) -> str:
    code = classify(text).code
    if kind is ScanKind.MEMBER_SIGNED:
        return read_signed_member(code).claims.member_number
    return read_rotating_code(code).member_number if kind is ScanKind.MEMBER_ROTATING else code


def _rank(text: str) -> int:
    kind = classify(text).kind
    return 0 if kind in OURS else 1 if kind is ScanKind.PRODUCT else 2


def _from_middle(code: Decoded) -> float:
    """Distance of a code's middle from that of the picture, in parts of its width; unknown is far away."""
    if not code.corners:
        return 1.0
    x = sum(point[0] for point in code.corners) / len(code.corners)
    y = sum(point[1] for point in code.corners) / len(code.corners)
    # Frames are wider than high: 16 to 9.
    return float(((x - 0.5) ** 2 + ((y - 0.5) * 9 / 16) ** 2) ** 0.5)

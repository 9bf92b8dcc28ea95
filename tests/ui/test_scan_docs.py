"""``docs/scanning.md`` shows the table of the code, row by row."""

from __future__ import annotations

from pathlib import Path

from pos_member.domain.scan_meaning import ScanKind
from pos_member.ui.scan_routes import ROUTES, Act, Route

DOC = Path(__file__).resolve().parents[2] / "docs" / "scanning.md"
_BEGIN, _END = "<!-- routes -->", "<!-- end of routes -->"
#: Kinds that share a column: the test below holds them to one route.
COLUMNS = {
    "member": (ScanKind.MEMBER, ScanKind.MEMBER_SIGNED, ScanKind.MEMBER_ROTATING),
    "phone": (ScanKind.PHONE,),
    "coupon": (ScanKind.COUPON, ScanKind.COUPON_SIGNED),
    "product": (ScanKind.PRODUCT,),
    "text": (ScanKind.TEXT,),
    "receipt": (ScanKind.RECEIPT,),
    "badge": (ScanKind.STAFF,),
    "mistyped": (ScanKind.MISTYPED,),
    "another system's": (ScanKind.FOREIGN,),
}


def _cell(route: Route) -> str:
    words = f"**page**: {route.how}" if route.act is Act.PAGE else route.act.value.replace("_", " ")
    return words + (f"; else {route.otherwise.value.replace('_', ' ')}" if route.otherwise is not None else "")


def table() -> str:
    """The Markdown table of ``ROUTES``; pages with the same row share a line."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for place, row in ROUTES.items():
        cells = tuple(_cell(row[kinds[0]]) for kinds in COLUMNS.values())
        rows.setdefault(cells, []).append(f"`{place}`")
    head = ["page", *COLUMNS]
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    lines += [f"| {', '.join(places)} | {' | '.join(cells)} |" for cells, places in rows.items()]
    return "\n".join(lines)


def test_kinds_of_one_column_go_one_way() -> None:
    assert {kind for kinds in COLUMNS.values() for kind in kinds} == set(ScanKind)
    for place, row in ROUTES.items():
        for kinds in COLUMNS.values():
            assert len({row[kind] for kind in kinds}) == 1, (place, kinds)


def test_the_page_shows_the_table_of_the_code() -> None:
    text = DOC.read_text(encoding="utf-8")
    assert text.partition(_BEGIN)[2].partition(_END)[0].strip() == table()

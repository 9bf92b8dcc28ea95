"""Sizes from which the product goes another way, made small for a run: so small a shop would never come to them.

Only numbers are others. What goes the other way is the product's own code.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import Select, bindparam
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.visitors import replacement_traverse
from sqlcipher3 import dbapi2

from pos_member.headoffice import feed, feed_reading, feed_tail, feed_ways, issuing, pulling, segments, service, stamper
from pos_member.sync import loading, protocol_feed
from pos_member.sync import segments as till_segments
from tests.simulation.profile import Profile

#: Who has the number of changes to a segment, and which questions have it written into them.
_SEGMENT_OF = (feed, feed_reading, feed_tail, feed_ways, stamper, till_segments)
_ASKED = ((feed, "_ENDS"), (pulling, "_LOOK"))


@contextmanager
def made_small(profile: Profile, office_file: Path) -> Iterator[None]:
    """For the run of ``profile``, whose head office is ``office_file``."""
    small: list[tuple[Any, str, Any]] = []
    if "snapshot" in profile.troubles:
        # A till takes a snapshot after half a dozen changes, and a dozen are worth one.
        small += [(loading, "FAR_BEHIND", 6), (loading, "_WORTH", 12)]
    if profile.settler:
        small.append((service, "INLINE_EVENTS", 1))
    if "command" in profile.troubles:
        small += [(segments, "_MEMBERS", 1), (issuing, "_MEMBERS", 1)]
    if profile.segment:
        small += [(module, "SEGMENT", profile.segment) for module in _SEGMENT_OF]
        small += [(module, name, _asked(module, name, profile.segment)) for module, name in _ASKED]
        with closing(dbapi2.connect(str(office_file))) as connection:
            connection.execute("UPDATE feed SET segment = publish_no / ?", (profile.segment,))
            connection.commit()
    with ExitStack() as stack:
        for target, name, value in small:
            stack.enter_context(patch.object(target, name, value))
        yield


@cache
def _asked(module: Any, name: str, size: int) -> Select[Any]:
    """A question of the product's with another number of changes to a segment in it."""
    found = 0

    def smaller(element: Any, **_named: Any) -> Any:
        nonlocal found
        if isinstance(element, BindParameter) and element.value == protocol_feed.SEGMENT:
            found += 1
            return bindparam(None, size, type_=element.type, unique=True)
        return None

    made: Select[Any] = replacement_traverse(getattr(module, name), {}, smaller)
    assert found, f"{module.__name__}.{name} names no segment any more"
    return made

"""The words for how the line stands, for the head of the window and for F12."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pos_member.services.line_words import LineFigures, LineWords, line_words
from pos_member.ui.i18n import language
from pos_member.ui.ports import SyncStateView
from pos_member.wording import say

if TYPE_CHECKING:
    from pos_member.ui.shell import Shell


def told(shell: Shell, view: SyncStateView) -> LineWords:
    """In the language of the window, by the shop's clock."""
    figures = LineFigures(
        bills_waiting=view.bills_waiting,
        waiting=view.waiting,
        since=view.since,
        last_contact=view.last_contact,
        reason=view.reason,
        params=view.params,
        loading_percent=view.loading_percent,
        loading_paused=view.loading_paused,
        suspended=view.suspended,
        clock_off_s=view.clock_off_s,
        waits_for_night=view.waits_for_night,
        limited=view.limited,
    )
    return line_words(figures, shell.services.clock.now(), shell.settings.zone, language(), say)

"""F5: setting a bill aside and taking it up again."""

from __future__ import annotations

from PySide6.QtCore import QObject

from pos_member.domain.bill import BillDraft
from pos_member.domain.money import format_baht
from pos_member.ui.desk import Desk
from pos_member.ui.i18n import tr
from pos_member.ui.moments import moment
from pos_member.ui.notices import Tone
from pos_member.ui.shell import Answer, Question, Shell

#: So many are offered at once; older ones come up as these are taken.
SHOWN_MAX = 4


class Parking(QObject):
    """One key for both ways: a bill with something on it is parked, an empty one makes room for a parked one."""

    def __init__(self, shell: Shell, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._desk = desk

    def pressed(self) -> None:
        """F5."""
        draft = self._desk.draft
        if draft is not None and not draft.empty:
            self._desk.park()
            self._shell.say(Tone.INFO, tr("Parked. F5 on an empty bill takes it up again."))
        elif len(self._desk.parked) == 1:
            self._desk.unpark(self._desk.parked[0].id)
        elif self._desk.parked:
            shown = self._desk.parked[:SHOWN_MAX]
            answers = tuple(Answer(each.id, self._label(each)) for each in shown)
            self._shell.ask(
                Question(tr("Which parked bill?"), (*answers, Answer("", tr("None of them")))), self._answered
            )
        else:
            self._shell.say(Tone.INFO, tr("No bill is parked"))

    def _answered(self, key: str, typed: str) -> None:
        if key:
            self._desk.unpark(key)

    def _label(self, draft: BillDraft) -> str:
        opened = moment(self._shell, draft.opened_at)
        return tr("{amount} from {time}", amount=format_baht(draft.gross_satang, trim=True), time=opened)

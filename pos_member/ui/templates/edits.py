"""What was changed since the template was opened, step by step, there and back."""

from __future__ import annotations

from pos_member.ui.templates.model import Json

#: Steps kept: more than anybody takes back one by one.
STEPS_MAX = 200


class Edits:
    """The sheet as it stands, with those before and after it. Letters typed into one field are one step."""

    def __init__(self, sheet: Json) -> None:
        self.now = sheet
        self._kept = sheet
        self._past: list[Json] = []
        self._future: list[Json] = []
        self._key = ""

    @property
    def changed(self) -> bool:
        """Whether there is anything to save."""
        return self.now != self._kept

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether a step was taken back."""
        return bool(self._future)

    def change(self, sheet: Json, key: str = "") -> bool:
        """Take a change on; the next one with the same ``key`` belongs to the same step. False: nothing changed."""
        if sheet == self.now:
            return False
        if not key or key != self._key:
            self._past.append(self.now)
            del self._past[:-STEPS_MAX]
        self._key = key
        self._future.clear()
        self.now = sheet
        return True

    def undo(self) -> bool:
        """One step back, if there is one."""
        if not self._past:
            return False
        self._future.append(self.now)
        self.now, self._key = self._past.pop(), ""
        return True

    def redo(self) -> bool:
        """The step that was taken back, again."""
        if not self._future:
            return False
        self._past.append(self.now)
        self.now, self._key = self._future.pop(), ""
        return True

    def saved(self) -> None:
        """What stands now is what is kept; it can still be undone."""
        self._kept = self.now
        self._key = ""

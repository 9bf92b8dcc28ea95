"""What is said while head office is asked about a member, and where it could not be: one set of words for every page.

Whoever joined at another branch would be a member twice: to enrol them is never the first thing to do.
"""

from __future__ import annotations

from pos_member.domain.errors import Reason
from pos_member.domain.member import format_phone
from pos_member.ui.i18n import tr
from pos_member.ui.notices import Tone
from pos_member.ui.shell import Answer, Question, Shell


def say_asking(shell: Shell) -> None:
    """Head office is being asked; the page stays usable meanwhile."""
    shell.say(Tone.INFO, tr("Asking head office … Esc = go on without"), lasting=True)


def not_asked(phone: str) -> str:
    """Nobody here, nobody asked. ``phone``: as it is stored; empty for a card or a number."""
    if phone:
        return tr("This till does not know {phone}, and head office could not be asked", phone=format_phone(phone))
    return tr("This till does not know this card, and head office could not be asked")


def would_be_twice() -> str:
    """What enrolling all the same would do."""
    return tr(
        "They may be a member of another branch. Enrolled again they would be a member twice, with their points apart."
    )


def why_not(reason: Reason) -> str:
    """Why it could not be asked, in a word or two."""
    return tr("no line") if reason is Reason.LINE_DOWN else tr("no answer")


def question(phone: str, *, enrols: bool = True) -> Question:
    """To ask again first. ``enrols``: whether to enrol all the same is offered here. Answers: ask, enrol, no."""
    enrol = (Answer("enrol", tr("Enrol all the same")),) if enrols else ()
    answers = (Answer("ask", tr("Ask again"), "primary"), *enrol, Answer("no", tr("Not now")))
    return Question(not_asked(phone), answers, detail=would_be_twice())

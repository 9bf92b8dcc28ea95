"""What a stick came to, in words: what is told, its tone, the figures, and what to do then."""

from __future__ import annotations

from pos_member.ui.i18n import tr
from pos_member.ui.line_ports import CarriedIn, CarriedOut
from pos_member.ui.moments import moment
from pos_member.ui.shell import Shell
from pos_member.ui.widgets.facts import Fact

#: (told, tone, figures, what to do then).
Said = tuple[str, str, list[Fact], str]


def out_words(shell: Shell, made: CarriedOut) -> Said:
    """Of an export that is whole."""
    facts = [
        Fact(tr("File"), made.path.name),
        Fact(tr("Where"), str(made.path.parent)),
        Fact(tr("Bills"), f"{made.bills:,}"),
        Fact(tr("Items in all"), f"{made.events:,}"),
    ]
    if made.oldest is not None and made.newest is not None:
        facts.append(Fact(tr("From"), moment(shell, made.oldest)))
        facts.append(Fact(tr("To"), moment(shell, made.newest)))
    if not made.on_stick:
        then = tr(
            "It is not on a stick yet. Copy it to one, take it to head office, and bring the answer (.pmdown) back."
        )
        return tr("The file is whole."), "good", facts, then
    then = tr("Let the system eject the stick, take it to head office, and bring its answer (.pmdown) back here.")
    return tr("The file is whole and on the stick."), "good", facts, then


def in_words(done: CarriedIn) -> Said:
    """Of an answer that was taken in."""
    facts = [
        Fact(tr("News taken in"), f"{done.changes:,}"),
        Fact(tr("Still to send"), f"{done.waiting:,}", "warn" if done.waiting else "good"),
    ]
    if done.quarantined:
        facts.append(Fact(tr("Set aside at head office"), f"{done.quarantined:,}", "warn"))
    if done.new_epoch:
        then = tr("Put the bills on the stick once more and take them to head office: then they count.")
        return tr("Head office has this till begin a new series of numbers."), "warn", [], then
    if done.again_from:
        then = tr("Put the bills on the stick once more, this time from further back, and take it to head office.")
        return tr("Head office lacks bills that it had before."), "warn", facts, then
    if done.left:
        then = tr("Its file was written before another answer came. Put the bills on the stick once more for the news.")
        return tr("The receipt is in, its news are not."), "warn", facts, then
    if done.nothing_new:
        then = tr("This answer is older, or was taken in before. Nothing was changed. Look for a newer file.")
        return tr("Nothing in it is new."), "warn", facts, then
    then = tr("What was sold since then waits for the line, or the next stick.")
    return tr("The answer is in."), "good", facts, then

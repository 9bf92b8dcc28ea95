"""The missions of the bill's member: a bar each, with words; the one nearest to its end first."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from pos_member.domain.pricing import Evaluation, GoalProgress
from pos_member.ui.i18n import pick, tr
from pos_member.ui.standing_words import goal_done, goal_part, goal_text
from pos_member.ui.widgets import Card, Text, column, row
from pos_member.ui.widgets.progress import ThinBar

#: More are told of by their number, so that rewards keep their room.
SHOWN_MAX = 2


def in_order(goals: tuple[GoalProgress, ...], reached: frozenset[str]) -> tuple[GoalProgress, ...]:
    """Those reached with this bill; those that can still be, the nearest to its end first; then what is done.

    ``reached``: ids of the programs that fired.
    """
    return tuple(sorted(goals, key=lambda goal: (goal.program_id not in reached, goal_done(goal), -_share(goal))))


def _share(goal: GoalProgress) -> Fraction:
    done, target = goal_part(goal)
    return Fraction(done, target) if target > 0 else Fraction(1)


class _Goal(QWidget):
    def __init__(self, at: int) -> None:
        super().__init__()
        self._name = Text("strong", name=f"goal_{at + 1}_name", wrap=True)
        self._words = Text("small", name=f"goal_{at + 1}_words")
        self._bar = ThinBar(name=f"goal_{at + 1}_bar")
        # The name has the whole width: names of missions say what to do and what it brings.
        below = row(space="s")
        below.addWidget(self._bar, 1, Qt.AlignmentFlag.AlignVCenter)
        below.addWidget(self._words)
        layout = column(self, space="")
        layout.addWidget(self._name)
        layout.addLayout(below)

    def show_goal(self, goal: GoalProgress, reached: bool) -> None:
        name, words = pick(goal.name_th, goal.name_en), goal_text(goal, reached)
        done, target = goal_part(goal, reached)
        self._name.show_text(name)
        self._words.show_text(words, "good" if done >= target else "none")
        self._bar.show_part(done, target, f"{name}: {words}")


class GoalsStrip(Card):
    """Below the rewards; it takes no room where there is no mission."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("sunken", name="goals", parent=parent)
        self._goals: tuple[GoalProgress, ...] = ()
        self._evaluation: Evaluation | None = None
        self._rows = [_Goal(at) for at in range(SHOWN_MAX)]
        self._more = Text("small", name="goals_more")
        layout = column(self, space="s", margin="m")
        for each in self._rows:
            layout.addWidget(each)
        layout.addWidget(self._more)
        self.hide()

    def show_evaluation(self, evaluation: Evaluation | None) -> None:
        """Where the member stands with this bill."""
        self._evaluation = evaluation
        told = evaluation.explanations if evaluation is not None and evaluation.goals else ()
        reached = frozenset(each.program_id for each in told if each.fired)
        self._goals = in_order(evaluation.goals if evaluation is not None else (), reached)
        self.setVisible(bool(self._goals))
        for at, each in enumerate(self._rows):
            each.setVisible(at < len(self._goals))
            if at < len(self._goals):
                each.show_goal(self._goals[at], self._goals[at].program_id in reached)
        more = len(self._goals) - len(self._rows)
        self._more.setVisible(more > 0)
        self._more.show_text(tr("{count} more mission(s): Shift+F1", count=more) if more > 0 else "")

    def retranslate(self) -> None:
        """Every text."""
        self.show_evaluation(self._evaluation)

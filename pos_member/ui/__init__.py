"""The window of the till: PySide6 widgets, Thai first, keyboard first, never blocking.

How to write a screen
=====================

1.  A class in ``ui/screens/NAME.py`` that derives from ``ui.screen.Screen``, and one line in
    ``ui/screens/__init__.py`` (``"enrol": "pos_member.ui.screens.enrol:EnrolScreen"``). It is imported and built
    when first opened. Its F-key, if it has one, is in ``ui/key_bar.py``. ::

        class EnrolScreen(Screen):
            name = "enrol"

            def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
                super().__init__(shell, parent)
                self._head = Text("title")
                self._phone = Field(name="enrol_phone", length_max=64)
                self._go = Button("primary", name="enrol_go", icon="check")
                layout = column(self, space="l", margin="xl")
                for each in (self._head, self._phone, self._go):
                    layout.addWidget(each)
                self._phone.entered.connect(self._check)
                self._go.clicked.connect(self._check)
                self.finish()                                   # always last

            def title(self) -> str:
                return tr("Enrol a member")

            def retranslate(self) -> None:                      # every text of the screen, nothing else
                self._head.show_text(self.title())
                self._phone.show_label(tr("Phone number"))
                self._go.show_text(tr("Check"), "Enter")

            def opened(self, **params: object) -> None:         # shell.open("enrol", phone="081…")
                self._phone.set_text(str(params.get("phone", "")))
                self._phone.setFocus()

            def _check(self) -> None:
                text = self._phone.text()                       # read widgets here, not inside the work
                till = self.shell.till
                self.run(lambda: till.enrolment.check_phone(text), self._checked, self._refused, key="check")

            def _checked(self, found: PhoneCheck) -> None: ...  # UI thread; never called once the screen is gone

            def _refused(self, error: PosMemberError) -> bool:
                if self.shell.is_reason(error, Reason.PHONE_INVALID):
                    self._phone.complain(self.shell.why(error))
                    return True                                 # dealt with
                return False                                    # the shell words it in the notice strip

2.  **Nothing blocks.** Services run only inside ``self.run(work, done, failed, key=…)`` (lane ``db``; also
    ``network``, ``printer``, ``camera``). ``done`` and ``failed`` are bound methods. A newer task with the same
    ``key`` makes the older stale. Long work: ``self.run_long(lambda job: …, done, failed, progressed)``; it looks
    at ``job.cancelled`` and calls ``job.progress(done, total)``; the ``Job`` that comes back has ``cancel()``.
3.  **Words.** ``tr("Plain English literal {name}", name=…)``; literals in tables: ``mark("…")`` and later
    ``tr_marked``. No f-strings inside. Add the Thai to ``resources/i18n/pos_member_th.ts`` with ``python -m
    scripts.texts`` (it lists what is missing, keeps the rest, sorts). Two stored names: ``pick(x.name_th,
    x.name_en)``. Errors: ``shell.why(error)``. Money ``format_baht``, dates ``format_date(day, language())``, times
    ``format_time(at, shell.settings.zone)``.
4.  **Look.** No style sheet, colour, font or length in a screen. ``Text(role)``: ``body label soft small strong
    heading title money big huge giant``; ``Button(kind)``: ``plain primary danger quiet pay tile step pad``;
    ``Card(role)``: ``card sunken plain band`` (bands have a tone: ``good info warn bad``); ``Badge``; ``StampDots``
    and ``ThinBar`` (``widgets.progress``) for how far along; layouts by
    ``column() row() grid()`` with ``space``/``margin`` of ``xs s m l xl xxl``. ``theme.active().px("touch",
    "pay")`` for a length, ``theme.mark(widget, tone="bad")`` to change a property. Icons: the SVG files of
    ``resources/icons`` by name.
5.  **Ask in place**: ``shell.ask(Question(text, (Answer("return", tr("Return {amount}", amount=…), "primary"),
    Answer("no", tr("Keep the bill"))), field="pin", label=tr("PIN of a supervisor")), self._answered)`` with
    ``_answered(key, typed)``. The first answer is Enter, the last is Esc.
6.  **Say**: ``shell.say(Tone.GOOD, tr(…))``; sounds: ``shell.play(Sound.READ)``. After anything that queues facts
    or papers: ``shell.refresh_badges()``.
7.  **Keys.** F1–F12, Shift+F1, Shift+F6, the other ``HEAD_KEYS`` and Alt+1…9 belong to the window and the sell
    screen; a test finds a page's own ``shortcut`` that is one of the window's. Enter = go on; Esc arrives as
    ``back()``: return True after one step back inside the screen, False to leave. Scans arrive as ``scanned(text)``
    whatever has the focus: return True when the screen used it. A field with the property ``TAKES_SCANS`` never gets
    what a reader types, not even a phone number.
8.  **Names**: every widget a test or a screen reader needs has an object name (``enrol_phone``); ``show_label`` /
    ``show_text`` set the accessible one.
9.  **Tests**: ``tests/ui/conftest.py`` has ``shell`` (fake services, real runner), ``themed`` and the rule that any
    Qt warning fails the test. Wait with ``qtbot.waitUntil`` / ``waitSignal`` only.
"""

import PySide6.QtCore  # noqa: F401 — it has to be there before its hook can be taken off

from pos_member.ui.plain_imports import plain_imports

plain_imports()

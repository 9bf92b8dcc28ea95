"""One thing that can be turned at a camera: automatic or by a slider, with the figure beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSlider, QWidget

from pos_member.domain.readers import CameraControl
from pos_member.ui.i18n import mark, tr, tr_marked
from pos_member.ui.widgets import Button, Text, row

NAMES = {"brightness": mark("Brightness"), "exposure": mark("Exposure"), "focus": mark("Focus")}


class ControlRow(QWidget):
    """``turned`` carries the value a person chose, None for automatic. ``keys`` put the focus on the slider."""

    turned = Signal(object)

    def __init__(self, name: str, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.control: CameraControl | None = None
        self._name, self._keys = name, keys
        self._label = Text("label", name=f"camera_{name}_label")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName(f"camera_{name}")
        self._figure = Text("strong", name=f"camera_{name}_value", align="right")
        self.automatic = Button(name=f"camera_{name}_auto", checkable=True)
        line = row(self, space="s")
        line.addWidget(self._label)
        line.addWidget(self.slider, 1)
        line.addWidget(self._figure)
        line.addWidget(self.automatic)
        self._label.setMinimumWidth(self._label.fontMetrics().horizontalAdvance("0" * 15))
        self._figure.setMinimumWidth(self._figure.fontMetrics().horizontalAdvance("0" * 5))
        self.slider.valueChanged.connect(self._moved)
        self.automatic.clicked.connect(self._switched)
        made = QShortcut(QKeySequence(keys), self)
        made.activated.connect(self._focus)
        self.hide()

    def retranslate(self) -> None:
        """Every text."""
        name = tr_marked(NAMES[self._name])
        self._label.show_text(f"{name}  {self._keys}")
        self.slider.setAccessibleName(name)
        self.automatic.show_text(tr("Automatic"))
        self.automatic.setAccessibleName(tr("{control}: automatic", control=name))

    def show_control(self, control: CameraControl | None, usable: bool) -> None:
        """What the camera offers; hidden where it offers nothing."""
        self.control = control
        self.setVisible(control is not None)
        if control is None:
            return
        self.slider.blockSignals(True)
        self.slider.setRange(control.low, control.high)
        step = max(1, control.step)
        self.slider.setSingleStep(max(step, (control.high - control.low) // 50 // step * step))
        self.slider.setPageStep(max(step, (control.high - control.low) // 10 // step * step))
        if control.value is not None:
            self.slider.setValue(control.value)
        self.slider.blockSignals(False)
        self.automatic.setVisible(control.automatic)
        self.automatic.setChecked(control.value is None)
        self.slider.setEnabled(usable)
        self.automatic.setEnabled(usable)
        self._show_figure()

    def _show_figure(self) -> None:
        on = self.automatic.isChecked() and not self.automatic.isHidden()
        self._figure.show_text("–" if on else f"{self.slider.value()}")

    def _focus(self) -> None:
        if self.slider.isEnabled():
            self.slider.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _moved(self, value: int) -> None:
        control = self.control
        if control is None:
            return
        # A driver refuses what lies between its steps.
        step = max(1, control.step)
        on_step = min(control.high, control.low + (value - control.low + step // 2) // step * step)
        self.automatic.setChecked(False)
        self._show_figure()
        self.turned.emit(on_step)

    def _switched(self) -> None:
        self._show_figure()
        self.turned.emit(None if self.automatic.isChecked() else self.slider.value())

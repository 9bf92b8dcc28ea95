"""Four short sounds, told apart without looking: one high, two low, three, one long. Made here, played by the system.

QtMultimedia is not part of PySide6-Essentials and needs a sound server to import; the players below come with every
desktop, and where there is none the window's own beep stands in. A till without sound goes on: colour, icon and word
always say the same.
"""

from __future__ import annotations

import io
import logging
import math
import shutil
import struct
import sys
import tempfile
import wave
from functools import cache
from pathlib import Path

from PySide6.QtCore import QProcess
from PySide6.QtWidgets import QApplication

from pos_member.ui.ports import Sound

_log = logging.getLogger(__name__)
_RATE = 22_050
_FADE_SAMPLES = 110
#: (Hz, ms) in order; 0 Hz is a pause.
_TONES: dict[Sound, tuple[tuple[int, int], ...]] = {
    Sound.READ: ((1760, 70),),
    Sound.UNKNOWN: ((440, 110), (0, 50), (440, 110)),
    Sound.ALREADY: ((880, 60), (0, 40), (880, 60), (0, 40), (880, 60)),
    Sound.INVALID: ((294, 260),),
}
_PLAYERS = (("paplay",), ("pw-play",), ("aplay", "-q"))


def wave_bytes(sound: Sound) -> bytes:
    """The sound as a WAV file (mono, 16 bit)."""
    samples: list[int] = []
    for pitch_hz, length_ms in _TONES[sound]:
        count = _RATE * length_ms // 1000
        for i in range(count):
            # Faded at both ends: a tone that starts at full height clicks.
            loud = min(1.0, i / _FADE_SAMPLES, (count - i) / _FADE_SAMPLES)
            samples.append(int(12_000 * loud * math.sin(2 * math.pi * pitch_hz * i / _RATE)))
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(_RATE)
        out.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return file.getvalue()


@cache
def _player() -> tuple[str, ...] | None:
    return next((player for player in _PLAYERS if shutil.which(player[0])), None)


@cache
def _file(sound: Sound) -> Path:
    path = Path(tempfile.gettempdir()) / f"pos-member-{sound.value}.wav"
    path.write_bytes(wave_bytes(sound))
    return path


def play(sound: Sound) -> None:
    """Play and return at once. UI thread."""
    try:
        if sys.platform == "win32":
            import winsound

            winsound.PlaySound(str(_file(sound)), winsound.SND_FILENAME | winsound.SND_ASYNC)
            return
        player = _player()
        if player is not None and QProcess.startDetached(player[0], [*player[1:], str(_file(sound))])[0]:
            return
    except OSError as error:
        _log.info("no sound: %s", error)
    QApplication.beep()

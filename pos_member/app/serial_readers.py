"""The serial readers behind the window: one thread each, kept as the settings have them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pos_member.domain.readers import FoundReader, ReaderKind, ReaderSetup, SerialReport
from pos_member.hardware.scanning import serial_reader
from pos_member.hardware.scanning.serial_reader import SerialReader
from pos_member.hardware.scanning.sources import SourceState


class SerialReaders:
    """``on_code`` is called with the text of each code, on a reader's own thread. All methods from one thread.

    Readers begin at once and are released by ``use(())`` or ``close``: a wedge reader works in a locked till too, so
    codes of a serial one are kept as well (the window queues what comes before somebody signs in).
    """

    def __init__(self, on_code: Callable[[str], None], on_state: Callable[[], None] = lambda: None) -> None:
        self._on_code = on_code
        self._on_state = on_state
        self._readers: dict[ReaderSetup, SerialReader] = {}

    def use(self, setups: Sequence[ReaderSetup]) -> None:
        """These readers from now on; those that stay as they were are not interrupted."""
        wanted = {setup for setup in setups if setup.kind is ReaderKind.SERIAL}
        for gone in set(self._readers) - wanted:
            self._readers.pop(gone).stop()
        for setup in wanted - set(self._readers):
            reader = SerialReader(setup, self._on_code, on_state=lambda state: self._on_state())
            self._readers[setup] = reader
            reader.start()

    def states(self) -> dict[str, SourceState]:
        """How each reader stands, by its key."""
        return {setup.key: reader.state for setup, reader in self._readers.items()}

    def found(self) -> tuple[FoundReader, ...]:
        """Serial ports with something behind them."""
        return serial_reader.find_serial()

    def listen(self, setup: ReaderSetup, heard: Callable[[SerialReport], None]) -> Callable[[], None]:
        """Try a reader; one that is in use on the same port is interrupted until the trial ends.

        Raises as ``serial_reader.listen``.
        """
        in_use = tuple(self._readers)
        same = [
            one
            for one in in_use
            if (one.identity and one.identity == setup.identity) or (one.address and one.address == setup.address)
        ]
        self.use([one for one in in_use if one not in same])
        try:
            end = serial_reader.listen(setup, heard)
        except BaseException:
            self.use(in_use)
            raise

        def over() -> None:
            end()
            self.use(in_use)

        return over

    def close(self) -> None:
        """Let go of every port."""
        self.use(())

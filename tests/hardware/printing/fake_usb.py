"""USB without a bus: a back end for pyusb, so that pyusb's own code runs on devices that are made here."""

from __future__ import annotations

import errno
import os
import threading
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace

import usb.core
from usb.backend import IBackend

from tests.patience import PATIENCE_S

IN, OUT, BACK_INTERRUPT = 0x82, 0x01, 0x83


def trouble(number: int) -> usb.core.USBError:
    kind = usb.core.USBTimeoutError if number == errno.ETIMEDOUT else usb.core.USBError
    return kind(os.strerror(number), -1, number)


@dataclass
class Interface:
    """``protocol``: 1 one way, 2 both ways, 4 IPP over USB; ``ends``: addresses of its bulk end points."""

    number: int = 0
    kind: int = 7
    protocol: int = 2
    ends: Sequence[int] = (OUT, IN)
    alternate: int = 0


@dataclass
class Printer:
    """A device: what it is, what it has been told, and how it misbehaves."""

    vendor: int = 0x04B8
    product: int = 0x0202
    texts: Sequence[str] = ("EPSON", "TM-T20II", "X3")
    interfaces: Sequence[Interface] = (Interface(),)
    #: Bytes it still has room for; what comes then times out.
    room: int = 10_000_000
    #: Most that one transfer moves.
    most: int = 10_000_000
    #: Unplugged once it has so many bytes.
    lasts: int | None = None
    kernel_driver: bool = False
    configured: bool = True
    answers: list[bytes] = field(default_factory=list)
    #: An error number for a call of the back end.
    refuses: dict[str, int] = field(default_factory=dict)
    #: A call of the back end that waits for this.
    hangs: dict[str, threading.Event] = field(default_factory=dict)
    taken: bytearray = field(default_factory=bytearray)
    open_handles: int = 0
    claimed: set[int] = field(default_factory=set)
    log: list[str] = field(default_factory=list)

    @property
    def gone(self) -> bool:
        return self.lasts is not None and len(self.taken) >= self.lasts


class Bus(IBackend):
    """The back end: ``Bus(Printer(), Printer())``."""

    def __init__(self, *printers: Printer) -> None:
        self.printers = printers

    def enumerate_devices(self):
        return iter(self.printers)

    def get_parent(self, dev):
        return None

    def get_device_descriptor(self, dev: Printer):
        return SimpleNamespace(
            bLength=18,
            bDescriptorType=1,
            bcdUSB=0x200,
            bDeviceClass=0,
            bDeviceSubClass=0,
            bDeviceProtocol=0,
            bMaxPacketSize0=64,
            idVendor=dev.vendor,
            idProduct=dev.product,
            bcdDevice=0x100,
            iManufacturer=1 if dev.texts else 0,
            iProduct=2 if dev.texts else 0,
            iSerialNumber=3 if len(dev.texts) > 2 else 0,
            bNumConfigurations=1,
            address=1 + self.printers.index(dev),
            bus=1,
            port_number=1,
            port_numbers=(1,),
            speed=3,
        )

    def get_configuration_descriptor(self, dev: Printer, config: int):
        if config:
            raise IndexError(config)
        return SimpleNamespace(
            bLength=9,
            bDescriptorType=2,
            wTotalLength=32,
            bNumInterfaces=len({one.number for one in dev.interfaces}),
            bConfigurationValue=1,
            iConfiguration=0,
            bmAttributes=0xC0,
            bMaxPower=1,
            extra_descriptors=[],
        )

    def _interface(self, dev: Printer, intf: int, alt: int) -> Interface:
        numbers = sorted({one.number for one in dev.interfaces})
        if intf >= len(numbers):
            raise IndexError(intf)
        return [one for one in dev.interfaces if one.number == numbers[intf]][alt]

    def get_interface_descriptor(self, dev, intf, alt, config):
        one = self._interface(dev, intf, alt)
        return SimpleNamespace(
            bLength=9,
            bDescriptorType=4,
            bInterfaceNumber=one.number,
            bAlternateSetting=one.alternate,
            bNumEndpoints=len(one.ends),
            bInterfaceClass=one.kind,
            bInterfaceSubClass=1,
            bInterfaceProtocol=one.protocol,
            iInterface=0,
            extra_descriptors=[],
        )

    def get_endpoint_descriptor(self, dev, ep, intf, alt, config):
        address = self._interface(dev, intf, alt).ends[ep]
        return SimpleNamespace(
            bLength=7,
            bDescriptorType=5,
            bEndpointAddress=address,
            bmAttributes=3 if address == BACK_INTERRUPT else 2,
            wMaxPacketSize=64,
            bInterval=0,
            bRefresh=0,
            bSynchAddress=0,
            extra_descriptors=[],
        )

    def _begin(self, dev: Printer, call: str) -> None:
        if gate := dev.hangs.get(call):
            gate.wait(PATIENCE_S)
        if call in dev.refuses:
            raise trouble(dev.refuses[call])
        dev.log.append(call)

    def open_device(self, dev: Printer):
        self._begin(dev, "open")
        dev.open_handles += 1
        return dev

    def close_device(self, dev_handle: Printer):
        dev_handle.log.append("close")
        dev_handle.open_handles -= 1

    def get_configuration(self, dev_handle: Printer):
        return 1 if dev_handle.configured else 0

    def set_configuration(self, dev_handle: Printer, config_value):
        self._begin(dev_handle, "configure")
        dev_handle.configured = True

    def set_interface_altsetting(self, dev_handle, intf, altsetting):
        self._begin(dev_handle, f"alternate {altsetting}")

    def claim_interface(self, dev_handle: Printer, intf):
        self._begin(dev_handle, "claim")
        if dev_handle.kernel_driver or intf in dev_handle.claimed:
            raise trouble(errno.EBUSY)
        dev_handle.claimed.add(intf)

    def release_interface(self, dev_handle: Printer, intf):
        self._begin(dev_handle, "release")
        dev_handle.claimed.discard(intf)

    def is_kernel_driver_active(self, dev_handle: Printer, intf):
        self._begin(dev_handle, "driver?")
        return dev_handle.kernel_driver

    def detach_kernel_driver(self, dev_handle: Printer, intf):
        self._begin(dev_handle, "detach")
        dev_handle.kernel_driver = False

    def attach_kernel_driver(self, dev_handle: Printer, intf):
        self._begin(dev_handle, "attach")
        dev_handle.kernel_driver = True

    def bulk_write(self, dev_handle: Printer, ep, intf, data, timeout):
        self._begin(dev_handle, "write")
        assert ep == OUT or ep in dev_handle.interfaces[0].ends
        assert intf in dev_handle.claimed
        if dev_handle.gone:
            raise trouble(errno.ENODEV)
        moved = min(len(data), dev_handle.room, dev_handle.most)
        if dev_handle.lasts is not None:
            moved = min(moved, dev_handle.lasts - len(dev_handle.taken))
        if not moved:
            raise trouble(errno.ETIMEDOUT)
        dev_handle.room -= moved
        dev_handle.taken += data[:moved].tobytes()
        return moved

    def bulk_read(self, dev_handle: Printer, ep, intf, buff, timeout):
        self._begin(dev_handle, "read")
        assert intf in dev_handle.claimed
        if dev_handle.gone:
            raise trouble(errno.ENODEV)
        if not dev_handle.answers:
            raise trouble(errno.ETIMEDOUT)
        said = dev_handle.answers.pop(0)
        buff[: len(said)] = array("B", said)
        return len(said)

    def ctrl_transfer(self, dev_handle: Printer, bmRequestType, bRequest, wValue, wIndex, data, timeout):
        """Only ``GET_DESCRIPTOR`` of texts is asked."""
        self._begin(dev_handle, "ask")
        index = wValue & 0xFF
        body = b"\x09\x04" if not index else dev_handle.texts[index - 1].encode("utf-16-le")
        said = bytes([2 + len(body), 3]) + body
        data[: len(said)] = array("B", said)
        return len(said)

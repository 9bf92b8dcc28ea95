"""Addresses: read, written back, one spelling for each, and nothing hostile gets through."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_member.domain.errors import Reason, Refusal
from pos_member.domain.printers import Way
from pos_member.hardware.printing.addresses import format_address, normal, parse, way_of
from pos_member.hardware.printing.cups import CupsTransport
from pos_member.hardware.printing.device_file import DeviceTransport
from pos_member.hardware.printing.files import FileTransport
from pos_member.hardware.printing.serial_port import Flow, SerialTransport
from pos_member.hardware.printing.tcp import TcpTransport
from pos_member.hardware.printing.transports import NullTransport
from pos_member.hardware.printing.usb_port import UsbTransport
from pos_member.hardware.printing.windows_spooler import WindowsTransport


@pytest.mark.parametrize(
    ("address", "transport", "way"),
    [
        ("10.0.0.9", TcpTransport("10.0.0.9", 9100), Way.TCP),
        ("till-printer:9101", TcpTransport("till-printer", 9101), Way.TCP),
        ("tcp://10.0.0.9:9100", TcpTransport("10.0.0.9", 9100), Way.TCP),
        ("TCP://printer/", TcpTransport("printer", 9100), Way.TCP),
        ("  [::1]:9100 ", TcpTransport("::1", 9100), Way.TCP),
        ("tcp://[fe80::1%eth0]", TcpTransport("fe80::1%eth0", 9100), Way.TCP),
        ("usb://04b8:0202", UsbTransport(0x04B8, 0x0202), Way.USB),
        ("usb://04B8:0202/A%2F1", UsbTransport(0x04B8, 0x0202, "A/1"), Way.USB),
        ("usb://04b8:0202?in=82&out=01", UsbTransport(0x04B8, 0x0202, "", 0x82, 1), Way.USB),
        ("serial:///dev/ttyUSB0", SerialTransport("/dev/ttyUSB0"), Way.SERIAL),
        ("serial:///shop/out/printer", SerialTransport("/shop/out/printer"), Way.SERIAL),
        (
            "serial:///dev/ttyS1?baud=9600&flow=dsrdtr&bits=7&parity=e&stop=2",
            SerialTransport("/dev/ttyS1", 9_600, Flow.DSRDTR, 7, "E", 2),
            Way.SERIAL,
        ),
        ("serial://COM3?baud=38400", SerialTransport("COM3", 38_400), Way.SERIAL),
        (
            "windows://%E0%B9%80%E0%B8%84%E0%B8%A3%E0%B8%B7%E0%B9%88%E0%B8%AD%E0%B8%87",
            WindowsTransport("เครื่อง"),
            Way.WINDOWS,
        ),
        ("windows://%5C%5Cserver%5CPOS 80", WindowsTransport("\\\\server\\POS 80"), Way.WINDOWS),
        ("cups://receipts", CupsTransport("receipts"), Way.CUPS),
        ("cups://receipts?server=10.0.0.2:631", CupsTransport("receipts", "10.0.0.2:631"), Way.CUPS),
        ("cups://receipts?server=/run/x.sock", CupsTransport("receipts", "/run/x.sock"), Way.CUPS),
        ("file:///tmp/paper%20roll.bin", FileTransport(Path("/tmp/paper roll.bin")), Way.FILE),
        ("file:///tmp/paper.bin?append=no", FileTransport(Path("/tmp/paper.bin"), append=False), Way.FILE),
        ("file:///C:/papers/out.bin", FileTransport(Path("C:/papers/out.bin")), Way.FILE),
        ("/tmp/paper.bin", FileTransport(Path("/tmp/paper.bin")), Way.FILE),
        ("papers/out.bin", FileTransport(Path("papers/out.bin")), Way.FILE),
        ("C:\\papers\\out.bin", FileTransport(Path("C:\\papers\\out.bin")), Way.FILE),
        ("device:///dev/usb/lp0", DeviceTransport(Path("/dev/usb/lp0")), Way.USB),
        ("/dev/usb/lp0", FileTransport(Path("/dev/usb/lp0")), Way.USB),
        ("device:///dev/lp0", DeviceTransport(Path("/dev/lp0")), Way.FILE),
    ],
)
def test_what_an_address_means(address, transport, way):
    assert parse(address) == transport
    assert way_of(address) is way
    assert normal(normal(address)) == normal(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "   ",
        "a b",
        "host:0",
        "host:70000",
        "host:port",
        "host:9100:9100",
        "ไม่มี",
        "tcp://",
        "tcp://host?x=1",
        "tcp://user@host",
        "[:::1]:9100",
        "[]:9100",
        "http://printer",
        "javascript://x",
        "usb://04b8",
        "usb://04b8:02020",
        "usb://04g8:0202",
        "usb://04b8:0202/",
        "usb://04b8:0202?in=01",
        "usb://04b8:0202?out=81",
        "usb://04b8:0202?out=01&out=02",
        "usb://04b8:0202?colour=red",
        "usb://04b8:0202/%00",
        "usb://04b8:0202/%ff",
        "serial://",
        "serial:///",
        "serial://etc/passwd",
        "serial:///dev/../etc/passwd",
        "serial://\\\\.\\pipe\\x",
        "serial:///dev/ttyS0?baud=0",
        "serial:///dev/ttyS0?baud=-9600",
        "serial:///dev/ttyS0?baud=๙๖๐๐",
        "serial:///dev/ttyS0?baud=99999999999",
        "serial:///dev/ttyS0?baud=",
        "serial:///dev/ttyS0?flow=sometimes",
        "serial:///dev/ttyS0?bits=9",
        "serial:///dev/ttyS0?parity=q",
        "windows://",
        "windows://a?b=c",
        "windows://%0a",
        "cups://",
        "cups://a/b",
        "cups://a%2Fb",
        "cups://a%20b",
        "cups://a?server=host:x",
        "cups://" + "q" * 128,
        "file://",
        "file://relative",
        "file:///x?append=yes",
        "file:///x%00y",
        "device://lp0",
        "/tmp/\x00",
        "host\n",
        "\u202ehost/",
        "x/" * 300,
    ],
)
def test_nonsense_is_refused(address):
    if address == "host\n":  # a line's end is what pasting leaves behind
        assert parse(address) == TcpTransport("host")
        return
    with pytest.raises(Refusal) as refused:
        parse(address)
    assert refused.value.reason is Reason.PRINTER_ADDRESS_INVALID
    assert len(str(refused.value.params["address"])) <= 60


@given(st.text(max_size=80))
def test_whatever_is_typed_is_an_address_or_refused(text):
    try:
        transport = parse(text)
    except Refusal as refusal:
        assert refusal.reason is Reason.PRINTER_ADDRESS_INVALID
    else:
        assert parse(format_address(transport)).describe


@given(
    st.sampled_from(["tcp", "usb", "serial", "windows", "cups", "file", "device", "ftp"]),
    st.text(alphabet=string.printable + "%ก\u202e", max_size=40),
)
def test_so_is_whatever_stands_behind_a_scheme(scheme, rest):
    try:
        transport = parse(f"{scheme}://{rest}")
    except Refusal as refusal:
        assert refusal.reason is Reason.PRINTER_ADDRESS_INVALID
    else:
        assert parse(format_address(transport)) == transport


plain = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30)
ports = st.integers(1, 65_535)
names = st.text(string.ascii_letters + string.digits + "-_.", min_size=1, max_size=30)
transports = st.one_of(
    st.builds(TcpTransport, names, ports),
    st.builds(TcpTransport, st.ip_addresses().map(str), ports),
    st.builds(
        UsbTransport,
        st.integers(0, 0xFFFF),
        st.integers(0, 0xFFFF),
        plain | st.just(""),
        st.none() | st.integers(0x81, 0x8F),
        st.none() | st.integers(1, 15),
    ),
    st.builds(
        SerialTransport,
        st.integers(1, 99).map("COM{}".format) | names.filter(lambda name: ".." not in name).map("/dev/{}".format),
        st.sampled_from([300, 9_600, 115_200, 4_000_000]),
        st.sampled_from(Flow),
        st.sampled_from([7, 8]),
        st.sampled_from("NEO"),
        st.sampled_from([1, 2]),
    ),
    st.builds(WindowsTransport, plain),
    st.builds(
        CupsTransport, plain.filter(lambda name: not set(name) & set(" /#?\"'\\")), names | st.just("/run/c.sock")
    ),
    st.builds(FileTransport, plain.map(lambda name: Path("/tmp") / name.replace("/", "")), st.booleans()),
    st.builds(DeviceTransport, names.map(lambda name: Path("/dev") / f"x{name}")),
)


@given(transports)
def test_every_way_is_written_and_read_back(transport):
    address = format_address(transport)
    assert address.isascii()
    assert parse(address) == transport
    assert normal(address) == address


def test_two_spellings_of_one_printer_are_one():
    assert normal("10.0.0.9") == normal("tcp://10.0.0.9:9100/") == "tcp://10.0.0.9:9100"
    assert normal("USB://04B8:0202") == normal("usb://04b8:0202")
    assert normal("/tmp/x") == normal("file:///tmp/x")


def test_no_printer_has_no_address():
    with pytest.raises(TypeError):
        format_address(NullTransport())

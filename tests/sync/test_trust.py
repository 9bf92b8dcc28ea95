"""Whom the till believes: the certificates its machine trusts, and a clear word where it does not."""

from __future__ import annotations

import http.server
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pos_member.domain.errors import EnvironmentProblem, Reason
from pos_member.sync import protocol
from pos_member.sync.transport import HttpTransport

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


def certificate(folder: Path, name: str, first: datetime, last: datetime) -> tuple[Path, Path]:
    """A certificate for ``localhost`` that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(first)
        .not_valid_after(last)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    paths[0].write_bytes(built.public_bytes(serialization.Encoding.PEM))
    raw = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    paths[1].write_bytes(raw)
    return paths


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header(protocol.PROTOCOL_HEADER, "1")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_args: Any) -> None:
        """Silence."""


@contextmanager
def served(paths: tuple[Path, Path]) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_args: None  # type: ignore[method-assign]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*paths)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"https://localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def outcome(url: str) -> Reason | None:
    line = HttpTransport(url)
    try:
        line.exchange("GET", "/healthz")
    except EnvironmentProblem as problem:
        return problem.reason
    finally:
        line.close()
    return None


def test_a_certificate_nobody_here_trusts_is_told_as_such(tmp_path: Path) -> None:
    with served(certificate(tmp_path, "own", NOW - DAY, NOW + DAY)) as url:
        assert outcome(url) is Reason.CERTIFICATE_UNTRUSTED


def test_the_machines_own_store_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = certificate(tmp_path, "company", NOW - DAY, NOW + DAY)
    monkeypatch.setenv("SSL_CERT_FILE", str(paths[0]))
    with served(paths) as url:
        assert outcome(url) is None
        assert outcome(url.replace("localhost", "127.0.0.1")) is Reason.CERTIFICATE_UNTRUSTED  # another name


@pytest.mark.parametrize(("first", "last"), [(NOW - 9 * DAY, NOW - DAY), (NOW + DAY, NOW + 9 * DAY)])
def test_a_certificate_out_of_its_time_points_at_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: datetime, last: datetime
) -> None:
    paths = certificate(tmp_path, "late", first, last)
    monkeypatch.setenv("SSL_CERT_FILE", str(paths[0]))
    with served(paths) as url:
        assert outcome(url) is Reason.CERTIFICATE_TIME

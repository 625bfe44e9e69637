"""The demo's certificates: strict verifiers accept them, nobody else can read the keys."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from tui.demo import tls


def handshake(client: ssl.SSLContext, server: ssl.SSLContext, hostname: str) -> ssl.SSLObject:
    """Run a TLS handshake in memory; returns the server's end, raises what either side raises."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    here = client.wrap_bio(to_client, to_server, server_hostname=hostname)
    there = server.wrap_bio(to_server, to_client, server_side=True)
    done: set[int] = set()
    for _ in range(20):
        for end in (here, there):
            try:
                end.do_handshake()
                done.add(id(end))
            except ssl.SSLWantReadError:
                pass
        if len(done) == 2:
            return there
    raise AssertionError("the handshake does not end")


def strict_client(ca: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(ca))
    context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


@pytest.fixture
def certificates(tmp_path: Path) -> tls.Certificates:
    return tls.issue(tmp_path)


@pytest.mark.parametrize("hostname", ["127.0.0.1", "localhost", "::1"])
def test_a_strict_verifier_accepts_every_name(certificates: tls.Certificates, hostname: str) -> None:
    handshake(strict_client(certificates.ca_path), tls.server_context(certificates), hostname)


def test_another_name_is_refused(certificates: tls.Certificates) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(strict_client(certificates.ca_path), tls.server_context(certificates), "example.org")


def test_another_ca_is_refused(certificates: tls.Certificates, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = tls.issue(tmp_path / "other")
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(strict_client(other.ca_path), tls.server_context(certificates), "127.0.0.1")


def test_a_client_certificate_names_its_user_and_groups(certificates: tls.Certificates, tmp_path: Path) -> None:
    made = tls.client_certificate(certificates, tmp_path, "oper:ator/1", ("system:masters", "ml"))
    client = strict_client(certificates.ca_path)
    client.load_cert_chain(made.cert_path, made.key_path)
    server_end = handshake(client, tls.server_context(certificates), "127.0.0.1")
    peer = server_end.getpeercert()
    assert peer is not None
    subject = [pair for part in peer["subject"] for pair in part]
    assert subject == [
        ("organizationName", "system:masters"),
        ("organizationName", "ml"),
        ("commonName", "oper:ator/1"),
    ]
    assert made.cert_path.parent == tmp_path


def test_keys_are_private_even_when_a_file_was_there(tmp_path: Path) -> None:
    (tmp_path / "server.key").write_text("old")
    (tmp_path / "server.key").chmod(0o644)
    certificates = tls.issue(tmp_path)
    client = tls.client_certificate(certificates, tmp_path, "someone")
    for path in (certificates.key_path, certificates.ca_key_path, client.key_path):
        assert path.stat().st_mode & 0o777 == 0o600, path


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_accepts_the_chain(certificates: tls.Certificates) -> None:
    command = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver"]
    command += ["-CAfile", str(certificates.ca_path), str(certificates.cert_path)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr

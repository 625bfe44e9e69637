"""Certificates for the servers of the simulated cloud.

Owns a throw-away certificate authority, the server certificate for this machine's loopback names, and client
certificates for kubeconfig users. Certificates follow the real clock, not the world's: TLS peers check them
against theirs. Must not know which servers use them.
"""

from __future__ import annotations

import datetime
import ipaddress
import os
import ssl
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from msgspec import Struct

VALID: Final = datetime.timedelta(days=365)
BACKDATED: Final = datetime.timedelta(hours=1)
"""Tolerates a peer whose clock is a little behind."""
NAMES: Final = ("localhost",)
ADDRESSES: Final = ("127.0.0.1", "::1")


class Certificates(Struct, frozen=True):
    """Where the PEM files of one simulated cloud lie. Private keys are readable by their owner only."""

    ca_path: Path
    cert_path: Path
    key_path: Path
    ca_key_path: Path


class ClientCertificate(Struct, frozen=True):
    """A user's certificate for a kubeconfig: PEM paths."""

    cert_path: Path
    key_path: Path


def issue(directory: Path) -> Certificates:
    """Make a CA and a server certificate for 127.0.0.1, ::1 and localhost in `directory`, valid a year."""
    ca_key, key = _new_key(), _new_key()
    ca_name = _name("arcdeck demo CA")
    ca = (
        _builder(ca_name, ca_name, ca_key.public_key(), ca_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    names: list[x509.GeneralName] = [x509.DNSName(name) for name in NAMES]
    names += [x509.IPAddress(ipaddress.ip_address(address)) for address in ADDRESSES]
    server = (
        _leaf(_name("arcdeck demo"), ca, key, ExtendedKeyUsageOID.SERVER_AUTH)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    certificates = Certificates(
        directory / "ca.crt", directory / "server.crt", directory / "server.key", directory / "ca.key"
    )
    certificates.ca_path.write_bytes(_pem(ca))
    certificates.cert_path.write_bytes(_pem(server))
    _write_key(certificates.key_path, key)
    _write_key(certificates.ca_key_path, ca_key)
    return certificates


def client_certificate(
    certificates: Certificates, directory: Path, user: str, groups: tuple[str, ...] = ()
) -> ClientCertificate:
    """Sign a client certificate as Kubernetes reads it: common name = user, organizations = groups.

    The files are named after `user` with everything but letters, digits and dashes replaced.
    """
    ca = x509.load_pem_x509_certificate(certificates.ca_path.read_bytes())
    ca_key = serialization.load_pem_private_key(certificates.ca_key_path.read_bytes(), password=None)
    if not isinstance(ca_key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{certificates.ca_key_path} holds no EC key")
    key = _new_key()
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
        + [x509.NameAttribute(NameOID.COMMON_NAME, user)]
    )
    signed = _leaf(subject, ca, key, ExtendedKeyUsageOID.CLIENT_AUTH).sign(ca_key, hashes.SHA256())
    stem = "".join(letter if letter.isalnum() or letter == "-" else "_" for letter in user)
    made = ClientCertificate(directory / f"client-{stem}.crt", directory / f"client-{stem}.key")
    made.cert_path.write_bytes(_pem(signed))
    _write_key(made.key_path, key)
    return made


def server_context(certificates: Certificates) -> ssl.SSLContext:
    """A TLS 1.2+ server context that also accepts, but does not demand, certificates of our own CA."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificates.cert_path, certificates.key_path)
    context.load_verify_locations(certificates.ca_path)
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


def _new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    issuer_key: ec.EllipticCurvePublicKey,
) -> x509.CertificateBuilder:
    """What every certificate of ours carries, both key identifiers included: strict verifiers want them."""
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def _leaf(
    subject: x509.Name, ca: x509.Certificate, key: ec.EllipticCurvePrivateKey, purpose: x509.ObjectIdentifier
) -> x509.CertificateBuilder:
    issuer_key = ca.public_key()
    if not isinstance(issuer_key, ec.EllipticCurvePublicKey):
        raise TypeError("the demo CA has an EC key")
    return (
        _builder(subject, ca.subject, key.public_key(), issuer_key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    )


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    """Write `key` so that nobody else can read it at any moment: the mode is set at creation."""
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)

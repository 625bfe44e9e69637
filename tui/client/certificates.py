"""The TLS side of a kubeconfig: whom to trust, and the client certificate.

Owns the reading of PEM from files and from base64 data, and the wording when they do not fit. Keys that came as data
lie in a file of a private directory only while the TLS context is made.
"""

from __future__ import annotations

import base64
import binascii
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tui.client.choice import Choice
from tui.client.exec_plugin import Credential
from tui.core.errors import UsageProblem
from tui.core.text import clean


@contextmanager
def fitted(configuration: Any, choice: Choice, given: Credential) -> Iterator[None]:
    """`configuration` (the official client's) with the TLS fields of `choice`, the certificate of a plugin first.

    They hold inside the block only. Raises UsageProblem, of the block's own TLS errors too.
    """
    cluster, where = choice.cluster, f"context {choice.context!r}"
    with TemporaryDirectory(prefix="arcdeck-") as directory:
        try:
            authority = cluster.get("certificate-authority-data")
            if authority:
                pem = _decoded(authority, "certificate-authority-data").decode("ascii", "ignore")
                configuration.ca_cert_data = pem
            else:
                configuration.ssl_ca_cert = cluster.get("certificate-authority") or None
            configuration.cert_file, configuration.key_file = _pair(choice.user, given, Path(directory))
            yield
        except ssl.SSLError as error:
            raise UsageProblem(clean(f"{where}: {_told(error)}")) from None
        except (ValueError, OSError) as error:
            raise UsageProblem(clean(f"{where}: {error}")) from None


def _pair(user: dict[str, Any], given: Credential, directory: Path) -> tuple[str | None, str | None]:
    if given.certificate:
        certificate: str | None = _written(directory / "cert", given.certificate.encode())
        key: str | None = _written(directory / "key", given.key.encode())
    else:
        certificate, key = (_file(user, name, directory) for name in ("client-certificate", "client-key"))
    if key and b"ENCRYPTED" in Path(key).read_bytes():
        raise ValueError("the client key is encrypted, and nobody can type its pass phrase here")
    return certificate, key


def _file(user: dict[str, Any], name: str, directory: Path) -> str | None:
    data = user.get(f"{name}-data")
    if data:
        return _written(directory / name, _decoded(data, f"{name}-data"))
    return user.get(name) or None


def _written(path: Path, content: bytes) -> str:
    path.touch(mode=0o600)
    path.write_bytes(content)
    return str(path)


def _decoded(data: Any, name: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise ValueError(f"{name} is not base64") from None


def _told(error: ssl.SSLError) -> str:
    reason = str(error.reason or error).replace("_", " ").lower()
    if "key values mismatch" in reason:
        return "client-certificate and client-key do not belong together"
    if "no certificate" in reason or "no start line" in reason or "pem" in reason:
        return "a certificate or key in it is no PEM"
    return f"its certificates cannot be used: {reason}"

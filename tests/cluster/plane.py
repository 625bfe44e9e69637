"""A real Kubernetes control plane on loopback: etcd and kube-apiserver, for as long as some tests need it.

Owns flags, ports, files and faults of the two programs. Config maps are read from etcd itself (no watch cache), so
that a compaction shows at once. What runs beside them (controllers, nodes) is `workers`'.
"""

from __future__ import annotations

import base64
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from signal import Signals
from typing import Any, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.cluster import access
from tests.cluster.assets import Assets
from tests.cluster.process import Process, free_port
from tui.demo import tls

HOST: Final = "127.0.0.1"
ISSUER: Final = "https://kubernetes.default.svc"
SERVICES: Final = "10.96.0.0/16"
UNCACHED: Final = "configmaps"


class Plane:
    """etcd and kube-apiserver in a directory of their own."""

    def __init__(self, assets: Assets, directory: Path) -> None:
        self.assets, self.directory = assets, directory
        self.certificates = tls.issue(directory)
        self.ca = self.certificates.ca_path
        self.service_key = _service_key(directory / "service-account.key")
        self._etcd_port, self._peer_port, self._port = free_port(), free_port(), free_port()
        self.url = f"https://{HOST}:{self._port}"
        self._tls = ssl.create_default_context(cafile=str(self.ca))
        (directory / "tokens.csv").write_text(access.token_file(), "utf-8")
        self.kubeconfig = self._kubeconfig("admin")
        self.viewer_kubeconfig = self._kubeconfig("viewer")
        self.etcd = Process("etcd", self._etcd_command(), directory / "etcd.log")
        self.apiserver = Process("kube-apiserver", self._apiserver_command(), directory / "kube-apiserver.log")

    def start(self) -> None:
        """Start both, and give the view-only user its rights."""
        self.etcd.start()
        self.etcd.wait(self._etcd_is_ready)
        self.apiserver.start()
        self.wait()
        for path, body in access.rules():
            self.ask("POST", path, body)

    def stop(self) -> None:
        self.apiserver.stop()
        self.etcd.stop()

    def restart(self, signal: Signals = Signals.SIGTERM) -> None:
        """End the apiserver, politely or not, and start it on the same port."""
        if signal == Signals.SIGTERM:
            self.apiserver.stop()
        else:
            self.apiserver.send(signal)
        self.apiserver.start()
        self.wait()

    def wait(self) -> None:
        """Wait until the apiserver is ready."""
        self.apiserver.wait(lambda: self._answers("/readyz"))

    @contextmanager
    def paused(self) -> Iterator[None]:
        """The apiserver holds its connections and says nothing."""
        self.apiserver.send(Signals.SIGSTOP)
        try:
            yield
        finally:
            self.apiserver.send(Signals.SIGCONT)

    def compact(self) -> None:
        """Make etcd forget everything before now."""
        found = self._etcd("range", key=base64.b64encode(b"\0").decode(), count_only=True)
        self._etcd("compaction", revision=found["header"]["revision"], physical=True)

    def ask(self, method: str, path: str, body: Any = None, token: str = "admin-token") -> Any:
        """The JSON of an answer; an HTTPError for what is refused."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        asked = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(asked, timeout=30, context=self._tls) as answer:
            return json.load(answer)

    def _answers(self, path: str) -> bool:
        asked = urllib.request.Request(self.url + path, headers={"Authorization": "Bearer admin-token"})
        try:
            with urllib.request.urlopen(asked, timeout=5, context=self._tls):
                return True
        except (OSError, HTTPException):
            return False

    def _etcd(self, call: str, **body: Any) -> Any:
        """One call of etcd's JSON gateway."""
        url = f"http://{HOST}:{self._etcd_port}/v3/kv/{call}"
        with urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode()), timeout=10) as answer:
            return json.load(answer)

    def _etcd_is_ready(self) -> bool:
        try:
            self._etcd("range", key=base64.b64encode(b"a").decode())
        except (OSError, HTTPException):
            return False
        return True

    def _kubeconfig(self, user: str) -> Path:
        return access.write_kubeconfig(self.directory / f"{user}.kubeconfig", self.url, self.ca, f"{user}-token")

    def _etcd_command(self) -> list[str]:
        client, peer = f"http://{HOST}:{self._etcd_port}", f"http://{HOST}:{self._peer_port}"
        return [
            str(self.assets.directory / "etcd"), "--name=one", f"--data-dir={self.directory / 'etcd'}",
            f"--listen-client-urls={client}", f"--advertise-client-urls={client}", f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}", f"--initial-cluster=one={peer}", "--unsafe-no-fsync",
        ]  # fmt: skip

    def _apiserver_command(self) -> list[str]:
        made, key = self.certificates, self.service_key
        flags = {
            "etcd-servers": f"http://{HOST}:{self._etcd_port}", "bind-address": HOST, "advertise-address": HOST,
            "secure-port": self._port, "endpoint-reconciler-type": "none", "service-cluster-ip-range": SERVICES,
            "tls-cert-file": made.cert_path, "tls-private-key-file": made.key_path, "client-ca-file": made.ca_path,
            "token-auth-file": self.directory / "tokens.csv", "authorization-mode": "RBAC",
            "service-account-issuer": ISSUER, "service-account-key-file": key, "service-account-signing-key-file": key,
            "disable-admission-plugins": "ServiceAccount", "watch-cache-sizes": f"{UNCACHED}#0",
            "shutdown-delay-duration": "0s", "kubelet-preferred-address-types": "InternalIP",
        }  # fmt: skip
        return [str(self.assets.directory / "kube-apiserver"), *(f"--{name}={value}" for name, value in flags.items())]


def _service_key(path: Path) -> Path:
    """The key that signs the tokens of service accounts."""
    key = rsa.generate_private_key(65537, 2048)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    path.touch(0o600)
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return path

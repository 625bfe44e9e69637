"""Tokens of service accounts, signed as the apiserver signs them but with any expiry.

Owns the claims. The shortest token that the API itself hands out is good for ten minutes.
"""

from __future__ import annotations

import base64
import json
import time
from typing import Any
from urllib.error import HTTPError

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.cluster.plane import ISSUER, Plane


def service_account(plane: Plane, namespace: str, name: str, *, seconds: float) -> str:
    """A token of a service account, which is made when it is not there; it expires `seconds` from now."""
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts"
    body = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}}
    try:
        account = plane.ask("POST", path, body)
    except HTTPError as error:
        if error.code != 409:
            raise
        account = plane.ask("GET", f"{path}/{name}")
    now = int(time.time())
    claims = {
        "iss": ISSUER, "aud": [ISSUER], "sub": f"system:serviceaccount:{namespace}:{name}",
        "iat": now - 7200, "nbf": now - 7200, "exp": int(now + seconds),
        "kubernetes.io": {
            "namespace": namespace, "serviceaccount": {"name": name, "uid": account["metadata"]["uid"]},
        },
    }  # fmt: skip
    return _signed(plane, claims)


def _signed(plane: Plane, claims: dict[str, Any]) -> str:
    key = serialization.load_pem_private_key(plane.service_key.read_bytes(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    text = ".".join(_base64(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT"}, claims))
    return f"{text}.{_base64(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")

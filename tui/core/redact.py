"""Secrets, masked before anything is shown, copied or saved.

Owns what counts as a secret. Works on decoded JSON objects and on single lines; must not know where they go.

An environment variable's value is masked when its name or its content looks like a secret; a plain value
(`AZUREML_RUN_ID`) stays, because the operator needs it. The same tests are applied to every string in an object,
and whole blocks are masked by where they stand: the data of a Secret, protected settings, the annotation in which
kubectl keeps a copy of the object.
"""

from __future__ import annotations

import re
from typing import Any, Final

MASK: Final = "‹masked›"

_NAME: Final = re.compile(
    r"token|secret|passw|pwd|credential|connection_?-?\.?str|sas(?![a-z])|api_?-?key|access_?-?key|account_?-?key"
    r"|shared_?-?key|private_?-?key|signing_?-?key|ssl_?-?key|key_?-?pem|auth(?!or)|cookie|cert_?-?data|key_?-?data"
    r"|(?:^|[_.-])key$|_key_|[a-z]Key$",
    re.IGNORECASE,
)
_HARMLESS: Final = re.compile(
    r"expir|secretName$|secretRef|secretKeyRef|serviceAccountToken|automount|public|tokenFile$|_path$|_file$|_dir$"
    r"|_url$|_endpoint$|_uri$|enabled$|timeout|count$|length$|nodeAffinity|topologyKey|nonResource|authority",
    re.IGNORECASE,
)
_PLACES: Final = frozenset(
    {
        "configurationprotectedsettings",
        "protectedsettings",
        "kubectl.kubernetes.io/last-applied-configuration",
    }
)
_TEXT: Final = (
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?"), MASK),  # a JWT
    (re.compile(r"(?i)\b((?:Shared)?(?:Account|Access|Access)Key\s*=\s*)[^;\s\"']+"), rf"\1{MASK}"),
    (re.compile(r"(?i)(SharedAccessSignature\s*=?\s*)[^;\s\"']+"), rf"\1{MASK}"),
    (re.compile(r"(?i)([?&;]|\b)((?:sig|se_sig|signature)=)[^&\s\"';]+"), rf"\1\2{MASK}"),
    (re.compile(r"\b([a-z][a-z0-9+.-]*://[^/\s:@\"']*:)[^/\s@\"']+@", re.IGNORECASE), rf"\1{MASK}@"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {MASK}"),
    (
        re.compile(
            r"(?i)([\w.-]*(?:token|secret|passw(?:or)?d|pwd|api_?key|account_?key|access_?key|client_?key)"
            r"[\w.-]*[\"']?\s*[=:]\s*[\"']?)(?!‹)[^\s\"',;&]{4,}"
        ),
        rf"\1{MASK}",
    ),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)", re.DOTALL), MASK),
)  # fmt: skip


def secret_name(name: str) -> bool:
    """Whether a value under this name is to be masked whatever it holds."""
    return bool(_NAME.search(name)) and not _HARMLESS.search(name)


def redact_text(line: str) -> str:
    """`line` with what looks like a token, a key, a signature or a password in a URL masked. Idempotent."""
    for pattern, replacement in _TEXT:
        line = pattern.sub(replacement, line)
    return line


def redact(value: Any) -> Any:
    """A copy of a decoded JSON object with its secrets masked; the shape stays."""
    if isinstance(value, dict):
        if value.get("kind") == "Secret":
            return _secret(value)
        if isinstance(value.get("items"), list) and value.get("kind") == "SecretList":
            return {**redact({k: v for k, v in value.items() if k != "items"}),
                    "items": [_secret(item) for item in value["items"]]}  # fmt: skip
        return {key: _member(key, inner, value) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [redact(item) for item in value]
    return redact_text(value) if isinstance(value, str) else value


def _member(key: str, value: Any, owner: dict[str, Any]) -> Any:
    if key.lower() in _PLACES:
        return _masked(value)
    if key == "value" and isinstance(owner.get("name"), str) and secret_name(owner["name"]):
        return MASK if value not in (None, "") else value
    if isinstance(value, str) and value and secret_name(key):
        return MASK
    return redact(value)


def _secret(value: Any) -> Any:
    if not isinstance(value, dict):
        return MASK
    rest = {key: redact(inner) for key, inner in value.items() if key not in ("data", "stringData")}
    return {**rest, **{key: _masked(value[key]) for key in ("data", "stringData") if key in value}}


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return dict.fromkeys(value, MASK)
    if isinstance(value, list | tuple):
        return [MASK for _ in value]
    return MASK if value not in (None, "") else value

"""Secrets, masked before anything is shown, copied or saved.

Owns what counts as a secret. Works on decoded JSON objects and on single lines; must not know where they go.

An environment variable's value is masked when its name or its content looks like a secret; a plain value
(`AZUREML_RUN_ID`) stays, because the operator needs it. The same tests are applied to every string in an object,
and whole blocks are masked by where they stand: the data of a Secret, protected settings, the encoded job spec of an
AmlJob, the annotation in which kubectl keeps a copy of the object.
"""

from __future__ import annotations

import re
from typing import Any, Final

MASK: Final = "‹masked›"
_DEEPEST: Final = 120
"""Levels of an object that are walked; what lies deeper is masked whole."""

_NAME: Final = re.compile(
    r"token|secret|passw|passphrase|pwd|credential|conn(?:ection)?[_-]?\.?str|sas(?![a-z])|cookie|identity_?header"
    r"|(?:api|access|account|shared|private|signing|ssl)[_-]?key|key[_-]?pem|(?:cert|key)[_-]?data"
    r"|(?:^|[^a-z])pass$|auth$|auth[_-]?(?:header|data|str|config)|authorization$"
    r"|(?:^|[_.-])key$|_key_|(?-i:[a-z]Key)$",
    re.IGNORECASE,
)
_HARMLESS: Final = re.compile(
    r"expir|secret[_-]?name(?:space)?$|secret(?:key)?ref|serviceAccountToken|automount|public|tokenFile$"
    r"|[_-](?:path|file|dir|url|endpoint|uri)$|enabled$|timeout|(?<!ac)count$|length$|topologyKey|toleration|authority"
    r"|token(?:s|iz)",
    re.IGNORECASE,
)
_PLACES: Final = frozenset(
    {
        "configurationprotectedsettings",
        "protectedsettings",
        "commonruntimejobspec",
        "kubectl.kubernetes.io/last-applied-configuration",
    }
)
_GAP: Final = r"\s{0,4}"
"""Bounded, as every repetition that another one may follow: a hostile line must not cost the square of its length."""
_TAIL: Final = r"[\w.-]{0,40}"
_VALUE: Final = r"(?!‹)(?![\d.,]+(?:[\"'\s,;&)\]]|$))[^\s\"',;&<\[{(][^\s\"',;&]{3,}"
"""A value that may be a secret: no bare number, no `<placeholder>`."""
_STRONG: Final = (
    r"passw(?:or)?d|passphrase|pwd|connection[_-]?string"
    r"|(?:api|account|access|client|shared|private)[_-]?key(?!name)"
)
_WEAK: Final = r"token(?!s|iz|_id|_type|_count)|secret(?!s\b|s?[_-]?name|_?ref)"
"""Also words of everyday messages: `failed to get token: unauthorized` must stay readable."""
_TEXT: Final = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(?s)-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)", MASK),
        (r"(?<![\w-])eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?", MASK),  # a JWT
        (r"(?i)\b(Shared(?:Access)?Signature[\s=]\s{0,4})[^;\s\"']+", rf"\1{MASK}"),
        (r"(?i)\b((?:sig|signature)=)[^&\s\"';]+", rf"\1{MASK}"),
        (r"(?i)\b([a-z][a-z0-9+.-]{0,30}://[^/\s:@\"']{0,256}:)[^/\s\"']+@", rf"\1{MASK}@"),
        (r"(?i)\b(https?://)[^/\s:@\"']{1,1024}@", rf"\1{MASK}@"),
        (r"\b((?i:bearer|basic))\s{1,4}(?=\S*(?:\d|=|[a-z][A-Z]))[\w.~+/=-]{8,}", rf"\1 {MASK}"),
        (r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86}==", MASK),  # an Azure storage key
        (rf"(?i)((?:{_STRONG}){_TAIL}[\"']?{_GAP}[=:]{_GAP}[\"']?){_VALUE}", rf"\1{MASK}"),
        (rf"(?i)((?:{_WEAK}){_TAIL}(?:[\"']?{_GAP}=|[\"']{_GAP}:){_GAP}[\"']?){_VALUE}", rf"\1{MASK}"),
        (rf"(?i)((?:{_WEAK}){_TAIL}:{_GAP}[\"']?)(?=\S{{20}}|\S{{0,20}}\d)(?=\S{{8}}){_VALUE}", rf"\1{MASK}"),
    )
)


_SIGNS: Final = ("key", "token", "secret", "pass", "pwd", "sig", "://", "eyj", "bearer", "basic", "connection", "==")
"""One of these is in every line that a pattern changes: most lines have none and are done at once."""


def secret_name(name: str) -> bool:
    """Whether a value under this name is to be masked whatever it holds."""
    return bool(_NAME.search(name)) and not _HARMLESS.search(name)


def redact_text(line: str) -> str:
    """`line` with what looks like a token, a key, a signature or a password in a URL masked. Idempotent."""
    folded = line.casefold()
    if not any(sign in folded for sign in _SIGNS):
        return line
    for pattern, replacement in _TEXT:
        line = pattern.sub(replacement, line)
    return line


def redact(value: Any) -> Any:
    """A copy of a decoded JSON object with its secrets masked; the shape stays."""
    return _copy(value, 0)


def _copy(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return redact_text(value)
    if not isinstance(value, dict | list | tuple):
        return value
    if depth > _DEEPEST:
        return MASK
    if not isinstance(value, dict):
        return [_copy(item, depth + 1) for item in value]
    kind = value.get("kind")
    if kind == "Secret":
        return _secret(value, depth)
    if kind == "SecretList" and isinstance(value.get("items"), list):
        items = [_secret(item, depth + 1) for item in value["items"]]
        return {key: items if key == "items" else _member(key, inner, value, depth) for key, inner in value.items()}
    return {key: _member(key, inner, value, depth) for key, inner in value.items()}


def _member(key: str, value: Any, owner: dict[str, Any], depth: int) -> Any:
    if key.lower() in _PLACES:
        return _masked(value)
    name = owner.get("name") if key == "value" else key
    # A field that is called just `key` names something: of a toleration, of an item of a ConfigMap.
    if isinstance(name, str) and name != "key" and isinstance(value, str | int | float) and secret_name(name):
        return value if isinstance(value, bool) or value == "" else MASK
    return _copy(value, depth + 1)


def _secret(value: Any, depth: int) -> Any:
    if not isinstance(value, dict):
        return MASK
    return {
        key: _masked(inner) if key in ("data", "stringData") else _member(key, inner, value, depth)
        for key, inner in value.items()
    }


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return dict.fromkeys(value, MASK)
    if isinstance(value, list | tuple):
        return [MASK for _ in value]
    return MASK if value not in (None, "") else value

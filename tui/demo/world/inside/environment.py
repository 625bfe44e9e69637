"""What the environment of a container's programs holds.

Owns made-up secrets: they look like real ones and say that they are none to whoever decodes them.
"""

from __future__ import annotations

import base64
import re
from typing import Any, Final

Body = dict[str, Any]

_SECRET: Final = re.compile(r"TOKEN$|SECRET|PASSWORD|_KEY$")
_HEAD: Final = '{"alg":"RS256","typ":"JWT"}'
_CLAIMS: Final = '{"iss":"demo","sub":"nobody","aud":"not-a-real-token"}'
_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def environment(pod: Body, container: Body) -> dict[str, str]:
    """All variables."""
    found = {
        "PATH": _PATH, "HOSTNAME": pod["metadata"]["name"], "HOME": "/root", "KUBERNETES_SERVICE_HOST": "10.43.0.1",
        "KUBERNETES_SERVICE_PORT": "443", "KUBERNETES_PORT": "tcp://10.43.0.1:443",
    }  # fmt: skip
    for each in container.get("env") or ():
        name = str(each["name"])
        found[name] = made_up(name) if "valueFrom" in each or _SECRET.search(name) else str(each.get("value", ""))
    return found


def made_up(name: str) -> str:
    """A secret of a name."""
    parts = (_HEAD, _CLAIMS, f"not-a-real-signature-of-{name}")
    if name.endswith("TOKEN"):
        return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)
    return base64.b64encode(f"not a real secret: {name.lower():<44}".encode()).decode()

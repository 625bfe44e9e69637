"""Which files a container has.

Owns the paths. A pure function of the pod, the container and what is written there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from tui.core.units import epoch
from tui.demo.kube.logs import Bulk, LogSource
from tui.demo.world.inside import environment, images
from tui.demo.world.inside.files import Bulky, File, Fixed, Logged, Tree, tree_of

Body = dict[str, Any]

_ALWAYS: Final = ("/dev", "/home", "/opt", "/root", "/tmp", "/var/log", "/var/tmp", "/proc", "/mnt", "/usr/local/bin")
_TOKEN: Final = "/var/run/secrets/kubernetes.io/serviceaccount"
_SCRIPT: Final = b"""\
import argparse

from model import build, fit


def main(args: argparse.Namespace) -> None:
    fit(build(args.width), epochs=args.epochs)


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=90)
    parser.add_argument("--width", type=int, default=64)
    return parser.parse_args()


if __name__ == "__main__":
    main(parse_args())
"""


def files_of(pod: Body, container: Body, written: Iterable[tuple[str, LogSource]]) -> Tree:
    """The root directory. `written` are files of the pod that grow; each is seen where its volume is mounted."""
    name = pod["metadata"]["name"]
    shells, made = images.shells_of(container), epoch(pod["metadata"].get("creationTimestamp") or "") or 0.0
    files: dict[str, File] = {
        "/etc/hostname": Fixed(f"{name}\n".encode()),
        "/etc/hosts": Fixed(f"127.0.0.1\tlocalhost\n{pod.get('status', {}).get('podIP', '')}\t{name}\n".encode()),
        "/etc/resolv.conf": Fixed(b"search ml-train.svc.cluster.local svc.cluster.local\nnameserver 10.43.0.10\n"),
        "/etc/passwd": Fixed(b"root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534::/nonexistent:/bin/false\n"),
        "/etc/os-release": Fixed(b'NAME="Ubuntu"\nVERSION="22.04.4 LTS (Jammy Jellyfish)"\nID=ubuntu\n'),
        "/dev/null": Fixed(b""),
        f"{_TOKEN}/namespace": Fixed(pod["metadata"]["namespace"].encode()),
        f"{_TOKEN}/token": Fixed(environment.made_up("TOKEN").encode()),
        **{f"/bin/{each}": Fixed(b"\x7fELF", program=True) for each in shells},
        **{f"/usr/bin/{each}": Fixed(b"\x7fELF", program=True) for each in images.programs_of(container)},
    }
    mounts = tuple(str(mount["mountPath"]) for mount in container.get("volumeMounts") or ())
    files |= {path: _grown(source) for path, source in written if any(path.startswith(f"{at}/") for at in mounts)}
    work = workdir(container, files)
    if work != "/":
        files[f"{work}/train.py"] = Fixed(_SCRIPT, made)
        files[f"{work}/requirements.txt"] = Fixed(b"torch==2.3.1\nmlflow==2.13.0\n", made)
    return tree_of(files, (*_ALWAYS, *mounts))


def _grown(source: LogSource) -> File:
    return Bulky(source) if isinstance(source, Bulk) else Logged(source)


def workdir(container: Body, paths: Iterable[str]) -> str:
    """Where the programs of a container begin, given its files: the user's in the directory of the user's code."""
    output = next((path for path in paths if path.endswith("/std_log.txt")), "")
    if not output or not str(container["name"]).endswith("execution-wrapper"):
        return "/"
    return output.partition("/cap/")[0] + "/exe/wd"

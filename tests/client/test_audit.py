"""The command lines on record: what an operator could have typed, every word quoted."""

from __future__ import annotations

import shlex

from tui.client.audit import exec_command, forward_command


def test_a_shell_and_a_forward_as_kubectl_does_them() -> None:
    command = exec_command("a b", "ns/pod", "main", ("sh", "-c", "command -v bash; exec sh"))
    assert command.startswith("kubectl --context 'a b' exec -it pod -n ns -c main -- sh -c ")
    assert shlex.split(command)[-3:] == ["sh", "-c", "command -v bash; exec sh"]
    assert forward_command("c", "ns/pod", 8080, 80) == "kubectl --context c port-forward pod/pod -n ns 8080:80"
    assert forward_command("c", "ns/pod", 0, 80).endswith(" :80")

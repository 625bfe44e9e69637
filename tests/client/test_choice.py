"""One context out of a kubeconfig; what cannot work is said before anything is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tui.client import choice
from tui.client.choice import NoKubeconfig, choose
from tui.client.kubeconfig import Kubeconfig
from tui.core.errors import UsageProblem
from tui.settings import Settings

SERVER = {"server": "https://kube.example:6443/"}


def config(
    cluster: dict[str, Any] | None = None, user: dict[str, Any] | None = None, context: dict[str, Any] | None = None
) -> Kubeconfig:
    return Kubeconfig(
        (Path("/etc/k"),),
        {"c": cluster if cluster is not None else dict(SERVER)},
        {"u": user or {}},
        {"prod": context if context is not None else {"cluster": "c", "user": "u", "namespace": "team"}, "dev": {}},
        "prod",
    )


def test_the_current_context_is_taken_unless_another_is_named() -> None:
    found = choose(config(user={"token": "t"}), None, {})
    assert (found.context, found.server, found.namespace) == ("prod", "https://kube.example:6443", "team")
    with pytest.raises(UsageProblem, match="context 'dev' names no cluster"):
        choose(config(), "dev", {})


@pytest.mark.parametrize(
    ("kubeconfig", "context", "message"),
    [
        (config(), "prd", "/etc/k: no context 'prd'; there is prod"),
        (config(), "zzz", "/etc/k: no context 'zzz'; there is dev, prod"),
        (Kubeconfig((Path("/etc/k"),), {}, {}, {}), None, "/etc/k: no current context; name one of: none"),
        (config(context={"cluster": "x"}), None, "context 'prod' names an unknown cluster 'x'"),
        (config(context={"cluster": "c", "user": "x"}), None, "context 'prod' names an unknown user 'x'"),
        (config(cluster={}), None, "cluster 'c' has no server address"),
        (config(cluster={"server": "kube.example"}), None, "cluster 'c' has no server address"),
        (
            config(cluster={**SERVER, "certificate-authority": "/no/ca"}), None,
            "certificate-authority /no/ca cannot be read",
        ),
        (config(user={"client-certificate-data": "eA=="}), None, "client-certificate and client-key go together"),
        (config(user={"auth-provider": {"name": "gcp"}}), None, "auth-provider 'gcp' is no more"),
        (config(cluster={**SERVER, "proxy-url": "socks5://p:1"}), None, "proxy-url: socks5://p:1 is no http"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_one_clear_line(kubeconfig: Kubeconfig, context: str | None, message: str) -> None:
    with pytest.raises(UsageProblem) as caught:
        choose(kubeconfig, context, {})
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_kubeconfig_s_own_proxy_goes_before_the_environment_s() -> None:
    environ = {"HTTPS_PROXY": "http://env:8080"}
    assert choose(config(), None, environ).proxy == "http://env:8080"
    assert choose(config(cluster={**SERVER, "proxy-url": "http://own:1"}), None, environ).proxy == "http://own:1"
    assert choose(config(), None, {**environ, "NO_PROXY": "example"}).proxy == ""


def test_a_user_without_a_section_is_nobody() -> None:
    assert choose(config(context={"cluster": "c"}), None, {}).user == {}


def test_no_kubeconfig_at_all_is_its_own_problem(tmp_path: Path) -> None:
    with pytest.raises(NoKubeconfig, match="no kubeconfig: neither"):
        choice.choice_of(Settings(), {}, tmp_path)


def account(directory: Path) -> Path:
    for name, text in (("token", "tok"), ("ca.crt", "x"), ("namespace", "mine\n")):
        (directory / name).write_text(text)
    return directory


@pytest.mark.parametrize(
    ("host", "server"), [("10.0.0.1", "https://10.0.0.1:443"), ("fd00::1", "https://[fd00::1]:443")]
)
def test_in_a_pod_the_service_account_is_taken(tmp_path: Path, host: str, server: str) -> None:
    environ = {"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": "443"}
    found = choice.choice_of(Settings(), environ, tmp_path, account(tmp_path))
    assert (found.context, found.server, found.namespace) == ("in-cluster", server, "mine")
    assert found.user == {"tokenFile": str(tmp_path / "token")}
    assert found.cluster["certificate-authority"] == str(tmp_path / "ca.crt")


def test_a_pod_without_a_service_account_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="in a pod without a service account"):
        choice.choice_of(Settings(), {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, tmp_path, tmp_path)


def test_an_empty_kubeconfig_in_a_pod_leaves_the_service_account(tmp_path: Path) -> None:
    (tmp_path / "k").write_text("apiVersion: v1\n")
    environ = {"KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBECONFIG": str(tmp_path / "k")}
    assert choice.choice_of(Settings(), environ, tmp_path, account(tmp_path)).context == "in-cluster"
    with pytest.raises(UsageProblem, match="no context 'x'"):
        choice.choice_of(Settings(context="x"), environ, tmp_path, account(tmp_path))


def test_a_traceback_shows_no_token() -> None:
    assert "hush" not in repr(choose(config(user={"token": "hush"}), None, {}))

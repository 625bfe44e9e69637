"""What failures are called."""

from __future__ import annotations

import errno
import socket

import aiohttp
import pytest

from tui.client.failure import host_port, of_exception, of_status, reason_of
from tui.core.errors import Problem


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("https://kube.example", "kube.example:443"),
        ("http://kube.example/path", "kube.example:80"),
        ("https://kube.example:6443/proxies/x", "kube.example:6443"),
        ("https://[fd00::1]:6443", "[fd00::1]:6443"),
        ("https://user:word@kube.example", "kube.example:443"),
        ("https://kube.example:port", "https://kube.example:port"),
        ("nonsense", "?:80"),
    ],
)
def test_a_host_is_named_with_its_port_and_without_a_password(url: str, named: str) -> None:
    assert host_port(url) == named


def test_a_reason_has_the_next_step() -> None:
    assert reason_of(Problem("It broke.", "there", "mend it")) == "there: It broke; mend it"
    assert reason_of(Problem("It broke.")) == "It broke."


def test_what_is_no_network_failure_is_a_bug_and_goes_on() -> None:
    with pytest.raises(KeyError):
        of_exception(KeyError("x"), "https://kube")


def test_the_system_s_own_failures_are_told() -> None:
    broken = of_exception(ConnectionResetError(errno.ECONNRESET, "reset by peer"), "https://kube")
    assert (broken.code, broken.where) == ("Broken", "kube:443")
    assert of_exception(TimeoutError(), "https://kube").what == "no answer in time"
    assert of_exception(socket.gaierror(-2, "unknown"), "https://kube").code == "Broken"


def test_a_page_instead_of_a_status_is_not_shown_and_a_long_message_is_cut() -> None:
    assert of_status(502, b"<html>" + b"x" * 5000, "w").what == "HTTP 502"
    assert of_status(500, b"\xff\xfe plain\ntext", "w").what.isprintable()
    assert len(of_status(500, b'{"message": "' + b"x" * 5000 + b'"}', "w").what) == 600
    assert of_status(403, b"[]", "w").next.startswith("ask for the permission")


def test_an_error_that_became_a_value_keeps_no_frames() -> None:
    """A broken connection keeps its error; the frames of that would keep the buffers of the connection."""

    def breaks() -> None:
        try:
            raise ConnectionResetError("reset")
        except ConnectionResetError as error:
            raise aiohttp.ClientPayloadError("not completed") from error

    with pytest.raises(aiohttp.ClientPayloadError) as caught:
        breaks()
    error = caught.value
    assert of_exception(error, "https://kube:6443").code == "Broken"
    assert error.__traceback__ is None
    assert error.__cause__ is not None
    assert error.__cause__.__traceback__ is None


def test_what_is_no_network_failure_is_raised_with_all_its_frames() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        of_exception(ZeroDivisionError("a bug"), "https://kube:6443")
    assert caught.tb is not None

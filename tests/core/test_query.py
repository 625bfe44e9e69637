"""The filter language: what is typed finds what is meant, half-typed or wrong it hides nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.query import label_selector, parse

HAY = "azureml relayserver-6995b6594d-t5zrj 0/1 CrashLoopBackOff relayserver gpu-1 exit 1: no relay"
LABELS = {"app": "relayserver", "tier": "", "ml.azure.com/compute": "arc"}


@pytest.mark.parametrize(
    "text",
    [
        "crash", "CRASH", "crashloop", "relayserver-6995b6594d", "!running", "fail|crash", "^azureml", r"\d/1",
        "exit 1:", "-f rlsvr", "-f R L S", "!-f zzz", "!!crash", "! running", "!! crash",
        "-l app=relayserver", "-l app==relayserver", "-l app = relayserver", "-l app", "-l !gone", "-l app!=gateway",
        "-l app in (gateway, relayserver)", "-l app notin (gateway)", "-l gone notin (x)", "-l gone!=x", "-l tier=",
        "-l app=relayserver,tier,!gone", "-l ml.azure.com/compute=arc", "!-l app=gateway", "-l app=relayserver,",
    ],
)  # fmt: skip
def test_it_is_found(text: str) -> None:
    query = parse(text)
    assert query.matches(HAY, LABELS)
    assert not query.problem
    assert query


@pytest.mark.parametrize(
    "text",
    [
        "running", "!crash", "fail|oom", "^relay", "-f rvlq", "-f ly za z", "!!running",
        "-l app=gateway", "-l app=", "-l gone", "-l !app", "-l app!=relayserver", "-l app in (gateway)",
        "-l app notin (relayserver,x)", "-l gone in (x)", "-l app,gone", "!-l app",
    ],
)  # fmt: skip
def test_it_is_not_found(text: str) -> None:
    query = parse(text)
    assert not query.matches(HAY, LABELS)
    assert not query.problem


@pytest.mark.parametrize("text", ["", " ", "!", "!!", "-l", "-l ", "-f", "!-l", "! -f", "! !"])
def test_half_typed_it_lets_all_through(text: str) -> None:
    assert parse(text).matches(HAY, LABELS)
    assert not parse(text).problem


@pytest.mark.parametrize("text", ["", "!", "!!", "  "])
def test_nothing_typed_is_no_filter(text: str) -> None:
    assert not parse(text)


@pytest.mark.parametrize("text", ["-l a b", "-l =x", "-l a in b", "-l a in ()", "!-l (", "-l a>b", "-l a=(b)", "-l ,a"])
def test_a_wrong_selector_says_so_and_hides_nothing(text: str) -> None:
    query = parse(text)
    assert query.problem
    assert query.matches(HAY, LABELS)


@pytest.mark.parametrize("text", ["exit (1", "[", "a{99999999999999}", "*x", "(" * 5000])
def test_what_is_no_pattern_is_text(text: str) -> None:
    query = parse(text)
    assert "taken as text" in query.problem
    assert not query.matches(HAY, LABELS)
    assert query.matches(f"before {text} after", {})
    assert not parse(f"!{text}").matches(f"before {text} after", {})


def test_a_doubtful_pattern_prints_no_warning(recwarn: pytest.WarningsRecorder) -> None:
    assert parse("[[a]").matches("a", {})
    assert not recwarn.list


def test_a_fuzzy_filter_does_not_try_every_way() -> None:
    """As a regular expression this would not end."""
    assert not parse("-f " + "a" * 40 + "z").matches("a" * 4000, {})
    assert parse("-f " + "a" * 40 + "z").matches("a" * 4000 + "z", {})


def test_endless_negation_ends() -> None:
    assert not parse("!" * 9999 + "crash").matches(HAY, LABELS)
    assert parse("!" * 10000 + "crash").matches(HAY, LABELS)


@given(st.text(st.sampled_from("!-lf ()[]{}*+?|\\.^$a=,in0"), max_size=25), st.text(max_size=20))
def test_anything_may_be_typed(text: str, hay: str) -> None:
    query = parse(text)
    query.matches(hay, LABELS)
    assert query.text == text.strip() or not query


LABEL = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "x", "y"]))
TERM = st.one_of(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["=", "==", "!="]), st.sampled_from(["", "x", "y"])).map("".join),
    st.tuples(st.sampled_from("abc"), st.sampled_from([" in (x,y)", " notin (x)", ""])).map("".join),
    st.sampled_from("abc").map("!{}".format),
)


@given(st.lists(TERM, min_size=1, max_size=4), LABEL)
def test_terms_are_joined_by_and(terms: list[str], labels: dict[str, str]) -> None:
    whole = label_selector(",".join(terms))
    parts = [label_selector(term) for term in terms]
    assert whole is not None
    assert whole(labels) == all(part(labels) for part in parts if part is not None)


@given(st.sampled_from("abc"), st.sampled_from(["x", "y"]), LABEL)
def test_opposites(key: str, value: str, labels: dict[str, str]) -> None:
    for one, other in (
        (f"{key}={value}", f"{key}!={value}"),
        (key, f"!{key}"),
        (f"{key} in ({value})", f"{key} notin ({value})"),
    ):
        yes, no = label_selector(one), label_selector(other)
        assert yes is not None
        assert no is not None
        assert yes(labels) != no(labels)


@pytest.mark.parametrize(
    ("text", "size", "kept"),
    [
        ("gpus>2", "3", True), ("gpus>2", "2", False), ("gpus < 10", "9", True), ("gpus<10", "10", False),
        ("gpus>-1", "0", True), ("gpus>2", "many", False), ("gpus<2", "", False), ("gpus<2", "1e0", False),
        ("gpus>2,gpus<5", "4", True), ("gpus>2,gpus<5", "5", False), ("gpus>9", "10", True),
    ],
)  # fmt: skip
def test_a_label_that_is_a_number_can_be_measured(text: str, size: str, kept: bool) -> None:
    selector = label_selector(text)
    assert selector is not None
    assert selector({"gpus": size}) is kept
    assert not selector({"other": size})


@pytest.mark.parametrize(
    "text", ["a=b,", ",", "a,,b", "a in (x", "a=b=c", "a in ( )", "a>", "a<x", "a>5<6", "a>=5", ">5"]
)
def test_the_selector_itself_is_strict(text: str) -> None:
    assert label_selector(text) is None

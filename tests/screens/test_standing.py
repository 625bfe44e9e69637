"""Each state of a source speaks differently."""

from tui.core.facts import Phase, Source
from tui.core.health import Health
from tui.screens.standing import Words, standing

PODS = Words("pods", empty="no pods in azureml", missing="not served here")
NOW = 1000.0


def _of(phase: Phase, **extra: object) -> Source:
    return Source("pods", phase, since=990.0, **extra)  # type: ignore[arg-type]


def test_all_states_differ() -> None:
    sources = {
        "off": _of(Phase.OFF, reason="no kubeconfig"),
        "loading": _of(Phase.LOADING),
        "empty": _of(Phase.LIVE, fresh=999.0),
        "denied": _of(Phase.DENIED, permission="list pods in azureml", reason="Forbidden"),
        "missing": _of(Phase.MISSING, reason="404"),
        "stale": _of(Phase.STALE, fresh=940.0, reason="connection refused"),
        "never": _of(Phase.STALE, reason="connection refused"),
    }
    shown = {name: standing(s, PODS, NOW, shown=0, total=0) for name, s in sources.items()}
    assert len({s.lines for s in shown.values()}) == len(sources)
    assert "you may not list pods in azureml" in shown["denied"].lines[0]
    assert shown["empty"].lines == ("no pods in azureml",)
    assert any("1m" in line or "60s" in line for line in shown["stale"].lines)
    assert shown["never"].health is Health.BAD
    assert "no pods" not in " ".join(shown["never"].lines)


def test_a_filter_that_hides_all_says_so() -> None:
    lines = standing(_of(Phase.LIVE, fresh=999.0), PODS, NOW, shown=0, total=7, query="crash").lines
    assert "none of 7 pods matches crash" in lines[0]


def test_stale_rows_are_marked_and_kept() -> None:
    it = standing(_of(Phase.STALE, fresh=940.0, reason="reset"), PODS, NOW, shown=5, total=5)
    assert it.stale
    assert it.note == "stale 1m"
    assert it.lines == ("last seen 60s ago; reset",)

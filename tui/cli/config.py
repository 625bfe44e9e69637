"""Where settings come from: defaults < config file (TOML) < ARCDECK_* variables < arguments.

Owns the reading and the one-line errors. The fields and their meaning are `tui.settings`'.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import msgspec

from tui.core.errors import UsageProblem
from tui.settings import CLOUDS, Settings

_HIDDEN: Final = frozenset({"demo"})
"""Set by commands only."""
_CHOICES: Final = {
    "cloud": CLOUDS,
    "theme": ("dark", "light", "ansi"),
    "sign_in": ("auto", "cli", "device", "managed", "environment", "workload", "none"),
}
_FIELDS: Final = {field.name: field for field in msgspec.structs.fields(Settings) if field.name not in _HIDDEN}
_TRUE: Final = frozenset({"1", "true", "yes", "on"})
_FALSE: Final = frozenset({"0", "false", "no", "off", ""})


def config_path(chosen: Path | None, environ: Mapping[str, str]) -> Path:
    """The config file: the one named, else ARCDECK_CONFIG, else the platform's place."""
    if chosen is not None or environ.get("ARCDECK_CONFIG"):
        return chosen or Path(environ["ARCDECK_CONFIG"])
    import platformdirs

    return platformdirs.user_config_path("arcdeck") / "config.toml"


def load(
    chosen: Path | None, environ: Mapping[str, str], arguments: Mapping[str, Any]
) -> tuple[Settings, dict[str, str]]:
    """The settings, and the origin of each that is not a default.

    Raises UsageProblem, one line that names file and line, variable or argument.
    """
    path = config_path(chosen, environ)
    named = chosen is not None or bool(environ.get("ARCDECK_CONFIG"))
    values: dict[str, Any] = {}
    origin: dict[str, str] = {}
    for source, found in (
        (str(path), _from_file(path, named)),
        ("environment", _from_environment(environ)),
        ("argument", dict(arguments)),
    ):
        values.update(found)
        origin.update(dict.fromkeys(found, source))
    _defaults_of_this_terminal(values, origin, environ)
    return _build(values, origin), origin


def _defaults_of_this_terminal(values: dict[str, Any], origin: dict[str, str], environ: Mapping[str, str]) -> None:
    """Over SSH the screen is updated twice a second; a terminal without UTF-8 gets ASCII."""
    from tui.terminal.environment import ascii_only, remote

    if "flush" not in values and remote(environ):
        values["flush"], origin["flush"] = 0.5, "SSH session"
    if "ascii" not in values and ascii_only(environ):
        values["ascii"], origin["ascii"] = True, "terminal without UTF-8"


def _from_file(path: Path, named: bool) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if named:
            raise UsageProblem(f"{path}: no such file") from None
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise UsageProblem(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        what = re.sub(r"\s*\(at .*\)$", "", str(error))
        raise UsageProblem(f"{path}:{line[1] if line else 1}: {what}") from None
    values = {name.replace("-", "_"): value for name, value in found.items()}
    for name, value in values.items():
        where = f"{path}:{_line_of(text, name)}"
        _check(where, name, value)
    return values


def _line_of(text: str, name: str) -> int:
    pattern = re.compile(rf"^\s*\[?\s*[\"']?{name.replace('_', '[-_]')}[\"']?\s*[=\].]")
    return next((number for number, line in enumerate(text.splitlines(), 1) if pattern.match(line)), 1)


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in _FIELDS:
        variable = f"ARCDECK_{name.upper()}"
        if variable in environ and name != "keys":
            found[name] = _typed(variable, name, environ[variable])
    return found


def _typed(variable: str, name: str, text: str) -> Any:
    kind = _FIELDS[name].type
    if kind is bool:
        if text.lower() not in _TRUE | _FALSE:
            raise UsageProblem(f"{variable}: {text!r} is neither true nor false")
        return text.lower() in _TRUE
    if kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            raise UsageProblem(f"{variable}: {text!r} is not a number") from None
    return text


def _check(where: str, name: str, value: Any) -> None:
    if name not in _FIELDS:
        near = get_close_matches(name, _FIELDS, n=1)
        raise UsageProblem(f"{where}: no setting {name}" + (f"; did you mean {near[0]}?" if near else ""))
    try:
        msgspec.convert(value, _FIELDS[name].type)
    except msgspec.ValidationError as error:
        raise UsageProblem(f"{where}: {name}: {str(error).split(' - ')[0]}") from None
    _check_choice(where, name, value)


def _check_choice(where: str, name: str, value: Any) -> None:
    choices = _CHOICES.get(name)
    if choices and value not in choices:
        raise UsageProblem(f"{where}: {name}: {value!r} is none of {', '.join(choices)}")


def _build(values: dict[str, Any], origin: Mapping[str, str]) -> Settings:
    for name, value in values.items():
        _check_choice(origin[name], name, value)
    keys = values.get("keys", {})
    if keys:
        _check_keys(keys, origin.get("keys", ""))
    return msgspec.convert(values, Settings)


def _check_keys(keys: Mapping[str, str], where: str) -> None:
    """Binding ids are those of `tui.keys`, which needs textual: only looked at when the table is there."""
    from tui.keys import catalogue

    known = catalogue()
    for name in keys:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            raise UsageProblem(f"{where}: no binding {name}" + (f"; did you mean {near[0]}?" if near else ""))

"""Options and overlays as JSON, in the shape of Cloudflare's `cf.image`.

JSON is flattened to the names and texts of the URL grammar, and the same table reads both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal

from foveate.errors import BadOption
from foveate.options.focus import behind
from foveate.options.grammar import NO_PRESETS, Parsed, assemble
from foveate.options.gravities import BOX_CENTRE
from foveate.options.model import Composite, Overlay
from foveate.options.table import canonical
from foveate.options.values import MAX_PIXELS, expected, number, one_of, shown, text_of, whole
from foveate.settings import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from foveate.options.grammar import Presets

MAX_OVERLAYS: Final = Limits().max_draw
_DRAW: Final = "draw"
_MAX_DEPTH: Final = 3


def options_from_json(
    value: object, *, max_draw: int = MAX_OVERLAYS, presets: Presets = NO_PRESETS
) -> Parsed:
    """Return what an object like Workers' `cf.image` asks for, `draw` included.

    Raises BadOption or UnknownPreset.

    >>> options_from_json({"width": 80, "gravity": {"x": 0, "y": 0.5}}).options.width
    80
    """
    members = dict(_object(value, "options"))
    drawn = members.pop(_DRAW, None)
    overlays, strange = overlays_from_json(
        [] if drawn is None else drawn, limit=max_draw, presets=presets
    )
    parsed = assemble(_flattened(members), presets)
    return Parsed(replace(parsed.options, draw=overlays), (*parsed.unknown, *strange))


def overlays_from_json(
    value: object, *, limit: int = MAX_OVERLAYS, presets: Presets = NO_PRESETS
) -> tuple[tuple[Overlay, ...], tuple[str, ...]]:
    """Return the overlays of a `draw` list, bottom first, and the names in it that are no options.

    Raises UnknownPreset and BadOption, also for more than `limit` of them.
    """
    if not isinstance(value, list | tuple):
        raise BadOption(f"Option draw: expected a list of objects, got {_kind(value)}.")
    if len(value) > limit:
        raise BadOption(f"Option draw: expected at most {limit} overlays, got {len(value)}.")
    read = [_overlay(item, f"draw[{place}]", presets) for place, item in enumerate(value)]
    names = dict.fromkeys(name for _, unknown in read for name in unknown)
    return tuple(overlay for overlay, _ in read), tuple(names)


def _length(text: str) -> int | float:
    """Return pixels for digits alone, and a share of the base for a fraction up to 1."""
    try:
        if not text.isdigit() and (share := number(0, 1)(text)):
            return share
    except ValueError:
        pass  # 300.0 is no share, but it is 300 pixels
    try:
        return whole(1)(text)
    except ValueError:
        raise expected(f"pixels from 1 to {MAX_PIXELS}, or a fraction up to 1", text) from None


_PLACE: Final = whole(-MAX_PIXELS)
_REPEATS: Final[Mapping[str, Literal["no", "both", "x", "y"]]] = {
    "true": "both",
    "false": "no",
    "x": "x",
    "y": "y",
}
_OWN: Final[Mapping[str, Callable[[str], object]]] = {
    "width": _length,
    "height": _length,
    "opacity": number(0, 1),
    "repeat": one_of(_REPEATS),
    "top": _PLACE,
    "left": _PLACE,
    "bottom": _PLACE,
    "right": _PLACE,
    "composite": one_of({kind.value: kind for kind in Composite}),
    "behind": behind,
}
"""The members of an overlay that are not options of its picture."""


def _overlay(item: object, where: str, presets: Presets) -> tuple[Overlay, tuple[str, ...]]:
    members = {canonical(str(name)): part for name, part in _object(item, where).items()}
    url = members.pop("url", None)
    if not isinstance(url, str) or not url:
        raise BadOption(f"Option {where}: expected url to be the address of a picture.")
    if _DRAW in members:
        raise BadOption(f"Option {where}: an overlay cannot have overlays. Leave draw out.")
    own = {name: members.pop(name) for name in _OWN if name in members}
    placed: dict[str, Any] = {
        name: _own(name, part, where) for name, part in own.items() if part is not None
    }
    for one, other in (("left", "right"), ("top", "bottom")):
        if one in placed and other in placed:
            raise BadOption(f"Option {where}: expected {one} or {other}, got both.")
    parsed = assemble(_flattened(members), presets)
    for name in ("watermark", "text", "design", "overlay"):
        if getattr(parsed.options, name) is not None:
            raise BadOption(f"Option {where}: an overlay cannot have overlays. Leave {name} out.")
    return Overlay(url=url, options=parsed.options, **placed), parsed.unknown


def _own(name: str, part: object, where: str) -> object:
    try:
        return _OWN[name](repr(part) if isinstance(part, float) else _text(part))
    except ValueError as why:
        raise BadOption(f"Option {where}.{name}: {why}.") from why


def _flattened(members: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield names and texts as a URL would have them: `{"trim": {"left": 5}}` is trim.left=5."""
    for key, part in members.items():
        name = f"{prefix}{key}".lower()
        if part is None or (name == "trim.border" and part is False):
            continue
        if name == "trim.border" and part is True:
            yield "trim", "border"
        elif isinstance(part, Mapping) and canonical(name) == "gravity":
            yield name, _place(part)
        elif isinstance(part, Mapping) and name.count(".") < _MAX_DEPTH:
            yield from _flattened(part, f"{name}.")
        else:
            yield name, _said(name, part)


def _said(name: str, part: object) -> str:
    try:
        return _text(part)
    except ValueError as why:
        raise BadOption(f"Option {shown(name)}: {why}.") from why


_PLACES: Final = {"remainder": "", "box-center": BOX_CENTRE}


def _place(part: Mapping[str, object]) -> str:
    """Return the text of `{"x", "y"}`; a missing part is the middle, as in Workers."""
    mode = _said("gravity.mode", part.get("mode", "remainder"))
    if mode not in _PLACES:
        raise BadOption(f"Option gravity.mode: expected {' or '.join(_PLACES)}, got {shown(mode)}.")
    return _PLACES[mode] + "x".join(_said("gravity", part.get(axis, 0.5)) for axis in ("x", "y"))


def _text(part: object) -> str:
    """Return how a JSON value is written in a URL; lists of numbers have semicolons there."""
    if isinstance(part, list | tuple) and not any(isinstance(p, list | tuple) for p in part):
        return ";".join(map(_text, part))
    if not isinstance(part, str | bool | int | float):
        raise ValueError(f"expected text, a number, true or false, got {_kind(part)}")  # noqa: TRY004
    return text_of(part)


def _object(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise BadOption(f"Expected {where} to be an object with options, got {_kind(value)}.")
    return value


_KINDS: Final[Mapping[type, str]] = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    dict: "an object",
    list: "a list",
    tuple: "a list",
    type(None): "null",
}


def _kind(value: object) -> str:
    """Return what to call a JSON value in a message."""
    return _KINDS.get(type(value), type(value).__name__)

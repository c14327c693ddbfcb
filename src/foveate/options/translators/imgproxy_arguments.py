"""How imgproxy's options are written: their names, and which arguments they take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.errors import BadUrl
from foveate.options.grammar import MAX_OPTIONS, decoded
from foveate.options.rows_preset import PRESET
from foveate.options.translators.shared import Service

if TYPE_CHECKING:
    from collections.abc import Mapping

IMGPROXY: Final = Service("imgproxy")
NAMES: Final = {
    name: line.split()[0]
    for line in (
        "resize rs",
        "size s",
        "resizing_type rt",
        "width w",
        "height h",
        "min-width mw",
        "min-height mh",
        "zoom z",
        "dpr",
        "enlarge el",
        "extend ex",
        "gravity g",
        "crop c",
        "trim t",
        "padding pd",
        "auto_rotate ar",
        "rotate rot",
        "flip fl",
        "background bg",
        "blur bl",
        "sharpen sh",
        "strip_metadata sm",
        "keep_copyright kcr",
        "strip_color_profile scp",
        "quality q",
        "format f ext",
        "preset pr",
        "expires exp",
        "cachebuster cb",
        "filename fn",
        "return_attachment att",
    )
    for name in line.split()
}
"""Their names, long and short."""
META: Final = {
    "resize": ("resizing_type", "width", "height", "enlarge", "extend"),
    "size": ("width", "height", "enlarge", "extend"),
}
"""Options that are several; the last takes what is left of the arguments."""
TRUE: Final = frozenset({"1", "t", "T", "true", "TRUE", "True"})
FALSE: Final = frozenset({"0", "f", "F", "false", "FALSE", "False"})
BOOLEANS: Final[Mapping[str, tuple[int, ...]]] = {
    "enlarge": (0,),
    "extend": (0,),
    "trim": (2, 3),
    "flip": (0, 1),
    "auto_rotate": (0,),
    "strip_metadata": (0,),
    "keep_copyright": (0,),
    "strip_color_profile": (0,),
    "return_attachment": (0,),
    "filename": (1,),
}
"""Which arguments of an option are true or false."""
MOST: Final = {
    "zoom": 2,
    "extend": 4,
    "trim": 4,
    "padding": 4,
    "flip": 2,
    "background": 3,
    "filename": 2,
}
"""How many arguments these take at most, where others take one."""
ANY_NUMBER: Final = frozenset({PRESET, "gravity", "crop"})
"""What is read argument by argument."""

Asked = dict[str, list[str]]
"""Arguments by the long names."""


def read_options(segments: list[str], *, only_presets: bool) -> tuple[Asked, list[str]]:
    """Return the arguments by name, and the segments of the source.

    Raises BadUrl, BadOption or NotTranslated.
    """
    asked: Asked = {}
    if only_presets and len(segments) > 1:
        return {PRESET: decoded(segments[0]).split(":")}, segments[1:]
    for at, segment in enumerate(segments[:MAX_OPTIONS]):
        name, *arguments = decoded(segment).split(":")
        if not arguments:
            return asked, segments[at:]
        if name not in NAMES:
            raise IMGPROXY.refused(name)
        _put(asked, NAMES[name], arguments)
    if len(segments) > MAX_OPTIONS:
        raise BadUrl(f"imgproxy: expected at most {MAX_OPTIONS} options, got more.")
    return asked, []


def _put(asked: Asked, name: str, arguments: list[str]) -> None:
    if name not in META:
        _check(name, arguments)
        known = asked.get(name, []) if name == PRESET else []
        asked[name] = [*known, *arguments]
        return
    *firsts, last = META[name]
    parts = {part: [argument] for part, argument in zip(firsts, arguments, strict=False)}
    for part, given in {**parts, last: arguments[len(firsts) :]}.items():
        if any(given):
            _check(part, given)
            asked[part] = given


def _check(name: str, arguments: list[str]) -> None:
    """Raise BadOption for more arguments than an option takes, or no boolean where one stands.

    One that is empty was not given.
    """
    if len(arguments) > 1 and name not in ANY_NUMBER:
        _check_number(name, arguments)
    for at in BOOLEANS.get(name, ()):
        said = "".join(arguments[at : at + 1])
        if said and said not in TRUE and said not in FALSE:
            raise IMGPROXY.wrong(name, "true or false", said)


def _check_number(name: str, arguments: list[str]) -> None:
    most = MOST.get(name, 1)
    if len(arguments) > most:
        what = f"at most {most} arguments" if most > 1 else "one argument"
        raise IMGPROXY.wrong(name, what, ":".join(arguments))


def one(asked: Asked, name: str) -> str:
    """Return the first argument of an option, or nothing."""
    return asked.get(name, [""])[0]

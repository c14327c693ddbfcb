"""The URL grammar: `<options>/<source>`, and options as text in and out.

Text is percent-decoded once, here, after it was taken apart: an encoded slash belongs to a value.
Commas and equals signs part options and values encoded or not, because some clients encode a whole
path; an encoded comma belongs to a value in brackets, and where no other option follows it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import reduce
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from foveate.configuration.nearest import meant
from foveate.errors import BadOption, BadUrl, UnknownOption, UnknownPreset
from foveate.options.classes import SEPARATOR
from foveate.options.designed import BLANK
from foveate.options.model import Moderate, Overlay, TransformOptions
from foveate.options.rows_designed import DESIGN, value_row, values_of
from foveate.options.rows_preset import PRESET
from foveate.options.table import (
    BY_NAME,
    CHOOSING,
    MODERATE,
    OPTIONS,
    means_to_hide,
    row_of,
    unknown_option,
)
from foveate.options.targets import FACES
from foveate.options.values import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from foveate.options.option import Option

Presets = Mapping[str, Mapping[str, str]]
"""By name, what each asks for, by the names of options."""

MOUNT: Final = "/cdn-cgi/image/"
"""Where Cloudflare, and we by default, answer with pictures."""

MAX_OPTIONS: Final = 256
"""More than there are; whoever sends many more wants to keep us busy with reading them."""
MAX_TOLD: Final = 8
"""A URL may hold thousands of unknown options; proxies refuse that many headers."""
NOTHING_ASKED: Final = "fit=scale-down"
"""The canonical text of options that are all at their defaults; a URL needs at least one."""

NO_PRESETS: Final[Presets] = {}
REDACT: Final = "redact"
PEOPLE: Final = ("redact.keep", "redact.only")
"""What says whose faces are not hidden."""

_MARKS: Final = re.compile(
    r"(?P<commas>(?:,|%2c)+)|(?P<opening>\(|%28)|(?P<closing>\)|%29)", re.IGNORECASE
)
_NEXT: Final = re.compile(r"\Z|(?: |%20)*[a-z0-9._-]+(?: |%20)*(?:=|%3d)", re.IGNORECASE)
"""What makes encoded commas part options: the end, or the name of another one."""
_WORDS: Final = re.compile(
    r"(?: |%20)*(?:text|(?:design|overlay)(?:\.|%2e)(?:(?!%3d)[^=,])*)(?:=|%3d)", re.IGNORECASE
)
"""Options whose values are words, which may end in a comma."""
_WOULD_PART: Final = re.compile(r"%2C((?:%20)*)([A-Za-z0-9._-])(?=[A-Za-z0-9._-]*(?:%20)*%3D)")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}", re.ASCII)
_ENCODED_URL: Final = re.compile(r"https?(:|%3a)%2f", re.IGNORECASE)
_SCHEME: Final = re.compile(r"(https?)(?::|%3a)/+", re.IGNORECASE)
IN_URLS: Final = "".join(map(chr, range(0x21, 0x7F)))
"""What stays as it is of a source that is decoded."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a text asks for, and the names in it that are no options, in their order."""

    options: TransformOptions
    unknown: tuple[str, ...] = ()

    def check(self) -> None:
        """Raise UnknownOption where there are such names."""
        if self.unknown:
            told = ", ".join(map(unknown_option, self.unknown[:MAX_TOLD]))
            raise UnknownOption(f"unknown option: {told}")


def split_path(raw_path: str) -> tuple[str, str]:
    """Return the options and the source of a raw path, with or without the default mount.

    Both stay percent-encoded, save a source that was encoded as one whole URL. Raises BadUrl.

    >>> split_path("/cdn-cgi/image/width=80,quality=75/photos/a%20b.jpg")
    ('width=80,quality=75', 'photos/a%20b.jpg')
    >>> split_path("w=80/https:/b.com/x.jpg?y=1")
    ('w=80', 'https://b.com/x.jpg?y=1')
    >>> split_path("design=sale,design.title=New")
    ('design=sale,design.title=New', 'blank:')
    """
    options, slash, source = raw_path.removeprefix(MOUNT).partition("/")
    if not source and names_design(options):
        return options, BLANK
    if not slash or not source:
        raise BadUrl(f"Expected {MOUNT}<options>/<source>, got {shown(raw_path)}: no source.")
    return options, read_source(source)


def names_design(text: str) -> bool:
    """Return whether an options text says a design, whatever else it says.

    >>> names_design("width=80,design=sale"), names_design("design.title=Hi")
    (True, False)
    """
    return any(unquote(item).partition("=")[0].strip().lower() == DESIGN for item in _items(text))


def read_source(source: str) -> str:
    """Return a source, which stays percent-encoded, save one that was encoded as one whole URL.

    Raises BadUrl.

    >>> read_source("https%3A%2F%2Fb.com%2Fx.jpg"), read_source("http:/b.com/x.jpg")
    ('https://b.com/x.jpg', 'http://b.com/x.jpg')
    """
    if _ENCODED_URL.match(source):
        # What cannot stand in a URL was not encoded before the whole was.
        source = quote(decoded(source), safe=IN_URLS)
    if scheme := _SCHEME.match(source):
        # Proxies like to join slashes. No host name starts with one: safe to part them again.
        source = f"{scheme[1].lower()}://{source[scheme.end() :]}"
    return source


def decoded(text: str, error: type[BadOption | BadUrl] = BadUrl) -> str:
    """Return text without its percent-encoding. Raises `error` where that is no UTF-8."""
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise error(f"Expected percent-encoded UTF-8, got {shown(text)}.") from None


def parse_options(text: str, presets: Presets = NO_PRESETS) -> Parsed:
    """Return what a still percent-encoded options text asks for; of two values the later wins.

    Of what is hidden nothing is lost: several `redact` hide all that each does. What stands beside
    `preset` wins over what that says, and of two presets the later wins.

    As at Cloudflare, an empty value asks for nothing, and so does an empty text; only what would
    hide something, or say what alone is shown, has to say so. Raises BadOption or UnknownPreset.

    >>> parse_options("w=80%2Cfit%3Dcover,width=90,height=,,sparkle=1").options.width
    90
    """
    return assemble(pairs_of(text, presets), presets)


def pairs_of(text: str, presets: Iterable[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield the names and the decoded values of a still percent-encoded text.

    Raises BadOption, which says how a preset is named to whoever wrote only its name.
    """
    return (_pair(item, presets) for item in _items(text))


def _items(text: str) -> Iterator[str]:
    """Yield what stands between commas, save those in brackets: `rgb(1,2,3)` stays whole."""
    if "%" not in text and "(" not in text:
        # Most texts are plain, and are parted in a tenth of the time.
        yield from filter(None, text.split(","))
        return
    depth = start = 0
    turns = _turns(text)
    for found in _MARKS.finditer(text):
        depth += turns.get(found.start(), 0)
        commas = found["commas"] or ""
        if not depth and ("," in commas or (commas and _NEXT.match(text, found.end()))):
            if item := text[start : found.start() + _of_words(text, start, found)]:
                yield item
            start = found.end()
    if start < len(text):
        yield text[start:]


def _of_words(text: str, start: int, found: re.Match[str]) -> int:
    """Return how much of some commas ends what stands before them: the encoded ones of words."""
    if not _WORDS.match(text, start):
        return 0
    encoded, comma, _ = found["commas"].partition(",")
    return len(encoded) if comma or found.end() == len(text) else 0


def _turns(text: str) -> dict[int, int]:
    """Return by how much each bracket turns the depth, by its place; only pairs do."""
    opened: list[int] = []
    turns: dict[int, int] = {}
    for found in _MARKS.finditer(text):
        if found["opening"]:
            opened.append(found.start())
        elif found["closing"] and opened:
            turns |= {opened.pop(): 1, found.start(): -1}
    return turns


def _pair(item: str, presets: Iterable[str]) -> tuple[str, str]:
    name, equals, text = decoded(item, BadOption).partition("=")
    name = name.strip().lower()
    if not equals:
        row = BY_NAME.get(name)
        preset = f"{PRESET}={name}" if name in presets else "name=value"
        raise BadOption(f"Expected {row.usage if row else preset}, got {shown(item)}.")
    return name, text


def assemble(pairs: Iterable[tuple[str, str]], presets: Presets = NO_PRESETS) -> Parsed:
    """Return what names and decoded values ask for, applied in the order of the table.

    Raises BadOption naming how the option is written, or UnknownPreset.
    """
    asked, unknown = _collected(pairs)
    if PRESET in asked:
        asked = laid_over(beneath(asked.pop(PRESET), presets), asked)
    rows = [(row, asked[row.name]) for row in OPTIONS if row.name in asked]
    # What designs are filled in with comes after which ones these are.
    rows += [(row, text) for name, text in asked.items() if (row := value_row(name))]
    return Parsed(reduce(_apply, rows, TransformOptions()), tuple(unknown))


def beneath(names: str, presets: Presets) -> dict[str, str]:
    """Return what presets ask for together, later ones over earlier ones. Raises UnknownPreset."""
    asked: dict[str, str] = {}
    for name in preset_names(names):
        if name not in presets:
            raise UnknownPreset(f"There is no preset {shown(name)}{meant(name, presets)}.")
        asked = laid_over(asked, presets[name])
    return asked


def laid_over(under: Mapping[str, str], over: Mapping[str, str]) -> dict[str, str]:
    """Return what is asked for together: what lies over wins, but shows nothing that is hidden.

    Raises BadOption where it would show faces that what lies under hides.

    >>> laid_over({"moderate": "block", "width": "80"}, {"moderate": "blur", "width": "90"})
    {'moderate': 'block', 'width': '90'}
    >>> laid_over({"redact": "faces"}, {"redact": "text"})
    {'redact': 'faces|text'}
    """
    for name in PEOPLE:
        if name in over and _hides_faces(under):
            _check_one(name, under.get(name, ""), over[name])
    both = {name: together(name, under[name], over[name]) for name in over if name in under}
    return {**under, **over, **both}


def together(name: str, first: str, then: str) -> str:
    """Return what two values of one option ask for: the later, and all that either hides.

    Raises BadOption where that cannot be.

    >>> together("moderate", "block", "blur"), together("redact", "text", "object:car|truck")
    ('block', 'text|object:car|truck')
    """
    if name == MODERATE and first.strip().lower() == Moderate.BLOCK and then.strip():
        return first if then.strip().lower() == Moderate.BLUR else then
    if name == REDACT:
        return first if first == then else f"{first}{SEPARATOR}{then}"
    if name in PEOPLE:
        _check_one(name, first, then)
    return then


def _check_one(name: str, first: str, then: str) -> None:
    if first.strip() != then.strip():
        already = shown(first) if first else "all faces hidden"
        raise BadOption(f"Expected one {name}, got {already} and {shown(then)}.")


def _hides_faces(asked: Mapping[str, str]) -> bool:
    """Return whether options hide faces, by name or because nothing else is named."""
    if REDACT in asked:
        return FACES in (word.strip().lower() for word in asked[REDACT].split(SEPARATOR))
    return any(name.startswith(f"{REDACT}.") for name in asked)


def preset_names(text: str) -> list[str]:
    """Return the names in the value of `preset`."""
    return [name.strip().lower() for name in text.split(";") if name.strip()]


def asked_by(text: str) -> tuple[dict[str, str], list[str]]:
    """Return the values of a text by the names of options, and the presets that it names."""
    asked, _ = _collected(pairs_of(text))
    return asked, preset_names(asked.pop(PRESET, ""))


def _collected(pairs: Iterable[tuple[str, str]]) -> tuple[dict[str, str], dict[str, None]]:
    """Return the values by the names of options, and the names that are none."""
    asked: dict[str, str] = {}
    unknown: dict[str, None] = {}
    for number, (name, text) in enumerate(pairs):
        if number == MAX_OPTIONS:
            raise BadOption(f"Expected at most {MAX_OPTIONS} options, got more.")
        row = row_of(name)
        if row is None and not _NAME.fullmatch(name):
            raise BadOption(f"Expected the name of an option, got {shown(name)}.")
        if row is None and means_to_hide(name):
            raise BadOption(f"Expected the name of an option, got {unknown_option(name)}.")
        if row is None:
            unknown[name] = None
        elif row.name == PRESET:
            asked[PRESET] = f"{asked.get(PRESET, '')};{text}"
        elif text.strip() or says_something_empty(row.name):
            known = asked.get(row.name)
            asked[row.name] = text if known is None else together(row.name, known, text)
    return asked, unknown


def says_something_empty(name: str) -> bool:
    """Return whether an option without a value says something all the same.

    >>> [says_something_empty(name) for name in ("width", "design.photo", "redact")]
    [False, True, True]
    """
    return name in CHOOSING or means_to_hide(name) or value_row(name) is not None


def _apply(options: TransformOptions, asked: tuple[Option, str]) -> TransformOptions:
    row, text = asked
    try:
        return row.slot.apply(options, text)
    except ValueError as why:
        raise BadOption(f"Option {row.name}: {why}. Write {row.usage}.") from why


def redirects_on_error(text: str, presets: Presets = NO_PRESETS) -> bool:
    """Return whether an options text, however wrong the rest of it, has errors lead to the source.

    Never where something in it may mean `redact` or `moderate`: the source shows what they hide.
    Neither where that cannot be known, for want of a preset.
    """
    asked: dict[str, str] = {}
    named = ""
    for item in _items(text):
        name, equals, value = unquote(item).lower().partition("=")
        if value.strip() or not equals or means_to_hide(name.strip()):
            asked[name.strip()] = value.strip()
        named += f";{value}" if name.strip() == PRESET else ""
    try:
        asked = laid_over(beneath(named, presets), asked)
    except (BadOption, UnknownPreset):
        return False
    return asked.get("onerror") == "redirect" and not any(map(means_to_hide, asked))


def format_options(options: TransformOptions) -> str:
    """Return the canonical text: table order, defaults left out, percent-encoded for a path.

    Reading it gives the options back, save what a URL cannot say: `accepts`, `draw`, `exempt`,
    `idle` and what is known of designs.

    >>> format_options(parse_options("q=auto:high,background=tomato,w=80").options)
    'width=80,background=%23ff6347,quality=auto:80'
    """
    said: list[tuple[str, str]] = []
    for row in OPTIONS:
        if (text := row.slot.show(options)) is not None:
            said += [(row.name, text), *values_of(options, row.name)]
    return written(said) or NOTHING_ASKED


def written(pairs: Iterable[tuple[str, str]]) -> str:
    """Return names and values as a text that reads as them, percent-encoded for a path."""
    return ",".join(f"{quote(name)}={_quoted(text)}" for name, text in pairs)


def _quoted(text: str) -> str:
    # A name with an encoded letter is none: what is a value here stays one when it is read.
    return _WOULD_PART.sub(
        lambda found: f"%2C{found[1]}%{ord(found[2]):02X}", quote(text, safe=":;")
    )


def cache_key(options: TransformOptions) -> str:
    """Return a text that is equal for two options only if they make equal renditions.

    It holds all that `format_options` says and what a URL cannot say; how errors are answered is
    left out.
    """
    said = format_options(replace(options, redirect_on_error=False))
    accepts = "+".join(sorted(options.accepts))
    drawn = json.dumps([_overlay_key(overlay) for overlay in options.draw], separators=(",", ":"))
    exempt = "|exempt" if options.exempt else ""
    designs = "".join(f"|{each.filled.digest if each.filled else ''}" for each in options.designs())
    return f"{said}|{accepts}|{drawn}{exempt}{designs}"


def _overlay_key(overlay: Overlay) -> list[object]:
    placed = [getattr(overlay, f.name) for f in fields(Overlay) if f.name != "options"]
    return [cache_key(overlay.options), *placed]

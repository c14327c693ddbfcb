"""What the client says about itself, and what follows from it. Pure decisions on header texts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from foveate.options.model import AutoWidth, Format, Gamut, TransformOptions
from foveate.options.values import number

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from foveate.geometry.box import Size
    from foveate.settings import Encoding

Encoded = Literal["jpeg", "png", "webp", "avif", "jxl", "gif", "tiff", "svg"]
"""What a rendition can be."""

_NEGOTIABLE: Final = {
    "image/avif": Format.AVIF,
    "image/webp": Format.WEBP,
    "image/jxl": Format.JXL,
}
_DPR: Final = ("Sec-CH-DPR", "DPR")
_VIEWPORT: Final = ("Sec-CH-Viewport-Width", "Viewport-Width", "Width")
_DEVICE: Final = ("Sec-CH-UA-Mobile", "User-Agent")
_HINT: Final = number(0, 100_000)


def _beyond(limit: float) -> Callable[[str], bool]:
    return lambda text: (value := _measured(text)) is not None and value > limit


def _below(limit: float) -> Callable[[str], bool]:
    return lambda text: (value := _measured(text)) is not None and value < limit


_SLOW: Final[Mapping[str, Callable[[str], bool]]] = {
    "RTT": _beyond(150),
    "Save-Data": lambda text: text.strip().lower() == "on",
    "ECT": lambda text: text.strip().lower() in {"slow-2g", "2g", "3g"},
    "Downlink": _below(5),
}
"""Any of these headers can say that the connection is slow: milliseconds, words, Mbit/s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """What is known of who asks."""

    accepts: frozenset[Format] = frozenset()
    """AVIF, WebP and, where it is offered, JPEG XL, as far as they are named in Accept."""
    dpr: float = 1.0
    """Device pixels to a CSS pixel."""
    viewport_width: float | None = None
    """CSS pixels, or None when the client does not say."""
    mobile: bool = False
    slow: bool = False


def read_client(headers: Mapping[str, str], *, jxl: bool = False) -> Client:
    """Return what request headers, by their lower-case names, say about the client.

    Who accepts JPEG XL is as who does not, unless it is offered: they share what is kept.

    >>> read_client({"accept": "image/webp,*/*", "sec-ch-dpr": "2.0"}).dpr
    2.0
    """
    return Client(
        accepts=_accepted(headers.get("accept", "")) - (set() if jxl else {Format.JXL}),
        dpr=_first_hint(headers, _DPR) or 1.0,
        viewport_width=_first_hint(headers, _VIEWPORT),
        mobile=_is_mobile(headers),
        slow=any(says(headers.get(name.lower(), "")) for name, says in _SLOW.items()),
    )


def _accepted(accept: str) -> frozenset[Format]:
    """Return the formats that are named; wildcards come from clients that know neither.

    Who reads AVIF reads WebP, which is older, and so shares renditions with those who say both.
    """
    named = (part.strip().lower().partition(";") for part in accept.split(","))
    said = {
        _NEGOTIABLE[kind.strip()]: not _refused(parameters)
        for kind, _, parameters in named
        if kind.strip() in _NEGOTIABLE
    }
    if said.get(Format.AVIF):
        said.setdefault(Format.WEBP, True)
    return frozenset(format_ for format_, accepted in said.items() if accepted)


def _refused(parameters: str) -> bool:
    pairs = (parameter.partition("=") for parameter in parameters.split(";"))
    return any(name.strip() == "q" and _measured(value) == 0 for name, _, value in pairs)


def _measured(text: str) -> float | None:
    try:
        return _HINT(text.strip())
    except ValueError:
        return None


def _first_hint(headers: Mapping[str, str], names: tuple[str, ...]) -> float | None:
    """Return the first number above zero among those headers."""
    values = (_measured(headers.get(name.lower(), "")) for name in names)
    return next((value for value in values if value), None)


def _is_mobile(headers: Mapping[str, str]) -> bool:
    hint = headers.get("sec-ch-ua-mobile")
    if hint is not None:
        return hint.strip() == "?1"
    return "mobi" in headers.get("user-agent", "").lower()


def resolve(options: TransformOptions, client: Client, max_dpr: float) -> TransformOptions:
    """Return the options with everything settled that depends on the client.

    What does not apply is cleared, so that equal renditions have equal cache keys.
    """
    auto, slow_quality = options.auto_width, options.slow_connection_quality
    return replace(
        options,
        width=options.width if auto is None else _auto_width(auto, client),
        auto_width=None,
        dpr=min(options.dpr, max_dpr),
        quality=slow_quality if client.slow and slow_quality else options.quality,
        slow_connection_quality=None,
        accepts=client.accepts if _negotiates(options) else frozenset(),
    )


def _negotiates(options: TransformOptions) -> bool:
    return options.format in NEGOTIATED and not options.fast


def _auto_width(auto: AutoWidth, client: Client) -> int:
    if client.viewport_width is None:
        return auto.mobile if client.mobile else auto.desktop
    wanted = client.viewport_width * client.dpr
    return min((w for w in auto.breakpoints if w >= wanted), default=max(auto.breakpoints))


def vary(options: TransformOptions) -> tuple[str, ...]:
    """Return the request headers that the answer depends on, for options not yet resolved.

    >>> vary(TransformOptions(format=Format.AUTO))
    ('Accept',)
    """
    depends = (
        (_negotiates(options), ("Accept",)),
        (options.auto_width is not None, (*_DPR, *_VIEWPORT, *_DEVICE)),
        (options.slow_connection_quality is not None, tuple(_SLOW)),
    )
    return tuple(name for applies, names in depends if applies for name in names)


_BY_ITS_WORD: Final[Mapping[Format | None, Encoded]] = {
    Format.JPEG: "jpeg",
    Format.BASELINE_JPEG: "jpeg",
    Format.PNG: "png",
    Format.GIF: "gif",
    Format.TIFF: "tiff",
}
_STAYS: Final[Mapping[str, Encoded]] = {"png": "png", "gif": "gif"}
NEGOTIATED: Final = frozenset({Format.AUTO, Format.BEST})
"""Formats that depend on what the client accepts."""
_MODERN: Final = frozenset(_NEGOTIABLE.values())


def choose_format(
    options: TransformOptions,
    *,
    source_format: str,
    alpha: bool,
    animated: bool,
    out: Size,
    encoding: Encoding,
) -> Encoded:
    """Return what the rendition is encoded as, for resolved options.

    `alpha` and `animated` are those of the finished picture before encoding, `out` is the size of
    one frame of it. In this order:

    1. JPEG, PNG, GIF and TIFF are taken by their word.
    2. An SVG without a raster format stays one; Cloudflare never resizes it.
    3. `compression=fast` is JPEG, PNG with alpha; an animation stays what it is.
    4. WebP is WebP; AVIF and JPEG XL are what they are, of an animation its first frame, and WebP
       beyond `avif_max_side` and `jxl_max_side`; JPEG XL is AVIF where the gamut is P3.
    5. `auto`, and `best` before others are tried, is JPEG XL or AVIF if accepted, still and up to
       `jxl_max_side_auto` or `avif_max_side_auto`; else WebP if accepted.
    6. Like the source: PNG and GIF stay, animated WebP stays, the rest is JPEG, PNG with alpha.
    """
    options = _within_gamut(options)
    still: Encoded = "png" if alpha else "jpeg"
    stays: Encoded = "webp" if animated and source_format == "webp" else still
    like_source = _STAYS.get(source_format, stays)
    if options.format in _BY_ITS_WORD:
        return _BY_ITS_WORD[options.format]
    if source_format == "svg" and options.format not in _MODERN:
        return "svg"
    if options.fast:
        return like_source if animated else still
    if options.format in _MODERN:
        bounds = (encoding.jxl_max_side, encoding.avif_max_side)
        return _newest({options.format}, out, bounds) or "webp"
    accepts = options.accepts if options.format in NEGOTIATED else frozenset()
    bounds = (encoding.jxl_max_side_auto, encoding.avif_max_side_auto)
    newest = None if animated else _newest(accepts, out, bounds)
    return newest or ("webp" if Format.WEBP in accepts else like_source)


def _within_gamut(options: TransformOptions) -> TransformOptions:
    """Return options with AVIF in the place of JPEG XL where colours stay wide: ours is sRGB."""
    if options.gamut is not Gamut.P3:
        return options
    named = Format.AVIF if options.format is Format.JXL else options.format
    return replace(options, format=named, accepts=options.accepts - {Format.JXL})


def _newest(among: Collection[Format | None], out: Size, bounds: tuple[int, int]) -> Encoded | None:
    """Return JPEG XL, else AVIF, where it is among them and no side is longer than its bound."""
    rows: tuple[tuple[Format, Encoded], ...] = ((Format.JXL, "jxl"), (Format.AVIF, "avif"))
    for (format_, name), most in zip(rows, bounds, strict=True):
        if format_ in among and out.long_side <= most:
            return name
    return None

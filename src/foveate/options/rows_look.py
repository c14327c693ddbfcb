"""The rows on what pixels look like, and on how they are encoded and answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.options.colours import colour, colour_text
from foveate.options.model import Adaptive, Compression, Format, Gamut, Metadata
from foveate.options.option import Option, held_in, switched_on, without
from foveate.options.values import flag, number, one_of, quality, quality_text, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

_FACTOR: Final = number(0, 1000)
MOST_BYTES: Final = 100_000_000
"""More is no bound."""
_FORMATS: Final[Mapping[str, Format | None]] = {
    **{f.value: f for f in Format},
    "jpg": Format.JPEG,
    "tif": Format.TIFF,
    "png-force": Format.PNG,
    # A drawing stays one wherever no other format is named, and a photo cannot become one.
    "svg": None,
}
_ADAPTIVE: Final[Mapping[str, Adaptive | None]] = {
    "off": None,
    **{each.value: each for each in Adaptive},
}
_METADATA: Final = {kind.value: kind for kind in Metadata}
_GAMUTS: Final = {gamut.value: gamut for gamut in Gamut}

LOOK: Final = (
    Option(
        name="background",
        usage="background=COLOUR",
        values="a CSS colour, percent-encoded",
        default="white",
        help="Fills what is transparent, and what `fit=pad` adds.",
        slot=held_in("background", colour, colour_text),
    ),
    Option(
        name="brightness",
        usage="brightness=FACTOR",
        values="0 to 1000",
        default="1",
        help="0.5 is half as bright, 2 twice; 0 changes nothing.",
        slot=held_in("brightness", without(_FACTOR, 0, 1)),
    ),
    Option(
        name="contrast",
        usage="contrast=FACTOR",
        values="0 to 1000",
        default="1",
        help="0.5 is half the contrast, 2 twice; 0 changes nothing.",
        slot=held_in("contrast", without(_FACTOR, 0, 1)),
    ),
    Option(
        name="gamma",
        usage="gamma=EXPONENT",
        values="0 to 1000",
        default="1",
        help="Below 1 lightens the mid-tones, above 1 darkens them; 0 changes nothing.",
        slot=held_in("gamma", without(_FACTOR, 0, 1)),
    ),
    Option(
        name="saturation",
        usage="saturation=FACTOR",
        values="0 to 1000",
        default="1",
        help="0 is greyscale, 2 twice as colourful.",
        slot=held_in("saturation", without(_FACTOR, 1)),
    ),
    Option(
        name="blur",
        usage="blur=RADIUS",
        values="0 to 250",
        default="0",
        help="Blur with about that radius in pixels.",
        slot=held_in("blur", without(number(0, 250), 0)),
    ),
    Option(
        name="sharpen",
        usage="sharpen=STRENGTH",
        values="0 to 10",
        default="0",
        help="Sharpen; 1 is a good value after shrinking.",
        slot=held_in("sharpen", without(number(0, 10), 0)),
    ),
)

ENCODING: Final = (
    Option(
        name="format",
        aliases=("f",),
        usage="format=auto|best|avif|webp|jxl|jpeg|baseline-jpeg|png|gif|tiff|svg|json",
        values="`auto`, `best`, `avif`, `webp`, `jxl`, `jpeg` (`jpg`), `baseline-jpeg`, `png`, "
        "`gif`, `tiff` (`tif`), `svg`, `json`",
        default="like the source",
        help="What the answer is encoded as. `auto` takes the best that the client accepts; "
        "`best`, Foveate's own, tries all of these, GIF too of animated ones, and takes the "
        "smallest of those that look alike; "
        "`json` answers with facts instead of a picture. Without it, and with `svg`, an SVG stays "
        "one, made harmless; JPEG, PNG and GIF stay what they are, animated WebP stays WebP, the "
        "rest is JPEG, or PNG where something is transparent.",
        slot=held_in("format", one_of(_FORMATS)),
    ),
    Option(
        name="quality",
        aliases=("q",),
        usage="quality=1..100 or quality=high|medium-high|medium-low|low or quality=auto or "
        "quality=auto:SCORE",
        values="1 to 100, `high`, `medium-high`, `medium-low`, `low`, `auto`, `auto:30` to "
        "`auto:95`, `auto:low` (60), `auto:medium-low` (66), `auto:medium-high` (75), `auto:high` "
        "(80), `auto:best` (85)",
        default="the setting `encoding.quality`",
        help="Of JPEG, WebP, AVIF and JPEG XL; 100 makes WebP and JPEG XL lossless. For PNG a "
        "number permits a palette. "
        "GIF has up to 256 colours, dithered, and TIFF loses nothing, whatever it says. "
        "`auto` is Foveate's own: the quality that this picture needs to look as good as the "
        "score says, 75 unless it is named; the words are scores there. 0 is as not given.",
        slot=held_in("quality", quality, quality_text),
    ),
    Option(
        name="slow-connection-quality",
        aliases=("scq",),
        usage="slow-connection-quality=1..100 or slow-connection-quality=high|medium-high|"
        "medium-low|low or slow-connection-quality=auto:SCORE",
        values="as `quality`",
        default="none",
        help="Takes the place of `quality` when the client says that its connection is slow.",
        slot=held_in("slow_connection_quality", quality, quality_text),
    ),
    Option(
        name="max-bytes",
        usage="max-bytes=BYTES",
        values="1 to 100000000",
        default="none",
        help="Foveate's own. JPEG, WebP, AVIF and JPEG XL that would have more bytes get less "
        "quality, as far as that helps; other formats and animations stay as they are.",
        slot=held_in("max_bytes", whole(1, MOST_BYTES)),
    ),
    Option(
        name="compression",
        usage="compression=fast|small",
        values="`fast`, `small`",
        default="none",
        help="`fast` takes the quickest encoder: JPEG, or PNG where something is transparent. "
        "Foveate's own `small` takes more time for a JPEG that looks as good, of fewer bytes where "
        "there is one and never of more; other formats, `format=baseline-jpeg`, JPEGs of quality "
        "90 or more and those of more than 4 megapixels are as without it.",
        slot=held_in("compression", one_of({each.value: each for each in Compression})),
    ),
    Option(
        name="adaptive",
        usage="adaptive=off|light|strong",
        values="`off`, `light`, `strong`",
        default="`off`",
        help="Foveate's own. Smooth a little what people look at least, for fewer bytes at the "
        "same quality: faces, text and edges never. Of still JPEG, WebP, AVIF and JPEG XL, and "
        "not where much of the picture is text; see [Bytes or looks](../guides/quality.md"
        "#spend-bytes-where-people-look).",
        slot=held_in("adaptive", one_of(_ADAPTIVE), lambda word: word or "off"),
    ),
    Option(
        name="anim",
        usage="anim=true|false",
        values="`true`, `false`",
        default="`true`",
        help="`false` keeps the first frame only, as does every format but WebP and GIF.",
        slot=held_in("anim", flag),
    ),
    Option(
        name="metadata",
        usage="metadata=copyright|keep|none",
        values="`copyright`, `keep`, `none`",
        default="`copyright`",
        help="Which EXIF a JPEG keeps; `keep` includes the place. Other formats keep none. `none` "
        "drops content credentials too, which are kept where the server signs for its changes.",
        slot=held_in("metadata", one_of(_METADATA)),
    ),
    Option(
        name="gamut",
        usage="gamut=srgb|p3",
        values="`srgb`, `p3`",
        default="`srgb`",
        help="Foveate's own. The colour space of the answer.",
        slot=held_in("gamut", one_of(_GAMUTS)),
    ),
)

ANSWER: Final = (
    Option(
        name="onerror",
        usage="onerror=redirect",
        values="`redirect`",
        default="none",
        help="When the picture cannot be made, redirect to the untouched source on the same site.",
        slot=switched_on("redirect_on_error", "redirect"),
    ),
    Option(
        name="explain",
        usage="explain=true|false",
        values="`true`, `false`",
        default="`false`",
        help="Foveate's own. With `format=json`: say which faces were found, what was cropped "
        "and why, and how far `adaptive` smooths each place.",
        slot=held_in("explain", flag),
    ),
)

"""imgproxy: `/<signature>/<name>:<argument>:.../plain/<source>@<extension>`, or base64.

Source: imgproxy's documentation, "Processing an image", "Signing a URL" and "Presets"; where that
leaves a size open, what its calculation of sizes does.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from typing import Final

from foveate.errors import BadSettings, BadUrl
from foveate.options.grammar import MAX_OPTIONS, decoded
from foveate.options.rows_preset import PRESET
from foveate.options.translators.imgproxy_words import IMGPROXY, READERS, Asked, one
from foveate.options.translators.shared import (
    Translated,
    check_signature,
    source,
    text_of,
)
from foveate.options.values import shown

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
        "ignored cachebuster cb filename fn return_attachment att",
    )
    for name in line.split()
}
"""Their names, long and short; a picture looks the same whatever the ignored ones say."""
META: Final = {
    "resize": ("resizing_type", "width", "height", "enlarge", "extend"),
    "size": ("width", "height", "enlarge", "extend"),
}
"""Options that are several; the last takes what is left of the arguments."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Pairs of a key and a salt; a signature made with any of them is good."""

    pairs: tuple[tuple[bytes, bytes], ...] = ()

    @classmethod
    def read(cls, keys: str, salts: str) -> Keys:
        """Return them from hexadecimal texts with commas between them. Raises BadSettings."""
        read = [[bytes.fromhex(each) for each in text.split(",") if each] for text in (keys, salts)]
        if len(read[0]) != len(read[1]):
            raise BadSettings("peers.imgproxy_salt: expected as many salts as there are keys.")
        return cls(tuple(zip(*read, strict=True)))

    def check(self, signature: str, path: str) -> None:
        """Raise BadSignature unless one of them signed the path. Without keys anything is good."""
        text = path.encode("utf-8", "surrogatepass")
        made = (hmac.digest(key, salt + text, "sha256") for key, salt in self.pairs)
        if self.pairs:
            signed = [base64.urlsafe_b64encode(digest).decode().rstrip("=") for digest in made]
            check_signature(signature.rstrip("="), signed)


SOURCE: Final = "plain/SOURCE@EXTENSION, or SOURCE.EXTENSION with SOURCE in base64"
"""What stands behind the options; the extension may be left out."""
NO_KEYS: Final = Keys()


def translate(
    path: str, *, now: float, keys: Keys = NO_KEYS, only_presets: bool = False
) -> Translated:
    """Return what a raw path below the mount asks for.

    Raises BadSignature, LinkExpired, BadUrl, BadOption, or NotTranslated naming what is not
    translated.
    """
    signature, slash, rest = path.partition("/")
    keys.check(decoded(signature), slash + rest)
    asked, segments = _options(rest.split("/"), only_presets=only_presets)
    image, extension = _source(segments)
    if extension:
        asked["format"] = [extension]
    expires = IMGPROXY.until("expires", _end(asked), now)
    pairs = {name: text for read in READERS for name, text in read(asked).items()}
    return Translated(options=text_of(pairs), source=source(image), expires=expires)


def _end(asked: Asked) -> str:
    """Return when the link ends; 0 is never."""
    text = one(asked, "expires")
    return text if text.strip("0") else ""


def _options(segments: list[str], *, only_presets: bool) -> tuple[Asked, list[str]]:
    """Return the arguments by name, and the segments of the source."""
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
        known = asked.get(name, []) if name == PRESET else []
        asked[name] = [*known, *arguments]
        return
    *firsts, last = META[name]
    for part, argument in zip(firsts, arguments, strict=False):
        if argument:
            asked[part] = [argument]
    if any(arguments[len(firsts) :]):
        asked[last] = arguments[len(firsts) :]


def _source(segments: list[str]) -> tuple[str, str]:
    """Return the source, decoded, and the format that its extension asks for."""
    if segments[:1] == ["enc"]:
        raise IMGPROXY.refused("enc")
    plain = segments[:1] == ["plain"] and len(segments) > 1
    text = "/".join(segments[1:]) if plain else "".join(segments)
    image, _, extension = text.partition("@" if plain else ".")
    if not image or {"@", "."} & set(extension):
        raise BadUrl(f"imgproxy: expected {SOURCE}, got {shown('/'.join(segments))}.")
    return decoded(image) if plain else _from_base64(image, segments), decoded(extension)


def _from_base64(text: str, segments: list[str]) -> str:
    bare = text.rstrip("=")
    try:
        data = base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
        return data.decode()
    except (binascii.Error, ValueError):
        got = shown("/".join(segments))
        raise BadUrl(f"imgproxy: expected {SOURCE}, got {got}.") from None

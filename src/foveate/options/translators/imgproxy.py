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
from foveate.options.grammar import decoded
from foveate.options.translators.imgproxy_arguments import IMGPROXY, Asked, one, read_options
from foveate.options.translators.imgproxy_words import READERS
from foveate.options.translators.shared import Translated, check_signature, source, text_of
from foveate.options.values import shown


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
            check_signature(signature, signed)


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
    keys.check(signature, slash + rest)
    asked, segments = read_options(rest.split("/"), only_presets=only_presets)
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

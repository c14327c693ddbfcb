"""imgix: a path, or a whole URL percent-encoded, and parameters in the query.

Source: imgix's documentation of its rendering API, and "Securing images".
"""

from __future__ import annotations

import hashlib
from typing import Final

from foveate.errors import BadUrl
from foveate.options.grammar import decoded, read_source
from foveate.options.translators.imgix_laid import IMGIX
from foveate.options.translators.imgix_words import Asked, pairs_of
from foveate.options.translators.shared import Translated, check_signature, text_of

SIGNATURE: Final = "s"


def translate(path: str, query: str, *, now: float, token: str = "") -> Translated:
    """Return what a raw path below the mount and a raw query ask for.

    Raises BadSignature, LinkExpired, BadUrl, BadOption, or NotTranslated naming what is not
    translated.
    """
    _check(path, query, token)
    asked = _asked(query)
    expires = IMGIX.until("expires", asked.get("expires", ""), now)
    if not path:
        raise BadUrl("imgix: expected a path, got none.")
    pairs = pairs_of(asked)
    return Translated(options=text_of(pairs), source=read_source(path), expires=expires)


def _check(path: str, query: str, token: str) -> None:
    if not token:
        return
    rest, joint, last = query.rpartition("&")
    name, _, given = last.partition("=")
    text = f"{token}/{path}?{rest}" if joint else f"{token}/{path}"
    # MD5 because theirs is; what it guards is a size of a picture.
    made = hashlib.md5(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
    # Last, where their libraries put it.
    check_signature(given if name == SIGNATURE else "", [made])


def _asked(query: str) -> Asked:
    """Return the parameters of a raw query; one with nothing behind it asks for nothing.

    Of a name that comes twice the last counts, save `auto`, which adds up.
    """
    asked: Asked = {}
    for name, _, value in (part.partition("=") for part in query.split("&") if part):
        key, text = decoded(name).lower(), decoded(value.replace("+", " "))
        asked[key] = f"{asked.get(key, '')},{text}" if key == "auto" else text
    return {name: text for name, text in asked.items() if text}

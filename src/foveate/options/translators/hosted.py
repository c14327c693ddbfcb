"""Hosted images, as imagedelivery.net has them: `/<account>/<id>/<variant or options>`.

Source: Cloudflare Images, "Serve images" and "Flexible variants".
"""

from __future__ import annotations

from foveate.errors import BadUrl, FlexibleVariantsOff
from foveate.options.grammar import Presets, decoded, pairs_of, read_source
from foveate.options.presets import PUBLIC
from foveate.options.rows_preset import PRESET
from foveate.options.translators.shared import Translated
from foveate.options.values import shown


def translate(path: str, *, presets: Presets, flexible: bool = False) -> Translated:
    """Return what a raw path below the account asks for; an id may hold slashes.

    `public` is there without anybody having named it. Raises BadUrl, BadOption or
    FlexibleVariantsOff.
    """
    image, slash, variant = path.rpartition("/")
    if not slash or not image or not variant:
        raise BadUrl(f"Expected /<account>/<id>/<variant>, got {shown(path)}.")
    word = decoded(variant)
    if "=" in word:
        if not flexible and any(name != PRESET for name, _ in pairs_of(variant)):
            raise FlexibleVariantsOff(f"Expected the name of a variant, got {shown(word)}.")
        options = variant
    else:
        bare = word.lower() == PUBLIC and PUBLIC not in presets
        options = "" if bare else f"{PRESET}={variant}"
    return Translated(options=options, source=read_source(image), negotiates=True)

"""What is to be hidden: `faces`, `text`, `object:car|truck`, several with `|` between them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from foveate.classes import ANY
from foveate.options.classes import (
    BEFORE,
    MOST,
    OBJECT,
    SEPARATOR,
    labels,
    word_meant,
    word_of,
)
from foveate.options.model import Redact
from foveate.options.option import Slot
from foveate.options.values import expected

if TYPE_CHECKING:
    from foveate.options.model import TransformOptions

FACES: Final = "faces"
TEXT: Final = "text"
WRITTEN: Final = "faces, text, object or object:CLASS, with | between several"


def targets(text: str) -> dict[str, object]:
    """Return what is to be hidden, as the fields of `Redact` that say it. Raises ValueError.

    Behind `object:`, which `object` without a class is for any, bare words are further classes.

    >>> targets("faces|object:truck|car")
    {'faces': True, 'text': False, 'objects': ('car', 'truck')}
    """
    words = [word.strip() for word in text.split(SEPARATOR)]
    if len(words) > MOST:
        raise ValueError(f"expected at most {MOST} words between |, got {len(words)}")
    named: list[str] = []
    plain: set[str] = set()
    for word in words:
        first, colon, name = word.partition(":")
        kind = first.strip().lower()
        if not colon and kind in {FACES, TEXT}:
            plain.add(kind)
        elif kind == OBJECT:
            named.append(name if colon else ANY)
        elif named and not colon:
            named.append(word)
        else:
            near = "" if colon else word_meant(word, (FACES, TEXT, OBJECT))
            raise ValueError(f"{expected(WRITTEN, text)}{near}")
    return {"faces": FACES in plain, "text": TEXT in plain, "objects": labels(named, BEFORE)}


def targets_text(redact: Redact) -> str:
    """Return how what is to be hidden is written, so that reading it gives it back.

    >>> targets_text(Redact(faces=True, objects=("dining table", "person")))
    'faces|object:dining-table|person'
    """
    plain = [word for word in (FACES, TEXT) if getattr(redact, word)]
    return SEPARATOR.join([*plain, *_objects(redact.objects)])


def _objects(names: tuple[str, ...]) -> list[str]:
    if ANY in names:
        return [OBJECT]
    return [f"{OBJECT}:{SEPARATOR.join(map(word_of, names))}"] if names else []


def _apply(options: TransformOptions, text: str) -> TransformOptions:
    # replace() cannot know which fields a dict of them names.
    said = replace(options.redact or Redact(), **targets(text))  # type: ignore[arg-type]
    return replace(options, redact=said)


def _show(options: TransformOptions) -> str | None:
    return targets_text(options.redact) if options.redact else None


REDACT: Final = Slot(_apply, _show)

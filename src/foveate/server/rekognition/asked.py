"""The words of a call, each read once, in the ranges that the API reference gives them."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from foveate.server.face_ids import from_uuid
from foveate.server.rekognition.problems import Kind, Refused

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

COLLECTION_ID: Final = re.compile(r"[a-zA-Z0-9_.\-]{1,255}")
EXTERNAL_ID_FITS: Final = re.compile(r"[a-zA-Z0-9_.\-:]{1,255}")
USER_ID: Final = re.compile(r".{1,256}")
"""Ours: the name of a subject, which may have spaces."""
FACE_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOST: Final = 4096
"""As at AWS: rows of a page, faces of a search, ids of a list."""
ALL: Final = sys.maxsize
"""More than there is of anything."""
QUALITY: Final = {"NONE": 0.0, "LOW": 0.2, "AUTO": None, "MEDIUM": 0.4, "HIGH": 0.6}
"""Our quality from which on a face is good enough; None is what the settings say."""
EMPTY: Final[tuple[object, ...]] = (None, {}, [])
FACE_ATTRIBUTES: Final = frozenset({
    "DEFAULT", "ALL", "AGE_RANGE", "BEARD", "EMOTIONS", "EYE_DIRECTION", "EYEGLASSES", "EYES_OPEN",
    "GENDER", "MOUTH_OPEN", "MUSTACHE", "FACE_OCCLUDED", "SMILE", "SUNGLASSES",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call says, without its pictures. All methods raise Refused."""

    words: Mapping[str, Any]

    def text(self, name: str, fits: re.Pattern[str]) -> str:
        """Return a text that fits; empty where it is not said."""
        said = self.words.get(name)
        if said is None:
            return ""
        if not isinstance(said, str) or not fits.fullmatch(said):
            raise _wrong(name, f"a text that satisfies {fits.pattern}", said)
        return said

    def needed(self, name: str, fits: re.Pattern[str]) -> str:
        """Return a text that fits, and that must be said."""
        said = self.text(name, fits)
        if not said:
            raise Refused(Kind.PARAMETER, f"{name}: expected a text, got none.")
        return said

    def whole(self, name: str, default: int, *, least: int = 1, most: int = MOST) -> int:
        """Return a whole number."""
        said = self.words.get(name)
        if said is None:
            return default
        if not _is_whole(said) or not least <= said <= most:
            raise _wrong(name, f"a whole number from {least} to {most}", said)
        return said

    def count(self, name: str, *, least: int = 1) -> int:
        """Return how many at most, however many that are; all where it is not said."""
        said = self.words.get(name)
        if said is None:
            return ALL
        if not _is_whole(said) or said < least:
            raise _wrong(name, f"a whole number from {least}", said)
        return min(ALL, said)

    def percent(self, name: str, default: float) -> float:
        """Return what is said in percent, 0..100."""
        return self._number(name, default, 100)

    def share(self, name: str) -> float:
        """Return a share, 0..1; 0 where it is not said."""
        return self._number(name, 0.0, 1)

    def _number(self, name: str, default: float, most: int) -> float:
        said = self.words.get(name)
        if said is None:
            return default
        if not is_number(said) or not 0 <= said <= most:
            raise _wrong(name, f"a number from 0 to {most}", said)
        return float(said)

    def rows(self, name: str, most: int) -> list[Any]:
        """Return a list of anything; nothing where it is not said."""
        said = self.words.get(name)
        if said is None:
            return []
        if not isinstance(said, list) or len(said) > most:
            raise _wrong(name, f"a list of up to {most}", said)
        return said

    def words_of(self, name: str, allowed: Collection[str] = ()) -> tuple[str, ...]:
        """Return a list of texts, which are out of those that are allowed, if any are named."""
        said = self.words.get(name)
        if said is None:
            return ()
        if not isinstance(said, list) or not all(isinstance(each, str) for each in said):
            raise _wrong(name, "a list of texts", said)
        if allowed and (unknown := sorted(set(said) - set(allowed))):
            raise _wrong(name, f"words out of {', '.join(sorted(allowed))}", unknown[0])
        return tuple(said)

    def inner(self, name: str) -> Asked:
        """Return what is said inside of a member; nothing where it is not said."""
        said = self.words.get(name)
        if said is not None and not isinstance(said, dict):
            raise _wrong(name, "an object", said)
        return Asked(said or {})

    def quality(self, default: str, settled: float) -> float:
        """Return from which quality on a face counts; `settled` is what the settings say."""
        said = self.words.get("QualityFilter")
        said = default if said is None else said
        if not isinstance(said, str) or said not in QUALITY:
            raise _wrong("QualityFilter", f"one of {', '.join(QUALITY)}", said)
        least = QUALITY[said]
        return settled if least is None else least

    def face_ids(self, name: str, most: int) -> tuple[str, ...]:
        """Return our ids of the faces that are named."""
        said = self.words_of(name)
        if len(said) > most:
            raise _wrong(name, f"up to {most} ids", len(said))
        return tuple(_face_id(name, each) for each in said)

    def face_id(self, name: str) -> str:
        """Return our id of the one face that is named."""
        return _face_id(name, self.needed(name, FACE_ID))

    def check(self, known: Collection[str]) -> None:
        """Do nothing where nothing else is said: what nobody reads must not be left out."""
        if other := sorted(set(self.words) - set(known)):
            known_words = ", ".join(known) or "none"
            raise Refused(
                Kind.PARAMETER, f"{other[0][:80]}: expected a member out of {known_words}."
            )

    def refuse(self, *names: str) -> None:
        """Do nothing where none of these is said: there is no such thing here.

        An empty object or list says nothing.
        """
        if said := [name for name in names if self.words.get(name) not in EMPTY]:
            raise Refused(Kind.PARAMETER, f"{', '.join(said)}: there is no such thing here.")


def is_number(said: object) -> TypeGuard[int | float]:
    """Return whether it is a number; to JSON, unlike to Python, true and false are none."""
    return isinstance(said, int | float) and not isinstance(said, bool)


def _is_whole(said: object) -> TypeGuard[int]:
    return is_number(said) and isinstance(said, int)


def _face_id(name: str, said: str) -> str:
    if not FACE_ID.fullmatch(said):
        raise _wrong(name, f"ids that satisfy {FACE_ID.pattern}", said)
    return from_uuid(said)


def _wrong(name: str, wanted: str, got: object) -> Refused:
    return Refused(Kind.PARAMETER, f"{name}: expected {wanted}, got {str(got)[:80]!r}.")

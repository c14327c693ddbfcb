"""Which renditions are to be deleted: of a source, of all below a prefix, or of a class."""

from __future__ import annotations

from dataclasses import dataclass

from foveate.delivery import stored
from foveate.errors import BadOption
from foveate.options.options_class import CLASS_NAMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """The renditions that are meant: by one of these."""

    source: str = ""
    """A key: all that was made of it, or with it."""
    prefix: str = ""
    """How the key of the main source begins."""
    options_class: str = ""

    def __post_init__(self) -> None:
        """Raise BadOption for none or several, and for a class that there is not."""
        given = [each for each in (self.source, self.prefix, self.options_class) if each]
        if len(given) != 1:
            raise BadOption(f"Expected one of source, prefix and class, got {len(given)}.")
        if self.options_class and self.options_class not in CLASS_NAMES:
            known = ", ".join(CLASS_NAMES)
            raise BadOption(f"Expected class to be {known}, got {self.options_class[:40]!r}.")

    def __call__(self, beginning: bytes) -> bool:
        """Return whether the rendition that begins so is meant, or may be: nobody knows of old."""
        found = stored.unpack(beginning)
        if found is None or not found[0].digests:
            return True
        about, _ = found
        if self.source:
            return stored.digest(self.source) in about.digests.split()
        if self.prefix:
            return about.source.startswith(self.prefix[: stored.KEPT_OF_KEY])
        # Where classes were others, the same options may have been of another one.
        return about.options_class == self.options_class or about.classes != stored.CLASSES

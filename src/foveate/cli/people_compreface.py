"""`foveate people import --compreface`: the people of a running CompreFace, over its API."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from foveate.errors import BadOption, FoveateError, SubjectTaken, UnknownCollection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from foveate.finder import People
    from foveate.service.found import Enrolment
    from foveate.service.imports import Listed
    from foveate.storage.compreface import CompreFace

ENVIRONMENT = "COMPREFACE_API_KEY"


@dataclass(frozen=True, slots=True)
class Moving:
    """What there is over there, and what is here already."""

    there: CompreFace
    index: People
    items: list[Listed]
    here: frozenset[str]
    """Where the pictures came from that were enrolled before."""
    force: bool

    def enrol(self, item: Listed) -> Enrolment:
        """Enrol who is on a picture, unless that was done before."""
        from foveate.service.found import Enrolment

        if item.path in self.here:
            return Enrolment(enrolled=(), already=True)
        data = self.there.picture(item.path)
        return self.index.add(data, item.subject, source=item.path, force=self.force)

    def introduce(self) -> Iterator[tuple[str, FoveateError | None]]:
        """Make the subjects who have no example; yield those who are new, or why they are not."""
        known = {item.subject for item in self.items}
        for name in self.there.subjects():
            if name in known:
                continue
            try:
                self.index.introduce(name)
            except SubjectTaken:
                continue
            except BadOption as why:
                yield name, why
            else:
                yield name, None


@contextmanager
def moving(index: People, address: str, key: str, *, force: bool) -> Iterator[Moving]:
    """Give what is to be moved. Raises BadOption, BadUrl, and a SourceError where that fails."""
    from foveate.background import default_app
    from foveate.service.imports import Listed
    from foveate.storage.compreface import CompreFace

    if not key:
        raise BadOption(f"Expected the key of its recognition service: --api-key or {ENVIRONMENT}.")
    settings = default_app().settings
    there = CompreFace(address, key, settings.origins, settings.limits)
    try:
        items = [Listed(each.url, each.subject) for each in there.examples()]
        yield Moving(there, index, items, _sources(index), force)
    finally:
        there.close()


def _sources(index: People) -> frozenset[str]:
    try:
        return frozenset(index.sources())
    except UnknownCollection:
        return frozenset()

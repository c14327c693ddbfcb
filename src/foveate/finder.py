"""The face index as a Python library: `foveate.People()`."""

from __future__ import annotations

from contextlib import contextmanager
from copy import copy
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from foveate.app import bucket_options
from foveate.background import default_app, waited
from foveate.enrolled import EVERYTHING, UNKNOWN, Selection
from foveate.errors import BadOption
from foveate.library import handed, work_on
from foveate.options.gravities import place_of
from foveate.people.audit import AuditLog
from foveate.people.store import LanceStore
from foveate.service.audited import Audited
from foveate.service.people import People as Verbs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from foveate.app import App
    from foveate.enrolled import Collection, EnrolledFace, Subject
    from foveate.geometry.box import Point
    from foveate.library import SourceLike
    from foveate.service.found import Candidate, Enrolment, FoundFace, Group, Pair, Verification
    from foveate.service.reindex import Reindexed
    from foveate.service.work import Work
    from foveate.storage.source import Source


class People:
    """Finds people again: `People().add("ann.jpg", "Ann")`, then `People().find("group.jpg")`.

    A collection is a set of people; one that there is not is made by what is added first. Every
    method blocks, may be called from any thread, and raises FoveateError.
    """

    def __init__(
        self,
        collection: str = "people",
        *,
        folder: str | Path | None = None,
        app: App | None = None,
    ) -> None:
        """Take a folder or an s3:// address; without one, the settings say where people lie."""
        self.collection = collection
        self._app = app or default_app()
        verbs, audit = self._app.people, self._app.access.audit
        if folder is not None:
            place = str(folder) if "://" in str(folder) else str(Path(folder).expanduser())
            options = bucket_options(self._app.settings.origins)
            store = LanceStore.configured(place, verbs.settings, options)
            audit = audit if "://" in place else AuditLog(Path(place))
            verbs = Verbs(analyses=verbs.analyses, store=store, settings=verbs.settings)
        self.verbs = verbs
        self._audited = Audited(people=verbs, audit=audit)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<People {self.collection!r}>"

    def add(  # noqa: PLR0913 - each is a word of the door
        self,
        picture: SourceLike,
        subject: str = UNKNOWN,
        *,
        source: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        every: bool = False,
        force: bool = False,
        at: tuple[float, float] | None = None,
    ) -> Enrolment:
        """Enrol who is on a picture: its only face, or one much larger than all others.

        `at` takes the face at a place instead, X of the width and Y of the height. `every` enrols
        all faces, without a name. `force` takes faces too poor to be found again. `source` is what
        the picture is called; a name given as picture is taken where it is not said. The same
        picture of the same subject is enrolled once.
        """
        if source is None:
            source = _called(picture)
        prepare = partial(
            self._audited.prepare_enrol,
            collection=self.collection,
            subject=subject,
            source=source,
            metadata=metadata,
            every=every,
            force=force,
            at=_place(at),
        )
        return waited(work_on(self._app, [handed(self._app, picture)], prepare, "enrol"))

    @contextmanager
    def importing(self) -> Iterator[People]:
        """Give this index to enrol many with: the audit log has a line each for begin and end."""
        with self._audited.importing(self.collection) as together:
            many = copy(self)
            many._audited = together  # noqa: SLF001 - its own
            yield many

    def add_vectors(
        self, file: str | Path, *, model: str = "", told: Callable[[int], None] = lambda _: None
    ) -> int:
        """Enrol the embeddings of an .npy, .parquet or .jsonl file, and return how many.

        `model` names what made them, unless each says so itself. Those that are there stay once.
        """
        return self._audited.add_vectors(self.collection, Path(file), model=model, told=told)

    def find(
        self,
        picture: SourceLike,
        *,
        limit: int = 5,
        offset: int = 0,
        selection: Selection = EVERYTHING,
        confidence: float | None = None,
    ) -> Sequence[FoundFace]:
        """Return the faces of a picture, each with who it may be, the likeliest first."""
        prepare = partial(
            self._audited.prepare_find,
            collection=self.collection,
            limit=limit,
            offset=offset,
            selection=selection,
            confidence=confidence,
        )
        return waited(work_on(self._app, [handed(self._app, picture)], prepare, "find"))

    def verify(
        self, picture: SourceLike, subject: str, *, at: tuple[float, float] | None = None
    ) -> Verification:
        """Return whether a picture shows that subject; with `at`, whether the face there is."""
        prepare = partial(
            self._audited.prepare_verify,
            collection=self.collection,
            subject=subject,
            at=_place(at),
        )
        return waited(work_on(self._app, [handed(self._app, picture)], prepare, "verify"))

    def search(self, vector: NDArray[np.float32], **how: Any) -> Sequence[Candidate]:  # noqa: ANN401
        """Return who a vector of 512 numbers is; the keywords are those of `find`.

        Raises BadOption for what is none: who is on a picture says `find`.
        """
        if isinstance(vector, str | PathLike | bytes):
            raise BadOption("Expected a vector of 512 numbers, got a picture: use find(picture).")
        return self._audited.search(self.collection, vector, **how)

    def collections(self) -> Sequence[Collection]:
        """Return all collections."""
        return self.verbs.collections()

    @property
    def model(self) -> str:
        """Return which network the collection's embeddings come from. Raises UnknownCollection."""
        return self.verbs.store.collection(self.collection).model

    def sources(self) -> set[str]:
        """Return what the pictures were called that its faces came from."""
        return self.verbs.store.sources(self.collection)

    def drop(self) -> int:
        """Erase the collection with everything in it; return how many faces it had."""
        return self._audited.drop(self.collection)

    def subjects(
        self, *, prefix: str = "", contains: str = "", offset: int = 0, limit: int = 100
    ) -> Sequence[Subject]:
        """Return subjects by name, a page of those whose names begin so and contain that."""
        named = self.verbs.subjects
        return named(self.collection, prefix=prefix, contains=contains, offset=offset, limit=limit)

    def faces(
        self, selection: Selection = EVERYTHING, *, offset: int = 0, limit: int = 100
    ) -> Sequence[EnrolledFace]:
        """Return the faces that are meant, oldest first, a page of them: vectors, crops and all."""
        return self._audited.faces(self.collection, selection, offset=offset, limit=limit)

    def crops(self, faces: Sequence[str]) -> dict[str, bytes]:
        """Return by their ids the crops, as PNG, that are kept of these faces."""
        return self._audited.crops(self.collection, faces)

    def count(self, selection: Selection = EVERYTHING) -> int:
        """Return how many faces are meant."""
        return self.verbs.store.count(self.collection, selection)

    def every(self, selection: Selection = EVERYTHING) -> Iterator[EnrolledFace]:
        """Yield all faces that are meant, in no order: an export, with embeddings in the clear."""
        return self._audited.every(self.collection, selection)

    def introduce(self, subject: str) -> None:
        """Make a subject that has no face yet; it stays until it is erased. Raises SubjectTaken."""
        self._audited.introduce(self.collection, subject)

    def rename(self, subject: str, name: str) -> int:
        """Call a subject otherwise; return how many faces that are."""
        return self._audited.rename(self.collection, subject, name)

    def merge(self, subject: str, into: str) -> int:
        """Give the faces of one subject to another; return how many."""
        return self._audited.merge(self.collection, subject, into)

    def name(self, faces: Sequence[str], subject: str, *, force: bool = False) -> int:
        """Give these faces, such as a cluster, to a subject; return how many they were.

        Faces that are another's only by `force`.
        """
        return self._audited.name(self.collection, faces, subject, force=force)

    def describe(self, face: str, metadata: Mapping[str, Any]) -> EnrolledFace:
        """Change the metadata of a face, and return the face; a key that is None goes (RFC 7396).

        Of what is changed no file of the index holds what it was before.
        """
        return self._audited.describe(self.collection, face, metadata)

    def erase(self, subject: str) -> int:
        """Erase all faces of a subject for good; return how many."""
        return self._audited.erase_subject(self.collection, subject)

    def erase_before(self, moment: float) -> int:
        """Erase all faces that were enrolled before then, seconds since 1970; return how many."""
        return self._audited.erase_before(self.collection, moment)

    def erase_faces(self, faces: Sequence[str]) -> int:
        """Erase these faces for good; return how many."""
        return self.erase_selected(Selection(ids=tuple(faces)))

    def erase_selected(self, selection: Selection) -> int:
        """Erase the faces that are meant, `Selection(named=False)` say, for good; return how many.

        Raises NotEnrolled where there are none.
        """
        return self._audited.erase(self.collection, selection)

    def clusters(self) -> list[list[str]]:
        """Return the ids of unnamed faces that belong together, largest group first."""
        return self._audited.clusters(self.collection)

    def cluster_of(self, face: str) -> list[str]:
        """Return the ids of the group that an unnamed face is in."""
        return self._audited.cluster_of(self.collection, face)

    def groups(self) -> list[Group]:
        """Return the same groups as faces, with where they come from, without embeddings."""
        return self._audited.groups(self.collection)

    def duplicates(self) -> list[Pair]:
        """Return pairs of faces that come from the same picture, the most alike first."""
        return self._audited.duplicates(self.collection)

    def reindex(
        self, *, drop: bool = False, told: Callable[[int], None] = lambda _: None
    ) -> Reindexed:
        """Make the collection anew with today's network, from its crops or sources.

        Without `drop` nothing is changed unless every face can be read anew.
        """

        def read(name: str) -> Source:
            from foveate.library import read as fetched  # noqa: PLC0415

            return fetched(name, app=self._app)

        def run(work: Work[EnrolledFace]) -> EnrolledFace:
            return waited(work_on(self._app, [], lambda: work, "reindex"))

        return self._audited.reindex(self.collection, read, run, drop=drop, told=told)

    def seal(self) -> bool:
        """Encrypt the collection with the newest key; return whether there was something to do."""
        return self._audited.seal(self.collection)

    def close(self) -> None:
        """Finish what was asked for, where the folder was given here."""
        if self.verbs is not self._app.people:
            self.verbs.store.close()


def _place(at: tuple[float, float] | None) -> Point | None:
    """Return a place of a picture. Raises BadOption for one outside of it."""
    return None if at is None else place_of("x".join(map(str, at)))


def _called(picture: SourceLike) -> str:
    """Return where a picture is to be found again, if its name was given: a file's whole path."""
    if not isinstance(picture, str | Path):
        return ""
    name = str(picture)
    return name if "://" in name else str(Path(name).expanduser().absolute())

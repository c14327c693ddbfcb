"""The seams: what the layers above may ask of the layers below.

One or two methods each. Tests pass fakes here and never patch our own modules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    import numpy as np
    from numpy.typing import NDArray

    from foveate.deadline import Deadline
    from foveate.enrolled import Collection, EnrolledFace, Match, Named, Selection, Subject
    from foveate.geometry.box import Box, Point, Size
    from foveate.trace import Trace
    from foveate.values import Attributes, Blob, Face, Facts, Lifetime, Purged, TextLine, Thing

    Thumbnailer = Callable[[Size], NDArray[np.uint8]]
    """Gives a picture at a size, as (height, width, 3) RGB."""


class Picture(Protocol):
    """The bytes of a picture, and what is known of them; `storage.Source` is one."""

    @property
    def data(self) -> bytes:
        """Return the file."""
        ...

    @property
    def digest(self) -> str:
        """Return what names these bytes, in hex digits."""
        ...

    @property
    def name(self) -> str:
        """Return what names these bytes at their origin; empty where nobody may ask again."""
        ...

    @property
    def reference(self) -> str:
        """Return what names the upload that it came from; empty where it came from none."""
        ...

    @property
    def covered(self) -> bool:
        """Return whether it stands in the place of another one, which is not to be shown."""
        ...

    @property
    def facts(self) -> Facts:
        """Return what the header says. Raises ImageError or SourceTooLarge."""
        ...

    @property
    def lifetime(self) -> Lifetime:
        """Return what its origin says about keeping it, and what is made from it."""
        ...


@runtime_checkable
class Drawable(Protocol):
    """A picture that has no file: it is drawn as large as it is wanted."""

    def draw(self, scale: float, deadline: Deadline, trace: Trace) -> Any:  # noqa: ANN401 - libvips'
        """Return it as pixels, so many times as large as its facts say."""
        ...


class FaceDetector(Protocol):
    """Finds faces."""

    @property
    def name(self) -> str:
        """Return what names the network and every setting that its answer depends on."""
        ...

    def input_size(self, size: Size) -> Size:
        """Return the size to bring a picture of `size` to before asking for its faces."""
        ...

    def __call__(self, rgb: NDArray[np.uint8]) -> tuple[Face, ...]:
        """Return the faces of a (height, width, 3) RGB picture, best score first."""
        ...


class ThingDetector(Protocol):
    """Finds things of many classes."""

    @property
    def name(self) -> str:
        """Return what names the networks and every setting that their answer depends on."""
        ...

    def input_size(self, size: Size) -> Size:
        """Return the size to which a picture of `size` must be decoded, at least."""
        ...

    def __call__(
        self, thumbnail: Callable[[Size], NDArray[np.uint8]], size: Size
    ) -> tuple[Thing, ...]:
        """Return the things in a picture of `size`, in its pixels, best score first.

        `thumbnail` gives the whole picture as (height, width, 3) RGB of any size; sides may be
        stretched.
        """
        ...


class Session(Protocol):
    """A loaded network, whatever engine runs it."""

    @property
    def provider(self) -> str:
        """Return what it really runs on, e.g. `CPUExecutionProvider` or `openvino CPU bf16`."""
        ...

    @property
    def shapes(self) -> Sequence[tuple[int, ...]]:
        """Return the input shapes that it was compiled for; empty when any shape is as good.

        Others work too, and cost a compilation.
        """
        ...

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> Sequence[NDArray[np.float32]]:
        """Return the outputs in the order of the network. Safe to call from many threads.

        Ends soon after the current deadline, with TimedOut or ClientDisconnected.
        """
        ...


class MapNetwork(Protocol):
    """Says something of each place of a picture: how much it matters, or whether it is subject."""

    @property
    def name(self) -> str:
        """Return what names the network and every setting that its answer depends on."""
        ...

    def input_size(self, size: Size) -> Size:
        """Return the size to bring a picture of `size` to before asking; sides may be stretched."""
        ...

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return a map in 0..1 of a (height, width, 3) RGB picture.

        Its rows and columns lie evenly over the whole picture, whatever their number.
        """
        ...


class Glancer(Protocol):
    """Says at a glance what a whole picture is like, and what it shows."""

    @property
    def name(self) -> str:
        """Return what names the network and every setting that its answer depends on."""
        ...

    def input_size(self, size: Size) -> Size:
        """Return the size to bring a picture of `size` to before asking; sides may be stretched."""
        ...

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return 1280 features of a (height, width, 3) RGB picture, then 1000 logits of classes."""
        ...


class LineDetector(Protocol):
    """Finds lines of text."""

    @property
    def name(self) -> str:
        """Return what names the network and every setting that its answer depends on."""
        ...

    def input_size(self, size: Size) -> Size:
        """Return the size to bring a picture of `size` to before asking for its lines."""
        ...

    def __call__(self, rgb: NDArray[np.uint8]) -> tuple[TextLine, ...]:
        """Return the lines of a (height, width, 3) RGB picture, largest first, not read."""
        ...


class LineReader(Protocol):
    """Reads lines of text."""

    @property
    def name(self) -> str:
        """Return what names the network and every setting that its answer depends on."""
        ...

    def __call__(self, rgb: NDArray[np.uint8], lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
        """Return the lines with what they say, whose places are given in pixels of `rgb`."""
        ...


class FaceReader(Protocol):
    """Reads the attributes of faces."""

    @property
    def name(self) -> str:
        """Return what names the networks and every setting that the answer depends on."""
        ...

    def __call__(self, rgb: NDArray[np.uint8], faces: Sequence[Face]) -> tuple[Attributes, ...]:
        """Return the attributes of each face, whose place is given in pixels of `rgb`."""
        ...


class FaceEmbedder(Protocol):
    """Turns faces into vectors that are close when the person is the same."""

    @property
    def name(self) -> str:
        """Return what names the network and every setting that the answer depends on."""
        ...

    def __call__(self, rgb: NDArray[np.uint8], faces: Sequence[Face]) -> NDArray[np.float32]:
        """Return (faces, 512) unit vectors; places of faces are in pixels of `rgb`."""
        ...


class GravityAnalysis(Protocol):
    """What is known of one source, in its upright pixels; each part is computed on first use."""

    @property
    def size(self) -> Size:
        """Return the size of the upright source."""
        ...

    def faces(self) -> Sequence[Face]:
        """Return the faces that count for a crop, best score first."""
        ...

    def faces_of(self, named: Sequence[Named]) -> Sequence[Face]:
        """Return the faces that are of these people, best score first."""
        ...

    def objects(self) -> Sequence[Thing]:
        """Return the things that count for a crop, best score first."""
        ...

    def saliency(self) -> NDArray[np.float32]:
        """Return how much each place matters: a map in 0..1 over the whole source."""
        ...

    def people(self) -> NDArray[np.float32]:
        """Return how probably each place is one of a person: a map in 0..1, like saliency."""
        ...

    def known_matte(self) -> NDArray[np.float32] | None:
        """Return the matte, alpha in 0..1 over the whole source, if it was made before."""
        ...

    def text(self) -> Sequence[Box]:
        """Return the lines of text that count for a crop, the largest first."""
        ...

    def known_text(self) -> Sequence[Box]:
        """Return them where crops are to spare text, or they were found before; else nothing."""
        ...

    def known_people(self) -> Sequence[Box]:
        """Return the boxes of people who are surely some, if things were looked for before."""
        ...

    def attention(self, within: Box) -> Point:
        """Return the place of the whole source where libvips' `attention` goes in that part."""
        ...

    def entropy(self, within: Box, window: Size) -> Box:
        """Return the window of that size in that part that libvips' `entropy` keeps."""
        ...


class Cache(Protocol):
    """A byte-bounded store that may forget anything at any time."""

    def get_blocking(self, key: str) -> bytes | None:
        """Return what was put there, whole, or None. May wait for a disk: for worker threads."""
        ...

    async def get(self, key: str) -> Blob | None:
        """Return the same without holding up the event loop."""
        ...

    def put(self, key: str, value: bytes, *, disk: bool = True) -> bool:
        """Keep it, if there is room; on no `disk` where that is said. May wait for a disk.

        Return whether a disk has it.
        """
        ...

    def forget_all(self, groups: set[str]) -> None:
        """Delete what was put where others would find it, under all keys that begin with GROUP/.

        May wait for a disk.
        """
        ...


class Memory(Protocol):
    """The part of a cache that answers at once."""

    def get(self, key: str) -> Blob | None:
        """Return what was put there, or None."""
        ...


class Tiers(Cache, Protocol):
    """A cache of which a part answers at once, and whose values begin with what they are."""

    @property
    def memory(self) -> Memory:
        """Return that part, which never waits for a disk."""
        ...

    def holds(self, key: str) -> bool:
        """Return whether something was put there that is likely to be there still."""
        ...

    async def peek(self, key: str, size: int) -> tuple[bytes, int] | None:
        """Return the first `size` bytes of what was put there, and its whole length, or None."""
        ...

    def on_disk(self, key: str) -> bool:
        """Return whether something lies there for all who share it. May wait for a disk."""
        ...

    def reread(self, key: str) -> Blob | None:
        """Return what is kept there by now, whoever else kept it. May wait for a disk."""
        ...

    def claimed(self, key: str) -> AbstractContextManager[bool]:
        """Yield whether nobody else who shares it has claimed that key; till then we have."""
        ...

    def purge(self, meant: Callable[[bytes], bool], size: int) -> Purged:
        """Delete what is meant by its first `size` bytes. Blocks. Raises OSError."""
        ...


class VectorStore(Protocol):
    """The face index: collections of faces, found again by their embeddings.

    Every call blocks, and may be made from any thread. A change is committed when its call
    returns. Calls for a collection that there is not raise UnknownCollection.
    """

    def begin(self) -> None:
        """Finish what another process began, and find what is wrong with the settings at once."""
        ...

    def collections(self) -> Sequence[Collection]:
        """Return all collections, by name."""
        ...

    def collection(self, name: str) -> Collection:
        """Return what is known of a collection."""
        ...

    def revision(self, name: str) -> str:
        """Return what is another text after each change; upkeep may change it, too."""
        ...

    def create(self, name: str, model: str) -> bool:
        """Make the collection if there is none, and return whether it is new.

        Of several that ask at once one is told so. Raises OtherModel, BadOption.
        """
        ...

    def drop(self, name: str, *, forget: Callable[[set[str]], None] = ...) -> None:
        """Remove a collection with everything in it; `forget` as with `erase`."""
        ...

    def check_takes(self, name: str, model: str) -> None:
        """Do nothing where a face of that model could be added.

        Raises OtherModel, SealedCollection, CollectionFull.
        """
        ...

    def add(
        self, name: str, model: str, faces: Sequence[EnrolledFace], *, by_id: bool = False
    ) -> int:
        """Add faces whose embeddings come from `model`, and return how many were added.

        Of those to be added `by_id` these are the ones of whose id there is none. Raises
        OtherModel, IndexFull.
        """
        ...

    def enrol(self, name: str, model: str, faces: Sequence[EnrolledFace]) -> Sequence[str]:
        """Add the faces of a picture that are not there, and return the ids of what was changed.

        A face is there by the picture's digest and its place, for the same subject or, where nobody
        is named, for anybody. One that is there without a name gets that of the face, and keeps all
        else. Raises as `add` does.
        """
        ...

    def search(
        self,
        name: str,
        vector: NDArray[np.float32],
        limit: int,
        selection: Selection = ...,
        *,
        exact: bool = False,
    ) -> Sequence[Match]:
        """Return up to `limit` faces nearest to a unit vector, nearest first, without vectors.

        `exact` compares with every face, however many there are. Raises SealedCollection where
        there is no key to open it with, SealBroken where a file was changed.
        """
        ...

    def count(self, name: str, selection: Selection = ...) -> int:
        """Return how many faces are meant."""
        ...

    def faces(
        self, name: str, selection: Selection = ..., *, offset: int = 0, limit: int = 100
    ) -> Sequence[EnrolledFace]:
        """Return the faces that are meant, oldest first, with their vectors and crops.

        Raises SealedCollection, SealBroken.
        """
        ...

    def crops(self, name: str, faces: Sequence[str]) -> dict[str, bytes]:
        """Return by their ids the crops, as PNG, that are kept of these faces.

        Raises SealedCollection, SealBroken.
        """
        ...

    def told(
        self, name: str, selection: Selection = ..., *, offset: int = 0, limit: int | None = None
    ) -> Sequence[EnrolledFace]:
        """Return the faces that are meant, oldest first, without their vectors and crops.

        Needs no key. Without a limit these are all of them.
        """
        ...

    def ids(self, name: str, selection: Selection = ...) -> Sequence[str]:
        """Return the ids of all faces that are meant, in no order."""
        ...

    def every(self, name: str, selection: Selection = ...) -> Iterator[EnrolledFace]:
        """Yield all faces that are meant, in no order, with vectors and crops."""
        ...

    def embeddings(
        self, name: str, selection: Selection = ...
    ) -> tuple[Sequence[str], NDArray[np.float32]]:
        """Return the ids of the faces that are meant, and their (faces, 512) embeddings."""
        ...

    def is_known(self, name: str, subject: str) -> bool:
        """Return whether there is such a subject, with faces or without."""
        ...

    def sources(self, name: str) -> set[str]:
        """Return what the pictures were called that its faces came from."""
        ...

    def subjects(
        self,
        name: str,
        *,
        prefix: str = "",
        contains: str = "",
        offset: int = 0,
        limit: int = 100,
    ) -> Sequence[Subject]:
        """Return the subjects whose names begin so and contain that, by name.

        Those without faces as well. What is contained may be in any case.
        """
        ...

    def best_faces(self, name: str, subjects: Sequence[str]) -> Mapping[str, str]:
        """Return the id of the face of the best quality of each of these that has one."""
        ...

    def introduce(self, name: str, subject: str) -> None:
        """Keep a subject that has no face yet. Raises SubjectTaken."""
        ...

    def rename(self, name: str, subject: str, into: str, *, merge: bool = False) -> int:
        """Call a subject otherwise, with faces or without, and return how many faces that are.

        Raises UnknownSubject, and BadOption where there is one of that name and no `merge`.
        """
        ...

    def assign(self, name: str, selection: Selection, subject: str, *, force: bool = False) -> int:
        """Give the faces that are meant to a subject, and return how many they were.

        Raises BadOption where some are another's, unless it is to `force`.
        """
        ...

    def describe(self, name: str, face: str, change: Mapping[str, Any]) -> bool:
        """Change the metadata of a face, and return whether there is that face.

        Keys that are null go, and others are set (RFC 7396). Raises BadOption for what would be
        too much.
        """
        ...

    def erase(
        self, name: str, selection: Selection, *, forget: Callable[[set[str]], None] = ...
    ) -> int:
        """Remove the faces that are meant for good, and return how many they were.

        `forget` is given the digests of the pictures that they came from, before they go.
        """
        ...

    def erase_subject(
        self, name: str, subject: str, *, forget: Callable[[set[str]], None] = ...
    ) -> int:
        """Remove a subject with all its faces for good. Raises UnknownSubject."""
        ...

    def replace(
        self, name: str, model: str, faces: Iterable[EnrolledFace], *, revision: str
    ) -> None:
        """Put these faces of another model in the place of all that the collection has.

        What is raised while they are taken leaves all as it was. Raises Unavailable where it no
        longer is what it was at that revision.
        """
        ...

    def seal(self, name: str) -> bool:
        """Encrypt a collection with the newest key; return whether there was something to do."""
        ...

    def close(self, timeout_s: float | None = None) -> None:
        """Finish what was asked for, or as much of it as there is time for."""
        ...

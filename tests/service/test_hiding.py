"""Whose faces are hidden, in pixels: networks that see squares of colour, a list of people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from people_listed import Listed
from people_pictures import BLACK, BLUE, GREEN, RED, Colour, Heads, drawn
from service_networks import Embedder, Reader, analyses, done, picture

from foveate.errors import UnknownSubject
from foveate.imaging.decode import open_image
from foveate.imaging.frames import frames_of
from foveate.imaging.pixels import from_array, to_array
from foveate.imaging.probe import probe
from foveate.options.grammar import parse_options
from foveate.service.crops import Cropper
from foveate.service.parts.embedding import EMBEDDING
from foveate.service.parts.faces import FACES
from foveate.service.people import People
from foveate.service.render import Renderer
from foveate.service.subjects import Subjects
from foveate.settings import Encoding, Limits
from foveate.settings import People as Settings
from foveate.values import FaceQuality

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from foveate.rendition import Rendition
    from foveate.service.analysis import Analyses
    from foveate.values import Attributes, Face

GROUP = (RED, BLACK, BLACK, GREEN, BLACK, BLACK, BLUE)
PLACES = {"Ruby": 0, "Fern": 3, "Skye": 6}
GREY = (150, 150, 150)


def index(seen: Analyses | None = None) -> Subjects:
    looks = seen or analyses(Heads())
    vectors = {name: _axis(number) for number, name in enumerate(PLACES)}
    store = Listed(list(vectors.items()))
    people = People(analyses=looks, store=store, settings=Settings())  # type: ignore[arg-type]
    store.model = people.model
    return Subjects(people)


def _axis(number: int) -> NDArray[np.float32]:
    return np.eye(512, dtype=np.float32)[number]


def renderer(subjects: Subjects) -> Renderer:
    looks = subjects.people.analyses
    return Renderer(analyses=looks, limits=Limits(), encoding=Encoding(), subjects=subjects)


def made(data: bytes, options: str, seen: Analyses | None = None) -> Rendition:
    asked = parse_options(f"{options},format=png").options
    return done(renderer(index(seen)).prepare(picture(data), asked))


def pixels(made_: bytes) -> NDArray[np.uint8]:
    return to_array(open_image(made_, probe(made_, Limits())))


def hidden(data: bytes, options: str, seen: Analyses | None = None) -> list[str]:
    """The people of the group over whose face something is painted."""
    before, after = pixels(data), pixels(made(data, options, seen).data)
    assert before.shape == after.shape
    faces = {name: np.s_[4:36, 40 * place + 4 : 40 * place + 36] for name, place in PLACES.items()}
    return [name for name, face in faces.items() if (before[face] != after[face]).any()]


def group(*colours: Colour) -> bytes:
    """Three people far apart, each a colour that is nowhere even."""
    data = pixels(drawn(*(colours or GROUP))).astype(np.int16)
    waves = np.indices(data.shape[:2]).sum(0) % 7 * (data.max(-1) > 0)
    return from_array((data + waves[..., None]).clip(0, 255).astype(np.uint8)).pngsave_buffer()


def test_all_but_who_is_kept_are_hidden_and_he_is_the_same_bit_by_bit() -> None:
    data = group()
    assert hidden(data, "redact=faces") == ["Ruby", "Fern", "Skye"]
    assert hidden(data, "redact.keep=subject:Fern") == ["Ruby", "Skye"]
    assert hidden(data, "redact=faces,redact.keep=subject:Ruby;Skye") == ["Fern"]
    after = pixels(made(data, "redact.keep=subject:Fern").data)
    assert (after[:, 120:160] == pixels(data)[:, 120:160]).all()


def test_only_who_is_named_is_hidden() -> None:
    assert hidden(group(), "redact.only=subject:Skye") == ["Skye"]
    assert hidden(group(), "redact.only=subject:Skye;Ruby") == ["Ruby", "Skye"]


def test_of_the_hidden_nothing_is_left_in_the_middle() -> None:
    data = group()
    asked = "redact.method=solid,redact.color=white,"
    after = pixels(made(data, asked + "redact.keep=subject:Fern").data)
    assert (after[12:28, 12:28] == 255).all()
    assert (after[12:28, 252:268] == 255).all()
    after = pixels(made(data, asked + "redact.only=subject:Fern").data)
    assert (after[12:28, 132:148] == 255).all()
    assert (after[:, :40] == pixels(data)[:, :40]).all()


def test_a_stranger_is_hidden_where_others_are_kept_and_shown_where_others_are_hidden() -> None:
    class Turned(Embedder):
        """Grey is nobody."""

        def __call__(self, rgb: Any, faces: Sequence[Face]) -> NDArray[np.float32]:
            vectors = super().__call__(rgb, faces)
            grey = np.ptp(vectors[:, :3], axis=1) < 0.1
            vectors[grey] = _axis(300)
            return vectors

    data, seen = group(GREY, BLACK, BLACK, GREEN, BLACK, BLACK, BLUE), {"embedding": Turned()}
    assert hidden(data, "redact.keep=subject:Fern", analyses(Heads(), **seen)) == ["Ruby", "Skye"]
    assert hidden(data, "redact.only=subject:Fern", analyses(Heads(), **seen)) == ["Fern"]


def test_a_face_between_two_people_is_hidden_in_either_case() -> None:
    # As near to each of the three, 0.58, and near enough for a search: the first is the nearest.
    strict = Settings(confidence=0.9999999)
    subjects = index()
    object.__setattr__(subjects.people, "settings", strict)
    for option in ("redact.keep=subject:Fern", "redact.only=subject:Fern"):
        asked = parse_options(f"{option},format=png").options
        data = group(GREY, BLACK, BLACK, BLACK, BLACK, BLACK, BLACK)
        after = pixels(done(renderer(subjects).prepare(picture(data), asked)).data)
        assert (after[4:36, 4:36] != pixels(data)[4:36, 4:36]).any()


def test_a_face_too_poor_to_be_known_is_hidden_in_either_case() -> None:
    class Poor(Reader):
        def __call__(self, rgb: Any, faces: Sequence[Face]) -> tuple[Attributes, ...]:
            low = FaceQuality(score=0.2, sharpness=0.2, exposure=1.0, size=1.0)
            return tuple(replace(each, quality=low) for each in super().__call__(rgb, faces))

    everybody = ["Ruby", "Fern", "Skye"]
    for option in ("redact.keep=subject:Fern", "redact.only=subject:Fern"):
        assert hidden(group(), option, analyses(Heads(), attributes=Poor())) == everybody


def test_a_face_that_redaction_alone_sees_is_hidden_in_either_case() -> None:
    class Coarse(Heads):
        """Misses Skye."""

        name = "coarse"

        def __call__(self, rgb: NDArray[np.uint8]) -> tuple[Face, ...]:
            return tuple(face for face in super().__call__(rgb) if face.box.left < 240)

    for option, left in (("keep", ["Ruby", "Skye"]), ("only", ["Fern", "Skye"])):
        seen = analyses(Coarse(), **{"fine-faces": Heads()})
        assert hidden(group(), f"redact.{option}=subject:Fern", seen) == left


def test_a_face_that_redaction_misses_is_hidden_if_it_was_found() -> None:
    class Blind(Heads):
        """Sees nobody from the second look on."""

        looks = 0

        def __call__(self, rgb: NDArray[np.uint8]) -> tuple[Face, ...]:
            self.looks += 1
            return super().__call__(rgb) if self.looks == 1 else ()

    assert hidden(group(), "redact.only=subject:Fern", analyses(Blind())) == ["Fern"]
    assert hidden(group(), "redact.keep=subject:Fern", analyses(Blind())) == ["Ruby", "Skye"]


def test_who_is_not_enrolled_is_an_error_before_anything_is_made() -> None:
    for options in ("redact.keep=subject:Eve", "redact.only=subject:Eve", "faces=subject:Eve"):
        with pytest.raises(UnknownSubject):
            made(group(), options)


def test_a_picture_without_him_hides_everybody_and_says_that_he_is_not_there() -> None:
    data = group(RED, BLACK, BLACK, BLACK, BLACK, BLACK, BLUE)
    assert hidden(data, "redact.keep=subject:Fern") == ["Ruby", "Skye"]
    note = "no face of whom the options name was found"
    assert made(data, "redact.keep=subject:Fern").headers["Foveate-Note"] == note
    assert "Foveate-Note" not in made(data, "redact.keep=subject:Ruby").headers


def test_who_of_several_is_not_there_is_named() -> None:
    data = group(RED, BLACK, BLACK, BLACK, BLACK, BLACK, BLUE)
    some = made(data, "redact.keep=subject:Ruby;Fern")
    assert some.headers["Foveate-Note"] == "no face of subject:Fern was found"
    nobody = made(group(BLACK, BLACK, BLACK, GREEN), "redact.only=subject:Ruby;Skye")
    assert nobody.headers["Foveate-Note"] == "no face of whom the options name was found"
    assert "Foveate-Note" not in made(data, "redact.keep=subject:Ruby;Skye").headers


def test_a_crop_goes_around_who_is_named() -> None:
    lefts = []
    for name in PLACES:
        crop = made(group(), f"width=40,height=40,fit=cover,g=face,faces=subject:{name}")
        assert crop.headers["Foveate-Gravity"] == "subject"
        lefts.append(pixels(crop.data)[20, 20].tolist())
    red, green, blue = lefts
    assert red[0] > 200 > green[0]
    assert green[1] > 200 > blue[1]
    assert blue[2] > 200 > red[2]


def test_a_crop_around_somebody_who_is_not_there_falls_back_and_says_so() -> None:
    data = group(RED, BLACK, BLACK, BLACK, BLACK, BLACK, BLACK)
    crop = made(data, "width=40,height=40,fit=cover,g=face,faces=subject:Skye")
    assert crop.headers["Foveate-Gravity"] == "saliency"
    asked = "width=40,height=40,fit=cover,g=face,faces=subject:Skye,format=json,explain=true"
    told = done(renderer(index()).prepare(picture(data), parse_options(asked).options))
    assert b'"gravity":"saliency","fallback":true' in told.data


def test_crops_of_many_shapes_go_around_who_is_named() -> None:
    subjects = index()
    cropper = Cropper(
        analyses=subjects.people.analyses, limits=Limits(), renderer=renderer(subjects)
    )
    faces = parse_options("faces=subject:Skye").options.faces
    found = done(cropper.prepare(picture(group()), ["1:1", "3:2"], faces=faces)).crops
    assert [crop.gravity for crop in found] == ["subject", "subject"]
    assert all(crop.box.left <= 244 and crop.box.right >= 276 for crop in found)
    with pytest.raises(UnknownSubject):
        cropper.prepare(
            picture(group()), ["1:1"], faces=parse_options("faces=subject:Eve").options.faces
        )


def test_vectors_of_faces_are_not_left_in_the_memo() -> None:
    seen = analyses(Heads())
    made(group(), "redact.keep=subject:Fern", seen)
    digest = picture(group()).digest
    known = [seen.memo.get_blocking(seen.key(digest, part, {})) for part in (FACES, EMBEDDING)]
    assert [each is None for each in known] == [False, True]


def moving(*stills: bytes) -> bytes:
    """Each picture for six frames, with a counter in a corner, so that no two are the same."""
    frames = [pixels(still).copy() for still in stills for _ in range(6)]
    for number, frame in enumerate(frames):
        frame[36:, 76:84] = 20 * number
    tall = from_array(np.concatenate(frames)).copy()
    tall.set_type(tall.get_typeof("width"), "page-height", 40)
    data: bytes = tall.webpsave_buffer(lossless=True)
    return data


def frames_in(data: bytes) -> list[NDArray[np.uint8]]:
    image = open_image(data, probe(data, Limits()), frames=12)
    return [to_array(frame) for frame in frames_of(image)]


def shown_in(frame: NDArray[np.uint8], colour: int) -> list[int]:
    """Where the middle of a face is of that colour, as bright and as uneven as it was."""
    parts = {left: frame[14:26, left - 6 : left + 6].astype(float) for left in (20, 140)}
    return [
        left
        for left, part in parts.items()
        if part[..., colour].mean() > 200 and part[..., colour].std() > 1.2
    ]


def test_in_an_animation_each_frame_that_shows_something_new_is_judged_anew() -> None:
    # In the second half Ruby stands where Fern stood.
    first = group(RED, BLACK, BLACK, GREEN, BLACK, BLACK, BLACK)
    second = group(GREEN, BLACK, BLACK, RED, BLACK, BLACK, BLACK)
    data = moving(first, second)
    assert [shown_in(frame, 0) for frame in frames_in(data)] == [[20]] * 6 + [[140]] * 6
    asked = parse_options("redact.keep=subject:Fern,format=webp,quality=100").options
    frames = frames_in(done(renderer(index()).prepare(picture(data), asked)).data)
    assert len(frames) == 12
    assert [shown_in(frame, 0) for frame in frames] == [[]] * 12
    kept = [shown_in(frame, 1) for frame in frames]
    # Beside the cut what hides Ruby on the other side of it hides Fern as well.
    assert kept[:4] == [[140]] * 4
    assert kept[-3:] == [[20]] * 3


def test_in_an_animation_only_who_is_named_is_hidden_wherever_he_stands() -> None:
    first = group(RED, BLACK, BLACK, GREEN, BLACK, BLACK, BLACK)
    second = group(GREEN, BLACK, BLACK, RED, BLACK, BLACK, BLACK)
    asked = parse_options("redact.only=subject:Fern,format=webp,quality=100").options
    made_ = done(renderer(index()).prepare(picture(moving(first, second)), asked))
    frames = frames_in(made_.data)
    assert [shown_in(frame, 1) for frame in frames] == [[]] * 12
    assert shown_in(frames[0], 0) == [20]
    assert shown_in(frames[11], 0) == [140]

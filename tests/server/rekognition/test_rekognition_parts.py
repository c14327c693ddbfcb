"""What the parts of an analysis say is in the words that Rekognition's answers are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from foveate.enrolled import EnrolledFace
from foveate.errors import (
    BadInstallation,
    FoveateError,
    IndexFull,
    MemoryBudgetSpent,
    QueueFull,
    SealedCollection,
    SourceNotFound,
    SourceTimeout,
    SourceUnreachable,
    TimedOut,
    WeightsCorrupt,
    WeightsMissing,
)
from foveate.geometry.box import Box
from foveate.server.rekognition import moderation, text
from foveate.server.rekognition.asked import ALL, EXTERNAL_ID_FITS, Asked
from foveate.server.rekognition.body import object_of
from foveate.server.rekognition.faces import REASONS
from foveate.server.rekognition.labels import dominant, labels
from foveate.server.rekognition.problems import ASKED_AGAIN, Kind, Refused, refused, status_of
from foveate.server.rekognition.shapes import EMOTIONS, kept_face
from foveate.service.parts import OFFERED
from foveate.vision.gate import Flaw
from foveate.vision.moderation import LABELS, NUDE
from foveate.vision.readings import EMOTIONS as READ

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = {"width": 640, "height": 480}


def example(part: str) -> Any:
    """What the API's own description shows of a part."""
    offer = OFFERED[part].offer
    assert offer is not None
    return offer.example


def test_things_and_tags_become_labels() -> None:
    said = {**SIZE, "objects": example("objects"), "tags": example("tags")}
    rows = labels(said)
    words = {row["label"] for row in (*said["objects"], *said["tags"]["labels"])}
    assert {row["Name"].casefold() for row in rows} == {word.casefold() for word in words}
    places = [place for row in rows for place in row["Instances"]]
    assert len(places) == len(said["objects"])


@pytest.mark.parametrize(
    "said",
    [
        {"face_score": 10**400, "image_width": 10**400, "image_height": 3},
        {"face_score": 1e308, "image_width": 3},
        {"face_score": True, "image_width": True, "image_height": True},
        {"external_image_id": "../../x<script>"},
    ],
)
def test_metadata_that_others_wrote_is_told_only_where_it_means_something(said: Any) -> None:
    face = EnrolledFace(
        id="6b135f5ba3654522b1f14c9ac2dd0728", subject="Ann", digest="sha256:ann.jpg",
        embedding=np.zeros(512, np.float32), box=Box(0, 0, 9, 9), metadata=said,
    )  # fmt: skip
    told = {"FaceId": "6b135f5b-a365-4522-b1f1-4c9ac2dd0728", "UserId": "Ann"}
    assert kept_face(face) == told


@pytest.mark.parametrize("percent", [7, 14, 28, 55, 56])
def test_a_label_exactly_at_the_bar_is_told(percent: int) -> None:
    said = {**SIZE, "objects": [], "tags": {"labels": [{"label": "dog", "score": percent / 100}]}}
    least = Asked({"MinConfidence": percent}).percent("MinConfidence", 0)
    assert labels(said)[0]["Confidence"] >= least


def test_instances_are_counted_as_captions_count_things() -> None:
    man = {"left": 0, "top": 0, "width": 100, "height": 200}
    objects = [
        {"label": "person", "score": 0.9, "box": man},
        {"label": "cup", "score": 0.69, "box": {**man, "left": 300}},
        {"label": "person", "score": 0.36, "box": {**man, "top": 60, "height": 100}},
        {"label": "bowl", "score": 0.39, "box": {**man, "left": 310}},
    ]
    rows = labels({**SIZE, "objects": objects, "tags": {"labels": []}})
    told = {row["Name"]: [each["Confidence"] for each in row["Instances"]] for row in rows}
    assert told == {"Person": [90], "Cup": [69]}


NOT_SAID: list[tuple[Callable[[Asked], Any], Any]] = [
    (lambda asked: asked.text("A", EXTERNAL_ID_FITS), ""),
    (lambda asked: asked.whole("A", 7), 7),
    (lambda asked: asked.count("A"), ALL),
    (lambda asked: asked.percent("A", 55), 55),
    (lambda asked: asked.share("A"), 0),
    (lambda asked: asked.rows("A", 3), []),
    (lambda asked: asked.words_of("A"), ()),
    (lambda asked: asked.inner("A").words, {}),
    (lambda asked: asked.refuse("A"), None),
]
"""What each way to read a member gives where that is not said."""


@pytest.mark.parametrize(("read", "default"), NOT_SAID)
def test_null_is_not_said_and_no_other_word_of_a_wrong_type_is(
    read: Callable[[Asked], Any], default: Any
) -> None:
    assert read(Asked({})) == read(Asked({"A": None})) == default
    for wrong in (False, "", "x y", -1):
        with pytest.raises(Refused):
            read(Asked({"A": wrong}))


def test_an_empty_member_that_there_is_not_says_nothing() -> None:
    Asked({"Tags": {}, "Filters": []}).refuse("Tags", "Filters")


def test_any_number_of_labels_or_faces_may_be_asked_for() -> None:
    asked = Asked({"MaxLabels": 10**400, "MaxFaces": 3, "None": 0})
    assert (asked.count("MaxLabels"), asked.count("MaxFaces")) == (ALL, 3)
    assert asked.count("None", least=0) == 0
    with pytest.raises(Refused):
        asked.count("None")


def test_a_thing_that_tags_spell_otherwise_is_one_label() -> None:
    thing = {"label": "hair drier", "score": 0.7, "box": example("objects")[0]["box"]}
    tags = {"labels": [{"label": "hair dryer", "score": 0.9}]}
    (row,) = labels({**SIZE, "objects": [thing], "tags": tags})
    assert (row["Name"], row["Confidence"], len(row["Instances"])) == ("Hair Dryer", 90, 1)


def test_lines_become_detections() -> None:
    said = {**SIZE, "text": example("text")}
    rows = text.detections(said, text.read_filters(Asked({})))
    assert min(line["score"] for line in said["text"]) >= 0.8
    lines = [row["DetectedText"] for row in rows if row["Type"] == "LINE"]
    assert lines == [line["text"] for line in said["text"]]
    words = " ".join(row["DetectedText"] for row in rows if row["Type"] == "WORD")
    assert words.split() == " ".join(lines).split()


SIGNS = {
    "width": 200,
    "height": 100,
    "text": [
        {"text": "STOP HERE", "score": 0.85, "quad": [[0, 0], [180, 0], [180, 30], [0, 30]]},
        {"text": "exit", "score": 0.79, "quad": [[0, 60], [80, 60], [80, 90], [0, 90]]},
    ],
}
HERE = {"BoundingBox": {"Left": 0.55, "Top": 0, "Width": 0.45, "Height": 0.5}}


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        ({}, ["STOP HERE", "STOP", "HERE"]),
        ({"WordFilter": {"MinConfidence": 79}}, ["STOP HERE", "exit", "STOP", "HERE", "exit"]),
        ({"RegionsOfInterest": [HERE]}, ["STOP HERE", "HERE"]),
        ({"WordFilter": {"MinBoundingBoxWidth": 0.5}}, []),
        ({"WordFilter": {"MinBoundingBoxWidth": 0.4}}, ["STOP HERE", "STOP", "HERE"]),
    ],
)
def test_filters_keep_words_and_with_each_its_line(filters: Any, told: list[str]) -> None:
    rows = text.detections(SIGNS, text.read_filters(Asked(filters)))
    assert [row["DetectedText"] for row in rows] == told
    lines = {row["Id"] for row in rows if row["Type"] == "LINE"}
    assert lines == {row["ParentId"] for row in rows if row["Type"] == "WORD"}
    assert len({row["Id"] for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (WeightsMissing("centernet"), Kind.NOT_READY),
        (WeightsCorrupt(), Kind.NOT_READY),
        (BadInstallation(), Kind.NOT_READY),
        (SealedCollection("team", "one", ()), Kind.NOT_READY),
        (MemoryBudgetSpent(), Kind.TOO_LARGE),
        (QueueFull(), Kind.THROTTLED),
        (IndexFull(), Kind.THROTTLED),
        (TimedOut(), Kind.THROTTLED),
        (SourceUnreachable(), Kind.INTERNAL),
        (SourceTimeout(), Kind.INTERNAL),
        (SourceNotFound(), Kind.S3_OBJECT),
        (FoveateError(), Kind.INTERNAL),
    ],
)
def test_clients_are_told_to_ask_again_only_what_may_be_answered_then(
    error: FoveateError, kind: Kind
) -> None:
    told = refused(error)
    assert (told.kind, told.message) == (kind, error.public)
    again = kind in {Kind.THROTTLED, Kind.INTERNAL}
    assert (status_of(kind), kind in ASKED_AGAIN) == (500 if again else 400, again)


def test_a_picture_that_took_its_time_by_itself_is_too_large() -> None:
    assert refused(TimedOut(), slow=True).kind is Kind.TOO_LARGE
    assert refused(QueueFull(), slow=True).kind is Kind.THROTTLED


def test_what_spoils_a_face_has_a_reason_of_theirs() -> None:
    assert set(REASONS) == set(Flaw)


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ({"Bucket": "", "Name": "n"}, "Expected Image.S3Object with Bucket and Name."),
        ("s3://b/n", "Expected Image.S3Object with Bucket and Name."),
        ({"Bucket": "b", "Name": 5}, "Expected a text in Image.S3Object.Name, got 5."),
        (
            {"Bucket": "b", "Name": "n" * 1025},
            "Expected up to 1024 characters in Image.S3Object.Name, got 1025.",
        ),
        (
            {"Bucket": "b", "Name": "n", "Version": "\xe9"},
            "Expected Image.S3Object.Version in ASCII, got '\xe9'.",
        ),
        (
            {"Bucket": "b", "Name": "n", "Version": 5},
            "Expected a text in Image.S3Object.Version, got 5.",
        ),
    ],
)
def test_what_is_wrong_with_an_object_is_said_of_its_word(place: Any, why: str) -> None:
    with pytest.raises(Refused) as caught:
        object_of("Image", place)
    assert caught.value.message == why


def test_an_object_without_a_version_is_the_last_one() -> None:
    for place in ({"Bucket": "b", "Name": "n"}, {"Bucket": "b", "Name": "n", "Version": None}):
        assert object_of("Image", place) == ("b", "n", "")


def test_what_a_thing_also_is_is_a_label_of_its_own() -> None:
    place = example("objects")[0]["box"]
    objects = [{"label": "stop sign", "score": 0.7, "box": place}]
    tags = {"labels": [{"label": "street sign", "score": 0.9}]}
    rows = labels({**SIZE, "objects": objects, "tags": tags})
    assert [(row["Name"], len(row["Instances"])) for row in rows] == [
        ("Street Sign", 0),
        ("Stop Sign", 1),
    ]


def test_scores_become_moderation_labels() -> None:
    said = example("moderation")
    (first, *_) = moderation.labels(said)
    assert first["Confidence"] == pytest.approx(100 * said["nsfw"])
    nude = [{"label": label, "score": 0.7, "box": {}} for label in NUDE]
    assert set(moderation.PATHS) <= set(LABELS)
    rows = moderation.labels({"nsfw": 0.1, "parts": nude})
    assert {row["Name"] for row in rows if row["TaxonomyLevel"] == 1} == {"Explicit"}
    assert {row["Confidence"] for row in rows} == {70.0}


def test_what_a_service_flags_is_told_as_certain() -> None:
    said = {"nsfw": 0.1, "service": {"flagged": True, "labels": ["violence"]}}
    assert [(row["Name"], row["Confidence"]) for row in moderation.labels(said)] == [
        ("Violence", 100),
        ("Explicit", 10),
    ]
    said["service"]["labels"] = []
    assert [(row["Name"], row["Confidence"]) for row in moderation.labels(said)] == [
        ("Flagged", 100),
        ("Explicit", 10),
    ]
    said["service"]["flagged"] = False
    assert [row["Name"] for row in moderation.labels(said)] == ["Explicit"]


def test_every_emotion_that_is_read_has_a_word_and_no_other_does() -> None:
    assert sorted(EMOTIONS) == sorted(READ)


def test_a_palette_becomes_dominant_colours() -> None:
    first, *_ = dominant(example("colours"), 10)
    assert (first["HexCode"], first["PixelPercent"]) == ("#e3d4c6", 41)
    assert (first["Red"], first["Green"], first["Blue"]) == (0xE3, 0xD4, 0xC6)
    assert dominant(example("colours"), 0) == []


@pytest.mark.parametrize("line", ["", "  ", "a  b", "no no"])
def test_words_are_cut_out_of_their_line_in_order(line: str) -> None:
    quad = [[0, 0], [100, 50], [100, 60], [0, 10]]
    found = list(text.words(line, quad))
    assert [word for word, _ in found] == line.split()
    starts = [corners[0][0] for _, corners in found]
    assert starts == sorted(set(starts))
    for _, (first, second, third, fourth) in found:
        assert 0 <= first[0] < second[0] <= 100
        assert (third[0], fourth[0]) == (second[0], first[0])
        assert first[1] == pytest.approx(first[0] / 2)

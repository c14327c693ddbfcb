"""AWS's client asks us what it asks Rekognition; botocore's own shapes check every answer."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from aws_client import AwsCore, Caller, aws_core, calling
from people_pictures import BLACK, BLUE, GREEN, RED, ROSE, drawn

from foveate.ledger.amounts import SHARED
from foveate.people.audit import FILE
from foveate.settings import Server
from foveate.vision.readings import age_range

if TYPE_CHECKING:
    from collections.abc import Iterator

BOX = {"Left": 0.05, "Top": 0.1, "Width": 0.4, "Height": 0.8}
"""Of the first of two squares."""
AGES = dict(zip(("Low", "High"), age_range(35.04), strict=True))
"""Of every face, as the stand-in for the networks reads it."""


@pytest.fixture
def core(tmp_path: Path) -> Iterator[AwsCore]:
    with aws_core(tmp_path) as made:
        yield made


@pytest.fixture
def call(core: AwsCore) -> Iterator[Caller]:
    with calling(core) as caller:
        yield caller


def sent(*colours: Any) -> dict[str, bytes]:
    return {"Bytes": drawn(*colours)}


def index(client: Any, *colours: Any, **words: Any) -> list[Any]:
    told = client.index_faces(CollectionId="team", Image=sent(*colours), **words)
    return list(told["FaceRecords"])


def test_a_key_file_on_a_slow_disk_keeps_nobody_else_waiting(core: AwsCore, call: Caller) -> None:
    keys = Path(core.settings.rekognition.key_file)
    lines = keys.read_bytes()
    keys.unlink()
    os.mkfifo(keys, 0o600)
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(call().list_collections)
        with keys.open("wb") as slow:  # once it is open for reading
            with closing(HTTPConnection("127.0.0.1", call.port, timeout=10)) as other:
                other.request("GET", "/health/live")
                assert other.getresponse().status == 200
            assert not asking.done()
            slow.write(lines)
        assert asking.result()["CollectionIds"] == []


def test_collections_are_made_listed_described_and_deleted(call: Caller) -> None:
    client = call()
    made = client.create_collection(CollectionId="team")
    assert made["StatusCode"] == 200
    assert made["CollectionArn"] == "aws:rekognition:us-west-2:000000000000:collection/team"
    client.create_collection(CollectionId="album")
    listed = client.list_collections()
    assert listed["CollectionIds"] == ["album", "team"]
    assert listed["FaceModelVersions"] == [made["FaceModelVersion"]] * 2
    first = client.list_collections(MaxResults=1)
    rest = client.list_collections(MaxResults=1, NextToken=first["NextToken"])
    assert (first["CollectionIds"], rest["CollectionIds"]) == (["album"], ["team"])
    assert "NextToken" not in rest
    described = client.describe_collection(CollectionId="team")
    assert described["CollectionARN"].startswith("arn:aws:rekognition:us-west-2:")
    assert described["FaceCount"] == 0
    assert "CreationTimestamp" not in described
    index(client, RED)
    told = client.describe_collection(CollectionId="team")
    assert told["FaceCount"] == 1
    assert abs((datetime.now(UTC) - told["CreationTimestamp"]).total_seconds()) < 60
    assert client.delete_collection(CollectionId="team")["StatusCode"] == 200
    assert client.list_collections()["CollectionIds"] == ["album"]


def test_all_faces_of_a_picture_are_kept_and_listed(call: Caller, core: AwsCore) -> None:
    client = call()
    client.create_collection(CollectionId="team")
    words = {"ExternalImageId": "party.jpg", "DetectionAttributes": ["ALL"]}
    told = client.index_faces(CollectionId="team", Image=sent(RED, BLUE), **words)
    assert told["UnindexedFaces"] == []
    records = sorted(told["FaceRecords"], key=lambda each: each["Face"]["BoundingBox"]["Left"])
    red, blue = (each["Face"] for each in records)
    assert red["BoundingBox"] == records[0]["FaceDetail"]["BoundingBox"] == BOX
    assert red["Confidence"] == pytest.approx(90)
    assert red["ExternalImageId"] == "party.jpg"
    assert red["ImageId"] == blue["ImageId"]
    assert records[0]["FaceDetail"]["AgeRange"] == AGES
    kept = core.people.told("team")
    assert {str(UUID(face.id)) for face in kept} == {red["FaceId"], blue["FaceId"]}
    assert {face.subject for face in kept} == {""}
    listed = client.list_faces(CollectionId="team")
    assert sorted(listed["Faces"], key=str) == sorted([red, blue], key=str)


def test_faces_are_searched_by_one_of_them_and_by_a_picture(call: Caller) -> None:
    client = call()
    client.create_collection(CollectionId="team")
    red, rose, _ = (index(client, colour)[0]["Face"] for colour in (RED, ROSE, BLUE))
    found = client.search_faces(CollectionId="team", FaceId=rose["FaceId"])
    assert found["SearchedFaceId"] == rose["FaceId"]
    assert [match["Face"] for match in found["FaceMatches"]] == [red]
    assert 95 < found["FaceMatches"][0]["Similarity"] <= 100
    near = client.search_faces_by_image(CollectionId="team", Image=sent(RED, BLACK), MaxFaces=1)
    assert near["SearchedFaceBoundingBox"] == BOX
    assert near["SearchedFaceConfidence"] == pytest.approx(90)
    assert [match["Face"]["FaceId"] for match in near["FaceMatches"]] == [red["FaceId"]]
    for least, count in ((None, 2), (0, 3), (100, 0)):
        words = {} if least is None else {"FaceMatchThreshold": least}
        told = client.search_faces_by_image(CollectionId="team", Image=sent(ROSE), **words)
        alike = [match["Similarity"] for match in told["FaceMatches"]]
        assert (len(alike), alike) == (count, sorted(alike, reverse=True))


def test_faces_are_deleted_for_good_and_those_that_are_not_there_are_told(
    call: Caller, core: AwsCore
) -> None:
    client = call()
    client.create_collection(CollectionId="team")
    red, blue = (index(client, colour)[0]["Face"]["FaceId"] for colour in (RED, BLUE))
    nobody = "6b135f5b-a365-4522-b1f1-4c9ac2dd0728"
    gone = client.delete_faces(CollectionId="team", FaceIds=[red, nobody])
    assert gone["DeletedFaces"] == [red]
    missing = [{"FaceId": nobody, "Reasons": ["FACE_NOT_FOUND"]}]
    assert gone["UnsuccessfulFaceDeletions"] == missing
    assert [str(UUID(face.id)) for face in core.people.told("team")] == [blue]


def test_a_picture_is_indexed_once_and_its_largest_faces_first(call: Caller) -> None:
    client = call()
    client.create_collection(CollectionId="team")
    told = client.index_faces(CollectionId="team", Image=sent(RED, BLUE), MaxFaces=1)
    (first,) = told["FaceRecords"]
    (left,) = told["UnindexedFaces"]
    assert left["Reasons"] == ["EXCEEDS_MAX_FACES"]
    assert left["FaceDetail"]["BoundingBox"] != first["Face"]["BoundingBox"]
    both = index(client, RED, BLUE)
    assert first["Face"]["FaceId"] in {each["Face"]["FaceId"] for each in both}
    again = index(client, RED, BLUE)
    assert {each["Face"]["FaceId"] for each in again} == {each["Face"]["FaceId"] for each in both}
    assert client.describe_collection(CollectionId="team")["FaceCount"] == 2


@pytest.mark.parametrize(
    ("quality", "reasons"),
    [("NONE", []), ("AUTO", []), ("MEDIUM", []), ("HIGH", ["LOW_SHARPNESS"])],
)
def test_faces_that_are_too_poor_are_told_and_left_out(
    call: Caller, quality: str, reasons: list[str]
) -> None:
    client = call()
    client.create_collection(CollectionId="team")
    told = client.index_faces(CollectionId="team", Image=sent(RED), QualityFilter=quality)
    assert [why for face in told["UnindexedFaces"] for why in face["Reasons"]] == reasons
    assert len(told["FaceRecords"]) == (0 if reasons else 1)


def test_it_is_another_view_of_the_same_people(call: Caller, core: AwsCore) -> None:
    client = call()
    client.create_collection(CollectionId="team")
    (red,) = index(client, RED, ExternalImageId="ruby-1")
    ours = red["Face"]["FaceId"].replace("-", "")
    core.people.name("team", [ours], "Ruby")
    near = client.search_faces_by_image(CollectionId="team", Image=sent(ROSE))
    (match,) = near["FaceMatches"]
    assert (match["Face"]["UserId"], match["Face"]["ExternalImageId"]) == ("Ruby", "ruby-1")
    (only,) = client.list_faces(CollectionId="team", UserId="Ruby")["Faces"]
    assert only["FaceId"] == red["Face"]["FaceId"]
    assert client.list_faces(CollectionId="team", UserId="Nobody")["Faces"] == []
    (same,) = index(client, RED)
    assert same["Face"]["UserId"] == "Ruby"


def test_faces_come_by_pages(call: Caller) -> None:
    client = call()
    client.create_collection(CollectionId="team")
    faces = [index(client, colour)[0]["Face"]["FaceId"] for colour in (RED, GREEN, BLUE)]
    pages = client.get_paginator("list_faces").paginate(
        CollectionId="team", PaginationConfig={"PageSize": 2}
    )
    rows = [[face["FaceId"] for face in page["Faces"]] for page in pages]
    assert rows == [faces[:2], faces[2:]]
    (one,) = client.list_faces(CollectionId="team", FaceIds=faces[1:2])["Faces"]
    assert one["FaceId"] == faces[1]


def test_what_is_deleted_page_by_page_leaves_nothing(call: Caller) -> None:
    client = call()
    for name in ("team", "album", "guests"):
        client.create_collection(CollectionId=name)
    for colour in (RED, GREEN, BLUE):
        index(client, colour)
    one = {"PageSize": 1}
    faces, names = (client.get_paginator(f"list_{what}") for what in ("faces", "collections"))
    for page in faces.paginate(CollectionId="team", PaginationConfig=one):
        ids = [face["FaceId"] for face in page["Faces"]]
        client.delete_faces(CollectionId="team", FaceIds=ids)
    assert client.describe_collection(CollectionId="team")["FaceCount"] == 0
    for page in names.paginate(PaginationConfig=one):
        client.delete_collection(CollectionId=page["CollectionIds"][0])
    assert client.list_collections()["CollectionIds"] == []


def test_faces_are_detected_in_shares_of_the_picture(call: Caller) -> None:
    client = call()
    told = client.detect_faces(Image=sent(BLACK, RED), Attributes=["DEFAULT"])
    (face,) = told["FaceDetails"]
    assert face.keys() == {"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality"}
    assert face["BoundingBox"] == BOX | {"Left": 0.55}
    marks = {mark["Type"]: (mark["X"], mark["Y"]) for mark in face["Landmarks"]}
    assert list(marks) == ["eyeLeft", "eyeRight", "nose", "mouthLeft", "mouthRight"]
    assert marks["eyeLeft"] == pytest.approx((0.69, 0.42))
    assert face["Pose"] == {"Roll": 5.0, "Yaw": -3.0, "Pitch": 4.0}
    assert face["Quality"] == {"Brightness": 90, "Sharpness": 50}
    (more,) = client.detect_faces(Image=sent(BLACK, RED), Attributes=["ALL"])["FaceDetails"]
    assert more["Gender"] == {"Value": "Female", "Confidence": 70}
    assert more["AgeRange"] == AGES
    (age,) = client.detect_faces(Image=sent(RED), Attributes=["AGE_RANGE", "SMILE"])["FaceDetails"]
    assert {"AgeRange"} == age.keys() - face.keys()
    assert client.detect_faces(Image=sent(BLACK))["FaceDetails"] == []


def test_the_largest_face_of_one_picture_is_compared_with_all_of_another(call: Caller) -> None:
    told = call().compare_faces(SourceImage=sent(RED, BLACK), TargetImage=sent(BLUE, ROSE))
    assert told["SourceImageFace"] == {"BoundingBox": BOX, "Confidence": pytest.approx(90)}
    (match,) = told["FaceMatches"]
    assert match["Face"]["BoundingBox"] == BOX | {"Left": 0.55}
    assert match["Similarity"] > 95
    (other,) = told["UnmatchedFaces"]
    assert other["BoundingBox"] == BOX
    alone = call().compare_faces(SourceImage=sent(RED), TargetImage=sent(BLACK))
    assert (alone["FaceMatches"], alone["UnmatchedFaces"]) == ([], [])
    strict = call().compare_faces(
        SourceImage=sent(RED), TargetImage=sent(ROSE), SimilarityThreshold=100
    )
    assert len(strict["UnmatchedFaces"]) == 1


def test_labels_are_things_and_tags_the_surest_first(call: Caller) -> None:
    client = call()
    told = client.detect_labels(Image=sent(BLACK, RED))
    rows = [(label["Name"], label["Confidence"]) for label in told["Labels"]]
    assert rows == [("Dog", 95), ("Espresso", 80), ("Dining Table", 70)]
    dog = told["Labels"][0]
    assert [place["Confidence"] for place in dog["Instances"]] == [90, 60]
    assert dog["Instances"][0]["BoundingBox"] == {
        "Left": 0.125, "Top": 0.1, "Width": 0.25, "Height": 0.25,
    }  # fmt: skip
    settings = {"GeneralLabels": {"LabelInclusionFilters": ["Dog", "Dining Table"]}}
    few = client.detect_labels(Image=sent(RED), Settings=settings, MinConfidence=75)
    assert [label["Name"] for label in few["Labels"]] == ["Dog"]
    assert [place["Confidence"] for place in few["Labels"][0]["Instances"]] == [90]
    settings = {"GeneralLabels": {"LabelExclusionFilters": ["dog"]}}
    others = client.detect_labels(Image=sent(RED), Settings=settings, MaxLabels=1)
    assert [label["Name"] for label in others["Labels"]] == ["Espresso"]


def test_the_colours_of_a_picture_are_told_where_they_are_asked_for(call: Caller) -> None:
    told = call().detect_labels(
        Image=sent(RED, RED, BLACK),
        Features=["IMAGE_PROPERTIES"],
        Settings={"ImageProperties": {"MaxDominantColors": 2}},
    )
    assert "Labels" not in told
    first, second = told["ImageProperties"]["DominantColors"]
    assert (first["Red"] > 200, first["Green"] < 20, first["Blue"] < 20) == (True,) * 3
    assert first["PixelPercent"] == pytest.approx(66, abs=3)
    assert second["HexCode"].startswith("#")


def test_what_somebody_may_not_want_to_show_is_told_in_their_taxonomy(call: Caller) -> None:
    client = call()
    told = client.detect_moderation_labels(Image=sent(RED))
    names = ("Name", "ParentName", "TaxonomyLevel")
    rows = [tuple(row[name] for name in names) for row in told["ModerationLabels"]]
    assert rows == [
        ("Explicit", "", 1),
        ("Explicit Nudity", "Explicit", 2),
        ("Exposed Buttocks or Anus", "Explicit Nudity", 3),
    ]
    sure = client.detect_moderation_labels(Image=sent(RED), MinConfidence=90)
    assert [row["Confidence"] for row in sure["ModerationLabels"]] == [91]


def test_text_is_told_by_lines_and_by_words(call: Caller) -> None:
    client = call()
    every = {"WordFilter": {"MinConfidence": 0}}
    told = client.detect_text(Image=sent(BLACK, RED), Filters=every)["TextDetections"]
    lines = [(row["Id"], row["DetectedText"]) for row in told if row["Type"] == "LINE"]
    words = [(row["DetectedText"], row["ParentId"]) for row in told if row["Type"] == "WORD"]
    assert lines == [(0, "NO STOP"), (1, "exit")]
    assert words == [("NO", 0), ("STOP", 0), ("exit", 1)]
    assert told[0]["Geometry"]["BoundingBox"] == {
        "Left": 0, "Top": 0.25, "Width": 0.4375, "Height": 0.25,
    }  # fmt: skip
    stop = next(row for row in told if row["DetectedText"] == "STOP")
    assert stop["Geometry"]["BoundingBox"]["Left"] == pytest.approx(0.4375 * 3 / 7, abs=1e-4)
    sure = client.detect_text(Image=sent(RED))["TextDetections"]
    assert {row["DetectedText"] for row in sure} == {"NO STOP", "NO", "STOP"}
    low = {"BoundingBox": {"Left": 0, "Top": 0.5, "Width": 1, "Height": 0.5}}
    corners = [{"X": 0, "Y": 1}, {"X": 1, "Y": 1}, {"X": 0, "Y": 0.7}]
    for region in (low, {"Polygon": corners}):
        filters = {**every, "RegionsOfInterest": [region]}
        below = client.detect_text(Image=sent(BLACK, RED), Filters=filters)["TextDetections"]
        assert {row["DetectedText"] for row in below} == {"exit"}


@pytest.mark.parametrize("path", ["", "/", "/rekognition", "/rekognition/"])
def test_it_is_answered_at_the_root_and_at_a_path_of_its_own(call: Caller, path: str) -> None:
    assert call(path=path).list_collections()["CollectionIds"] == []


@pytest.mark.parametrize("strips", [False, True])
def test_it_is_answered_below_the_prefix_of_a_proxy(core: AwsCore, *, strips: bool) -> None:
    core.settings = replace(core.settings, server=Server(root_path="/images"))

    def strip(request: Any, **_: Any) -> None:
        request.url = request.url.replace("/images", "")

    with calling(core) as call:
        for path in ("/images", "/images/rekognition"):
            client = call(path=path)
            if strips:
                client.meta.events.register("before-send.rekognition", strip)
            assert client.list_collections()["CollectionIds"] == []


def test_the_audit_log_tells_who_was_kept_found_and_erased(call: Caller, tmp_path: Path) -> None:
    client = call("admin")
    client.create_collection(CollectionId="team")
    (red,) = index(client, RED)
    client.search_faces_by_image(CollectionId="team", Image=sent(ROSE))
    client.delete_faces(CollectionId="team", FaceIds=[red["Face"]["FaceId"]])
    client.delete_collection(CollectionId="team")
    lines = [json.loads(line) for line in (tmp_path / "index" / FILE).read_text().splitlines()]
    told = [(line["verb"], line["outcome"]) for line in lines]
    assert told == [
        ("create", "asked"), ("create", "done"), ("add", "asked"), ("add", "done"),
        ("search", "done"), ("erase", "asked"), ("erase", "done"), ("erase", "asked"),
        ("erase", "done"),
    ]  # fmt: skip
    assert {line["by"] for line in lines} == {"admin"}
    assert {line["collection"] for line in lines} == {"team"}
    face = red["Face"]["FaceId"].replace("-", "")
    assert lines[3]["faces"] == lines[4]["faces"] == lines[5]["faces"] == [face]


def test_a_call_is_charged_to_the_key_that_signed_it(call: Caller, core: AwsCore) -> None:
    call().list_collections()
    assert {name.key for name in core.ledger.accounts if name != SHARED} == {"all"}

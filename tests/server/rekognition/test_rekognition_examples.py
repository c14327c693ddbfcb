"""The requests that AWS documents in botocore, as they stand there, with their objects of S3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aws_client import AwsCore, Caller, aws_core, calling
from botocore import xform_name
from botocore.loaders import Loader
from people_pictures import BLUE, RED, ROSE, drawn
from s3_server import s3_server
from storage_origin import KEY, SECRET

from foveate.settings import Origins

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EXAMPLES: dict[str, Any] = Loader().load_service_model("rekognition", "examples-1")["examples"]
PICTURES = {
    "myphoto": drawn(RED, BLUE),
    "mysourceimage": drawn(RED),
    "mytargetimage": drawn(ROSE, BLUE),
    "secret": drawn(RED),
}


@pytest.fixture
def core(tmp_path: Path) -> Iterator[AwsCore]:
    (tmp_path / "s3" / "mybucket").mkdir(parents=True)
    for name, data in PICTURES.items():
        (tmp_path / "s3" / "mybucket" / name).write_bytes(data)
    (tmp_path / "s3" / "others").mkdir()
    (tmp_path / "s3" / "others" / "myphoto").write_bytes(drawn(RED))
    with s3_server(tmp_path / "s3") as endpoint:
        keys = {"s3_access_key_id": KEY, "s3_secret_access_key": SECRET}
        origins = Origins(s3_endpoint=endpoint, **keys)
        with aws_core(tmp_path, origins=origins, buckets=("mybucket",)) as made:
            yield made


@pytest.fixture
def call(core: AwsCore) -> Iterator[Caller]:
    with calling(core) as caller:
        yield caller


def test_every_documented_request_is_answered_in_the_documented_shape(
    call: Caller, core: AwsCore
) -> None:
    client, told = call(), dict[str, Any]()

    def ask(operation: str, **other: Any) -> Any:
        (example,) = EXAMPLES[operation]
        verb = getattr(client, xform_name(operation))
        told[operation] = verb(**{**example["input"], **other})
        # Of what an example shows, we leave out the orientation alone, as today's Rekognition does.
        missing = set(example["output"]) - set(call.raw) - {"OrientationCorrection"}
        assert not missing, (operation, missing)
        return told[operation]

    ask("CreateCollection")
    assert ask("ListCollections")["CollectionIds"] == ["myphotos"]
    records = ask("IndexFaces")["FaceRecords"]
    assert [each["Face"]["ExternalImageId"] for each in records] == ["myphotoid"] * 2
    assert {face.source for face in core.people.told("myphotos")} == {"s3://mybucket/myphoto"}
    assert len(ask("ListFaces")["Faces"]) == 2
    face = records[0]["Face"]["FaceId"]
    # The id of the documents is one that nobody else has.
    assert ask("SearchFaces", FaceId=face)["FaceMatches"] == []
    assert len(ask("SearchFacesByImage")["FaceMatches"]) == 1
    assert len(ask("DetectFaces")["FaceDetails"]) == 2
    assert ask("DetectLabels")["Labels"][0]["Name"] == "Dog"
    assert len(ask("CompareFaces")["FaceMatches"]) == 1
    assert ask("DeleteFaces", FaceIds=[face])["DeletedFaces"] == [face]
    assert ask("DeleteFaces")["DeletedFaces"] == []
    ask("DeleteCollection")
    assert told.keys() == EXAMPLES.keys()


def test_other_objects_are_refused_whether_they_are_there_or_not(call: Caller) -> None:
    client = call()
    wrong = client.exceptions.InvalidS3ObjectException
    for bucket, name in (("others", "myphoto"), ("others", "x"), ("mybucket", "none")):
        with pytest.raises(wrong):
            client.detect_faces(Image={"S3Object": {"Bucket": bucket, "Name": name}})

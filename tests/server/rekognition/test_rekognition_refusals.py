"""Whom Rekognition's API turns away, and by which of its errors."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from aws_client import KEYS, AwsCore, Caller, aws_core, calling
from botocore.exceptions import ClientError
from people_pictures import BLACK, RED, drawn
from server_fakes import listening, serving

from foveate.errors import TimedOut
from foveate.server.rekognition.app import ROWS
from foveate.server.rekognition.call import SPAN
from foveate.service.access import RateLimit
from foveate.service.work import Work

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from server_fakes import Client

    from foveate.deadline import Deadline
    from foveate.trace import Trace

WRONG = "not-the-secret-that-belongs-to-this-key"
NOBODY = "6b135f5b-a365-4522-b1f1-4c9ac2dd0728"
FACE = {"Bytes": drawn(RED)}
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("read", "describe_collection", {}),
    ("read", "list_faces", {}),
    ("read", "search_faces", {"FaceId": NOBODY}),
    ("read", "search_faces_by_image", {"Image": FACE}),
    ("write", "index_faces", {"Image": FACE}),
    ("write", "delete_faces", {"FaceIds": [NOBODY]}),
    ("write", "create_collection", {}),
    ("admin", "delete_collection", {}),
]
RANK = ["read", "write", "admin"]
WRONG_WORDS: list[tuple[str, dict[str, Any]]] = [
    ("search_faces", {"CollectionId": "team", "FaceId": NOBODY}),
    ("search_faces_by_image", {"CollectionId": "team", "Image": {"Bytes": drawn(BLACK)}}),
    ("compare_faces", {"SourceImage": {"Bytes": drawn(BLACK)}, "TargetImage": FACE}),
    ("detect_faces", {"Image": {}}),
    ("detect_faces", {"Image": {**FACE, "S3Object": {"Bucket": "mybucket", "Name": "a"}}}),
    ("detect_faces", {"Image": FACE, "Attributes": ["HATS"]}),
    ("detect_labels", {"Image": FACE, "MinConfidence": 101}),
    ("detect_moderation_labels", {"Image": FACE, "ProjectVersion": "arn:aws:x"}),
    ("create_collection", {"CollectionId": "Upper.Case"}),
    ("create_collection", {"CollectionId": "other", "Tags": {"a": "b"}}),
    ("index_faces", {"CollectionId": "team", "Image": FACE, "ExternalImageId": "a b"}),
    ("index_faces", {"CollectionId": "team", "Image": FACE, "QualityFilter": "GREAT"}),
    ("delete_faces", {"CollectionId": "team", "FaceIds": ["no id"]}),
    ("list_faces", {"CollectionId": "team", "MaxResults": 5000}),
    ("list_faces", {"CollectionId": "team", "UserId": "\u202e"}),
    ("detect_text", {"Image": FACE, "Filters": {"RegionsOfInterest": [{"Polygon": []}]}}),
    ("detect_text", {"Image": FACE, "Filters": {"RegionsOfInterest": [{}] * 11}}),
    ("detect_text", {"Image": FACE, "Filters": {"WordFilter": {"MinBoundingBoxWidth": 2}}}),
]


@pytest.fixture
def core(tmp_path: Path) -> Iterator[AwsCore]:
    with aws_core(tmp_path) as made:
        yield made


@pytest.fixture
def call(core: AwsCore) -> Iterator[Caller]:
    with calling(core) as caller:
        yield caller


def refusal(verb: Any, **words: Any) -> str:
    with pytest.raises(ClientError) as caught:
        verb(**words)
    assert caught.value.response["Error"]["Message"]
    code: str = caught.value.response["Error"]["Code"]
    return code


def made(call: Caller) -> Any:
    client = call()
    client.create_collection(CollectionId="team")
    return client


def test_every_error_is_one_that_the_client_knows_by_its_class(call: Caller) -> None:
    client = made(call)
    with pytest.raises(client.exceptions.ResourceAlreadyExistsException):
        client.create_collection(CollectionId="team")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.list_faces(CollectionId="nobody")
    with pytest.raises(client.exceptions.InvalidImageFormatException):
        client.detect_faces(Image={"Bytes": b"no picture"})
    with pytest.raises(client.exceptions.ImageTooLargeException):
        client.detect_faces(Image={"Bytes": b"\0" * 20_001})
    with pytest.raises(client.exceptions.ImageTooLargeException, match="at most 20000 bytes"):
        client.detect_faces(Image={"Bytes": b"\0" * 300_000})
    with pytest.raises(client.exceptions.InvalidParameterException, match="of JSON"):
        client.create_collection(CollectionId="t", Tags={"a": "x" * 300_000})
    with pytest.raises(client.exceptions.InvalidS3ObjectException):
        client.detect_faces(Image={"S3Object": {"Bucket": "mybucket", "Name": "a.jpg"}})
    with pytest.raises(client.exceptions.InvalidPaginationTokenException):
        client.list_faces(CollectionId="team", NextToken="bm90aGluZw==")
    assert call.raw["__type"] == call.headers["x-amzn-errortype"]


class SlowCore(AwsCore):
    """Has worked on every picture for a minute when its time is over."""

    @property
    def analyser(self) -> Any:
        def work(_: Deadline, trace: Trace) -> None:
            with trace.waiting(SPAN) as span:
                pass
            span.wall_s = 60
            raise TimedOut

        return SimpleNamespace(prepare=lambda *_: Work(0, work))


def test_a_picture_that_takes_too_long_is_not_asked_for_again(tmp_path: Path) -> None:
    with aws_core(tmp_path, kind=SlowCore) as core, calling(core) as call:
        assert refusal(call().detect_labels, Image=FACE) == "ImageTooLargeException"
        assert "too slow" in call.raw["Message"]


def test_a_page_of_another_list_is_refused(call: Caller) -> None:
    client = made(call)
    client.create_collection(CollectionId="album")
    token = client.list_collections(MaxResults=1)["NextToken"]
    told = [["faces of team", True], ["faces of team", "x", "y"], ["faces of team", 1e999, "y"]]
    others = [urlsafe_b64encode(json.dumps(each).encode()).decode() for each in told]
    for said in (token, token[:-4], "W10=", "\u00e9", "x" * 2000, *others):
        code = refusal(client.list_faces, CollectionId="team", NextToken=said)
        assert code == "InvalidPaginationTokenException"


def test_a_word_that_cannot_be_is_an_invalid_parameter(call: Caller) -> None:
    made(call)
    # Else the client itself refuses some of them.
    client = call(parameter_validation=False)
    for verb, words in WRONG_WORDS:
        code = refusal(getattr(client, verb), **words)
        assert code == "InvalidParameterException", (verb, words)


@pytest.mark.parametrize("scope", RANK)
def test_a_key_opens_its_collection_as_far_as_its_scope(call: Caller, scope: str) -> None:
    made(call)
    client = call(scope)
    for needed, verb, words in CALLS:
        try:
            getattr(client, verb)(CollectionId="team", **words)
            code = ""
        except ClientError as why:
            code = why.response["Error"]["Code"]
        met = RANK.index(needed) <= RANK.index(scope)
        assert (code == "AccessDeniedException") is not met, (verb, code)
    for _, verb, words in CALLS:
        code = refusal(getattr(client, verb), CollectionId="other", **words)
        assert code == "AccessDeniedException"
    assert client.detect_faces(Image=FACE)["FaceDetails"]


def test_a_key_sees_its_own_collection_alone(call: Caller) -> None:
    made(call).create_collection(CollectionId="other")
    assert call().list_collections()["CollectionIds"] == ["other", "team"]
    assert call("read").list_collections()["CollectionIds"] == ["team"]


def test_nobody_is_let_in_without_a_key_that_is_there(call: Caller, core: AwsCore) -> None:
    unknown = call(access_key="NOBODY00000000000000")
    assert refusal(unknown.list_collections) == "UnrecognizedClientException"
    wrong = call(secret=WRONG)
    assert refusal(wrong.list_collections) == "InvalidSignatureException"
    # Not for having guessed at it a thousand times is a key used up.
    core.access = replace(core.access, rate_limit=RateLimit(6))
    assert refusal(wrong.list_collections) == "InvalidSignatureException"
    client = call()
    client.list_collections()
    assert refusal(client.list_collections) == "ProvisionedThroughputExceededException"
    assert call.headers["retry-after"]


def test_a_key_that_is_taken_out_of_the_file_ends_at_once(call: Caller, tmp_path: Path) -> None:
    client = call()
    client.list_collections()
    file = tmp_path / "aws-keys"
    file.write_text("# nobody any more\n")
    assert refusal(client.list_collections) == "UnrecognizedClientException"
    file.unlink()
    assert refusal(client.list_collections) == "UnrecognizedClientException"


def test_a_region_is_only_asked_for_where_it_is_set(tmp_path: Path) -> None:
    with aws_core(tmp_path, region="eu-central-1") as core, calling(core) as call:
        assert refusal(call().list_collections) == "InvalidSignatureException"
        core.settings = replace(
            core.settings, rekognition=replace(core.settings.rekognition, region="us-west-2")
        )
        assert call().list_collections()["CollectionIds"] == []


def test_it_is_off_where_no_file_is_named(core: AwsCore) -> None:
    core.settings = replace(
        core.settings, rekognition=replace(core.settings.rekognition, key_file="")
    )

    async def talk(client: Client) -> None:
        sent = {"x-amz-target": "RekognitionService.ListCollections"}
        for path in ("/", "/rekognition"):
            reply = await client.ask("POST", path, sent)
            assert (reply.status, reply.json()["__type"]) == (404, "UnknownOperationException")
            assert "FOVEATE_REKOGNITION__KEY_FILE" in reply.json()["Message"]
        assert (await client.ask("POST", "/rekognition")).status == 404

    serving(core, talk)


def test_a_client_of_aws_is_told_how_to_turn_it_on(core: AwsCore) -> None:
    off = replace(core.settings.rekognition, key_file="")
    core.settings = replace(core.settings, rekognition=off)
    with listening(core) as port:
        client = boto3.client(
            "rekognition",
            endpoint_url=f"http://127.0.0.1:{port}",
            region_name="us-west-2",
            aws_access_key_id=KEYS["all"][0],
            aws_secret_access_key=KEYS["all"][1],
        )
        with pytest.raises(ClientError, match="FOVEATE_REKOGNITION__KEY_FILE names no file"):
            client.list_collections()


def test_the_page_stays_where_it_is(core: AwsCore) -> None:
    async def talk(client: Client) -> None:
        page = await client.get("/")
        assert (page.status, page.headers["content-type"][:9]) == (200, "text/html")
        assert (await client.ask("POST", "/")).status == 405

    serving(core, talk)


@pytest.mark.parametrize("target", ["RekognitionService.Nothing", "ListCollections", ""])
def test_other_operations_are_unknown(core: AwsCore, target: str) -> None:
    async def talk(client: Client) -> None:
        reply = await client.ask("POST", "/", {"x-amz-target": target})
        assert (reply.status, reply.json()["__type"]) == (400, "UnknownOperationException")
        message = reply.json()["Message"]
        assert message.endswith(f"got {target!r}." if target else "got none.")
        assert all(operation in message for operation in ROWS)

    serving(core, talk)


def test_a_query_is_refused_which_nobody_signs(call: Caller) -> None:
    def add(request: Any, **_: Any) -> None:
        request.url += "?Action=DeleteCollection"

    client = call()
    client.meta.events.register("before-send.rekognition", add)
    assert refusal(client.list_collections) == "InvalidSignatureException"


def test_the_members_of_a_call_are_those_of_the_client_and_others_are_refused(
    call: Caller,
) -> None:
    client = call()
    for operation, row in ROWS.items():
        shape = client.meta.service_model.operation_model(operation).input_shape
        assert {*row.words.split(), *row.pictures} == set(shape.members)

    def add(params: Any, **_: Any) -> None:
        params["body"] = json.dumps({**json.loads(params["body"]), "Foo": 1}).encode()

    client.meta.events.register("before-call.rekognition", add)
    for verb, words in (("detect_text", {"Image": FACE}), ("list_collections", {})):
        assert refusal(getattr(client, verb), **words) == "InvalidParameterException"
        assert call.raw["Message"].startswith("Foo: expected a member out of")


def test_what_is_not_signed_is_not_read(core: AwsCore) -> None:
    async def talk(client: Client) -> None:
        for operation in ROWS:
            sent = {"x-amz-target": f"RekognitionService.{operation}"}
            reply = await client.ask("POST", "/", sent, body=[b"not even JSON"])
            assert (reply.status, reply.json()["__type"]) == (
                400,
                "MissingAuthenticationTokenException",
            )

    serving(core, talk)


def test_no_error_tells_a_secret(call: Caller) -> None:
    wrong = call(secret=WRONG)
    refusal(wrong.list_collections)
    said = json.dumps(call.raw) + json.dumps(dict(call.headers))
    assert not any(secret in said for _, secret in KEYS.values())

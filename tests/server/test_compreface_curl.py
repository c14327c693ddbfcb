"""The requests that CompreFace documents, sent by curl as they stand there, and their answers."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from people_core import people_core
from people_pictures import BLACK, BLUE, RED, ROSE, drawn
from server_fakes import listening
from service_networks import Embedder, Reader

from foveate.people.keys import Scope
from foveate.settings import People as Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from people_core import PeopleCore

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
FORM = ("-H", "Content-Type: multipart/form-data")
JSON = ("-H", "Content-Type: application/json")
BOX = {"probability": 0.9, "x_max": 36, "y_max": 36, "x_min": 4, "y_min": 4}
PLUGINS = "face_plugins=age,gender,landmarks,calculator,mask,pose&status=true"
FACE = {"age", "gender", "pose", "embedding", "box", "landmarks", "execution_time"}
VERSIONS = {"age", "gender", "pose", "detector", "calculator"}


class Curl:
    """Sends requests with a key."""

    def __init__(self, port: int, key: str, folder: Path) -> None:
        self.root, self.key, self.folder = f"http://127.0.0.1:{port}/api/v1", key, folder

    def raw(self, method: str, path: str, *words: str) -> tuple[int, bytes]:
        out = self.folder / "answer"
        out.write_bytes(b"")
        command = ["curl", "-s", "-X", method, self.root + path, *words]
        command += ["-o", str(out), "-w", "%{http_code}"]
        done = subprocess.run(command, capture_output=True, check=True, timeout=20)
        return int(done.stdout), out.read_bytes()

    def __call__(self, method: str, path: str, *words: str) -> tuple[int, Any]:
        status, body = self.raw(method, path, "-H", f"x-api-key: {self.key}", *words)
        return status, json.loads(body)

    def file(self, data: bytes) -> str:
        path = self.folder / f"{len(list(self.folder.iterdir()))}.png"
        path.write_bytes(data)
        return f"@{path}"

    def add(self, subject: str, data: bytes) -> str:
        status, told = self(
            "POST", f"/recognition/faces?subject={subject}", *FORM, "-F", f"file={self.file(data)}"
        )
        assert (status, told.keys(), told["subject"]) == (201, {"image_id", "subject"}, subject)
        image: str = told["image_id"]
        return image


@pytest.fixture
def core(tmp_path: Path) -> Iterator[PeopleCore]:
    settings = Settings(compreface=True, keep_crops=True)
    networks = {"attributes": Reader(), "embedding": Embedder()}
    with people_core(tmp_path / "index", settings, max_bytes=100_000, **networks) as made:
        yield made


@pytest.fixture
def curl(core: PeopleCore, tmp_path: Path) -> Iterator[Curl]:
    key = core.access.keys.add("app", "team", Scope.ADMIN)
    folder = tmp_path / "sent"
    folder.mkdir()
    with listening(core) as port:
        yield Curl(port, key, folder)


def test_the_documented_requests_about_subjects(curl: Curl) -> None:
    subjects = "/recognition/subjects"
    assert curl("GET", f"{subjects}/", *JSON) == (200, {"subjects": []})
    body = '{"subject": "Ruby"}'
    assert curl("POST", subjects, *JSON, "-d", body) == (201, {"subject": "Ruby"})
    status, told = curl("POST", subjects, *JSON, "-d", body)
    assert (status, told["code"], set(told)) == (400, 43, {"message", "code"})
    assert curl("PUT", f"{subjects}/Ruby", *JSON, "-d", '{"subject": "Rubina"}') == (
        200,
        {"updated": True},
    )
    assert curl("GET", subjects, *JSON) == (200, {"subjects": ["Rubina"]})
    assert curl("DELETE", f"{subjects}/Rubina", *JSON) == (200, {"subject": "Rubina"})
    curl.add("Skye", drawn(BLUE))
    curl("POST", subjects, *JSON, "-d", body)
    assert curl("DELETE", subjects, *JSON) == (200, {"deleted": 2})
    assert curl("GET", f"{subjects}/", *JSON) == (200, {"subjects": []})


def test_the_documented_requests_about_examples(curl: Curl) -> None:
    faces = "/recognition/faces"
    first, second = curl.add("Ruby", drawn(RED)), curl.add("Skye", drawn(BLUE))
    assert [len(part) for part in first.split("-")] == [8, 4, 4, 4, 12]
    told = curl("GET", f"{faces}?page=0&size=1&subject=")[1]
    assert told == {
        "faces": [{"image_id": first, "subject": "Ruby"}],
        "page_number": 0,
        "page_size": 1,
        "total_pages": 2,
        "total_elements": 2,
    }
    assert curl("GET", f"{faces}?subject=Skye")[1]["faces"] == [
        {"image_id": second, "subject": "Skye"}
    ]
    for path, words in (
        (f"{faces}/{first}/img", ("-H", f"x-api-key: {curl.key}")),
        (f"/static/{curl.key}/images/{first}", ()),
    ):
        status, body = curl.raw("GET", path, *words)
        assert (status, body[:4]) == (200, b"\x89PNG")
    assert curl("DELETE", f"{faces}/{first}") == (200, {"image_id": first, "subject": "Ruby"})
    gone = f"{faces}/{first}/img"
    assert curl.raw("GET", gone, "-H", f"x-api-key: {curl.key}") == (200, b"")
    status, told = curl("DELETE", f"{faces}/{first}")
    assert (status, told["code"]) == (404, 44)
    both = json.dumps([first, second])
    assert curl("POST", f"{faces}/delete", *JSON, "-d", both) == (
        200,
        [{"image_id": second, "subject": "Skye"}],
    )
    curl.add("Ruby", drawn(RED))
    assert curl("DELETE", f"{faces}?subject=Ruby") == (200, {"deleted": 1})
    curl.add("Ruby", drawn(RED))
    assert curl("DELETE", faces) == (200, {"deleted": 1})


def test_the_documented_requests_about_pictures(curl: Curl) -> None:
    image = curl.add("Ruby", drawn(RED))
    data = drawn(ROSE)
    query = f"limit=1&det_prob_threshold=0.8&{PLUGINS}"
    form = (*FORM, "-F", f"file={curl.file(data)}")
    text = base64.b64encode(data).decode()
    coded = (*JSON, "-d", json.dumps({"file": text}))
    for path, more, body in (
        ("/recognition/recognize", {"subjects"}, form),
        ("/recognition/recognize", {"subjects"}, coded),
        (f"/recognition/faces/{image}/verify", {"similarity"}, form),
        (f"/recognition/faces/{image}/verify", {"similarity"}, coded),
        ("/detection/detect", set(), form),
        ("/detection/detect", set(), coded),
    ):
        status, told = curl("POST", f"{path}?{query}&prediction_count=1", *body)
        assert status == 200, told
        assert told.keys() == {"result", "plugins_versions"}
        (face,) = told["result"]
        assert face.keys() == FACE | more
        assert face["box"] == BOX
        assert (len(face["embedding"]), len(face["landmarks"])) == (512, 5)
        assert face["landmarks"][0] == [15, 17]
        assert face["age"] == {"probability": 0.8, "high": 46, "low": 25}
        assert face["gender"] == {"probability": 0.7, "value": "female"}
        assert face["pose"] == {"pitch": 4.0, "roll": 5.0, "yaw": -3.0}
        assert told["plugins_versions"].keys() == VERSIONS == face["execution_time"].keys()
    plain = curl("POST", "/recognition/recognize", *form)[1]
    assert plain.keys() == {"result"}
    (face,) = plain["result"]
    assert face.keys() == {"box", "subjects"}
    (subject,) = face["subjects"]
    assert (subject["subject"], subject["similarity"] > 0.99) == ("Ruby", True)


def test_the_documented_requests_about_two_pictures(curl: Curl) -> None:
    one, two = drawn(RED), drawn(ROSE, BLACK, BLUE)
    form = (*FORM, "-F", f"source_image={curl.file(one)}", "-F", f"target_image={curl.file(two)}")
    coded = {
        "source_image": base64.b64encode(one).decode(),
        "target_image": base64.b64encode(two).decode(),
    }
    for body in (form, (*JSON, "-d", json.dumps(coded))):
        status, told = curl("POST", f"/verification/verify?{PLUGINS}", *body)
        assert status == 200, told
        (row,) = told["result"]
        assert row.keys() == {"source_image_face", "face_matches", "plugins_versions"}
        assert row["source_image_face"].keys() == FACE
        assert {tuple(sorted(match)) for match in row["face_matches"]} == {
            tuple(sorted(FACE | {"similarity"}))
        }
        near = [match["similarity"] > 0.9 for match in row["face_matches"]]
        assert sorted(near) == [False, True]


def test_the_documented_requests_about_embeddings(curl: Curl) -> None:
    image = curl.add("Ruby", drawn(RED))
    form = (*FORM, "-F", f"file={curl.file(drawn(ROSE))}")
    seen = curl("POST", "/detection/detect?face_plugins=calculator", *form)[1]
    vector = seen["result"][0]["embedding"]
    far = [0.0, 0.0, 2.0, *[0.0] * 509]
    body = (*JSON, "-d", json.dumps({"embeddings": [far, vector]}))
    path = "/recognition/embeddings/recognize?prediction_count=1"
    rows = curl("POST", path, *body)[1]["result"]
    assert [row["embedding"] for row in rows] == [far, vector]
    assert [row["similarities"][0]["subject"] for row in rows] == ["Ruby", "Ruby"]
    assert rows[0]["similarities"][0]["similarity"] < 0.1
    assert rows[1]["similarities"][0]["similarity"] > 0.99
    compared = (*JSON, "-d", json.dumps({"source": vector, "targets": [far, vector]}))
    for path, sent in (
        (f"/recognition/embeddings/faces/{image}/verify", body),
        ("/verification/embeddings/verify", compared),
    ):
        status, told = curl("POST", path, *sent)
        assert (status, told.keys()) == (200, {"result"})
        assert [row["embedding"] for row in told["result"]] == [vector, far]
        assert [row["similarity"] > 0.5 for row in told["result"]] == [True, False]

"""Nothing of a picture that is sent to be looked at stays on the machine, seen by its files."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
from contextlib import closing, contextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from foveate.imaging import Image

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = "from foveate.cli import main; main()"
LOOKS = [
    "/v1/recognise",
    "/v1/recognise?collection=people&cache=true",
    "/v1/people/people/search",
    "/v1/people/people/verify?subject=Ann",
    "/v1/analyse?parts=faces,embedding,attributes,colours",
    "/v1/crops?aspect=1:1&render=1",
    "/v1/select?clicks=%7B%22points%22:%5B%5B0.5,0.5%5D%5D%7D",
    "/v1/score?options=width=40,height=40,fit=cover,gravity=face,format=webp",
    "/v1/render?options=width=40,height=40,fit=cover,gravity=face,format=png",
]

END = "between-two-pictures"


COMPREFACE = {
    "/api/v1/detection/detect": ("file",),
    "/api/v1/recognition/recognize": ("file",),
    "/api/v1/verification/verify": ("source_image", "target_image"),
}
SIGNED_WITH = "a-secret-of-forty-characters-or-a-few-more"


def form(picture: bytes, *names: str) -> bytes:
    """A form with the picture under each of these names."""
    parts = (
        f'--{END}\r\nContent-Disposition: form-data; name="{name}"; filename="a"\r\n\r\n'.encode()
        + picture
        + b"\r\n"
        for name in names
    )
    return b"".join(parts) + f"--{END}--\r\n".encode()


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """The port of a server of which every folder that it may write to lies below this one."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith("FOVEATE_")}
    for name in ("origin", "tmp"):
        (folder / name).mkdir()
    clean |= {
        "FOVEATE_CACHING__FOLDER": str(folder / "cache"),
        "FOVEATE_PEOPLE__FOLDER": str(folder / "people"),
        "FOVEATE_PEOPLE__COMPREFACE": "true",
        "FOVEATE_REKOGNITION__KEY_FILE": str(folder / "keys"),
        "FOVEATE_SELECT__HEAD": "none",
        "TMPDIR": str(folder / "tmp"),
    }
    if models := os.environ.get("FOVEATE_MODELS__FOLDER"):
        clean["FOVEATE_MODELS__FOLDER"] = models
    command = [sys.executable, "-c", COMMAND, "serve", "--port", "0"]
    command += ["--origin", str(folder / "origin")]
    (folder / "keys").touch(0o600)
    (folder / "keys").write_text(f"all {'A' * 20} {SIGNED_WITH} * admin\n", encoding="ascii")
    with subprocess.Popen(command, env=clean, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = None
            while found is None:
                found = re.search(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline())
            yield int(found[1])
        finally:
            process.kill()
            process.wait()


def post(port: int, target: str, body: bytes) -> Any:
    kind = {"content-type": f"multipart/form-data; boundary={END}"} if END in str(body[:40]) else {}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("POST", target, body, {"accept": "application/json", **kind})
        reply = connection.getresponse()
        data = reply.read()
        assert reply.status in {200, 201}, (target, data)
        return json.loads(data) if b"json" in reply.headers["content-type"].encode() else data


def look_as_aws(port: int, picture: bytes) -> None:
    client = boto3.client(
        "rekognition",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-west-2",
        aws_access_key_id="A" * 20,
        aws_secret_access_key=SIGNED_WITH,
    )
    image = {"Bytes": picture}
    # Of all that it tells, what a part says that may be kept of other pictures.
    assert client.detect_labels(Image=image, Features=["IMAGE_PROPERTIES"])["ImageProperties"]
    assert client.detect_faces(Image=image)["FaceDetails"]
    assert client.compare_faces(SourceImage=image, TargetImage=image)["FaceMatches"]
    assert client.search_faces_by_image(CollectionId="people", Image=image)["FaceMatches"]


def files(folder: Path) -> dict[str, bytes]:
    # What it cost, without pictures, is written after some seconds.
    files = (path for path in folder.rglob("*") if path.is_file())
    found = [path for path in files if not path.name.startswith("costs.sqlite3")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_what_is_looked_at_leaves_nothing_but_a_line_of_the_audit_log(
    portrait: str, tmp_path: Path
) -> None:
    picture = Path(portrait).read_bytes()
    enrolled: bytes = Image.new_from_file(portrait).fliphor().pngsave_buffer()
    with serving(tmp_path) as port:
        posts = partial(post, port)
        posts("/v1/people/people/faces?subject=Ann", enrolled)
        before = files(tmp_path)
        for target in LOOKS:
            posts(target, picture)
        for target, names in COMPREFACE.items():
            assert posts(target, form(picture, *names))["result"]
        look_as_aws(port, enrolled)
        assert posts("/v1/similar", form(picture, "image", "other"))["best"]["cosine"] > 0.99
        after = files(tmp_path)
    assert {name for name, data in after.items() if before.get(name) != data} == {
        "people/audit.jsonl"
    }
    log = after["people/audit.jsonl"].decode()
    assert sha256(picture).hexdigest() not in log
    assert {json.loads(line)["verb"] for line in log.splitlines()} == {
        *("add", "recognise", "search", "verify"),
    }


def test_an_upload_that_is_asked_to_be_kept_is_kept_alone(portrait: str, tmp_path: Path) -> None:
    picture = Path(portrait).read_bytes()
    with serving(tmp_path) as port:
        name = post(port, "/v1/references", picture)["reference"]
        kept = files(tmp_path)
    assert {path.rpartition("/")[2] for path in kept} == {name, "secret", "keys"}
    assert kept[f"cache/references/{name}"] == picture


@pytest.mark.parametrize("part", ["faces", "embedding"])
def test_of_pictures_that_are_not_uploaded_all_but_embeddings_may_be_kept(
    portrait: str, tmp_path: Path, part: str
) -> None:
    environment = {**os.environ, "FOVEATE_CACHING__FOLDER": str(tmp_path / "cache")}
    command = [sys.executable, "-c", COMMAND, "analyse", portrait, "--parts", part, "--json"]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    # Faces are looked for in both.
    assert len(files(tmp_path / "cache" / "analyses")) == 1

"""Designs in image URLs: filled in, laid over pictures, and there only where the operator says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from designs_stand import POSTER
from test_server_designs import kept, put, served

from foveate.design.drawing.engine import installed
from foveate.imaging import Image
from foveate.options.signing import Signer
from foveate.settings import Designs, Signing

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

if not installed():
    pytest.skip("needs foveate[design]", allow_module_level=True)

MOUNT = "/cdn-cgi/image"
BADGE = """<design version="1" name="Badge">
  <page id="p" width="100" height="100" fill="none">
    <rect id="dot" x="80" y="10" width="10" height="10" fill="#00ff00" pin="right top"/>
  </page>
</design>
"""


def published(folder: Path, *ids: str) -> dict[str, Any]:
    return {"designs": Designs(folder=str(folder / "designs"), versions=3, published=ids)}


def pixels(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return Image.new_from_buffer(answer.content, "").numpy()[..., :3].astype(int)


def test_a_url_draws_a_design_as_its_own_route_does(tmp_path: Path, photo: Image) -> None:
    with served(tmp_path, photo, **published(tmp_path, "poster")) as client:
        kept(client, id="poster")
        answer = client.get(f"{MOUNT}/design=poster,format=png")
        drawn = client.get("/v1/designs/poster/render")
        assert np.abs(pixels(answer) - pixels(drawn)).max() == 0
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["etag"]
        assert answer.headers["cache-control"].startswith("public")


def test_values_and_size_and_format_are_of_the_url(tmp_path: Path, photo: Image) -> None:
    with served(tmp_path, photo, **published(tmp_path, "*")) as client:
        kept(client, id="poster")
        url = f"{MOUNT}/design=poster,design.mark.fill=%230000ff,width=240,format=auto"
        answer = client.get(url, headers={"accept": "image/webp"})
        assert answer.headers["content-type"] == "image/webp"
        found = pixels(answer)
        assert found.shape == (180, 240, 3)
        assert found[150, 210, 2] - found[150, 210, 0] > 150


def test_the_source_of_the_url_is_the_photo(tmp_path: Path, photo: Image) -> None:
    plain = np.full((60, 120, 3), (0, 200, 0), np.uint8)
    Image.new_from_array(plain).write_to_file(str(tmp_path / "green.png"))
    with served(tmp_path, photo, **published(tmp_path, "poster")) as client:
        kept(client, id="poster")
        found = pixels(client.get(f"{MOUNT}/design=poster,format=png/green.png"))
        assert found[30, 60].tolist() == [0, 200, 0]
        by_value = client.get(f"{MOUNT}/design=poster,design.photo=green.png,format=png")
        assert np.array_equal(found, pixels(by_value))


def test_a_new_version_is_seen_at_once_and_an_old_one_may_be_named(
    tmp_path: Path, photo: Image
) -> None:
    with served(tmp_path, photo, **published(tmp_path, "poster")) as client:
        kept(client, id="poster")
        url = f"{MOUNT}/design=poster,format=png"
        before = client.get(url)
        again = client.get(url)
        assert (again.headers["cache-status"], again.content) == (
            again.headers["cache-status"].replace("fwd=miss", "hit"),
            before.content,
        )
        put(client, "poster", POSTER.replace("#ff0000", "#0000ff"), 1)
        after = client.get(url)
        assert after.headers["etag"] != before.headers["etag"]
        assert pixels(after)[75, 105].tolist() == [0, 0, 255]
        old = client.get(f"{MOUNT}/design=poster@1,format=png")
        assert pixels(old)[75, 105].tolist() == [255, 0, 0]
        held = {"if-none-match": after.headers["etag"]}
        assert client.get(url, headers=held).status_code == 304
        gone = client.get(f"{MOUNT}/design=poster@7")
        assert (gone.status_code, gone.json()["error"]) == (404, "UnknownDesign")
        client.delete("/v1/designs/poster")
        assert client.get(url).status_code == 404


def test_a_picture_of_a_design_that_changes_is_drawn_anew(tmp_path: Path, photo: Image) -> None:
    with served(tmp_path, photo, **published(tmp_path, "poster")) as client:
        kept(client, id="poster")
        url = f"{MOUNT}/design=poster,format=png"
        before = client.get(url)
        plain = np.full((60, 121, 3), 9, np.uint8)
        Image.new_from_array(plain).write_to_file(str(tmp_path / "scene.png"))
        assert client.get(url).content != before.content


def test_purging_a_picture_or_all_designs_lets_renditions_go(tmp_path: Path, photo: Image) -> None:
    with served(tmp_path, photo, **published(tmp_path, "poster")) as client:
        kept(client, id="poster")
        for query in ({"source": "scene.png"}, {"class": "design"}):
            client.get(f"{MOUNT}/design=poster,format=png")
            answer = client.post("/v1/purge", json=query)
            assert answer.json()["renditions"] >= 1, answer.text


@pytest.mark.parametrize("id_", ["poster", "other"])
def test_what_is_not_published_is_as_if_it_were_not_there(
    tmp_path: Path, photo: Image, id_: str
) -> None:
    with served(tmp_path, photo, **published(tmp_path, "shop-*")) as client:
        kept(client, id="poster")
        for option in ("design", "overlay"):
            answer = client.get(f"{MOUNT}/{option}={id_}/scene.png")
            told = answer.json()
            assert (answer.status_code, told["error"]) == (404, "UnknownDesign")
            assert "FOVEATE_DESIGNS__PUBLISHED" in told["message"]


@pytest.mark.parametrize(
    "options",
    [
        "design=poster,design.mark.fill=nonsense",
        "design=poster,design.marc=1",
        "design=poster,design.photo.options=",
        "design=poster:nowhere",
        "design=POSTER",
    ],
)
def test_a_bad_value_is_a_bad_request(tmp_path: Path, photo: Image, options: str) -> None:
    with served(tmp_path, photo, **published(tmp_path, "poster")) as client:
        kept(client, id="poster")
        answer = client.get(f"{MOUNT}/{options}")
        assert answer.status_code == 400, answer.text


@pytest.mark.parametrize(("size", "place"), [((400, 100), (15, 385)), ((100, 400), (15, 85))])
def test_an_overlay_keeps_to_the_edges_of_the_picture(
    tmp_path: Path, photo: Image, size: tuple[int, int], place: tuple[int, int]
) -> None:
    with served(tmp_path, photo, **published(tmp_path, "badge")) as client:
        kept(client, BADGE, id="badge")
        width, height = size
        options = f"width={width},height={height},fit=cover,format=png,overlay=badge"
        found = pixels(client.get(f"{MOUNT}/{options}/scene.png"))
        assert found.shape[:2] == (height, width)
        assert found[place].tolist() == [0, 255, 0]
        blue = pixels(client.get(f"{MOUNT}/{options},overlay.dot.fill=%2300f/scene.png"))
        assert blue[place].tolist() == [0, 0, 255]


def test_where_urls_are_signed_so_are_those_of_designs(tmp_path: Path, photo: Image) -> None:
    signing = {"signing": Signing(keys=("secret",))}
    with served(tmp_path, photo, **published(tmp_path, "poster"), **signing) as client:
        path = f"{MOUNT}/design=poster,format=png"
        assert client.get(path).status_code == 403
        client.post(
            "/v1/designs",
            content=POSTER,
            params={"id": "poster"},
            headers={"content-type": "application/xml", "authorization": "Bearer secret"},
        )
        signed = Signer(keys=("secret",)).sign(path)
        answer = client.get(signed)
        assert answer.status_code in {200, 404}, answer.text


def test_posts_and_srcset_and_explanations_know_designs(tmp_path: Path, photo: Image) -> None:
    with served(tmp_path, photo, **published(tmp_path, "poster")) as client:
        kept(client, id="poster")
        by_url = client.get(f"{MOUNT}/design=poster,format=png/scene.png")
        body = (tmp_path / "scene.png").read_bytes()
        posted = client.post("/v1/render?options=design=poster,format=png", content=body)
        assert np.array_equal(pixels(by_url), pixels(posted))
        told = client.get(f"{MOUNT}/design=poster,width=60,format=json").json()
        assert (told["width"], told["height"]) == (60, 45)
        query = {"url": "scene.png", "options": "design=poster,design.mark.fill=red"}
        made = client.get("/v1/srcset", params=query)
        assert made.status_code == 200, made.text
        assert "design=poster" in made.json()["html"]
        assert "design.mark.fill=red" in made.json()["html"]
        blank = {"url": "blank:", "options": "design=poster,width=60"}
        assert client.post("/v1/render", json=blank).status_code == 200
        made = client.get("/v1/srcset", params=blank)
        assert "design=poster,width=" in made.json()["html"]
        listed = client.get("/v1/options").json()["options"]
        assert {"design", "overlay", "design.BLOCK"} <= {each["name"] for each in listed}


def test_pictures_of_a_design_come_by_the_rules_of_urls(tmp_path: Path, photo: Image) -> None:
    with served(tmp_path, photo, **published(tmp_path, "poster")) as client:
        kept(client, id="poster")
        for value, status in (
            ("..%2F..%2Fetc%2Fpasswd", 404),
            ("http%3A%2F%2F127.0.0.1%2Fa.png", 403),
            ("file%3A%2F%2F%2Fetc%2Fpasswd", 403),
            ("missing.png", 404),
            ("~%2Fa.png", 404),
        ):
            answer = client.get(f"{MOUNT}/design=poster,design.photo={value}")
            assert answer.status_code == status, (value, answer.text)

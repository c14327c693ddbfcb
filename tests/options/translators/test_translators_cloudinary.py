from __future__ import annotations

import base64
import hashlib

import pytest
from translated_sizes import asked, size_of

from foveate.errors import BadOption, BadSignature, BadUrl, NotTranslated
from foveate.geometry.box import Box, Size
from foveate.options.grammar import parse_options
from foveate.options.translators.cloudinary import translate
from foveate.settings import Limits
from foveate.transform.layout import lay_out

CAMERA = (1280, 853)
SMALL = (640, 427)
KEY = "abcd"


@pytest.mark.parametrize(
    ("chain", "source", "size"),
    [
        ("c_scale,w_150", CAMERA, (150, 100)),
        ("c_scale,h_150,w_150", CAMERA, (150, 150)),
        ("w_150", CAMERA, (150, 100)),
        ("w_150,h_150", CAMERA, (150, 150)),
        ("ar_1:2,c_scale,h_150", CAMERA, (75, 150)),
        ("c_fit,h_250,w_250", CAMERA, (250, 167)),
        ("c_fit,w_1000", SMALL, (1000, 667)),
        ("c_limit,h_1000,w_1000", SMALL, (640, 427)),
        ("c_limit,h_250,w_250", SMALL, (250, 167)),
        ("c_mfit,h_1200,w_1200", SMALL, (1200, 801)),
        ("c_mfit,h_200,w_200", SMALL, (640, 427)),
        ("c_fill,h_250,w_250", CAMERA, (250, 250)),
        ("ar_4:3,c_fill,h_250", CAMERA, (333, 250)),
        ("c_fill,h_1500,w_1500", CAMERA, (1500, 1500)),
        ("c_lfill,w_470", CAMERA, (470, 313)),
        ("c_lfill,w_3392", CAMERA, CAMERA),
        ("c_lfill,h_250,w_250", SMALL, (250, 250)),
        ("b_brown,c_pad,h_250,w_250", CAMERA, (250, 250)),
        ("c_pad,h_1500,w_1500", SMALL, (1500, 1500)),
        ("c_lpad,h_1000,w_1000", SMALL, (1000, 1000)),
        ("c_lpad,w_1000", SMALL, (640, 427)),
        ("c_crop,h_200,w_300", CAMERA, (300, 200)),
        ("c_crop,h_200,w_300,x_355,y_410", CAMERA, (300, 200)),
        ("c_crop,h_2000,w_300", CAMERA, (300, 853)),
        ("c_crop,w_0.5,h_1.0", CAMERA, (640, 853)),
        ("c_thumb,g_face,h_200,w_200", CAMERA, (200, 200)),
        ("c_auto,g_auto,h_300,w_400", CAMERA, (400, 300)),
        ("c_fill,dpr_2.0,h_100,w_150", CAMERA, (300, 200)),
        ("c_crop,g_face,h_400,w_400/c_scale,w_200", CAMERA, (200, 200)),
        ("c_crop,h_200,w_300,x_355,y_410/c_fill,h_90,w_90", CAMERA, (90, 90)),
        ("a_90/c_scale,w_100", CAMERA, (100, 150)),
        ("a_90", CAMERA, (853, 1280)),
        ("c_fill,g_auto,h_300,w_400/f_auto/q_auto", CAMERA, (400, 300)),
        ("f_auto,q_auto", CAMERA, CAMERA),
    ],
)
def test_sizes_are_those_of_cloudinary(
    chain: str, source: tuple[int, int], size: tuple[int, int]
) -> None:
    answer = translate(f"demo/image/upload/{chain}/v1/docs/camera.jpg")
    assert answer.source == "docs/camera.jpg"
    assert size_of(answer, source) == size


COVER = "w=30,h=20,fit=cover"
CUT_WEST = "crop.width=9,crop.height=9,w=5,h=4,fit=cover,gravity=0x0.5"


@pytest.mark.parametrize(
    ("chain", "options"),
    [
        ("c_fill,g_north_east,w_30,h_20", f"{COVER},gravity=1x0"),
        ("c_fill,g_face,w_30,h_20", f"{COVER},gravity=face,faces=largest"),
        ("c_fill,g_faces,w_30,h_20", f"{COVER},gravity=face"),
        ("c_fill,g_auto,w_30,h_20", f"{COVER},gravity=auto"),
        ("c_thumb,g_face,w_30,h_20", f"{COVER},gravity=face,faces=largest,zoom=0.5"),
        ("c_thumb,g_face,w_30,h_20,z_0.7", f"{COVER},gravity=face,faces=largest,zoom=0.35"),
        ("c_fill,g_dog,w_30,h_20", f"{COVER},gravity=object:dog"),
        ("c_fill,g_auto:tv_monitor,w_30,h_20", f"{COVER},gravity=object:tv"),
        ("c_fill,g_cellphone:auto,w_30,h_20", f"{COVER},gravity=object:cell-phone"),
        ("c_crop,g_cat", "fit=cover,gravity=object:cat,zoom=1"),
        ("c_crop,g_face", "fit=cover,gravity=face,faces=largest,zoom=1"),
        ("c_crop,x_3,y_4,w_9", "trim.left=3,trim.top=4,trim.width=9"),
        ("c_pad,w_3,h_2,b_rgb:ff8800", "w=3,h=2,fit=pad,background=%23ff8800"),
        ("q_80,f_webp", "q=80,f=webp"),
        ("q_auto:best/f_auto", "q=auto:best,f=auto"),
        ("e_grayscale", "saturation=0"),
        ("e_brightness:50,q_9", "brightness=1.5,q=9"),
        ("e_blur:400", "blur=50"),
        ("e_sharpen", "sharpen=0.5"),
        ("a_hflip", "flip=h"),
        ("a_-90", "rotate=270"),
        ("e_trim", "trim.border.tolerance=26"),
        (
            "e_trim:10:white/c_scale,w_9",
            "trim.border.tolerance=26,trim.border.color=white,w=9,fit=contain",
        ),
        ("e_pixelate_faces:9/c_fill,w_30,h_20", f"{COVER},redact.method=pixelate"),
        ("e_blur_faces", "redact.method=blur"),
        ("e_background_removal/c_fill,w_30,h_20/f_png", f"{COVER},segment=foreground,f=png"),
        ("fl_progressive/fl_force_strip", "metadata=none"),
        ("fl_progressive:steep/fl_attachment:my_name/e_blur_faces:800", "redact.method=blur"),
        ("e_background_removal:fineedges_y", "segment=foreground"),
        ("f_gif", "f=gif"),
        ("f_tiff", "f=tiff"),
        ("e_grayscale/e_saturation:50", "saturation=0"),
        ("e_saturation:50/e_grayscale", "saturation=0"),
        ("q_80/q_80", "q=80"),
        ("c_crop,w_9,h_9,g_west/c_fill,w_5,h_4,g_west", CUT_WEST),
        ("c_crop,w_9,h_9/c_fill,w_5,h_4", "crop.width=9,crop.height=9,w=5,h=4,fit=cover"),
        ("c_crop,w_9,h_9,g_west/c_fill,w_5", "crop.width=9,crop.height=9,g=0x0.5,w=5,fit=contain"),
    ],
)
def test_words_mean_what_they_mean_to_cloudinary(chain: str, options: str) -> None:
    answer = translate(f"demo/image/upload/{chain}/sample.jpg")
    assert asked(answer) == parse_options(options).options


def test_a_border_is_trimmed_before_what_is_cut_out_is_measured() -> None:
    said = translate("image/upload/e_trim/c_crop,w_9,h_8,x_3,y_4/a.png")
    layout = lay_out(asked(said), Size(80, 60), Limits(), Box(15, 10, 55, 40))
    assert layout.frame == Box(18, 14, 9, 8)
    said = translate("image/upload/e_trim/c_crop,w_9,h_8,g_south_east/a.png")
    layout = lay_out(asked(said), Size(80, 60), Limits(), Box(15, 10, 55, 40))
    assert (layout.frame, layout.size) == (Box(15, 10, 55, 40), Size(9, 8))


def test_a_named_transformation_is_a_preset() -> None:
    assert translate("demo/image/upload/t_media_lib_thumb/sample.jpg").options == (
        "preset=media_lib_thumb"
    )
    assert translate("demo/image/upload/t_a/t_b/sample.jpg").options == "preset=a;b"


@pytest.mark.parametrize(
    ("chain", "word"),
    [
        ("r_max", "'r_' is translated only beside b_, f_png"),
        ("r_20,f_jpg", "'r_' is translated only beside"),
        ("r_20,f_png,w_90,dpr_2", "without dpr_"),
        ("r_20,f_png/w_90", "earlier in a chain"),
        ("l_logo,w_90", "l_logo"),
        ("l_text:Arial_20:Hi", "l_text"),
        ("l_logo/c_scale,w_100/fl_layer_apply", "l_logo"),
        ("e_cartoonify", "e_cartoonify"),
        ("c_mpad,w_5,h_5", "c_mpad"),
        ("c_fill_pad,g_auto,w_5,h_5", "c_fill_pad"),
        ("w_auto", "'w_auto' is not translated"),
        ("c_fit,w_auto:200:600", "'w_auto:200:600' is not translated"),
        ("c_fill,w_iw_div_2,h_5", "'w_iw_div_2' is not translated"),
        ("c_fit,h_ih", "'h_ih' is not translated"),
        ("w_0.5", "'w_0.5' is translated only with c_crop"),
        ("dpr_auto,w_5", "'dpr_auto' is not translated"),
        ("c_fill,g_xy_center,w_5,h_5", "g_xy_center"),
        ("c_fill,w_5,h_5,x_3", "x_"),
        ("c_pad,g_north,w_5,h_5", "g_north"),
        ("c_scale,w_5/c_crop,w_3,h_3", "only earlier in a chain"),
        ("c_scale,w_5/c_scale,w_3", "only earlier in a chain"),
        ("c_scale,w_5/a_90", "only earlier in a chain"),
        ("e_blur:50/c_scale,w_5", "only earlier in a chain"),
        ("a_90,c_fill,w_5,h_6", "a_90"),
        ("c_fill,g_north,w_5,h_6,a_hflip", "a_hflip"),
        ("a_45", "a_45"),
        ("e_trim,w_5", "e_trim"),
        ("$w_5/c_scale,w_$w", "$w_5"),
        ("if_w_gt_5/c_scale,w_5", "if_w_gt_5"),
        ("f_pdf", "f_pdf"),
        ("q_auto:sensitive", "q_auto:sensitive"),
        ("b_auto,c_pad,w_5,h_5", "b_auto"),
        ("fl_lossy", "fl_lossy"),
        ("bo_5px_solid_black", "bo_5px"),
        ("e_blur:9/e_blur:20", "e_blur:20"),
        ("e_blur:9/e_blur:9", "another blur before it"),
        ("e_saturation:50/e_brightness:10/e_saturation:20", "e_saturation:20"),
        ("e_brightness:10/e_brightness:10", "e_brightness:10"),
        ("e_pixelate_faces/e_blur_faces", "e_blur_faces"),
        ("q_80/q_60", "q_60"),
        ("w_5,w_6", "w_"),
        ("c_crop,w_400,h_400,g_west/c_fill,w_50,h_100", "c_fill"),
        ("c_crop,w_400,h_400/c_fill,w_50,h_100,g_face", "g_face"),
        ("c_crop,w_40,h_40,g_faces/c_fill,w_50,h_100,g_face", "g_face"),
        ("c_crop,g_face/c_scale,w_9,h_9", "c_scale"),
        ("c_scale,g_bogus,w_5", "g_bogus"),
        ("c_fill,w_5,z_2", "z_"),
        ("c_scale,w_5,z_5", "'z_' is translated only with c_thumb"),
        ("c_pad,w_5,h_5,z_1.5", "z_"),
        ("c_fit,z_2", "z_"),
        ("c_fit,w_5,z_x", "'z_': expected a number from 0.01 to 100, got 'x'"),
        ("ar_x,w_5,h_5", "'ar_': expected a number from 0.001 to 1000000, got 'x'"),
        ("w_x", "'w_': expected a number from 0 to 10000000, got 'x'"),
        ("fl_progressive:fast", "fl_progressive:fast"),
        ("fl_immutable_cache:x", "fl_immutable_cache:x"),
        ("q_high", "q_high"),
        ("q_80:420", "q_80:420"),
        ("q_101", "'q_': expected a number from 0 to 100, got '101'"),
        ("q_%D9%A3", "q_"),
        ("e_grayscale:50", "e_grayscale:50"),
        ("e_background_removal:x", "e_background_removal:x"),
        ("e_blur_faces:x", "'e_blur_faces': expected a number from 1 to 2000, got 'x'"),
        ("e_pixelate_faces:201", "'e_pixelate_faces': expected a number from 1 to 200"),
    ],
)
def test_what_is_not_translated_is_named(chain: str, word: str) -> None:
    with pytest.raises((NotTranslated, BadOption)) as caught:
        translate(f"demo/image/upload/{chain}/sample.jpg")
    assert word in caught.value.public


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("demo/image/upload/sample.jpg", "sample.jpg"),
        ("image/upload/w_5/sample.jpg", "sample.jpg"),
        ("demo/image/upload/v1312461204/sample.jpg", "sample.jpg"),
        ("demo/image/upload/c_fill,w_5/v1/w_files/a%20b.jpg", "w_files/a%20b.jpg"),
        ("demo/image/upload/my_folder/sample.jpg", "my_folder/sample.jpg"),
        ("demo/image/fetch/w_5/https://b.com/a.jpg", "https://b.com/a.jpg"),
        ("demo/image/fetch/https%3A%2F%2Fb.com%2Fa.jpg%3Fx%3D1", "https://b.com/a.jpg?x=1"),
    ],
)
def test_the_id_stands_behind_transformations_and_version(path: str, source: str) -> None:
    assert translate(path).source == source


def test_a_query_belongs_to_what_is_fetched_and_to_no_upload() -> None:
    fetched = translate("demo/image/fetch/w_5/https://b.com/img", "id=5&_a=BAMABk0")
    assert (fetched.source, fetched.query) == ("https://b.com/img", "id=5")
    assert translate("demo/image/fetch/w_5/https://b.com/img", "_a=BAMABk0").query == ""
    assert translate("demo/image/upload/w_5/a.jpg", "_a=BAMABk0").query == ""


@pytest.mark.parametrize(
    "path", ["demo", "demo/video/upload/a.mp4", "demo/image/private/a.jpg", "demo/image/upload/w_5"]
)
def test_what_is_no_delivery_url_is_refused(path: str) -> None:
    with pytest.raises(BadUrl):
        translate(path)


def test_the_signature_holds_the_query_of_what_is_fetched() -> None:
    made = hashlib.sha1(f"w_5/https://b.com/img?id=5{KEY}".encode(), usedforsecurity=False)
    short = base64.urlsafe_b64encode(made.digest())[:8].decode()
    path = f"demo/image/fetch/s--{short}--/w_5/https://b.com/img"
    assert translate(path, "id=5", secret=KEY).query == "id=5"
    assert translate(path, "id=5&_a=BAMABk0", secret=KEY).query == "id=5"
    for query in ("id=6", "", "id=5&", "&id=5", "_a=x&id=5", "id=5&_a=x&_a=y"):
        with pytest.raises(BadSignature):
            translate(path, query, secret=KEY)


def test_with_a_secret_urls_need_its_signature() -> None:
    signed = "c_fill,w_5,h_5/folder/sample.jpg"
    text = f"{signed}{KEY}".encode()
    digest = hashlib.sha1(text, usedforsecurity=False).digest()
    short = base64.urlsafe_b64encode(digest)[:8]
    long = base64.urlsafe_b64encode(hashlib.sha256(text).digest())[:32]
    for made in (short.decode(), long.decode()):
        path = f"demo/image/upload/s--{made}--/c_fill,w_5,h_5/v12/folder/sample.jpg"
        assert translate(path, secret=KEY).source == "folder/sample.jpg"
        with pytest.raises(BadSignature):
            translate(path.replace("w_5", "w_6"), secret=KEY)
    with pytest.raises(BadSignature):
        translate(f"demo/image/upload/{signed}", secret=KEY)
    assert translate(f"demo/image/upload/s--{short.decode()}--/{signed}").source == (
        "folder/sample.jpg"
    )


@pytest.mark.parametrize(
    ("said", "radius"),
    [
        ("r_20", "20"),
        ("r_max", "0.5"),
        ("r_20:0", "20;0;20;0"),
        ("r_1:2:3", "1;2;3;2"),
        ("r_1:2:3:4", "1;2;3;4"),
    ],
)
def test_corners_are_rounded_clockwise_from_the_top_left(said: str, radius: str) -> None:
    wanted = parse_options(f"width=90,fit=contain,radius={radius},format=png").options
    for path in (f"c_scale,w_90,{said},f_png", f"c_scale,w_90/{said}/f_png"):
        assert parse_options(translate(f"image/upload/{path}/a.jpg").options).options == wanted


def test_corners_of_a_colour_need_no_format() -> None:
    found = parse_options(translate("image/upload/r_9,b_rgb:ff0000/a.jpg").options).options
    assert found == parse_options("radius=9,background=%23ff0000").options

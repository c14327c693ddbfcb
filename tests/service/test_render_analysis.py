"""Renditions that need an analysis: cut-outs and redaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from service_networks import HEAD, Detector, Matting, analyses, picture, soon

from foveate.errors import BadOption
from foveate.imaging import Image
from foveate.imaging.pixels import from_array
from foveate.options.grammar import parse_options
from foveate.options.model import MatteLevel
from foveate.service.encoding import kept_metadata
from foveate.service.render import Renderer
from foveate.settings import Encoding, Limits
from foveate.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from foveate.rendition import Rendition
    from foveate.service.analysis import Analyses

GROUND, SKY = (10, 230), (10, 60)
"""Places of the drawn photo that are not its head."""
MIDDLE = (230, 90)


@pytest.fixture
def jpeg(photo: Image) -> bytes:
    data: bytes = photo.jpegsave_buffer(Q=95)
    return data


def render(
    data: bytes,
    text: str,
    overlays: Mapping[str, bytes] | None = None,
    with_: Analyses | None = None,
    trace: Trace | None = None,
) -> Rendition:
    verb = Renderer(analyses=with_ or analyses(), limits=Limits(), encoding=Encoding())
    options = parse_options(text).options
    others = {key: picture(other) for key, other in (overlays or {}).items()}
    return verb(picture(data), options, deadline=soon(), trace=trace, others=others)


def opened(made: Rendition) -> Image:
    return Image.new_from_buffer(made.data, "")


def test_a_cut_out_of_a_jpeg_is_a_png_with_the_subject_alone(jpeg: bytes) -> None:
    trace = Trace()
    made = render(jpeg, "segment=foreground", trace=trace)
    assert made.content_type == "image/png"
    image = opened(made)
    assert image(*MIDDLE)[3] == 255
    assert image(*GROUND)[3] == image(*SKY)[3] == 0
    assert image(*MIDDLE)[0] > image(*MIDDLE)[2]
    assert "matte" in trace.total_ms()


class MattingOfPeople(Matting):
    """As large as the maps of the network that sees people."""

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        return np.kron(super().__call__(rgb), np.ones((6, 4), np.float32))[:256]


def test_a_fast_cut_out_of_what_is_no_person_says_so(jpeg: bytes) -> None:
    rough = render(jpeg, "segment.quality=fast,width=80").headers
    assert "no person was found" in rough["Foveate-Note"]
    assert rough == render(jpeg, "segment.trim=true,segment.quality=fast").headers
    seen = analyses(**{"matte-fast": MattingOfPeople(MatteLevel.FAST)})
    for text, with_ in (
        ("segment.quality=fast,width=80", seen),
        ("segment.quality=balanced,width=80", None),
        ("width=80", None),
    ):
        assert "Foveate-Note" not in render(jpeg, text, with_=with_).headers


@pytest.mark.parametrize(("name", "alpha"), [("png", True), ("webp", True), ("jpeg", False)])
def test_alpha_survives_where_the_format_has_it(name: str, alpha: bool, jpeg: bytes) -> None:
    made = render(jpeg, f"segment=foreground,format={name}")
    assert made.content_type == f"image/{name}"
    image = opened(made)
    assert image.hasalpha() == alpha
    if not alpha:
        assert min(image(*GROUND)) > 250


def test_a_background_makes_it_opaque_again(jpeg: bytes) -> None:
    for option in ("background", "segment.background"):
        made = render(jpeg, f"segment=foreground,{option}=blue")
        assert made.content_type == "image/jpeg"
        red, green, blue = opened(made)(*GROUND)[:3]
        assert blue > 240
        assert max(red, green) < 15


def test_another_source_stands_behind_the_subject_and_covers_the_frame(jpeg: bytes) -> None:
    behind = from_array(np.full((30, 200, 3), (0, 200, 0), np.uint8)).pngsave_buffer()
    made = render(jpeg, "segment.background=beach.png,width=160", {"beach.png": behind})
    image = opened(made)
    assert made.content_type == "image/jpeg"
    for corner in ((2, 2), (157, 2), (2, 117), (157, 117)):
        assert image(*corner)[1] > 180
    with pytest.raises(BadOption, match=r"beach\.png"):
        render(jpeg, "segment.background=beach.png")


def test_the_matte_is_a_grey_picture(jpeg: bytes) -> None:
    image = opened(render(jpeg, "segment.output=matte,format=png"))
    assert image(*MIDDLE)[0] == 255
    assert image(*GROUND)[0] == 0


def test_trimming_to_the_subject_comes_before_the_size(jpeg: bytes) -> None:
    made = render(jpeg, "segment.trim=true,width=100,format=png")
    assert made.size is not None
    assert made.size.width < 100 < made.size.height + 60  # taller than wide, and never enlarged
    assert opened(made)(made.size.width // 2, made.size.height // 2)[3] == 255


def test_a_cut_out_follows_the_crop_and_the_turn(jpeg: bytes) -> None:
    text = "segment=foreground,width=120,height=120,fit=cover,gravity=face,rotate=90"
    image = opened(render(jpeg, text))
    alpha = image.extract_band(3).numpy() / 255
    y, x = (np.average(axis, weights=alpha) for axis in np.mgrid[0:120, 0:120])
    assert abs(x - 60) < 15  # the head stood at 3/8 of the height, which is now across
    assert alpha.mean() < 0.5
    assert 20 < y < 100


def test_an_animation_that_stands_still_is_cut_out_as_its_first_frame(photo: Image) -> None:
    made = render(animation([photo, photo.invert()]), "segment=foreground,anim=false")
    assert made.content_type == "image/png"
    assert opened(made).height == 240
    assert opened(made)(*MIDDLE)[3] == 255


def animation(frames: list[Image]) -> bytes:
    tall = Image.arrayjoin(frames, across=1).copy()
    tall.set_type(Image.new_from_array([0]).get_typeof("width"), "page-height", frames[0].height)
    data: bytes = tall.webpsave_buffer(lossless=True)
    return data


@pytest.mark.parametrize("method", ["blur", "pixelate", "solid"])
def test_a_face_is_hidden_and_the_rest_is_as_it_was(method: str, jpeg: bytes) -> None:
    plain = opened(render(jpeg, "width=320,format=png")).numpy().astype(int)
    asked = f"redact=faces,redact.method={method},format=png"
    # Not so sure that it would count in a picture that lies.
    hidden = opened(render(jpeg, asked, with_=analyses(Detector(score=0.7)))).numpy()
    changed = np.abs(plain - hidden).max(-1)
    assert changed[:, :150].max() == 0
    left, top, right, bottom = (int(v) for v in (HEAD.left, HEAD.top, HEAD.right, HEAD.bottom))
    assert (changed[top:bottom, left:right] > 0).mean() > 0.5


class Moving(Detector):
    """Sees a face on the left in dark frames and on the right in bright ones."""

    def __call__(self, rgb: np.ndarray) -> tuple:  # type: ignore[type-arg]
        self.box = type(HEAD)(20 if rgb.mean() < 128 else 240, 80, 60, 80)
        return super().__call__(rgb)


def test_every_frame_of_an_animation_has_its_own_faces() -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 40, (6, 240, 320, 3), np.uint8)
    noise[3:] += 200
    frames = [from_array(frame) for frame in noise]
    detector = Moving()
    made = render(animation(frames), "redact=faces,redact.method=solid", with_=analyses(detector))
    tall = Image.new_from_buffer(made.data, "", n=-1)
    assert tall.get("n-pages") == 6
    for frame, at, away in ((0, 50, 270), (5, 270, 50)):
        assert max(tall(at, 240 * frame + 120)[:3]) < 12
        shown = tall.crop(away - 10, 240 * frame + 110, 20, 20).numpy()
        assert shown.std() > 3


def test_previews_in_the_metadata_do_not_leave_with_a_redacted_picture() -> None:
    for text, kept in (
        ("metadata=keep", "keep"),
        ("metadata=keep,redact=faces", "copyright"),
        ("metadata=none,redact=faces", "none"),
    ):
        assert kept_metadata(parse_options(text).options) == kept


@pytest.mark.parametrize("text", ["segment=foreground", "redact=faces"])
def test_a_drawing_is_never_passed_through_unseen(text: str) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="320" height="240"><rect/></svg>'
    assert render(svg, text).content_type == "image/png"


def test_a_picture_without_a_subject_or_a_face_is_answered_whole(jpeg: bytes) -> None:
    made = render(jpeg, "redact=faces,format=png", with_=analyses(Detector(None)))
    assert opened(made).width == 320

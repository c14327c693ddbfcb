from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foveate.errors import BadSettings, FoveateError
from foveate.options.grammar import cache_key, parse_options
from foveate.options.translators.mounts import Mount, mounts
from foveate.settings import Hosted, Peers, Settings

SETTINGS = Settings(
    peers=Peers(accept=("thumbor", "imgproxy", "imgix", "cloudinary")),
    hosted=Hosted(account="acct", flexible=True),
)
MOUNTS = mounts(SETTINGS, {})
SAID = r"""
unsafe meta fit-in adaptive- full- 300x200 -0x-0 trim: smart left filters: quality( 40 ) : fill(
red rotate( 90 no_upscale() rs: fill fit force auto g: fp: 0.5 1 c: nowe pd: t: rot: fl: bg:
plain / @png _ exp: 99 local:// aHR0cDovL2I w= h= &fit= crop &crop= faces , & &ar= 16:9 &rect=
&trim= auto &bg= pad= dpr= s= expires= fp-x= demo image upload fetch c_ crop thumb ,w_5 ,h_0.5
,x_3 ,y_4 ,g_ face ar_ e_ trim blur a_90 t_ z_ v1 s--abcd-- %2F %zz %ff https:// http:%2F%2F
b.com a.jpg é . - + % 1e999 nan ٣ -5 1_0
"""
WORDS = [*SAID.split(), "\ud800"]
TEXT = st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=12).map("".join)
LEADS = ("", "unsafe/", "_/", "demo/image/upload/", "image/fetch/")


@pytest.mark.parametrize("mount", MOUNTS, ids=lambda mount: mount.prefix)
@given(st.sampled_from(LEADS), TEXT, TEXT)
def test_any_text_is_read_as_ours_or_refused_in_a_sentence(
    mount: Mount, lead: str, path: str, query: str
) -> None:
    try:
        said = mount.read(lead + path, query, 5.0)
        assert said.source
        assert parse_options(said.options).unknown == () or mount.prefix.endswith("acct/")
    except FoveateError as error:
        assert error.public.isprintable()  # noqa: PT017


@pytest.mark.parametrize("mount", MOUNTS, ids=lambda mount: mount.prefix)
@pytest.mark.parametrize(
    "path", ["unsafe/filters:", "unsafe/filters:quality(", "_/pr:a", "image/upload/q_1", "a,b=", ""]
)
@pytest.mark.parametrize("more", ["/a", "/pr:a", "/q_1", ":quality(1)", ")", "/x)", ",w=1", "%28"])
def test_long_urls_are_read_at_once(mount: Mount, path: str, more: str) -> None:
    text = path + more * (32_000 // len(more))
    started = time.process_time()
    with contextlib.suppress(FoveateError):
        parse_options(mount.read(text, more * (32_000 // len(more)), 5.0).options)
    assert time.process_time() - started < 1


def test_nothing_is_mounted_that_was_not_switched_on() -> None:
    assert mounts(Settings(), {}) == ()
    assert [mount.prefix for mount in MOUNTS] == [
        "/thumbor/",
        "/imgproxy/",
        "/imgix/",
        "/cloudinary/",
        "/acct/",
        "/cdn-cgi/imagedelivery/acct/",
    ]


@pytest.mark.parametrize("account", ["v1", "thumbor", "docs"])
def test_an_account_takes_no_path_of_ours(account: str) -> None:
    with pytest.raises(BadSettings, match=r"hosted\.account: expected another name"):
        mounts(Settings(hosted=Hosted(account=account)), {})


@pytest.mark.parametrize(
    ("mount", "one", "other"),
    [
        ("/thumbor/", "unsafe/30x20/a.jpg", "unsafe/30x20/filters:horizontal_align(center)/a.jpg"),
        ("/thumbor/", "unsafe/30x20/a.jpg", "unsafe/30x20/center/middle/a.jpg"),
        ("/imgproxy/", "_/rs:fit:30:20/plain/a.jpg", "x/h:20/w:30/el:F/YS5qcGc"),
        ("/imgix/", "a.jpg?w=30&h=20&fit=max&cb=1", "a.jpg?fit=max&h=20&ixlib=js&w=30"),
        ("/cloudinary/", "image/upload/w_30,h_20/a.jpg", "demo/image/upload/h_20,w_30/v1/a.jpg"),
    ],
)
def test_what_is_spelled_in_two_ways_is_one_picture(mount: str, one: str, other: str) -> None:
    read = next(each.read for each in MOUNTS if each.prefix == mount)
    first, second = (read(*url.partition("?")[::2], 5.0) for url in (one, other))
    keys = [cache_key(parse_options(said.options).options) for said in (first, second)]
    assert keys[0] == keys[1]
    assert (first.source, first.query) == (second.source, second.query)

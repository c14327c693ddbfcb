from __future__ import annotations

import pytest

from foveate.errors import BadSettings, BadSignature, OptionNotAllowed
from foveate.options.allowed import ONLY_PRESETS, Allowed
from foveate.options.signing import Signer, read_limited

PRESETS = ("thumb", "round")
SIGNER = Signer(
    ("main",),
    read_limited(
        {"shop": "s3cret w format=auto trim preset=thumb", "any": "other preset"}, PRESETS
    ),
)
PATH = "/cdn-cgi/image/width=80/a.jpg"


def allowed(name: str, text: str) -> bool:
    try:
        SIGNER.limited[name].allowed.check(text)
    except OptionNotAllowed as why:
        assert why.public.startswith("Expected ")  # noqa: PT017
        assert f"for the key {name}" in why.public  # noqa: PT017
        return False
    return True


@pytest.mark.parametrize(
    ("name", "text", "good"),
    [
        ("shop", "width=80", True),
        ("shop", "w=90,f=auto", True),
        ("shop", "format=AUTO", True),
        ("shop", "format=png", False),
        ("shop", "width=80,height=80", False),
        ("shop", "width%3D80%2Cheight%3D80", False),
        ("shop", "trim.left=5,trim=border,trim.border.keep=2", True),
        ("shop", "trimming=5", False),
        ("shop", "preset=thumb", True),
        ("shop", "preset=Thumb;thumb", True),
        ("shop", "preset=thumb;round", False),
        ("shop", "sparkle=1", False),
        ("shop", "", True),
        ("any", "preset=thumb;round", True),
        ("any", "preset=thumb,width=5", False),
    ],
)
def test_a_limited_key_is_good_for_what_is_on_its_list(name: str, text: str, good: bool) -> None:
    assert allowed(name, text) is good


def test_a_signature_gives_what_its_key_allows() -> None:
    def grant(url: str):  # noqa: ANN202
        path, _, query = url.partition("?")
        return SIGNER.grant(path, query, 0.0)

    assert grant(SIGNER.sign(PATH)).allowed is None
    assert grant(SIGNER.sign(PATH, 99)).expires == 99
    assert grant(SIGNER.sign(PATH, key="shop")).allowed is SIGNER.limited["shop"].allowed
    with pytest.raises(BadSignature):
        grant(f"{PATH}?sig={'0' * 64}")


def test_limited_keys_alone_make_signatures_needed() -> None:
    signer = Signer((), SIGNER.limited)
    with pytest.raises(BadSignature):
        signer.grant(PATH, "", 0.0)
    with pytest.raises(BadSettings):
        signer.sign(PATH)
    assert signer.sign(PATH, key="any")


def test_an_unknown_name_of_a_key_is_said() -> None:
    with pytest.raises(BadSettings, match="limited_keys, got 'shops'"):
        SIGNER.sign(PATH, key="shops")


def test_lists_of_what_there_is_not_are_refused_at_start_and_keep_the_secret() -> None:
    with pytest.raises(BadSettings) as caught:
        read_limited(
            {"a": "hush widht", "b": "hush preset=none", "c": "hush border", "d": "x preset=thum"},
            PRESETS,
        )
    problems = caught.value.public.split("\n")
    assert problems == [
        "limited_keys.a: there is no option widht (did you mean width?).",
        "limited_keys.b: there is no preset 'none'.",
        "limited_keys.d: there is no preset 'thum' (did you mean thumb?).",
    ]


def test_a_server_may_take_presets_alone() -> None:
    ONLY_PRESETS.check("preset=anything")
    with pytest.raises(OptionNotAllowed, match="Expected preset alone on this server, got 'width'"):
        ONLY_PRESETS.check("preset=a,width=80")


@pytest.mark.parametrize("text", ["", ",", "preset=", "preset=;", " preset = "])
def test_where_presets_alone_are_allowed_one_must_be_named(text: str) -> None:
    for allowed in (ONLY_PRESETS, Allowed(frozenset({"preset=safe", "preset=other"}), "here")):
        with pytest.raises(OptionNotAllowed):
            allowed.check(text)
    Allowed(frozenset({"preset=safe", "width"}), "here").check(text)

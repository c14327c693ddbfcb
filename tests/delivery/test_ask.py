from __future__ import annotations

from foveate.delivery.ask import Ask, rendition_key
from foveate.options.grammar import parse_options
from foveate.options.model import Overlay, TransformOptions
from foveate.storage.source import Source

CAT = Source(b"cat")
LOGO = Source(b"logo")
OVERLAYS = [Overlay(url=url, options=TransformOptions()) for url in ("logo", "star", "logo")]
DRAWN = TransformOptions(draw=tuple(OVERLAYS))


def ask(options: str, source: str | Source = "a") -> Ask:
    return Ask(options=parse_options(options).options, source=source)


def test_the_key_changes_with_options_source_version_and_generation() -> None:
    one, other, elsewhere = ask("w=8"), ask("w=9"), ask("w=8", "b")
    keys = {
        rendition_key(one, ["v1"], "g1"),
        rendition_key(other, ["v1"], "g1"),
        rendition_key(elsewhere, ["v1"], "g1"),
        rendition_key(one, ["v2"], "g1"),
        rendition_key(one, ["v1"], "g2"),
    }
    assert len(keys) == 5
    assert rendition_key(ask("width=8"), ["v1"], "g1") in keys


def test_the_key_changes_with_the_version_of_every_source() -> None:
    drawn = Ask(options=DRAWN, source="a")
    versions = (["a", "b", "c"], ["a", "b", "d"], ["a", "c", "b"], ["a", "b", None])
    assert len({rendition_key(drawn, each, "g1") for each in versions}) == 4


def test_a_source_is_in_hand_or_has_a_key_and_repeats_are_named_once() -> None:
    named = Ask(options=DRAWN, source="a")
    assert named.names == named.keys == ("a", "logo", "star")
    mixed = Ask(options=DRAWN, source="a", in_hand={"logo": LOGO})
    assert mixed.names == ("a", LOGO, "star")
    assert mixed.keys == ("a", "star")
    assert Ask(options=DRAWN, source=CAT).names == (CAT, "logo", "star")


def test_only_what_is_made_of_keys_alone_can_be_found_again() -> None:
    assert Ask(options=DRAWN, source="a").keepable
    assert Ask(options=DRAWN, source="a", in_hand={"other": LOGO}).keepable
    assert not Ask(options=DRAWN, source="a", in_hand={"logo": LOGO}).keepable
    assert not ask("w=8", CAT).keepable

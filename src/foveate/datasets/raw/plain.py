"""Folders of pictures of which nothing is written down, but where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.datasets.raw.raw import Noted

if TYPE_CHECKING:
    from foveate.datasets.raw.listing import Listing
    from foveate.datasets.raw.places import Place
    from foveate.datasets.raw.raw import Raw

SPLITS: Final = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation"), "val"),
    **dict.fromkeys(("test", "testing"), "test"),
}
"""What folders of splits are called, and what we call these."""


def folder(raw: Raw, place: Place, listing: Listing) -> dict[str, Noted]:  # noqa: ARG001
    """Return all pictures, of which nothing is known."""
    return {each.name: Noted() for each in listing.pictures}


def image_folder(raw: Raw, place: Place, listing: Listing) -> dict[str, Noted]:  # noqa: ARG001
    """Return all pictures with the folder that each is in as its label, and its split."""
    return {each.name: _noted(each.name) for each in listing.pictures}


def _noted(name: str) -> Noted:
    """Return what a path says of a picture.

    >>> _noted("training/cats/1.jpg").labels, _noted("training/cats/1.jpg").split
    (['cats'], 'train')
    """
    folders = name.split("/")[:-1]
    split = split_of(folders)
    labels = [each for each in folders if each.lower() not in SPLITS]
    return Noted(labels=labels[-1:], split=split)


def split_of(folders: list[str]) -> str:
    """Return the split that folders name, or nothing."""
    return next((SPLITS[each.lower()] for each in folders if each.lower() in SPLITS), "")

"""All of datasets, as the settings of a server describe it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.cores import cores
from foveate.datasets.handlers.installed import handlers_of
from foveate.datasets.listings import Listings
from foveate.datasets.places import OURS, files_place
from foveate.datasets.preparer import Preparer
from foveate.datasets.raw.registry import books_folder, open_registry
from foveate.datasets.room import Datasets, Ringer, letter
from foveate.datasets.shards.finish import ShardFormats
from foveate.datasets.shelf import Shelf
from foveate.datasets.store import Store
from foveate.datasets.threads import Threads
from foveate.jobs.callers import Callers
from foveate.jobs.followers import Followers
from foveate.jobs.links import Links
from foveate.jobs.webhooks import Webhooks
from foveate.people.keys import Keys
from foveate.service.access import RateLimit
from foveate.storage.dataset_paths import PATH
from foveate.storage.kept import KeptFiles
from foveate.storage.shared import SharedStore

if TYPE_CHECKING:
    from foveate.datasets.dataset import Event
    from foveate.datasets.making import Engine
    from foveate.datasets.seams import Formats, Handlers
    from foveate.settings import Settings

SECRET: Final = "datasets.secret"  # noqa: S105 - the name of a file


def open_datasets(
    settings: Settings, handlers: Handlers | None = None, formats: Formats | None = None
) -> Datasets:
    """Return the datasets that these settings describe. Raises BadSettings."""
    folder = books_folder(settings)
    store = Store(folder)
    links = Links(folder, settings.jobs.link_ttl_s, PATH, SECRET)
    followers: Followers[Event] = Followers(store.events)
    ringer = Ringer(followers.bell.ring)
    files = KeptFiles(files_place(settings), settings.origins)
    shelf = Shelf(files)
    preparer = Preparer(
        store=store,
        shelf=shelf,
        shared=SharedStore(f"{files.place}/{OURS}", settings.origins, called="place of datasets"),
        registry=open_registry(settings),
        installed=handlers or handlers_of(settings),
        formats=formats or ShardFormats(),
        engine=engine_of(settings),
        settings=settings.datasets,
        work=folder / "work",
        ring=ringer,
    )
    limit = RateLimit(settings.people.requests_per_minute)
    return Datasets(
        store=store,
        desk=preparer.desk,
        maker=preparer,
        listings=Listings(shelf),
        callers=Callers(
            Keys(folder, "datasets"), settings.signing.keys, limit, "datasets", "dataset"
        ),
        links=links,
        # Each server tells for its own books: a webhook is noted where it was asked for.
        webhooks=Webhooks(store, links, settings, lambda: True, letter=letter),
        followers=followers,
        ringer=ringer,
    )


def engine_of(settings: Settings) -> Engine:
    """Return what chunks are made by."""
    asked = settings.datasets
    if asked.engine == "ray":
        from foveate.datasets.on_ray import OnRay  # noqa: PLC0415 - few have a cluster

        return OnRay.of(settings)
    return Threads(asked.workers or cores())

"""Image URLs of other services, and of hosted images: read as ours, they go the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foveate.options.signing import Grant
from foveate.server.image_request import ImageUrl, locate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from foveate.options.signing import Signer
    from foveate.options.translators.mounts import Mount
    from foveate.server.image_request import Request


def read_translated(
    request: Request, mounts: Iterable[Mount], *, signer: Signer, folder: str, now: float
) -> ImageUrl:
    """Return where the picture of a URL below one of the mounts is, and what is asked of it.

    Raises BadRequest, or SourceNotFound for a path that climbs.
    """
    path, query = request.raw_path, request.raw_query
    mount = next(mount for mount in mounts if path.startswith(mount.prefix))
    grant = Grant() if mount.signed else signer.grant(path, query, now)
    own = query if mount.signed else signer.source_query(query)
    said = mount.read(path.removeprefix(mount.prefix), own, now)
    if grant.allowed is not None:
        grant.allowed.check(said.options)
    source, location = locate(said.source, said.query, folder)
    ends = [end for end in (grant.expires, said.expires) if end is not None]
    return ImageUrl(
        options=said.options,
        source=source,
        location=location,
        negotiates=said.negotiates,
        expires=min(ends, default=None),
        signed=mount.signed or signer.needed,
        key=grant.key,
    )

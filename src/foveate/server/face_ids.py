"""Ids of faces as other APIs write them: UUIDs, where ours are the same number without dashes."""

from __future__ import annotations

from uuid import UUID


def from_uuid(written: str) -> str:
    """Return our id for a UUID. Raises ValueError for what is none.

    >>> from_uuid("6B135F5B-a365-4522-b1f1-4c9ac2dd0728")
    '6b135f5ba3654522b1f14c9ac2dd0728'
    """
    try:
        return UUID(written).hex
    except (AttributeError, TypeError) as why:  # of what came as JSON
        raise ValueError("Expected a UUID as text.") from why


def to_uuid(number: str) -> str:
    """Return 32 hex digits as a UUID.

    >>> to_uuid("6b135f5ba3654522b1f14c9ac2dd0728")
    '6b135f5b-a365-4522-b1f1-4c9ac2dd0728'
    """
    return str(UUID(number))

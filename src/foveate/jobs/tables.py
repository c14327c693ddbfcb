"""What the queue's file holds, in SQL, and its rows as jobs."""

from __future__ import annotations

import json
from typing import Any, Final

from foveate.jobs.due import Due
from foveate.jobs.events import Events
from foveate.jobs.job import Event, Job, State, WebhookProgress

TABLES: Final = """
CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, key TEXT NOT NULL,
    state TEXT NOT NULL, description TEXT NOT NULL, out TEXT NOT NULL, idempotency TEXT,
    asked TEXT NOT NULL, created REAL NOT NULL, started REAL, finished REAL,
    stopping INTEGER NOT NULL DEFAULT 0, progress TEXT NOT NULL DEFAULT '{}',
    error TEXT NOT NULL DEFAULT '', message TEXT NOT NULL DEFAULT '',
    place TEXT NOT NULL DEFAULT '',
    UNIQUE (key, out), UNIQUE (key, idempotency)
);
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, number);
CREATE INDEX IF NOT EXISTS jobs_by_key ON jobs (key, state);
CREATE INDEX IF NOT EXISTS jobs_by_turn ON jobs (key, started);
CREATE INDEX IF NOT EXISTS jobs_by_end ON jobs (finished);
CREATE TABLE IF NOT EXISTS events (
    job INTEGER, number INTEGER, at REAL NOT NULL, name TEXT NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY (job, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS webhooks (
    job INTEGER PRIMARY KEY, url TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'waiting',
    tries INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '', next_at REAL
);
CREATE INDEX IF NOT EXISTS webhooks_by_time ON webhooks (state, next_at);
CREATE TABLE IF NOT EXISTS used (
    key TEXT, day INTEGER, pictures INTEGER NOT NULL, PRIMARY KEY (key, day)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS turns (key TEXT PRIMARY KEY, started REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rests (
    job INTEGER PRIMARY KEY, tries INTEGER NOT NULL, until REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS origins (
    one INTEGER PRIMARY KEY CHECK (one = 1), place TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS leftovers (
    job INTEGER PRIMARY KEY, id TEXT NOT NULL, key TEXT NOT NULL, out TEXT NOT NULL,
    next_at REAL NOT NULL DEFAULT 0, place TEXT NOT NULL DEFAULT '', UNIQUE (key, out)
);
"""
LATER: Final = (("jobs", "place"), ("leftovers", "place"))
"""Columns of text that queues from before have not: they are empty there."""
EVENTS: Final = Events("job", Event)
WEBHOOKS: Final = Due("job")
COLUMNS: Final = (
    "SELECT number, id, key, jobs.state, description, out, created, started, finished, stopping, "
    "progress, jobs.error, message, place, until, "
    "url, webhooks.state, webhooks.tries, webhooks.error "
    "FROM jobs LEFT JOIN webhooks ON webhooks.job = number LEFT JOIN rests ON rests.job = number"
)
NEXT: Final = """
SELECT number FROM jobs LEFT JOIN rests ON job = number WHERE state = 'queued' AND NOT EXISTS (
    SELECT 1 FROM used WHERE used.key = jobs.key AND day = ? AND pictures >= ?
) AND (until IS NULL OR until <= ? OR until > ?) ORDER BY (
    SELECT COALESCE(
        (SELECT started FROM turns WHERE turns.key = jobs.key),
        (SELECT MAX(started) FROM jobs AS others WHERE others.key = jobs.key),
        0
    )
), until IS NOT NULL, number LIMIT 1
"""
"""What rested comes behind the others of its key. Jobs tell of turns in a queue from before there
was a table of them: until they are deleted."""
TURN: Final = """
INSERT OR REPLACE INTO turns SELECT ?, 1 + COALESCE(
    (SELECT MAX(started) FROM turns), (SELECT MAX(started) FROM jobs), 0
)
"""
"""A key has had a turn: they are counted, from where times stood in a queue from before."""


def job_of(row: tuple[Any, ...]) -> Job:
    """Return the job of a row of `COLUMNS`."""
    number, id_, key, state, said, out, created, started, finished, *rest = row
    stopping, progress, error, message, place, rests_until, *told = rest
    return Job(
        number=number,
        id=id_,
        key=key,
        state=State(state),
        description=json.loads(said),
        out=out,
        created=created,
        started=started,
        finished=finished,
        stopping=bool(stopping),
        progress=json.loads(progress),
        error=error,
        message=message,
        place=place,
        rests_until=rests_until,
        webhook=WebhookProgress(*told) if told[0] is not None else None,
    )

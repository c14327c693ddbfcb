"""What the queue's file holds, in SQL."""

from __future__ import annotations

from typing import Final

TABLES: Final = """
CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, key TEXT NOT NULL,
    state TEXT NOT NULL, description TEXT NOT NULL, out TEXT NOT NULL, idempotency TEXT,
    asked TEXT NOT NULL, created REAL NOT NULL, started REAL, finished REAL,
    waits_until REAL NOT NULL DEFAULT 0, stopping INTEGER NOT NULL DEFAULT 0,
    progress TEXT NOT NULL DEFAULT '{}', error TEXT NOT NULL DEFAULT '',
    message TEXT NOT NULL DEFAULT '', UNIQUE (key, out), UNIQUE (key, idempotency)
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
"""
COLUMNS: Final = (
    "SELECT number, id, key, jobs.state, description, out, created, started, finished, stopping, "
    "progress, jobs.error, message, url, webhooks.state, tries, webhooks.error "
    "FROM jobs LEFT JOIN webhooks ON webhooks.job = jobs.number"
)
NEXT: Final = """
SELECT number FROM jobs WHERE state = 'queued' AND waits_until <= ? ORDER BY (
    SELECT COALESCE(MAX(started), 0) FROM jobs AS others WHERE others.key = jobs.key
), number LIMIT 1
"""

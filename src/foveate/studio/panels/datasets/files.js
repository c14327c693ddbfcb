// Links to the files of a dataset, for browsers with a key and without.

import { h } from '../../core/dom.js';
import { at, blobAt, hasKey } from '../../core/server.js';
import { bytes } from '../../core/words.js';

const MOST_IN_MEMORY = 256e6;

/** Returns links to all of a dataset and to its datasheet; `failed` is told what went wrong. */
export function files({ id, bytes: size }, failed) {
  const own = `v1/datasets/${id}`;
  const words = `Download (${bytes(size)}, zip)`;
  return [
    hasKey(own) && size > MOST_IN_MEMORY ? null : link(`${own}/archive`, words, `${id}.zip`, failed),
    link(`${own}/shards/README.md`, 'Datasheet', `${id}.md`, failed),
  ];
}

function link(path, words, name, failed) {
  const fetched = (event) => {
    if (!hasKey(path)) return;
    // A link sends no key: what it leads to is fetched with it, and saved from memory.
    event.preventDefault();
    blobAt(path).then((blob) => save(blob, name), failed);
  };
  return h('a', { class: 'button', href: at(path).href, download: name, onclick: fetched }, words);
}

function save(blob, name) {
  const href = URL.createObjectURL(blob);
  h('a', { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

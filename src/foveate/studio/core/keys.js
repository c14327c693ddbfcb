// Keys: each does what a visible control does.

import { h } from './dom.js';

const bound = new Map();
const NAMES = { ' ': 'Space', Escape: 'Esc' };

/** Binds a key to something that is done; `?` shows what it is called. */
export function key(name, title, act) {
  bound.set(name, { title, act });
}

/** Begins to listen. */
export function listen() {
  key('?', 'Show the keys', help);
  document.addEventListener('keydown', (event) => {
    const typing = event.target.closest('input, textarea, select, [contenteditable]');
    if (typing || document.querySelector('dialog[open]') || event.ctrlKey || event.metaKey || event.altKey) return;
    const found = bound.get(event.key) ?? bound.get(event.key.toLowerCase());
    if (!found) return;
    event.preventDefault();
    found.act();
  });
}

function help() {
  const rows = [...bound].map(([name, { title }]) => [h('dt', {}, h('kbd', {}, NAMES[name] ?? name.toUpperCase())), h('dd', {}, title)]);
  const dialog = h('dialog', { 'aria-labelledby': 'keys', onclose: () => dialog.remove() },
    h('form', { method: 'dialog', class: 'spread' }, h('h2', { id: 'keys' }, 'Keys'), h('button', { class: 'button quiet' }, 'Close')),
    h('dl', {}, rows));
  document.body.append(dialog);
  dialog.showModal();
}

// Keys: each does what a visible control does.

import { h } from './dom.js';

const bound = new Map();
const NAMES = { ' ': 'Space', Escape: 'Esc' };

/** Where keys are what somebody types. */
const TYPED = 'input:not([type=range], [type=checkbox], [type=radio], [type=color]), textarea, select, [contenteditable]';

/** What does something of its own with the space bar. */
const PRESSED = 'button:not([aria-selected=true]), summary, a, select, input';

/** Binds a key to something that is done, and to what is done when it is let go; `?` shows what it is called.
 * What returns false did nothing. Of two that want one key, the second is a mistake, but for numbers, which panels share. */
export function key(name, title, act, released) {
  if (bound.has(name) && bound.get(name).title !== title && !/\d/.test(name)) throw new Error(`The key ${name} does: ${bound.get(name).title}`);
  bound.set(name, { title, act, released });
}

/** Begins to listen. */
export function listen() {
  key('?', 'Show the keys', help);
  document.addEventListener('keydown', (event) => {
    const found = meant(event);
    if (!found) return;
    // What does nothing now leaves the key to the browser: the space bar scrolls.
    const done = event.repeat && found.released ? true : found.act();
    if (done !== false) event.preventDefault();
  });
  document.addEventListener('keyup', (event) => meant(event)?.released?.());
}

function meant(event) {
  const typing = event.target.closest(TYPED);
  if (typing || document.querySelector('dialog[open]') || event.ctrlKey || event.metaKey || event.altKey) return null;
  if (event.key === ' ' && event.target.closest(PRESSED)) return null;
  return bound.get(event.key) ?? bound.get(event.key.toLowerCase());
}

function help() {
  const rows = [...bound].map(([name, { title }]) => [h('dt', {}, h('kbd', {}, NAMES[name] ?? name.toUpperCase())), h('dd', {}, title)]);
  const dialog = h('dialog', { 'aria-labelledby': 'keys', onclose: () => dialog.remove() },
    h('form', { method: 'dialog', class: 'spread' }, h('h2', { id: 'keys' }, 'Keys'), h('button', { class: 'button quiet' }, 'Close')),
    h('dl', {}, rows));
  document.body.append(dialog);
  dialog.showModal();
}

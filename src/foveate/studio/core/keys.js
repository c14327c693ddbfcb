// Keys: each does what a visible control does.

import { h } from './dom.js';

const bound = new Map();
const NAMES = { ' ': 'Space', Escape: 'Esc', ArrowUp: 'Up', ArrowDown: 'Down' };

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

/** Lets `?` show a key that something on the page takes by itself. */
export const noted = (name, title) => key(name, title, null);

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
  if (typing || document.querySelector('dialog[open]')) return null;
  if (event.key === ' ' && event.target.closest(PRESSED)) return null;
  const found = event.ctrlKey || event.metaKey || event.altKey ? bound.get(together(event)) : bound.get(event.key) ?? bound.get(event.key.toLowerCase());
  return found?.act ? found : null;
}

/** Returns what keys that are held together are called: `Ctrl+Shift+z`, whatever a keyboard has for Ctrl. */
function together({ key: name, ctrlKey, metaKey, altKey, shiftKey }) {
  const held = [(ctrlKey || metaKey) && 'Ctrl', altKey && 'Alt', shiftKey && 'Shift'].filter(Boolean);
  return [...held, name.length === 1 ? name.toLowerCase() : name].join('+');
}

/** Returns how a key is shown. */
const shown = (name) => name.split(/(?<=.)\+/).map((each) => NAMES[each] ?? (each.length > 1 ? each : each.toUpperCase())).map((each) => h('kbd', {}, each));

function help() {
  const rows = [...bound].map(([name, { title }]) => [h('dt', {}, shown(name)), h('dd', {}, title)]);
  const dialog = h('dialog', { 'aria-labelledby': 'keys', onclose: () => dialog.remove() },
    h('form', { method: 'dialog', class: 'spread' }, h('h2', { id: 'keys' }, 'Keys'), h('button', { class: 'button quiet' }, 'Close')),
    h('dl', {}, rows));
  document.body.append(dialog);
  dialog.showModal();
}

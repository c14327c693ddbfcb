// Controls that set options of the URL.

import { h } from './dom.js';

/** Returns a labelled choice; `rows` are `[value, text]`, an empty value leaves the option out. */
export function choice(label, rows, value, act) {
  const select = h('select', { onchange: () => act(select.value) }, rows.map(([each, text]) => h('option', { value: each, selected: each === value }, text)));
  return h('label', { class: 'fact' }, h('span', {}, label), select);
}

/** Returns a labelled slider that tells its value; `done` is called when it is let go. */
export function slider(label, { min = 0, max = 1, step = 0.05, value = 0, shown = String, done }, act) {
  // No output: a label names the first thing in it that can be labelled.
  const told = h('span', { class: 'amount' }, shown(value));
  const field = h('input', { type: 'range', min, max, step, value, onchange: () => done?.(), oninput: () => {
    told.textContent = shown(Number(field.value));
    act(Number(field.value));
  } });
  return h('label', { class: 'fact' }, h('span', { class: 'spread' }, h('span', {}, label), told), field);
}

/** Returns a group of toggles of which one is pressed; `rows` are `[value, text]`. */
export function toggles(label, rows, value, act) {
  const buttons = rows.map(([each, text]) => h('button', { type: 'button', class: 'button', 'aria-pressed': each === value, 'data-value': each, onclick: () => {
    for (const other of buttons) other.setAttribute('aria-pressed', other === buttons[rows.findIndex(([own]) => own === each)]);
    act(each);
  } }, text));
  return h('div', { class: 'fact', role: 'group', 'aria-label': label }, h('span', {}, label), h('div', { class: 'row' }, buttons));
}

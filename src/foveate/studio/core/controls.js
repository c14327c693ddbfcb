// Controls that set options of the URL. Each has `show(value)`, which shows what the URL says and asks for nothing.

import { h } from './dom.js';
import { press } from './toggle.js';

/** Returns a labelled choice; `rows` are `[value, text]`, an empty value leaves the option out. */
export function choice(label, rows, value, act) {
  const select = h('select', { onchange: () => act(select.value) }, rows.map(([each, text]) => h('option', { value: each, selected: each === value }, text)));
  const show = (now) => {
    if (![...select.options].some((each) => each.value === now)) select.append(h('option', { value: now }, now));
    select.value = now;
  };
  return Object.assign(h('label', { class: 'fact' }, h('span', {}, label), select), { show });
}

/** Returns a labelled slider that tells its value; `done` is called when it is let go. */
export function slider(label, { min = 0, max = 1, step = 0.05, value = 0, shown = String, done }, act) {
  // No output: a label names the first thing in it that can be labelled.
  const told = h('span', { class: 'amount' }, shown(value));
  const field = h('input', { type: 'range', min, max, step, value, onchange: () => done?.(), oninput: () => {
    told.textContent = shown(Number(field.value));
    act(Number(field.value));
  } });
  const show = (now, text = shown(now)) => {
    field.value = now;
    told.textContent = text;
  };
  return Object.assign(h('label', { class: 'fact' }, h('span', { class: 'spread' }, h('span', {}, label), told), field), { show });
}

/** Returns a group of toggles of which one is pressed; `rows` are `[value, text]`. */
export function toggles(label, rows, value, act) {
  const show = (now) => {
    for (const button of buttons) press(button, button.dataset.value === now);
  };
  const buttons = rows.map(([each, text]) => h('button', { type: 'button', class: 'button', 'aria-pressed': each === value, 'data-value': each, onclick: () => {
    show(each);
    act(each);
  } }, text));
  return Object.assign(h('div', { class: 'fact', role: 'group', 'aria-label': label }, h('span', {}, label), h('div', { class: 'row' }, buttons)), { show });
}

/** Returns a field for a colour; one that is named, or of few digits, is shown as well. */
export function colour(label, value, act, more = {}) {
  const field = h('input', { type: 'color', value, 'aria-label': label, oninput: () => act(field.value), ...more });
  const show = (now) => {
    const pen = document.createElement('canvas').getContext('2d');
    pen.fillStyle = value;
    pen.fillStyle = now;
    field.value = pen.fillStyle;
  };
  return Object.assign(field, { show });
}

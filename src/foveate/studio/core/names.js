// A field for somebody's name, which offers those who are enrolled.

import { h } from './dom.js';

const QUIET_MS = 150;
const OFFERED = 20;
const MOST_LETTERS = 256;

let number = 0;

/** Returns `{field, list}`: both belong into the page. */
function nameField(index, label, value = '') {
  const id = `names-${(number += 1)}`;
  const list = h('datalist', { id });
  const field = h('input', { type: 'text', list: id, value, 'aria-label': label, placeholder: label, maxlength: MOST_LETTERS, autocomplete: 'off', spellcheck: 'false', required: true });
  let [timer, underway] = [0, new AbortController()];
  field.addEventListener('input', () => {
    clearTimeout(timer);
    underway.abort();
    underway = new AbortController();
    const { signal } = underway;
    timer = setTimeout(() => offer(index, list, field.value.trim(), signal), QUIET_MS);
  });
  return { field, list };
}

async function offer(index, list, contains, signal) {
  if (!contains || !index.chosen) return list.replaceChildren();
  const rows = await index.subjects({ contains, limit: OFFERED }).catch(() => []);
  if (signal.aborted) return undefined;
  return list.replaceChildren(...rows.map(({ name }) => h('option', { value: name })));
}

/** Returns a form in one line that takes a name; `act` is given it, and `cancel`, if there is one, takes the form away. */
export function nameForm(index, { label, value, button, act, cancel }) {
  const { field, list } = nameField(index, label, value);
  const go = h('button', { class: 'button primary' }, button);
  const form = h('form', { class: 'row naming', onsubmit: async (event) => {
    event.preventDefault();
    if (!field.value.trim()) return;
    go.disabled = true;
    await act(field.value.trim()).finally(() => { go.disabled = false; });
  } }, field, list, go, cancel ? h('button', { type: 'button', class: 'button quiet', onclick: cancel }, 'Cancel') : null);
  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !cancel) return;
    event.stopPropagation();
    cancel();
  });
  return { form, field, go };
}

// Who a face may be: a row of faces, each with a name and how likely it is.

import { h } from './dom.js';
import { percent } from './words.js';

/** Returns the row; `matches` are `{subject, face, probability}`, and `open`, if there is one, shows somebody. */
export function alike(matches, thumbs, open) {
  if (!matches.length) return h('div', { class: 'muted' }, 'nobody who is enrolled looks alike');
  return h('ul', { class: 'alike' }, matches.map((match) => h('li', {}, one(match, thumbs, open))));
}

function one({ subject, face, probability }, thumbs, open) {
  const name = subject || 'no name';
  const parts = [thumbs.of(face, subject), h('span', { class: 'name' }, name), h('span', { class: 'muted' }, percent(probability))];
  if (!subject || !open) return h('div', { class: 'who', title: name }, parts);
  return h('button', { type: 'button', class: 'who', title: `Show ${name}`, onclick: () => open(subject) }, parts);
}

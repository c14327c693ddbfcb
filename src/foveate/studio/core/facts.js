// What is told of a face, in words and bars, and how often that is wrong.

import { h } from './dom.js';
import { percent } from './words.js';

const MOST_BARS = 3;
/** What is known of how often each is wrong; docs/guides/people.md has the tables. */
const WRONG = {
  age: 'Off by 5.0 years on average of 421 faces of utkface, of which some were trained on: expect 6.',
  gender: 'Wrong for 8 % of 421 faces of utkface, of children for 17 %.',
  emotion: 'Right for 87 % of 282 posed faces of CK+, and for about half of photos of the web.',
  race: 'Five words of a data set, which often disagree with how people see themselves.',
};

/** Returns the stated error of a word, one click away. */
export function doubts(word) {
  return WRONG[word] ? h('details', { class: 'small' }, h('summary', {}, 'How often is this wrong?'), h('p', { class: 'muted' }, WRONG[word], ' ', h('a', { href: 'docs/guides/people#how-often-it-is-wrong' }, 'The tables'))) : null;
}

function bars({ probabilities }) {
  const rows = Object.entries(probabilities).sort(([, one], [, other]) => other - one).slice(0, MOST_BARS);
  return h('div', { class: 'bars' }, rows.flatMap(([word, share]) => {
    const bar = h('b');
    bar.style.width = `${100 * share}%`;
    return [h('span', {}, word), h('i', {}, bar), h('span', {}, percent(share))];
  }));
}

/** Returns what stands for the value of each word. */
export const SHOWN = {
  embedding: (row) => h('div', { class: 'muted' }, `${row.length} numbers of length 1`),
  age: ({ years, range }) => h('div', {}, `about ${Math.round(years)} years`, h('span', { class: 'muted' }, ` · ${range[0]} to ${range[1]}`)),
  gender: bars,
  emotion: bars,
  race: bars,
};

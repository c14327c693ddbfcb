// Search in all pages, as one types: the index comes once, and words are looked up in the browser.

import { h, say } from '../core/dom.js';
import { at, read } from '../core/server.js';

const MOST = 8;
const MOST_OF_PAGE = 3;
const PACKED = 32;
const OF_PAGE = 8;
const LESS_IF_LONGER = 0.7;
const WORD = /[\p{L}\p{N}]+/gu;

// As the server cuts words, in docs/search.py.
const ENDINGS = /(?<=[\p{L}\p{N}]{3})(?:ing|ed|es|e|s)$/u;
const DOUBLED = /([bdgmnpt])\1$/;

function stem(word) {
  if (word.endsWith('ss')) return word;
  const bare = word.replace(ENDINGS, '');
  return bare === word ? word : bare.replace(DOUBLED, '$1');
}

const words = (text) => [...text.toLowerCase().matchAll(WORD)].map(([word]) => stem(word)).filter((word) => word.length > 1);
const slug = (title) => title.toLowerCase().replace(/[^\p{L}\p{N}_\- ]/gu, '').replaceAll(' ', '-');

/** Where words are, and what each place is called. */
export class Index {
  constructor({ pages, places, common, words: known }) {
    this.places = pages.flatMap(([address, page, count], number) => {
      const about = words(page);
      return places.splice(0, count).map(([title, lead, anchor]) => ({ address: `${address}#${anchor ?? slug(title)}`, page, number, title, lead, about }));
    });
    this.common = new Set(common);
    this.words = Object.entries(known);
  }

  /** Returns the places that a text asks for, the best first. */
  find(text) {
    const all = words(text);
    const asked = all.some((word) => !this.common.has(word)) ? all.filter((word) => !this.common.has(word)) : [];
    const found = asked.map((word) => this.#having(word));
    const places = new Set(found.flatMap((having) => [...having.keys()]));
    const ranked = [...places].map((number) => [this.places[number], this.#score(number, asked, found)]);
    return mixed(ranked.sort(([, one], [, other]) => other - one).map(([place]) => place));
  }

  /** Returns how well a place fits: by the words that it has, or that its page is about. */
  #score(number, asked, found) {
    const { about } = this.places[number];
    let score = 0;
    let had = 0;
    asked.forEach((word, at) => {
      const own = found[at].get(number) ?? 0;
      const ofPage = about.some((each) => each.startsWith(word)) ? OF_PAGE : 0;
      score += Math.max(own, ofPage);
      had += own || ofPage ? 1 : 0;
    });
    return score * (had / asked.length) ** 2;
  }

  #having(asked) {
    const best = new Map();
    for (const [word, packed] of this.words) {
      if (!word.startsWith(asked)) continue;
      const near = word === asked ? 1 : (LESS_IF_LONGER * asked.length) / word.length;
      const rare = Math.log(1 + this.places.length / packed.length);
      let place = 0;
      for (const number of packed) {
        place += Math.floor(number / PACKED);
        best.set(place, Math.max(best.get(place) ?? 0, (number % PACKED) * near * rare));
      }
    }
    return best;
  }
}

/** Returns the first of them, not too many of one page. */
function mixed(places) {
  const of = new Map();
  return places.filter(({ number }) => {
    of.set(number, (of.get(number) ?? 0) + 1);
    return of.get(number) <= MOST_OF_PAGE;
  }).slice(0, MOST);
}

function marked(text, asked) {
  return text.split(/([\p{L}\p{N}]+)/u).map((part) => (asked.some((word) => stem(part.toLowerCase()).startsWith(word)) ? h('mark', {}, part) : part));
}

/** Adds the field for what to look for, and the list of what is found. */
export function addSearch(root) {
  let index = null;
  const list = h('ul', { id: 'page-found', role: 'listbox', 'aria-label': 'Found', hidden: true });
  const field = h('input', { type: 'search', role: 'combobox', placeholder: 'Search', 'aria-label': 'Search the documents', 'aria-expanded': 'false', 'aria-controls': 'page-found', 'aria-autocomplete': 'list', autocomplete: 'off', spellcheck: 'false' });
  root.append(field, h('kbd', { 'aria-hidden': 'true' }, '/'), list);

  const chosen = () => list.querySelector('[aria-selected="true"]');
  const open = (on) => {
    list.hidden = !on;
    field.setAttribute('aria-expanded', on);
    if (!on) field.removeAttribute('aria-activedescendant');
  };
  const choose = (item) => {
    chosen()?.setAttribute('aria-selected', 'false');
    item.setAttribute('aria-selected', 'true');
    item.scrollIntoView({ block: 'nearest' });
    field.setAttribute('aria-activedescendant', item.id);
  };
  const go = (item) => {
    open(false);
    location.assign(item.dataset.to);
  };

  function show(places) {
    const asked = words(field.value);
    list.replaceChildren(...places.map(({ address, page, title, lead }, number) =>
      h('li', { role: 'option', id: `page-found-${number}`, 'aria-selected': 'false', 'data-to': at(address).href },
        h('b', {}, marked(title, asked)), title === page ? null : h('span', { class: 'muted' }, ` · ${page}`),
        h('small', {}, marked(lead, asked)))));
    if (!places.length) list.append(h('li', { role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false' }, 'Nothing is found.'));
    open(true);
    if (places.length) choose(list.firstElementChild);
    say(places.length ? `${places.length} found.` : 'Nothing is found.');
  }

  async function look() {
    if (!field.value.trim()) return open(false);
    try {
      index ??= new Index(await read('docs/search.json'));
    } catch (why) {
      say(why.message);
      return open(false);
    }
    return show(index.find(field.value));
  }

  field.addEventListener('input', look);
  field.addEventListener('focus', () => field.value && look());
  field.addEventListener('blur', () => open(false));
  field.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' }[event.key];
    if (step && chosen()) {
      event.preventDefault();
      choose(chosen()[step] ?? (step === 'nextElementSibling' ? list.firstElementChild : list.lastElementChild));
    } else if (event.key === 'Enter' && chosen()) go(chosen());
    else if (event.key === 'Escape') open(false);
  });
  // A click would take the focus away, and with it the list.
  list.addEventListener('mousedown', (event) => event.preventDefault());
  list.addEventListener('click', (event) => {
    const item = event.target.closest('[data-to]');
    if (item) go(item);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.target.closest('input, textarea, select')) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
}

// A place of the page that is filled with what the server tells: a skeleton while it takes long, words where it fails, page by page.

import { h } from './dom.js';
import { patiently } from './server.js';
import { busy, trouble } from './trouble.js';

const LATE_MS = 300;
const LINES = 4;

export class Place {
  /** `says` is what is said while it takes long. */
  constructor(says = '') {
    this.says = says;
    this.element = h('div', { class: 'place' });
  }

  /** Shows what `draw` makes of what `fetch` gives; of several at once the last counts. Returns whether it does. */
  async fill(fetch, draw) {
    this.underway?.abort();
    const mine = new AbortController();
    this.underway = mine;
    const late = setTimeout(() => this.element.replaceChildren(skeleton(this.says)), this.element.childElementCount ? 4 * LATE_MS : LATE_MS);
    const again = () => this.fill(fetch, draw);
    const waits = (left) => left && this.element.replaceChildren(busy(left, () => this.#cancel(mine, again)));
    try {
      const told = await patiently(() => fetch(mine.signal), { signal: mine.signal, waits });
      if (mine.signal.aborted) return false;
      this.element.replaceChildren(...draw(told).filter(Boolean));
      return true;
    } catch (why) {
      if (why.name !== 'AbortError') this.element.replaceChildren(trouble(why, again));
      return false;
    } finally {
      clearTimeout(late);
    }
  }

  #cancel(mine, again) {
    mine.abort();
    this.element.replaceChildren(h('button', { type: 'button', class: 'button', onclick: again }, 'Try again'));
  }
}

function skeleton(says) {
  return h('div', { class: 'late lines' }, says && h('p', { class: 'muted', role: 'status' }, says), Array.from({ length: LINES }, () => h('div', { class: 'skeleton' })));
}

/** Returns what goes to the pages before and after one; nothing where there is one page. `turn` is given an offset. */
export function pager({ offset, shown, more, total }, size, turn) {
  if (!offset && !more) return null;
  const button = (text, to, there) => h('button', { type: 'button', class: 'button', disabled: !there, onclick: () => turn(to) }, text);
  const range = `${(offset + 1).toLocaleString()} to ${(offset + shown).toLocaleString()}`;
  return h('nav', { class: 'row pager', 'aria-label': 'Pages' },
    button('Previous', Math.max(0, offset - size), offset > 0), h('span', { class: 'muted' }, total ? `${range} of ${total.toLocaleString()}` : range),
    button('Next', offset + size, more));
}

// Enrolled faces as small pictures, where crops are kept; until then, and where none is kept, initials.

import { h } from './dom.js';

/** So many are asked for at once: their ids have to fit into an address. */
const MOST = 50;
/** So many are held, some 6 KB each. */
const HELD = 2000;

export class Thumbs {
  constructor(index) {
    this.index = index;
    this.known = new Map();
    this.wanted = new Map();
  }

  /** Returns an element for a face, by its id, of somebody; its picture comes by itself. */
  of(face, name) {
    const element = h('span', { class: 'thumb', 'aria-hidden': 'true' }, initials(name));
    if (this.known.has(face)) this.#show(element, this.known.get(face));
    else if (face) this.#want(face, element);
    return element;
  }

  #want(face, element) {
    if (!this.wanted.size) queueMicrotask(() => this.#ask());
    this.wanted.set(face, [...(this.wanted.get(face) ?? []), element]);
  }

  async #ask() {
    const asked = [...this.wanted];
    this.wanted.clear();
    for (let start = 0; start < asked.length; start += MOST) {
      const some = asked.slice(start, start + MOST);
      // Without them there are initials, and whatever is wrong is said by what asks for names.
      const crops = await this.index.crops(some.map(([face]) => face)).catch(() => null);
      if (!crops) return;
      for (const [face, elements] of some) this.#take(face, crops[face] ?? '', elements);
    }
  }

  #take(face, crop, elements) {
    this.known.set(face, crop);
    if (this.known.size > HELD) this.known.delete(this.known.keys().next().value);
    for (const element of elements) this.#show(element, crop);
  }

  #show(element, crop) {
    if (crop) element.replaceChildren(h('img', { src: `data:image/jpeg;base64,${crop}`, alt: '', class: 'fade' }));
  }
}

/** Returns up to two letters for a name: `Ann Lee` is AL. */
function initials(name) {
  const words = (name || '?').trim().split(/\s+/);
  return [words[0], ...(words.length > 1 ? [words.at(-1)] : [])].map((word) => [...word][0].toUpperCase()).join('');
}

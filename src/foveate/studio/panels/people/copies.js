// Pairs of faces that come from one picture: keep one of them.

import { confirmed } from '../../core/confirm.js';
import { h, say } from '../../core/dom.js';
import { day, origin } from '../../core/faces.js';
import { Place, pager } from '../../core/place.js';
import { trouble } from '../../core/trouble.js';
import { count, percent } from '../../core/words.js';

const SIZE = 12;

export class Copies {
  constructor(panel) {
    this.panel = panel;
    this.place = new Place('All faces are compared with each other; of many that takes some seconds.');
    this.heading = h('p', { class: 'muted', tabindex: '-1' });
    this.element = h('div', {}, this.heading, this.place.element);
  }

  look() {
    return this.#page(0);
  }

  #page(offset) {
    this.offset = offset;
    return this.place.fill((signal) => this.panel.index.duplicates({ offset, limit: SIZE }, signal), (told) => this.#draw(told));
  }

  #draw({ total, pairs }) {
    this.total = total;
    this.#count();
    this.pairs = h('ul', { class: 'groups fade' }, pairs.map((pair) => this.#pair(pair)));
    return [this.pairs, pager({ offset: this.offset, shown: pairs.length, more: this.offset + pairs.length < total, total }, SIZE, (to) => this.#turnTo(to))];
  }

  /** Those that are gone since are not before the next page any more. */
  #turnTo(offset) {
    return this.#page(offset > this.offset ? this.offset + this.pairs.childElementCount : offset);
  }

  #count() {
    this.heading.textContent = this.total ? `${count(this.total, 'pair')} of faces that come from one picture, however it was saved.` : 'No picture is there twice.';
  }

  #pair({ cosine, faces }) {
    const notice = h('div', { class: 'told' });
    const item = h('li', { class: 'card', 'data-faces': faces.map(({ id }) => id).join(' ') },
      h('div', { class: 'pair' }, faces.map((face, at) => this.#half(face, faces[1 - at], notice))),
      h('div', { class: 'muted' }, `alike by ${percent(cosine)}`), notice);
    return item;
  }

  #half(face, other, notice) {
    const name = face.subject ?? 'no name';
    return h('div', { class: 'half' }, this.panel.thumbs.of(face.id, face.subject),
      h('div', { class: 'name', dir: 'auto' }, name),
      h('div', { class: 'muted name', title: face.source }, origin(face)),
      h('div', { class: 'muted' }, `quality ${percent(face.quality)} · ${day(face.added)}`),
      this.panel.index.may('write') ? h('button', { type: 'button', class: 'button', 'aria-label': `Keep the face of ${name}, ${origin(face)}`, onclick: () => this.#keep(face, other, notice) }, 'Keep this one') : null);
  }

  async #keep(face, other, notice) {
    const whose = other.subject ? `of ${other.subject}, ` : '';
    const text = `The other face, ${whose}${origin(other)}, goes for good. ${face.subject ?? 'The face without a name'} keeps ${origin(face)}.`;
    if (!(await confirmed('Keep one, erase the other?', text, 'Erase the other'))) return;
    try {
      await this.panel.index.eraseFace(other.id);
      this.#gone(other.id);
    } catch (why) {
      notice.replaceChildren(trouble(why));
    }
  }

  #gone(face) {
    const before = [...this.pairs.children];
    for (const item of before) if (item.dataset.faces.includes(face)) item.remove();
    this.total -= before.length - this.pairs.childElementCount;
    this.#count();
    say(`The copy is erased. ${this.heading.textContent}`);
    this.heading.focus();
    if (!this.pairs.childElementCount) this.#page(Math.min(this.offset, Math.max(0, this.total - 1)));
  }
}

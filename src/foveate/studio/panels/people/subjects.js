// Everybody who is enrolled, found by a part of the name, page by page; and one of them.

import { h } from '../../core/dom.js';
import { day } from '../../core/faces.js';
import { Place, pager } from '../../core/place.js';
import { count } from '../../core/words.js';
import { Subject } from './subject.js';

const SIZE = 48;
const QUIET_MS = 150;

export class Subjects {
  constructor(panel) {
    this.panel = panel;
    this.place = new Place();
    this.field = h('input', { type: 'text', class: 'find', 'aria-label': 'Find a name', placeholder: 'Find a name', autocomplete: 'off', spellcheck: 'false', oninput: () => this.#soon() });
    this.list = h('div', {}, this.field, this.place.element);
    this.element = h('div', {}, this.list);
    this.offset = 0;
  }

  /** Shows the list, or somebody. */
  look({ subject } = {}) {
    return subject ? this.open(subject) : this.back();
  }

  back() {
    this.element.replaceChildren(this.list);
    return this.#page(this.offset);
  }

  async open(name) {
    const one = new Subject(this, name);
    this.element.replaceChildren(one.element);
    one.heading.focus();
    await one.look();
  }

  #soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#page(0), QUIET_MS);
  }

  #page(offset) {
    this.offset = offset;
    const contains = this.field.value.trim();
    return this.place.fill(
      (signal) => this.panel.index.subjects({ contains, offset, limit: SIZE + 1 }, signal),
      (rows) => this.#draw(rows, contains));
  }

  #draw(rows, contains) {
    const page = rows.slice(0, SIZE);
    if (!page.length) return [h('p', { class: 'muted' }, contains ? `Nobody's name contains “${contains}”.` : 'Nobody has a name yet. Find by picture adds somebody, and so does a face of Seen.')];
    return [
      h('ul', { class: 'tiles fade' }, page.map((row) => h('li', {}, this.#tile(row)))),
      pager({ offset: this.offset, shown: page.length, more: rows.length > SIZE }, SIZE, (to) => this.#page(to)),
    ];
  }

  #tile({ name, faces, added, face }) {
    return h('button', { type: 'button', class: 'tile', 'data-name': name, onclick: () => this.open(name) },
      this.panel.thumbs.of(face, name),
      h('span', { class: 'about' }, h('span', { class: 'name', dir: 'auto' }, name), h('span', { class: 'muted' }, `${count(faces, 'face')} · ${day(added)}`)));
  }
}

// Faces that nobody has named, in groups that look alike: a name for each group, and it is gone.

import { h, say } from '../../core/dom.js';
import { FaceGrid, origin } from '../../core/faces.js';
import { nameForm } from '../../core/names.js';
import { Place, pager } from '../../core/place.js';
import { trouble } from '../../core/trouble.js';
import { count } from '../../core/words.js';

const SIZE = 12;
const SHOWN = 8;

export class Unknown {
  constructor(panel) {
    this.panel = panel;
    this.place = new Place('All faces are compared with each other; of many that takes some seconds.');
    this.each = h('button', { type: 'button', class: 'button', 'aria-pressed': 'false', onclick: () => this.#turn() }, 'Each face by itself');
    this.heading = h('p', { class: 'muted', tabindex: '-1' });
    this.grid = new FaceGrid({ index: panel.index, thumbs: panel.thumbs, query: { named: false }, changed: (text) => this.#after(text) });
    this.element = h('div', {}, h('div', { class: 'spread' }, this.heading, this.each), this.place.element);
  }

  look() {
    if (this.single) return this.grid.show();
    return this.#page(0);
  }

  get single() {
    return this.each.getAttribute('aria-pressed') === 'true';
  }

  #turn() {
    this.each.setAttribute('aria-pressed', !this.single);
    this.element.lastElementChild.replaceWith(this.single ? this.grid.element : this.place.element);
    this.heading.textContent = this.single ? 'All faces without a name, the oldest first.' : '';
    return this.look();
  }

  #after(text) {
    say(text);
    this.heading.focus();
    return this.grid.show();
  }

  #page(offset) {
    this.offset = offset;
    return this.place.fill((signal) => this.panel.index.clusters({ offset, limit: SIZE }, signal), (told) => this.#draw(told));
  }

  #draw({ total, clusters }) {
    this.total = total;
    this.#count();
    if (!clusters.length && this.offset) this.#page(Math.max(0, this.offset - SIZE));
    this.groups = h('ul', { class: 'groups fade' }, clusters.map((group) => this.#group(group)));
    const blind = clusters.length > 0 && !this.panel.index.known.crops;
    return [blind && h('p', { class: 'muted' }, 'Of faces that are added no crop is kept here, so they are told by the names of their pictures. On the server, ', h('code', {}, 'FOVEATE_PEOPLE__KEEP_CROPS=1'), ' keeps crops.'), this.groups, pager({ offset: this.offset, shown: clusters.length, more: this.offset + clusters.length < total, total }, SIZE, (to) => this.#turnTo(to))];
  }

  /** Those that were named since are not before the next page any more. */
  #turnTo(offset) {
    return this.#page(offset > this.offset ? this.offset + this.groups.childElementCount : offset);
  }

  #count() {
    this.heading.textContent = this.total ? `${count(this.total, 'group')} of faces that look alike.` : 'No two faces without a name look alike.';
  }

  #group({ count: many, faces }) {
    const [first] = faces;
    const sources = [...new Set(faces.slice(0, SHOWN).map(origin))].join(', ');
    const notice = h('div', { class: 'told' });
    const item = h('li', { class: 'card', 'data-first': first.id },
      h('div', { class: 'thumbs' }, faces.slice(0, SHOWN).map(({ id }) => this.panel.thumbs.of(id, '')), many > SHOWN ? h('span', { class: 'muted' }, `and ${many - SHOWN}`) : null),
      h('div', {}, h('strong', {}, count(many, 'face')), h('div', { class: 'muted name', title: sources }, sources)));
    if (this.panel.index.may('write')) {
      const { form } = nameForm(this.panel.index, { label: 'Who is it?', button: 'Name', act: (name) => this.#name(item, { many, faces }, name, notice) });
      item.append(form, notice);
    }
    return item;
  }

  /** Those that were told get the name at once; where there are more, the server looks again for all that belong to one. */
  #given({ many, faces }, name) {
    const ids = faces.map(({ id }) => id);
    return many === ids.length ? this.panel.index.name(ids, name) : this.panel.index.name(ids.slice(0, 1), name, { cluster: true });
  }

  async #name(item, group, name, notice) {
    try {
      const { faces } = await this.#given(group, name);
      const next = item.nextElementSibling ?? item.previousElementSibling;
      item.remove();
      this.total -= 1;
      this.#count();
      say(`${count(faces, 'face')} are ${name}'s now.`);
      if (!next) await this.#page(this.offset);
      (next ?? this.groups.firstElementChild)?.querySelector('input')?.focus();
      if (!this.groups.childElementCount) this.heading.focus();
    } catch (why) {
      notice.replaceChildren(trouble(why));
    }
  }
}

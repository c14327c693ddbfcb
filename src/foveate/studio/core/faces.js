// Enrolled faces, page by page, each with what is kept of it and what may be done with it.

import { confirmed } from './confirm.js';
import { h, say } from './dom.js';
import { nameForm } from './names.js';
import { Place, pager } from './place.js';
import { trouble } from './trouble.js';
import { percent } from './words.js';

const SIZE = 24;

/** What is kept of the picture that a face was in, in words. */
export const origin = ({ source }) => (source ? source.split('/').pop() : 'a picture without a name');
export const day = (seconds) => new Date(seconds * 1000).toLocaleDateString();

export class FaceGrid {
  /** `query` is which faces; `changed` is called with what was done once there are others. */
  constructor({ index, thumbs, query, changed }) {
    Object.assign(this, { index, thumbs, query, changed });
    this.place = new Place();
    this.element = this.place.element;
  }

  show(offset = 0) {
    const fetch = (signal) => this.index.faces({ ...this.query, offset, limit: SIZE + 1 }, signal);
    return this.place.fill(fetch, (faces) => this.#draw(faces, offset));
  }

  #draw(faces, offset) {
    const page = faces.slice(0, SIZE);
    return [
      page.length ? h('ul', { class: 'faces fade' }, page.map((face) => this.#face(face))) : h('p', { class: 'muted' }, 'No face.'),
      pager({ offset, shown: page.length, more: faces.length > SIZE }, SIZE, (to) => this.show(to)),
    ];
  }

  #face(face) {
    const about = h('div', { class: 'about' },
      h('div', { class: 'name', title: face.source }, origin(face)),
      h('div', { class: 'muted' }, `quality ${percent(face.quality)} · ${day(face.added)}`));
    const item = h('li', { class: 'enrolled' }, this.thumbs.of(face.id, face.subject), about);
    if (this.index.may('write')) item.append(this.#actions(face, item));
    return item;
  }

  #actions(face, item) {
    const notice = h('div', { class: 'told' });
    const rename = h('button', { type: 'button', class: 'button quiet', 'aria-label': `Name the face of ${origin(face)}`, onclick: () => naming() }, face.subject ? 'Somebody else…' : 'Name…');
    const erase = h('button', { type: 'button', class: 'button quiet', 'aria-label': `Erase the face of ${origin(face)}`, onclick: () => this.#erase(face, notice) }, 'Erase…');
    const row = h('div', { class: 'row' }, rename, erase);
    const naming = () => {
      const back = () => {
        form.replaceWith(row);
        rename.focus();
      };
      const { form, field } = nameForm(this.index, { label: 'Who is it?', button: 'Name', cancel: back, act: (name) => this.#name(face, name, notice) });
      row.replaceWith(form);
      field.focus();
    };
    item.append(notice);
    return row;
  }

  async #name(face, name, notice) {
    try {
      await this.index.name([face.id], name, { force: true });
      this.changed(`The face is ${name}'s now.`);
    } catch (why) {
      notice.replaceChildren(trouble(why));
    }
  }

  async #erase(face, notice) {
    const whose = face.subject ? `of ${face.subject}` : 'without a name';
    const text = `One face ${whose}, of ${origin(face)}, goes for good: its numbers and its crop. Pictures elsewhere stay.`;
    if (!(await confirmed('Erase this face?', text, 'Erase the face'))) return;
    try {
      await this.index.eraseFace(face.id);
      this.changed('The face is erased.');
    } catch (why) {
      notice.replaceChildren(trouble(why));
    }
  }
}

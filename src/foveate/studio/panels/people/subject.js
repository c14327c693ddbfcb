// One who is enrolled: the faces, another name, whose they really are, and being erased.

import { confirmed } from '../../core/confirm.js';
import { h, say } from '../../core/dom.js';
import { FaceGrid, day } from '../../core/faces.js';
import { nameForm } from '../../core/names.js';
import { trouble } from '../../core/trouble.js';
import { count } from '../../core/words.js';

export class Subject {
  constructor(list, name) {
    Object.assign(this, { list, name });
    const { panel } = list;
    this.index = panel.index;
    this.heading = h('h3', { tabindex: '-1', dir: 'auto' }, name);
    this.about = h('p', { class: 'muted' }, '\u00a0');
    this.notice = h('div', { class: 'told' });
    this.actions = h('div', { class: 'row' });
    this.grid = new FaceGrid({ index: this.index, thumbs: panel.thumbs, query: { subject: name }, changed: (text) => this.#after(text) });
    this.element = h('section', { class: 'subject', 'aria-label': name },
      h('button', { type: 'button', class: 'button quiet back', onclick: () => this.#back() }, '← All people'),
      this.heading, this.about, this.actions, this.notice, this.grid.element);
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      this.#back();
    });
    if (this.index.may('write')) this.#offer();
  }

  async look() {
    await Promise.all([this.#tell(), this.grid.show()]);
  }

  async #tell() {
    const known = await this.index.subject(this.name).catch(() => undefined);
    this.about.textContent = known ? `${count(known.faces, 'face')} in ${this.index.chosen}, since ${day(known.added)}.` : `Nobody of that name is in ${this.index.chosen}.`;
    return known;
  }

  #offer() {
    const button = (text, act, more = '') => h('button', { type: 'button', class: `button ${more}`, onclick: act }, text);
    this.actions.replaceChildren(
      button('Rename…', () => this.#ask('The new name', 'Rename', this.name, (name) => this.#rename(name))),
      button('Give all faces to…', () => this.#ask('Who gets the faces?', 'Give', '', (into) => this.#merge(into))),
      button('Erase…', () => this.#erase(), 'danger'));
  }

  #ask(label, button, value, act) {
    const cancel = () => {
      this.#offer();
      this.actions.firstElementChild.focus();
    };
    const { form, field } = nameForm(this.index, { label, button, value, act: (name) => this.#tried(() => act(name)), cancel });
    this.actions.replaceChildren(form);
    field.select();
    field.focus();
  }

  async #rename(name) {
    await this.index.rename(this.name, name);
    say(`${this.name} is ${name} now.`);
    await this.list.open(name);
  }

  async #merge(into) {
    const { faces } = await this.index.merge(this.name, into);
    say(`${count(faces, 'face')} of ${this.name} ${faces === 1 ? 'is' : 'are'} ${into}'s now.`);
    await this.list.open(into);
  }

  async #erase() {
    const known = await this.#tell();
    if (!known) return;
    const what = known.faces ? `${known.faces === 1 ? 'The one face' : `All ${count(known.faces, 'face')}`} of ${this.name} in ${this.index.chosen} and the name go` : `The name goes; there is no face of ${this.name}`;
    const text = `${what}, for good: nobody finds ${this.name} there again. Pictures elsewhere stay, and the audit log keeps that it was done.`;
    if (!(await confirmed(`Erase ${this.name}?`, text, `Erase ${this.name}`))) return;
    await this.#tried(async () => {
      const { erased } = await this.index.eraseSubject(this.name);
      say(`${this.name} is erased, with ${count(erased, 'face')}.`);
      await this.#back();
    });
  }

  async #tried(act) {
    this.notice.replaceChildren();
    try {
      await act();
    } catch (why) {
      this.notice.replaceChildren(trouble(why));
    }
  }

  async #after(text) {
    say(text);
    const known = await this.#tell();
    if (!known) return this.#back();
    this.heading.focus();
    return this.grid.show();
  }

  async #back() {
    await this.list.back();
    const tile = [...this.list.element.querySelectorAll('.tile')].find(({ dataset }) => dataset.name === this.name);
    (tile ?? this.list.field).focus();
  }
}

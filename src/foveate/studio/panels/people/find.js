// Who is on a picture: dropped, pasted or picked here, and kept nowhere unless somebody is added.

import { alike } from '../../core/alike.js';
import { cutOut } from '../../core/cutout.js';
import { h, say } from '../../core/dom.js';
import { picker } from '../../core/empty.js';
import { enrolForm, placeOf } from '../../core/enrol.js';
import { Picture } from '../../core/picture.js';
import { Place } from '../../core/place.js';
import { trouble } from '../../core/trouble.js';
import { count, percent } from '../../core/words.js';

const MATCHES = 5;

export class Find {
  constructor(panel) {
    this.panel = panel;
    this.place = new Place();
    this.file = picker((what) => this.take(what));
    this.far = h('input', { type: 'checkbox', onchange: () => this.picture && this.#find() });
    this.element = h('div', {},
      h('div', { class: 'drop here' },
        h('h3', {}, 'Who is on this picture?'),
        h('div', { class: 'row' },
          h('button', { type: 'button', class: 'button primary', onclick: () => this.file.click() }, 'Choose a picture'),
          h('span', { class: 'muted' }, 'or drop or paste one')),
        h('label', { class: 'check' }, this.far, 'Show the nearest, however far'),
        this.file),
      this.place.element);
  }

  look() {
    if (this.picture) this.#find();
  }

  /** Takes a picture, `{name, blob}` or `{name, address}`, and says who is on it. */
  take(what) {
    this.picture?.leave();
    this.what = what;
    this.picture = new Picture(what);
    return this.#find();
  }

  #find() {
    const { picture } = this;
    const confidence = this.far.checked ? 0 : undefined;
    return this.place.fill(async (signal) => {
      if (!picture.source) await this.#arrive(picture);
      return this.panel.index.search(picture.body, { limit: MATCHES, confidence }, signal);
    }, (told) => this.#draw(picture, told));
  }

  async #arrive(picture) {
    const shown = await picture.decode();
    await picture.arrive(() => {}, () => {});
    if (!shown) await picture.fetchShown();
  }

  #draw(picture, { width, height, faces }) {
    const image = h('img', { src: picture.shown, alt: picture.name });
    const known = faces.filter(({ candidates }) => candidates.some(({ subject }) => subject)).length;
    const text = faces.length ? `${count(faces.length, 'face')}, ${known || 'none'} of somebody who has a name here.` : 'No face was found.';
    say(text);
    this.told = h('div', { class: 'told' });
    return [
      h('div', { class: 'found' }, image, h('div', {}, h('p', {}, text), this.#all(picture, faces))),
      this.told,
      h('div', { class: 'cards wide-cards fade' }, faces.map((face, number) => this.#card(picture, image, { width, height }, face, number))),
    ];
  }

  #all(picture, faces) {
    const write = this.panel.index.may('write') && faces.length > 0;
    return h('div', { class: 'row' },
      write ? h('button', { type: 'button', class: 'button', onclick: () => this.#addAll(picture) }, 'Add all without a name') : null,
      h('button', { type: 'button', class: 'button', onclick: () => this.panel.studio.take(this.what) }, 'Open on the stage'));
  }

  async #addAll(picture) {
    try {
      const { enrolled, refused, already } = await this.panel.index.enrol(picture.body, { source: picture.name });
      const poor = refused.length ? ` ${count(refused.length, 'face')} would not be found again: ${refused.map(({ reason }) => reason).join(', ')}.` : '';
      this.#say(already ? 'This picture was added before.' : `${count(enrolled.length, 'face')} added without a name.${poor}`);
    } catch (why) {
      this.told.replaceChildren(trouble(why));
    }
  }

  #say(text) {
    say(text);
    this.told.replaceChildren(h('p', { class: 'notice' }, text));
  }

  #card(picture, image, size, face, number) {
    const label = `Face ${number + 1}`;
    const matches = face.candidates.map(({ subject, probability, face: { id } }) => ({ subject, probability, face: id }));
    const place = h('div');
    const card = h('article', { class: 'card', 'aria-label': label },
      h('header', {}, cutOut(image, size, face.box, label), h('div', {}, h('h3', {}, label), h('div', { class: 'muted' }, `quality ${percent(face.quality)}`))),
      alike(matches, this.panel.thumbs, (name) => this.panel.open('people', { subject: name })), place);
    if (this.panel.index.may('write')) this.#offer(place, picture, placeOf(face.box, size));
    return card;
  }

  #offer(place, picture, at) {
    const add = h('button', { type: 'button', class: 'button', onclick: () => {
      const close = () => {
        place.replaceChildren(add);
        add.focus();
      };
      const done = async (_, text) => {
        place.replaceChildren(add, h('p', { class: 'muted' }, text));
        say(text);
        add.focus();
      };
      const { element, field } = enrolForm(this.panel.index, { body: picture.body, at, source: picture.name }, { done, close });
      place.replaceChildren(element);
      field.focus();
    } }, 'Add to index');
    place.replaceChildren(add);
  }
}

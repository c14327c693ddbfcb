// People: whom the face index knows, who has no name yet, what is there twice, and who is on a picture.

import { h, say } from '../core/dom.js';
import { key } from '../core/keys.js';
import { KEYS } from '../core/server.js';
import { trouble, unlock } from '../core/trouble.js';
import { count } from '../core/words.js';
import { Copies } from './people/copies.js';
import { Find } from './people/find.js';
import { Subjects } from './people/subjects.js';
import { Unknown } from './people/unknown.js';

const VIEWS = [['people', 'People', Subjects], ['unknown', 'Without a name', Unknown], ['copies', 'Copies', Copies], ['find', 'Find by picture', Find]];
const LOCKED = 'KeyNeeded';

export default {
  id: 'people',
  title: 'People',
  icon: 'M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7 9c0-4 3-6 7-6s7 2 7 6m0-17a4 4 0 0 1 0 8m3 3c2 1 3 3 3 6',
  alone: true,
  takes: true,
  there: (told) => Boolean(told.people),
  open: (studio) => new People(studio),
};

const told = ({ name, faces }) => `${name} · ${count(faces, 'face')}`;

class People {
  constructor(studio) {
    this.studio = studio;
    this.index = studio.index;
    this.thumbs = studio.thumbs;
    this.views = new Map(VIEWS.map(([id, , View]) => [id, new View(this)]));
    this.view = 'people';
    this.body = h('div');
    this.element = h('div', { class: 'people' }, h('h2', {}, 'People'), this.body);
    this.index.onchange = () => this.#recount();
    key('/', 'Find a name', () => this.element.isConnected && this.index.chosen && this.#search());
  }

  /** Asks anew what may be seen, and shows it. */
  async look(about) {
    await this.studio.learn();
    if (about) this.view = 'people';
    if (this.index.refused) this.body.replaceChildren(this.#locked());
    else if (!this.index.chosen) this.body.replaceChildren(this.#none());
    else this.#show(about);
  }

  /** Takes a picture that was dropped or pasted. */
  take(what) {
    if (!this.index.chosen) {
      this.studio.take(what);
      return;
    }
    this.open('find');
    this.views.get('find').take(what);
  }

  /** Opens one of the views; `about` is what it is to show. */
  open(view, about) {
    this.view = view;
    this.#show(about);
  }

  #search() {
    this.open('people');
    this.views.get('people').field.focus();
  }

  #show(about) {
    const view = this.views.get(this.view);
    const buttons = VIEWS.map(([id, title]) => h('button', { type: 'button', class: 'button', 'aria-pressed': id === this.view, onclick: () => this.open(id) }, title));
    this.body.replaceChildren(
      h('div', { class: 'bar' }, this.#chooser(), h('div', { class: 'row', role: 'group', 'aria-label': 'What is shown' }, buttons)),
      ...(this.index.may('write') ? [] : [this.#reads()]),
      view.element);
    view.look(about);
  }

  /** Tells how many faces there are now. */
  async #recount() {
    await this.studio.learn();
    for (const option of this.body.querySelectorAll('.bar option')) {
      const row = this.index.collections.find(({ name }) => name === option.value);
      if (row) option.textContent = told(row);
    }
  }

  #chooser() {
    const { index } = this;
    const select = h('select', { 'aria-label': 'Collection', onchange: () => {
      index.choose(select.value);
      say(`${select.value} is shown.`);
      this.views = new Map(VIEWS.map(([id, , View]) => [id, new View(this)]));
      this.#show();
      this.body.querySelector('select').focus();
    } }, index.collections.map((row) => h('option', { value: row.name, selected: row.name === index.chosen }, told(row))));
    return select;
  }

  #locked() {
    const { error, message } = this.index.refused;
    const again = () => this.#again();
    if (error !== LOCKED) return trouble(Object.assign(new Error(message), { name: error }), again);
    return h('div', { class: 'notice', role: 'status' },
      h('h3', {}, 'The face index is locked'),
      h('p', {}, sessionStorage.getItem(KEYS.index) ? 'The key that was entered is not known here.' : 'It answers whoever has one of its keys.'),
      h('p', {}, 'A key with the scope read shows who is enrolled and finds people; one with write also names, adds and erases. It is kept until this tab is closed.'),
      unlock(again),
      h('p', {}, 'On the server, this makes one: ', h('code', {}, `foveate people key add NAME --collection ${this.index.known.usual} --scope write`)),
      h('details', { class: 'small' }, h('summary', {}, 'What the server says'), h('p', { class: 'muted' }, message)));
  }

  async #again() {
    await this.look();
    this.body.querySelector('input[type="password"], select')?.focus();
  }

  #reads() {
    return h('details', { class: 'small' }, h('summary', {}, 'This key reads. To name, add and erase, use one with the scope write.'), unlock(() => this.#again()));
  }

  #none() {
    const { index } = this;
    const name = index.first;
    const notice = h('div');
    const make = async () => {
      try {
        await index.make();
        say(`The collection ${name} is made.`);
        await this.look();
        this.body.querySelector('select')?.focus();
      } catch (why) {
        notice.replaceChildren(trouble(why));
      }
    };
    return h('div', { class: 'nobody' },
      h('h3', {}, 'There is no collection yet'),
      h('p', {}, 'A collection is a set of people. Whoever is added first makes it: here, from a face of Seen, or on the server with ', h('code', {}, `foveate people import photos/ -c ${name}`), '.'),
      index.may('write') ? h('button', { type: 'button', class: 'button primary', onclick: make }, `Make “${name}”`) : h('p', { class: 'muted' }, 'This key only reads; making one needs the scope write.'),
      notice);
  }
}

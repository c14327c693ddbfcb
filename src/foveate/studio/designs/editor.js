// The editor of a design: what is seen of it, what may be done, and the panels beside it.

import { h, say } from '../core/dom.js';
import { listen } from '../core/keys.js';
import { trouble, unlock } from '../core/trouble.js';
import { KEYS } from '../core/server.js';
import { Canvas } from './canvas.js';
import { Handles } from './handles.js';
import { bindKeys } from './bindings.js';
import { Lettering } from './lettering.js';
import { Head } from './head.js';
import { Pictures } from './pictures.js';
import { Pointing } from './pointing.js';
import { called } from './scene.js';
import { Shelf } from './shelf.js';
import { Design } from './state.js';
import { Words } from './words.js';

const root = (id) => document.getElementById(id);
const LOCKED = new Set(['KeyNeeded', 'ScopeNotAllowed']);

class Editor {
  constructor(id) {
    this.words = new Words();
    this.design = new Design(id, this.words);
    this.canvas = new Canvas(root('canvas'), this.design);
    this.handles = new Handles(this.canvas, this.design);
    this.lettering = new Lettering(this);
    this.pointing = new Pointing(this);
    this.pictures = new Pictures(this);
    this.head = new Head(this, root('top'), root('insert'));
    this.shelf = new Shelf(this);
    bindKeys(this);
    listen();
    this.#leave();
    this.open();
  }

  /** Reads the design, and shows it. */
  async open() {
    root('canvas').querySelector('.notice')?.remove();
    try {
      await Promise.all([this.words.learn(), this.design.keeping.take()]);
      document.body.classList.add('ready');
      this.shelf.begin();
      this.head.draw();
      this.canvas.view.focus({ preventScroll: true, focusVisible: false });
    } catch (why) {
      root('canvas').append(LOCKED.has(why.name) ? this.#locked(why) : trouble(why, () => this.open()));
    }
  }

  #locked(why) {
    return h('div', { class: 'notice', role: 'status' },
      h('h2', {}, 'Designs are locked'), h('p', {}, why.message),
      h('p', {}, 'A key with the scope write changes designs; read shows them. It is kept until this tab is closed.'),
      unlock(() => this.open(), KEYS.designs));
  }

  /** Says something, to be read aloud too. */
  say(text) {
    this.head.tell(text);
    say(text);
  }

  /** Reads aloud what is chosen. */
  told(id) {
    say(called(this.design.spots.get(id).node));
  }

  /** Keeps what was done; returns the version in which it is. Throws where it cannot be kept. */
  kept() {
    this.lettering.end();
    return this.design.keeping.now();
  }

  /** Lets the letters of a text be typed where they stand. */
  edit(id) {
    this.design.choose([id]);
    this.lettering.edit(id);
  }

  #leave() {
    const { keeping } = this.design;
    addEventListener('beforeunload', (event) => keeping.state !== 'kept' && event.preventDefault());
    document.addEventListener('visibilitychange', () => {
      if (document.hidden && keeping.state === 'waiting') keeping.now().catch(() => {});
      if (!document.hidden) keeping.refresh().catch(() => {});
    });
  }
}

globalThis.editor = new Editor(location.pathname.split('/').at(-1));

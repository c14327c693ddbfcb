// The studio: a stage, a rail of panels, and the picture that all of them look at.

import { h, say } from './core/dom.js';
import { Compare } from './core/compare.js';
import { empty, ofAddress, ofFile, picker } from './core/empty.js';
import { parsed } from './core/grammar.js';
import { key, listen } from './core/keys.js';
import { Index } from './core/people.js';
import { Picture } from './core/picture.js';
import { Renderer } from './core/renderer.js';
import { Refused, patiently, read, signing } from './core/server.js';
import { Stage, alike } from './core/stage.js';
import { Thumbs } from './core/thumbs.js';
import { Options, UrlBar } from './core/url.js';
import { busy, trouble } from './core/trouble.js';
import { PANELS } from './panels/index.js';

const root = (id) => document.getElementById(id);
const isAt = (page) => location.pathname.replace(/\/$/, '').endsWith(`/${page}`);
// What this server may have besides pictures, by the paths of their pages.
const PAGES = [['people', 'People'], ['datasets', 'Datasets'], ['designs', 'Designs']];

class Studio {
  constructor() {
    this.picture = null;
    this.told = {};
    this.stage = new Stage(root('stage'));
    this.compare = new Compare(this.stage);
    this.original = new Image();
    this.options = new Options();
    this.index = new Index();
    this.thumbs = new Thumbs(this.index);
    this.bar = new UrlBar(root('urlbar'), this);
    this.made = null;
    this.renderer = new Renderer(this, (...made) => this.#showMade(...made), (why) => this.#failed(why));
    this.ready = this.#ask();
    this.panels = new Map(PANELS.map((panel) => [panel.id, { ...panel, shown: null }]));
    this.#drawRail();
    this.#listen();
    this.#begin();
    if (isAt('status')) this.open('operate');
    this.ready.then(() => this.#drawPages()).then(() => { this.first.hidden = false; });
    this.#takeNamed();
  }

  /** Takes the picture that a link into the page names, with its options. */
  async #takeNamed() {
    const named = new URLSearchParams(location.hash.slice(1));
    if (!named.get('source')) return;
    const taken = await this.take(ofAddress(named.get('source')));
    if (!taken || taken !== this.picture) return;
    this.options.set(parsed(named.get('options') ?? ''));
    this.open('bytes');
  }

  /** Shows the ways to what this server has besides pictures. */
  #drawPages() {
    if (!PAGES.some(([page]) => this.told[page])) return;
    this.#drawRail();
    for (const [page, title] of PAGES.filter(([page]) => this.told[page])) {
      document.querySelector('#top nav a[href="status"]').before(h('a', { href: page, class: 'first', 'aria-current': isAt(page) && 'page' }, title));
      if (isAt(page)) this.open(page);
    }
  }

  /** Asks anew what may be done with the face index. */
  async learn() {
    const { people } = await read('v1/studio').catch(() => ({}));
    if (people) this.index.learn(people);
  }

  async #ask() {
    const none = new AbortController().signal;
    this.told = await patiently(() => read('v1/studio'), { signal: none, waits: () => {} }).catch(() => ({}));
    signing(this.told.signed);
    this.bar.signs(this.told.signed);
    this.index.learn(this.told.people ?? null);
    await this.options.learn().catch(() => {});
    return this.told;
  }

  #begin() {
    this.file = picker((what) => this.take(what));
    this.another = h('button', { type: 'button', class: 'button', hidden: true, onclick: () => this.file.click() }, 'Open a picture');
    document.querySelector('#top nav').prepend(this.file, this.another);
    this.first = empty((what) => this.take(what), this.file);
    this.first.hidden = PAGES.some(([page]) => isAt(page)); // until it is told whether there is such a page
    root('stage').append(this.first);
    this.stage.view.hidden = this.stage.tools.hidden = true;
  }

  /** Takes another picture, `{name, blob}` or `{name, address}`; returns it once all is told of it, or null. */
  async take(what) {
    this.picture?.leave();
    const picture = new Picture(what);
    this.picture = picture;
    document.body.classList.remove('bare', 'alone');
    this.first.remove();
    this.another.hidden = false;
    this.stage.view.hidden = this.stage.tools.hidden = false;
    this.options.clear();
    this.open('seen');
    say(`${picture.name} is opened.`);
    try {
      await this.#arrive(picture);
      this.bar.from(picture);
      await this.panels.get('seen').shown.look(picture);
      this.#catchUp(picture);
      return picture;
    } catch (why) {
      if (why.name !== 'AbortError' && picture === this.picture) root('panel').replaceChildren(trouble(why, () => this.take(what)));
    } finally {
      if (picture === this.picture) this.stage.progress(null);
    }
    return null;
  }

  /** Lets a panel look that was opened before the picture had arrived. */
  #catchUp(picture) {
    const { id, alone, looked } = this.current;
    if (picture === this.picture && id !== 'seen' && !alone && looked !== picture) this.open(id);
  }

  async #arrive(picture) {
    const decoding = picture.decode().then((decoded) => decoded && this.#show(picture));
    const waits = (left) => root('panel').replaceChildren(...(left ? [busy(left, () => picture.leave())] : [this.panels.get('seen').shown.element]));
    await picture.arrive((share) => this.stage.progress(share), waits);
    await this.ready;
    if (!(await decoding)) {
      await picture.fetchShown();
      this.#show(picture);
    }
  }

  #show(picture) {
    if (picture !== this.picture) return false;
    this.stage.overlay.replaceChildren();
    this.stage.show(picture.shown, picture);
    this.stage.image.alt = picture.name;
    this.original.src = picture.shown;
    performance.mark('picture-shown');
    return true;
  }

  /** The faces that were found, in pixels of the source. */
  get faces() {
    return this.panels.get('seen').shown?.faces ?? [];
  }

  /** Whether the stage shows what the URL answers, rather than the source. */
  get renders() {
    return Boolean(this.current?.renders && !this.current.shown?.explains);
  }

  /** Shows an answer, with what is told of it; nothing is told of a quick form, which lies where the answer will. */
  async #showMade(blob, about, headers) {
    const url = URL.createObjectURL(blob);
    const image = new Image();
    image.src = url;
    await image.decode().catch(() => {
      throw new Refused('NotShown', 'A browser does not show this. The URL answers with it all the same.');
    });
    if (!this.renders) return;
    if (this.made) URL.revokeObjectURL(this.made.url);
    const own = { width: image.naturalWidth, height: image.naturalHeight };
    const { width, height } = about === null && alike(own, this.picture) ? this.picture : own;
    this.made = { url, width, height, size: blob.size, type: blob.type, headers };
    this.stage.overlay.setAttribute('hidden', '');
    this.stage.show(url, this.made);
    this.current.shown.drawn?.();
    if (about) this.bar.tell(`${width} × ${height} · ${about}`);
    await this.#showBefore(this.made);
  }

  /** Shows what was before beside what was made, where both show the same. */
  async #showBefore(made) {
    const { current, picture } = this;
    const soon = current.shown.before?.(picture.signal, made) ?? { url: picture.shown };
    if (soon instanceof Promise) this.compare.hide(); // what it shows is of another answer
    const said = await Promise.resolve(soon).catch(() => null);
    if (made !== this.made || current !== this.current) return;
    // Cut out of the middle of something else, both would show different things.
    if (said && current.compares && (current.shown.before || alike(made, picture))) this.compare.show(said.url, ...(said.labels ?? []));
    else this.compare.hide();
  }

  #failed(why) {
    this.bar.tell('');
    this.bar.notes('');
    say(why.message);
  }

  /** Takes back what the panel did last, or puts the option string back to what it was. */
  undo() {
    if (this.current?.shown.undo?.()) return;
    if (this.options.undo()) say(`Undone: ${this.options.text()}`);
  }

  /** Opens a panel; `about` is what one that needs no picture is to show. */
  open(id, about) {
    const panel = this.panels.get(id);
    panel.shown ??= panel.open(this);
    if (panel !== this.current) this.compare.rest();
    this.current = panel;
    this.stage.pointAt(panel.shown.pointing ?? null);
    root('panel').replaceChildren(panel.shown.element);
    root('panel').scrollTop = 0;
    this.turnStage();
    document.body.classList.toggle('alone', Boolean(panel.alone));
    document.body.classList.toggle('touched', Boolean(panel.swift));
    if (panel.alone) panel.shown.look(about);
    else if (id === 'seen') panel.shown.again();
    else if (this.picture?.source && panel.looked !== this.picture) {
      panel.looked = this.picture;
      panel.shown.look(this.picture);
    } else panel.shown.follow?.();
    for (const tab of root('rail').firstElementChild.children) tab.setAttribute('aria-selected', tab.dataset.panel === id);
  }

  /** Shows what the panel wants to be seen. */
  turnStage() {
    if (!this.picture?.source) return;
    this.renderer.now();
    if (this.renders) return;
    this.compare.hide();
    this.stage.overlay.toggleAttribute('hidden', Boolean(this.current.shown.explains));
    this.stage.show(this.picture.shown, this.picture);
    this.current.shown.drawn?.();
    this.bar.tell('');
    this.bar.notes('');
  }

  #drawRail() {
    const panels = [...this.panels.values()].filter(({ there }) => !there || there(this.told));
    root('rail').firstElementChild.replaceChildren(...panels.map(({ id, title, icon, alone }, number) => {
      key(String(number + 1), title, () => (this.picture || alone) && this.open(id));
      const tab = h('button', { type: 'button', role: 'tab', 'aria-selected': id === this.current?.id, 'aria-controls': 'panel', 'data-panel': id, onclick: () => this.open(id) });
      tab.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${icon}"/></svg>${title}`;
      return tab;
    }));
  }

  #listen() {
    addEventListener('paste', (event) => {
      const file = [...event.clipboardData.files].find(({ type }) => type.startsWith('image/'));
      if (file) this.#bring(ofFile(file));
    });
    addEventListener('dragover', (event) => {
      event.preventDefault();
      document.body.classList.add('over');
    });
    addEventListener('dragleave', (event) => event.relatedTarget || document.body.classList.remove('over'));
    addEventListener('drop', (event) => this.#drop(event));
    addEventListener('hashchange', () => this.#takeNamed());
    addEventListener('online', () => this.picture && this.take(this.picture));
    key('o', 'Open a picture', () => this.file.click());
    key('+', 'Zoom in', () => this.stage.zoomBy(1.25));
    key('-', 'Zoom out', () => this.stage.zoomBy(0.8));
    key('0', 'Fit the picture', () => this.stage.fit());
    key('p', 'Show it at 100 %', () => this.stage.actual());
    key(' ', 'Show what was before; hold it to look', () => this.compare.peek(), () => this.compare.release());
    key('d', 'Show the difference', () => this.current?.compares && this.compare.differ());
    key('e', 'Explain the options', () => this.picture?.source && this.bar.explain.toggle());
    key('c', 'Copy', () => this.picture?.source && this.bar.copy());
    key('z', 'Undo the last click, or the last option', () => this.undo());
    key('Escape', 'Back to what is seen', () => this.picture && this.open('seen'));
    key('f', 'Show or hide the faces', () => this.stage.overlay.toggleAttribute('hidden'));
    listen();
  }

  #drop(event) {
    event.preventDefault();
    document.body.classList.remove('over');
    const [file] = event.dataTransfer.files;
    const address = event.dataTransfer.getData('text/uri-list');
    if (file) this.#bring(ofFile(file));
    else if (address) this.#bring(ofAddress(address));
  }

  /** Gives what was dropped or pasted to the panel that asks for it, or puts it on the stage. */
  #bring(what) {
    return this.current?.takes ? this.current.shown.take(what) : this.take(what);
  }
}

globalThis.studio = new Studio();

// Where the design is seen: the server's drawing of it, zoomed and moved, and what is laid over that.

import { h, s } from '../core/dom.js';
import { count } from '../core/words.js';
import { Drawing, alone, scaleFor, without, wordless } from './drawing.js';

const LEAST = 0.02;
const MOST = 8;
const STEP = 1.25;
const MARGIN = 40;
const NARROW_MARGIN = 16;
const NARROW = 480;
/** Another zoom is drawn once it stays so long. */
const CALM_MS = 180;
const HELP = 'The design. Tab goes from block to block, arrows move what is chosen, Enter edits a text; question mark shows all keys.';

export class Canvas {
  constructor(root, design) {
    this.image = h('img', { alt: '', draggable: 'false', class: 'drawn' });
    this.own = h('img', { alt: '', draggable: 'false', class: 'own', hidden: true });
    this.sheet = h('div', { class: 'sheet checks' }, this.image, this.own);
    this.overlay = s('svg', { class: 'overlay', 'aria-hidden': 'true' });
    this.above = h('div', { class: 'above' });
    this.view = h('div', { class: 'view', tabindex: '0', role: 'application', 'aria-label': HELP }, this.sheet, this.overlay, this.above);
    this.count = h('summary');
    this.words = h('ul');
    this.said = h('details', { class: 'said', hidden: true }, this.count, this.words);
    this.level = h('output', { 'aria-label': 'Zoom' });
    this.tools = h('div', { class: 'tools' },
      h('button', { type: 'button', 'aria-label': 'Zoom out', onclick: () => this.zoomBy(1 / STEP) }, '−'), this.level,
      h('button', { type: 'button', 'aria-label': 'Zoom in', onclick: () => this.zoomBy(STEP) }, '+'),
      h('button', { type: 'button', onclick: () => this.fit() }, 'Fit'));
    root.append(this.view, this.said, this.tools);
    Object.assign(this, { root, design, zoom: 1, x: 0, y: 0, fitted: true, heard: [], gone: [] });
    this.drawing = new Drawing((drawn) => this.#show(drawn), (why) => this.tell([why.message], true));
    design.on('scene chosen', () => this.draw());
    new ResizeObserver(() => (this.fitted ? this.fit() : this.#place())).observe(root);
    this.view.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
  }

  /** Calls `act` whenever the design lies elsewhere on the screen. */
  onplace(act) {
    this.heard.push(act);
  }

  /** Asks for a drawing of what is seen now, unless that is what is drawn. */
  draw() {
    const { shown, sheet } = this.design;
    if (!sheet) return;
    if (sheet.width !== this.size?.width || sheet.height !== this.size?.height) this.#take(sheet);
    if (this.apart) return;
    const scale = scaleFor(sheet, this.zoom);
    if (this.asked?.scene === shown && this.asked.page === sheet.id && this.asked.scale === scale && this.asked.hides === this.hides) return;
    this.asked = { scene: shown, page: sheet.id, scale, hides: this.hides };
    this.drawing.ask(this.hides ? wordless(shown, this.hides) : shown, { page: sheet.id, scale });
  }

  /** Leaves the letters of a text out of what is drawn: they are typed in their place. */
  hide(id) {
    this.hides = id;
    for (const act of this.heard) act();
    this.draw();
  }

  #take({ width, height }) {
    this.size = { width, height };
    Object.assign(this.sheet.style, { width: `${width}px`, height: `${height}px` });
    if (this.fitted) this.fit();
  }

  async #show({ blob, note }) {
    const url = URL.createObjectURL(blob);
    const next = h('img', { alt: '', draggable: 'false', class: 'drawn', src: url });
    await next.decode().catch(() => {});
    if (this.apart) return URL.revokeObjectURL(url);
    this.image.replaceWith(next);
    this.image = next;
    this.own.hidden = true;
    this.image.dataset.drawn = Number(this.drawings = (this.drawings ?? 0) + 1);
    for (const old of this.gone.splice(0)) URL.revokeObjectURL(old);
    this.gone.push(url);
    const missing = [...this.drawing.missing.values()].map(({ why }) => why);
    this.tell([...missing, ...sentences(note)], missing.length > 0);
    for (const act of this.heard) act();
    return null;
  }

  /** Says what was noticed of what is seen, folded; what is wrong with all of it is not. */
  tell(texts, wrong = false) {
    this.said.hidden = !texts.length;
    const plain = texts.length === 1 && this.view.clientWidth > NARROW;
    this.count.textContent = plain ? texts[0] : count(texts.length, 'remark');
    this.words.replaceChildren(...(plain ? [] : texts.map((each) => h('li', {}, each))));
    this.said.classList.toggle('wrong', wrong);
  }

  /** Draws some blocks and all others apart, so that those are seen to move until `together`. */
  async lift(ids) {
    const { scene, sheet } = this.design;
    const about = { page: sheet.id, scale: scaleFor(sheet, this.zoom) };
    const key = (this.lifted = { ids });
    const gone = new Set(ids);
    const [below, own] = await Promise.all([this.drawing.drawn(without(scene, gone), about), this.drawing.drawn(alone(scene, ids), about)]).catch(() => []);
    if (key !== this.lifted || !below) return;
    const urls = [below, own].map(({ blob }) => URL.createObjectURL(blob));
    await Promise.all(urls.map((src) => Object.assign(new Image(), { src }).decode().catch(() => {})));
    if (key !== this.lifted) return;
    this.apart = true;
    [this.image.src, this.own.src] = urls;
    this.gone.push(...urls);
    this.own.hidden = false;
    this.carry();
  }

  /** Shows what was lifted a step away from where it was, or turned by degrees about a point of the page. */
  carry({ x = 0, y = 0, turn = 0, about = { x: 0, y: 0 } } = this.carried ?? {}) {
    this.carried = { x, y, turn, about };
    Object.assign(this.own.style, { transformOrigin: `${about.x}px ${about.y}px`, transform: `translate(${x}px, ${y}px) rotate(${turn}deg)` });
  }

  /** Ends what `lift` began; what was lifted is seen where it is until all is drawn. */
  together() {
    this.lifted = this.carried = null;
    this.apart = false;
    this.asked = null;
    this.draw();
  }

  /** Returns a place of the screen on the page. */
  at({ clientX, clientY }) {
    const { left, top } = this.view.getBoundingClientRect();
    return { x: (clientX - left - this.x) / this.zoom, y: (clientY - top - this.y) / this.zoom };
  }

  /** Returns a place of the page on the view. */
  seen({ x, y }) {
    return { x: x * this.zoom + this.x, y: y * this.zoom + this.y };
  }

  fit() {
    if (!this.size) return;
    const { clientWidth: width, clientHeight: height } = this.view;
    const margin = width < NARROW ? NARROW_MARGIN : MARGIN;
    this.fitted = true;
    this.zoom = Math.min(Math.max(Math.min((width - 2 * margin) / this.size.width, (height - 2 * margin) / this.size.height), LEAST), MOST);
    this.#place((width - this.size.width * this.zoom) / 2, (height - this.size.height * this.zoom) / 2);
  }

  /** Zooms about a place of the view, its middle if none is said. */
  zoomBy(by, { x, y } = { x: this.view.clientWidth / 2, y: this.view.clientHeight / 2 }) {
    const zoom = Math.min(Math.max(this.zoom * by, LEAST), MOST);
    const times = zoom / this.zoom;
    this.fitted = false;
    this.zoom = zoom;
    this.#place(x - (x - this.x) * times, y - (y - this.y) * times);
  }

  panBy(x, y) {
    this.fitted = false;
    this.#place(this.x + x, this.y + y);
  }

  #wheel(event) {
    event.preventDefault();
    const { left, top } = this.view.getBoundingClientRect();
    if (event.ctrlKey || event.metaKey) this.zoomBy(Math.exp(-event.deltaY / 300), { x: event.clientX - left, y: event.clientY - top });
    else this.panBy(-event.deltaX, -event.deltaY);
  }

  #place(x = this.x, y = this.y) {
    Object.assign(this, { x, y });
    this.sheet.style.transform = `translate(${x}px, ${y}px) scale(${this.zoom})`;
    this.level.textContent = `${Math.round(100 * this.zoom)} %`;
    for (const act of this.heard) act();
    clearTimeout(this.calm);
    this.calm = setTimeout(() => this.draw(), CALM_MS);
  }
}

/** Returns the sentences of a note. */
const sentences = (note) => note.split(/(?<=\.) (?=[^a-z])/).filter(Boolean);

// The picture, and what is drawn over it: zoom from 10 to 800 %, pan, fit.

import { h, s } from './dom.js';

const LEAST = 0.1;
const MOST = 8;
const STEP = 1.25;
/** From here on pixels are shown as squares. */
const CRISP = 2;
/** A narrower stage leaves less beside the picture, in pixels of the page. */
const NARROW = 480;
/** What is done within this needs no sign that it is under way. */
const SOON_MS = 300;

const MOVED = 'The picture. Plus and minus zoom, arrows move, 0 fits it.';

/** Returns whether two sizes have one shape, but for the rounding to whole pixels. */
export const alike = (one, other) => Math.abs(one.width * other.height - one.height * other.width) <= Math.max(one.width, one.height, other.width, other.height);

export class Stage {
  constructor(root) {
    this.image = h('img', { alt: '', draggable: 'false' });
    this.overlay = s('svg', { class: 'overlay', 'aria-hidden': 'true' });
    this.guides = s('svg', { class: 'guides', 'aria-hidden': 'true' });
    this.sheet = h('div', { class: 'sheet checks' }, this.image, this.overlay, this.guides);
    this.view = h('div', { class: 'view', tabindex: '0', role: 'application', 'aria-label': MOVED }, this.sheet);
    this.hairline = h('div', { class: 'hairline', hidden: true });
    this.working = h('p', { class: 'working', hidden: true }, 'Working…');
    this.level = h('output', { 'aria-label': 'Zoom' });
    this.tools = h('div', { class: 'tools' },
      h('button', { type: 'button', 'aria-label': 'Zoom out', onclick: () => this.zoomBy(1 / STEP) }, '−'),
      this.level,
      h('button', { type: 'button', 'aria-label': 'Zoom in', onclick: () => this.zoomBy(STEP) }, '+'),
      h('button', { type: 'button', class: 'whole', onclick: () => this.fit() }, 'Fit'),
      h('button', { type: 'button', title: 'P', 'aria-label': '1:1, one pixel of it is one of the page', onclick: () => this.actual() }, '1:1'));
    root.append(this.hairline, this.view, this.tools, this.working);
    Object.assign(this, { root, size: null, scale: 1, x: 0, y: 0, fitted: true, pointers: new Map(), heard: [], pointing: null, works: 0 });
    new ResizeObserver(() => this.fitted && this.fit()).observe(root);
    this.#listen();
  }

  /** Calls `act` whenever the picture is at another place or zoom. */
  onplace(act) {
    this.heard.push(act);
  }

  /** Lets one pointer, arrows and Enter point at the picture; with null they move it again. */
  pointAt(pointing) {
    if (pointing === this.pointing) return;
    this.pointing?.leave();
    this.pointing = pointing;
    pointing?.enter();
    this.view.classList.toggle('pointed', Boolean(pointing));
    this.view.setAttribute('aria-label', pointing?.label ?? MOVED);
  }

  /**
   * Shows a picture of `width` by `height`, whatever the pixels at `url` measure. One of the same
   * shape as the one before stays where that was.
   */
  show(url, { width, height }) {
    const before = this.size;
    this.size = { width, height };
    this.image.src = url;
    for (const layer of [this.overlay, this.guides]) layer.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.guides.replaceChildren();
    Object.assign(this.sheet.style, { width: `${width}px`, height: `${height}px` });
    if (this.fitted || !before || !alike(before, this.size)) this.fit();
    else this.#place((this.scale * before.width) / width, this.x, this.y);
  }

  progress(share) {
    this.hairline.hidden = share === null;
    this.hairline.style.transform = `scaleX(${share ?? 0})`;
  }

  /** Says that something is under way for as long as `work` is, unless it is done at once; returns what it gives. */
  async during(work) {
    if (this.works++ === 0) this.late = setTimeout(() => { this.working.hidden = false; }, SOON_MS);
    try {
      return await work;
    } finally {
      if (--this.works === 0) {
        clearTimeout(this.late);
        this.working.hidden = true;
      }
    }
  }

  fit() {
    if (!this.size) return;
    const { clientWidth: width, clientHeight: height } = this.root;
    const room = width < NARROW ? 16 : 32;
    const scale = Math.min(1, (width - room) / this.size.width, (height - room) / this.size.height);
    this.fitted = true;
    this.#place(Math.max(scale, 0.01), (width - this.size.width * scale) / 2, (height - this.size.height * scale) / 2);
  }

  /** Shows it at 100 %. */
  actual() {
    this.zoomBy(1 / this.scale);
  }

  zoomBy(times, x = this.root.clientWidth / 2, y = this.root.clientHeight / 2) {
    if (!this.size) return;
    const scale = Math.min(MOST, Math.max(Math.min(LEAST, this.scale), this.scale * times));
    const grown = scale / this.scale;
    this.fitted = false;
    this.#place(scale, x - (x - this.x) * grown, y - (y - this.y) * grown);
  }

  moveBy(x, y) {
    this.fitted = false;
    this.#place(this.scale, this.x + x, this.y + y);
  }

  #place(scale, x, y) {
    Object.assign(this, { scale, x, y });
    this.sheet.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    // Lines are as thick at any zoom; `vector-effect` knows nothing of this transform.
    this.sheet.style.setProperty('--zoom', scale);
    this.sheet.classList.toggle('crisp', scale > CRISP);
    this.tools.classList.toggle('fitted', this.fitted);
    this.level.textContent = `${Math.round(scale * 100)} %`;
    for (const act of this.heard) act();
  }

  #listen() {
    const { view } = this;
    view.addEventListener('wheel', (event) => {
      event.preventDefault();
      const box = view.getBoundingClientRect();
      this.zoomBy(Math.exp(-event.deltaY / 400), event.clientX - box.left, event.clientY - box.top);
    }, { passive: false });
    view.addEventListener('pointerdown', (event) => {
      this.pointers.set(event.pointerId, event);
      if (this.pointers.size > 1) this.pointing?.cancel();
      else if (this.pointing?.begin(event)) return;
      view.classList.add('dragged');
    });
    view.addEventListener('pointermove', (event) => this.#drag(event));
    for (const end of ['pointerup', 'pointercancel', 'pointerleave']) {
      view.addEventListener(end, (event) => {
        this.pointers.delete(event.pointerId);
        if (end === 'pointerup') this.pointing?.end(event);
        else this.pointing?.cancel();
        view.classList.toggle('dragged', this.pointers.size > 0);
      });
    }
    view.addEventListener('dblclick', () => this.pointing || this.fit());
    view.addEventListener('keydown', (event) => {
      if (this.pointing?.key(event)) {
        event.preventDefault();
        return;
      }
      const by = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] }[event.key];
      if (!by) return;
      event.preventDefault();
      this.moveBy(...by);
    });
  }

  #drag(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const [one, other] = [...this.pointers.values()];
    this.pointers.set(event.pointerId, event);
    if (!other && this.pointing?.from) return this.pointing.move(event);
    if (!other) return this.moveBy(event.clientX - before.clientX, event.clientY - before.clientY);
    const still = one.pointerId === event.pointerId ? other : one;
    const apart = (point) => Math.hypot(point.clientX - still.clientX, point.clientY - still.clientY);
    const box = this.view.getBoundingClientRect();
    return this.zoomBy(apart(event) / Math.max(1, apart(before)), (event.clientX + still.clientX) / 2 - box.left, (event.clientY + still.clientY) / 2 - box.top);
  }
}

// A small map of the picture on which a place, or faces, are chosen for crops to go by.

import { h, s } from './dom.js';

const STEP = 0.02;
const WIDE = 1000;

export class FocusMap {
  constructor(changed) {
    this.changed = changed;
    this.image = h('img', { alt: '', draggable: 'false' });
    this.svg = s('svg', { 'aria-hidden': 'true' });
    this.point = { x: 0.5, y: 0.5 };
    this.chosen = new Set();
    this.handle = h('div', { class: 'focus', tabindex: '0', role: 'slider', 'aria-label': 'What crops go by: arrows move it', 'aria-valuemin': 0, 'aria-valuemax': 100 });
    this.sheet = h('div', { class: 'map' }, this.image, this.svg, this.handle);
    this.people = h('div', { class: 'row', role: 'group', 'aria-label': 'Faces' });
    this.element = h('div', { hidden: true }, this.sheet, this.people);
    this.#listen();
  }

  /** Shows a picture, and its faces to be chosen. */
  show(picture, faces) {
    const { width, height } = picture;
    this.size = { width, height };
    this.image.src = picture.shown;
    this.faces = faces;
    this.chosen.clear();
    this.sheet.style.aspectRatio = `${width} / ${height}`;
    this.svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.people.replaceChildren(...faces.map((_, number) => h('button', { type: 'button', class: 'button', 'aria-pressed': 'false', onclick: () => this.#toggle(number) }, `Face ${number + 1}`)));
    this.#put(0.5, 0.5);
  }

  /** Returns a crop of another place: where `gravity` puts a window of its shape. */
  placed(crop) {
    const { width, height } = this.size;
    const aspect = crop.box.width / crop.box.height;
    const box = { width: Math.min(width, height * aspect), height: Math.min(height, width / aspect) };
    const [x, y] = this.chosen.size ? this.#around(box) : [this.point.x, this.point.y];
    box.left = (width - box.width) * x;
    box.top = (height - box.height) * y;
    return { ...crop, box, gravity: `${x.toFixed(3)}x${y.toFixed(3)}` };
  }

  /** Returns the place for which a window has the chosen faces in its middle. */
  #around(box) {
    const boxes = [...this.chosen].map((number) => this.faces[number].box);
    const middle = (low, size) => (Math.min(...boxes.map((each) => each[low])) + Math.max(...boxes.map((each) => each[low] + each[size]))) / 2;
    const share = (at, part, whole) => (whole > part ? Math.min(1, Math.max(0, (at - part / 2) / (whole - part))) : 0.5);
    return [share(middle('left', 'width'), box.width, this.size.width), share(middle('top', 'height'), box.height, this.size.height)];
  }

  /** Chooses one face, and no other. */
  choose(number) {
    this.chosen = new Set([number]);
    this.#draw();
  }

  #toggle(number) {
    if (!this.chosen.delete(number)) this.chosen.add(number);
    this.#draw();
    this.changed();
  }

  #put(x, y) {
    this.point = { x: Math.min(1, Math.max(0, x)), y: Math.min(1, Math.max(0, y)) };
    Object.assign(this.handle.style, { left: `${100 * this.point.x}%`, top: `${100 * this.point.y}%` });
    this.handle.setAttribute('aria-valuenow', Math.round(100 * this.point.x));
    this.handle.setAttribute('aria-valuetext', `${Math.round(100 * this.point.x)} % across, ${Math.round(100 * this.point.y)} % down`);
    this.#draw();
  }

  #draw() {
    this.handle.hidden = this.chosen.size > 0;
    for (const [number, button] of [...this.people.children].entries()) button.setAttribute('aria-pressed', this.chosen.has(number));
    const stroke = this.size.width / WIDE;
    this.svg.replaceChildren(...this.faces.map(({ box }, number) => s('rect', {
      x: box.left, y: box.top, width: box.width, height: box.height,
      class: this.chosen.has(number) ? 'face chosen' : 'face', 'stroke-width': 4 * stroke, onclick: () => this.#toggle(number),
    })));
  }

  #listen() {
    const move = (event) => {
      const box = this.sheet.getBoundingClientRect();
      this.#put((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
      this.changed();
    };
    this.handle.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      this.handle.setPointerCapture(event.pointerId);
      this.handle.addEventListener('pointermove', move);
      this.handle.addEventListener('pointerup', () => this.handle.removeEventListener('pointermove', move), { once: true });
    });
    this.handle.addEventListener('keydown', (event) => {
      const by = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key];
      if (!by) return;
      event.preventDefault();
      this.#put(this.point.x + by[0], this.point.y + by[1]);
      this.changed();
    });
    this.image.addEventListener('click', (event) => {
      this.chosen.clear();
      move(event);
    });
  }
}

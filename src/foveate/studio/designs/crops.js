// Parts of a page before and after changes, side by side: cut out of two drawings of all of it.

import { h } from '../core/dom.js';
import { Drawing } from './drawing.js';
import { covering, extentOf, spotsOf } from './scene.js';

/** Pixels of the longer side of a page as it is drawn for this. */
const MOST = 1000;
const WIDE = 124;
const HIGH = 84;
/** So much of what changes is seen around it, and so many pixels of the page at least. */
const AROUND = 0.15;
const LEAST = 120;
const NOBODY = () => {};

export class Crops {
  /** Takes a design before and after all changes, as it was when they were proposed. */
  constructor(before, after) {
    this.sides = [before, after].map((scene) => ({ scene, spots: spotsOf(scene), drawn: new Map() }));
    this.drawing = new Drawing(NOBODY, NOBODY);
  }

  /** Returns two pictures of what a change is about, which come a moment later. */
  pair(change) {
    const id = change.id ?? change.block.id;
    const spots = this.sides.map((side) => side.spots.get(id));
    const page = (spots.find(Boolean) ?? { page: this.sides[0].scene.pages[0] }).page;
    const boxes = spots.filter(Boolean).map((spot) => (spot.parent ? extentOf(spot) : { left: 0, top: 0, width: page.width, height: page.height }));
    const part = widened(boxes.length ? covering(boxes) : { left: 0, top: 0, width: page.width, height: page.height });
    return h('div', { class: 'pair' }, this.sides.map((side, at) => this.#cut(side, page.id, part, ['Before', 'After'][at])));
  }

  #cut(side, page, part, title) {
    const ratio = devicePixelRatio;
    const canvas = h('canvas', { width: WIDE * ratio, height: HIGH * ratio, role: 'img', 'aria-label': title });
    const figure = h('figure', {}, canvas, h('figcaption', {}, title));
    this.#drawn(side, page).then(({ image, scale }) => {
      const by = Math.min(canvas.width / part.width, canvas.height / part.height);
      const [left, top] = [(canvas.width - part.width * by) / 2, (canvas.height - part.height * by) / 2];
      const paint = canvas.getContext('2d');
      paint.imageSmoothingQuality = 'high';
      paint.drawImage(image, left - part.left * by, top - part.top * by, (image.width / scale) * by, (image.height / scale) * by);
      canvas.dataset.drawn = '';
    }, (why) => figure.classList.add('wrong') ?? figure.setAttribute('title', why.message));
    return figure;
  }

  #drawn(side, page) {
    if (!side.drawn.has(page)) side.drawn.set(page, this.#draw(side, page));
    return side.drawn.get(page);
  }

  async #draw({ scene, spots }, page) {
    const { width, height } = spots.get(page).node;
    const scale = Math.min(1, MOST / Math.max(width, height));
    const { blob } = await this.drawing.drawn(scene, { page, scale });
    return { image: await createImageBitmap(blob), scale };
  }
}

/** Returns a part of a page with what is around it, in the shape in which it is shown. */
function widened({ left, top, width, height }) {
  const wide = Math.max(width * (1 + 2 * AROUND), ((height * (1 + 2 * AROUND)) / HIGH) * WIDE, LEAST);
  const high = (wide / WIDE) * HIGH;
  return { left: left + width / 2 - wide / 2, top: top + height / 2 - high / 2, width: wide, height: high };
}

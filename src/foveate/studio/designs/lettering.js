// Texts typed where they stand, in their font; once it is done, the server draws them anew.

import { h } from '../core/dom.js';
import { retyped } from './changes.js';
import { familyOf } from './fonts.js';
import { boxOf, lettersOf, planeOf, product } from './scene.js';

/** Letters that shrink do so in such steps, and no further than that. */
const STEP = 0.94;
const LEAST = 0.2;
const SHARES = { middle: 0.5, bottom: 1 };
const ALIGNED = { center: 'center', right: 'right', end: 'right', justify: 'justify' };

export class Lettering {
  constructor({ canvas, design, words }) {
    Object.assign(this, { canvas, design, words, id: '', field: null });
    canvas.onplace(() => this.#place());
  }

  /** Lets the letters of a text be typed. */
  edit(id) {
    this.end();
    const { node } = this.design.spots.get(id);
    this.id = id;
    this.field = h('textarea', { class: 'lettering', 'aria-label': 'Words of this text', spellcheck: 'false' });
    this.field.value = lettersOf(node.runs);
    this.field.addEventListener('keydown', (event) => this.#key(event));
    this.field.addEventListener('input', () => this.#place());
    this.field.addEventListener('blur', () => this.end());
    this.canvas.above.append(this.field);
    this.canvas.hide(id);
    this.#place();
    this.#dress(node);
    this.field.focus();
    this.field.select();
  }

  #key(event) {
    event.stopPropagation();
    const ends = event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey));
    if (!ends || event.isComposing) return;
    this.end();
    this.canvas.view.focus();
  }

  /** Ends it; what was typed is what the text says, and undo takes it back. */
  end() {
    const { field, id } = this;
    if (!field) return;
    this.field = null;
    this.id = '';
    field.remove();
    const node = this.design.spots.get(id)?.node;
    const runs = node && retyped(node.runs ?? [], field.value);
    if (node) this.design.set({ [id]: { runs } }, 'Edit text');
    this.canvas.hide('');
  }

  async #dress(node) {
    const said = (name) => this.words.value(node, name);
    const { field } = this;
    field.style.fontFamily = 'sans-serif';
    const family = await familyOf(said('font'), said('weight'), said('italic'));
    field.style.fontFamily = `"${family}", sans-serif`;
    this.#place();
  }

  #place() {
    const spot = this.field && this.design.spots.get(this.id);
    if (!spot) return;
    const said = (name) => this.words.value(spot.node, name);
    const { zoom, x, y } = this.canvas;
    const plane = product([zoom, 0, 0, zoom, x, y], planeOf(spot));
    Object.assign(this.field.style, {
      transform: `matrix(${plane.map((each) => each.toFixed(4)).join(', ')})`,
      lineHeight: said('line-height'), color: said('color'), textAlign: ALIGNED[said('align')] ?? 'start', padding: `${said('padding')}px`, letterSpacing: `${said('letter-spacing')}px`,
    });
    this.#fit(boxOf(spot.node), said);
  }

  /** Gives the letters the size at which they fit, as the server will, and puts them where they stand in their box. */
  #fit({ width, height }, said) {
    const { style } = this.field;
    const taken = (size) => {
      Object.assign(style, { fontSize: `${size}px`, width: `${width}px`, height: '0', paddingTop: `${said('padding')}px` });
      return this.field.scrollHeight;
    };
    let size = said('size');
    let needs = taken(size);
    while (said('fit') !== 'none' && needs > height && size > said('size') * LEAST) needs = taken((size *= STEP));
    const free = Math.max(height - needs, 0) * (SHARES[said('valign')] ?? 0);
    Object.assign(style, { height: `${Math.max(height, needs)}px`, paddingTop: `${said('padding') + free}px` });
  }
}

// Texts typed where they stand. The browser has not their fonts: once it is done, all is drawn anew.

import { h } from '../core/dom.js';
import { retyped } from './changes.js';
import { boxOf, lettersOf, planeOf, product } from './scene.js';

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
    this.field.addEventListener('blur', () => this.end());
    this.canvas.above.append(this.field);
    this.canvas.hide(id);
    this.#place();
    this.field.focus();
    this.field.select();
  }

  #key(event) {
    event.stopPropagation();
    if (event.key === 'Escape') this.end({ keeps: false });
    else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.end();
    else return;
    this.canvas.view.focus();
  }

  /** Ends it; what was typed is what the text says, unless it is not to be kept. */
  end({ keeps = true } = {}) {
    const { field, id } = this;
    if (!field) return;
    this.field = null;
    this.id = '';
    field.remove();
    const node = this.design.spots.get(id)?.node;
    const runs = node && retyped(node.runs ?? [], field.value);
    if (keeps && node) this.design.set({ [id]: { runs } }, 'Edit text');
    this.canvas.hide('');
  }

  #place() {
    const spot = this.field && this.design.spots.get(this.id);
    if (!spot) return;
    const { node } = spot;
    const said = (name) => this.words.value(node, name);
    const { width, height } = boxOf(node);
    const { zoom, x, y } = this.canvas;
    const plane = product([zoom, 0, 0, zoom, x, y], planeOf(spot));
    Object.assign(this.field.style, {
      width: `${width}px`, height: `${Math.max(height, said('size') * 1.4)}px`, transform: `matrix(${plane.map((each) => each.toFixed(4)).join(', ')})`,
      fontSize: `${this.#size(node, said)}px`, fontWeight: said('weight'), fontStyle: said('italic') ? 'italic' : 'normal', lineHeight: said('line-height'),
      fontFamily: `"${said('font')}", system-ui, sans-serif`, color: said('color'), textAlign: ALIGNED[said('align')] ?? 'left', padding: `${said('padding')}px`,
    });
  }

  /** Returns about the size at which letters that shrink fit their box. */
  #size(node, said) {
    const size = said('size');
    if (said('fit') === 'none') return size;
    const { width, height } = boxOf(node);
    const letters = Math.max(lettersOf(node.runs).length, 1);
    return Math.min(size, Math.sqrt((width * height) / (letters * 0.55 * 1.2)), height / 1.2);
  }
}

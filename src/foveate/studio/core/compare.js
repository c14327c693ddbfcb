// Before and after, on both sides of a handle; arrow keys move it, double click puts it back.

import { h } from './dom.js';

const STEP = 0.02;

/** A picture over the stage's, of which the part left of the handle is seen. */
export class Compare {
  constructor(stage) {
    this.stage = stage;
    this.image = h('img', { alt: '', draggable: 'false', class: 'before' });
    this.handle = h('div', { class: 'handle', role: 'slider', tabindex: '0', 'aria-label': 'Before and after', 'aria-valuemin': 0, 'aria-valuemax': 100 });
    this.labels = h('div', { class: 'labels', 'aria-hidden': 'true' }, h('span', {}, 'Before'), h('span', {}, 'After'));
    this.handle.addEventListener('pointerdown', (event) => this.#drag(event));
    this.handle.addEventListener('dblclick', (event) => {
      event.stopPropagation();
      this.put(0.5);
    });
    this.handle.addEventListener('keydown', (event) => {
      const by = { ArrowLeft: -STEP, ArrowRight: STEP, Home: -1, End: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      event.stopPropagation();
      this.put(this.share + by);
    });
  }

  /** Shows what was before on the left; the stage shows what is after. */
  show(url) {
    this.image.src = url;
    this.stage.sheet.append(this.image, this.handle, this.labels);
    this.put(this.share ?? 0.5);
  }

  hide() {
    for (const part of [this.image, this.handle, this.labels]) part.remove();
  }

  put(share) {
    this.share = Math.min(1, Math.max(0, share));
    this.image.style.clipPath = `inset(0 ${100 - 100 * this.share}% 0 0)`;
    this.handle.style.left = `${100 * this.share}%`;
    this.handle.setAttribute('aria-valuenow', Math.round(100 * this.share));
  }

  #drag(event) {
    event.preventDefault();
    event.stopPropagation();
    this.handle.setPointerCapture(event.pointerId);
    const move = (moved) => {
      moved.stopPropagation();
      const box = this.stage.sheet.getBoundingClientRect();
      this.put((moved.clientX - box.left) / box.width);
    };
    this.handle.addEventListener('pointermove', move);
    this.handle.addEventListener('pointerup', () => this.handle.removeEventListener('pointermove', move), { once: true });
  }
}

// Before and after, on both sides of a handle that stays where it is while the picture is zoomed.

import { h } from './dom.js';
import { on, press } from './toggle.js';
import { TIMES, drawDifference } from './difference.js';

const STEP = 0.02;
const HALF = 0.5;
/** Whoever presses for longer holds, and lets go. */
const HELD_MS = 300;

/** A picture over the stage's, of which the part left of the handle is seen. */
export class Compare {
  constructor(stage) {
    Object.assign(this, { stage, share: HALF, pressed: 0, there: false });
    this.image = h('img', { alt: '', draggable: 'false', class: 'before' });
    this.canvas = h('canvas', { class: 'difference', hidden: true });
    this.handle = h('div', { class: 'handle', role: 'slider', tabindex: '0', 'aria-label': 'Before and after: arrows move it', 'aria-valuemin': 0, 'aria-valuemax': 100 });
    this.left = h('span');
    this.right = h('span');
    this.labels = h('div', { class: 'labels' }, this.left, this.right);
    this.peeks = h('button', { type: 'button', 'aria-pressed': 'false', title: 'Space', onclick: () => this.peek() }, 'Before');
    this.differs = h('button', { type: 'button', 'aria-pressed': 'false', title: 'D', onclick: () => this.differ() }, 'Difference');
    this.legend = h('output', { class: 'legend' });
    this.tools = h('div', { class: 'tools comparing', role: 'group', 'aria-label': 'Compare' }, this.peeks, this.differs, this.legend);
    stage.onplace(() => this.#draw());
    this.#listen();
  }

  /** Shows what was before on the left; the stage shows what is after. Labels say what each is. */
  show(url, before = 'Before', after = 'After') {
    if (this.image.getAttribute('src') !== url) this.image.src = url;
    this.left.textContent = before;
    this.right.textContent = after;
    if (!this.there) {
      this.stage.sheet.append(this.image, this.canvas);
      this.stage.root.append(this.handle, this.labels, this.tools);
    }
    this.there = true;
    this.#draw();
    this.#differ();
  }

  hide() {
    this.there = false;
    this.peeks.setAttribute('aria-pressed', false);
    for (const part of [this.image, this.canvas, this.handle, this.labels, this.tools]) part.remove();
  }

  /** Moves the handle, 0..1 of what is seen of the picture. */
  put(share) {
    this.share = Math.min(1, Math.max(0, share));
    this.#draw();
  }

  /** Shows all of what was before, or no more. */
  peek() {
    if (!this.there) return false;
    this.pressed = performance.now();
    press(this.peeks);
    this.#draw();
    return true;
  }

  /** Ends what was held. */
  release() {
    if (this.there && on(this.peeks) && performance.now() - this.pressed > HELD_MS) this.peek();
  }

  /** Shows how both differ, as soon as both are there, or no more. */
  differ() {
    press(this.differs);
    if (this.there) this.#differ();
  }

  /** Shows both sides again. */
  rest() {
    if (on(this.differs)) this.differ();
    if (on(this.peeks)) this.peek();
  }

  async #differ() {
    const shown = on(this.differs);
    this.legend.textContent = shown ? `${TIMES} times as strong; black is the same` : '';
    if (!shown) {
      this.canvas.hidden = true;
      this.#draw();
      return;
    }
    const [before, after] = [this.image, this.stage.image].map((image) => image.src);
    await Promise.all([this.image.decode(), this.stage.image.decode()]).catch(() => {});
    if (!on(this.differs) || this.image.src !== before || this.stage.image.src !== after) return;
    drawDifference(this.canvas, this.image, this.stage.image, this.stage.size);
    this.canvas.hidden = false;
    this.#draw();
  }

  /** Returns the left and right of what is seen of the picture, in pixels of the stage. */
  get #seen() {
    const { root, x, scale, size } = this.stage;
    return [Math.max(0, x), Math.min(root.clientWidth, x + size.width * scale)];
  }

  #draw() {
    if (!this.there) return;
    const { root, x, y, scale, size } = this.stage;
    const [low, high] = this.#seen;
    const [top, bottom] = [Math.max(0, y), Math.min(root.clientHeight, y + size.height * scale)];
    const whole = on(this.peeks);
    const at = whole ? high : low + this.share * (high - low);
    this.image.style.clipPath = `inset(0 ${whole ? 0 : size.width - (at - x) / scale}px 0 0)`;
    this.handle.hidden = whole || !this.canvas.hidden || high <= low;
    this.right.hidden = whole;
    this.labels.hidden = !this.canvas.hidden || high <= low;
    Object.assign(this.handle.style, { left: `${at}px`, top: `${top}px`, height: `${Math.max(0, bottom - top)}px` });
    Object.assign(this.labels.style, { left: `${low}px`, top: `${top}px`, width: `${Math.max(0, high - low)}px` });
    this.handle.setAttribute('aria-valuenow', Math.round(100 * this.share));
    this.handle.setAttribute('aria-valuetext', `${Math.round(100 * this.share)} % before`);
  }

  #listen() {
    this.handle.addEventListener('pointerdown', (event) => this.#drag(event));
    this.handle.addEventListener('dblclick', () => this.put(HALF));
    this.handle.addEventListener('keydown', (event) => {
      const by = { ArrowLeft: -STEP, ArrowRight: STEP, Home: -1, End: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      this.put(this.share + by);
    });
  }

  #drag(event) {
    event.preventDefault();
    this.handle.focus();
    this.handle.setPointerCapture(event.pointerId);
    const move = (moved) => {
      const [low, high] = this.#seen;
      this.put((moved.clientX - this.stage.root.getBoundingClientRect().left - low) / (high - low));
    };
    this.handle.addEventListener('pointermove', move);
    this.handle.addEventListener('pointerup', () => this.handle.removeEventListener('pointermove', move), { once: true });
  }
}


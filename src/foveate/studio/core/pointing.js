// Pointing at the picture with a mouse, a finger or keys: places are 0..1 of what the stage shows.

import { h, say } from './dom.js';

const STEP = 0.02;
const LEAP = 0.1;
/** A pointer that moves less than this has not moved. */
const STILL_PX = 5;
const HELD_MS = 500;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Whether the one who points has fingers only. */
export const fingers = () => matchMedia('(pointer: coarse) and (not (any-pointer: fine))').matches;

const within = (share) => Math.min(1, Math.max(0, share));

/**
 * What a panel does with places: `tap(place, negative)`, and with `drag(from, to, done, negative)` as well if
 * it wants that; negative is what was meant with Alt or Shift, or by holding a finger still.
 */
export class Pointing {
  constructor(stage, label, { tap, drag }) {
    Object.assign(this, { stage, label, tap, drag, from: null, place: { x: 0.5, y: 0.5 } });
    this.cursor = h('div', { class: 'cursor', hidden: true });
  }

  /** Puts the cursor over the picture. */
  enter() {
    this.stage.sheet.append(this.cursor);
  }

  /** Takes the cursor away, and what was drawn for it. */
  leave() {
    this.cancel();
    this.stage.guides.replaceChildren();
    this.cursor.hidden = true;
    this.cursor.remove();
  }

  /** Takes a pointer that goes down; returns whether it does, else it moves the picture. */
  begin(event) {
    const place = this.#at(event);
    this.cursor.hidden = true;
    if (event.button !== 0 || place.x !== within(place.x) || place.y !== within(place.y)) return false;
    this.from = { place, x: event.clientX, y: event.clientY, negative: event.altKey || event.shiftKey, moved: false };
    this.stage.view.setPointerCapture(event.pointerId);
    if (event.pointerType === 'touch') this.timer = setTimeout(() => this.#hold(), HELD_MS);
    return true;
  }

  move(event) {
    const { from } = this;
    if (!from) return;
    from.moved ||= Math.hypot(event.clientX - from.x, event.clientY - from.y) > STILL_PX;
    if (!from.moved) return;
    clearTimeout(this.timer);
    this.drag?.(from.place, this.#inside(event), false, from.negative);
  }

  end(event) {
    const { from } = this;
    this.cancel();
    if (!from) return;
    if (from.moved) this.drag?.(from.place, this.#inside(event), true, from.negative);
    else this.#tap(from.place, from.negative);
  }

  /** Forgets a pointer: a second one came, or it was taken away. */
  cancel() {
    clearTimeout(this.timer);
    this.from = null;
  }

  /** Takes a key; returns whether it does. */
  key(event) {
    const by = ARROWS[event.key];
    if (by) this.#step(by, event.shiftKey ? LEAP : STEP);
    else if (event.key === 'Enter') this.#tap(this.place, event.shiftKey || event.altKey);
    else return false;
    return true;
  }

  #step([x, y], by) {
    this.#put({ x: within(this.place.x + x * by), y: within(this.place.y + y * by) });
    this.cursor.hidden = false;
    say(`${Math.round(100 * this.place.x)} % across, ${Math.round(100 * this.place.y)} % down`);
  }

  #put(place) {
    this.place = place;
    Object.assign(this.cursor.style, { left: `${100 * place.x}%`, top: `${100 * place.y}%` });
  }

  #tap(place, negative) {
    this.#put(place);
    this.tap(place, negative);
  }

  #hold() {
    const { from } = this;
    this.cancel();
    navigator.vibrate?.(20);
    if (from) this.#tap(from.place, true);
  }

  #at({ clientX, clientY }) {
    const { left, top, width, height } = this.stage.sheet.getBoundingClientRect();
    return { x: (clientX - left) / width, y: (clientY - top) / height };
  }

  #inside(event) {
    const { x, y } = this.#at(event);
    return { x: within(x), y: within(y) };
  }
}

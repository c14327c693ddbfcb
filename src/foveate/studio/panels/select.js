// Select: a click says what is meant, and then what becomes of it and of all else.

import { ACTS, MASKS, actOf, acted } from '../core/acts.js';
import { slider, toggles } from '../core/controls.js';
import { h, s, say } from '../core/dom.js';
import { Newest } from '../core/newest.js';
import { edged, outlinesOf } from '../core/outline.js';
import { misplaced } from '../core/places.js';
import { Pointing, fingers } from '../core/pointing.js';
import { blobAt, patiently, post } from '../core/server.js';
import { SeenThrough } from '../core/through.js';
import { press, toggleButton } from '../core/toggle.js';
import { busy, trouble } from '../core/trouble.js';
import { ms, percent } from '../core/words.js';

const LABEL = 'The picture. Arrows move the cursor, with Shift further; Enter selects, with Shift it leaves out. Plus and minus zoom.';
const HINT = fingers() ? 'Tap what you mean, or draw a box around it. Hold the finger still to leave out what is there.' : 'Click what you mean, or drag a box around it. With Alt or Shift a click leaves out what is there.';
const NAMES = ['part', 'object', 'group'];
/** What begins with these is of this panel, whoever set it. */
const OWN = /^((segment|effect)(\.|$)|mask$)/;

export default {
  id: 'select',
  title: 'Select',
  icon: 'M5 3l14 8-6 2-2 6ZM14 14l5 5',
  renders: true,
  swift: true,
  open: (studio) => new Select(studio),
};

class Select {
  constructor(studio) {
    Object.assign(this, { studio, clicks: [], found: [], wish: '', known: new Set(), newest: new Newest(), negative: false });
    this.pointing = new Pointing(studio.stage, LABEL, {
      tap: (place, negative) => this.#add({ place, negative: negative !== this.negative }),
      drag: (from, to, done, negative) => (negative === this.negative ? this.#box(from, to, done) : done && this.#refuse('A box selects. Click what is to be left out.')),
    });
    this.notice = h('div');
    this.said = h('p', { class: 'muted said' }, '\u00a0');
    this.back = h('button', { type: 'button', class: 'button', disabled: true, title: 'Z', onclick: () => this.undo() }, 'Undo click');
    this.fresh = h('button', { type: 'button', class: 'button', onclick: () => this.#begin() }, 'The subject');
    this.meant = h('div', { class: 'row', role: 'group', 'aria-label': 'What is meant' }, NAMES.map((name) => toggleButton(name, () => this.#choose(name), { 'data-name': name, disabled: true })));
    this.acts = toggles('What becomes of it', Object.entries(ACTS).map(([id, { title }]) => [id, title]), '', (id) => this.#do(id));
    this.strength = h('div', { class: 'strength' });
    this.element = h('div', { class: 'selecting' }, h('h2', {}, 'Select'), h('p', { class: 'muted' }, HINT),
      this.said, this.meant, this.notice, this.acts, this.strength,
      toggles(fingers() ? 'A tap' : 'A click', [['', 'selects'], ['not', 'leaves out']], '', (kind) => { this.negative = kind === 'not'; }),
      h('div', { class: 'row over' }, this.back, this.fresh));
    studio.options.onchange(() => {
      this.#show();
      if (this.element.isConnected && this.explains) studio.turnStage();
    });
  }

  /** The option by which the URL names a mask that was selected here, if one does. */
  get naming() {
    return MASKS.find((name) => this.known.has(this.studio.options.get(name)));
  }

  /** Whether the stage shows the source with what is selected, rather than what becomes of it. */
  get explains() {
    return !this.naming;
  }

  /** What becomes of the mask: what was chosen while there is none, else what the URL says. */
  get act() {
    return this.wish || !this.naming ? this.wish : actOf(this.studio.options, this.naming);
  }

  /** Looks at a picture that has arrived: its subject is selected until somebody clicks. */
  look(picture) {
    Object.assign(this, { picture, size: picture, mask: null, lines: null, wish: '', known: new Set(), through: new SeenThrough() });
    this.#show();
    this.#begin();
  }

  #begin() {
    this.clicks = [];
    this.#ask();
  }

  #add(click) {
    const why = this.explains ? '' : misplaced(this.studio);
    if (why) {
      this.#refuse(`${why} Choose “only look”, and click again.`);
      return;
    }
    this.clicks.push(click);
    this.#ask();
  }

  #refuse(why) {
    this.notice.replaceChildren(h('p', { class: 'notice' }, why));
    say(why);
  }

  /** Draws a box while it is drawn, and takes it once it is done. */
  #box(from, to, done) {
    const [left, top] = [Math.min(from.x, to.x), Math.min(from.y, to.y)];
    const box = { left, top, width: Math.abs(to.x - from.x), height: Math.abs(to.y - from.y) };
    if (done) this.#add({ box });
    else this.#draw(box);
  }

  /** Takes the last click back; returns whether there was one. */
  undo() {
    if (!this.clicks.pop()) return false;
    this.#ask();
    return true;
  }

  /** Returns the clicks as the API has them; boxes in pixels of the source. */
  get #pointed() {
    const places = (negative) => this.clicks.filter(({ place, ...click }) => place && click.negative === negative).map(({ place: { x, y } }) => [x, y]);
    const boxes = this.clicks.filter(({ box }) => box).map(({ box }) => this.#scaled(box, this.size));
    return { points: places(false), not: places(true), boxes };
  }

  #scaled({ left, top, width, height }, size) {
    return { left: left * size.width, top: top * size.height, width: width * size.width, height: height * size.height };
  }

  async #ask() {
    this.back.disabled = this.clicks.length === 0;
    this.#draw();
    const { picture } = this;
    try {
      await this.newest.run((signal) => this.#find(signal), picture.signal);
    } catch (why) {
      if (picture === this.studio.picture) this.notice.replaceChildren(trouble(why, () => this.#ask()));
    }
  }

  /** Shows what the clicks mean, and learns what else they may once there is time for it. */
  async #find(signal) {
    const began = performance.now();
    const best = await this.studio.stage.during(this.#select(false, signal));
    Object.assign(this, { found: [best], size: best });
    this.notice.replaceChildren();
    this.#offer();
    await this.#use(this.found[0], signal);
    this.#tell(performance.now() - began);
    if (this.clicks.some(({ box, negative }) => box || !negative)) await this.#others(signal);
  }

  /** Returns what the clicks mean, and with `alternatives` what else they may. */
  #select(alternatives, signal) {
    const waits = (left) => this.notice.replaceChildren(...(left ? [busy(left, () => this.newest.stop())] : []));
    const body = { ...this.picture.body, clicks: this.#pointed };
    return patiently(() => post(`v1/select?alternatives=${alternatives}`, body, signal), { signal, waits });
  }

  async #others(signal) {
    const { alternatives, ...best } = await this.#select(true, signal);
    this.found = [best, ...alternatives];
    this.#offer();
  }

  async #choose(name) {
    const { picture } = this;
    try {
      await this.#use(this.found.find((each) => each.name === name), picture.signal);
    } catch (why) {
      if (picture === this.studio.picture && why.name !== 'AbortError') this.notice.replaceChildren(trouble(why, () => this.#ask()));
    }
  }

  /** Shows one of the masks, and lets it change what it is to change. */
  async #use(selected, signal) {
    this.mask = selected;
    const { mask } = selected;
    this.known.add(mask);
    this.#press();
    const lines = await outlinesOf(await blobAt(`v1/select/${mask}`, signal));
    if (mask !== this.mask?.mask) return;
    this.lines = lines;
    this.element.dataset.mask = mask;
    // What was set by hand stays, and only the mask is another, once it could be set.
    if (this.wish) this.#become(this.wish);
    else if (this.naming) this.studio.options.set({ [this.naming]: mask });
    this.#draw();
  }

  #offer() {
    for (const button of this.meant.children) button.disabled = !this.found.some(({ name }) => name === button.dataset.name);
    this.#press();
  }

  #press() {
    for (const button of this.meant.children) press(button, !button.disabled && button.dataset.name === this.mask?.name);
  }

  #tell(took) {
    const { area } = this.mask;
    const share = area ? `${percent(area)} of the picture` : 'Nothing';
    this.said.textContent = `${share} is selected · ${ms(took)}`;
    say(`${share} is selected.`);
  }

  #do(id) {
    this.wish = this.mask ? '' : id;
    if (!id) this.#turn(id);
    else if (this.mask) this.#become(id);
    else this.#show();
  }

  /** Does with the mask what was chosen. */
  #become(id) {
    this.wish = '';
    this.#turn(id, acted(id, this.mask.mask));
  }

  /** Shows what becomes of the mask, and how strongly. */
  #show() {
    const { act } = this;
    this.acts.show(act);
    if (act !== this.laid) this.#lay(act);
    const [name, , , , begun] = ACTS[act]?.strength ?? [];
    this.strength.firstChild?.show(this.studio.options.get(name) || begun);
  }

  /** Lays the slider of an act, if it has one. */
  #lay(act) {
    this.laid = act;
    const [name, min, max, step, value] = ACTS[act]?.strength ?? [];
    const done = () => this.studio.renderer.settle();
    this.strength.replaceChildren(...(name ? [slider('How strong', { min, max, step, value, done }, (now) => this.studio.options.set({ [name]: now }))] : []));
  }

  /** Puts options in the place of all that are of this panel. */
  #turn(id, patch = {}) {
    const { options } = this.studio;
    const none = Object.fromEntries([...options.values.keys()].filter((name) => OWN.test(name)).map((name) => [name, null]));
    options.set({ ...none, ...this.through.patch(options, id === 'cut'), ...patch });
  }

  /** Draws over what the stage shows now. */
  drawn() {
    if (this.picture === this.studio.picture) this.#draw();
  }

  #draw(box) {
    const { guides, size } = this.studio.stage;
    if (!this.element.isConnected) return;
    // What the URL answers is shown as it is, but for the box that is being drawn.
    const clicks = [...(this.explains ? this.clicks : []), ...(box ? [{ box }] : [])];
    guides.replaceChildren(...(this.explains && this.lines ? edged(this.lines, size) : []),
      ...clicks.flatMap((click) => (click.box ? boxed(this.#scaled(click.box, size)) : spot(click, size))));
  }
}

function boxed({ left: x, top: y, width, height }) {
  return ['halo', 'wish'].map((name) => s('rect', { class: name, x, y, width, height }));
}

/** Returns the mark of a click: full where it selects, hollow where it leaves out. */
function spot({ place: { x, y }, negative }, { width, height }) {
  return s('circle', { class: negative ? 'spot not' : 'spot', cx: x * width, cy: y * height });
}

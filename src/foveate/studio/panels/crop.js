// Crop: every format from one look at the picture; drag what matters, choose how tight.

import { FocusMap } from '../core/focus.js';
import { h, say } from '../core/dom.js';
import { allBut, cross, frame, within } from '../core/guides.js';
import { key } from '../core/keys.js';
import { post, rendered } from '../core/server.js';
import { on, press, toggleButton } from '../core/toggle.js';
import { trouble } from '../core/trouble.js';
import { count, ms } from '../core/words.js';

const WIDE = 120;
const SETS = ['social', 'web', 'shop', 'print'];

export default {
  id: 'crop',
  title: 'Crop',
  icon: 'M6 2v16h16M2 6h16v16',
  renders: true,
  open: (studio) => new Crop(studio),
};

class Crop {
  constructor(studio) {
    this.studio = studio;
    this.gravity = h('select', { 'aria-label': 'What is kept', onchange: () => this.find() },
      [['', 'what each format is for'], ['face', 'faces'], ['auto', 'what draws the eye'], ['point', 'a place or faces that I choose']].map(([value, text]) => h('option', { value }, text)));
    this.zoom = h('input', { type: 'range', min: 0, max: 1, step: 0.05, value: 0, 'aria-label': 'How tight', oninput: () => this.find() });
    this.map = new FocusMap(() => this.find());
    this.notice = h('div');
    this.safe = toggleButton('Safe area', () => this.toggleSafe());
    this.why = toggleButton('Why here', () => this.toggleWhy());
    this.reasons = h('div', { class: 'reasons muted', role: 'status' });
    this.strip = h('div', { class: 'strip', role: 'listbox', 'aria-label': 'Formats' });
    this.element = h('div', {},
      h('h2', {}, 'Crop'),
      h('label', { class: 'fact' }, h('span', {}, 'Keep'), this.gravity),
      this.map.element,
      h('label', { class: 'fact' }, h('span', {}, 'How tight'), this.zoom),
      h('div', { class: 'row over' }, this.why, this.safe),
      this.reasons, this.notice, this.strip);
    key('w', 'Say why the crop lies there', () => this.element.isConnected && this.toggleWhy());
    key('a', 'Show what a platform leaves free', () => this.element.isConnected && this.toggleSafe());
    studio.options.onchange(() => this.explains && this.element.isConnected && this.#explain());
  }

  /** Whether the stage shows the source with reasons, rather than what the URL answers. */
  get explains() {
    return on(this.why);
  }

  /** Draws over what the stage shows now. */
  drawn() {
    if (this.explains) this.#explain();
    else this.studio.stage.guides.replaceChildren(...(on(this.safe) ? this.#free() : []));
  }

  toggleSafe() {
    press(this.safe);
    if (this.explains) this.toggleWhy();
    else this.drawn();
    this.reasons.textContent = on(this.safe) ? this.#covered() : '';
  }

  toggleWhy() {
    press(this.why, !this.explains);
    if (this.explains) press(this.safe, false);
    this.reasons.replaceChildren();
    this.studio.turnStage();
  }

  async #explain() {
    const { picture, studio } = this;
    this.asking?.abort();
    this.asking = new AbortController();
    try {
      const signal = AbortSignal.any([this.asking.signal, picture.signal]);
      const answer = await rendered(await picture.rendition(studio.options.text({ format: 'json', explain: true })), signal);
      const { foveate: told } = await answer.json();
      if (this.explains && this.element.isConnected) this.#tell(told);
    } catch (why) {
      if (why.name !== 'AbortError') this.reasons.replaceChildren(trouble(why, () => this.#explain()));
    }
  }

  #tell({ crop, faces, objects = [], text = [], focus, gravity, fallback, timings_ms: spent }) {
    const { stage } = this.studio;
    const whole = { width: this.picture.width, height: this.picture.height };
    const [x, y] = [focus[0] * whole.width, focus[1] * whole.height];
    stage.guides.replaceChildren(...allBut(whole, crop.box), ...frame(crop.wanted, 'wish'),
      ...[...faces, ...objects].flatMap(({ box }) => frame(box, 'kept')), ...text.flatMap((box) => frame(box, 'kept')), ...cross(whole, x, y));
    const took = Object.values(spent).reduce((total, each) => total + each, 0);
    this.reasons.replaceChildren(h('p', {}, [
      faces.length ? `Goes by ${count(faces.length, 'face')}` : `Goes by ${GOES_BY[gravity] ?? 'the place that the URL says'}`,
      fallback ? ', for what was wanted was not found' : '',
      `. The cross is what is in the middle, dashes are what was wanted${took ? `; looking took ${ms(took)}` : ''}.`,
    ].join('')));
  }

  /** Returns what dims all that the chosen format's platform covers. */
  #free() {
    const { free } = this.#current() ?? {};
    if (!free) return [];
    const { width, height } = this.studio.stage.size;
    const box = { left: free.left * width, top: free.top * height, width: free.width * width, height: free.height * height };
    return allBut({ width, height }, box, free.round);
  }

  #covered() {
    const crop = this.#current();
    if (!crop) return 'Choose a format.';
    if (!crop.free) return `Nothing is laid over ${crop.name}.`;
    const hidden = this.studio.faces.filter(({ box }) => within(box, crop.box) && !within(box, safeBox(crop), crop.free.round)).length;
    return hidden ? `${count(hidden, 'face')} ${hidden === 1 ? 'lies' : 'lie'} partly under what the platform lays over it.` : 'No face lies under what the platform lays over it.';
  }

  #current() {
    return this.crops?.find(({ name }) => name === this.chosen);
  }

  /** Looks at a picture that has arrived. */
  async look(picture) {
    this.picture = picture;
    this.map.show(picture, this.studio.faces);
    await this.find();
  }

  /** Crops by one face: the format that is chosen, or a square. */
  goBy(number) {
    this.map.show(this.picture, this.studio.faces);
    this.map.choose(number);
    this.gravity.value = 'point';
    this.chosen ??= 'square';
    return this.find();
  }

  /** Crops by what a gravity keeps that is not in the list, which `said` names. */
  goByGravity(gravity, said) {
    this.other ??= h('option');
    this.other.value = gravity;
    this.other.textContent = said;
    this.gravity.append(this.other);
    this.gravity.value = gravity;
    this.chosen ??= 'square';
    return this.find();
  }

  async find() {
    this.map.element.hidden = this.gravity.value !== 'point';
    const query = new URLSearchParams(SETS.map((name) => ['set', name]));
    if (this.gravity.value && this.gravity.value !== 'point') query.set('gravity', this.gravity.value);
    if (Number(this.zoom.value)) query.set('zoom', this.zoom.value);
    this.underway?.abort();
    this.underway = new AbortController();
    const { picture } = this;
    try {
      const { crops } = await post(`v1/crops?${query}`, picture.body, AbortSignal.any([this.underway.signal, picture.signal]));
      this.notice.replaceChildren();
      const told = crops.map(withFree).map((crop) => this.#named(crop));
      this.#draw(this.gravity.value === 'point' ? told.map((crop) => this.map.placed(crop)) : told);
    } catch (why) {
      if (why.name !== 'AbortError') this.notice.replaceChildren(trouble(why, () => this.find()));
    }
  }

  /** Returns a crop that goes by classes with them: the server says no more than that it goes by things. */
  #named(crop) {
    const { value } = this.gravity;
    return value.startsWith(`${crop.gravity}:`) ? { ...crop, gravity: value } : crop;
  }

  #draw(crops) {
    this.crops = crops;
    this.strip.replaceChildren(...crops.map((crop) => this.#thumb(crop)));
    if (this.chosen) this.#choose(crops.find(({ name }) => name === this.chosen) ?? null, { quietly: true });
  }

  #thumb(crop) {
    const { box, name, aspect } = crop;
    const canvas = h('canvas', { width: WIDE * 2, height: Math.round((WIDE * 2 * box.height) / box.width) });
    const { original } = this.studio;
    original.decode().then(() => {
      const times = original.naturalWidth / this.picture.width;
      canvas.getContext('2d').drawImage(original, box.left * times, box.top * times, box.width * times, box.height * times, 0, 0, canvas.width, canvas.height);
    }, () => {});
    return h('button', { type: 'button', role: 'option', class: 'format fade', 'aria-selected': name === this.chosen, 'data-name': name, onclick: () => this.#choose(crop) },
      canvas, h('span', {}, name), h('span', { class: 'muted' }, aspect));
  }

  #choose(crop, { quietly = false } = {}) {
    this.chosen = crop?.name;
    for (const each of this.strip.children) each.setAttribute('aria-selected', each.dataset.name === this.chosen);
    this.safe.hidden = !crop?.free;
    if (!crop) return;
    const [across, down] = crop.aspect.split(':').map(Number);
    const width = Math.min(1200, Math.round(crop.box.width));
    const zoom = Number(this.zoom.value);
    this.studio.options.set({ width, height: Math.round((width * down) / across), fit: 'cover', gravity: crop.gravity, zoom: zoom || null });
    if (!quietly) say(`${crop.name}, ${crop.aspect}`);
  }
}

const GOES_BY = { auto: 'what draws the eye', face: 'the faces', object: 'the things around which there is a box', text: 'the lines of text', center: 'the middle' };


/** Returns a crop with what its platform leaves free as shares of it, wherever it is moved. */
function withFree({ safe_area: safe, ...crop }) {
  if (!safe) return crop;
  const { box } = crop;
  const free = {
    left: (safe.box.left - box.left) / box.width,
    top: (safe.box.top - box.top) / box.height,
    width: safe.box.width / box.width,
    height: safe.box.height / box.height,
    round: safe.round,
  };
  return { ...crop, free };
}

const safeBox = ({ box, free }) => ({
  left: box.left + free.left * box.width,
  top: box.top + free.top * box.height,
  width: free.width * box.width,
  height: free.height * box.height,
});

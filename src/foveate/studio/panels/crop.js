// Crop: every format from one look at the picture; drag what matters, choose how tight.

import { FocusMap } from '../core/focus.js';
import { h, say } from '../core/dom.js';
import { post } from '../core/server.js';
import { trouble } from '../core/trouble.js';

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
    this.strip = h('div', { class: 'strip', role: 'listbox', 'aria-label': 'Formats' });
    this.element = h('div', {},
      h('h2', {}, 'Crop'),
      h('label', { class: 'fact' }, h('span', {}, 'Keep'), this.gravity),
      this.map.element,
      h('label', { class: 'fact' }, h('span', {}, 'How tight'), this.zoom),
      this.notice, this.strip);
  }

  /** Looks at a picture that has arrived. */
  async look(picture) {
    this.picture = picture;
    this.map.show(picture, this.studio.faces);
    await this.find();
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
      this.#draw(this.gravity.value === 'point' ? crops.map((crop) => this.map.placed(crop)) : crops);
    } catch (why) {
      if (why.name !== 'AbortError') this.notice.replaceChildren(trouble(why, () => this.find()));
    }
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
    if (!crop) return;
    const [across, down] = crop.aspect.split(':').map(Number);
    const width = Math.min(1200, Math.round(crop.box.width));
    const zoom = Number(this.zoom.value);
    this.studio.options.set({ width, height: Math.round((width * down) / across), fit: 'cover', gravity: crop.gravity, zoom: zoom || null });
    if (!quietly) say(`${crop.name}, ${crop.aspect}`);
  }
}

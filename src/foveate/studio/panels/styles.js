// Styles: the picture painted in each of them, as small tiles; one of them large.

import { colour, slider } from '../core/controls.js';
import { h, say } from '../core/dom.js';
import { patiently, rendered } from '../core/server.js';
import { press } from '../core/toggle.js';
import { trouble } from '../core/trouble.js';

const COLOURS = { 'style.color': ['Colour', '#0a7d57'], 'style.background': ['Background', '#f2e8d5'] };
/** Pixels of a tile, on its long side. */
const TILE = 160;
/** Tiles that are asked for at a time: the server has other work. */
const ABREAST = 2;

export default {
  id: 'styles',
  title: 'Styles',
  icon: 'M4 20l4-1L19 8l-3-3L5 16ZM14 7l3 3',
  renders: true,
  swift: true,
  compares: true,
  open: (studio) => new Styles(studio),
};

class Styles {
  constructor(studio) {
    Object.assign(this, { studio, wanted: [], missed: [], asking: 0, tiles: new Map() });
    this.grid = h('div', { class: 'styles', role: 'group', 'aria-label': 'Styles' });
    this.notice = h('div');
    const done = () => studio.renderer.settle();
    this.colours = new Map(Object.entries(COLOURS).map(([name, [label, value]]) => [name, colour(label, value, (now) => studio.options.set({ [name]: now }), { onchange: done })]));
    this.seed = slider('Another grain', { max: 20, step: 1, done }, (value) => studio.options.set({ 'style.seed': value || null }));
    this.none = h('button', { type: 'button', class: 'button', onclick: () => this.#choose('') }, 'As it is');
    this.more = h('fieldset', { class: 'bare', disabled: true }, [...this.colours].map(([name, field]) => this.#own(name, field)), this.seed);
    this.element = h('div', {}, h('div', { class: 'spread' }, h('h2', {}, 'Styles'), this.none), this.notice, this.grid, this.more);
    this.seen = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) if (isIntersecting) this.#want(target.dataset.name);
    }, { root: document.getElementById('panel'), rootMargin: '80px' });
    studio.options.onchange(() => this.#show());
  }

  #tile(name) {
    return h('button', { type: 'button', class: 'style', 'aria-pressed': 'false', 'data-name': name, onclick: () => this.#choose(name) },
      h('span', { class: 'checks' }), h('span', {}, name));
  }

  /** Returns the field of a colour with what gives it back to the style. */
  #own(name, field) {
    const own = h('button', { type: 'button', class: 'button quiet', onclick: () => this.studio.options.set({ [name]: null }) }, "the style's own");
    return h('div', { class: 'fact' }, h('span', {}, COLOURS[name][0]), h('div', { class: 'row' }, field, own));
  }

  /** Looks at a picture that has arrived. */
  async look(picture) {
    Object.assign(this, { picture, wanted: [], missed: [] });
    this.seen.disconnect();
    this.notice.replaceChildren();
    try {
      await this.#learn();
    } catch (why) {
      this.notice.replaceChildren(trouble(why, () => this.look(picture)));
    }
    if (picture !== this.picture) return;
    for (const [name, tile] of this.tiles) {
      this.#name(name);
      tile.firstChild.style.aspectRatio = `${picture.width} / ${picture.height}`;
      tile.firstChild.replaceChildren(h('img', { src: picture.shown, alt: '', class: 'asis' }));
      this.seen.observe(tile);
    }
    this.#show();
  }

  /** Lays a tile for each style that the server has. */
  async #learn() {
    const { options } = this.studio;
    await options.learn();
    if (this.tiles.size) return;
    const [, ...names] = options.row('style').usage.split(/[=|]/);
    this.tiles = new Map(names.map((name) => [name, this.#tile(name)]));
    this.grid.append(...this.tiles.values());
  }

  /** Puts a tile that came into view behind those that wait. */
  #want(name) {
    const tile = this.tiles.get(name);
    this.seen.unobserve(tile);
    this.wanted.push(name);
    if (this.asking < ABREAST) this.#fetch(this.picture);
  }

  async #fetch(picture) {
    this.asking += 1;
    while (this.wanted.length && picture === this.picture) {
      const name = this.wanted.shift();
      await this.#fill(name, picture).catch((why) => this.#miss(name, picture, why));
    }
    this.asking -= 1;
  }

  /** Says that a tile could not be painted, and offers to try again. */
  #miss(name, picture, why) {
    if (picture !== this.picture || why.name === 'AbortError') return;
    this.missed.push(name);
    this.#name(name, `⚠ ${name}`);
    this.notice.replaceChildren(trouble(why, () => this.#again()));
  }

  #again() {
    this.notice.replaceChildren();
    for (const name of this.missed.splice(0)) this.#want(name);
  }

  #name(name, text = name) {
    this.tiles.get(name).lastChild.textContent = text;
  }

  async #fill(name, picture) {
    const { signal } = picture;
    const began = performance.now();
    const text = `width=${TILE},height=${TILE},fit=scale-down,format=jpeg,style=${name}`;
    const answer = await patiently(async () => rendered(await picture.rendition(text), signal), { signal, waits: () => {} });
    const blob = await answer.blob();
    if (picture !== this.picture) return;
    const url = URL.createObjectURL(blob);
    const tile = this.tiles.get(name);
    tile.firstChild.replaceChildren(h('img', { src: url, alt: '', class: 'fade', onload: () => URL.revokeObjectURL(url) }));
    this.#name(name);
    tile.dataset.ms = Math.round(performance.now() - began);
  }

  #choose(name) {
    const { options } = this.studio;
    const none = Object.fromEntries(['style', ...Object.keys(COLOURS), 'style.seed'].map((each) => [each, null]));
    options.set(name ? { style: name } : none);
    this.studio.renderer.settle();
    say(name ? `${name} is shown.` : 'The picture is shown as it is.');
  }

  #show() {
    const { options } = this.studio;
    const chosen = options.get('style');
    for (const [name, tile] of this.tiles) press(tile, name === chosen);
    for (const [name, field] of this.colours) field.show(options.get(name));
    this.seed.show(Number(options.get('style.seed')), options.get('style.seed') || '0');
    this.more.disabled = !chosen;
  }
}

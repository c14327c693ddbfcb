// Styles: the picture painted in ten ways, as small tiles; one of them large.

import { slider } from '../core/controls.js';
import { h, say } from '../core/dom.js';
import { patiently, rendered } from '../core/server.js';
import { swiftly, unhurried } from '../core/swift.js';
import { press } from '../core/toggle.js';

const STYLES = ['double-exposure', 'stencil', 'poster', 'halftone', 'low-poly', 'duotone', 'ink', 'paper-cut', 'neon', 'sketch'];
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
    Object.assign(this, { studio, wanted: [], asking: 0 });
    this.tiles = new Map(STYLES.map((name) => [name, this.#tile(name)]));
    this.grid = h('div', { class: 'styles', role: 'group', 'aria-label': 'Styles' }, [...this.tiles.values()]);
    const done = () => studio.renderer.settle();
    this.colours = Object.entries(COLOURS).map(([name, [label, value]]) => this.#colour(name, label, value));
    this.seed = slider('Another grain', { max: 20, step: 1, done }, (value) => studio.options.set({ 'style.seed': value || null }));
    this.none = h('button', { type: 'button', class: 'button', onclick: () => this.#choose('') }, 'As it is');
    this.more = h('fieldset', { class: 'bare', disabled: true }, this.colours, this.seed);
    this.element = h('div', {}, h('div', { class: 'spread' }, h('h2', {}, 'Styles'), this.none), this.grid, this.more);
    this.seen = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) if (isIntersecting) this.#want(target.dataset.name);
    }, { root: document.getElementById('panel'), rootMargin: '80px' });
    studio.options.onchange(() => this.element.isConnected && this.#show());
  }

  #tile(name) {
    return h('button', { type: 'button', class: 'style', 'aria-pressed': 'false', 'data-name': name, onclick: () => this.#choose(name) },
      h('span', { class: 'checks' }), h('span', {}, name));
  }

  /** Returns a field for a colour, and what gives it back to the style. */
  #colour(name, label, value) {
    const { options } = this.studio;
    const field = h('input', { type: 'color', value, 'aria-label': label, oninput: () => options.set({ [name]: field.value }), onchange: () => this.studio.renderer.settle() });
    const own = h('button', { type: 'button', class: 'button quiet', onclick: () => options.set({ [name]: null }) }, "the style's own");
    return h('div', { class: 'fact' }, h('span', {}, label), h('div', { class: 'row' }, field, own));
  }

  /** Looks at a picture that has arrived. */
  look(picture) {
    Object.assign(this, { picture, wanted: [] });
    this.seen.disconnect();
    for (const tile of this.tiles.values()) {
      tile.firstChild.style.aspectRatio = `${picture.width} / ${picture.height}`;
      tile.firstChild.replaceChildren(h('img', { src: picture.shown, alt: '', class: 'asis' }));
      this.seen.observe(tile);
    }
    this.#show();
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
    while (this.wanted.length && picture === this.picture) await this.#fill(this.wanted.shift(), picture).catch(() => {});
    this.asking -= 1;
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
    tile.dataset.ms = Math.round(performance.now() - began);
  }

  #choose(name) {
    const { options } = this.studio;
    const none = Object.fromEntries(['style', ...Object.keys(COLOURS), 'style.seed'].map((each) => [each, null]));
    options.set(name ? { ...swiftly(options, this.picture), style: name } : { ...none, ...unhurried(options, this.picture) });
    this.studio.renderer.settle();
    say(name ? `${name} is shown.` : 'The picture is shown as it is.');
  }

  #show() {
    const { options } = this.studio;
    const chosen = options.get('style');
    for (const [name, tile] of this.tiles) press(tile, name === chosen);
    this.more.disabled = !chosen;
  }
}

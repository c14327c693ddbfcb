// Focus: a tap says what is sharp, a slider how little else is, another one lets the light fade with distance.

import { slider } from '../core/controls.js';
import { h, s, say } from '../core/dom.js';
import { cross } from '../core/guides.js';
import { key } from '../core/keys.js';
import { Newest } from '../core/newest.js';
import { misplaced } from '../core/places.js';
import { Pointing, fingers } from '../core/pointing.js';
import { patiently, read, rendered } from '../core/server.js';
import { on, press, toggleButton } from '../core/toggle.js';
import { trouble } from '../core/trouble.js';

const LABEL = 'The picture. Arrows move the cursor, with Shift further; Enter makes that place sharp. Plus and minus zoom.';
const HINT = fingers() ? 'Tap what shall be sharp, or draw the focus across the picture.' : 'Click what shall be sharp, or draw the focus across the picture.';
/** As they are engraved on lenses; the server says from which to which. */
const ENGRAVED = [1, 1.4, 2, 2.8, 4, 5.6, 8, 11, 16, 22, 32];
/** What begins with these is of this panel, whoever set it. */
const OWN = /^(refocus|light)(\.|$)/;
const PLACE = /^([\d.]+)x([\d.]+)$/;
const DEPTH_WIDE = 800;

export default {
  id: 'focus',
  title: 'Focus',
  icon: 'M4 8V4h4m8 0h4v4M4 16v4h4m8 0h4v-4M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z',
  renders: true,
  swift: true,
  open: (studio) => new Focus(studio),
};

class Focus {
  constructor(studio) {
    Object.assign(this, { studio, depth: null, asking: new Newest(), stops: [] });
    this.pointing = new Pointing(studio.stage, LABEL, {
      tap: (place) => this.#put(place, true),
      drag: (_, place, done) => this.#put(place, done),
    });
    const { options } = studio;
    const done = () => studio.renderer.settle();
    this.auto = h('button', { type: 'button', class: 'button', onclick: () => this.#refocus('auto', true) }, 'Faces, or what stands out');
    this.none = h('button', { type: 'button', class: 'button', onclick: () => this.#refocus(null, true) }, 'All sharp');
    this.map = toggleButton('Depth map', () => this.toggleMap(), { title: 'N' });
    this.aperture = slider('Aperture', { max: 0, step: 1, shown: (at) => `f/${this.stops[at] ?? '–'}`, done }, (at) => this.#open(this.stops[at]));
    this.light = slider('Light that fades with distance', { done }, (value) => options.set({ light: value || null }));
    this.notice = h('div');
    this.away = h('p', { hidden: true });
    this.element = h('div', {}, h('h2', {}, 'Focus'), h('p', { class: 'muted' }, HINT), this.away,
      this.aperture, this.notice,
      h('div', { class: 'row over' }, this.auto, this.none, this.map), this.light);
    options.onchange(() => {
      this.#show();
      if (this.element.isConnected && !this.asks) studio.turnStage();
    });
    key('n', 'Show what is near', () => this.element.isConnected && this.toggleMap());
  }

  /** Whether the URL asks for anything that is set here. */
  get asks() {
    return [...this.studio.options.values.keys()].some((name) => OWN.test(name));
  }

  /** Whether the stage shows the source, perhaps with its depth, rather than what the URL answers. */
  get explains() {
    return on(this.map) || !this.asks;
  }

  /** Looks at a picture that has arrived. */
  async look(picture) {
    if (this.depth) URL.revokeObjectURL(this.depth);
    Object.assign(this, { picture, depth: null });
    press(this.map, false);
    const { options } = this.studio;
    const [{ missing = {} }] = await Promise.all([read('v1/studio', picture.signal).catch(() => ({})), options.learn().catch(() => {})]);
    if (picture !== this.studio.picture) return;
    this.#learn(options.row('refocus.aperture'));
    this.#lacks(missing.depth);
    this.#show();
    this.studio.turnStage();
  }

  /** Takes from the server's table which apertures there are, and which is the usual one. */
  #learn(row) {
    const [least, most] = row?.values.match(/[\d.]+/g).map(Number) ?? [];
    this.stops = ENGRAVED.filter((stop) => stop >= least && stop <= most);
    this.usual = Number(row?.default);
    this.aperture.querySelector('input').max = Math.max(0, this.stops.length - 1);
  }

  /** Says what to run where the network of depth is not here; light does without it. */
  #lacks(weights) {
    this.lacking = Boolean(weights);
    this.away.hidden = !weights;
    for (const button of [this.auto, this.none]) button.disabled = this.lacking;
    this.aperture.querySelector('input').disabled = this.lacking || !this.stops.length;
    if (weights) this.away.replaceChildren('⚠ Refocusing needs weights that are not here: run ', h('code', {}, 'foveate models pull depth'), ' on the server. Light does without.');
  }

  /** Shows what the URL says, whoever set it. */
  #show() {
    const { options } = this.studio;
    const aperture = Number(options.get('refocus.aperture')) || this.usual;
    const apart = this.stops.map((stop) => Math.abs(Math.log(stop / aperture)));
    this.aperture.show(apart.indexOf(Math.min(...apart)), `f/${aperture || '–'}`);
    this.light.show(Number(options.get('light')), options.get('light') || '0');
    const [, x, y] = options.get('refocus').match(PLACE) ?? [];
    this.place = y ? { x: Number(x), y: Number(y) } : null;
  }

  /** Asks for an aperture, and for something sharp where nothing is yet. */
  #open(stop) {
    this.studio.options.set({ refocus: this.studio.options.get('refocus') || 'auto', 'refocus.aperture': stop === this.usual ? null : stop });
  }

  #put(place, done) {
    if (this.lacking) return;
    const why = this.explains ? '' : misplaced(this.studio);
    this.notice.replaceChildren(...(why ? [h('p', { class: 'notice' }, `${why} Show the depth map, and click again.`)] : []));
    if (why) {
      say(this.notice.textContent);
      return;
    }
    this.#refocus(`${place.x.toFixed(3)}x${place.y.toFixed(3)}`, done);
    this.drawn();
    if (done) say(`Sharp is what is ${Math.round(100 * place.x)} % across and ${Math.round(100 * place.y)} % down.`);
  }

  #refocus(value, done) {
    this.studio.options.set({ refocus: value, ...(value ? {} : { 'refocus.aperture': null }) });
    if (done) this.studio.renderer.settle();
  }

  toggleMap() {
    press(this.map);
    this.studio.turnStage();
  }

  /** Draws over what the stage shows now. */
  async drawn() {
    const { guides, size } = this.studio.stage;
    if (this.picture !== this.studio.picture) return;
    const marks = this.place ? cross(size, this.place.x * size.width, this.place.y * size.height) : [];
    if (!on(this.map)) return guides.replaceChildren(...(this.pointing.from ? marks : []));
    this.depth ??= await this.#look().catch((why) => this.notice.replaceChildren(trouble(why, () => this.drawn())));
    if (!this.depth || !on(this.map) || !this.element.isConnected) return null;
    return guides.replaceChildren(s('image', { href: this.depth, ...this.studio.stage.size, preserveAspectRatio: 'none' }), ...marks);
  }

  /** Returns the address of how near each place is, as a grey picture. */
  #look() {
    const { picture } = this;
    return this.asking.run(async (signal) => {
      const ask = async () => rendered(await picture.rendition(`width=${DEPTH_WIDE},fit=scale-down,format=webp,segment.output=depth`), signal);
      const answer = await patiently(ask, { signal, waits: () => {} });
      return URL.createObjectURL(await answer.blob());
    }, picture.signal);
  }
}

// What nobody looks at, smoothed for fewer bytes: how strongly, where, and what that saves.

import { choice } from './controls.js';
import { h } from './dom.js';
import { drawnMap } from './maps.js';
import { patiently, rendered } from './server.js';
import { on, press, toggleButton } from './toggle.js';
import { trouble } from './trouble.js';
import { bytes, percent } from './words.js';

const STRENGTHS = [['', 'nothing'], ['light', 'a little: hardly seen'], ['strong', 'more: seen where it is enlarged']];
const NOBODY = 'what nobody looks at';
/** Why a picture stays as it is, by the word of the server. */
const WHY = {
  text: 'Much of it is text, so it stays as it is.',
  lossless: 'Formats that keep every pixel gain nothing by it.',
  animation: 'What moves stays as it is.',
  mask: 'A mask stays as it is.',
  away: 'Nobody can look at it now, so it stays as it is.',
};
const COLOUR = [86, 180, 233];
const MOST = 0.7;

/** The choice of `adaptive`, its map over the stage, and the bytes with and without. */
export class Smoothing {
  constructor(studio) {
    Object.assign(this, { studio, underway: new AbortController(), plain: new Map(), maps: new Map() });
    this.choice = choice(`Smooth ${NOBODY}`, STRENGTHS, '', (value) => studio.options.set({ adaptive: value || null }));
    this.where = toggleButton('Show where', () => this.toggle(), { title: 'M' });
    this.told = h('p', { class: 'muted smoothing-said', role: 'status' });
    this.element = h('section', { class: 'smoothing', 'aria-label': 'Smoothing' }, this.choice, h('div', { class: 'row' }, this.where, this.told));
  }

  /** The strength that the URL asks for, or nothing. */
  get asked() {
    const asked = this.studio.options.get('adaptive');
    return asked === 'off' ? '' : asked;
  }

  /** Shows what the URL says. */
  follow() {
    this.choice.querySelector('select').value = this.asked;
    this.where.disabled = !this.asked;
    if (!this.asked) this.told.textContent = '';
  }

  /** Lets go of what is known of another picture. */
  forget() {
    this.plain.clear();
    this.maps.clear();
  }

  /** Shows or hides where it is smoothed. */
  toggle() {
    if (!this.asked) return;
    press(this.where);
    this.drawn();
  }

  /** Tells of what the stage shows now what was smoothed, and where if that is wanted. */
  async drawn() {
    const { made, stage, picture } = this.studio;
    this.underway.abort();
    stage.guides.replaceChildren();
    if (!this.asked || !made) return;
    this.underway = new AbortController();
    const signal = AbortSignal.any([this.underway.signal, picture.signal]);
    try {
      await Promise.all([this.#tell(made, signal), on(this.where) && this.#draw(made, signal)]);
    } catch (why) {
      if (why.name !== 'AbortError') this.told.replaceChildren(trouble(why, () => this.drawn()));
    }
  }

  async #tell({ headers, size }, signal) {
    const [how, share] = (headers.get('foveate-adaptive') ?? '').split(';');
    if (how === 'off') this.told.textContent = WHY[share] ?? 'It stays as it is.';
    if (!share?.startsWith('smoothed=')) return;
    const smoothed = `${percent(Number(share.split('=')[1]))} smoothed`;
    this.told.textContent = `${smoothed}.`;
    const before = await this.#kept(this.plain, { adaptive: null }, signal, async (answer) => (await answer.blob()).size);
    const saved = 1 - size / before;
    this.told.textContent = `${smoothed}: ${bytes(size)} instead of ${bytes(before)}, ${saved < 0 ? `${percent(-saved)} more` : `${percent(saved)} fewer`}.`;
  }

  async #draw(made, signal) {
    const told = await this.#kept(this.maps, { format: 'json', explain: true }, signal, async (answer) => (await answer.json()).foveate.adaptive);
    if (!told?.png) return;
    const map = await drawnMap(told.png, made, blue);
    if (!signal.aborted) this.studio.stage.guides.replaceChildren(map);
  }

  /** Returns what `read` makes of an answer for the options of the URL, some of them changed; asked for once. */
  async #kept(known, patch, signal, read) {
    const { options, picture } = this.studio;
    const text = options.text(patch);
    if (!known.has(text)) {
      const answer = await patiently(async () => rendered(await picture.rendition(text), signal), { signal, waits: () => {} });
      known.set(text, await read(answer));
    }
    return known.get(text);
  }
}

/** Colours a level of a map: the more is smoothed the bluer, and nothing where nothing is. */
function blue(data, at) {
  const level = data[at];
  data.set([...COLOUR, Math.round(MOST * level)], at);
}

// Bytes: which format and quality is smallest and still looks right, beside what was not compressed.

import { choice, slider } from '../core/controls.js';
import { h } from '../core/dom.js';
import { Formats } from '../core/formats.js';
import { key } from '../core/keys.js';
import { Responsive } from '../core/responsive.js';
import { patiently, rendered } from '../core/server.js';
import { Smoothing } from '../core/smoothing.js';
import { Weights } from '../core/weights.js';
import { bytes, count } from '../core/words.js';

const FORMATS = [['', 'as the source'], ['auto', 'the best that a browser takes'], ['avif', 'AVIF'], ['webp', 'WebP'], ['jpeg', 'JPEG'], ['png', 'PNG']];
const WORDS = ['high', 'medium-high', 'medium-low', 'low'];
const SCORES = [['best', 85], ['high', 80], ['medium-high', 75], ['medium-low', 66], ['low', 60]];
const QUALITIES = [['', 'as the server has it'], ...WORDS.map((name) => [name, name]), ...SCORES.map(([name, score]) => [`auto:${name}`, `auto: what a score of ${score} needs`])];
/** By the value of `quality`, the score that it asks for. */
const AIMS = new Map([['auto', 75], ...SCORES.map(([name, score]) => [`auto:${name}`, score])]);
const COMPRESSIONS = [['', 'as usual'], ['small', 'fewest bytes, takes longer'], ['fast', 'quickest, more bytes']];
const WIDTHS = ['', '320', '640', '960', '1280', '1920'].map((width) => [width, width ? `${width} px` : 'as it is']);
/** Wider pictures are brought down to this at first: nobody should wait for twelve megapixels. */
const WIDE = 1280;
/** What makes the answer the same pixels, not compressed. */
const LOSSLESS = { format: 'webp', quality: 100, compression: null, adaptive: null, 'max-bytes': null, 'slow-connection-quality': null, anim: 'false' };
const QUIET_MS = 300;

export default {
  id: 'bytes',
  title: 'Bytes',
  icon: 'M4 20V10m5 10V4m5 16v-7m5 7V8',
  renders: true,
  compares: true,
  open: (studio) => new Bytes(studio),
};

class Bytes {
  constructor(studio) {
    Object.assign(this, { studio, timer: 0, lossless: null });
    const { options } = studio;
    const set = (name) => (value) => options.set({ [name]: value || null });
    this.chosen = new Map([
      ['format', choice('Format', FORMATS, '', set('format'))],
      ['quality', choice('Quality', QUALITIES, '', set('quality'))],
      ['compression', choice('Compression', COMPRESSIONS, '', set('compression'))],
      ['width', choice('Width', WIDTHS, '', (width) => this.#widen(width))],
    ]);
    this.number = slider('or a number', { min: 1, max: 100, step: 1, value: 80 }, set('quality'));
    this.aim = slider('or the score that it has to reach', { min: 30, max: 95, step: 1, value: 75 }, (score) => set('quality')(`auto:${score}`));
    this.found = h('p', { class: 'muted found-said', role: 'status' });
    Object.assign(this, { smoothing: new Smoothing(studio), formats: new Formats(studio), weights: new Weights(studio), responsive: new Responsive(studio) });
    this.element = h('div', {}, h('h2', {}, 'Bytes'),
      this.chosen.get('format'), this.chosen.get('quality'), this.number, this.aim, this.found,
      this.chosen.get('compression'), this.chosen.get('width'), this.smoothing.element,
      this.formats.element, this.weights.element, this.responsive.element);
    options.onchange(() => this.#soon());
    key('m', 'Show where it is smoothed', () => this.element.isConnected && this.smoothing.toggle());
  }

  /** Looks at a picture that has arrived. */
  look(picture) {
    const { options } = this.studio;
    this.smoothing.forget();
    if (!options.get('width') && !options.get('height') && picture.width > WIDE) options.set({ width: WIDE });
    this.follow();
  }

  /** Shows what holds for the options as they are now, if anybody sees it. */
  follow() {
    const { options, picture } = this.studio;
    if (!this.element.isConnected || !picture?.source) {
      for (const part of [this.formats, this.weights, this.responsive]) part.stop();
      return;
    }
    for (const [name, label] of this.chosen) label.show(options.get(name));
    this.#slide(options.get('quality'));
    this.smoothing.follow();
    this.formats.fill(picture);
    this.weights.fill(picture);
    this.responsive.follow();
  }

  /** Tells of what the stage shows now which quality was found, and what was smoothed. */
  drawn() {
    const { made } = this.studio;
    const [quality, ...facts] = (made?.headers.get('foveate-quality') ?? '').split(';');
    const { score, encodes } = Object.fromEntries(facts.map((fact) => fact.split('=')));
    this.found.textContent = quality && `Found: quality ${quality}${score ? `, score ${score}` : ''}, ${count(Number(encodes), 'encode')}.`;
    this.smoothing.drawn();
  }

  /** Returns the address of the same pixels, not compressed, and what to call both; soon, where they have to be fetched. */
  before(signal, made) {
    const { options, picture } = this.studio;
    const text = options.text(LOSSLESS);
    const quality = options.get('quality');
    const name = made.type.replace('image/', '').toUpperCase();
    const told = () => ({ url: this.lossless.url, labels: [`Lossless WebP · ${bytes(this.lossless.size)}`, `${name}${quality ? ` ${quality}` : ''} · ${bytes(made.size)}`] });
    return this.lossless?.text === text && this.lossless.picture === picture ? told() : this.#fetch(text, picture, signal).then(told);
  }

  async #fetch(text, picture, ended) {
    this.fetching?.abort();
    this.fetching = new AbortController();
    const signal = AbortSignal.any([ended, this.fetching.signal]);
    const response = await patiently(async () => rendered(await picture.rendition(text), signal), { signal, waits: () => {} });
    const blob = await response.blob();
    if (this.lossless) URL.revokeObjectURL(this.lossless.url);
    this.lossless = { text, picture, url: URL.createObjectURL(blob), size: blob.size };
  }

  #soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.follow(), QUIET_MS);
  }

  #widen(value) {
    const { options } = this.studio;
    const [width, height] = [Number(options.get('width')), Number(options.get('height'))];
    const scaled = width && height && value ? Math.max(1, Math.round((height * value) / width)) : null;
    options.set({ width: value || null, ...(height ? { height: scaled } : {}) });
  }

  /** Puts both sliders where the quality of the URL is: one of them says a number, if any. */
  #slide(quality) {
    const aimed = AIMS.get(quality) ?? Number(quality.match(/^auto:(\d+)$/)?.[1]);
    for (const [slid, number] of [[this.number, Number(quality)], [this.aim, aimed]]) {
      slid.show(number || slid.querySelector('input').value, number || '–');
    }
  }
}

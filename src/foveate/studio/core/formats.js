// What the URL weighs in each format, side by side, and how it looks.

import { h } from './dom.js';
import { Newest } from './newest.js';
import { patiently, post } from './server.js';
import { trouble } from './trouble.js';
import { bytes } from './words.js';

const FORMATS = ['avif', 'webp', 'jpeg'];
const NOT_YET = '…';

/** A bar for each format, as long as it is heavy. */
export class Formats {
  constructor(studio) {
    Object.assign(this, { studio, newest: new Newest(), filled: '', known: new Map() });
    this.rows = new Map(FORMATS.map((format) => [format, this.#row(format)]));
    this.notice = h('div');
    this.element = h('section', { class: 'side', 'aria-label': 'In each format' },
      h('h3', {}, 'The same URL in each format'), [...this.rows.values()].map(({ button }) => button), this.notice);
  }

  #row(format) {
    const [bar, size, score] = [h('b'), h('span', { class: 'size' }, NOT_YET), h('span', { class: 'muted score' })];
    const button = h('button', { type: 'button', class: 'button', 'data-format': format, onclick: () => this.studio.options.set({ format }) },
      h('span', {}, format.toUpperCase()), h('i', {}, bar), size, score);
    return { button, bar, size, score };
  }

  /** Weighs the options of the URL in each format, unless that was done; what was begun for others ends. */
  async fill(picture) {
    const { options } = this.studio;
    const name = `${picture.source} ${options.text({ format: null })}`;
    this.#mark();
    if (name === this.filled) return;
    this.filled = name;
    this.known.clear();
    this.notice.replaceChildren();
    this.#draw();
    const asked = FORMATS.map((format) => [format, encodeURIComponent(options.text({ format }))]);
    try {
      await this.newest.run(async (signal) => {
        for (const [format, query] of asked) {
          this.known.set(format, await patiently(() => post(`v1/score?options=${query}`, picture.body, signal), { signal, waits: () => {} }));
          this.#draw();
        }
      }, picture.signal);
    } catch (why) {
      this.filled = '';
      this.notice.replaceChildren(trouble(why, () => this.fill(picture)));
    }
  }

  /** Ends what goes on; it is begun anew when it is looked at again. */
  stop() {
    if (this.known.size < FORMATS.length) this.filled = '';
    this.newest.stop();
  }

  #mark() {
    const own = this.studio.options.get('format');
    for (const [format, { button }] of this.rows) button.setAttribute('aria-pressed', format === own);
  }

  #draw() {
    const sizes = [...this.known.values()].map((told) => told.bytes);
    this.element.dataset.weighed = this.known.size === FORMATS.length ? 'all' : 'some';
    for (const [format, { button, bar, size, score }] of this.rows) {
      const told = this.known.get(format);
      bar.style.width = told ? `${(100 * told.bytes) / Math.max(...sizes)}%` : '0';
      size.textContent = told ? bytes(told.bytes) : NOT_YET;
      score.textContent = told ? told.score.toFixed(1) : '';
      const quality = told?.quality ? `, quality ${told.quality}` : '';
      button.title = told ? `${format.toUpperCase()}${quality}` : '';
      button.setAttribute('aria-label', told ? `${format.toUpperCase()}${quality}: ${bytes(told.bytes)}, score ${told.score.toFixed(1)}` : format.toUpperCase());
    }
  }
}

// Bytes: which format and quality is smallest and still looks right, side by side with the source.

import { choice, slider } from '../core/controls.js';
import { h } from '../core/dom.js';
import { bytes } from '../core/words.js';

const FORMATS = ['avif', 'webp', 'jpeg'];
const QUALITIES = [40, 60, 80];

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
    this.studio = studio;
    const { options } = studio;
    this.table = h('table', { class: 'sizes' });
    this.element = h('div', {},
      h('h2', {}, 'Bytes'),
      choice('Format', [['', 'as the source'], ['auto', 'the best that a browser takes'], ...FORMATS.map((name) => [name, name.toUpperCase()]), ['png', 'PNG']], '', (value) => options.set({ format: value || null })),
      choice('Quality', [['', 'as the server has it'], ['auto', 'the fewest bytes that look right'], ...['high', 'medium-high', 'medium-low', 'low'].map((name) => [name, name])], '', (value) => options.set({ quality: value || null })),
      slider('or a number', { min: 1, max: 100, step: 1, value: 80 }, (value) => options.set({ quality: value })),
      choice('Width', [['', 'as it is'], ...['640', '960', '1280', '1920'].map((width) => [width, `${width} px`])], '', (value) => options.set({ width: value || null })),
      this.table);
  }

  async look(picture) {
    this.table.replaceChildren(h('caption', {}, 'What it weighs'), h('tr', {}, h('td'), ...FORMATS.map((name) => h('th', { scope: 'col' }, name.toUpperCase()))));
    for (const quality of QUALITIES) {
      const cells = FORMATS.map((format) => this.#cell(format, quality));
      this.table.append(h('tr', {}, h('th', { scope: 'row' }, `quality ${quality}`), ...cells.map(({ cell }) => cell)));
      for (const { cell, patch } of cells) {
        const told = await weight(picture, this.studio.options.text({ width: Math.min(960, picture.width), ...patch })).catch(() => null);
        if (told !== null) cell.firstChild.textContent = bytes(told);
        if (picture.signal.aborted) return;
      }
    }
  }

  #cell(format, quality) {
    const patch = { format, quality };
    return { patch, cell: h('td', {}, h('button', { type: 'button', class: 'button', 'aria-label': `${format}, quality ${quality}`, onclick: () => this.studio.options.set(patch) }, '…')) };
  }
}

async function weight(picture, options) {
  const response = await fetch(await picture.rendition(options), { signal: picture.signal });
  return response.ok ? (await response.blob()).size : null;
}

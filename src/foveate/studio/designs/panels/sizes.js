// Sizes: the design as it is on pages of others, side by side; each can be opened, and all be taken along.

import { h } from '../../core/dom.js';
import { answered, post, read } from '../../core/server.js';
import { trouble } from '../../core/trouble.js';
import { asked } from '../drawing.js';
import { save } from '../exporting.js';

const FIRST = ['instagram-square', 'instagram-story', 'youtube-thumbnail', 'facebook-post'];
const MOST = 20;
/** Pixels of the longer side of a drawing here. */
const SHOWN = 640;
const FORMATS = [['png', 'PNG'], ['jpeg', 'JPEG'], ['webp', 'WebP'], ['avif', 'AVIF'], ['pdf', 'PDF'], ['svg', 'SVG']];
const ENDS = { jpeg: 'jpg' };

export default {
  id: 'sizes',
  title: 'Sizes',
  icon: 'M3 5h11v8H3zM17 5h4v14h-4zM3 16h11v3H3z',
  open: (editor) => new Sizes(editor),
};

class Sizes {
  constructor(editor) {
    Object.assign(this, { editor, design: editor.design, chosen: new Set(FIRST), made: new Map(), asking: null });
    this.choices = h('div', { class: 'choices-of-size' });
    this.own = h('input', { type: 'text', name: 'size', 'aria-label': 'Another size', placeholder: '16:9, 800x600, 210mm x 297mm', onkeydown: (event) => event.stopPropagation() });
    this.act = h('button', { type: 'button', class: 'button primary', onclick: () => this.make() }, 'Show');
    this.format = h('select', { name: 'format', 'aria-label': 'Format' }, FORMATS.map(([value, text]) => h('option', { value }, text)));
    this.zip = h('button', { type: 'button', class: 'button', disabled: true, onclick: () => this.#zip() }, 'All as a zip');
    this.told = h('p', { class: 'muted', role: 'status' });
    this.grid = h('div', { class: 'sizes-shown' });
    this.which = h('details', { open: true }, h('summary', {}, 'Which'), this.choices,
      h('form', { class: 'row', onsubmit: (event) => this.#add(event) }, this.own, h('button', { type: 'submit', class: 'button' }, 'Add')));
    this.element = h('div', { class: 'sizing' }, h('h2', {}, 'Sizes'), this.which,
      h('div', { class: 'row' }, this.act, this.format, this.zip), this.told, this.grid);
  }

  look() {
    if (!this.known) this.#learn();
  }

  leave() {
    this.asking?.abort();
  }

  async #learn() {
    try {
      this.known = (await read('v1/page-sizes')).sizes;
      this.#draw();
    } catch (why) {
      this.choices.replaceChildren(trouble(why, () => this.#learn()));
    }
  }

  #draw() {
    const names = [...new Set([...this.known.map(({ name }) => name), ...this.chosen])];
    this.choices.replaceChildren(...names.map((name) => {
      const field = h('input', { type: 'checkbox', name: 'to', value: name, checked: this.chosen.has(name), onchange: () => (field.checked ? this.chosen.add(name) : this.chosen.delete(name)) });
      const row = this.known.find((each) => each.name === name);
      return h('label', { class: 'size', title: row ? `${row.about} ${Math.round(row.width)} × ${Math.round(row.height)}` : '' }, field, h('span', {}, name));
    }));
  }

  #add(event) {
    event.preventDefault();
    const name = this.own.value.trim().toLowerCase();
    if (!name) return;
    this.chosen.add(name);
    this.own.value = '';
    this.#draw();
  }

  /** Brings the design to each size that is chosen, and shows them as they come. */
  async make() {
    this.asking?.abort();
    const { signal } = this.asking = new AbortController();
    const names = [...this.chosen].slice(0, MOST);
    this.made.clear();
    // Where there is little room, what comes is seen rather than what was chosen.
    this.which.open = matchMedia('(min-width: 1100px)').matches;
    this.grid.replaceChildren(...names.map((name) => h('figure', { class: 'sized', 'data-size': name }, h('div', { class: 'drawing goes' }), h('figcaption', {}, h('strong', {}, name)))));
    this.zip.disabled = true;
    this.told.textContent = names.length ? '' : 'Choose a size, or several.';
    try {
      await this.editor.kept();
      for (const name of names) await this.#one(name, signal);
      this.zip.disabled = !this.made.size;
      this.told.textContent = this.made.size > 1 ? `${this.made.size} sizes.` : '';
    } catch (why) {
      if (why.name === 'AbortError') return;
      this.told.textContent = why.message;
    }
  }

  async #one(name, signal) {
    const figure = this.grid.querySelector(`[data-size="${CSS.escape(name)}"]`);
    const place = figure.querySelector('.drawing');
    const caption = figure.querySelector('figcaption');
    try {
      const [made] = (await post(`v1/designs/${this.design.id}/resize`, { to: [name] }, signal)).designs;
      const scale = Math.min(1, SHOWN / Math.max(made.width, made.height));
      const blob = await (await asked(made.design, { scale }, signal)).blob();
      this.made.set(name, made);
      const image = h('img', { alt: `The design as ${name}`, src: URL.createObjectURL(blob), onload: () => URL.revokeObjectURL(image.src) });
      place.replaceChildren(image);
      caption.append(h('span', { class: 'muted' }, `${Math.round(made.width)} × ${Math.round(made.height)}`), ...this.#remarks(made.remarks), this.#acts(name));
    } catch (why) {
      if (why.name === 'AbortError') throw why;
      caption.append(h('p', { class: 'wrong' }, why.message));
    }
    place.classList.remove('goes');
  }

  #remarks(remarks) {
    return remarks.length ? [h('ul', { class: 'remarks' }, remarks.map((each) => h('li', {}, each)))] : [];
  }

  #acts(name) {
    const told = h('span', { role: 'status' });
    const open = h('button', { type: 'button', class: 'button', 'aria-label': `Open ${name} as a design of its own`, onclick: () => this.#open(name, open, told) }, 'Open');
    return h('div', { class: 'row' }, open, h('button', { type: 'button', class: 'button', 'aria-label': `Download ${name}`, onclick: () => this.#download(name, told) }, 'Download'), told);
  }

  async #open(name, button, told) {
    button.disabled = true;
    try {
      const [{ id, version }] = (await post(`v1/designs/${this.design.id}/resize`, { to: [name], keep: true })).designs;
      told.replaceChildren(h('a', { href: `designs/${id}`, target: '_blank', rel: 'noopener' }, version > 1 ? `${id}, version ${version}` : id));
      this.editor.say(`${id} is kept as a design of its own`);
    } catch (why) {
      told.textContent = why.message;
    }
    button.disabled = false;
  }

  async #download(name, told) {
    told.textContent = 'It is being made…';
    try {
      const format = this.format.value;
      save(await (await asked(this.made.get(name).design, { format })).blob(), `${this.design.id}-${name.replaceAll(':', 'x')}.${ENDS[format] ?? format}`);
      told.textContent = '';
    } catch (why) {
      told.textContent = why.message;
    }
  }

  async #zip() {
    this.zip.disabled = true;
    this.told.textContent = 'The zip is being made…';
    try {
      await this.editor.kept();
      const body = JSON.stringify({ to: [...this.made.keys()], draw: this.format.value });
      const response = await answered(`v1/designs/${this.design.id}/resize`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      save(await response.blob(), `${this.design.id}-sizes.zip`);
      this.told.textContent = '';
    } catch (why) {
      this.told.textContent = why.message;
    }
    this.zip.disabled = false;
  }
}

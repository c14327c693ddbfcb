// Brands: those that the operator keeps, and one of a file; seen on the design before it is accepted.

import { h } from '../../core/dom.js';
import { answered, read } from '../../core/server.js';
import { trouble } from '../../core/trouble.js';
import { Cards } from '../cards.js';

const ENDS = { json: 'application/json', toml: 'application/toml' };
const SHOWN = 6;

export default {
  id: 'brand',
  title: 'Brand',
  icon: 'M12 3a9 9 0 1 0 0 18c2 0 2-2 1-3s0-3 2-3h3a3 3 0 0 0 3-3c0-5-4-9-9-9zM7.5 12h.01M9 8h.01M14 7.5h.01',
  open: (editor) => new Brand(editor),
};

class Brand {
  constructor(editor) {
    Object.assign(this, { editor, design: editor.design, cards: null, asking: null });
    this.list = h('div', { class: 'brands', role: 'group', 'aria-label': 'Brands' });
    const file = h('input', { type: 'file', accept: '.toml,.json', class: 'unseen', 'aria-label': 'A brand as TOML or JSON', onchange: () => this.#file(file) });
    this.told = h('div', { class: 'told', 'aria-live': 'polite' });
    this.element = h('div', { class: 'branding' }, h('h2', {}, 'Brand'),
      h('p', { class: 'muted' }, 'Colours by what they are for, fonts, the logo and least sizes. What is locked stays.'),
      this.list, h('div', { class: 'row' }, h('button', { type: 'button', class: 'button', onclick: () => file.click() }, 'A brand of a file…'), file), this.told);
  }

  look() {
    if (!this.known) this.#learn();
  }

  leave() {
    this.cards?.leave();
  }

  async #learn() {
    try {
      this.known = (await read('v1/brands')).brands;
      this.list.replaceChildren(...(this.known.length ? this.known.map((brand) => this.#row(brand)) : [h('p', { class: 'muted none' }, 'No brand is kept here: the operator puts them into the folder of FOVEATE_DESIGNS__BRANDS.')]));
    } catch (why) {
      this.list.replaceChildren(trouble(why, () => this.#learn()));
    }
  }

  #row({ name, title, colours = {}, fonts = {}, problems }) {
    if (problems.length) return h('div', { class: 'brand broken' }, h('strong', {}, name), h('p', { class: 'wrong' }, problems.join(' ')));
    const inks = Object.entries(colours).slice(0, SHOWN).map(([part, value]) => {
      const ink = h('span', { class: 'ink', title: `${part} ${value}` });
      ink.style.background = value;
      return ink;
    });
    const families = [...new Set(Object.values(fonts))].join(', ');
    return h('button', { type: 'button', class: 'brand', 'data-brand': name, 'aria-pressed': 'false', onclick: () => this.try(title, `?brand=${encodeURIComponent(name)}`) },
      h('strong', {}, title), h('span', { class: 'inks', 'aria-hidden': 'true' }, inks), families && h('span', { class: 'muted' }, families));
  }

  async #file(field) {
    const [file] = field.files;
    field.value = '';
    if (!file) return;
    const kind = ENDS[file.name.split('.').at(-1).toLowerCase()] ?? ENDS.toml;
    await this.try(file.name, '', { headers: { 'content-type': kind }, body: file });
  }

  /** Shows the design in a brand, and what that changes. */
  async try(title, query, more = {}) {
    this.leave();
    this.asking?.abort();
    const asking = this.asking = new AbortController();
    for (const each of this.list.querySelectorAll('[data-brand]')) each.setAttribute('aria-pressed', query.endsWith(`=${encodeURIComponent(each.dataset.brand)}`));
    this.told.replaceChildren(h('p', { class: 'muted goes' }, `The design is brought to ${title}…`));
    try {
      await this.editor.kept();
      const response = await answered(`v1/designs/${this.design.id}/brand${query}`, { method: 'POST', signal: asking.signal, ...more });
      this.#show(title, await response.json());
    } catch (why) {
      if (why.name !== 'AbortError') this.told.replaceChildren(h('p', { class: 'wrong', role: 'alert' }, why.message));
    }
  }

  #show(title, { changes, remarks }) {
    const said = remarks.length ? h('ul', { class: 'remarks' }, remarks.map((each) => h('li', {}, each))) : null;
    if (!changes.length) return this.told.replaceChildren(h('p', {}, `The design is in ${title} already.`), said ?? '');
    this.cards = new Cards(this.editor, changes, `Brand: ${title}`);
    const rows = this.cards.rows;
    const one = h('details', {}, h('summary', {}, `${this.cards.cards.length} changes, one by one`));
    rows.replaceWith(one);
    one.append(rows);
    this.told.replaceChildren(h('h3', {}, title), this.cards.element, ...(said ? [h('h3', {}, 'To be known'), said] : []));
    this.cards.see.click();
    return this.told.scrollIntoView({ block: 'nearest' });
  }
}

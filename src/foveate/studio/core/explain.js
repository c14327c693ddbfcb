// The options of the URL word by word, from the server's own table.

import { h, marked } from './dom.js';

const WORD = /`([\w.-]+)`/g;
/** Other spellings of the word before. */
const ALSO = / \([^)]*\)/g;

/** What each option means, what it is, and what else it could be. */
export class Explain {
  constructor(options) {
    this.options = options;
    this.list = h('dl');
    this.element = h('section', { id: 'explained', class: 'explained', 'aria-label': 'What the options mean', tabindex: '0', hidden: true }, this.list);
    this.button = h('button', { type: 'button', class: 'button', 'aria-expanded': 'false', 'aria-controls': 'explained', onclick: () => this.toggle() }, 'Explain');
    options.onchange(() => this.draw());
  }

  toggle() {
    this.element.hidden = !this.element.hidden;
    this.button.setAttribute('aria-expanded', !this.element.hidden);
    this.draw();
  }

  draw() {
    if (this.element.hidden) return;
    const { pairs } = this.options;
    this.list.replaceChildren(...(pairs.length
      ? pairs.flatMap(([name, value]) => this.#row(name, value))
      : [h('dt', {}, h('code', {}, 'format=auto')), h('dd', {}, 'No options: the picture as it is, in the best format that the browser takes.')]));
  }

  #row(name, value) {
    const row = this.options.row(name);
    const head = h('dt', {}, h('code', {}, `${name}=${value}`));
    if (!row) return [head, h('dd', {}, 'No option of this server: it is ignored.')];
    const words = [...row.values.replace(ALSO, '').matchAll(WORD)].map(([, word]) => word);
    return [head, h('dd', {},
      h('p', {}, ...marked(row.help)),
      h('p', { class: 'muted' }, 'Values: ', ...marked(row.values), '. Without it: ', ...marked(row.default), row.aliases.length ? `. Also ${row.aliases.join(', ')}.` : '.'),
      words.length > 1 ? h('div', { class: 'row', role: 'group', 'aria-label': `Other values of ${name}` }, words.map((word) => h('button', {
        type: 'button', class: 'button', 'aria-pressed': word === value, onclick: () => this.#choose(name, word),
      }, word))) : null)];
  }

  #choose(name, word) {
    this.options.set({ [name]: word });
    this.list.querySelector(`[aria-label="Other values of ${name}"] [aria-pressed="true"]`)?.focus();
  }
}

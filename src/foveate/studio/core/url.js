// The URL of what is seen: its options, the bar that shows them, and what it answers.

import { copied } from './copied.js';
import { KINDS, masked } from './copies.js';
import { h, say } from './dom.js';
import { Explain } from './explain.js';
import { MOUNT, escaped } from './grammar.js';
import { at, read } from './server.js';

const SIGNED = 'signed URL';
/** Ways to copy that name a file, and no address. */
const LOCAL = new Set(['Python']);
const MOST_UNDONE = 50;
const ONE_CHANGE_MS = 400;

/** Options by name, in the order in which the server writes them. */
export class Options {
  constructor() {
    this.values = new Map();
    this.rows = new Map();
    this.heard = [];
    this.before = [];
    this.changed = -Infinity;
  }

  /** Learns the names, their order and their meanings from the server, unless they are known. */
  async learn() {
    if (this.rows.size) return;
    const { options } = await read('v1/options');
    this.rows = new Map(options.map((row, number) => [row.name, { ...row, number }]));
  }

  /** Returns what the server's table says of an option by any of its names. */
  row(name) {
    return this.rows.get(name) ?? [...this.rows.values()].find(({ aliases }) => aliases.includes(name));
  }

  onchange(act) {
    this.heard.push(act);
  }

  /** Sets some options; null takes one away. */
  set(patch) {
    this.#remember();
    for (const [name, value] of Object.entries(patch)) {
      if (value === null || value === '') this.values.delete(name);
      else this.values.set(name, String(value));
    }
    this.#tell();
  }

  /** Takes all away, for another picture. */
  clear() {
    this.values.clear();
    this.before = [];
    this.#tell();
  }

  /** Puts back what there was before the last change; returns whether there was something. */
  undo() {
    const before = this.before.pop();
    if (!before) return false;
    this.values = before;
    this.#tell();
    return true;
  }

  /** Keeps what there was, once for all that a slider does on its way. */
  #remember() {
    const now = performance.now();
    if (now - this.changed > ONE_CHANGE_MS) this.before.push(new Map(this.values));
    this.changed = now;
    this.before.splice(0, this.before.length - MOST_UNDONE);
  }

  #tell() {
    for (const act of this.heard) act();
  }

  get(name) {
    return this.values.get(name) ?? '';
  }

  /** Returns the names as the server's table has them. */
  get names() {
    return new Set([...this.values.keys()].map((name) => this.row(name)?.name ?? name));
  }

  get pairs() {
    const place = (name) => this.row(name)?.number ?? Infinity;
    return [...this.values].sort(([one], [other]) => place(one) - place(other));
  }

  /** Returns them as they stand in a URL, some of them changed; null takes one away. */
  text(patch = {}) {
    const pairs = new Map([...this.pairs, ...Object.entries(patch)]);
    return [...pairs].filter(([, value]) => value !== null).map(([name, value]) => `${name}=${escaped(value)}`).join(',') || 'format=auto';
  }
}

/** The bar at the foot of the page. */
export class UrlBar {
  constructor(root, studio) {
    this.studio = studio;
    this.root = root;
    this.chips = h('div', { class: 'chips', role: 'list', 'aria-label': 'Options' });
    this.source = h('input', { type: 'text', class: 'source mono', 'aria-label': 'Source: a path below your origin, or an address', spellcheck: 'false', oninput: () => { this.own = this.source.value; } });
    this.about = h('output', { class: 'muted about' });
    this.kind = h('select', { 'aria-label': 'Copy as', onchange: () => localStorage.setItem('copy', this.kind.value) },
      Object.keys(KINDS).map((kind) => h('option', { value: kind, selected: kind === localStorage.getItem('copy') }, kind)));
    this.button = h('button', { type: 'button', class: 'button primary', onclick: () => this.copy() }, 'Copy');
    this.back = h('button', { type: 'button', class: 'button quiet', hidden: true, title: 'Undo the last option (Z)', onclick: () => studio.undo() }, 'Undo');
    this.explain = new Explain(studio.options);
    this.note = h('p', { class: 'muted noted', role: 'status', hidden: true });
    this.wrong = h('p', { class: 'wrong-said', id: 'wrong-said', role: 'alert', hidden: true });
    const parts = h('div', { class: 'parts' }, this.chips, this.back, this.explain.button, this.source, this.about, this.kind, this.button);
    root.append(parts, this.note, this.wrong, this.explain.element);
    studio.options.onchange(() => this.draw());
  }

  /** Offers signed URLs only where there is a key that signs. */
  signs(on) {
    const [signed] = [...this.kind.options].filter(({ value }) => value === SIGNED);
    if (!on) signed?.remove();
  }

  /** Shows the options as chips, each with its meaning. */
  draw() {
    const { options } = this.studio;
    this.back.hidden = options.before.length === 0;
    const held = this.chips.contains(document.activeElement) ? document.activeElement.getAttribute('aria-label') : '';
    this.chips.replaceChildren(...options.pairs.map(([name, value]) => this.#chip(name, value)), this.#more());
    if (held) [...this.chips.querySelectorAll('input, button')].find((each) => each.getAttribute('aria-label') === held)?.focus();
  }

  /** Returns a field that takes one more option. */
  #more() {
    const field = h('input', { type: 'text', class: 'mono', size: 15, placeholder: '+ option=value', 'aria-label': 'Add an option, as option=value', list: 'options', spellcheck: 'false', autocomplete: 'off', onchange: () => {
      const [name, ...value] = field.value.split('=');
      if (name.trim() && value.length) this.studio.options.set({ [name.trim()]: value.join('=').trim() });
    } });
    const names = h('datalist', { id: 'options' }, [...this.studio.options.rows.keys()].map((name) => h('option', { value: `${name}=` })));
    return h('span', { class: 'more', role: 'listitem' }, field, names);
  }

  /** Says in place what is wrong with an option, in the server's words; each is `[name, sentence]`. */
  blame(wrong) {
    for (const chip of this.chips.querySelectorAll('.chip')) {
      const [, sentence] = wrong.find(([name]) => name === chip.dataset.name || name === this.studio.options.row(chip.dataset.name)?.name) ?? [];
      chip.classList.toggle('wrong', Boolean(sentence));
      const field = chip.querySelector('input');
      if (!sentence) for (const name of ['aria-invalid', 'aria-describedby']) field.removeAttribute(name);
      else for (const [name, value] of [['aria-invalid', true], ['aria-describedby', this.wrong.id]]) field.setAttribute(name, value);
    }
    this.wrong.replaceChildren(...wrong.map(([, sentence]) => h('span', {}, `⚠ ${sentence}`)));
    this.wrong.hidden = wrong.length === 0;
  }

  #chip(name, value) {
    const { options } = this.studio;
    const row = options.row(name);
    const field = h('input', { type: 'text', value, size: Math.max(1, value.length), 'aria-label': `${name}: ${row?.help ?? ''}`, spellcheck: 'false',
      oninput: () => { field.size = Math.max(1, field.value.length); },
      onchange: () => options.set({ [name]: field.value }) });
    return h('span', { class: 'chip', role: 'listitem', 'data-name': name, title: row ? `${row.help} (${row.values})` : '' },
      h('span', {}, `${name}=`), field,
      h('button', { type: 'button', 'aria-label': `Remove ${name}`, onclick: () => options.set({ [name]: null }) }, '×'));
  }

  /** Shows where the picture comes from. */
  from(picture) {
    this.own = '';
    this.source.value = picture.address || picture.source;
    this.source.title = picture.reference ? 'This upload is answered for some minutes. Write where the picture lies below your origin.' : '';
    this.root.hidden = false;
  }

  /** Tells what the rendition weighs and took. */
  tell(text) {
    this.about.textContent = text;
    this.about.classList.remove('stale');
  }

  /** Takes away what is told, of an answer before, unless the next one is here at once. */
  ages() {
    this.about.classList.add('stale');
  }

  /** Returns the address of what is seen, some of its options changed. */
  address(patch = {}) {
    return at(this.path(patch)).href;
  }

  path(patch = {}) {
    const source = (this.own || this.studio.picture.source).replace(/^\/+/, '');
    return `${MOUNT}/${this.studio.options.text(patch)}/${source}`;
  }

  /** Says what the server notes of its answer. */
  notes(text) {
    this.note.textContent = text && `Note: ${text}.`;
    this.note.hidden = !text;
  }

  async copy() {
    await copied(this.button, this.kind.value, () => KINDS[this.kind.value](this));
    const { picture, options } = this.studio;
    const upload = picture.reference && !this.own && !LOCAL.has(this.kind.value);
    const warnings = [
      ...(upload ? ['What was copied names your upload, which is gone in some minutes. Write beside it where the picture will lie.'] : []),
      ...(masked(options) ? ['What was copied names a mask, which the server keeps for up to an hour after it was last selected, or as long as select.ttl_s says.'] : []),
    ];
    if (warnings.length) this.warn(warnings.join(' '));
  }

  /** Says something below the bar, until the options change. */
  warn(sentence) {
    this.wrong.textContent = sentence;
    this.wrong.hidden = false;
  }
}

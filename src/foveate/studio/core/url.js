// The URL of what is seen: its options, the bar that shows them, and the ways to copy it.

import { h, say } from './dom.js';
import { Refused, at, read, refusal, rendering, signed } from './server.js';
import { bytes, ms } from './words.js';

const MOUNT = 'cdn-cgi/image';
const WIDTHS = [320, 640, 960, 1280, 1920];
const QUIET_MS = 150;
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

  /** Learns the names, their order and their meanings from the server. */
  async learn() {
    const { options } = await read('v1/options');
    this.rows = new Map(options.map((row, number) => [row.name, { ...row, number }]));
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

  get pairs() {
    const place = (name) => this.rows.get(name)?.number ?? Infinity;
    return [...this.values].sort(([one], [other]) => place(one) - place(other));
  }

  /** Returns them as they stand in a URL, some of them changed. */
  text(patch = {}) {
    const pairs = new Map([...this.pairs, ...Object.entries(patch)]);
    return [...pairs].map(([name, value]) => `${name}=${escaped(value)}`).join(',') || 'format=auto';
  }
}

const escaped = (value) => encodeURIComponent(value).replace(/%(3B|3A|40|2E)/g, (code) => decodeURIComponent(code));

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
    root.append(this.chips, this.back, this.source, this.about, this.kind, this.button);
    studio.options.onchange(() => this.draw());
  }

  /** Shows the options as chips, each with its meaning. */
  draw() {
    const { options } = this.studio;
    this.back.hidden = options.before.length === 0;
    this.chips.replaceChildren(...options.pairs.map(([name, value]) => this.#chip(name, value)));
  }

  #chip(name, value) {
    const { options } = this.studio;
    const row = options.rows.get(name);
    const field = h('input', { type: 'text', value, size: Math.max(1, value.length), 'aria-label': `${name}: ${row?.help ?? ''}`, spellcheck: 'false',
      oninput: () => { field.size = Math.max(1, field.value.length); },
      onchange: () => options.set({ [name]: field.value }) });
    return h('span', { class: 'chip', role: 'listitem', title: row ? `${row.help} (${row.values})` : '' },
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
  }

  /** Returns the address of what is seen, some of its options changed. */
  address(patch = {}) {
    return at(this.path(patch)).href;
  }

  path(patch = {}) {
    const source = (this.own || this.studio.picture.source).replace(/^\/+/, '');
    return `${MOUNT}/${this.studio.options.text(patch)}/${source}`;
  }

  async copy() {
    const kind = this.kind.value;
    try {
      await navigator.clipboard.writeText(await KINDS[kind](this));
      this.#said(`Copied ${kind}`);
    } catch (why) {
      this.#said(why instanceof Refused ? why.message : 'The browser does not let this page copy.');
    }
  }

  #said(text) {
    say(text);
    this.button.textContent = text;
    setTimeout(() => { this.button.textContent = 'Copy'; }, 2000);
  }
}

const srcset = (bar) => WIDTHS.map((width) => `${bar.address({ width })} ${width}w`).join(',\n          ');

const KINDS = {
  URL: (bar) => bar.address(),
  'signed URL': (bar) => signed(bar.path(), bar.studio.picture.signal),
  HTML: (bar) => `<img src="${bar.address()}"\n  srcset="${srcset(bar)}"\n  sizes="100vw" alt="">`,
  'Next.js': (bar) => `// loader.js\nexport default ({ src, width, quality }) =>\n  \`${at('').href}${MOUNT}/${bar.studio.options.text({ width: 'WIDTH' }).replace('WIDTH', '${width}')}\${quality ? \`,quality=\${quality}\` : ''}/\${src.replace(/^\\//, '')}\`;`,
  curl: (bar) => `curl -o picture '${bar.address()}'`,
  Python: (bar) => `import foveate\n\nfoveate.render("${bar.own || bar.studio.picture.name}", "${bar.studio.options.text()}").save("picture")`,
};

/** Keeps the stage showing what the URL answers: calls `show` with a blob and what is known of it. */
export class Renderer {
  constructor(studio, show, fail) {
    Object.assign(this, { studio, show, fail, timer: 0, underway: null });
    studio.options.onchange(() => this.soon());
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), QUIET_MS);
  }

  async now() {
    const { picture, options } = this.studio;
    if (!picture?.source || !this.studio.renders) return;
    this.underway?.abort();
    this.underway = new AbortController();
    const began = performance.now();
    try {
      const response = await fetch(await picture.rendition(options.text()), { headers: rendering(options.text()), signal: AbortSignal.any([this.underway.signal, picture.signal]) });
      if (!response.ok) throw await refusal(response);
      const blob = await response.blob();
      this.show(blob, `${bytes(blob.size)} · ${blob.type.replace('image/', '')} · ${ms(performance.now() - began)}`, response.headers);
    } catch (why) {
      if (why.name !== 'AbortError') this.fail(why);
    }
  }
}

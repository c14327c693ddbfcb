// Build a URL: what the fields say, as the URL that asks for it, and what the server says of that.

import { copied } from '../core/copied.js';
import { h } from '../core/dom.js';
import { MOUNT, escaped } from '../core/grammar.js';
import { at, read, rendered, signed, signing } from '../core/server.js';
import { trouble } from '../core/trouble.js';
import { bytes, ms } from '../core/words.js';

const QUIET_MS = 200;
const SIGNED_MS = 10_000;
const NOTHING = 'format=auto';

/** Makes the page work. */
export async function build() {
  const builder = new Builder();
  const told = await read('v1/studio').catch(() => ({ samples: [], signed: false }));
  signing(told.signed);
  builder.offer(told.samples.map(({ name }) => name));
}

class Builder {
  constructor() {
    const found = (id) => document.getElementById(id);
    Object.assign(this, { form: found('options'), source: found('source'), url: found('url'), acts: found('acts'), said: found('said'), facts: found('facts'), picture: found('shown'), studio: found('studio') });
    this.underway = new AbortController();
    this.studio.hidden = !document.querySelector('#page-top nav a');
    this.form.addEventListener('submit', (event) => event.preventDefault());
    for (const place of [this.form, this.source]) place.addEventListener('input', () => this.soon());
    found('copy').addEventListener('click', (event) => this.copy(event.target));
  }

  /** Offers pictures that the server has; the first is taken where none was named. */
  offer(names) {
    document.getElementById('samples').append(...names.map((name) => h('option', { value: name })));
    this.source.value ||= names[0] ?? '';
    this.now();
  }

  get fields() {
    return [...this.form.elements].filter((field) => field.name);
  }

  get options() {
    return this.fields.filter(({ value }) => value.trim()).map(({ name, value }) => `${name}=${escaped(value.trim())}`).join(',') || NOTHING;
  }

  get path() {
    const source = this.source.value.trim().replace(/^\/+/, '');
    return `${MOUNT}/${this.options}/${source || 'SOURCE'}`;
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), QUIET_MS);
  }

  /** Asks the server what it says of the URL, and for its picture where one is named. */
  async now() {
    this.underway.abort();
    this.underway = new AbortController();
    const { signal } = this.underway;
    this.#write();
    try {
      const told = await read(`v1/options/read?text=${encodeURIComponent(this.options)}`, signal);
      this.#judge(told);
      if (told.problem || !this.source.value.trim()) this.#hide();
      else await this.#show(signal);
    } catch (why) {
      if (why.name === 'AbortError') return;
      this.#hide();
      this.said.replaceChildren(trouble(why, () => this.now()));
    }
  }

  #write() {
    this.url.textContent = at(this.path).href;
    this.acts.hidden = !this.source.value.trim();
    this.studio.href = at(`./#${new URLSearchParams({ source: this.source.value.trim(), options: this.options })}`).href;
  }

  /** Shows what is wrong, beside the field that the sentence names. */
  #judge({ problem, unknown }) {
    const wrong = problem && this.fields.find(({ name, value }) => value.trim() && new RegExp(`\\b${name.replaceAll('.', '\\.')}\\b`).test(problem));
    for (const field of this.fields) field.setAttribute('aria-invalid', field === wrong);
    const said = problem || (unknown.length ? `No such option: ${unknown.join(', ')}.` : '');
    this.said.replaceChildren(...(said ? [h('p', { class: 'notice error' }, said)] : []));
  }

  async #show(signal) {
    const began = performance.now();
    const response = await rendered(await signed(this.path, signal), signal);
    const made = await response.blob();
    if (!made.type.startsWith('image/')) {
      this.#hide();
      this.said.replaceChildren(h('div', { class: 'code' }, h('pre', { tabindex: '0' }, pretty(await made.text()))));
      return;
    }
    const local = URL.createObjectURL(made);
    const before = this.picture.src;
    this.picture.src = local;
    await this.picture.decode();
    if (before) URL.revokeObjectURL(before);
    this.picture.hidden = false;
    this.facts.textContent = `${this.picture.naturalWidth} × ${this.picture.naturalHeight} · ${bytes(made.size)} · ${made.type.replace('image/', '')} · ${ms(performance.now() - began)}`;
  }

  #hide() {
    this.picture.hidden = true;
    this.facts.textContent = '';
  }

  /** Copies the URL, signed where no other is answered. */
  copy(button) {
    return copied(button, 'URL', () => signed(this.path, AbortSignal.timeout(SIGNED_MS)));
  }
}

const pretty = (text) => {
  try {
    return JSON.stringify(JSON.parse(text), null, 1);
  } catch {
    return text;
  }
};

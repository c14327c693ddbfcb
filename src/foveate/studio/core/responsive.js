// The chooser of widths: what each weighs, and the HTML to paste.

import { copied } from './copied.js';
import { h } from './dom.js';
import { patiently, rendered } from './server.js';
import { CHOSEN, FORMATS, formats, markup, scaled, widths } from './srcset.js';
import { trouble } from './trouble.js';
import { bytes } from './words.js';

const QUIET_MS = 400;

/** Widths, formats and `sizes`; what they weigh is measured while it is open. */
export class Responsive {
  constructor(studio) {
    Object.assign(this, { studio, underway: null, measured: '', timer: 0 });
    const field = (label, name, act) => h('label', { class: 'fact' }, h('span', {}, label), h('input', { type: 'text', class: 'mono', value: CHOSEN[name], spellcheck: 'false', oninput: (event) => act(event.target.value) }));
    this.checks = new Map(FORMATS.map((format) => [format, h('input', { type: 'checkbox', name: 'srcset', onchange: () => this.#choose() })]));
    this.table = h('table', { class: 'facts' });
    this.code = h('pre', { class: 'code', tabindex: '0', 'aria-label': 'HTML' });
    this.notice = h('div');
    const copy = h('button', { type: 'button', class: 'button', onclick: () => copied(copy, 'HTML', () => markup(this.studio.bar)) }, 'Copy HTML');
    this.element = h('details', { class: 'responsive', ontoggle: () => this.follow() },
      h('summary', {}, 'Several widths (srcset)'),
      field('Widths in pixels', 'widths', (value) => this.#change({ widths: value })),
      h('fieldset', {}, h('legend', {}, 'Formats'), h('div', { class: 'row' }, [...this.checks].map(([format, check]) => h('label', { class: 'check' }, check, format.toUpperCase())))),
      field('sizes: how wide it is shown', 'sizes', (value) => this.#change({ sizes: value })),
      h('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': 'What each width weighs' }, this.table), this.notice,
      this.code, copy);
  }

  #change(patch) {
    Object.assign(CHOSEN, patch);
    this.follow();
  }

  #choose() {
    const chosen = FORMATS.filter((format) => this.checks.get(format).checked);
    this.#change({ formats: chosen.length ? chosen : null });
  }

  /** Shows what holds for the options as they are now, and measures it soon. */
  follow() {
    if (!this.element.open || !this.studio.picture?.source) return;
    const own = formats(this.studio);
    for (const [format, check] of this.checks) check.checked = own.includes(format);
    this.code.textContent = markup(this.studio.bar);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#measure(), QUIET_MS);
  }

  /** Ends what goes on. */
  stop() {
    clearTimeout(this.timer);
    this.underway?.abort();
  }

  async #measure() {
    const { options, picture } = this.studio;
    const [all, own] = [widths(this.studio), formats(this.studio)];
    const rows = all.map((width) => ({ width, cells: own.map((format) => ({ format, cell: h('td', {}, '…'), size: 0, text: options.text({ ...scaled(options, width), format }) })) }));
    const name = `${picture.source} ${rows.map(({ cells }) => cells.map(({ text }) => text)).join(' ')}`;
    if (name === this.measured) return;
    this.measured = name;
    this.underway?.abort();
    this.underway = new AbortController();
    const total = this.#draw(rows, own);
    const signal = AbortSignal.any([this.underway.signal, picture.signal]);
    this.notice.replaceChildren();
    try {
      for (const each of rows.flatMap(({ cells }) => cells)) {
        const response = await patiently(async () => rendered(await picture.rendition(each.text), signal), { signal, waits: (left) => this.#waits(left) });
        each.size = (await response.blob()).size;
        each.cell.textContent = bytes(each.size);
        total();
      }
    } catch (why) {
      if (why.name === 'AbortError') return;
      this.measured = '';
      this.notice.replaceChildren(trouble(why, () => this.#measure()));
    }
  }

  #waits(left) {
    this.notice.replaceChildren(...(left ? [h('p', { class: 'muted' }, `The server is busy, trying again in ${left} s.`)] : []));
  }

  /** Draws the table; returns what adds up its columns. */
  #draw(rows, own) {
    const sums = own.map(() => h('td', {}, '…'));
    this.table.replaceChildren(
      h('caption', {}, 'What each width weighs'),
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'width'), own.map((format) => h('th', { scope: 'col' }, format.toUpperCase())))),
      h('tbody', {}, rows.map(({ width, cells }) => h('tr', {}, h('th', { scope: 'row' }, `${width}w`), cells.map(({ cell }) => cell)))),
      h('tfoot', {}, h('tr', {}, h('th', { scope: 'row' }, 'together'), sums)));
    return () => own.forEach((_, at) => {
      const sizes = rows.map(({ cells }) => cells[at].size);
      if (sizes.every(Boolean)) sums[at].textContent = bytes(sizes.reduce((one, other) => one + other));
    });
  }
}

// What formats and qualities weigh and how they look, one after the other.

import { h } from './dom.js';
import { patiently, post } from './server.js';
import { trouble } from './trouble.js';
import { bytes } from './words.js';

const FORMATS = ['avif', 'webp', 'jpeg'];
const QUALITIES = [40, 50, 60, 70, 80, 90];
const GOALS = [[50, '50, medium'], [60, '60'], [70, '70, good'], [75, '75'], [80, '80, very good'], [85, '85'], [90, '90, nobody tells apart']];
const USUAL = 75;
const NOT_YET = '…';
/** Qualities so near to each other weigh and look the same. */
const FINE = 2;

/** A table of formats and qualities for the options of the URL, and which of them is best. */
export class Weights {
  constructor(studio) {
    Object.assign(this, { studio, underway: null, filled: '', goal: USUAL, between: [], fine: false });
    this.cells = new Map(QUALITIES.flatMap((quality) => FORMATS.map((format) => [`${format} ${quality}`, this.#cell(format, quality)])));
    this.best = h('output', { class: 'best-said' }, NOT_YET);
    this.use = h('button', { type: 'button', class: 'button', disabled: true, onclick: () => this.#take() }, 'Use it');
    this.notice = h('div');
    const goal = h('select', { onchange: () => this.#aim(Number(goal.value)) }, GOALS.map(([value, text]) => h('option', { value, selected: value === USUAL }, text)));
    this.element = h('section', { 'aria-label': 'What it weighs' }, this.#table(),
      h('label', { class: 'fact' }, h('span', {}, 'Fewest bytes at a score of at least'), goal),
      h('div', { class: 'spread best-row' }, this.best, this.use), this.notice,
      h('details', { class: 'small' }, h('summary', {}, 'What the score says'),
        h('p', { class: 'muted' }, 'SSIMULACRA2 compares the answer with the same pixels before they were compressed: 100 is identical, from 90 on nobody tells them apart side by side, 70 is good, 50 medium.')));
  }

  #table() {
    return h('table', { class: 'sizes' },
      h('caption', {}, 'What it weighs ', h('span', { class: 'muted' }, 'and its score')),
      h('thead', {}, h('tr', {}, h('td'), FORMATS.map((name) => h('th', { scope: 'col' }, name.toUpperCase())))),
      h('tbody', {}, QUALITIES.map((quality) => h('tr', {}, h('th', { scope: 'row' }, `quality ${quality}`),
        FORMATS.map((format) => h('td', {}, this.cells.get(`${format} ${quality}`).button))))));
  }

  #cell(format, quality) {
    const patch = { format, quality };
    const button = h('button', { type: 'button', class: 'button', 'data-cell': `${format} ${quality}`, onclick: () => this.studio.options.set(patch) });
    const cell = { patch, button, told: null };
    show(cell);
    return cell;
  }

  /** Fills the table for what is on the stage, unless it is filled; what was begun for another ends. */
  async fill(picture) {
    const { options } = this.studio;
    const name = `${picture.source} ${options.text({ format: null, quality: null })}`;
    this.mark();
    if (name === this.filled) return;
    this.filled = name;
    this.underway?.abort();
    this.underway = new AbortController();
    this.#clear();
    const signal = AbortSignal.any([this.underway.signal, picture.signal]);
    // All of it is of the options as they are now, whatever becomes of them meanwhile.
    const asked = [...this.cells.values()].map((cell) => [cell, encodeURIComponent(options.text(cell.patch))]);
    try {
      for (const [cell, query] of asked) {
        if (!this.element.isConnected) {
          this.stop();
          return;
        }
        cell.told = await patiently(() => post(`v1/score?options=${query}`, picture.body, signal), { signal, waits: (left) => this.#waits(left) });
        show(cell);
        this.#judge();
      }
      await this.#refine(picture, signal);
    } catch (why) {
      if (why.name === 'AbortError') return;
      this.filled = '';
      this.notice.replaceChildren(trouble(why, () => this.fill(picture)));
    }
  }

  /** Takes what is best, and leaves the space bar to the comparison. */
  #take() {
    this.studio.options.set(this.winner.patch);
    this.studio.stage.view.focus({ preventScroll: true });
  }

  /** Looks between two qualities of the table for the least that is good enough, where that may weigh less than what is best. */
  async #refine(picture, signal) {
    const { options } = this.studio;
    for (const format of FORMATS) {
      let [low, high] = this.#around(format);
      while (low && high && high.patch.quality - low.patch.quality > FINE && low.told.bytes < this.winner.told.bytes) {
        const patch = { format, quality: Math.round((low.patch.quality + high.patch.quality) / 2) };
        const query = encodeURIComponent(options.text(patch));
        const told = await patiently(() => post(`v1/score?options=${query}`, picture.body, signal), { signal, waits: (left) => this.#waits(left) });
        const one = { patch, told };
        this.between.push(one);
        [low, high] = told.score >= this.goal ? [low, one] : [one, high];
        this.#judge();
      }
    }
    this.fine = true;
    this.#judge();
  }

  /** Returns the last quality of a format that is not good enough, and the first that is. */
  #around(format) {
    const known = [...this.cells.values(), ...this.between].filter(({ patch, told }) => told && patch.format === format).sort((one, other) => one.patch.quality - other.patch.quality);
    const at = known.findIndex(({ told }) => told.score >= this.goal);
    return at < 1 ? [] : [known[at - 1], known[at]];
  }

  /** Marks the cell that is what the URL says. */
  mark() {
    const { options } = this.studio;
    for (const { button } of this.cells.values()) button.setAttribute('aria-pressed', button.dataset.cell === `${options.get('format')} ${options.get('quality')}`);
  }

  /** Ends what goes on; it is begun anew when it is looked at again. */
  stop() {
    if (![...this.cells.values()].every(({ told }) => told)) this.filled = '';
    this.underway?.abort();
  }

  #aim(goal) {
    this.goal = goal;
    this.fine = false;
    this.#judge();
    if (this.element.dataset.filled !== 'table') return;
    const { picture } = this.studio;
    const signal = AbortSignal.any([this.underway.signal, picture.signal]);
    this.#refine(picture, signal).catch((why) => why.name === 'AbortError' || this.notice.replaceChildren(trouble(why)));
  }

  #clear() {
    this.notice.replaceChildren();
    Object.assign(this, { between: [], fine: false });
    for (const cell of this.cells.values()) {
      cell.told = null;
      show(cell);
    }
    this.#judge();
  }

  #waits(left) {
    this.notice.replaceChildren(...(left ? [h('p', { class: 'muted' }, `The server is busy, trying again in ${left} s.`)] : []));
  }

  #judge() {
    const known = [...this.cells.values()].filter(({ told }) => told);
    const least = (among) => among.filter(({ told }) => told.score >= this.goal).sort((one, other) => one.told.bytes - other.told.bytes)[0];
    const [marked, winner] = [least(known), least([...known, ...this.between])];
    for (const cell of this.cells.values()) show(cell, cell === marked);
    this.winner = winner;
    this.use.disabled = !winner;
    const done = known.length === this.cells.size;
    this.element.dataset.filled = { false: 'some', true: this.fine ? 'all' : 'table' }[done];
    if (winner) this.best.textContent = `${said(winner.patch)}: ${bytes(winner.told.bytes)}, score ${winner.told.score.toFixed(1)}${this.fine ? '' : ' so far'}`;
    else this.best.textContent = this.fine ? `None in this table reaches ${this.goal}.` : NOT_YET;
  }
}

const said = ({ format, quality }) => `${format.toUpperCase()}, quality ${quality}`;

function show({ patch, button, told }, best = false) {
  button.classList.toggle('best', best);
  button.setAttribute('aria-label', told ? `${said(patch)}: ${bytes(told.bytes)}, score ${told.score.toFixed(1)}${best ? ', fewest bytes' : ''}` : said(patch));
  button.replaceChildren(
    h('span', {}, told ? bytes(told.bytes) : NOT_YET),
    h('span', { class: 'muted' }, told ? told.score.toFixed(1) : '\u00a0', best ? h('b', {}, ' best') : null));
}

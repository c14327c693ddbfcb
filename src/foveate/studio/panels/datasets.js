// Datasets: those that are being made, those that are there, and a form that asks for more.

import { confirmed } from '../core/confirm.js';
import { h, say } from '../core/dom.js';
import { KEYS, blobAt, read, send } from '../core/server.js';
import { trouble, unlock } from '../core/trouble.js';
import { bytes, count, span } from '../core/words.js';
import { Ask } from './datasets/ask.js';

const EVERY_MS = 2000;
const PATH = 'v1/datasets';
const MOST = 1000;
const LOCKED = new Set(['KeyNeeded', 'ScopeNotAllowed']);

export default {
  id: 'datasets',
  title: 'Datasets',
  icon: 'M4 6c0-4 16-4 16 0s-16 4-16 0v12c0 4 16 4 16 0V6M4 12c0 4 16 4 16 0',
  alone: true,
  there: (told) => Boolean(told.datasets),
  open: () => new Datasets(),
};

class Datasets {
  constructor() {
    this.said = '';
    this.opened = new Map();
    this.failed = h('div');
    this.list = h('div');
    this.ask = new Ask(() => this.#once());
    this.element = h('div', { class: 'operate datasets' }, h('h2', {}, 'Datasets'), this.failed, this.list, this.ask.element);
  }

  /** Shows what there is, anew for as long as it is looked at. */
  async look() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    this.ask.look();
    do {
      await this.#once();
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    } while (this.element.isConnected && turn === this.turn);
  }

  async #once() {
    try {
      this.#draw((await read(`${PATH}?limit=${MOST}`)).datasets);
      this.failed.replaceChildren();
    } catch (why) {
      if (!this.failed.firstChild) this.failed.replaceChildren(LOCKED.has(why.name) ? this.#locked(why) : trouble(why));
    }
  }

  #locked(why) {
    return h('div', { class: 'notice', role: 'status' },
      h('h3', {}, 'Datasets are locked'), h('p', {}, why.message),
      h('p', {}, 'A key with the scope read lists and downloads them; write asks for them, admin deletes. It is kept until this tab is closed.'),
      unlock(() => (this.failed.replaceChildren(), this.look()), KEYS.datasets));
  }

  /** Draws what changed: what stays keeps its focus. */
  #draw(rows) {
    const said = JSON.stringify(rows);
    if (said === this.said) return;
    this.said = said;
    const made = rows.filter(({ state }) => state !== 'ready');
    const there = rows.filter(({ state }) => state === 'ready');
    const size = there.reduce((sum, row) => sum + row.bytes, 0);
    this.list.replaceChildren(
      h('section', {}, h('h3', {}, 'Being made'), made.length ? made.map(progress) : h('p', { class: 'muted' }, 'None.')),
      h('section', {}, h('h3', {}, 'There'), h('p', { class: 'muted' }, `${count(there.length, 'dataset')}, ${bytes(size)}.`), there.map((row) => this.#card(row))));
  }

  #card(row) {
    const known = this.opened.get(row.id) ?? h('div', { class: 'contact' });
    this.opened.set(row.id, known);
    return h('details', { class: 'dataset', open: known.isOpen, ontoggle: ({ target }) => this.#toggled(row, known, target.open) },
      h('summary', {}, h('code', {}, row.id), h('span', { class: 'muted' },
        ` ${count(row.samples, 'sample')} · ${bytes(row.bytes)} · ${count(row.downloads, 'download')} · used ${new Date(row.used).toLocaleString()}${row.pinned ? ' · pinned' : ''}`)),
      h('pre', { tabindex: '0', 'aria-label': 'Configuration' }, JSON.stringify(row.config)),
      known,
      h('p', {}, h('code', {}, `foveate dataset get ${row.id}`)),
      h('div', { class: 'row' },
        h('button', { type: 'button', class: 'button', 'aria-pressed': row.pinned, onclick: () => this.#act('POST', `${row.id}/${row.pinned ? 'unpin' : 'pin'}`) }, row.pinned ? 'Pinned' : 'Pin'),
        h('button', { type: 'button', class: 'button quiet', onclick: () => this.#delete(row) }, 'Delete')));
  }

  /** Shows some of its samples, with their boxes and masks, when somebody looks first. */
  async #toggled(row, place, open) {
    place.isOpen = open;
    if (!open || place.firstChild) return;
    try {
      const image = h('img', { alt: `Samples of ${row.id}, with their boxes and masks`, src: URL.createObjectURL(await blobAt(`${PATH}/${row.id}/shards/contact.jpg`)) });
      place.replaceChildren(image);
    } catch (why) {
      place.replaceChildren(h('p', { class: 'muted' }, why.message));
    }
  }

  async #act(method, path) {
    try {
      await send(method, `${PATH}/${path}`);
      await this.#once();
    } catch (why) {
      this.failed.replaceChildren(trouble(why));
    }
  }

  async #delete(row) {
    const text = 'It is made again, byte by byte, when somebody asks for it. That takes as long as it did.';
    if (!(await confirmed(`Delete ${row.id}?`, text, 'Delete'))) return;
    this.opened.delete(row.id);
    await this.#act('DELETE', row.id);
    say(`${row.id} is gone.`);
  }
}

/** Returns how far a dataset is, or why it failed. */
function progress(row) {
  const { samples = 0, of_samples: all = 0, eta_s: left } = row.progress;
  const words = row.state === 'running' && all ? `${samples} of ${all} samples${left ? `, ${span(left)} left` : ''}` : row.state;
  return h('div', { class: 'making' },
    h('div', { class: 'spread' }, h('code', {}, row.id), h('span', { class: 'muted' }, words)),
    row.error
      ? h('div', { class: 'notice error' }, h('p', {}, `${row.error.error}: ${row.error.message}`), row.error.log && h('details', {}, h('summary', {}, 'Log'), h('pre', { tabindex: '0' }, row.error.log)))
      : h('progress', { max: Math.max(1, all), value: all ? samples : null, 'aria-label': `How far ${row.id} is` }));
}

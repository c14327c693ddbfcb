// Datasets: those that are being made, that failed and that are there, and a form that asks for more.

import { confirmed } from '../core/confirm.js';
import { h, say } from '../core/dom.js';
import { KEYS, blobAt, post, read, send } from '../core/server.js';
import { trouble, unlock } from '../core/trouble.js';
import { bytes, count, span } from '../core/words.js';
import { Ask } from './datasets/ask.js';
import { configuration } from './datasets/config.js';
import { files } from './datasets/files.js';

const EVERY_MS = 2000;
const ALL_MS = 30_000; // what is there changes seldom, and has long configurations
const PATH = 'v1/datasets';
const MOST = 1000;
const MADE = ['queued', 'running'];
const FEW = 3; // so many that failed are shown at once
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
    this.refused = h('div'); // it stays until something else is done
    this.list = h('div');
    this.find = h('input', { type: 'search', placeholder: 'Find by id', 'aria-label': 'Find datasets by id', spellcheck: 'false', oninput: () => this.#draw(this.rows) });
    this.bar = h('div', { class: 'row', hidden: true }, this.find);
    this.ask = new Ask({ asked: () => this.#once(), show: (id) => this.#show(id) });
    this.element = h('div', { class: 'operate datasets' }, h('h2', {}, 'Datasets'), this.failed, this.refused, this.ask.element, this.bar, this.list);
  }

  /** Shows what there is, anew for as long as it is looked at. */
  async look() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    await this.ask.look(); // what was chosen is what is not the default
    do {
      await this.#once(this.rows === undefined);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    } while (this.element.isConnected && turn === this.turn);
  }

  async #once(anew = true) {
    try {
      this.#draw((this.rows = await this.#read(anew)));
      this.failed.replaceChildren();
    } catch (why) {
      if (!this.failed.firstChild) this.failed.replaceChildren(LOCKED.has(why.name) ? this.#locked(why) : trouble(why));
    }
  }

  /** Returns all that there is; where the same are made as before, what is new of those. */
  async #read(anew) {
    const known = this.rows?.filter(isMade) ?? [];
    if (!anew && Date.now() - this.readAt < ALL_MS) {
      const pages = await Promise.all(MADE.map((state) => read(`${PATH}?state=${state}&limit=${MOST}`)));
      const made = new Map(pages.flatMap(({ datasets }) => datasets.map((row) => [row.id, row])));
      if (made.size === known.length && known.every(({ id }) => made.has(id))) return this.rows.map((row) => made.get(row.id) ?? row);
    }
    this.readAt = Date.now();
    const { datasets, next } = await read(`${PATH}?limit=${MOST}`);
    this.hasMore = next !== null;
    return datasets;
  }

  #locked(why) {
    return h('div', { class: 'notice', role: 'status' },
      h('h3', {}, 'Datasets are locked'), h('p', {}, why.message),
      h('p', {}, 'A key with the scope read lists and downloads them; write asks for them, admin deletes. It is kept until this tab is closed.'),
      unlock(() => (this.failed.replaceChildren(), this.look()), KEYS.datasets));
  }

  /** Draws what changed: what stays keeps its focus. */
  #draw(all) {
    const word = this.find.value.trim().toLowerCase();
    const said = JSON.stringify([word, all]);
    if (said === this.said) return;
    this.said = said;
    this.bar.hidden = !all.length;
    if (!all.length) this.ask.open();
    const rows = all.filter(({ id }) => id.includes(word));
    const failed = rows.filter(({ state }) => state === 'failed');
    const there = rows.filter(({ state }) => state === 'ready');
    const made = rows.filter(isMade);
    const size = there.reduce((sum, row) => sum + row.bytes, 0);
    this.#forget(new Set(all.map(({ id }) => id)));
    this.list.replaceChildren(
      h('section', {}, h('h3', {}, 'Being made'), made.length ? made.map((row) => this.#making(row)) : h('p', { class: 'muted' }, 'None.')),
      failed.length ? this.#failures(failed) : '',
      h('section', {}, h('h3', {}, 'There'), h('p', { class: 'muted' }, `${count(there.length, 'dataset')}, ${bytes(size)}.`), there.map((row) => this.#card(row))),
      this.hasMore ? h('p', { class: 'muted' }, `These are the newest ${MOST}. All of them: `, h('code', {}, 'foveate dataset list')) : '');
  }

  /** Shows those that failed, folded where many did: what is there is not far below. */
  #failures(rows) {
    const open = this.showsFailed ?? rows.length <= FEW;
    const chosen = ({ currentTarget }) => (this.showsFailed = !currentTarget.parentElement.open);
    return h('section', {}, h('details', { open },
      h('summary', { onclick: chosen }, h('h3', {}, `Failed (${rows.length})`)), rows.map((row) => this.#failure(row))));
  }

  /** Lets go of what was shown of others. */
  #forget(ids) {
    for (const id of this.opened.keys()) if (!ids.has(id)) this.opened.delete(id);
  }

  #card(row) {
    const known = this.opened.get(row.id) ?? h('div', { class: 'contact' });
    this.opened.set(row.id, known);
    return h('details', { class: 'dataset', id: row.id, open: known.isOpen, ontoggle: ({ target }) => this.#toggled(row, known, target.open) },
      h('summary', {}, h('code', {}, row.id), h('span', { class: 'muted' },
        ` ${count(row.samples, 'sample')} · ${bytes(row.bytes)} · ${count(row.downloads, 'download')} · used ${new Date(row.used).toLocaleString()}${row.pinned ? ' · pinned' : ''}`)),
      configuration(row.config, this.ask.schemaOf(row)),
      known,
      h('p', {}, h('code', {}, `foveate dataset get ${row.id}`)),
      h('div', { class: 'row' },
        files(row, (why) => this.refused.replaceChildren(trouble(why))),
        h('button', { type: 'button', class: 'button', 'aria-pressed': row.pinned, onclick: () => this.#act(() => send('POST', `${PATH}/${row.id}/${row.pinned ? 'unpin' : 'pin'}`)) }, row.pinned ? 'Pinned' : 'Pin'),
        h('button', { type: 'button', class: 'button quiet', onclick: () => this.#delete(row, 'It is made again, byte by byte, when somebody asks for it. That takes as long as it did.') }, 'Delete')));
  }

  #making(row) {
    const { samples = 0, of_samples: all = 0, eta_s: left, waits } = row.progress;
    const rests = waits ? `waits for ${waits}` : '';
    const then = rests || (left && `${span(left)} left`);
    const words = (rests || row.state === 'running') && all ? `${samples} of ${all} pictures${then ? `, ${then}` : ''}` : rests || row.state;
    return h('div', { class: 'making', id: row.id },
      h('div', { class: 'spread' }, h('code', {}, row.id), h('span', { class: 'muted' }, words)),
      h('progress', { max: Math.max(1, all), value: all ? samples : null, 'aria-label': `How far ${row.id} is` }),
      h('div', { class: 'row' },
        h('button', { type: 'button', class: 'button', onclick: () => this.#cancel(row) }, 'Stop')));
  }

  #show(id) {
    this.find.value = '';
    this.#draw(this.rows);
    const row = document.getElementById(id);
    if (row?.open === false) row.open = true;
    row?.scrollIntoView();
  }

  /** Says why one could not be made, and lets it be tried again. */
  #failure(row) {
    const { error, message, log } = row.error;
    return h('div', { class: 'making', id: row.id },
      h('code', {}, row.id),
      h('div', { class: 'notice error' }, h('p', {}, `${error}: ${message}`), log && h('details', {}, h('summary', {}, 'Log'), h('pre', { tabindex: '0' }, log))),
      h('div', { class: 'row' },
        h('button', { type: 'button', class: 'button', onclick: () => this.#again(row) }, 'Ask again'),
        h('button', { type: 'button', class: 'button quiet', onclick: () => this.#delete(row, 'What is known of why it failed goes with it.') }, 'Delete')));
  }

  /** Shows some of its samples, with their boxes and masks, when somebody looks first. */
  async #toggled(row, place, open) {
    place.isOpen = open;
    if (!open || place.firstChild) return;
    try {
      const src = URL.createObjectURL(await blobAt(`${PATH}/${row.id}/shards/contact.jpg`));
      const over = () => URL.revokeObjectURL(src);
      place.replaceChildren(h('img', { alt: `Samples of ${row.id}, with their boxes and masks`, src, onload: over, onerror: over }));
    } catch (why) {
      place.replaceChildren(h('p', { class: 'muted' }, why.message));
    }
  }

  /** Returns what the server answers; undefined where it refuses, which is shown. */
  async #act(work) {
    this.refused.replaceChildren();
    try {
      const answer = await work();
      await this.#once();
      return answer;
    } catch (why) {
      this.refused.replaceChildren(trouble(why));
      return undefined;
    }
  }

  async #again({ name, handler, version, config }) {
    const asked = await this.#act(() => post(PATH, { name, handler, version, config }));
    if (asked) say(`${asked.id} is ${asked.state}.`);
  }

  async #cancel(row) {
    if (!(await confirmed(`Stop making ${row.id}?`, 'Whoever waits for it is told that it failed. What is finished stays, for whoever asks again.', 'Stop it'))) return;
    const now = await this.#act(() => send('POST', `${PATH}/${row.id}/cancel`));
    if (now) say(`${row.id} is made no further.`);
  }

  async #delete(row, text) {
    if (!(await confirmed(`Delete ${row.id}?`, text, 'Delete'))) return;
    if (await this.#act(() => send('DELETE', `${PATH}/${row.id}`)) === undefined) return;
    say(`${row.id} is gone.`);
  }
}

function isMade({ state }) {
  return MADE.includes(state);
}

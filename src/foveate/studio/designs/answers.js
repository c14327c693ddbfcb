// What comes of one request: states as they come, a question with its choices, or changes as cards.

import { h } from '../core/dom.js';
import { events, patiently } from '../core/server.js';
import { Cards } from './cards.js';
import { called } from './scene.js';

const TOKENS = new Intl.NumberFormat('en');
const seconds = (number) => `${number < 10 ? number.toFixed(1) : Math.round(number)} s`;

/** What is said of each state; those that follow each other with one `as` are one line. */
const STATES = {
  understood: ({ said }) => ({ text: said }),
  asked: ({ attempt, model, tokens }) => ({ text: `${attempt > 1 ? `Try ${attempt}: asking` : 'Asking'} ${model}, about ${TOKENS.format(tokens)} tokens…`, goes: true }),
  answering: ({ letters }) => ({ text: `It answers: ${TOKENS.format(letters)} letters…`, goes: true, as: 'answer' }),
  answered: ({ seconds: took, tokens_out: out }) => ({ text: `It answered in ${seconds(took)}, ${TOKENS.format(out)} tokens.`, as: 'answer' }),
  away: ({ reason, wait_s: wait }) => ({ text: `${reason} It is asked again in ${seconds(wait)}.`, warns: true, goes: true }),
  refused: ({ reasons }) => ({ text: `What it answered is not done, and it is told why. ${reasons.join(' ')}`, warns: true }),
};

class Answer {
  constructor(chat, request) {
    Object.assign(this, { chat, editor: chat.editor, request });
    this.steps = h('ul', { class: 'steps' });
    this.body = h('div', {});
    this.element = h('article', { class: 'answer', 'aria-label': request }, h('p', { class: 'request' }, request), this.steps, this.body);
  }

  /** Asks, and shows what comes. */
  async run(body, signal) {
    this.#step({ text: 'One moment…', goes: true, as: 'begin' });
    try {
      await this.editor.kept();
      const path = `v1/designs/${this.editor.design.id}/edit`;
      await patiently(() => this.#listen(path, body, signal), { signal, waits: (left) => left && this.#step({ text: `The server is busy, it is asked again in ${left} s.`, goes: true, as: 'begin' }) });
    } catch (why) {
      if (why.name === 'AbortError') this.#step({ text: 'Stopped.' });
      else this.#wrong(why.message);
    }
    this.#still();
  }

  async #listen(path, body, signal) {
    for await (const { event, data } of events(path, body, signal)) {
      this.#take(event, data);
      this.chat.follow();
    }
  }

  #take(event, data) {
    if (STATES[event]) return this.#step(STATES[event](data));
    if (event === 'question') return this.#question(data);
    if (event === 'changed') return this.#changed(data);
    if (event === 'error') return this.#wrong(data.message);
    if (event === 'done' && data.tokens_out) return this.#step({ text: this.#cost(data) });
    return null;
  }

  #cost({ seconds: took, tokens_in: sent, tokens_out: out, paid }) {
    return `${seconds(took)}, ${TOKENS.format(sent + out)} tokens${paid ? `, ${paid.toFixed(4)} paid` : ''}.`;
  }

  #step({ text, goes = false, warns = false, as = '' }) {
    const last = this.steps.lastElementChild;
    const row = h('li', { class: `step${goes ? ' goes' : ''}${warns ? ' warns' : ''}`, 'data-as': as }, text);
    if (last && (last.dataset.as === 'begin' || (as && last.dataset.as === as))) last.replaceWith(row);
    else this.steps.append(row);
    if (last) last.classList.remove('goes');
  }

  #still() {
    for (const each of this.steps.querySelectorAll('.goes')) each.classList.remove('goes');
    this.steps.querySelector('[data-as="begin"]')?.remove();
  }

  #question({ said, choices }) {
    this.#step({ text: said });
    const { spots } = this.editor.design;
    const known = choices.filter((id) => spots.has(id));
    const acts = known.map((id) => h('button', { type: 'button', class: 'button', onpointerenter: () => this.editor.design.choose([id]), onfocus: () => this.editor.design.choose([id]), onclick: () => this.#choose(id) }, called(spots.get(id).node)));
    this.body.append(known.length ? h('div', { class: 'row choices', role: 'group', 'aria-label': said }, acts) : h('p', { class: 'muted' }, 'Say it in other words, or name the block as it is called among the layers.'));
  }

  /** Asks the same of one block. */
  #choose(id) {
    const { node } = this.editor.design.spots.get(id);
    for (const each of this.body.querySelectorAll('button')) each.disabled = true;
    this.chat.ask(`${this.request}: ${id}`, { shown: `${this.request}: ${called(node)}`, blocks: [id] });
  }

  #changed({ changes, repaired }) {
    for (const each of repaired) this.#step({ text: `Mended: ${each}`, warns: true });
    if (!changes.length) return this.#step({ text: 'Nothing is changed by that.' });
    this.cards = new Cards(this.editor, changes, this.request);
    return this.body.append(this.cards.element);
  }

  #wrong(message) {
    this.#step({ text: message, warns: true });
    this.steps.lastElementChild.setAttribute('role', 'alert');
  }

  /** Shows the design as it is, where something else is seen. */
  leave() {
    this.cards?.leave();
  }
}

/** Returns what is told of a request. */
export const answer = (chat, request) => new Answer(chat, request);

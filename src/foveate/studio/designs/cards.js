// A change set as cards: each change with its sentence and what it looks like, to accept or to reject.

import { h } from '../core/dom.js';
import { Misfit, changed } from './changes.js';
import { Crops } from './crops.js';

/** More are accepted or rejected together alone: nobody looks at each. */
const MOST_SHOWN = 40;
/** Attributes that are one thing of a block: a place without its size is nobody's wish. */
const PLACE = new Set(['x', 'y', 'width', 'height', 'rotation', 'size', 'letter-spacing', 'padding', 'radius', 'viewbox']);
const DONE = { accepted: 'Accepted', rejected: 'Rejected', undone: 'Taken back' };

export class Cards {
  /** Takes what an editor edits, the changes, and what they are called where they are taken back. */
  constructor(editor, changes, title, { decided = () => {} } = {}) {
    Object.assign(this, { editor, design: editor.design, title, decided });
    this.cards = gathered(changes).map((some) => ({ changes: some, state: '' }));
    const crops = new Crops(this.design.scene, attempted(this.design.scene, changes));
    const { length } = this.cards;
    const shown = this.cards.slice(0, MOST_SHOWN);
    this.rows = h('ul', { class: 'cards' }, shown.map((card) => this.#card(card, crops)));
    this.see = h('button', { type: 'button', class: 'button', 'aria-pressed': 'false', onclick: () => this.#see() }, 'See it');
    this.acceptAll = h('button', { type: 'button', class: 'button primary', onclick: () => this.accept(this.waiting) });
    this.rejectAll = h('button', { type: 'button', class: 'button', onclick: () => this.reject(this.waiting) });
    this.all = h('div', { class: 'row all' }, this.acceptAll, this.rejectAll, this.see);
    this.#count();
    this.design.on('scene', () => this.#follow());
    const more = length - shown.length;
    this.told = h('p', { class: 'wrong', role: 'alert', hidden: true });
    this.element = h('div', { class: 'change-set' }, this.all, this.told, this.rows, more > 0 && h('p', { class: 'muted' }, `And ${more} more.`));
  }

  get waiting() {
    return this.cards.filter(({ state }) => !state);
  }

  #card(card, crops) {
    const said = card.changes.map(({ sentence }) => sentence);
    const act = (title, ready) => h('button', { type: 'button', class: 'button', 'aria-label': `${title}: ${said.join(' ')}`, onclick: ready }, title);
    card.acts = h('div', { class: 'row' }, act('Accept', () => this.accept([card])), act('Reject', () => this.reject([card])));
    card.element = h('li', { class: 'card' }, crops.pair(card.changes[0]), said.map((each) => h('p', {}, each)), card.acts);
    return card.element;
  }

  /** Makes the changes of some cards, as one thing that can be taken back. */
  accept(cards) {
    if (!cards.length) return;
    const changes = cards.flatMap((card) => card.changes);
    this.told.hidden = true;
    try {
      changed(this.design.scene, changes, true);
      this.design.do(changes, cards.length > 1 ? this.title : changes[0].sentence);
      for (const card of cards) card.mark = this.design.mark;
      this.#decide(cards, 'accepted');
    } catch (why) {
      if (!(why instanceof Misfit)) throw why;
      this.told.textContent = `That cannot be done any more. ${why.message}`;
      this.told.hidden = false;
    }
  }

  /** Lets some changes be. */
  reject(cards) {
    this.#decide(cards, 'rejected');
  }

  /** Shows the design as it is. */
  leave() {
    if (this.see.getAttribute('aria-pressed') === 'true') this.#see();
  }

  #count() {
    const { length } = this.waiting;
    this.acceptAll.textContent = length > 1 ? `Accept all ${length}` : 'Accept';
    this.rejectAll.textContent = length > 1 ? 'Reject all' : 'Reject';
  }

  #decide(cards, state) {
    for (const card of cards) this.#say(card, state);
    this.leave();
    this.#count();
    this.all.hidden = !this.waiting.length;
    if (this.all.hidden) this.decided();
    this.editor.say(cards.length > 1 ? `${DONE[state]}: ${cards.length} changes` : DONE[state]);
  }

  #say(card, state) {
    card.state = state;
    card.element?.classList.remove(...Object.keys(DONE));
    card.element?.classList.add(state);
    card.acts?.replaceChildren(h('span', { class: 'muted' }, DONE[state]));
  }

  /** Says of what was accepted whether it is done still; what cannot be taken back any more is. */
  #follow() {
    for (const card of this.cards) {
      if (!card.mark) continue;
      if (card.state === 'accepted' && this.design.isBack(card.mark)) this.#say(card, 'undone');
      else if (card.state === 'undone' && this.design.isDone(card.mark)) this.#say(card, 'accepted');
    }
  }

  #see() {
    const on = this.see.getAttribute('aria-pressed') !== 'true';
    this.see.setAttribute('aria-pressed', on);
    this.design.try(on ? this.waiting.flatMap(({ changes }) => changes) : []);
  }
}

/** Returns changes in the order in which they came: together what is of one block's place, and a group with what leaves or joins it. */
export function gathered(changes) {
  const homes = homesOf(changes);
  const cards = new Map();
  for (const [number, change] of changes.entries()) {
    const id = change.id ?? change.block.id;
    const isPlace = change.change === 'changed' && PLACE.has(change.attribute);
    const key = homes.get(id) ?? (isPlace ? id : `#${number}`);
    if (cards.has(key)) cards.get(key).push(change);
    else cards.set(key, [change]);
  }
  return [...cards.values()];
}

/** Returns by the id of a group that comes or goes, and of what moves into it or out of it, that group's. */
function homesOf(changes) {
  const homes = new Map();
  const [come, gone] = ['added', 'removed'].map((kind) => new Set(changes.filter(({ change }) => change === kind).map(({ block }) => block.id)));
  for (const { change, id, was, to } of changes) {
    const home = change !== 'moved' ? '' : gone.has(was.parent) ? was.parent : come.has(to.parent) ? to.parent : '';
    if (home) homes.set(id, home).set(home, home);
  }
  return homes;
}

function attempted(scene, changes) {
  try {
    return changed(scene, changes);
  } catch (why) {
    if (!(why instanceof Misfit)) throw why;
    return scene;
  }
}

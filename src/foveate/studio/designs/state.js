// What is edited: a design, what of it is chosen, what was done, and what is kept of it.
//
// The truth is `design.scene`, the JSON twin of the design, as `/v1/designs/ID` has it. Nobody changes it
// in place: whoever wants something else says so as changes of a change set (changes.js makes them, and
// `/v1/designs` answers with such), to `design.do(changes, title)`, which can be taken back. Handles,
// layers and fields are drawn anew at these events:
// - `scene`: something is otherwise, also while something is dragged (`design.shown` is what is seen then);
// - `chosen`: other blocks are chosen (`design.chosen`, ids), or another page is looked at (`design.page`);
// - `kept`: it is kept, or is not, or could not be (`design.keeping.state`).
//
// A panel joins as a file in panels/ and a row in panels/index.js, with
// - `id`, `title` and `icon`, the path of an outline of 24 by 24;
// - `open(editor)`, called when it is first looked at, which returns `{element, look(), leave()}`: `look`
//   is called each time that it comes to be seen, `leave` when it does not any more; both may be left out.
// The editor has `design`, `words` (words.js: the tables of `/v1/elements`), `canvas`, `say(text)`, and
// `kept()`, which is awaited before the server is asked of the design as it is kept: it gives the version.
// Somebody who sends changes to the server himself calls `design.keeping.take()` afterwards; who shows a
// change set, and then wants it, calls `design.do(set.changes, title)`, which keeps it a moment later.

import { Misfit, changed, inverted, setting } from './changes.js';
import { Keeping } from './keeping.js';
import { isLocked, spotsOf } from './scene.js';

/** What is done within so many milliseconds, and is the same, is one thing to take back. */
const JOINED_MS = 1000;
const MOST = 200;

export class Design extends EventTarget {
  constructor(id, words) {
    super();
    this.id = id;
    this.scene = { version: 1, pages: [] };
    this.draft = null;
    this.spotted = new WeakMap();
    this.words = words;
    this.page = '';
    this.chosen = [];
    this.entered = '';
    this.done = [];
    this.undone = [];
    this.keeping = new Keeping(this);
  }

  /** Takes a design as it is kept; what was done to another one cannot be taken back any more. */
  load(scene, { forgets = true } = {}) {
    if (forgets) this.done = this.undone = [];
    this.#show(scene);
  }

  /** What is seen: the design, or what it becomes by what is being dragged. */
  get shown() {
    return this.draft ?? this.scene;
  }

  /** Every block and page of what is seen, by its id. */
  get spots() {
    return this.#spotsOf(this.shown);
  }

  #spotsOf(scene) {
    if (!this.spotted.has(scene)) this.spotted.set(scene, spotsOf(scene));
    return this.spotted.get(scene);
  }

  /** The page that is looked at. */
  get sheet() {
    return this.spots.get(this.page)?.node ?? this.shown.pages[0];
  }

  /** Where the chosen blocks are. */
  get chosenSpots() {
    return this.chosen.map((id) => this.spots.get(id)).filter(Boolean);
  }

  /** Those of the chosen blocks that may be changed. */
  get freeSpots() {
    return this.chosenSpots.filter((spot) => !isLocked(spot));
  }

  /** Shows what changes would make of the design, without making them; none shows it as it is. */
  try(changes) {
    this.draft = changes.length ? changed(this.scene, changes) : null;
    this.tell('scene');
  }

  /**
   * Makes changes, called `title` where they are taken back; those of one `joins` that follow each other at
   * once are one. Returns whether there were any. Throws a Misfit for those that cannot be made.
   */
  do(changes, title, { joins = '' } = {}) {
    this.draft = null;
    if (!changes.length) return this.tell('scene') && false;
    const scene = changed(this.scene, changes);
    const last = this.done.at(-1);
    const now = performance.now();
    if (joins && last?.joins === joins && now - last.at < JOINED_MS) Object.assign(last, { changes: together(last.changes, changes), at: now });
    else this.done = [...this.done.slice(-MOST), { changes, title, joins, at: now, mark: Symbol(title) }];
    this.undone = [];
    this.#show(scene);
    this.keeping.soon();
    return true;
  }

  /** Says attributes of elements otherwise: `{id: {name: value}}`, that of the design is empty; null is as usual. */
  set(said, title, more) {
    return this.do(this.changesOf(said), title, more);
  }

  /** Returns the changes that say attributes of elements otherwise. */
  changesOf(said) {
    const spots = this.#spotsOf(this.scene);
    return Object.entries(said).flatMap(([id, values]) => {
      const node = id ? spots.get(id).node : this.scene;
      return setting(node, this.words.tidy(node, values));
    });
  }

  /** Takes back what was done last; returns its title, or null where that cannot be. */
  undo() {
    return this.#back('done', 'undone');
  }

  /** Does again what was taken back. */
  redo() {
    return this.#back('undone', 'done');
  }

  /** What the last thing that was done is known by, also once it is taken back. */
  get mark() {
    return this.done.at(-1)?.mark;
  }

  /** Whether what has a mark was taken back, and may be done again. */
  isBack(mark) {
    return this.undone.some((each) => each.mark === mark);
  }

  /** Whether what has a mark is done, and may be taken back. */
  isDone(mark) {
    return this.done.some((each) => each.mark === mark);
  }

  #back(from, to) {
    const last = this[from].at(-1);
    if (!last) return null;
    this[from] = this[from].slice(0, -1);
    const changes = inverted(last.changes);
    let scene;
    try {
      scene = changed(this.scene, changes, true);
    } catch (why) {
      if (!(why instanceof Misfit)) throw why;
      return `${last.title} cannot be taken back: ${why.message}`;
    }
    this[to] = [...this[to], { ...last, changes, joins: '' }];
    this.#show(scene);
    this.keeping.soon();
    return `${from === 'done' ? 'Undone' : 'Done again'}: ${last.title}`;
  }

  /** Chooses blocks by their ids; all others are not. */
  choose(ids) {
    this.chosen = [...new Set(ids)].filter((id) => this.spots.get(id)?.parent);
    const [first] = this.chosenSpots;
    // Blocks of another page are chosen where they are seen.
    if (first) this.page = first.page.id;
    this.tell('chosen');
  }

  /** Chooses a block as well, or no more. */
  toggle(id) {
    this.choose(this.chosen.includes(id) ? this.chosen.filter((each) => each !== id) : [...this.chosen, id]);
  }

  /** Goes into a group, so that its blocks are chosen rather than itself; nothing is out of all. */
  enter(id) {
    this.entered = id;
    this.tell('chosen');
  }

  /** Looks at another page. */
  turn(page) {
    this.page = page;
    this.entered = '';
    this.choose([]);
  }

  #show(scene) {
    this.draft = null;
    this.scene = scene;
    if (!this.spots.get(this.page)) this.page = scene.pages[0]?.id ?? '';
    if (!this.spots.get(this.entered)) this.entered = '';
    const chosen = this.chosen.filter((id) => this.spots.get(id));
    const others = chosen.length !== this.chosen.length;
    this.chosen = chosen;
    this.tell('scene');
    if (others) this.tell('chosen');
  }

  /** Tells that something happened. */
  tell(name) {
    return this.dispatchEvent(new Event(name));
  }

  /** Calls `act` when one of these things happened. */
  on(names, act) {
    for (const name of names.split(' ')) this.addEventListener(name, act);
  }
}

/** Returns what two change sets make that follow each other; attributes said twice are said once. */
function together(first, second) {
  const key = ({ change, id, attribute }) => (change === 'changed' ? `${id} ${attribute}` : null);
  const last = new Map(second.map((each) => [key(each), each]));
  const kept = first.map((each) => (key(each) && last.has(key(each)) ? { ...each, to: last.get(key(each)).to } : each));
  const known = new Set(first.map(key));
  return [...kept, ...second.filter((each) => !key(each) || !known.has(key(each)))];
}

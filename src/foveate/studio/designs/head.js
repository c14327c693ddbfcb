// The head of the editor: what the design is called, whether it is kept, what may be taken back, and what is put in.

import { h, say } from '../core/dom.js';
import { KEYS } from '../core/server.js';
import { unlock } from '../core/trouble.js';
import { exportDialog } from './exporting.js';
import { icon } from './icon.js';
import { KINDS, insertKind } from './inserting.js';

const STATES = { kept: 'Kept', waiting: 'Not kept yet', sending: 'Keeping…', failed: 'Not kept', conflict: 'Changed by somebody else' };
const SHOWN_MS = 4000;
const LOCKED = new Set(['KeyNeeded', 'ScopeNotAllowed']);

export class Head {
  constructor(editor, top, bar) {
    Object.assign(this, { editor, design: editor.design });
    this.name = h('input', { type: 'text', class: 'name', 'aria-label': 'Name of the design', spellcheck: 'false', onchange: () => this.#rename() });
    this.state = h('span', { class: 'state', role: 'status' });
    this.undoing = this.#button('Undo', 'M8 6 4 10l4 4M4 10h9a5 5 0 0 1 0 10h-3', () => this.undo());
    this.redoing = this.#button('Do it again', 'm16 6 4 4-4 4M20 10h-9a5 5 0 0 0 0 10h3', () => this.redo());
    this.pages = h('select', { 'aria-label': 'Page', hidden: true, onchange: () => this.design.turn(this.pages.value) });
    top.append(this.name, this.state, h('div', { class: 'row acts' }, this.pages, this.undoing, this.redoing,
      h('button', { type: 'button', class: 'button primary', onclick: () => this.exporting() }, 'Export')));
    this.trouble = h('div', { class: 'trouble', role: 'alert', hidden: true });
    top.after(this.trouble);
    bar.append(
      ...Object.entries(KINDS).map(([kind, [title, path]]) => this.#button(title, path, () => (kind === 'text' ? editor.edit(insertKind(this.design, kind)) : insertKind(this.design, kind)), title)),
      this.#button('Picture', 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01', () => editor.pictures.ask(), 'Picture'));
    this.design.on('scene chosen', () => this.draw());
    this.design.on('kept', () => this.#drawState());
  }

  #button(title, path, act, shown = '') {
    return h('button', { type: 'button', class: 'tool', title, 'aria-label': title, onclick: act }, icon(path), shown && h('span', { 'aria-hidden': 'true' }, shown));
  }

  draw() {
    const { scene, page, done, undone } = this.design;
    if (document.activeElement !== this.name) this.name.value = scene.name ?? '';
    document.title = `${scene.name || this.design.id} – Foveate`;
    this.undoing.disabled = !done.length;
    this.redoing.disabled = !undone.length;
    this.undoing.title = done.length ? `Undo: ${done.at(-1).title}` : 'Undo';
    this.pages.hidden = scene.pages.length < 2;
    this.pages.replaceChildren(...scene.pages.map(({ id, name }) => h('option', { value: id, selected: id === page }, name || id)));
  }

  #drawState() {
    const { keeping } = this.design;
    const { state, version, why } = keeping;
    this.state.textContent = state === 'kept' ? `Version ${version}` : STATES[state];
    this.state.className = `state ${state}`;
    this.state.title = STATES[state];
    if (state === 'conflict') this.#conflict(keeping);
    else if (state === 'failed') this.#failed(keeping, why);
    else this.trouble.hidden = true;
  }

  #warn(text, ways) {
    this.trouble.hidden = false;
    this.trouble.replaceChildren(h('p', {}, text), h('div', { class: 'row' }, ways.map(([title, act], number) => h('button', { type: 'button', class: `button${number ? '' : ' primary'}`, onclick: act }, title))));
  }

  #failed(keeping, why) {
    const again = () => keeping.now().catch(() => {});
    this.#warn(why.message, [['Try again', again]]);
    if (LOCKED.has(why.name)) this.trouble.append(unlock(again, KEYS.designs));
  }

  #conflict(keeping) {
    const who = keeping.theirs ? `Version ${keeping.theirs.version} by ${keeping.theirs.by || 'somebody'} is there meanwhile.` : 'There is another version meanwhile.';
    this.#warn(`${who} Yours is of version ${keeping.version}, and is not kept yet.`, [
      ['Keep mine as well', () => this.#ended(keeping.join())],
      ['Take theirs', () => this.#ended(keeping.take())],
    ]);
  }

  async #ended(work) {
    try {
      const conflicts = (await work) ?? [];
      if (conflicts.length) this.#warn(`Both are kept, but for what contradicts theirs. ${conflicts.join(' ')}`, [['Close', () => { this.trouble.hidden = true; }]]);
      else this.tell('Done: this is the newest version.');
    } catch (why) {
      this.#warn(why.message, [['Take theirs', () => this.#ended(this.design.keeping.take())]]);
    }
  }

  #rename() {
    this.design.set({ '': { name: this.name.value.trim() || null } }, 'Rename the design');
  }

  undo() {
    this.#said(this.design.undo());
  }

  redo() {
    this.#said(this.design.redo());
  }

  #said(text) {
    if (!text) return;
    this.tell(text);
    say(text);
  }

  /** Shows a word for a while where it is not in the way. */
  tell(text) {
    clearTimeout(this.timer);
    const foot = document.getElementById('foot');
    foot.textContent = text;
    this.timer = setTimeout(() => { foot.textContent = ''; }, SHOWN_MS);
  }

  exporting() {
    exportDialog(this.editor);
  }
}

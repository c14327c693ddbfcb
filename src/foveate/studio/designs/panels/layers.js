// The blocks of a page, that in front first: chosen, renamed, hidden, locked, and put in another order.

import { h } from '../../core/dom.js';
import { icon } from '../icon.js';
import { moving, setting } from '../changes.js';
import { STILL, called, inPaintOrder, isLocked, planeOf, rehomed } from '../scene.js';

const ICONS = { text: 'M5 7V5h14v2M12 5v14M9 19h6', image: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4', rect: 'M4 6h16v12H4z', ellipse: 'M12 5c5 0 8 3 8 7s-3 7-8 7-8-3-8-7 3-7 8-7z', line: 'M4 20 20 4', path: 'M4 18C8 4 14 4 20 12', group: 'M4 7h6l2 2h8v10H4z' };
const SEEN = ['M2 12s4-6 10-6 10 6 10 6-4 6-10 6S2 12 2 12zM12 9.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z', 'M3 3l18 18M5 8c-2 2-3 4-3 4s4 6 10 6c2 0 3 0 5-1M9 6c1 0 2 0 3 0 6 0 10 6 10 6s-1 1-2 3'];
const LOCK = ['M6 11h12v9H6zM8 11V8a4 4 0 0 1 7-2', 'M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3'];
/** So far a row is drawn before it moves. */
const STILL_PX = 5;

export default {
  id: 'layers',
  title: 'Layers',
  left: true,
  icon: 'm12 4 9 5-9 5-9-5zM3 14l9 5 9-5',
  open: (editor) => new Layers(editor),
};

class Layers {
  constructor(editor) {
    Object.assign(this, { editor, design: editor.design, folded: new Set(), drag: null });
    this.list = h('ul', { class: 'layers', 'aria-label': 'Blocks, that in front first' });
    this.mark = h('div', { class: 'mark-line', hidden: true });
    this.element = h('div', { class: 'layered' }, h('h2', {}, 'Layers'), this.list, this.mark);
    this.design.on('scene chosen', () => this.element.isConnected && !this.drag && this.look());
    this.list.addEventListener('pointerdown', (event) => this.#down(event));
    this.list.addEventListener('pointermove', (event) => this.#move(event));
    this.list.addEventListener('pointerup', () => this.#drop());
    this.list.addEventListener('pointercancel', () => this.#end());
  }

  look() {
    if (this.list.querySelector('input')) return;
    const focused = this.list.contains(document.activeElement) && document.activeElement.dataset;
    const { sheet } = this.design;
    const rows = sheet ? this.#rows(sheet, 0) : [];
    this.list.replaceChildren(...(rows.length ? rows : [h('li', { class: 'muted none' }, 'Nothing yet: put in a text, a shape or a picture.')]));
    if (focused?.act) this.list.querySelector(`[data-id="${CSS.escape(focused.id)}"][data-act="${focused.act}"]`)?.focus();
    this.list.querySelector('.chosen')?.scrollIntoView({ block: 'nearest' });
  }

  #rows({ blocks = [] }, depth) {
    return inPaintOrder(blocks).reverse().flatMap((node) => [this.#row(node, depth), ...(node.type === 'group' && !this.folded.has(node.id) ? this.#rows(node, depth + 1) : [])]);
  }

  #row(node, depth) {
    const { id, type } = node;
    const chosen = this.design.chosen.includes(id);
    const about = (act) => ({ 'data-id': id, 'data-act': act });
    const flag = (name, [off, on], titles) => h('button', { type: 'button', class: `flag${node[name] ? ' on' : ''}`, ...about(name), 'aria-pressed': Boolean(node[name]), 'aria-label': `${titles[0]} ${called(node)}`, title: node[name] ? titles[1] : titles[0], onclick: () => this.design.set({ [id]: { [name]: !node[name] } }, node[name] ? titles[1] : titles[0]) }, icon(node[name] ? on : off));
    const fold = type === 'group' ? h('button', { type: 'button', class: 'fold', ...about('fold'), 'aria-expanded': !this.folded.has(id), 'aria-label': `Blocks in ${called(node)}`, onclick: () => this.#fold(id) }, icon(this.folded.has(id) ? 'm9 6 6 6-6 6' : 'm6 9 6 6 6-6')) : h('span', { class: 'fold' });
    const name = h('button', { type: 'button', class: 'called', ...about('choose'), 'aria-pressed': chosen, title: `${called(node)} (${type})`, onclick: (event) => (event.shiftKey || event.ctrlKey || event.metaKey ? this.design.toggle(id) : this.#choose(id)), ondblclick: () => this.#rename(node), onkeydown: (event) => this.#key(event, node) }, icon(ICONS[type]), h('span', {}, called(node)));
    const row = h('li', { class: `layer${chosen ? ' chosen' : ''}${node.hidden ? ' hidden-block' : ''}`, 'data-id': id }, fold, name, flag('hidden', SEEN, ['Hide', 'Show']), flag('locked', LOCK, ['Lock', 'Unlock']));
    row.style.setProperty('--depth', depth);
    return row;
  }

  #fold(id) {
    if (!this.folded.delete(id)) this.folded.add(id);
    this.look();
  }

  #choose(id) {
    const { parents } = this.design.spots.get(id);
    this.design.enter(parents.length > 1 ? parents.at(-1).id : '');
    this.design.choose([id]);
  }

  #rename(node) {
    const row = this.list.querySelector(`.layer[data-id="${CSS.escape(node.id)}"] .called`);
    const field = h('input', { type: 'text', class: 'renaming', 'aria-label': `Name of ${called(node)}`, value: node.name ?? '', placeholder: called(node) });
    const end = (keeps) => {
      if (!field.isConnected) return;
      const { value } = field;
      field.remove();
      if (keeps && value.trim() !== (node.name ?? '')) this.design.set({ [node.id]: { name: value.trim() || null } }, 'Rename');
      this.look();
      this.list.querySelector(`[data-id="${CSS.escape(node.id)}"][data-act="choose"]`)?.focus();
    };
    field.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' || event.key === 'Escape') end(event.key === 'Enter');
      event.stopPropagation();
    });
    field.addEventListener('blur', () => end(true));
    row.replaceWith(field);
    field.focus();
    field.select();
  }

  #key(event, node) {
    const ids = [...this.list.querySelectorAll('.called')];
    const at = ids.indexOf(event.currentTarget);
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === 'F2') this.#rename(node);
    else if (by && event.altKey) this.#step(node, -by);
    else if (by) ids[at + by]?.focus();
    else return;
    event.preventDefault();
  }

  /** Puts a block one step to the front, or to the back, among those that it stands with. */
  #step({ id }, by) {
    const spot = this.design.spots.get(id);
    const row = inPaintOrder(spot.parent.blocks);
    const beside = row[row.findIndex((each) => each.id === id) + by];
    if (beside) this.put(id, beside.id, by > 0 ? 'above' : 'below');
  }

  /** Puts a block before another one, behind it, or into it where that is a group. */
  put(id, other, where) {
    const { design } = this;
    const spot = design.spots.get(id);
    const target = design.spots.get(other);
    if (isLocked(spot) || id === other || [target.node, ...target.parents].some((each) => each.id === id)) return;
    const parent = where === 'into' ? target.node : target.parent;
    const others = (parent.blocks ?? []).filter((each) => each.id !== id);
    const index = where === 'into' ? others.length : others.findIndex((each) => each.id === other) + (where === 'above' ? 1 : 0);
    const plane = parent.type === 'group' ? planeOf(design.spots.get(parent.id)) : STILL;
    const said = { ...(parent.id !== spot.parent.id && rehomed(spot, plane)), z: where === 'into' ? spot.node.z ?? 0 : target.node.z ?? 0 };
    design.do([moving(spot, parent, index), ...setting(spot.node, design.words.tidy(spot.node, said))], 'Order');
  }

  #down(event) {
    const row = event.target.closest('.layer');
    if (!row || event.button || !event.target.closest('.called') || event.pointerType === 'touch') return;
    this.drag = { id: row.dataset.id, y: event.clientY, moved: false, pointer: event.pointerId };
  }

  #move(event) {
    const { drag } = this;
    if (!drag) return;
    if (!drag.moved && Math.abs(event.clientY - drag.y) < STILL_PX) return;
    if (!drag.moved) this.list.setPointerCapture(drag.pointer);
    drag.moved = true;
    drag.to = this.#under(event.clientY);
    const { row, where } = drag.to;
    const { top, bottom, left, width } = row.getBoundingClientRect();
    const home = this.element.getBoundingClientRect();
    this.mark.hidden = false;
    this.mark.classList.toggle('into', where === 'into');
    Object.assign(this.mark.style, { left: `${left - home.left}px`, width: `${width}px`, top: `${(where === 'below' ? bottom : top) - home.top}px`, height: where === 'into' ? `${bottom - top}px` : '2px' });
  }

  #under(y) {
    const rows = [...this.list.querySelectorAll('.layer')];
    const row = rows.find((each) => each.getBoundingClientRect().bottom > y) ?? rows.at(-1);
    const { top, height } = row.getBoundingClientRect();
    const share = (y - top) / height;
    const isGroup = this.design.spots.get(row.dataset.id)?.node.type === 'group';
    return { row, where: isGroup && share > 0.3 && share < 0.8 ? 'into' : share < 0.5 ? 'above' : 'below' };
  }

  #drop() {
    const { drag } = this;
    this.#end();
    if (drag?.moved && drag.to) this.put(drag.id, drag.to.row.dataset.id, drag.to.where);
  }

  #end() {
    this.drag = null;
    this.mark.hidden = true;
  }
}

// The panels beside the design: layers at the left where there is room, else all behind tabs.

import { h } from '../core/dom.js';
import { icon } from './icon.js';
import { PANELS } from './panels/index.js';

const WIDE = '(min-width: 1100px)';

export class Shelf {
  constructor(editor) {
    this.editor = editor;
    this.panels = new Map(PANELS.map((panel) => [panel.id, { ...panel, shown: null }]));
    this.wide = matchMedia(WIDE);
    this.wide.addEventListener('change', () => this.begin());
    this.now = PANELS.find(({ left }) => !left).id;
  }

  /** Shows what belongs to this width. */
  begin() {
    const [left, right, tabs] = ['left', 'right', 'tabs'].map((id) => document.getElementById(id));
    const beside = [...this.panels.values()].find((panel) => panel.left);
    left.replaceChildren();
    if (this.wide.matches) this.#look(beside, left);
    if (this.wide.matches && this.now === beside.id) this.now = [...this.panels.keys()].find((id) => id !== beside.id);
    const shown = [...this.panels.values()].filter((panel) => !(panel.left && this.wide.matches));
    this.tabs = shown.map(({ id, title, icon: path }) => h('button', { type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': 'panel', 'data-panel': id, onclick: () => this.open(id) }, icon(path), h('span', {}, title)));
    const list = h('div', { role: 'tablist', 'aria-label': 'Panels' }, this.tabs);
    list.addEventListener('keydown', (event) => this.#step(event));
    tabs.replaceChildren(list);
    this.place = h('div', { role: 'tabpanel', id: 'panel' });
    right.replaceChildren(this.place);
    this.open(this.now);
  }

  /** Opens a panel. */
  open(id) {
    if (this.now !== id) this.panels.get(this.now).shown?.leave?.();
    this.now = id;
    this.place.setAttribute('aria-labelledby', `tab-${id}`);
    for (const tab of this.tabs) {
      tab.setAttribute('aria-selected', tab.dataset.panel === id);
      tab.tabIndex = tab.dataset.panel === id ? 0 : -1;
    }
    this.#look(this.panels.get(id), this.place);
  }

  #look(panel, place) {
    panel.shown ??= panel.open(this.editor);
    place.replaceChildren(panel.shown.element);
    panel.shown.look?.();
  }

  #step(event) {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const at = this.tabs.findIndex((tab) => tab.dataset.panel === this.now);
    const tab = this.tabs[(at + by + this.tabs.length) % this.tabs.length];
    this.open(tab.dataset.panel);
    tab.focus();
  }
}

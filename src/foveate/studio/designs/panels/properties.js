// What the chosen blocks are: a field for each attribute that all of them have; of nothing, the page.

import { h } from '../../core/dom.js';
import { changed, retyped } from '../changes.js';
import { asked } from '../drawing.js';
import { align } from '../inserting.js';
import { icon } from '../icon.js';
import { called, isLocked, lettersOf } from '../scene.js';
import { typeOf } from '../words.js';
import { field } from './field.js';

const MATTERS = [['source', 'Picture'], ['letters', 'Letters'], ['colour', 'Colours'], ['look', 'Look'], ['place', 'Place'], ['text', 'Words'], ['name', 'Name'], ['state', 'State']];
/** What is seldom needed, and comes last of its kind. */
const SELDOM = new Set(['z', 'blend', 'pin', 'stretch', 'keep-aspect', 'dpi', 'letter-spacing', 'decoration', 'd', 'viewbox', 'rising']);
const LEFT_OUT = new Set(['id', 'version']);
const ALIGNS = [['x', 0, 'Left', 'M4 4v16M8 8h10v3H8zM8 14h6v3H8z'], ['x', 0.5, 'Center', 'M12 3v18M6 7h12v3H6zM8 14h8v3H8z'], ['x', 1, 'Right', 'M20 4v16M6 8h10v3H6zM10 14h6v3h-6z'], ['y', 0, 'Top', 'M4 4h16M7 8v10h3V8zM14 8v6h3V8z'], ['y', 0.5, 'Middle', 'M3 12h18M7 6v12h3V6zM14 8v8h3V8z'], ['y', 1, 'Bottom', 'M4 20h16M7 6v10h3V6zM14 10v6h3v-6z']];
/** The smallest drawing that says whether a design is one. */
const JUDGED = { format: 'png', scale: 0.02 };
/** What the server answers to a design that is none, or to options that are none. */
const WRONG = new Set([400, 422]);

export default {
  id: 'properties',
  title: 'Properties',
  icon: 'M4 7h9M19 7h1M4 17h1M11 17h9M16 4v6M8 14v6',
  open: (editor) => new Properties(editor),
};

class Properties {
  constructor({ design, words }) {
    Object.assign(this, { design, words, key: '', fields: new Map() });
    this.element = h('div', { class: 'properties' });
    design.on('scene chosen', () => this.element.isConnected && this.look());
  }

  /** The elements that are shown, with their ids; that of the design is empty. */
  get nodes() {
    const { chosenSpots, sheet, scene } = this.design;
    return chosenSpots.length ? chosenSpots.map(({ node }) => node) : [sheet, scene].filter(Boolean);
  }

  look() {
    const { nodes } = this;
    if (!nodes.length) return;
    const locked = this.design.chosenSpots.some(isLocked);
    const key = JSON.stringify([nodes.map((node) => [node.id, typeOf(node)]), locked]);
    if (key !== this.key) this.#build(nodes, locked);
    this.key = key;
    for (const [name, { shown, of }] of this.fields) shown.show(name === 'runs' ? lettersOf(of[0].runs) : this.words.value(this.#now(of[0]), name.split(' ').at(-1)));
  }

  #now(node) {
    return node.pages ? this.design.shown : this.design.spots.get(node.id)?.node ?? node;
  }

  #build(nodes, locked) {
    this.fields.clear();
    const isPage = !this.design.chosen.length;
    const title = isPage ? 'Page' : nodes.length > 1 ? `${nodes.length} blocks` : called(nodes[0]);
    const groups = isPage ? nodes.flatMap((node) => this.#groups([node], node.pages ? 'Design' : '')) : this.#groups(nodes);
    this.element.replaceChildren(
      h('h2', {}, title),
      locked ? h('p', { class: 'muted' }, 'It is locked: nothing moves it. Unlock it below to change it.') : '',
      isPage ? '' : this.#aligns(locked),
      nodes.length === 1 && nodes[0].type === 'text' ? this.#letters(nodes[0], locked) : '',
      ...groups);
    if (locked) for (const input of this.element.querySelectorAll('input, select, textarea')) input.disabled = input.name !== 'locked';
  }

  #aligns(locked) {
    const buttons = ALIGNS.map(([axis, share, title, path]) => h('button', { type: 'button', class: 'tool', title, disabled: locked, 'aria-label': `Align: ${title}`, onclick: () => align(this.design, axis, share) }, icon(path)));
    return h('div', { class: 'aligns', role: 'group', 'aria-label': 'Align' }, buttons);
  }

  #letters(node) {
    const input = h('textarea', { name: 'runs', rows: 3, 'aria-label': 'Words', onchange: () => {
      const { runs = [] } = this.#now(node);
      this.design.set({ [node.id]: { runs: retyped(runs, input.value) } }, 'Edit text');
    } });
    const show = () => { if (document.activeElement !== input) input.value = lettersOf(this.#now(node).runs); };
    this.fields.set('runs', { shown: { show }, of: [node] });
    return h('div', { class: 'property wide' }, input);
  }

  #groups(nodes, title) {
    const [first, ...others] = nodes.map((node) => this.words.of(typeOf(node)));
    const rows = first.filter(({ name }) => !LEFT_OUT.has(name) && others.every((each) => each.some((row) => row.name === name)));
    return MATTERS.flatMap(([matter, of]) => {
      // Of texts the colour of their letters comes before that of their box.
      const all = rows.filter((row) => row.matter === matter).sort((one, other) => (other.name === 'color') - (one.name === 'color'));
      if (!all.length) return [];
      const plain = all.filter(({ name }) => !SELDOM.has(name)).map((row) => this.#field(row, nodes));
      const seldom = all.filter(({ name }) => SELDOM.has(name)).map((row) => this.#field(row, nodes));
      return h('section', { class: 'matter', 'data-matter': matter }, h('h3', {}, title ? `${title}: ${of.toLowerCase()}` : of), h('div', { class: 'fields' }, plain), seldom.length ? h('details', {}, h('summary', {}, 'More'), h('div', { class: 'fields' }, seldom)) : '');
    });
  }

  #field(row, nodes) {
    const shown = field(row, this.words, (value, how) => this.#say(row, nodes, value, how, shown));
    this.fields.set(`${typeOf(nodes[0])} ${row.name}`, { shown, of: nodes });
    return shown.element;
  }

  /** Says an attribute of all that is shown otherwise; what the server has to judge is asked of it first. */
  async #say({ name, kind }, nodes, value, { judged, live }, shown) {
    const to = kind === 'radius' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
    const said = Object.fromEntries(nodes.map((node) => [node.pages ? '' : node.id, { [name]: to === '' ? null : to }]));
    if (judged) {
      const why = await asked(changed(this.design.scene, this.design.changesOf(said)), { ...JUDGED, page: this.design.page }).then(() => null, (refused) => refused);
      if (WRONG.has(why?.status)) return shown.fail(why.message);
    }
    return this.design.set(said, `Change ${name}`, live ? { joins: `${name} ${Object.keys(said)}` } : { joins: `${name} ${Object.keys(said)}` });
  }
}

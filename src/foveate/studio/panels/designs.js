// Designs: those that are kept, each a way into its editor; new ones of a template or of a file.

import { confirmed } from '../core/confirm.js';
import { h, say } from '../core/dom.js';
import { KEYS, answered, at, blobAt, read, send } from '../core/server.js';
import { trouble, unlock } from '../core/trouble.js';
import { BLANK, TEMPLATES, templateOf } from './designs/templates.js';

const PATH = 'v1/designs';
const MOST = 60;
const PAUSE_MS = 250;
/** What the server answers where a picture is not there, or its options are none. */
const MISSING = new Set([400, 404]);
const LOCKED = new Set(['KeyNeeded', 'ScopeNotAllowed']);
/** Of a drawing that is shown small. */
const SMALL = 0.35;

export default {
  id: 'designs',
  title: 'Designs',
  icon: 'M4 4h16v16H4zM4 9h16M9 9v11M12.5 13h4M12.5 16h4',
  alone: true,
  takes: true,
  there: (told) => Boolean(told.designs),
  open: () => new Designs(),
};

class Designs {
  constructor() {
    this.refused = h('div', { 'aria-live': 'polite' });
    this.list = h('ul', { class: 'designs' });
    this.more = h('button', { type: 'button', class: 'button', hidden: true, onclick: () => this.#load(this.next) }, 'Show more');
    this.find = h('input', { type: 'search', placeholder: 'Find by name or id', 'aria-label': 'Find designs by name or id', spellcheck: 'false', oninput: () => this.#later() });
    this.file = h('input', { type: 'file', accept: '.xml,.json,.svg,application/xml,application/json,image/svg+xml', hidden: true, 'aria-label': 'Open a design of XML or JSON, an SVG, or JSON of Figma', onchange: () => {
      const [file] = this.file.files;
      if (file) this.take({ name: file.name, blob: file });
      this.file.value = '';
    } });
    this.element = h('div', { class: 'operate designing' }, h('h2', {}, 'Designs'), this.refused, this.#begin(),
      h('section', {}, h('div', { class: 'spread' }, h('h3', {}, 'Kept on this server'), this.find), this.list, this.more));
    this.seen = new IntersectionObserver((rows) => rows.forEach((row) => row.isIntersecting && this.#draw(row.target)));
  }

  /** Shows what there is. */
  look() {
    this.#load();
  }

  #begin() {
    const sizes = h('select', { 'aria-label': 'Size of an empty page' }, BLANK.map(([title, width, height]) => h('option', { value: `${width} ${height}` }, `${title}, ${width} × ${height}`)));
    const empty = () => {
      const [width, height] = sizes.value.split(' ').map(Number);
      this.#keep(JSON.stringify({ version: 1, name: 'Untitled', pages: [{ id: 'page', width, height, blocks: [] }] }), 'application/json');
    };
    const templates = TEMPLATES.map(({ id, title, about }) => h('li', {}, h('button', { type: 'button', class: 'design', 'data-template': id, onclick: async () => this.#keep(await templateOf(id), 'application/xml') },
      this.#thumb({ template: id }), h('span', { class: 'about' }, h('b', {}, title), h('span', { class: 'muted' }, about)))));
    return h('section', {}, h('h3', {}, 'Begin'),
      h('div', { class: 'row begin' }, sizes, h('button', { type: 'button', class: 'button primary', onclick: empty }, 'Begin with an empty page'),
        this.file, h('button', { type: 'button', class: 'button', onclick: () => this.file.click() }, 'Open a file…')),
      h('ul', { class: 'designs templates' }, templates));
  }

  #thumb(about) {
    const image = h('img', { alt: '', class: 'page' });
    Object.assign(image.dataset, about);
    queueMicrotask(() => this.seen.observe(image));
    return h('span', { class: 'frame' }, image);
  }

  /** Draws a design once it comes to be seen. */
  async #draw(image) {
    this.seen.unobserve(image);
    const { design, template, version } = image.dataset;
    try {
      const blob = design ? await blobAt(`${PATH}/${design}/render?format=webp&scale=${SMALL}&version=${version}`).catch((why) => this.#without(design, why)) : await this.#drawn(template);
      image.src = URL.createObjectURL(blob);
      await image.decode().catch(() => {});
      URL.revokeObjectURL(image.src);
    } catch (why) {
      image.replaceWith(h('small', { class: 'muted' }, why.message));
    }
  }

  /** Draws a design without pictures of its own that are not there. */
  async #without(design, why) {
    if (!MISSING.has(why.status)) throw why;
    const scene = await (await answered(`${PATH}/${design}`, { headers: { accept: 'application/json' } })).json();
    // With the first design: the other panels have no use for it.
    const { Drawing } = await import('../designs/drawing.js');
    return (await new Drawing().drawn(scene, { format: 'webp', scale: SMALL })).blob;
  }

  async #drawn(template) {
    const response = await answered(`${PATH}/render?format=webp&scale=${SMALL}`, { method: 'POST', headers: { 'content-type': 'application/xml' }, body: await templateOf(template) });
    return response.blob();
  }

  #later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#load(), PAUSE_MS);
  }

  async #load(after = 0) {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    try {
      const { designs, next } = await read(`${PATH}?${new URLSearchParams({ search: this.find.value.trim(), limit: MOST, after: after || 0 })}`);
      if (turn !== this.turn) return;
      this.next = next;
      this.more.hidden = !next;
      const rows = designs.map((row) => this.#row(row));
      if (after) this.list.append(...rows);
      else this.list.replaceChildren(...(rows.length ? rows : [h('li', { class: 'muted' }, this.find.value ? 'None is called so.' : 'None yet: begin with one above.')]));
      this.refused.replaceChildren();
    } catch (why) {
      if (turn === this.turn) this.refused.replaceChildren(LOCKED.has(why.name) ? this.#locked(why) : trouble(why, () => this.#load()));
    }
  }

  #locked(why) {
    return h('div', { class: 'notice', role: 'status' },
      h('h3', {}, 'Designs are locked'), h('p', {}, why.message),
      h('p', {}, 'A key with the scope read lists and draws them; write keeps and changes them, admin deletes. It is kept until this tab is closed.'),
      unlock(() => this.#load(), KEYS.designs));
  }

  #row({ id, name, version, changed }) {
    const title = name || id;
    return h('li', { 'data-id': id },
      h('a', { class: 'design', href: `designs/${id}` }, this.#thumb({ design: id, version }),
        h('span', { class: 'about' }, h('b', { class: 'name' }, title), h('span', { class: 'muted' }, `Version ${version}, ${new Date(changed).toLocaleDateString([], { dateStyle: 'medium' })}`))),
      h('button', { type: 'button', class: 'button quiet', 'aria-label': `Delete ${title}`, onclick: () => this.#delete(id, title) }, 'Delete'));
  }

  async #delete(id, title) {
    if (!(await confirmed(`Delete ${title}?`, 'All of its versions go with it.', 'Delete'))) return;
    if ((await this.#act(() => send('DELETE', `${PATH}/${id}`))) === undefined) return;
    this.list.querySelector(`[data-id="${CSS.escape(id)}"]`)?.remove();
    say(`${title} is gone.`);
  }

  /** Takes a file of a design, or of another program. */
  async take({ name = '', blob }) {
    if (!blob) return;
    const body = await blob.text();
    if (name.endsWith('.svg') || blob.type.includes('svg')) await this.#keep(body, 'image/svg+xml');
    else if (name.endsWith('.json') || blob.type.includes('json')) await this.#keep(body, 'application/json', isOfFigma(body) ? '?from=figma' : '');
    else await this.#keep(body, 'application/xml');
  }

  /** Keeps a design, and opens it; first what is otherwise in it than in its file is read. */
  async #keep(body, kind, query = '') {
    const kept = await this.#act(() => answered(`${PATH}${query}`, { method: 'POST', headers: { 'content-type': kind }, body }).then((response) => response.json()));
    if (kept?.remarks?.length) this.refused.replaceChildren(this.#otherwise(kept));
    else if (kept) location.assign(at(`designs/${kept.id}`));
  }

  #otherwise({ id, remarks }) {
    return h('div', { class: 'notice' }, h('h3', {}, 'It is a design now, but for this'),
      h('ul', {}, remarks.map((each) => h('li', {}, each))), h('a', { class: 'button primary', href: `designs/${id}` }, 'Open it'));
  }

  /** Returns what the server answers; undefined where it refuses, which is shown. */
  async #act(work) {
    this.refused.replaceChildren();
    try {
      return await work();
    } catch (why) {
      this.refused.replaceChildren(LOCKED.has(why.name) ? this.#locked(why) : trouble(why));
      return undefined;
    }
  }
}

/** Says whether JSON is what Figma answers of a file. */
function isOfFigma(text) {
  try {
    const { document, nodes } = JSON.parse(text);
    return Boolean(document ?? nodes);
  } catch {
    return false;
  }
}

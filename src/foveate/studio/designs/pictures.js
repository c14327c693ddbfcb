// Pictures that are brought: dropped, pasted, chosen, or named by where the server finds them.

import { h } from '../core/dom.js';
import { answered } from '../core/server.js';
import { insert } from './inserting.js';
import { hit } from './hits.js';

const PATH = 'v1/designs/pictures';
const SHARE = 0.6;

export class Pictures {
  constructor(editor) {
    Object.assign(this, { editor, design: editor.design });
    addEventListener('dragover', (event) => event.preventDefault());
    addEventListener('drop', (event) => this.#drop(event));
    addEventListener('paste', (event) => this.#paste(event));
    this.picker = h('input', { type: 'file', accept: 'image/*', hidden: true, 'aria-label': 'Choose a picture', onchange: () => {
      const [file] = this.picker.files;
      if (file) this.take(file);
      this.picker.value = '';
    } });
    document.body.append(this.picker);
  }

  #drop(event) {
    event.preventDefault();
    const place = this.editor.canvas.at(event);
    const [file] = event.dataTransfer.files;
    const address = event.dataTransfer.getData('text/uri-list');
    if (file) this.take(file, place);
    else if (address) this.name(address, place);
  }

  #paste(event) {
    const file = [...event.clipboardData.files].find(({ type }) => type.startsWith('image/'));
    if (file && !event.target.closest('input, textarea')) this.take(file);
  }

  /** Asks for one: a file, or a name. */
  ask() {
    const field = h('input', { type: 'text', name: 'src', 'aria-label': 'Path or address of a picture', placeholder: 'photos/beach.jpg or https://…', spellcheck: 'false' });
    const dialog = h('dialog', { 'aria-labelledby': 'picture', class: 'export', onclose: () => dialog.remove() },
      h('form', { onsubmit: (event) => {
        event.preventDefault();
        dialog.close();
        if (field.value.trim()) this.name(field.value.trim());
      } },
      h('h2', { id: 'picture' }, 'A picture'),
      h('p', {}, h('button', { type: 'button', class: 'button primary', onclick: () => { dialog.close(); this.picker.click(); } }, 'Choose a file')),
      h('label', { class: 'line' }, h('span', {}, 'Or by its path below the origin, or its address'), field),
      h('div', { class: 'row end' }, h('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, 'Close'), h('button', { type: 'submit', class: 'button' }, 'Put it in'))));
    document.body.append(dialog);
    dialog.showModal();
  }

  /** Keeps a file with the designs of the server, and puts it in. */
  async take(file, place) {
    this.editor.say(`${file.name || 'The picture'} is being kept…`);
    try {
      const response = await answered(PATH, { method: 'POST', headers: { 'content-type': file.type || 'application/octet-stream' }, body: file });
      const { src, width, height } = await response.json();
      this.#put(src, { width, height }, place, (file.name ?? '').replace(/\.[^.]*$/, ''));
      this.editor.say(`${file.name || 'The picture'} is put in.`);
    } catch (why) {
      this.editor.say(why.message);
      this.editor.canvas.tell([why.message], true);
    }
  }

  /** Puts in a picture that the server finds by its name. */
  name(src, place) {
    this.#put(src, { width: 4, height: 3 }, place, src.split('/').at(-1).replace(/\.[^.]*$/, '').slice(0, 100));
  }

  /** Over a picture it takes the place of that; elsewhere it is a block of its own. */
  #put(src, { width, height }, place, name) {
    const { design } = this;
    const at = place && design.spots.get(hit(design.sheet, place, { entered: design.entered }))?.node;
    const [only] = design.freeSpots;
    const instead = at?.type === 'image' ? at : !place && design.chosen.length === 1 && only?.node.type === 'image' ? only.node : null;
    if (instead) {
      // What the old one showed is not what this one shows.
      const alt = instead.alt && { alt: wordsOf(name) || null };
      design.set({ [instead.id]: { src, ...alt } }, 'Exchange the picture');
      design.choose([instead.id]);
      return;
    }
    const by = (SHARE * Math.min(design.sheet.width / width, design.sheet.height / height));
    insert(design, 'image', { width: width * by, height: height * by, src, ...(name && { name, alt: wordsOf(name) }) }, place);
  }
}

/** Returns the name of a file as words. */
const wordsOf = (name) => name.replaceAll(/[-_]+/g, ' ').trim();

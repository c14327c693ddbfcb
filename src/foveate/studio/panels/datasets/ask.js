// A form that asks for a dataset: its fields are those of the handler's schema.

import { h } from '../../core/dom.js';
import { post, read } from '../../core/server.js';
import { trouble } from '../../core/trouble.js';
import { fieldsOf } from './field.js';

const USUAL = 'foveate'; // as where a request names no handler

export class Ask {
  /** `asked` is told when there is one more, `show` which one somebody wants to see. */
  constructor({ asked, show }) {
    Object.assign(this, { asked, show });
    this.handlers = [];
    this.failed = h('div', { tabindex: '-1' });
    this.done = h('span', { role: 'status' });
    this.fields = h('div', { class: 'fields' });
    this.element = h('section', {});
    this.folded = h('details'); // a handler may take dozens of words
  }

  /** Returns the schema of a handler's configuration; undefined where it is not there. */
  schemaOf(row) {
    return this.handlers.find(({ name, version }) => name === row.handler && version === row.version)?.schema;
  }

  /** Shows the form. */
  open() {
    this.folded.open = true;
  }

  /** Learns what may be asked for. */
  async look() {
    try {
      const [{ raw }, { handlers }] = await Promise.all([read('v1/raw'), read('v1/handlers')]);
      this.handlers = handlers;
      this.#draw(raw);
    } catch {
      this.element.replaceChildren(); // the list says why
    }
  }

  #draw(raw) {
    if (!raw.length) {
      this.element.replaceChildren(h('h3', {}, 'Ask for a dataset'), h('p', { class: 'muted' }, 'No raw data is registered. On the server: ', h('code', {}, 'foveate dataset raw add NAME FOLDER')));
      return;
    }
    this.raw = h('select', { name: 'raw' }, raw.map(({ name }) => h('option', {}, name)));
    this.handler = h('select', { name: 'handler', onchange: () => this.#drawFields() },
      this.handlers.map(({ name, version }, at) => h('option', { value: at }, `${name} ${version}`)));
    const usual = this.handlers.findLastIndex(({ name }) => name === USUAL);
    this.handler.value = usual < 0 ? this.handlers.length - 1 : usual;
    const form = h('form', { onsubmit: (event) => this.#submit(event) },
      h('div', { class: 'row' }, h('label', {}, 'Raw data ', this.raw), h('label', {}, 'Handler ', this.handler)),
      this.fields, h('div', { class: 'row' }, h('button', { class: 'button primary' }, 'Ask for it'), this.done), this.failed);
    this.folded.replaceChildren(h('summary', {}, h('h3', {}, 'Ask for a dataset')), form);
    this.element.replaceChildren(this.folded);
    this.#drawFields();
  }

  #drawFields() {
    const { schema } = this.handlers[this.handler.value];
    this.controls = fieldsOf(schema);
    this.fields.replaceChildren(...this.controls.map(({ element }) => element));
  }

  async #submit(event) {
    event.preventDefault();
    this.done.replaceChildren();
    this.failed.replaceChildren();
    try {
      const { name, version } = this.handlers[this.handler.value];
      const config = Object.create(null); // names are a handler's
      for (const field of this.controls) field.tell(config);
      const asked = await post('v1/datasets', { name: this.raw.value, handler: name, version, config });
      await this.asked();
      this.done.replaceChildren(asked.state === 'ready' ? 'It is there: ' : `It is ${asked.state}: `, this.#link(asked.id));
    } catch (why) {
      this.failed.replaceChildren(trouble(why));
      this.failed.focus();
    }
  }

  #link(id) {
    return h('a', { href: `datasets#${id}`, onclick: (event) => (event.preventDefault(), this.show(id)) }, id);
  }
}

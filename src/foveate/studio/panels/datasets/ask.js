// A form that asks for a dataset: its fields are those of the handler's schema.

import { h, say } from '../../core/dom.js';
import { post, read } from '../../core/server.js';
import { trouble } from '../../core/trouble.js';

const OURS = {
  seed: { type: 'integer', minimum: 0, default: 0, description: 'What all that is random begins with.' },
  shards: { type: 'object', default: {}, description: 'How it is written: format, samples, max_bytes.' },
};

export class Ask {
  constructor(asked) {
    this.asked = asked;
    this.failed = h('div');
    this.fields = h('div', { class: 'fields' });
    this.element = h('section', {});
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
    this.handler.value = this.handlers.length - 1;
    const form = h('form', { onsubmit: (event) => this.#submit(event) },
      h('div', { class: 'row' }, h('label', {}, 'Raw data ', this.raw), h('label', {}, 'Handler ', this.handler)),
      this.fields, h('div', { class: 'row' }, h('button', { class: 'button primary' }, 'Ask for it')), this.failed);
    this.element.replaceChildren(h('h3', {}, 'Ask for a dataset'), form);
    this.#drawFields();
  }

  #drawFields() {
    const { schema } = this.handlers[this.handler.value];
    this.controls = Object.entries({ ...schema.properties, ...OURS }).map(([name, said]) => new Field(name, said));
    this.fields.replaceChildren(...this.controls.map(({ element }) => element));
  }

  async #submit(event) {
    event.preventDefault();
    try {
      const { name, version } = this.handlers[this.handler.value];
      const told = this.controls.map((field) => [field.name, field.value]).filter(([, value]) => value !== undefined);
      const asked = await post('v1/datasets', { name: this.raw.value, handler: name, version, config: Object.fromEntries(told) });
      this.failed.replaceChildren();
      say(`${asked.id} is ${asked.state}.`);
      await this.asked();
    } catch (why) {
      this.failed.replaceChildren(trouble(why));
    }
  }
}

/** One value of a configuration: where it is as it was, or was cleared, it is not told. */
class Field {
  constructor(name, said) {
    Object.assign(this, { name, said });
    this.control = control(name, said);
    const help = h('small', { class: 'muted', id: `help-${name}` }, said.description ?? '');
    this.element = h('div', { class: 'field' }, h('label', {}, h('span', {}, name.replaceAll('_', ' ')), this.control), help);
  }

  get value() {
    const { control: { type, checked, value }, said } = this;
    const told = type === 'checkbox' ? checked : value;
    if (String(told) === shown(said)) return undefined;
    if (type === 'checkbox' || said.enum?.includes(told) || said.type === 'string') return told;
    if (told === '') return undefined;
    if (type === 'number') return Number(told);
    try {
      return JSON.parse(told);
    } catch {
      throw Object.assign(new Error(`${this.name}: expected JSON, got ${told}.`), { name: 'BadConfiguration' });
    }
  }
}

/** Returns the default as it stands in a field. */
function shown({ type, default: usual, enum: words }) {
  if (words || type === 'string' || type === 'number' || type === 'integer' || type === 'boolean') return String(usual ?? '');
  return usual === undefined ? '' : JSON.stringify(usual);
}

function control(name, said) {
  const about = { name, 'aria-describedby': `help-${name}` };
  if (said.enum) return h('select', about, said.enum.map((word) => h('option', { selected: word === said.default }, word)));
  if (said.type === 'boolean') return h('input', { ...about, type: 'checkbox', checked: said.default === true });
  if (said.type === 'integer' || said.type === 'number') return h('input', { ...about, type: 'number', step: said.type === 'integer' ? 1 : 'any', min: said.minimum, max: said.maximum, value: shown(said) });
  return h('input', { ...about, type: 'text', value: shown(said) });
}

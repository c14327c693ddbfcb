// One value of a configuration, asked for as its schema says.

import { h, marked } from '../../core/dom.js';

/** Returns the fields of what a schema describes; what an object has are fields of their own. */
export function fieldsOf(said, path = []) {
  return Object.entries(said.properties ?? {}).flatMap(([name, inner]) => {
    const at = [...path, name];
    return isGroup(inner) ? fieldsOf(inner, at) : [new Field(at, inner)];
  });
}

/** Says whether all of an object can be told by its parts. */
export const isGroup = ({ properties, default: usual = {} }) => Boolean(properties) && JSON.stringify(usual) === '{}';

/** A value that is told where it was changed; where it is as it was, or was cleared, it is not. */
class Field {
  constructor(path, said) {
    Object.assign(this, { path, said, name: path.join('.') });
    this.control = control(this.name, said);
    const help = h('small', { class: 'muted', id: `help-${this.name}` }, marked(said.description ?? ''), how(said));
    this.element = h('div', { class: 'field' }, h('label', {}, h('span', {}, this.name.replaceAll(/[._]/g, ' ')), this.control), help);
  }

  /** Puts its value where it belongs in a configuration. */
  tell(config) {
    const { value, path } = this;
    if (value === undefined) return;
    const place = path.slice(0, -1).reduce((outer, name) => (outer[name] ??= Object.create(null)), config);
    place[path.at(-1)] = value;
  }

  get value() {
    const { control: { type, checked, value }, said } = this;
    const told = type === 'checkbox' ? checked : value;
    if (String(told) === shown(said)) return undefined;
    if (type === 'checkbox' || said.enum?.includes(told) || said.type === 'string') return told;
    if (told === '') return undefined;
    if (type === 'number') return Number(told);
    return isLines(said) ? lines(told, said) : this.#parsed(told);
  }

  #parsed(told) {
    try {
      return JSON.parse(told);
    } catch {
      throw Object.assign(new Error(`${this.name}: expected JSON, got ${told}.`), { name: 'BadConfiguration' });
    }
  }
}

const PLAIN = new Set(['string', 'number', 'integer', 'boolean']);
const isPlain = ({ type, enum: words }) => Boolean(words) || PLAIN.has(type);
const isLines = ({ type, items }) => type === 'array' && items?.type === 'string';

/** Says how a value is written, where that is not as it reads. */
function how(said) {
  if (isLines(said)) return ' One a line.';
  return isPlain(said) ? '' : ' As JSON.';
}

/** Returns what each line says; one without a word only where that means something. */
function lines(told, { default: usual = [] }) {
  const all = told.replace(/\n+$/, '').split('\n').map((line) => line.trim());
  return usual.includes('') ? all : all.filter(Boolean);
}

/** Returns the default as it stands in a field. */
function shown(said) {
  const { default: usual } = said;
  if (isPlain(said)) return String(usual ?? '');
  if (isLines(said)) return (usual ?? []).join('\n');
  return usual === undefined ? '' : JSON.stringify(usual);
}

function control(name, said) {
  const about = { name, 'aria-describedby': `help-${name}` };
  if (said.enum) return h('select', about, said.enum.map((word) => h('option', { selected: word === said.default }, word)));
  if (said.type === 'boolean') return h('input', { ...about, type: 'checkbox', checked: said.default === true });
  if (said.type === 'integer' || said.type === 'number') return h('input', { ...about, type: 'number', step: said.type === 'integer' ? 1 : 'any', min: said.minimum, max: said.maximum, value: shown(said) });
  if (isLines(said)) return h('textarea', { ...about, rows: 2, spellcheck: 'false' }, shown(said));
  return h('input', { ...about, type: 'text', value: shown(said) });
}

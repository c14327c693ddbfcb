// The face index as this page may ask it: which collections there are, which one is chosen, and what is asked of it.

import { Refused, post, read, send } from './server.js';

const CHOSEN = 'collection';
const ANY = '*';
const SCOPES = ['read', 'write', 'admin'];
/** Parts of a path that mean another path to a browser, however they are written. */
const DOTS = new Set(['.', '..']);

export class Index {
  constructor() {
    this.known = null;
    /** Grows with every change that this page makes; `onchange` is told of each. */
    this.changes = 0;
    this.onchange = () => {};
  }

  /** Takes what the server told of it; null where there is none. */
  learn(known) {
    this.known = known;
  }

  /** Why nothing is told of it: `{error, message}`, or null. */
  get refused() {
    return this.known?.refused ?? null;
  }

  get collections() {
    return this.known?.collections ?? [];
  }

  /** The collection that is asked; empty where there is none. */
  get chosen() {
    const names = this.collections.map(({ name }) => name);
    return [localStorage.getItem(CHOSEN), this.known?.usual, names[0]].find((name) => names.includes(name)) ?? '';
  }

  choose(name) {
    localStorage.setItem(CHOSEN, name);
    this.changes += 1;
  }

  /** Where somebody is added: what is added first makes a collection. */
  get target() {
    return this.chosen || this.first;
  }

  /** What a new collection is called here. */
  get first() {
    const { collection = ANY, usual } = this.known ?? {};
    return [ANY, ''].includes(collection) ? usual : collection;
  }

  /** Whether the key, or this machine, may do that in the collection. */
  may(scope) {
    const { collection, scope: own } = this.known ?? {};
    return [ANY, this.target].includes(collection) && SCOPES.indexOf(scope) <= SCOPES.indexOf(own);
  }

  make(signal) {
    return this.#changed(send('PUT', `v1/people/${encodeURIComponent(this.first)}`, signal));
  }

  async subjects(query, signal) {
    return (await read(this.#path('subjects', query), signal)).subjects;
  }

  /** Returns `{name, faces, added, face}` of somebody, or undefined. */
  async subject(name, signal) {
    const rows = await this.subjects({ prefix: name, limit: 1 }, signal);
    return rows.find((row) => row.name === name.normalize('NFC'));
  }

  async faces(query, signal) {
    return (await read(this.#path('faces', query), signal)).faces;
  }

  async crops(faces, signal) {
    return (await read(this.#path('crops', { faces }), signal)).crops;
  }

  clusters(query, signal) {
    return read(this.#path('clusters', query), signal);
  }

  duplicates(query, signal) {
    return read(this.#path('duplicates', query), signal);
  }

  search(body, query, signal) {
    return post(this.#path('search', query), body, signal);
  }

  /** Adds a face of a picture, or, without `subject`, all of them without a name. */
  enrol(body, query, signal) {
    return this.#changed(post(this.#path('faces', query, this.target), body, signal));
  }

  /** Gives faces to somebody: `{cluster: true}` all that belong to the one, `{force: true}` also from others. */
  name(faces, subject, how = {}) {
    return this.#changed(send('POST', this.#path('names', { faces, subject, ...how })));
  }

  rename(subject, name) {
    return this.#changed(send('POST', this.#path(`subjects/${part(subject)}/rename`, { name })));
  }

  merge(subject, into) {
    return this.#changed(send('POST', this.#path(`subjects/${part(subject)}/merge`, { into })));
  }

  eraseSubject(subject) {
    return this.#changed(send('DELETE', this.#path(`subjects/${part(subject)}`)));
  }

  eraseFace(face) {
    return this.#changed(send('DELETE', this.#path(`faces/${part(face)}`)));
  }

  #path(rest, query = {}, collection = this.chosen) {
    const pairs = Object.entries(query).flatMap(([name, value]) => [value].flat().map((each) => [name, each]));
    const text = new URLSearchParams(pairs.filter(([, value]) => value !== '' && value !== undefined));
    return `v1/people/${encodeURIComponent(collection)}/${rest}?${text}`;
  }

  async #changed(asking) {
    const said = await asking;
    this.changes += 1;
    this.onchange();
    return said;
  }
}

function part(name) {
  if (DOTS.has(name)) throw new Refused('BadOption', `A browser cannot ask for “${name}”. On the server, use foveate people.`);
  return encodeURIComponent(name);
}

/** Returns somebody as options name him. */
export function written(collection, name) {
  return `${collection}/${name.replaceAll('%', '%25').replaceAll(';', '%3B')}`;
}

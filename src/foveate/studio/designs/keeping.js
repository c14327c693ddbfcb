// Keeps a design on the server: each pause makes a version, made of the one that was seen.

import { answered } from '../core/server.js';

/** So long after the last change it is kept. */
const PAUSE_MS = 900;
const AGAIN_MS = 5000;
const CONFLICT = 'DesignConflict';
const JSON_TYPE = { 'content-type': 'application/json' };

/**
 * `state` is `kept`, `waiting`, `sending`, `conflict` (somebody else was faster), or `failed`, with `why`.
 * In a conflict nothing is sent until somebody chooses: `take()` or `join()`.
 */
export class Keeping {
  constructor(design) {
    Object.assign(this, { design, state: 'kept', version: 0, why: null, sent: null, conflicts: [] });
  }

  get path() {
    return `v1/designs/${this.design.id}`;
  }

  /** Reads the design as it is kept; what was not kept is lost. */
  async take({ forgets = true } = {}) {
    clearTimeout(this.timer);
    const response = await answered(this.path, { headers: { accept: 'application/json' } });
    const scene = await response.json();
    this.version = versionOf(response);
    this.sent = scene;
    this.design.load(scene, { forgets });
    this.#turn('kept');
  }

  /** Reads it again where somebody changed it and nothing here waits to be kept. */
  async refresh() {
    if (this.state !== 'kept') return;
    const response = await answered(this.path, { method: 'HEAD' });
    if (this.state === 'kept' && versionOf(response) !== this.version) await this.take({ forgets: false });
  }

  /** Keeps it in a moment. */
  soon() {
    if (this.state === 'conflict') return;
    if (this.state !== 'sending') this.#turn('waiting');
    this.#later(PAUSE_MS);
  }

  #later(after) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now().catch(() => {}), after);
  }

  /** Keeps it; returns the version in which it is as it is now. Throws what went wrong. */
  async now() {
    clearTimeout(this.timer);
    while (this.underway) await this.underway.catch(() => {});
    if (this.state === 'conflict') throw this.why;
    if (this.design.scene === this.sent) return this.version;
    this.underway = this.#send().finally(() => { this.underway = null; });
    await this.underway;
    return this.design.scene === this.sent ? this.version : this.now();
  }

  async #send() {
    const { scene } = this.design;
    this.#turn('sending');
    try {
      const told = await this.#put(scene);
      this.version = told.version;
      this.sent = scene;
      this.#turn(this.design.scene === scene ? 'kept' : 'waiting');
    } catch (why) {
      if (why.name === CONFLICT) await this.#meet(why);
      else this.#fail(why);
      throw why;
    }
  }

  async #put(scene, query = '') {
    const headers = { ...JSON_TYPE, 'if-match': `"${this.version}"` };
    const response = await answered(`${this.path}${query}`, { method: 'PUT', headers, body: JSON.stringify(scene) });
    return response.json();
  }

  /** Learns who was faster. */
  async #meet(why) {
    this.theirs = await answered(`${this.path}/versions`).then((response) => response.json()).then(({ versions }) => versions[0], () => null);
    this.#turn('conflict', why);
  }

  #fail(why) {
    this.#turn('failed', why);
    if (why.status === 0 || why.status >= 500 || why.status === 429) this.#later(Math.max(AGAIN_MS, 1000 * why.retryAfter));
  }

  /** Ends a conflict: keeps what is here beside what others changed. What contradicts theirs is left out, and returned. */
  async join() {
    const { conflicts } = await this.#put(this.design.scene, '?merge=true');
    await this.take({ forgets: false });
    return conflicts;
  }

  #turn(state, why = null) {
    Object.assign(this, { state, why });
    this.design.tell('kept');
  }
}

const versionOf = (response) => Number(/\d+/.exec(response.headers.get('etag') ?? '')?.[0] ?? 0);

// One picture at a time: shown from the browser at once, uploaded once, let go when another comes.

import { Refused, patiently, rendered, signed, upload } from './server.js';

const SHOWN = 'format=auto,width=2048,fit=scale-down';

/** A picture on the stage. `signal` ends everything that was begun for it. */
export class Picture {
  constructor({ name, blob = null, address = '' }) {
    this.leaving = new AbortController();
    Object.assign(this, { name, blob, address, width: 0, height: 0, source: '' });
  }

  get signal() {
    return this.leaving.signal;
  }

  /** Lets go of it: what goes on for it ends. */
  leave() {
    this.leaving.abort(new DOMException('another picture came', 'AbortError'));
    if (this.local) URL.revokeObjectURL(this.local);
  }

  /** Returns how the API is told which picture it is; known once `arrive` is done. */
  get body() {
    return this.reference ? { reference: this.reference } : { url: this.address };
  }

  /** Returns, soon, the address of a rendition; what is made of uploads is kept by no cache. */
  rendition(options) {
    return signed(`cdn-cgi/image/${options}/${this.source}`, this.signal);
  }

  /** Shows what the browser can decode by itself; returns whether it could. */
  async decode() {
    if (!this.blob) return false;
    this.local = URL.createObjectURL(this.blob);
    return this.#measure(this.local);
  }

  /** Uploads it, unless it has an address that the server reads. */
  async arrive(progress, waits) {
    if (this.blob) {
      const send = () => upload(this.blob, { signal: this.signal, progress });
      const said = await patiently(send, { signal: this.signal, waits });
      this.reference = said.reference;
      this.source = `reference:${said.reference}`;
    } else {
      this.source = this.address;
    }
  }

  /** Shows it as the server renders it, for what no browser decodes. */
  async fetchShown() {
    const answer = await rendered(await this.rendition(SHOWN), this.signal);
    const made = URL.createObjectURL(await answer.blob());
    if (this.local) URL.revokeObjectURL(this.local);
    this.local = made;
    if (await this.#measure(made)) return;
    throw new Refused('UnsupportedFormat', 'This cannot be shown: it is no picture that is known here.');
  }

  async #measure(url) {
    const image = new Image();
    image.src = url;
    try {
      await image.decode();
    } catch {
      return false;
    }
    Object.assign(this, { shown: url, width: image.naturalWidth, height: image.naturalHeight });
    return true;
  }
}

// What the URL answers, on the stage: at once while a finger moves, and as it is once nothing moves.

import { patiently, rendered } from './server.js';
import { bytes, ms } from './words.js';

const QUIET_MS = 150;
/** How the server says whose value is wrong, and which names it does not know. */
const BLAMED = /^Option ([\w.-]+):/;
const UNKNOWN = /299 "(unknown option: ([\w.-]+)[^"]*)"/g;
/** Wider pictures are shown no wider than this at first: nobody should wait for twelve megapixels. */
const WIDE = 1280;
/** What says by itself how large the answer is. */
const SIZES = ['width', 'height', 'preset'];

/**
 * Keeps the stage showing what the URL answers: calls `show` with a blob, what is known of it, and the headers.
 * While a finger moves, that is a quick form of it, of which nothing is known.
 */
export class Renderer {
  constructor(studio, show, fail) {
    Object.assign(this, { studio, show, fail, timer: 0, underway: null, quick: false });
    studio.options.onchange(() => this.soon());
  }

  soon() {
    if (this.studio.current?.swift) this.swiftly();
    else this.#later();
  }

  #later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), QUIET_MS);
  }

  /** Asks at once, and while an answer is on its way for nothing but what is newest after it: the picture follows a finger. */
  async swiftly() {
    this.newer = true;
    if (this.following) return;
    this.following = true;
    while (this.newer) await this.#ask(quickly(this.studio));
    this.following = false;
    if (this.quick) this.#later();
  }

  /** Waits for nothing that is outdated, now that the finger has left. */
  settle() {
    if (this.asked !== this.studio.options.text()) this.underway?.abort();
  }

  /** Asks for what the URL says now; what was asked before is let go of. */
  now() {
    return this.#ask({});
  }

  /** Asks for what the URL says with a patch of its options, of which an empty one is the answer itself. */
  async #ask(patch) {
    const { picture, options, stage } = this.studio;
    const quick = Object.keys(patch).length > 0;
    Object.assign(this, { newer: false, asked: options.text(), quick });
    clearTimeout(this.timer);
    this.underway?.abort();
    if (!picture?.source || !this.studio.renders) return;
    this.underway = new AbortController();
    this.studio.bar.ages();
    const signal = AbortSignal.any([this.underway.signal, picture.signal]);
    const waits = (left) => left && this.studio.bar.tell(`The server is busy, trying again in ${left} s.`);
    let began = 0;
    const ask = async () => {
      began = performance.now();
      const response = await rendered(await picture.rendition(options.text(patch)), signal);
      return [response, await response.blob()];
    };
    try {
      const [response, blob] = await stage.during(patiently(ask, { signal, waits }));
      this.studio.bar.blame(unknown(response.headers));
      this.studio.bar.notes(response.headers.get('foveate-note') ?? '');
      const about = quick ? null : `${bytes(blob.size)} · ${blob.type.replace('image/', '')} · ${ms(performance.now() - began)}`;
      await this.show(blob, about, response.headers);
    } catch (why) {
      // What is wrong with the URL, its own answer says.
      if (why.name === 'AbortError' || quick) return;
      this.studio.bar.blame([[why.message.match(BLAMED)?.[1] ?? '', why.message]]);
      this.fail(why);
    }
  }
}

/** Returns the names that the server did not know, each with what it says of it. */
const unknown = (headers) => [...(headers.get('warning') ?? '').matchAll(UNKNOWN)].map(([, sentence, name]) => [name, `There is no such option here: ${sentence.slice('unknown option: '.length)}. It is ignored.`]);

/** Returns what to ask for beside the URL's own options; in its own format, so that what moves or is seen through stays so. */
function quickly({ options, picture }) {
  const sized = SIZES.some((name) => options.names.has(name));
  return sized || !(picture?.width > WIDE) ? {} : { width: WIDE };
}

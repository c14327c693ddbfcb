// What is seen of a design: drawn by the server, and by nobody else.

import { answered, patiently } from '../core/server.js';
import { spotsOf } from './scene.js';

const HEADERS = { 'content-type': 'application/json' };
/** More pixels are not asked for; what is shown larger is stretched. */
const MOST_PIXELS = 4e6;
const LEAST_SCALE = 0.02;
const MOST_SCALE = 8;
const TRIES = 20;

/** Returns the address of a drawing of a design, and asks for it. */
export function asked(scene, { format = 'png', page = '', scale = 1, quality }, signal) {
  const query = new URLSearchParams({ format, page, scale, ...(quality && { quality }) });
  const body = JSON.stringify(scene);
  return patiently(() => answered(`v1/designs/render?${query}`, { method: 'POST', headers: HEADERS, body, signal }), { signal: signal ?? new AbortController().signal, waits: () => {} });
}

/** Returns at how many pixels to one of the design a page is drawn, to be seen at a zoom. */
export function scaleFor({ width, height }, zoom) {
  const most = Math.sqrt(MOST_PIXELS / (width * height));
  return Math.min(Math.max(zoom * devicePixelRatio, LEAST_SCALE), most, MOST_SCALE);
}

/** Returns a design without some blocks of it, of which those that cannot be drawn are some. */
export function without(scene, ids) {
  if (!ids.size) return scene;
  return mapped(scene, (block) => (ids.has(block.id) ? { ...block, hidden: true } : block));
}

/** Returns a design with a text that says nothing. */
export const wordless = (scene, id) => mapped(scene, (block) => (block.id === id ? { ...block, runs: [] } : block));

/** Returns a design that shows some blocks alone, on nothing. */
export function alone(scene, ids) {
  const around = new Set(ids.flatMap((id) => spotsOf(scene).get(id).parents.map((each) => each.id)));
  const some = new Set(ids);
  const shown = (block) => (some.has(block.id) ? block : around.has(block.id) ? { ...block, blocks: block.blocks.map(shown) } : { ...block, hidden: true });
  return { ...scene, pages: scene.pages.map((page) => ({ ...page, fill: 'none', blocks: (page.blocks ?? []).map(shown) })) };
}

function mapped(scene, change) {
  const each = (block) => {
    const made = change(block);
    return made.blocks ? { ...made, blocks: made.blocks.map(each) } : made;
  };
  return { ...scene, pages: scene.pages.map((page) => ({ ...page, blocks: (page.blocks ?? []).map(each) })) };
}

/** Draws what is newest, one after the other: what came meanwhile is drawn next, what it overtook never. */
export class Drawing {
  /** `shown({blob, note, scene})` is told of each drawing, `failed(why)` of what cannot be drawn. */
  constructor(shown, failed) {
    Object.assign(this, { shown, failed, next: null, busy: false, missing: new Map() });
  }

  /** Asks for a drawing of `scene`; `about` is the page and the scale. */
  ask(scene, about) {
    this.next = { scene, about };
    if (!this.busy) this.#draw();
  }

  async #draw() {
    this.busy = true;
    while (this.next) {
      const { scene, about } = this.next;
      this.next = null;
      try {
        this.shown({ ...(await this.drawn(scene, about)), scene });
      } catch (why) {
        if (!this.next) this.failed(why);
      }
    }
    this.busy = false;
  }

  /** Returns `{blob, note}` of a design; a picture that is not there is left out, and in `missing`. */
  async drawn(scene, about, signal) {
    this.#forget(scene);
    for (let tries = TRIES; ; tries--) {
      const response = await asked(without(scene, new Set(this.missing.keys())), about, signal).catch((why) => {
        if (!tries || !this.#misses(scene, why)) throw why;
        return null;
      });
      if (response) return { blob: await response.blob(), note: response.headers.get('foveate-note') ?? '' };
    }
  }

  /** Notes which pictures an error is about; returns whether it is about any. */
  #misses(scene, why) {
    const pictures = [...spotsOf(scene).values()].map(({ node }) => node).filter(({ id, src }) => src && why.message.includes(src.slice(0, 200)) && !this.missing.has(id));
    for (const { id, src, options } of pictures) this.missing.set(id, { src, options, why: why.message });
    return pictures.length > 0;
  }

  /** Forgets what was said of pictures that are others meanwhile. */
  #forget(scene) {
    const spots = spotsOf(scene);
    for (const [id, { src, options }] of this.missing) {
      const node = spots.get(id)?.node;
      if (node?.src !== src || node?.options !== options) this.missing.delete(id);
    }
  }

  /** Looks again for pictures that were not there. */
  again() {
    this.missing.clear();
  }
}

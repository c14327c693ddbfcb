// How long each stage took, and when: what ran side by side lies side by side.

import { h, s } from './dom.js';
import { ms } from './words.js';

/** Lanes for all that is expected, so that nothing moves when it comes. */
export class Times {
  constructor(labels) {
    this.labels = labels;
    this.element = h('section', { class: 'times', 'aria-label': 'Times', hidden: true });
  }

  /** Begins anew, with a lane for each of these words. */
  expect(words) {
    this.told = new Map();
    this.sum = h('p', { class: 'muted' }, '\u00a0');
    this.lanes = new Map(words.map((word) => [word, this.#lane(word)]));
    this.element.replaceChildren(h('h3', {}, 'Times'), ...this.lanes.values(), this.sum);
    this.element.hidden = false;
  }

  /** Takes note of a stage: what it took, and when it was known. */
  tell(word, { ms: took, at_ms: at, error }) {
    if (error) return;
    this.told.set(word, { took, at });
    const end = Math.max(1, ...[...this.told.values()].map((each) => each.at));
    for (const [each, known] of this.told) this.#draw(this.lanes.get(each), known, end);
  }

  /** Sums up. */
  end(wall) {
    const sum = [...this.told.values()].reduce((total, { took }) => total + took, 0);
    this.sum.textContent = `${ms(sum)} of work in ${ms(wall)}`;
  }

  #lane(word) {
    return h('div', { class: 'lane' }, h('span', {}, this.labels[word]),
      s('svg', { viewBox: '0 0 100 8', preserveAspectRatio: 'none', 'aria-hidden': 'true' }), h('span', { class: 'mono muted' }));
  }

  #draw(lane, { took, at }, end) {
    if (!lane) return;
    const [, svg, text] = lane.children;
    svg.replaceChildren(s('rect', { x: Math.max(0, (100 * (at - took)) / end), y: 1, width: Math.max(0.5, (100 * took) / end), height: 6, rx: 1 }));
    text.textContent = ms(took);
  }
}

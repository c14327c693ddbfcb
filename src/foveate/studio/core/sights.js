// What is drawn over the picture for things that were found, and lines of text.

import { s } from './dom.js';
import { percent } from './words.js';

/** Colours that the style sheet has for classes; with more, they begin again. */
export const KINDS = 7;

/** Of the height of a name: what it takes with its halo, and how far it stands from a line. */
const AROUND = 1.15;
const ASIDE = 0.3;

/** Places tried for a name on each edge. */
const STEPS = 12;

/** Returns a box with its class and score; `kind` is the number of its colour, `act` what a click does. */
export function boxed({ label, score, box }, { kind, ...states }, act) {
  const { left: x, top: y, width, height } = box;
  return sight(`k${kind % KINDS}`, box, states, act, `${label} ${percent(score)}`, (part) => s('rect', { class: part, x, y, width, height }));
}

/** Returns the corners of a line of text, and what it reads. */
export function lined({ text, box, quad }, states, act) {
  return sight('read', box, { ...states, over: true }, act, text, (part) => s('polygon', { class: part, points: quad.map((corner) => corner.join(',')).join(' ') }));
}

/** Returns a shape and its name by themselves: names stand above all shapes. */
function sight(kind, box, { chosen, dimmed, over = false }, act, words, shape) {
  const drawn = { class: `sight ${kind}${chosen ? ' chosen' : ''}${dimmed ? ' dimmed' : ''}`, onclick: act };
  const text = s('text', { x: 0, y: 0 }, words);
  return { box, text, dimmed, over, shape: s('g', drawn, s('title', {}, words), shape('halo'), shape('line')), name: s('g', drawn, text) };
}

/** Gives each name a free place on its shape, inside of the picture; who finds none is seen once it is chosen. */
export function apart(sights, picture) {
  const taken = [];
  // All are measured before any is moved: each look after a move lays everything out anew.
  const sizes = new Map(sights.map(({ text }) => [text, text.getBBox()]));
  for (const { box, text, over } of [...sights].sort((one, other) => one.dimmed - other.dimmed)) {
    const { x, y, width, height } = sizes.get(text);
    const size = { wide: width + 2 * ASIDE * height, high: AROUND * height };
    const place = places(box, size, over).map(([left, top]) => within(left, top, size, picture)).find((each) => !taken.some((other) => overlap(each, other)));
    text.setAttribute('visibility', place ? 'visible' : 'hidden');
    if (!place) continue;
    taken.push(place);
    text.setAttribute('x', Number(text.getAttribute('x')) + place.left + ASIDE * height - x);
    text.setAttribute('y', Number(text.getAttribute('y')) + place.top + ((AROUND - 1) / 2) * height - y);
  }
}

/** Returns where a name may stand: along the top, the bottom and the sides; first above or below what is small or written. */
function places({ left, top, width, height }, { wide, high }, over) {
  const across = steps(left, left + width - wide);
  const down = steps(top, top + height - high);
  const on = [top, top + height - high].flatMap((y) => across.map((x) => [x, y])).concat([across[0], across.at(-1)].flatMap((x) => down.map((y) => [x, y])));
  return !over && wide < width && 2 * high < height ? on : [[left, top - high], [left, top + height], ...on];
}

const steps = (first, last) => Array.from({ length: STEPS + 1 }, (_, step) => first + ((last - first) * step) / STEPS);

const within = (left, top, { wide, high }, { width, height }) => ({ left: Math.max(0, Math.min(left, width - wide)), top: Math.max(0, Math.min(top, height - high)), wide, high });

const overlap = (one, other) => one.left < other.left + other.wide && other.left < one.left + one.wide && one.top < other.top + other.high && other.top < one.top + one.high;

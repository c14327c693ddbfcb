// What is drawn over the picture for things that were found, and lines of text.

import { s } from './dom.js';

/** Colours that the style sheet has for classes; with more, they begin again. */
export const KINDS = 7;

/** Of the width of a picture: the name of a thing so small stands over it. */
const SMALL = 0.15;

/** Of the height of a name: what it takes with its halo. */
const AROUND = 1.4;

/** Returns a box with its class; `kind` is the number of its colour, `act` what a click does. */
export function boxed({ label, box }, picture, { kind, chosen, dimmed }, act) {
  const { left: x, top: y, width, height } = box;
  const place = width < SMALL * picture.width ? 'over-it' : 'in-it';
  return sight(`k${kind % KINDS} ${place}`, { chosen, dimmed }, act, x, y, label,
    (part) => s('rect', { class: part, x, y, width, height }));
}

/** Returns the corners of a line of text, and what it reads. */
export function lined({ text, quad }, { chosen, dimmed }, act) {
  const [[x, y]] = quad;
  return sight('read over-it', { chosen, dimmed }, act, x, y, text,
    (part) => s('polygon', { class: part, points: quad.map((corner) => corner.join(',')).join(' ') }));
}

function sight(kind, { chosen, dimmed }, act, x, y, words, shape) {
  const states = `${chosen ? ' chosen' : ''}${dimmed ? ' dimmed' : ''}`;
  return s('g', { class: `sight ${kind}${states}`, onclick: act }, shape('halo'), shape('line'), s('text', { x, y }, words));
}

/** Moves the names inside of the picture, and apart where a free place is near. */
export function apart(svg, picture) {
  const placed = [];
  for (const text of svg.querySelectorAll('.sight text')) {
    text.removeAttribute('dx');
    text.removeAttribute('dy');
    const { x, y, width: wide, height } = text.getBBox();
    const high = AROUND * height;
    const { e: right, f: down } = text.transform.baseVal.consolidate()?.matrix ?? new DOMMatrix(getComputedStyle(text).transform);
    const left = Math.max(0, Math.min(x + right, picture.width - wide));
    const tops = [0, 1, -1, 2, -2].map((step) => y + down + step * high).filter((top) => top >= 0 && top + high <= picture.height);
    const free = (top) => !placed.some((other) => left < other.left + other.wide && other.left < left + wide && top < other.top + other.high && other.top < top + high);
    const top = tops.find(free) ?? Math.max(0, y + down);
    placed.push({ left, top, wide, high });
    text.setAttribute('dx', left - x - right);
    text.setAttribute('dy', top - y - down);
  }
}

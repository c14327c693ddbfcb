// What is drawn over the picture for things that were found, and lines of text.

import { s } from './dom.js';

/** Colours that the style sheet has for classes; with more, they begin again. */
export const KINDS = 7;

/** Of the width of a picture: the name of a thing so small stands over it. */
const SMALL = 0.15;

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

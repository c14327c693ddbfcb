// What went wrong, in words that say what to do.

import { h, say } from './dom.js';
import { KEYS, LOST } from './server.js';

const ADVICE = {
  SourceTooLarge: 'Choose a smaller picture, or raise the limits of the server.',
  UnsupportedFormat: 'Choose a picture: JPEG, PNG, WebP, AVIF, HEIC, TIFF, GIF or SVG.',
  NotAnImage: 'Choose a picture: JPEG, PNG, WebP, AVIF, HEIC, TIFF, GIF or SVG.',
  BrokenImage: 'The file is damaged. Choose another one.',
  WeightsMissing: 'On the server, run: foveate models pull',
  KeyNeeded: 'Enter a key that the operator gave you.',
  ScopeNotAllowed: 'Enter a key with more rights: the scope write names, enrols and erases.',
  FaceRefused: 'Choose a picture that shows the face larger, sharper, lighter and from the front.',
  RateExceeded: 'Wait a moment; a key may ask only so often.',
  IndexLocked: 'Try again in a moment.',
  OtherModel: 'On the server, run foveate people reindex for this collection.',
  BadSignature: 'Enter one of the signing keys of the server.',
  TimedOut: 'Try again; a large picture may need more time than the server gives.',
  [LOST]: 'It is tried again when the connection is back.',
};

const LOCKED = new Set(['KeyNeeded', 'BadSignature', 'ScopeNotAllowed']);

/** Returns a form that takes a key, that of the face index or of signed URLs, for as long as this tab is open. */
export function unlock(again, which = KEYS.index) {
  const field = h('input', { type: 'password', name: 'key', autocomplete: 'off', required: true, 'aria-label': 'Key', placeholder: 'Key' });
  return h('form', { class: 'row', onsubmit: (event) => {
    event.preventDefault();
    sessionStorage.setItem(which, field.value.trim());
    again();
  } }, field, h('button', { class: 'button primary' }, 'Use this key'));
}

/** Returns a notice of an error, with a way to try again where that may help. */
export function trouble(why, again) {
  say(`${why.message} ${ADVICE[why.name] ?? ''}`);
  return h('div', { class: 'notice error', role: 'alert' },
    h('h3', {}, '⚠ ', why.message),
    ADVICE[why.name] ? h('p', {}, ADVICE[why.name]) : null,
    h('p', {}, h('code', {}, why.name, why.status ? ` · ${why.status}` : '')),
    LOCKED.has(why.name) && again ? unlock(again, why.name === 'BadSignature' ? KEYS.signing : KEYS.index) : null,
    again ? h('button', { type: 'button', class: 'button', onclick: again }, 'Try again') : null);
}

/** Returns a notice that counts down while the server is busy. */
export function busy(seconds, cancel) {
  return h('div', { class: 'notice', role: 'status' },
    h('p', {}, `The server is busy, trying again in ${seconds} s.`),
    h('button', { type: 'button', class: 'button', onclick: cancel }, 'Cancel'));
}

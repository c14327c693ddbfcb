// The first view: one sentence, and every way to bring a picture.

import { h } from './dom.js';
import { read, signed } from './server.js';

const KINDS = 'image/*,.heic,.heif,.avif,.tif,.tiff,.jxl,.jp2';

/** Returns a field, not seen, that asks for a file when it is clicked. */
export function picker(take) {
  const file = h('input', { type: 'file', accept: KINDS, class: 'unseen', tabindex: '-1', 'aria-hidden': 'true', onchange: () => {
    if (file.files[0]) take(ofFile(file.files[0]));
    file.value = '';
  } });
  return file;
}

/** Returns the view; `take` is given what was brought: `{name, blob}` or `{name, address}`. */
export function empty(take, file) {
  const camera = h('input', { type: 'file', accept: 'image/*', capture: 'environment', class: 'unseen', tabindex: '-1', 'aria-hidden': 'true', onchange: () => camera.files[0] && take(ofFile(camera.files[0])) });
  const address = h('input', { type: 'text', name: 'address', placeholder: 'https://… or a path below the origin', 'aria-label': 'Address of a picture', autocomplete: 'off', spellcheck: 'false' });
  const samples = h('div', { class: 'samples' });
  fill(samples, take);
  return h('div', { class: 'empty' }, h('div', {},
    h('div', { class: 'drop' },
      h('h2', {}, 'Drop a picture'),
      h('p', { class: 'muted' }, 'See who and what is in it, find the right crop, and copy its URL.'),
      h('div', { class: 'row' },
        h('button', { type: 'button', class: 'button primary', onclick: () => file.click() }, 'Choose a file'),
        h('button', { type: 'button', class: 'button', onclick: () => camera.click() }, 'Take a photo'),
        h('span', { class: 'muted' }, 'or paste one')),
      h('form', { class: 'address', onsubmit: (event) => {
        event.preventDefault();
        if (address.value.trim()) take(ofAddress(address.value.trim()));
      } }, address, h('button', { class: 'button' }, 'Open')),
      camera),
    h('details', { class: 'small' },
      h('summary', {}, 'Stays on this server and is not kept.'),
      h('p', { class: 'muted' }, 'An upload is named by a secret that nobody can guess, is answered for ten minutes, or as long as the operator set, and is then deleted. What is made of it is kept by no cache, and what is seen in it is computed anew each time. Nothing is sent to anybody else.')),
    // Last: when they come, nothing else has to move.
    samples));
}

export const ofFile = (file) => ({ name: file.name || 'pasted.png', blob: file });
export const ofAddress = (address) => ({ name: address.split('/').pop(), address: address.replace(/^\/+(?!\/)/, '') });

async function fill(row, take) {
  const { samples } = await read('v1/studio').catch(() => ({ samples: [] }));
  row.hidden = samples.length === 0;
  for (const { name, title } of samples) {
    const image = h('img', { alt: '', width: 160, height: 160 });
    row.append(h('button', { type: 'button', title, 'aria-label': title, onclick: () => take(ofAddress(name)) }, image));
    signed(`cdn-cgi/image/width=160,height=160,fit=cover,gravity=auto/${name}`).then((url) => { image.src = url; }, () => {});
  }
}

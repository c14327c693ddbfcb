// Maps over the picture: where people look, in the colours of magma, and any other in colours of its own.

import { s } from './dom.js';
import { post } from './server.js';

/** Magma (Smith and van der Walt, 2015), nine of its colours. */
const MAGMA = [[0, 0, 4], [28, 16, 68], [79, 18, 123], [129, 37, 129], [181, 54, 122], [229, 80, 100], [251, 135, 97], [254, 194, 135], [252, 253, 191]];
const OPACITY = 0.7;

/** Returns an SVG image of the saliency of a picture, as large as the picture. */
export async function saliencyOf(picture) {
  const { saliency } = await post('v1/analyse?parts=saliency', picture.body, picture.signal);
  return drawnMap(saliency.png, picture, magma, OPACITY);
}

/** Returns an SVG image of a map, a grey PNG in base64, over `width` by `height`; `colour(data, at)` says of which colours. */
export async function drawnMap(png, { width, height }, colour, opacity = 1) {
  const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
  const map = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
  const canvas = new OffscreenCanvas(map.width, map.height);
  const context = canvas.getContext('2d');
  context.drawImage(map, 0, 0);
  const pixels = context.getImageData(0, 0, map.width, map.height);
  for (let at = 0; at < pixels.data.length; at += 4) colour(pixels.data, at);
  context.putImageData(pixels, 0, 0);
  const href = URL.createObjectURL(await canvas.convertToBlob());
  return s('image', { href, width, height, preserveAspectRatio: 'none', opacity });
}

function magma(data, at) {
  const place = (data[at] / 255) * (MAGMA.length - 1);
  const low = Math.min(MAGMA.length - 2, Math.floor(place));
  for (let channel = 0; channel < 3; channel++) {
    data[at + channel] = MAGMA[low][channel] + (place - low) * (MAGMA[low + 1][channel] - MAGMA[low][channel]);
  }
}

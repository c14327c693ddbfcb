// A face cut out of the picture that is shown.

import { h } from './dom.js';

const SIDE = 112;
/** Hair and chin tell much. */
const ROOM = 1.25;

/** Returns a canvas with what lies in a box; `size` is that of the picture in which the box is meant. */
export function cutOut(image, size, box, label) {
  const canvas = h('canvas', { width: SIDE, height: SIDE, role: 'img', 'aria-label': label });
  const side = Math.max(box.width, box.height) * ROOM;
  image.decode().then(() => {
    const times = image.naturalWidth / size.width;
    const left = (box.left + box.width / 2 - side / 2) * times;
    const top = (box.top + box.height / 2 - side / 2) * times;
    canvas.getContext('2d').drawImage(image, left, top, side * times, side * times, 0, 0, SIDE, SIDE);
  }, () => {});
  return canvas;
}

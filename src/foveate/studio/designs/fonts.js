// The fonts of designs in the browser, for letters that are typed where they stand.

import { answered } from '../core/server.js';

/** Larger ones, those of Chinese, Japanese and Korean, would be long on their way. */
const MOST_BYTES = 4e6;
const asked = new Map();

/** Returns the family under which the browser has a font, once it does; what it cannot have is left to it. */
export function familyOf(family, weight, italic) {
  const name = `Foveate ${family} ${weight}${italic ? ' italic' : ''}`;
  if (!asked.has(name)) asked.set(name, load(name, new URLSearchParams({ family, weight, italic })).catch(() => 'sans-serif'));
  return asked.get(name);
}

async function load(name, query) {
  const response = await answered(`v1/fonts?${query}`);
  if (Number(response.headers.get('content-length')) > MOST_BYTES) {
    response.body.cancel();
    return 'sans-serif';
  }
  const font = new FontFace(name, await response.arrayBuffer());
  document.fonts.add(await font.load());
  return name;
}

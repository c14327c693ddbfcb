// Widths of one picture, for a browser to choose from.

const RASTER = ['avif', 'webp', 'jpeg', 'png'];
const TURNED = new Set(['90', '270']);

/** What is chosen: widths and `sizes` as they are typed; formats, or null for what the URL says. */
export const CHOSEN = { widths: '320, 640, 960, 1280, 1920', formats: null, sizes: '100vw' };
export const FORMATS = RASTER;

/** Returns the formats of the answer: those that were chosen, or the URL's own, or all that browsers take. */
export function formats({ options }) {
  const own = options.get('format');
  return CHOSEN.formats ?? (RASTER.includes(own) ? [own] : ['avif', 'webp', 'jpeg']);
}

/** Returns the widths, none larger than the picture has pixels for. */
export function widths(studio) {
  const most = widest(studio);
  const asked = (CHOSEN.widths.match(/\d+/g) ?? []).map(Number).filter((width) => width > 0);
  const kept = asked.map((width) => Math.min(width, most));
  return kept.length ? [...new Set(kept)].sort((one, other) => one - other) : [most];
}

/** Returns how wide the answer can be before its pixels are made up. */
function widest({ options, picture }) {
  const [width, height] = TURNED.has(options.get('rotate')) ? [picture.height, picture.width] : [picture.width, picture.height];
  const aspect = shape(options);
  return aspect ? Math.min(width, Math.round(height * aspect)) : width;
}

/** Returns width to height where both are asked for, or 0. */
function shape(options) {
  const [width, height] = [Number(options.get('width')), Number(options.get('height'))];
  return width && height ? width / height : 0;
}

/** Returns what makes the options those of another width, of the same shape. */
export function scaled(options, width) {
  const aspect = shape(options);
  return { width, height: aspect ? Math.max(1, Math.round(width / aspect)) : null, dpr: null };
}

/** Returns the HTML: a picture with a source for each format but the last, which the image has. */
export function markup(bar) {
  const { studio } = bar;
  const all = widths(studio);
  const own = formats(studio);
  const last = own.at(-1);
  const among = (format) => `srcset="${srcset(bar, all, format)}"\n  sizes="${quoted(CHOSEN.sizes)}"`;
  const image = `<img src="${address(bar, all.at(-1), last)}"\n  ${among(last)}${measures(studio, all.at(-1))} alt="">`;
  if (own.length === 1) return image;
  const sources = own.slice(0, -1).map((format) => `<source type="image/${format}"\n  ${among(format)}>`);
  return `<picture>\n${[...sources, image].map(indented).join('\n')}\n</picture>`;
}

const indented = (text) => text.replace(/^/gm, '  ');
const address = (bar, width, format) => quoted(bar.address({ ...scaled(bar.studio.options, width), format }));
const srcset = (bar, all, format) => all.map((width) => `${address(bar, width, format)} ${width}w`).join(',\n    ');
const quoted = (text) => text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');

/** Returns width and height, so that nothing moves when the picture comes. */
function measures({ made }, width) {
  return made ? ` width="${width}" height="${Math.max(1, Math.round((width * made.height) / made.width))}"` : '';
}

// What can be copied of the URL: each works as it is pasted.

import { Refused, at, read, signed } from './server.js';
import { CHOSEN, markup } from './srcset.js';

const FETCHED = /^https?:/i;
const NAMED = new Set(['avif', 'webp', 'jpeg', 'png', 'gif', 'tiff']);
const GUESSED = 'picture';
/** A mask that this server keeps: of this picture, and for a while. */
const KEPT = /^[0-9a-z]{26}$/;

/** Whether the options name a mask that was made of clicks. */
export const masked = ({ pairs }) => pairs.some(([name, value]) => /(^|\.)mask$/.test(name) && KEPT.test(value));

/** By the words that name them: from the bar to a text. */
export const KINDS = {
  URL: (bar) => bar.address(),
  'signed URL': (bar) => signed(bar.path(), bar.studio.picture.signal),
  HTML: markup,
  'HTML by the server': responsive,
  'Next.js': loader,
  curl: (bar) => `curl -fsS -o ${file(bar)} ${shell(bar.address())}`,
  Python: python,
};

/** Returns how a file with the answer is called: with an ending where the options name a format. */
function file({ studio }) {
  const format = studio.options.get('format');
  return NAMED.has(format) ? `${GUESSED}.${format === 'jpeg' ? 'jpg' : format}` : GUESSED;
}

/** Returns the HTML that the server makes: widths for `sizes`, with a placeholder until the picture comes. */
async function responsive(bar) {
  const { picture, options } = bar.studio;
  const query = new URLSearchParams({ url: bar.own || picture.source, options: options.text(), sizes: CHOSEN.sizes, base: location.origin });
  return (await read(`v1/srcset?${query}`, picture.signal)).html;
}

const shell = (text) => `'${text.replace(/'/g, "'\\''")}'`;

/** Returns a program: of a file or an address as here, of what lies at the server's origin by its URL. */
function python(bar) {
  const { picture, options } = bar.studio;
  const source = bar.own || (picture.blob ? picture.name : picture.address);
  const saved = JSON.stringify(file(bar));
  if (!masked(options) && ((picture.blob && !bar.own) || FETCHED.test(source))) {
    return `import foveate\n\nfoveate.render(${JSON.stringify(source)}, ${JSON.stringify(options.text())}).save(${saved})\n`;
  }
  return `from urllib.request import urlretrieve\n\nurlretrieve(${JSON.stringify(bar.address())}, ${saved})\n`;
}

/** A source as it stands in an image URL: an address with a query is one value. */
const SENT = String.raw`(src) =>
  /^https?:.*\?/i.test(src)
    ? encodeURIComponent(src)
    : encodeURI(src).replaceAll('%25', '%').replaceAll('#', '%23').replace(/^\/+/, '')`;

/** Returns a loader for next/image, which asks for other widths and qualities of any source. */
function loader({ studio: { options } }) {
  if (masked(options)) throw new Refused('OneMask', 'A loader asks for any picture, and this mask is of one.');
  const [width, height] = [Number(options.get('width')), Number(options.get('height'))];
  const both = width && height;
  const text = options.text({ format: options.get('format') || 'auto', width: 'WIDTH', height: both ? 'HEIGHT' : null, quality: null, dpr: null })
    .replace('WIDTH', '${width}')
    .replace('HEIGHT', `\${Math.round(width * ${height} / ${width})}`);
  // Without a word on quality the server's own holds: `auto` would look for one at every width.
  const own = options.get('quality');
  const quality = own ? `,quality=\${quality ?? ${JSON.stringify(own)}}` : "${quality ? `,quality=${quality}` : ''}";
  const folder = at('cdn-cgi/image/').href;
  return `// next.config.js: images: { loader: 'custom', loaderFile: './loader.js' }
const sent = ${SENT};

export default function loader({ src, width, quality }) {
  return \`${folder}${text}${quality}/\${sent(src)}\`;
}
`;
}

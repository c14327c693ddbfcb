// Image URLs as text: the mount, options written and read.

export const MOUNT = 'cdn-cgi/image';

/** Returns a value as it stands in a URL, as little escaped as can be. */
export const escaped = (value) => encodeURIComponent(value).replace(/%(3B|3A|40|2E)/g, (code) => decodeURIComponent(code));

/** Returns the options of a text as it stands in a URL, by name. */
export function parsed(text) {
  const pairs = text.split(',').filter((pair) => pair.includes('=')).map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
  return Object.fromEntries(pairs.map(([name, value]) => [name, plain(value)]));
}

/** Returns a text as it is meant, or as it stands where its percent signs are no codes. */
export function plain(value) {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

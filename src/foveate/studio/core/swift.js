// What panels share whose answers follow a finger.

/** Wider pictures are answered no wider than this at first: nobody should wait for twelve megapixels. */
const WIDE = 1280;
/** No format is written as fast, and a PNG of a photo takes a second. */
const QUICK = 'jpeg';
/** What nobody asked for, by picture. */
const given = new WeakMap();

/** Returns the options that make answers come soon, where nobody has said otherwise; `format` is one that has to be. */
export function swiftly(options, picture, format) {
  const own = unhurried(options, picture);
  const said = (name) => options.get(name) && !(name in own);
  const swift = {
    ...(!said('width') && !said('height') && picture.width > WIDE ? { width: WIDE } : {}),
    ...(format || !said('format') ? { format: format ?? QUICK } : {}),
  };
  given.set(picture, { ...given.get(picture), ...swift });
  return swift;
}

/** Returns what takes back of a URL what nobody asked for. */
export function unhurried(options, picture) {
  const left = Object.entries(given.get(picture) ?? {}).filter(([name, value]) => options.get(name) === String(value));
  return Object.fromEntries(left.map(([name]) => [name, null]));
}

// What panels share whose answers follow a finger.

/** Wider pictures are answered no wider than this at first: nobody should wait for twelve megapixels. */
const WIDE = 1280;
/** No format is written as fast, and a PNG of a photo takes a second. */
const QUICK = 'jpeg';

/** Returns the options that make answers come soon, where nobody has said otherwise; `given` is a format that nobody asked for. */
export function swiftly(options, picture, given) {
  const sized = options.get('width') || options.get('height');
  const format = options.get('format');
  return {
    ...(!sized && picture.width > WIDE ? { width: WIDE } : {}),
    ...(format && format !== given ? {} : { format: QUICK }),
  };
}

// A format that can be seen through, for what is cut out and for nothing else.

const FORMATS = new Set(['webp', 'avif', 'png', 'auto']);
const OURS = 'webp';

/** Gives such a format in the place of another one, and that one back; one of these that somebody chose stays. */
export class SeenThrough {
  constructor() {
    this.before = null;
  }

  /** Returns the options that do so, when something is cut out, or nothing is any longer. */
  patch(options, cuts) {
    const format = options.get('format');
    const ours = this.before !== null && format === OURS;
    const before = ours ? this.before : format;
    this.before = cuts && !FORMATS.has(before) ? before : null;
    if (this.before !== null) return { format: OURS };
    return ours ? { format: before } : {};
  }
}

// Asking for what is newest: what was asked before is let go of.

/** Runs one piece of work at a time. What another one overtook is aborted and tells nobody. */
export class Newest {
  /** Returns what `work(signal)` gives; null where something newer came, or `other` was aborted. */
  async run(work, other) {
    this.stop();
    this.underway = new AbortController();
    try {
      return await work(AbortSignal.any([this.underway.signal, other]));
    } catch (why) {
      if (why.name === 'AbortError') return null;
      throw why;
    }
  }

  /** Lets go of what is under way. */
  stop() {
    this.underway?.abort(new DOMException('something newer was asked for', 'AbortError'));
  }
}

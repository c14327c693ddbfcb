// Cut out: the subject without its background, or before another one; faces made unrecognisable.

import { choice, slider, toggles } from '../core/controls.js';
import { h } from '../core/dom.js';

/** What begins with these is of this panel, whoever set it. */
const OWN = /^((segment|redact)(\.|$)|mask$)/;
/** Options with which `segment.quality` does nothing. */
const CHOOSING = ['segment.keep', 'segment.person'];
const CUT = { segment: 'foreground' };
const FACES = 'hide faces';
const SEEN_THROUGH = new Set(['webp', 'avif', 'png', 'auto']);
const COLOURS = [['', 'transparent'], ['blur', 'itself, out of focus'], ['white', 'white'], ['black', 'black'], ['#4fd1a5', 'a colour']];

export default {
  id: 'cut',
  title: 'Cut out',
  icon: 'M20 4 8.5 15.5M8.5 8.5 20 20M6 3a3 3 0 1 0 0 6 3 3 0 0 0 0-6Zm0 12a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z',
  renders: true,
  compares: true,
  open: (studio) => new Cut(studio),
};

class Cut {
  constructor(studio) {
    this.options = studio.options;
    this.gave = false;
    this.set = (patch) => studio.options.set(patch);
    this.more = h('div');
    this.what = toggles('What', [['', 'nothing'], ['cut', 'cut out'], ['hide', FACES]], '', (what) => this.#turn(what));
    this.element = h('div', {},
      h('h2', {}, 'Cut out and hide'),
      this.what, this.more);
  }

  look() {
    this.#turn('');
  }

  /** Hides what these options say, and tells who or what that is; `name` is what the button is called. */
  hide(patch, said, name = FACES) {
    this.#press('hide');
    this.#turn('hide', patch);
    this.what.querySelector('[data-value=hide]').textContent = name;
    this.#tell(said);
  }

  /** Cuts out what these options say, and tells what that is. */
  cut(patch, said) {
    this.#press('cut');
    this.#turn('cut', patch);
    this.#tell(said);
  }

  #press(what) {
    for (const button of this.what.querySelectorAll('button')) button.setAttribute('aria-pressed', button.dataset.value === what);
  }

  #tell(said) {
    this.more.prepend(h('p', { class: 'muted whom' }, said));
  }

  #turn(what, patch = { cut: CUT, hide: { redact: 'faces' } }[what]) {
    this.what.querySelector('[data-value=hide]').textContent = FACES;
    // What is cut out needs a format that can be seen through, and only that.
    const format = this.options.get('format');
    const given = this.gave && format === 'webp' && what !== 'cut' ? { format: null } : {};
    this.gave = what === 'cut' && (this.gave || !SEEN_THROUGH.has(format));
    const none = Object.fromEntries([...this.options.values.keys()].filter((name) => OWN.test(name)).map((name) => [name, null]));
    this.set({ ...none, ...given, ...(this.gave ? { format: 'webp' } : {}), ...patch });
    this.more.replaceChildren(...({ cut: () => this.#cutting(), hide: () => this.#hiding() }[what]?.() ?? []));
  }

  #cutting() {
    const colour = h('input', { type: 'color', value: '#4fd1a5', 'aria-label': 'Colour', hidden: true, oninput: () => this.set({ 'segment.background': colour.value }) });
    return [
      choice('Behind it', COLOURS, '', (value) => {
        colour.hidden = !value.startsWith('#');
        this.set({ 'segment.background': value || null });
      }), colour,
      slider('Shadow', {}, (value) => this.set({ 'segment.shadow': value || null })),
      !CHOOSING.some((name) => this.options.get(name)) && choice('How fine', [['', 'as the server has it'], ['fast', 'fast'], ['balanced', 'balanced'], ['accurate', 'accurate']], '', (value) => this.set({ 'segment.quality': value || null })),
    ];
  }

  #hiding() {
    return [
      choice('How', [['', 'blurred'], ['pixelate', 'pixels'], ['solid', 'one colour']], '', (value) => this.set({ 'redact.method': value || null })),
      slider('How little is left', { value: 0.5 }, (value) => this.set({ 'redact.strength': value })),
    ];
  }
}

// Cut out: the subject without its background, or before another one; faces made unrecognisable.

import { choice, colour, slider, toggles } from '../core/controls.js';
import { h } from '../core/dom.js';
import { SeenThrough } from '../core/through.js';

/** What begins with these is of this panel, whoever set it. */
const OWN = /^((segment|redact)(\.|$)|mask$)/;
/** Options with which `segment.quality` does nothing. */
const CHOOSING = ['segment.keep', 'segment.person'];
const HIDES = /^redact(\.|$)/;
const TURNS = { cut: { segment: 'foreground' }, hide: { redact: 'faces' } };
const FACES = 'hide faces';
const OTHER = '#4fd1a5';
const BEHIND = [['', 'transparent'], ['blur', 'itself, out of focus'], ['white', 'white'], ['black', 'black'], [OTHER, 'a colour']];

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
    this.through = new SeenThrough();
    this.set = (patch) => studio.options.set(patch);
    this.more = h('div');
    this.what = toggles('What', [['', 'nothing'], ['cut', 'cut out'], ['hide', FACES]], '', (what) => this.#turn(what));
    this.element = h('div', {},
      h('h2', {}, 'Cut out and hide'),
      this.what, this.more);
    this.options.onchange(() => this.#show());
  }

  /** Looks at a picture that has arrived; what its URL asks for already stays. */
  look() {
    this.through = new SeenThrough();
    this.#show();
  }

  /** What the URL does, whoever asked for it. */
  get turned() {
    if (this.options.get('segment')) return 'cut';
    return [...this.options.values.keys()].some((name) => HIDES.test(name)) ? 'hide' : '';
  }

  /** Hides what these options say, and tells who or what that is; `name` is what the button is called. */
  hide(patch, said, name = FACES) {
    this.#turn('hide', patch);
    this.what.querySelector('[data-value=hide]').textContent = name;
    this.#tell(said);
  }

  /** Cuts out what these options say, and tells what that is. */
  cut(patch, said) {
    this.#turn('cut', patch);
    this.#tell(said);
  }

  #tell(said) {
    this.more.prepend(h('p', { class: 'muted whom' }, said));
  }

  #turn(what, patch = TURNS[what]) {
    this.laid = null;
    const none = Object.fromEntries([...this.options.values.keys()].filter((name) => OWN.test(name)).map((name) => [name, null]));
    this.set({ ...none, ...this.through.patch(this.options, what === 'cut'), ...patch });
  }

  /** Shows what the URL says; controls are laid anew where other ones are needed. */
  #show() {
    const what = this.turned;
    if (what !== this.laid) {
      Object.assign(this, { laid: what, controls: [] });
      this.what.querySelector('[data-value=hide]').textContent = FACES;
      this.more.replaceChildren(...({ cut: () => this.#cutting(), hide: () => this.#hiding() }[what]?.() ?? []));
    }
    this.what.show(what);
    for (const [name, control, usual] of this.controls) control.show(this.options.get(name) || usual);
  }

  /** Returns a control of an option; what is usual leaves it out. */
  #of(name, usual, make) {
    const control = make((value) => this.set({ [name]: value === usual ? null : value }));
    this.controls.push([name, control, usual]);
    return control;
  }

  #cutting() {
    const behind = this.#of('segment.background', '', (set) => choice('Behind it', BEHIND, '', set));
    const other = colour('Colour', OTHER, (value) => this.set({ 'segment.background': value }), { hidden: true });
    const { show } = behind;
    behind.show = (value) => {
      other.hidden = !value.startsWith('#');
      other.show(value);
      show(other.hidden ? value : OTHER);
    };
    return [
      behind, other,
      this.#of('segment.shadow', 0, (set) => slider('Shadow', {}, set)),
      !CHOOSING.some((name) => this.options.get(name)) && this.#of('segment.quality', '', (set) => choice('How fine', [['', 'as the server has it'], ['fast', 'fast'], ['balanced', 'balanced'], ['accurate', 'accurate']], '', set)),
    ].filter(Boolean);
  }

  #hiding() {
    return [
      this.#of('redact.method', '', (set) => choice('How', [['', 'blurred'], ['pixelate', 'pixels'], ['solid', 'one colour']], '', set)),
      this.#of('redact.strength', 0.5, (set) => slider('How little is left', { value: 0.5 }, set)),
    ];
  }
}

// What may become of what is selected, or of all else: options beside its mask.

const INVERT = 'effect.invert';
const REST = { [INVERT]: true };
/** Options that name a mask. */
export const MASKS = ['effect.mask', 'mask'];

/** With a slider, its option, from, to, step and value. */
export const ACTS = {
  '': { title: 'only look' },
  cut: { title: 'cut out', patch: { segment: 'foreground' }, mask: 'mask' },
  lens: { title: 'blur the rest', patch: REST, strength: ['effect.lens', 2, 24, 1, 9] },
  grey: { title: 'black and white around', patch: { ...REST, 'effect.grayscale': true } },
  dark: { title: 'darken the rest', patch: REST, strength: ['effect.brightness', 0.1, 0.9, 0.05, 0.4] },
  bright: { title: 'brighten', patch: {}, strength: ['effect.brightness', 1.1, 2.5, 0.1, 1.4] },
  squares: { title: 'pixelate', patch: {}, strength: ['effect.pixelate', 5, 80, 5, 25] },
  soft: { title: 'blur', patch: {}, strength: ['effect.blur', 2, 60, 2, 20] },
  ink: { title: 'two inks', patch: { 'effect.duotone': 'navy:#ffd9a0' } },
};

/** Returns the options of an act on a mask. */
export function acted(id, mask) {
  const { patch, strength, mask: name = MASKS[0] } = ACTS[id];
  return { ...(strength ? { [strength[0]]: strength[4] } : {}), ...patch, [name]: mask };
}

/** Returns the act that a URL asks for, whose mask is named by `name`; undefined where it is another one. */
export function actOf(options, name) {
  const asked = (id) => {
    const all = acted(id, '');
    const own = Object.keys(all).filter((each) => each !== INVERT && !MASKS.includes(each));
    return name in all && INVERT in all === (options.get(INVERT) === 'true') && own.every((each) => options.get(each));
  };
  return Object.keys(ACTS).find((id) => id && asked(id));
}

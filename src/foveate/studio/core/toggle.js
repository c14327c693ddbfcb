// Buttons that stay pressed.

import { h } from './dom.js';

/** Returns a button that can be pressed and let go; what happens then is `act`'s. */
export const toggleButton = (text, act, more = {}) => h('button', { type: 'button', class: 'button', 'aria-pressed': 'false', onclick: act, ...more }, text);

/** Returns whether it is pressed. */
export const on = (button) => button.getAttribute('aria-pressed') === 'true';

/** Presses it, or lets it go. */
export const press = (button, pressed = !on(button)) => button.setAttribute('aria-pressed', pressed);

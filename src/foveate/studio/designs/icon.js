// Icons: outlines of 24 by 24.

import { s } from '../core/dom.js';

/** Returns an icon of a path. */
export const icon = (path) => s('svg', { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true' }, s('path', { d: path }));

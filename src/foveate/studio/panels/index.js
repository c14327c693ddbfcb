// The panels, in the order of the rail: one file each. A panel has `id`, `title`, `icon` (the path
// of an outline of 24 by 24) and `open(studio)`, which returns what the panel shows.

import seen from './seen.js';

export const PANELS = [seen];

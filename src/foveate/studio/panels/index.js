// The panels, in the order of the rail: one file each. A panel has
// - `id`, `title`, and `icon`, the path of an outline of 24 by 24;
// - `renders` where the stage shows what the URL answers rather than the source, and `compares`
//   where both are seen; `swift` where answers follow a finger; `alone` where no picture is needed;
// - `takes` where what is dropped or pasted is its own, and `there(told)`, whether there is one,
//   where that depends on what the server told;
// - `open(studio)`, which returns an object with the `element` of the panel, `look(picture)`, called
//   for each picture, and perhaps `drawn()`, called for each that the stage shows, and `explains`,
//   true while the stage shall show the source after all; `follow()`, called when it is seen again;
//   `before(signal, made)`, which returns, at once or soon, the address of what to compare with;
//   `pointing`, which takes clicks on the picture; and `undo()`, which says whether it undid something.

import bytes from './bytes.js';
import crop from './crop.js';
import cut from './cut.js';
import datasets from './datasets.js';
import designs from './designs.js';
import focus from './focus.js';
import operate from './operate.js';
import people from './people.js';
import seen from './seen.js';
import select from './select.js';
import styles from './styles.js';
import things from './things.js';

export const PANELS = [seen, crop, cut, bytes, things, select, focus, styles, people, datasets, designs, operate];

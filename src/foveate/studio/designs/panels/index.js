// The panels of the editor, in the order of their tabs; state.js says how one joins. The one that is
// `left` stands at the left of the design where there is room for it.

import brand from './brand.js';
import chat from './chat.js';
import layers from './layers.js';
import properties from './properties.js';
import sizes from './sizes.js';

export const PANELS = [layers, properties, chat, brand, sizes];

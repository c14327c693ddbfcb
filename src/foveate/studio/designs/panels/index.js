// The panels of the editor, in the order of their tabs; state.js says how one joins. The one that is
// `left` stands at the left of the design where there is room for it.

import layers from './layers.js';
import properties from './properties.js';

export const PANELS = [layers, properties];

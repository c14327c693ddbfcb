// Whether places of what the stage shows are those of the source.

import { alike } from './stage.js';

/** Options that move what is seen, even where the shape stays. */
const MOVES = /^((flip|rotate|zoom|preset|segment\.trim)$|(trim|crop|border)(\.|$))/;

/** Returns why a click on what the URL answers would be of another place of the source, or nothing. */
export function misplaced({ options, stage, picture }) {
  const movers = [...options.names].filter((name) => MOVES.test(name));
  if (movers.length) return `What is shown lies elsewhere in the source, by ${movers.join(' and ')}.`;
  return alike(stage.size, picture) ? '' : 'What is shown is of another shape than the source.';
}

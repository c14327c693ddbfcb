// How two pictures differ, drawn so strongly that it can be seen.

export const TIMES = 8;
const MOST_PIXELS = 4e6;
const WHITE = '#fff';

/** Draws |before - after|, 8 times as strong, where black is the same; two decoded images of one shape. */
export function drawDifference(canvas, before, after, { width, height }) {
  const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (width * height)));
  Object.assign(canvas, { width: Math.round(width * scale), height: Math.round(height * scale) });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const [one, other] = [before, after].map((image) => pixels(context, image, canvas));
  for (let at = 0; at < other.data.length; at += 4) {
    for (let channel = at; channel < at + 3; channel++) {
      other.data[channel] = TIMES * Math.abs(one.data[channel] - other.data[channel]);
    }
  }
  context.putImageData(other, 0, 0);
}

function pixels(context, image, { width, height }) {
  context.fillStyle = WHITE;
  context.fillRect(0, 0, width, height);
  context.drawImage(image, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

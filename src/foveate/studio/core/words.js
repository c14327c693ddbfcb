// Numbers as people read them.

export const ms = (value) => `${Math.round(value)} ms`;
export const percent = (share) => `${Math.round(100 * share)}\u00a0%`;
export const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

/** Returns bytes as `24.1 kB`. */
export function bytes(number) {
  if (number < 1000) return `${number} B`;
  const steps = ['kB', 'MB', 'GB'];
  const step = Math.min(steps.length, Math.floor(Math.log10(number) / 3));
  return `${(number / 1000 ** step).toFixed(1)} ${steps[step - 1]}`;
}

/** Returns seconds as `7 s`, `2 min` or `2 h 1 min`. */
export function span(seconds) {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

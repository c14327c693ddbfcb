// Designs to begin with: files beside the editor, and sizes of empty pages.

export const TEMPLATES = [
  { id: 'sale', title: 'Sale', about: 'Post, 1080 × 1080' },
  { id: 'event', title: 'Event', about: 'Story, 1080 × 1920' },
  { id: 'thumbnail', title: 'Video thumbnail', about: '1280 × 720' },
  { id: 'card', title: 'Business card', about: 'Two pages, 1050 × 600' },
];

/** Titles, widths and heights. */
export const BLANK = [['Post', 1080, 1080], ['Portrait post', 1080, 1350], ['Story', 1080, 1920], ['Presentation', 1920, 1080], ['Video thumbnail', 1280, 720], ['Open Graph', 1200, 630], ['Leaderboard', 728, 90], ['A5 at 150 dpi', 874, 1240]];

/** Returns the XML of a template. */
export async function templateOf(id) {
  const response = await fetch(new URL(`../../designs/templates/${id}.xml`, import.meta.url));
  return response.text();
}

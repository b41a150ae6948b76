import type { Theme } from '../grafana/colour.ts';

const key = 'charmlet-theme';
const system = matchMedia('(prefers-color-scheme: dark)');

/** The theme that is shown: the reader's own choice, else the system's. */
export function theme(): Theme {
  const chosen = localStorage.getItem(key);
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return system.matches ? 'dark' : 'light';
}

/** Marks the page, now and whenever the system changes; `changed` draws again what has colours of its own. */
export function followTheme(changed: () => void): void {
  document.documentElement.dataset.theme = theme();
  system.addEventListener('change', () => {
    document.documentElement.dataset.theme = theme();
    changed();
  });
}

export function toggleTheme(): void {
  localStorage.setItem(key, theme() === 'dark' ? 'light' : 'dark');
  document.documentElement.dataset.theme = theme();
}

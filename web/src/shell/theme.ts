/** Light or dark: the person's choice, else the system's. The stage is always dark. */
export type ThemeChoice = 'system' | 'light' | 'dark';

const KEY = 'carat.theme';
const lightSystem = window.matchMedia('(prefers-color-scheme: light)');
let pinnedDark = false;

export function themeChoice(): ThemeChoice {
  const stored = localStorage.getItem(KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

export function chooseTheme(choice: ThemeChoice): void {
  if (choice === 'system') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, choice);
  applyTheme();
}

/** Keeps the page dark whatever was chosen, while a stage is open. */
export function pinDark(pinned: boolean): void {
  pinnedDark = pinned;
  applyTheme();
}

export function applyTheme(): void {
  const choice = themeChoice();
  const light = !pinnedDark && (choice === 'light' || (choice === 'system' && lightSystem.matches));
  document.documentElement.dataset.theme = light ? 'light' : 'dark';
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', light ? '#f8f7f5' : '#0b0a12');
}

lightSystem.addEventListener('change', applyTheme);

const KEY = 'carat.shortcuts';

/** Whether single-key shortcuts are wanted at all; a person can turn them off. */
export function shortcutsWanted(): boolean {
  return localStorage.getItem(KEY) !== 'off';
}

export function wantShortcuts(wanted: boolean): void {
  if (wanted) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, 'off');
}

/** Whether this key press may be a shortcut: wanted, bare, and not typed into a field. */
export function shortcutsOn(event: KeyboardEvent): boolean {
  if (!shortcutsWanted() || event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) {
    return false;
  }
  const target = event.target;
  if (!(target instanceof HTMLElement)) return true;
  return !target.isContentEditable && !/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

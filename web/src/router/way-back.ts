/**
 * `?return=`: where to go afterwards, when it is a path of this site. `//host` and `/\host` lead elsewhere, and so does
 * a slash, a tab and a slash, because browsers drop tabs and line ends wherever they stand in an address.
 */
export function wayBack({ return: path }: Record<string, unknown>): { readonly return?: string } {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  return typeof path === 'string' && /^\/(?![/\\])[^\u0000-\u001f]*$/.test(path) ? { return: path } : {};
}

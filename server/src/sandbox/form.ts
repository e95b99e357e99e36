/** A parameter of a form body: text, or what brackets make of it. */
export type FormValue = string | FormValue[] | { [name: string]: FormValue };
export type Form = { [name: string]: FormValue };

const DEPTH_MAX = 8;
const FIELDS_MAX = 500;

/**
 * Reads `a[b][0][c]=d` as Stripe does: names and numbers in brackets make objects and lists, `[]` adds to a list.
 * `null` when the text is not such a form.
 */
export function parseForm(text: string): Form | null {
  const form: Form = Object.create(null);
  if (text === '') return form;
  const fields = text.split('&');
  if (fields.length > FIELDS_MAX) return null;
  for (const field of fields) {
    const at = field.indexOf('=');
    const name = decode(at < 0 ? field : field.slice(0, at));
    const value = decode(at < 0 ? '' : field.slice(at + 1));
    if (name === null || value === null) return null;
    const path = pathOf(name);
    if (path === null || !place(form, path, value)) return null;
  }
  return listsIn(form) as Form;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

function pathOf(name: string): string[] | null {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name);
  if (match === null) return null;
  const inner = [...(match[2] ?? '').matchAll(/\[([^[\]]*)\]/g)].map(([, part]) => part ?? '');
  return inner.length > DEPTH_MAX ? null : [match[1] ?? '', ...inner];
}

function place(form: Form, path: readonly string[], value: string): boolean {
  let here = form;
  for (const [index, part] of path.entries()) {
    const name = part === '' ? String(Object.keys(here).length) : part;
    if (index === path.length - 1) {
      if (name in here) return false;
      here[name] = value;
      return true;
    }
    here[name] ??= Object.create(null) as Form;
    const next = here[name];
    if (typeof next === 'string' || Array.isArray(next)) return false;
    here = next as Form;
  }
  return false;
}

/** Objects whose names are 0, 1, 2 … become lists. */
function listsIn(value: FormValue): FormValue {
  if (typeof value === 'string' || Array.isArray(value)) return value;
  const names = Object.keys(value);
  const inner = names.map((name) => listsIn(value[name] as FormValue));
  if (names.length > 0 && names.every((name, index) => name === String(index))) return inner;
  return Object.fromEntries(names.map((name, index) => [name, inner[index] as FormValue]));
}

/** Items that are told as one, the newest first as they came. */
export interface Group<Item> {
  readonly key: string;
  readonly first: Item;
  readonly items: readonly Item[];
}

/** Puts items of the same group together, at the place of the first of them; an item without one stays alone. */
export function grouped<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => { readonly own: string; readonly group: string | null },
): Group<Item>[] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const { own, group } = keyOf(item);
    const key = group ?? own;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [item]);
    else known.push(item);
  }
  return [...groups].flatMap(([key, members]) => {
    const [first] = members;
    return first === undefined ? [] : [{ key, first, items: members }];
  });
}

/** Whoever is asked about in the same turn of the event loop is read in one question: people come in crowds. */
export class Together<Key, Value> {
  readonly #read: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>;
  #open: { readonly keys: Set<Key>; readonly answer: Promise<ReadonlyMap<Key, Value>> } | undefined;

  constructor(read: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>) {
    this.#read = read;
  }

  /** What is found under this key, together with others that are asked for now. */
  async find(key: Key): Promise<Value | undefined> {
    this.#open ??= this.#begin();
    this.#open.keys.add(key);
    return (await this.#open.answer).get(key);
  }

  #begin() {
    const keys = new Set<Key>();
    const answer = new Promise<ReadonlyMap<Key, Value>>((resolve, reject) => {
      setImmediate(() => {
        this.#open = undefined;
        this.#read([...keys]).then(resolve, reject);
      });
    });
    return { keys, answer };
  }
}

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import type { Answer } from '../test-house.ts';

/** A page in the making: what was asked and what was answered, with names for what is different each time. */
export class Page {
  readonly #parts: string[] = [];
  readonly #names = new Map<string, string>();

  /** From here on `name` stands for `value` on the page, before and after. */
  name(value: string, name: string): void {
    this.#names.set(value, name);
  }

  tell(text: string): void {
    this.#parts.push(text);
  }

  exchange(request: string, answer: Answer, body?: object): void {
    const asked = body === undefined ? request : `${request}\n\n${pretty(body)}`;
    this.#parts.push(
      `\`\`\`http\n${asked}\n\`\`\``,
      `\`${answer.status}\`\n\n\`\`\`json\n${pretty(answer.body)}\n\`\`\``,
    );
  }

  facts(rows: readonly (readonly [string, string])[]): void {
    this.table(['', ''], rows);
  }

  table(header: readonly string[], rows: readonly (readonly string[])[]): void {
    const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
    this.#parts.push([line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n'));
  }

  /** Asserts that the committed page says the same; `RECORD=1` writes it anew. */
  async compare(file: URL, origin: string): Promise<void> {
    const text = this.#text(origin);
    if (process.env.RECORD === '1') await writeFile(file, text);
    assert.equal(text, await readFile(file, 'utf8'));
  }

  #text(origin: string): string {
    let text = `${this.#parts.join('\n\n')}\n`.replaceAll(origin, 'https://carat.example');
    for (const [value, name] of this.#names) text = text.replaceAll(value, name);
    return text;
  }
}

/** JSON with an amount on one line. */
function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(
    /\{\n\s+"asset": ("\w+"),\n\s+"units": ("-?\d+"),\n\s+"display": ("[^"]+")\n\s+\}/g,
    '{ "asset": $1, "units": $2, "display": $3 }',
  );
}

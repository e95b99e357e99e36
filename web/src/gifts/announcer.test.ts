import { describe, expect, it } from 'vitest';
import { plural, sentence } from './announcer.ts';

const news = (nickname: string, giftName: string, count: number) => ({
  group: `${nickname}:${giftName}`,
  nickname,
  giftName,
  count,
});

describe('what is said', () => {
  it('merges a streak into its last count and ends with the goal', () => {
    const said = sentence([news('Koji', 'Clap', 3), news('Oona', 'Disco', 3), news('Koji', 'Clap', 24)], 74);
    expect(said).toBe('Koji, 24 Claps. Oona, 3 Discos. Goal 74 percent.');
  });

  it('names three and counts the rest', () => {
    const many = ['A', 'B', 'C', 'D', 'E'].map((name, at) => news(name, 'Rose', 5 - at));
    expect(sentence(many, null)).toBe('A, 5 Roses. B, 4 Roses. C, 3 Roses. And 2 more gifts.');
  });

  it.each([
    ['Rose', 1, 'Rose'],
    ['Rose', 2, 'Roses'],
    ['Teddy', 2, 'Teddies'],
    ['Galaxy', 2, 'Galaxies'],
    ['Clap', 2, 'Claps'],
  ])('%s × %i is %s', (name, count, word) => {
    expect(plural(name, count)).toBe(word);
  });
});

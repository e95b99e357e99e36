import { expect, test } from 'vitest';
import { birthFields, readBirthDate } from './birth-date.ts';

test('three fields become a date, or say what is wrong', () => {
  const table: readonly (readonly [string, string, string, string])[] = [
    ['7', '4', '1996', '1996-04-07'],
    [' 07', '4', '1996 ', '1996-04-07'],
    ['29', '2', '2004', '2004-02-29'],
    ['29', '2', '2005', 'There is no 29 February in 2005.'],
    ['31', '4', '1996', 'There is no 31 April in 1996.'],
    ['', '', '', 'Enter your date of birth.'],
    ['', '4', '1996', 'Enter the day too.'],
    ['1', '', '', 'Enter the month and the year too.'],
    ['1', '4', '96', 'Enter the year with four digits, such as 1996.'],
    ['0', '4', '1996', 'Enter the day too.'],
    ['x', '4', '1996', 'Enter the day too.'],
  ];
  for (const [day, month, year, expected] of table) {
    const read = readBirthDate({ day, month, year });
    expect('date' in read ? read.date : read.wrong).toBe(expected);
  }
});

test('a date becomes its fields again', () => {
  expect(birthFields('1996-04-07')).toEqual({ day: '7', month: '4', year: '1996' });
  expect(birthFields(null)).toEqual({ day: '', month: '', year: '' });
});

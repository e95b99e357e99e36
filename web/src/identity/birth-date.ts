import { MONTH_NAMES } from '../ui/dates.ts';

/** A date of birth as three fields, told apart from a day that never was. */

export interface BirthFields {
  readonly day: string;
  /** 1 to 12, or empty. */
  readonly month: string;
  readonly year: string;
}

/** `YYYY-MM-DD`, or what is missing or wrong about the fields. */
export function readBirthDate(fields: BirthFields): { readonly date: string } | { readonly wrong: string } {
  const day = /^\d{1,2}$/.test(fields.day.trim()) ? Number(fields.day) : 0;
  const month = /^\d{1,2}$/.test(fields.month) ? Number(fields.month) : 0;
  const year = /^\d{4}$/.test(fields.year.trim()) ? Number(fields.year) : 0;
  const missing = [day === 0 && 'day', month === 0 && 'month', year === 0 && 'year'].filter(
    (part) => part !== false,
  );
  if (missing.length === 3) return { wrong: 'Enter your date of birth.' };
  if (missing.includes('year') && fields.year.trim() !== '') {
    return { wrong: 'Enter the year with four digits, such as 1996.' };
  }
  if (missing.length > 0) return { wrong: `Enter the ${missing.join(' and the ')} too.` };
  const date = new Date(Date.UTC(year, month - 1, day));
  const real =
    date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!real) return { wrong: `There is no ${day} ${MONTH_NAMES[month - 1] ?? ''} in ${year}.` };
  const two = (part: number) => part.toString().padStart(2, '0');
  return { date: `${year}-${two(month)}-${two(day)}` };
}

/** The fields that show a date; empty ones for none. */
export function birthFields(date: string | null): BirthFields {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date ?? '') ?? [];
  return {
    day: day === undefined ? '' : Number(day).toString(),
    month: month === undefined ? '' : Number(month).toString(),
    year: year ?? '',
  };
}

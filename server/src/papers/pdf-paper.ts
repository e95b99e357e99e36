import { fileURLToPath } from 'node:url';
import PDFDocument from 'pdfkit';

/** What the first page says. All of it is text that is printed as it is. */
export interface PaperFront {
  readonly title: string;
  readonly subtitle: string;
  readonly person: string;
  readonly period: string;
  /** A warning such as "so far"; `null` when there is none. */
  readonly warning: string | null;
  /** Balances: one block per account. */
  readonly accounts: readonly {
    readonly name: string;
    readonly rows: readonly { readonly label: string; readonly value: string; readonly isSum: boolean }[];
  }[];
  readonly notes: readonly string[];
  /** Heads of the columns of the lines. */
  readonly columns: readonly string[];
  readonly lineCount: number;
}

/** One line: a cell per column of `COLUMN_WIDTHS`. */
export type PaperRow = readonly string[];

export interface PaperTotals {
  readonly rows: readonly { readonly label: string; readonly value: string }[];
  readonly closing: string;
}

/** The columns of the lines, in points; the last ones are numbers and stand at the right. */
const COLUMN_WIDTHS = [30, 80, 152, 82, 86, 80, 54, 48, 52, 54, 44] as const;
const LEFT_COLUMNS = 3;

const MARGIN = 40;
const PAGE = { width: 842, height: 595 };
const ROW_HEIGHT = 14;
const LINES_TOP = MARGIN + 34;
const ROWS_PER_PAGE = Math.floor((PAGE.height - MARGIN - 22 - LINES_TOP) / ROW_HEIGHT);
const CELL_SIZE = 7.2;
/** Lines up to which every cell is tagged. */
const CELLS_TAGGED_MAX = 2_000;
const INK = '#1d1a2b';
const QUIET = '#5d5873';
const RULE = '#d9d4e8';
const ACCENT = '#6b4be0';

const FONT = fileURLToPath(import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf'));
const BOLD = fileURLToPath(import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf'));

/** A line has its place before it is read, so the number of pages is known at the first one. */
export function pagesOf({ accounts, notes, lineCount }: PaperFront): {
  readonly front: number;
  readonly lines: number;
  readonly all: number;
} {
  const rows = accounts.reduce((sum, { rows: own }) => sum + own.length + 2, 0);
  const front = Math.max(1, Math.ceil((rows + notes.length * NOTE_ROWS) / FRONT_ROWS));
  const lines = Math.ceil(lineCount / ROWS_PER_PAGE);
  return { front, lines, all: front + lines + 1 };
}

const FRONT_TOP = MARGIN + 96;
const FRONT_ROW = 15;
const FRONT_ROWS = Math.floor((PAGE.height - MARGIN - 22 - FRONT_TOP) / FRONT_ROW);
/** Rows that one note may take. */
const NOTE_ROWS = 2;

/**
 * A statement on paper, written as its lines come: a page is let go when the next begins, so memory does not grow with
 * it. `take` gives what has been made since the last time.
 */
export class Paper {
  readonly #doc: PDFKit.PDFDocument;
  readonly #front: PaperFront;
  readonly #pages: ReturnType<typeof pagesOf>;
  readonly #faces: Readonly<Record<FontName, Face>>;
  #made: Buffer[] = [];
  #page = 0;
  /** Lines of the page that is not full yet. */
  #waiting: PaperRow[] = [];

  constructor(front: PaperFront, made: Date) {
    this.#front = front;
    this.#pages = pagesOf(front);
    this.#doc = new PDFDocument({
      size: [PAGE.width, PAGE.height],
      margin: 0,
      autoFirstPage: false,
      compress: true,
      pdfVersion: '1.7',
      lang: 'en',
      tagged: true,
      displayTitle: true,
      info: {
        Title: `${front.title}, ${front.period}`,
        Author: 'Carat',
        Subject: front.person,
        CreationDate: made,
      },
    });
    this.#doc.on('data', (bytes: Buffer) => this.#made.push(bytes));
    this.#doc.registerFont('plain', FONT).registerFont('bold', BOLD);
    this.#faces = { plain: new Face(this.#doc, 'plain'), bold: new Face(this.#doc, 'bold') };
    this.#frontPages();
  }

  rows(rows: readonly PaperRow[]): void {
    for (const row of rows) {
      this.#waiting.push(row);
      if (this.#waiting.length === ROWS_PER_PAGE) this.#linesPage();
    }
  }

  /** The last page. Resolves when the file is whole. */
  async end(totals: PaperTotals): Promise<void> {
    if (this.#waiting.length > 0) this.#linesPage();
    this.#newPage();
    this.#heading('Sums', MARGIN, 16);
    totals.rows.forEach(({ label, value }, index) => {
      this.#pair(label, value, MARGIN + 36 + index * 18, index === totals.rows.length - 1, 10);
    });
    const bottom = MARGIN + 36 + totals.rows.length * 18 + 18;
    this.#text(totals.closing, MARGIN, bottom, {
      size: 9,
      color: QUIET,
      width: PAGE.width - 2 * MARGIN,
      lines: 6,
    });
    if (this.#page !== this.#pages.all)
      throw new Error(`page ${this.#page} of ${this.#pages.all} is the last`);
    const whole = new Promise<void>((resolve) => this.#doc.on('end', resolve));
    this.#doc.end();
    await whole;
  }

  take(): Buffer {
    const made = Buffer.concat(this.#made);
    this.#made = [];
    return made;
  }

  #frontPages(): void {
    const { title, subtitle, person, period, warning, accounts, notes } = this.#front;
    this.#newPage();
    this.#doc.save().rect(0, 0, PAGE.width, 6).fill(ACCENT).restore();
    this.#heading(title, MARGIN - 6, 22);
    this.#text(subtitle, MARGIN, MARGIN + 24, { size: 10, color: QUIET });
    this.#text(person, MARGIN, MARGIN + 44, { size: 11, font: 'bold' });
    this.#text(period, MARGIN, MARGIN + 60, { size: 10 });
    if (warning !== null) this.#text(warning, MARGIN, MARGIN + 76, { size: 10, font: 'bold', color: ACCENT });
    let row = 0;
    const place = (rows: number): number => {
      if ((row % FRONT_ROWS) + rows > FRONT_ROWS) row += FRONT_ROWS - (row % FRONT_ROWS);
      if (row >= FRONT_ROWS * this.#page) this.#newPage();
      const y = FRONT_TOP + (row % FRONT_ROWS) * FRONT_ROW;
      row += rows;
      return y;
    };
    for (const { name, rows } of accounts) {
      this.#text(name, MARGIN, place(1), { size: 11, font: 'bold', color: ACCENT, tag: 'H2' });
      for (const { label, value, isSum } of rows) this.#pair(label, value, place(1), isSum, 9);
      place(1);
    }
    for (const note of notes) {
      const y = place(NOTE_ROWS);
      this.#text(note, MARGIN, y, {
        size: 8,
        color: QUIET,
        width: PAGE.width - 2 * MARGIN,
        lines: NOTE_ROWS,
      });
    }
    while (this.#page < this.#pages.front) this.#newPage();
  }

  #linesPage(): void {
    const rows = this.#waiting;
    this.#waiting = [];
    this.#newPage();
    const top = MARGIN + 8;
    const y = (index: number) => LINES_TOP + index * ROW_HEIGHT;
    if (this.#front.lineCount > CELLS_TAGGED_MAX) {
      // Structure is kept in memory until the end, so a paper of very many lines has one element a page.
      const page = this.#doc.struct('P', {}, () => {
        this.#rowsAtOnce([this.#front.columns], () => top, 'bold');
        this.#rowsAtOnce(rows, y, 'plain');
      });
      this.#doc.addStructure(page);
    } else {
      const table = this.#doc.struct('Table');
      this.#doc.addStructure(table);
      table.add(this.#taggedRow(this.#front.columns, top, 'bold', 'TH'));
      rows.forEach((row, index) => {
        table.add(this.#taggedRow(row, y(index), 'plain', 'TD'));
      });
      table.end();
    }
    this.#artifact(() => {
      const rule = (at: number, width: number, color: string) =>
        this.#doc
          .moveTo(MARGIN, at)
          .lineTo(PAGE.width - MARGIN, at)
          .lineWidth(width)
          .strokeColor(color)
          .stroke();
      rule(LINES_TOP - 6, 0.8, ACCENT);
      rows.forEach((_, index) => {
        rule(y(index) + ROW_HEIGHT - 3.5, 0.3, RULE);
      });
    });
  }

  /** A row whose cells are elements of their own, so that a reader can say which column each is in. */
  #taggedRow(cells: PaperRow, y: number, font: FontName, tag: 'TH' | 'TD'): PDFKit.PDFStructureElement {
    const row = this.#doc.struct('TR');
    this.#doc.font(font).fontSize(CELL_SIZE).fillColor(INK);
    let x = MARGIN;
    for (const [index, width] of COLUMN_WIDTHS.entries()) {
      const [text, left] = [cells[index] ?? '', x];
      x += width;
      row.add(this.#doc.struct(tag, {}, () => this.#cell(text, index, left, y, font)));
    }
    row.end();
    return row;
  }

  /** Many rows as one text object: the library's own way sets each cell anew, which takes six times as long. */
  #rowsAtOnce(rows: readonly PaperRow[], yOf: (index: number) => number, font: FontName): void {
    const face = this.#faces[font];
    this.#doc.font(font).fontSize(CELL_SIZE).fillColor(INK);
    const shown: string[] = [];
    rows.forEach((cells, index) => {
      const baseline = PAGE.height - yOf(index) - face.ascent(CELL_SIZE);
      let x = MARGIN;
      for (const [column, width] of COLUMN_WIDTHS.entries()) {
        const [whole, left] = [cells[column] ?? '', x];
        x += width;
        if (whole === '') continue;
        const text = this.#fitted(whole, width - 8, CELL_SIZE, font);
        const glyphs = face.glyphs(text);
        if (glyphs === null) {
          this.#cell(whole, column, left, yOf(index), font);
          continue;
        }
        const at = column < LEFT_COLUMNS ? left : left + width - face.width(text, CELL_SIZE);
        shown.push(`1 0 0 1 ${at.toFixed(2)} ${baseline.toFixed(2)} Tm <${glyphs}> Tj`);
      }
    });
    face.drawOn(this.#doc, [`q 1 0 0 -1 0 ${PAGE.height} cm BT`, `Tf`, ...shown, 'ET Q'], CELL_SIZE);
  }

  #cell(whole: string, column: number, left: number, y: number, font: FontName): void {
    if (whole === '') return;
    const width = COLUMN_WIDTHS[column] ?? 0;
    const text = this.#fitted(whole, width - 8, CELL_SIZE, font);
    const at = column < LEFT_COLUMNS ? left : left + width - this.#faces[font].width(text, CELL_SIZE);
    this.#doc.text(text, at, y, { lineBreak: false });
  }

  #heading(text: string, y: number, size: number): void {
    this.#text(text, MARGIN, y, { size, font: 'bold', tag: 'H1' });
  }

  /** A label at the left and its number at the right of a narrow block. */
  #pair(label: string, value: string, y: number, isSum: boolean, size: number): void {
    const font = isSum ? 'bold' : 'plain';
    const right = MARGIN + 480;
    const element = this.#doc.struct('P', {}, () => {
      this.#doc.font(font).fontSize(size).fillColor(INK);
      const number = this.#faces[font].shown(value);
      this.#doc.text(this.#fitted(label, 330, size, font), MARGIN, y, { lineBreak: false });
      this.#doc.text(number, right - this.#faces[font].width(number, size), y, { lineBreak: false });
    });
    this.#doc.addStructure(element);
    this.#artifact(() => {
      this.#doc.moveTo(MARGIN, y + size + 3).lineTo(right, y + size + 3);
      this.#doc
        .lineWidth(isSum ? 0.8 : 0.3)
        .strokeColor(isSum ? INK : RULE)
        .stroke();
    });
  }

  #text(
    text: string,
    x: number,
    y: number,
    look: {
      size: number;
      font?: FontName;
      color?: string;
      width?: number;
      lines?: number;
      tag?: 'P' | 'H1' | 'H2';
    },
  ): void {
    const { size, font = 'plain', color = INK, width = PAGE.width - 2 * MARGIN, lines = 1, tag = 'P' } = look;
    const element = this.#doc.struct(tag, {}, () => {
      this.#doc.font(font).fontSize(size).fillColor(color);
      if (lines === 1) this.#doc.text(this.#fitted(text, width, size, font), x, y, { lineBreak: false });
      else
        this.#doc.text(this.#faces[font].shown(text), x, y, {
          width,
          height: lines * size * 1.3,
          ellipsis: true,
        });
    });
    this.#doc.addStructure(element);
  }

  #newPage(): void {
    this.#doc.addPage();
    this.#page += 1;
    for (const face of Object.values(this.#faces)) face.forgetWords();
    this.#artifact(() => {
      const text = `${this.#page} of ${this.#pages.all}`;
      this.#doc.font('plain').fontSize(8).fillColor(QUIET);
      const y = PAGE.height - MARGIN + 6;
      this.#doc.text(text, PAGE.width - MARGIN - this.#faces.plain.width(text, 8), y, { lineBreak: false });
      const foot = `${this.#front.title} · ${this.#front.person} · ${this.#front.period}`;
      this.#doc.text(this.#fitted(foot, 600, 8, 'plain'), MARGIN, y, { lineBreak: false });
    });
  }

  /** What is drawn for the eye alone. */
  #artifact(draw: () => void): void {
    this.#doc.markContent('Artifact', { type: 'Layout' });
    draw();
    this.#doc.endMarkedContent();
  }

  #fitted(text: string, width: number, size: number, font: FontName): string {
    const face = this.#faces[font];
    return face.fitted(face.shown(text), width, size);
  }
}

type FontName = 'plain' | 'bold';

/** Stands for a character that the font does not have; the notes say so. */
export const UNKNOWN_GLYPH = '▯';

/** What pdfkit keeps of a font; its types leave it out. */
interface FontInside {
  readonly font: {
    readonly unitsPerEm: number;
    hasGlyphForCodePoint(codePoint: number): boolean;
    glyphForCodePoint(codePoint: number): { readonly advanceWidth: number };
  };
  readonly id: string;
  /** In thousandths of the size. */
  readonly ascender: number;
  encode(text: string): [hex: string[], positions: unknown[]];
  ref(): unknown;
  layoutCache: object;
}

/** How wide a font's characters are, and which it has. What it has not is one ▯ each, however many code points it is. */
class Face {
  readonly #inside: FontInside;
  readonly #graphemes = new Map<string, boolean>();
  readonly #hex = new Map<string, string>();
  readonly #plain = new Map<string, boolean>();
  /** Per character, in thousandths of the size. */
  readonly #widths = new Map<string, number>();

  constructor(doc: PDFKit.PDFDocument, name: FontName) {
    doc.font(name);
    this.#inside = (doc as unknown as { _font: FontInside })._font;
  }

  shown(text: string): string {
    if (/^[\x20-\x7e\xa0-\xff\u2212]*$/.test(text) || this.#isPlain(text)) return text;
    let shown = '';
    for (const { segment } of SEGMENTS.segment(text))
      shown += this.#canShow(segment) ? segment : UNKNOWN_GLYPH;
    return shown;
  }

  /** How far the line is below the top, in points. */
  ascent(size: number): number {
    return (this.#inside.ascender * size) / 1_000;
  }

  /** Its glyphs, each a character of its own; `null` for text in which some stand on others. */
  glyphs(text: string): string | null {
    if (STANDS_ON_OTHERS.test(text)) return null;
    let glyphs = '';
    for (const character of text) {
      let glyph = this.#hex.get(character);
      if (glyph === undefined) {
        glyph = this.#inside.encode(character)[0].join('');
        this.#hex.set(character, glyph);
      }
      glyphs += glyph;
    }
    return glyphs;
  }

  /** Writes a text object in this face; `Tf` stands where its name and size go. */
  drawOn(doc: PDFKit.PDFDocument, parts: readonly string[], size: number): void {
    const { page, addContent } = doc as unknown as {
      page: { fonts: Record<string, unknown> };
      addContent(text: string): void;
    };
    page.fonts[this.#inside.id] ??= this.#inside.ref();
    const text = parts.map((part) => (part === 'Tf' ? `/${this.#inside.id} ${size} Tf` : part)).join('\n');
    addContent.call(doc, text);
  }

  /** In points. Without kerning, which makes text a little narrower at most. */
  width(text: string, size: number): number {
    let thousandths = 0;
    for (const character of text) thousandths += this.#widthOf(character);
    return (thousandths * size) / 1_000;
  }

  /** The text, cut with an ellipsis where it is too wide. */
  fitted(text: string, width: number, size: number): string {
    if (this.width(text, size) <= width) return text;
    const room = width - this.width('…', size);
    let fits = '';
    let used = 0;
    for (const { segment } of SEGMENTS.segment(text)) {
      used += this.width(segment, size);
      if (used > room) break;
      fits += segment;
    }
    return `${fits.trimEnd()}…`;
  }

  /** The library keeps how every word is set for ever, and numbers are words that never come again. */
  forgetWords(): void {
    this.#inside.layoutCache = Object.create(null);
  }

  /** Whether each character stands alone and can be shown: then nobody needs to ask what a reader sees as one. */
  #isPlain(text: string): boolean {
    for (const character of text) {
      let isPlain = this.#plain.get(character);
      if (isPlain === undefined) {
        isPlain = /^[\p{L}\p{Nd}\p{P}\p{Zs}\p{Sc}\p{Sm}]$/u.test(character) && this.#canShow(character);
        this.#plain.set(character, isPlain);
      }
      if (!isPlain) return false;
    }
    return true;
  }

  #widthOf(character: string): number {
    const known = this.#widths.get(character);
    if (known !== undefined) return known;
    const { unitsPerEm } = this.#inside.font;
    const { advanceWidth } = this.#inside.font.glyphForCodePoint(character.codePointAt(0) ?? 0);
    const width = (advanceWidth * 1_000) / unitsPerEm;
    this.#widths.set(character, width);
    return width;
  }

  #canShow(segment: string): boolean {
    const known = this.#graphemes.get(segment);
    if (known !== undefined) return known;
    // Set from left to right, these would read backwards.
    const can =
      !RIGHT_TO_LEFT.test(segment) &&
      [...segment].every((character) =>
        this.#inside.font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0),
      );
    this.#graphemes.set(segment, can);
    return can;
  }
}

const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
/** Marks, and characters that are not seen. */
const STANDS_ON_OTHERS = /[\p{M}\p{Cf}]/u;
const SEGMENTS = new Intl.Segmenter('en', { granularity: 'grapheme' });

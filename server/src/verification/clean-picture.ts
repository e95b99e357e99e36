import sharp from 'sharp';
import { Refusal } from '../core/refusal.ts';
import { PICTURE_REFUSED, PICTURE_TOO_LARGE, PICTURES_BUSY } from './refusals.ts';

// Three readers of pictures and no other: what is none of these kinds is not even looked into.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'],
});
sharp.cache(false);
sharp.concurrency(1);

/** The longer side of what is kept: every line of a passport can be read. */
const KEPT_EDGE = 2_400;
const EDGE_MIN = 300;
const READ_SECONDS_MAX = 15;
/** Read at once in this process; each may take a hundred megabytes for a moment. */
const AT_ONCE = 2;
const WAITING_MAX = 8;

export interface CleanPicture {
  /** WebP without anything beside the picture. */
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
}

/**
 * The picture itself, drawn anew: where it was taken, what else was hidden in the file and whatever a reader of pictures
 * might stumble over is gone. Refuses with `picture_refused`, `picture_too_large` or `pictures_busy`.
 */
export async function cleanPicture(
  bytes: Buffer,
  limits: { readonly bytesMax: number; readonly pixelsMax: number },
): Promise<CleanPicture> {
  if (bytes.length === 0) throw refused('is empty');
  if (bytes.length > limits.bytesMax) {
    throw new Refusal(PICTURE_TOO_LARGE, { most: `${Math.floor(limits.bytesMax / 1_000_000)} MB` });
  }
  if (!looksLikeOne(bytes)) throw refused('is no JPEG, PNG or WebP');
  if (isSomethingElseToo(bytes)) throw refused('is a file of another kind at the same time');
  await enter();
  try {
    return await draw(bytes, limits.pixelsMax);
  } finally {
    leave();
  }
}

async function draw(bytes: Buffer, pixelsMax: number): Promise<CleanPicture> {
  // The head is read first, so that a small file that unfolds into a huge picture is never unfolded.
  const head = await sharp(bytes, { limitInputPixels: pixelsMax, failOn: 'error' })
    .metadata()
    .catch((error: unknown) => {
      throw isTooManyPixels(error) ? tooManyPixels(pixelsMax) : refused('cannot be read');
    });
  const { width, height, pages = 1 } = head;
  if (width * height > pixelsMax) throw tooManyPixels(pixelsMax);
  if (pages > 1) throw refused('moves');
  if (Math.min(width, height) < EDGE_MIN) {
    throw refused(`is too small to read: each side needs ${EDGE_MIN} pixels at least`);
  }
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: pixelsMax, failOn: 'error' })
      .autoOrient()
      .resize({ width: KEPT_EDGE, height: KEPT_EDGE, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .webp({ quality: 85 })
      .timeout({ seconds: READ_SECONDS_MAX })
      .toBuffer({ resolveWithObject: true });
    return { bytes: data, width: info.width, height: info.height };
  } catch (error) {
    throw isTooManyPixels(error) ? tooManyPixels(pixelsMax) : refused('is broken');
  }
}

function looksLikeOne(bytes: Buffer): boolean {
  const isJpeg = bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]));
  const isPng = bytes.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
  const isWebp =
    bytes.subarray(0, 4).toString('latin1') === 'RIFF' && bytes.subarray(8, 12).toString('latin1') === 'WEBP';
  return isJpeg || isPng || isWebp;
}

/** Where a reader of archives looks for the end of one, and a reader of PDF for its beginning. */
const ARCHIVE_END = 65_557;
const PDF_HEAD = 1_024;

/** Whether some other program would find its own kind of file in it. Phones append films and depth maps: those pass. */
function isSomethingElseToo(bytes: Buffer): boolean {
  const has = (part: Buffer, text: string) => part.includes(text, 0, 'latin1');
  return (
    has(bytes, '<?php') ||
    has(bytes, '<script') ||
    has(bytes.subarray(0, PDF_HEAD), '%PDF-') ||
    has(bytes.subarray(-ARCHIVE_END), 'PK\u0005\u0006')
  );
}

function isTooManyPixels(error: unknown): boolean {
  return error instanceof Error && /pixel limit/i.test(error.message);
}

function refused(rule: string): Refusal {
  return new Refusal(PICTURE_REFUSED, { rule });
}

function tooManyPixels(most: number): Refusal {
  return new Refusal(PICTURE_TOO_LARGE, { most: `${Math.floor(most / 1_000_000)} million pixels` });
}

let running = 0;
const waiting: (() => void)[] = [];

async function enter(): Promise<void> {
  if (running < AT_ONCE) {
    running += 1;
    return;
  }
  if (waiting.length >= WAITING_MAX) throw new Refusal(PICTURES_BUSY);
  // Whoever leaves hands its place on.
  await new Promise<void>((turn) => waiting.push(turn));
}

function leave(): void {
  const next = waiting.shift();
  if (next === undefined) running -= 1;
  else next();
}

import sharp from 'sharp';

/** A photo of one colour, large enough to be read: the bytes of a JPEG. */
export function photo(background: string): Promise<Buffer> {
  return sharp({ create: { width: 900, height: 600, channels: 3, background } })
    .jpeg()
    .toBuffer();
}

import { crc32, deflateSync, inflateSync } from 'node:zlib';

/** Rows of pixels, three bytes each. */
interface Picture {
  width: number;
  height: number;
  pixels: Buffer;
}

const SIGNATURE = Buffer.from('\u0089PNG\r\n\u001A\n', 'latin1');
const CHANNELS = 3;
const MOST_COLOURS = 256;

/** The PNG of a screenshot with its 256 most frequent colours. For a page of text: it looks the same, at half the size. */
export function withFewColours(png: Buffer): Buffer {
  const { width, height, pixels } = decode(png);
  const colours = Array.from({ length: width * height }, (_, index) =>
    pixels.readUIntBE(index * CHANNELS, CHANNELS),
  );
  const counts = new Map<number, number>();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const byCount = [...counts].sort(([, one], [, other]) => other - one).map(([colour]) => colour);
  const palette = byCount.slice(0, MOST_COLOURS);
  const indexes = new Map(byCount.map((colour) => [colour, nearest(colour, palette)]));
  const rows = Buffer.alloc((width + 1) * height); // the first byte of a row names its filter: none
  for (const [position, colour] of colours.entries()) {
    rows[Math.floor(position / width) + position + 1] = indexes.get(colour) ?? 0;
  }
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', Buffer.concat([uint32(width), uint32(height), Buffer.from([8, 3, 0, 0, 0])])),
    chunk('PLTE', Buffer.from(palette.flatMap(parts))),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

// --- internal ---

/** Reads what Chromium writes: eight bits for each of red, green and blue, not interlaced. */
function decode(png: Buffer): Picture {
  const data: Buffer[] = [];
  let header: Buffer = Buffer.alloc(0);
  for (let at = SIGNATURE.length; at < png.length; ) {
    const [type, begin] = [png.toString('latin1', at + 4, at + 8), at + 8];
    const end = begin + png.readUInt32BE(at);
    if (type === 'IHDR') header = png.subarray(begin, end);
    if (type === 'IDAT') data.push(png.subarray(begin, end));
    at = end + 4;
  }
  if (header.toString('hex', 8) !== '0802000000') throw new Error('not a PNG as Chromium writes it');
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  return { width, height, pixels: unfilter(inflateSync(Buffer.concat(data)), width * CHANNELS) };
}

/** @see https://www.w3.org/TR/png-3/#9Filters */
function unfilter(filtered: Buffer, rowLength: number): Buffer {
  const height = filtered.length / (rowLength + 1);
  const pixels = Buffer.alloc(rowLength * height);
  for (let row = 0; row < height; row++) {
    const filter = filtered[row * (rowLength + 1)];
    for (let x = 0; x < rowLength; x++) {
      const at = row * rowLength + x;
      const left = x < CHANNELS ? 0 : (pixels[at - CHANNELS] ?? 0);
      const above = pixels[at - rowLength] ?? 0;
      const corner = x < CHANNELS ? 0 : (pixels[at - rowLength - CHANNELS] ?? 0);
      const guesses = [0, left, above, (left + above) >> 1, paeth(left, above, corner)];
      pixels[at] = (filtered[at + row + 1] ?? 0) + (guesses[filter ?? 0] ?? 0);
    }
  }
  return pixels;
}

function paeth(left: number, above: number, corner: number): number {
  const [toLeft, toAbove, toCorner] = [left, above, corner].map((value) =>
    Math.abs(left + above - corner - value),
  ) as [number, number, number];
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

const parts = (colour: number): number[] => [colour >> 16, (colour >> 8) & 255, colour & 255];

function nearest(colour: number, palette: readonly number[]): number {
  const wanted = parts(colour);
  const distances = palette.map((candidate) =>
    parts(candidate).reduce((sum, part, index) => sum + (part - (wanted[index] ?? 0)) ** 2, 0),
  );
  return distances.indexOf(Math.min(...distances));
}

function chunk(type: string, data: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([uint32(data.length), content, uint32(crc32(content))]);
}

function uint32(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}

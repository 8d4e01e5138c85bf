/**
 * Writes the DER values that an X.509 certificate consists of. Each function returns one complete value: tag, length,
 * contents.
 *
 * @see ITU-T X.690, section 10 (DER)
 */

export function der(tag: number, ...contents: Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), length(body.length), body]);
}

export const sequence = (...parts: Uint8Array[]): Buffer => der(0x30, ...parts);

export const set = (...parts: Uint8Array[]): Buffer => der(0x31, ...parts);

/** A non-negative INTEGER from its big-endian bytes. */
export function integer(bytes: Uint8Array): Buffer {
  const firstSet = bytes.findIndex((byte) => byte !== 0);
  const digits = firstSet < 0 ? Uint8Array.of(0) : bytes.subarray(firstSet);
  // A leading bit of 1 would make the number negative.
  const sign = (digits[0] ?? 0) >= 0x80 ? [0] : [];
  return der(0x02, Uint8Array.from(sign), digits);
}

export const booleanTrue = (): Buffer => der(0x01, Uint8Array.of(0xff));

/** A BIT STRING. `unusedBits` counts the bits of the last byte that do not belong to it. */
export const bitString = (bytes: Uint8Array, unusedBits = 0): Buffer =>
  der(0x03, Uint8Array.of(unusedBits), bytes);

export const octetString = (bytes: Uint8Array): Buffer => der(0x04, bytes);

export const utf8String = (text: string): Buffer => der(0x0c, Buffer.from(text, 'utf8'));

/** An OBJECT IDENTIFIER from its dotted form. */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(0x06, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

/** A point in time, cut to whole seconds. RFC 5280, 4.1.2.5: UTCTime up to 2049, GeneralizedTime from 2050. */
export function time(moment: Date): Buffer {
  const digits = `${moment.toISOString().replace(/\.\d+Z$|\D/g, '')}Z`;
  return moment.getUTCFullYear() < 2050
    ? der(0x17, Buffer.from(digits.slice(2), 'latin1'))
    : der(0x18, Buffer.from(digits, 'latin1'));
}

/** A context-specific tag, IMPLICIT over bytes or (constructed) around whole values. */
export const tagged = (number: number, ...contents: Uint8Array[]): Buffer => der(0x80 + number, ...contents);

export const taggedConstructed = (number: number, ...contents: Uint8Array[]): Buffer =>
  der(0xa0 + number, ...contents);

function length(count: number): Buffer {
  if (count < 0x80) return Buffer.from([count]);
  const hex = count.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.from([0x80 + bytes.length]), bytes]);
}

function base128(value: number): number[] {
  const digits = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    digits.unshift(0x80 + (rest % 128));
  }
  return digits;
}

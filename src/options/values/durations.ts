import { quoted } from '../../legible.ts';

const UNITS = [
  { letter: 'd', constant: 'DAY_MS', ms: 86_400_000 },
  { letter: 'h', constant: 'HOUR_MS', ms: 3_600_000 },
  { letter: 'm', constant: 'MINUTE_MS', ms: 60_000 },
  { letter: 's', constant: 'SECOND_MS', ms: 1_000 },
] as const;

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Browsers keep no cookie longer than 400 days (RFC 6265bis), so no session can last longer. */
export const LONGEST_DURATION_MS = 400 * DAY_MS;

/** `30m` → milliseconds. A number without a unit is refused: seconds and milliseconds are easily confused. */
export function parseDuration(text: string): number {
  if (/^\d{1,9}$/.test(text)) {
    throw new RangeError(`${quoted(text)} has no unit; write ${text}s, ${text}m, ${text}h or ${text}d`);
  }
  const [, digits, letter] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const unit = UNITS.find((candidate) => candidate.letter === letter);
  if (!digits || !unit) {
    throw new RangeError(
      `${quoted(text)} is not a duration; write a whole number and a unit, such as 90s, 30m, 8h or 30d`,
    );
  }
  const ms = Number(digits) * unit.ms;
  if (ms < 1) throw new RangeError(`${quoted(text)} is not longer than zero`);
  if (ms > LONGEST_DURATION_MS)
    throw new RangeError(`${quoted(text)} is longer than 400d, the longest a browser keeps a cookie`);
  return ms;
}

/** Milliseconds → `30m`, in the largest unit that divides evenly. */
export function formatDuration(ms: number): string {
  const unit = largestUnit(ms);
  return `${ms / unit.ms}${unit.letter}`;
}

/** Milliseconds → the source text `30 * MINUTE_MS`. */
export function durationSource(ms: number): string {
  const unit = largestUnit(ms);
  return `${ms / unit.ms} * ${unit.constant}`;
}

function largestUnit(ms: number): (typeof UNITS)[number] {
  const unit = UNITS.find((candidate) => ms % candidate.ms === 0);
  if (!unit) throw new RangeError(`${ms} ms is not a whole number of seconds`);
  return unit;
}

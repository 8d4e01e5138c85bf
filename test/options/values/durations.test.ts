import { describe, expect, it } from 'vitest';
import { durationSource, formatDuration, parseDuration } from '../../../src/options/values/durations.ts';

describe('parseDuration', () => {
  it.each([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['8h', 28_800_000],
    ['30d', 2_592_000_000],
    ['400d', 34_560_000_000],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['30', '1800', '0'])(
    'refuses %s, because seconds and milliseconds have been confused too often',
    (text) => {
      expect(() => parseDuration(text)).toThrow(
        `"${text}" has no unit; write ${text}s, ${text}m, ${text}h or ${text}d`,
      );
    },
  );

  it.each(['', 'm', '1.5h', '-5m', '30 m', '30M', '30min', '1h30m', '30ms', '٣m', '0x5s'])(
    'refuses "%s"',
    (text) => {
      expect(() => parseDuration(text)).toThrow(RangeError);
    },
  );

  it('refuses zero', () => {
    expect(() => parseDuration('0m')).toThrow('is not longer than zero');
  });

  it.each(['401d', '9999999999999999d'])('refuses %s, which no browser keeps a cookie for', (text) => {
    expect(() => parseDuration(text)).toThrow('400d');
  });
});

describe('formatDuration and durationSource', () => {
  it.each([
    [1_800_000, '30m', '30 * MINUTE_MS'],
    [28_800_000, '8h', '8 * HOUR_MS'],
    [90_000, '90s', '90 * SECOND_MS'],
    [5_400_000, '90m', '90 * MINUTE_MS'],
    [86_400_000, '1d', '1 * DAY_MS'],
    [2_592_000_000, '30d', '30 * DAY_MS'],
  ])('write %d ms in the largest unit that divides', (ms, text, source) => {
    expect(formatDuration(ms)).toBe(text);
    expect(durationSource(ms)).toBe(source);
    expect(parseDuration(text)).toBe(ms);
  });
});

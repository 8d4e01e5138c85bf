/** SECURITY.md and requirements.json say what is so. That each proof named there ran is seen to by requirements-check.ts. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as policy from '../src/security-policy.ts';
import { isNamed, REQUIREMENTS } from './support/requirements.ts';

const SECURITY = readFileSync('SECURITY.md', 'utf8');

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The lines of one section of SECURITY.md. */
const section = (heading: string) => SECURITY.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';

describe('requirements.json', () => {
  it('gives each requirement code and tests, or the reason why there are none', () => {
    for (const { id, title, threat, where = [], tests = [], status, reason } of REQUIREMENTS) {
      expect(title, id).toBeTruthy();
      if (status) expect([reason, where, tests], id).toEqual([expect.stringMatching(/./), [], []]);
      else expect([Boolean(threat), where.length > 0, tests.length > 0], id).toEqual([true, true, true]);
    }
    expect(new Set(REQUIREMENTS.map(({ id }) => id)).size).toBe(REQUIREMENTS.length);
  });

  it('names code that exists', () => {
    for (const { id, where = [] } of REQUIREMENTS) {
      for (const { file, symbol } of where) {
        const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
        const escaped = symbol.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
        expect(text, `${id}: ${symbol} in ${file}`).toMatch(new RegExp(`(?<!\\w)${escaped}(?!\\w)`));
      }
    }
  });

  it('names tests by files that exist', () => {
    for (const { id, tests = [] } of REQUIREMENTS) {
      for (const { file } of tests) expect(existsSync(file), `${id}: ${file}`).toBe(true);
    }
  });

  it('names a test whole, but for what a table of cases fills in', () => {
    expect(isNamed('a > is *, not b (c)', 'a > is any\nthing, not b (c)')).toBe(true);
    for (const other of ['a > is x, not b (c) d', 'is x, not b (c)', 'a > is x, not b']) {
      expect(isNamed('a > is *, not b (c)', other)).toBe(false);
    }
  });
});

describe('SECURITY.md', () => {
  it('lists every requirement', () => {
    for (const { id } of REQUIREMENTS)
      expect(SECURITY, id).toMatch(new RegExp(`^\\| ${id.replaceAll('.', '\\.')}( \\(L\\d\\))? \\|`, 'm'));
  });

  it('tells every number of the policy as it is', () => {
    const rows = [...section('Numbers').matchAll(/^\| `(\w+)` \| (.*?) \|/gm)].map(([, name, value]) => [name, value]);
    const expected = Object.entries(policy).map(([name, value]) => [name, inWords(name, value)]);
    expect(rows.sort()).toEqual(expected.sort());
    const text = section('Session policy');
    for (const time of [policy.IDLE_TIMEOUT_MS, policy.ABSOLUTE_TIMEOUT_MS, policy.REAUTHENTICATION_WINDOW_MS]) {
      expect(text).toContain(` ${duration(time)} `);
    }
    expect(text).toContain(`A user has at most ${policy.MAX_SESSIONS_PER_USER}.`);
    expect(text).toContain(`SameSite=${policy.COOKIE_SAME_SITE}`);
  });

  it('names the NIST level that the time-outs fit', () => {
    const fits = (idle: number, absolute: number) =>
      policy.IDLE_TIMEOUT_MS <= idle && policy.ABSOLUTE_TIMEOUT_MS <= absolute;
    const level = fits(15 * MINUTE_MS, 12 * HOUR_MS)
      ? 'AAL3'
      : fits(HOUR_MS, 24 * HOUR_MS)
        ? 'AAL2'
        : policy.ABSOLUTE_TIMEOUT_MS <= 30 * DAY_MS
          ? 'AAL1'
          : 'no level';
    expect(section('Session policy')).toContain(`The time-outs fit ${level} of SP 800-63B-4`);
    expect(section('Session policy')).toContain('A password alone is AAL1 whatever the time-outs');
  });

  it('states what deviates from the standards, and nothing else', () => {
    const stated = [...section('Deviations').matchAll(/^- \*\*(.*)\.\*\*/gm)].map(([, name]) => name);
    expect(stated).toEqual([
      ...(policy.COOKIE_LIFETIME === 'absolute' ? ['Persistent cookie'] : []),
      ...(policy.ABSOLUTE_TIMEOUT_MS > 30 * DAY_MS ? ['More than 30 days'] : []),
      ...(policy.COOKIE_NAME.startsWith('__Host-') ? [] : ['Another prefix']),
      'No CSRF token',
      'A delay instead of a lock',
      'Registration tells',
    ]);
  });
});

/** A value of the policy as SECURITY.md writes it. */
function inWords(name: string, value: unknown): string {
  if (name.endsWith('_MS')) return duration(Number(value));
  if (name.endsWith('_SECONDS')) return duration(Number(value) * 1000);
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  if ('perMs' in value && 'points' in value) return `${value.points} per ${duration(Number(value.perMs))}`;
  return Object.entries(value)
    .map((pair) => pair.join(' '))
    .join(', ');
}

/** In the largest unit that divides. */
function duration(ms: number): string {
  const units = { day: DAY_MS, hour: HOUR_MS, minute: MINUTE_MS };
  const [name, size] = Object.entries(units).find(([, size]) => ms % size === 0) ?? ['second', 1000];
  return `${ms / size} ${name}${ms === size ? '' : 's'}`;
}

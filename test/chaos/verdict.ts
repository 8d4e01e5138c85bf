import type { Result } from './run.ts';
import type { Scenario } from './scenarios.ts';

/** What must be 0 whatever fails. */
const NEVER = [
  'wrongIdentities',
  'hung',
  'otherServerErrors',
  'unexpected',
  'broken',
  'crashes',
  'silent',
] as const;

/** What must be 0 where the database keeps what it acknowledged. */
const NEVER_BY_OURS = ['cameBack', 'lostSignIns', 'lostWrites', 'unlisted'] as const;

/** What of a result must not be, in words. */
export function forbidden(
  result: Omit<Result, 'examples'>,
  { losesLast }: Pick<Scenario, 'losesLast'>,
): string[] {
  const counted = [...NEVER, ...(losesLast ? [] : NEVER_BY_OURS)].filter((name) => result[name] > 0);
  const wrong = counted.map((name) => `${name}: ${result[name]}, and must be 0`);
  if (!Number.isFinite(result.recoveredMs)) wrong.push('an instance did not serve again');
  return wrong;
}

/** Findings that are known already: only new ones count. The baseline is an earlier --json document. */
import { readFileSync } from 'node:fs';
import { UserError } from '../../errors.ts';
import { GRADES, type Grade, type Judged } from './grade.ts';

/** Check → how bad it was. */
export type Baseline = ReadonlyMap<string, Grade>;

/** @throws UserError when it is no document of an audit */
export function readBaseline(path: string, file: string): Baseline {
  try {
    const { checks } = JSON.parse(readFileSync(path, 'utf8')) as {
      checks: { id: string; verdict: string; grade?: Grade }[];
    };
    const failed = checks.filter(({ verdict }) => verdict === 'fail');
    return new Map(failed.map(({ id, grade }) => [id, grade ?? 'F']));
  } catch {
    throw new UserError('bad_value', `${file} is not the --json document of an audit`, {
      flag: 'baseline',
      fix: `Make one: audit URL --json > ${file}`,
    });
  }
}

/** The same check failed before, and no less. */
export function isKnown({ id, verdict, letter = 'F' }: Judged, baseline: Baseline): boolean {
  const before = baseline.get(id);
  return verdict === 'fail' && before !== undefined && GRADES.indexOf(letter) <= GRADES.indexOf(before);
}

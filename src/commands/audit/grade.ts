/** One letter for how sessions are handled: that of the weakest area, as sessions fail at the weakest place. */
import { AREAS, type Area, type Check, type Result } from './check.ts';

export const GRADES = ['A', 'A-', 'B', 'C', 'D', 'F'] as const;
export type Grade = (typeof GRADES)[number];

export type Judged = Check & Result;

export interface AreaGrade {
  name: Area;
  grade: Grade;
}

export interface Judgement {
  grade: Grade;
  areas: readonly AreaGrade[];
}

/** What could not be asked caps the grade at A-: it may hide anything. */
export function judge(checks: readonly Judged[]): Judgement {
  const areas = (Object.keys(AREAS) as Area[])
    .map((name) => ({ name, grade: worstOf(checks.filter(({ area }) => area === name).map(gradeOf)) }))
    .filter(({ name }) => checks.some(({ area }) => area === name));
  return { grade: worstOf(areas.map(({ grade }) => grade)), areas };
}

/** Whether a grade is at least as good as another. */
export const reaches = (grade: Grade, wanted: Grade): boolean =>
  GRADES.indexOf(grade) <= GRADES.indexOf(wanted);

// --- internal ---

function gradeOf({ verdict, letter }: Judged): Grade {
  if (verdict === 'fail') return letter ?? 'F';
  return verdict === 'unknown' ? 'A-' : 'A';
}

const worstOf = (grades: readonly Grade[]): Grade =>
  GRADES[Math.max(0, ...grades.map((one) => GRADES.indexOf(one)))] ?? 'F';

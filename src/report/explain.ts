import type { Plan } from '../plan/plan.ts';
import type { Requirement } from '../plan/view.ts';

/** Each protection of the chosen configuration: the standard, the attack it prevents, and the tests. */
export function explainText({ view }: Plan): string {
  const proven = view.requirements.filter(({ status }) => !status);
  const others = view.requirements.filter(({ status }) => status);
  return [
    `${view.project.name}: ${proven.length} protections proven by its tests`,
    ...proven.flatMap(explained),
    ...(others.length > 0 ? ['', `${others.length} requirements that no test proves, with the reason`] : []),
    ...others.flatMap(explained),
  ].join('\n');
}

/** The same for scripts. */
export const explainDocument = ({ view }: Plan): object => ({
  ok: true,
  exitCode: 0,
  requirements: view.requirements,
});

// --- internal ---

function explained({
  id,
  standard,
  level,
  title,
  threat,
  tests = [],
  status,
  reason,
}: Requirement): string[] {
  return [
    '',
    `${title} (${[standard, id, level && `level ${level}`].filter(Boolean).join(', ')})`,
    ...(threat ? [`  Otherwise: ${threat}`] : []),
    ...tests.map(({ file, name }) => `  Proven by ${file}: ${name}`),
    ...(status
      ? [`  ${status === 'not-applicable' ? 'Not applicable' : 'Not provable'}: ${reason ?? ''}`]
      : []),
  ];
}

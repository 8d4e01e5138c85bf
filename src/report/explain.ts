import type { Requirement } from '../plan/requirements.ts';

/** Each protection of the chosen configuration: the standard, the attack it prevents, and the tests. */
export function explainText(project: string, requirements: readonly Requirement[]): string {
  const proven = requirements.filter(({ status }) => !status);
  const others = requirements.filter(({ status }) => status);
  return [
    `${project}: ${proven.length} protections proven by its tests`,
    ...proven.flatMap(explained),
    ...(others.length > 0 ? ['', `${others.length} requirements that no test proves, with the reason`] : []),
    ...others.flatMap(explained),
  ].join('\n');
}

/** The same for scripts. */
export const explainDocument = (requirements: readonly Requirement[]): object => ({
  ok: true,
  exitCode: 0,
  requirements,
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

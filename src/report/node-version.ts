/** When each Node version stops getting fixes. Odd versions last only months and are not listed. */
const END_OF_LIFE: Readonly<Record<number, string>> = {
  20: '2026-04-30',
  22: '2027-04-30',
  24: '2028-04-30',
  26: '2029-04-30',
};

/** Only a warning: the generated project does not depend on the version that runs the generator. */
export function endOfLifeWarnings(version: string, now: Date): string[] {
  const end = END_OF_LIFE[Number.parseInt(version, 10)];
  if (!end || now < new Date(end)) return [];
  return [`Warning: Node ${version} has had no security fixes since ${end}; run servers on a newer version.`];
}

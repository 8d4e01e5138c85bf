/** When the Node project stops mending a version; the odd ones live for months only. */
const END_OF_LIFE: Readonly<Record<number, string>> = {
  20: '2026-04-30',
  22: '2027-04-30',
  24: '2028-04-30',
  26: '2029-04-30',
};

/** Said once, and no reason to refuse: what is generated is the same. */
export function endOfLifeWarnings(version: string, now: Date): string[] {
  const end = END_OF_LIFE[Number.parseInt(version, 10)];
  if (!end || now < new Date(end)) return [];
  return [`Warning: Node ${version} gets no security fixes since ${end}; a server belongs on a newer one.`];
}

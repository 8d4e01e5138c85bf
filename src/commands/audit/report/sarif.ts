/** Findings as SARIF 2.1.0, for code scanning. A running app has no lines, so its address is the place. */
import type { AuditDocument } from './document.ts';

const LEVEL: Readonly<Record<string, string>> = { F: 'error', D: 'error', C: 'warning', B: 'note' };

export function sarifText({ checks, generator, url }: AuditDocument): string {
  const rules = checks.map(({ id, title, asvs, wstg, fix }) => ({
    id,
    shortDescription: { text: title },
    ...(fix && { help: { text: fix } }),
    properties: { tags: ['security', wstg, ...asvs.split(', ').map((row) => `ASVS-v5.0.0-${row}`)] },
  }));
  const results = checks.flatMap(({ id, verdict, evidence, grade = 'F', isKnown }, ruleIndex) =>
    verdict === 'fail'
      ? [
          {
            ruleId: id,
            ruleIndex,
            level: LEVEL[grade],
            message: { text: evidence },
            locations: [{ physicalLocation: { artifactLocation: { uri: `${url}/` } } }],
            partialFingerprints: { check: `${id}:${url}` },
            baselineState: isKnown ? 'unchanged' : 'new',
          },
        ]
      : [],
  );
  const driver = {
    ...generator,
    informationUri: 'https://www.npmjs.com/package/create-secure-session-app',
    rules,
  };
  return JSON.stringify(
    { $schema: SCHEMA, version: '2.1.0', runs: [{ tool: { driver }, results }] },
    null,
    2,
  );
}

// --- internal ---

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

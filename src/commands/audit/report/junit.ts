/** Checks as JUnit XML, which every CI server reads: what could not be asked is skipped, a known finding too. */
import type { AuditDocument, ReportedCheck } from './document.ts';
import { escapeXml } from './escape.ts';

export function junitText({ checks, url, seconds }: AuditDocument): string {
  const failures = checks.filter(({ verdict, isKnown }) => verdict === 'fail' && !isKnown).length;
  const skipped = checks.filter((check) => isSkipped(check)).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="audit ${escapeXml(url)}" tests="${checks.length}" failures="${failures}" skipped="${skipped}" time="${seconds}">`,
    ...checks.map((check) => testCase(check)),
    '</testsuite>',
    '',
  ].join('\n');
}

// --- internal ---

const isSkipped = ({ verdict, isKnown }: ReportedCheck): boolean =>
  isKnown || verdict === 'unknown' || verdict === 'not-applicable';

function testCase(check: ReportedCheck): string {
  const { id, title, evidence, verdict, repeat = [], fix = '' } = check;
  const open = `  <testcase classname="audit.${check.area}" name="${escapeXml(`${id} ${title}`)}"`;
  if (isSkipped(check)) return `${open}><skipped message="${escapeXml(evidence)}"/></testcase>`;
  if (verdict !== 'fail') return `${open}/>`;
  const details = escapeXml([...repeat, fix].join('\n'));
  return `${open}><failure message="${escapeXml(evidence)}">${details}</failure></testcase>`;
}

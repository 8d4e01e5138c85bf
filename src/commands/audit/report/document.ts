/** The whole audit as data, without secrets: what --json prints, and what every other report is made of. */
import type { ExitCode } from '../../../errors.ts';
import { generator } from '../../../generator.ts';
import type { App } from '../app/app.ts';
import { AREAS } from '../check.ts';
import { GRADES, type Grade, type Judged, type Judgement } from '../grade.ts';
import { answerLines, type CurlTrust, curlOf, harmless, sentLines } from './exchange-text.ts';
import { frameworkFix } from './known-frameworks.ts';
import { maskerOf } from './mask.ts';

export interface ReportedCheck {
  id: string;
  title: string;
  verdict: Judged['verdict'];
  area: keyof typeof AREAS;
  asvs: string;
  wstg: string;
  evidence: string;
  grade?: string;
  exchanges?: readonly { sent: readonly string[]; answer: readonly string[] }[];
  repeat?: readonly string[];
  fix?: string;
  /** Known from the baseline. */
  isKnown?: true;
}

export interface AuditDocument {
  ok: boolean;
  exitCode: ExitCode;
  generator: { name: string; version: string };
  url: string;
  grade: Grade;
  wanted: Grade;
  areas: readonly { name: string; title: string; grade: Grade }[];
  checks: readonly ReportedCheck[];
  notes: readonly string[];
  requests: number;
  seconds: number;
}

export interface Outcome extends Judgement {
  wanted: Grade;
  exitCode: ExitCode;
  seconds: number;
}

export function auditDocument(app: App, judged: readonly ReportedCheck[], outcome: Outcome): AuditDocument {
  const mask = maskerOf(app.secrets);
  return {
    ok: outcome.exitCode === 0,
    exitCode: outcome.exitCode,
    generator,
    url: app.target.origin.origin,
    grade: outcome.grade,
    wanted: outcome.wanted,
    areas: outcome.areas.map(({ name, grade }) => ({ name, title: AREAS[name], grade })),
    checks: judged,
    notes: app.notes.map((note) => harmless(mask(note))),
    requests: app.pace.sent,
    seconds: Math.round(outcome.seconds * 10) / 10,
  };
}

export function reportedCheck(
  app: App,
  check: Judged,
  { isOwnProject, isKnown, curl }: { isOwnProject: boolean; isKnown: boolean; curl: CurlTrust },
): ReportedCheck {
  const mask = maskerOf(app.secrets);
  const { id, title, verdict, area, asvs, wstg, evidence, letter, shown = [] } = check;
  return {
    id,
    title,
    verdict,
    area,
    asvs,
    wstg,
    evidence: harmless(mask(evidence)),
    ...(verdict === 'fail' && {
      ...(isKnown && { isKnown: true as const }),
      grade: letter ?? 'F',
      exchanges: shown.map((one) => ({ sent: sentLines(one).map(mask), answer: answerLines(one).map(mask) })),
      repeat: shown.map((one) => mask(curlOf(one, app.target.origin.origin, curl))),
      fix: [check.fix, ...hintOf(app, check, isOwnProject)].join(' '),
    }),
  };
}

/** The findings, the worst first. */
export function findingsOf({ checks }: AuditDocument): ReportedCheck[] {
  const badness = ({ grade = 'F' }: ReportedCheck): number => (GRADES as readonly string[]).indexOf(grade);
  return checks.filter(({ verdict }) => verdict === 'fail').sort((a, b) => badness(b) - badness(a));
}

// --- internal ---

function hintOf({ sessionCookies }: App, { id, own }: Judged, isOwnProject: boolean): string[] {
  if (isOwnProject && own) return [`Look at ${own}.`];
  const fix = frameworkFix(sessionCookies, id);
  return fix ? [`${fix}.`] : [];
}

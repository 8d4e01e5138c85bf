/** What is a check, and what may it conclude? */
import type { App } from './app/app.ts';
import type { Exchange } from './http/exchange.ts';

/** Where a weakness belongs. The grade is that of the worst area. */
export const AREAS = {
  issue: 'how session ids are issued',
  privilege: 'sign-in and re-authentication',
  end: 'how sessions end',
  transport: 'transport and browser',
  elsewhere: 'hostile and cross-site requests',
} as const;

export type Area = keyof typeof AREAS;
export type Letter = 'B' | 'C' | 'D' | 'F';

/** `not-found`: looked for and not there, which proves nothing. `unknown`: could not be asked. */
export type Verdict = 'pass' | 'fail' | 'not-found' | 'unknown' | 'not-applicable' | 'info';

export interface Result {
  verdict: Verdict;
  /** What was seen, in one sentence. */
  evidence: string;
  /** For a failure: how bad it is, and the exchanges that show it. */
  letter?: Letter;
  shown?: readonly Exchange[];
}

export interface CheckOptions {
  /** Waiting for time-outs: at most this long each; 0 for not at all. */
  waitMs: number;
  /** Many requests at once. */
  hasRaces: boolean;
  /** Guessing. */
  hasGuesses: boolean;
}

export interface Check {
  id: string;
  /** What is good, so that a tick reads right. */
  title: string;
  area: Area;
  /** Rows of OWASP ASVS 5.0, and of the Web Security Testing Guide. */
  asvs: string;
  wstg: string;
  /** What to do, in one sentence. */
  fix: string;
  /** File and symbol in our own projects. */
  own?: string;
  /** Not asked when one of these has failed: one cause is one finding. */
  after?: readonly string[];
  run(app: App, options: CheckOptions): Promise<Result>;
}

export const pass = (evidence: string): Result => ({ verdict: 'pass', evidence });
export const notFound = (evidence: string): Result => ({ verdict: 'not-found', evidence });
export const unknown = (evidence: string): Result => ({ verdict: 'unknown', evidence });
export const notApplicable = (evidence: string): Result => ({ verdict: 'not-applicable', evidence });
export const info = (evidence: string): Result => ({ verdict: 'info', evidence });

export const fail = (letter: Letter, evidence: string, ...shown: readonly Exchange[]): Result => ({
  verdict: 'fail',
  evidence,
  letter,
  shown,
});

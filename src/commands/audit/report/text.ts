/** The audit for people: a line per check as it is decided, then each finding in full, then the grade. */
import type { AuditDocument, ReportedCheck } from './document.ts';

const SIGN = {
  pass: '✔',
  'not-found': '✔',
  fail: '✖',
  unknown: '?',
  'not-applicable': '–',
  info: 'i',
} as const;
const LEGEND =
  '✔\u00a0passed · ✖\u00a0failed · ?\u00a0not\u00a0measured · –\u00a0not\u00a0applicable · i\u00a0information';
const REPEAT = "To repeat it, set COOKIE to your own session cookie's value:";
const INDENT = 6;

/** @param width columns of the terminal */
export function checkLines({ id, title, verdict, evidence, isKnown }: ReportedCheck, width: number): string {
  const head = `${SIGN[verdict]} ${id.padEnd(INDENT - 3)} ${title}`;
  if (verdict === 'pass') return wrap(head, width, INDENT);
  return `${wrap(head, width, INDENT)}\n${wrap(`${' '.repeat(INDENT)}${evidence}${isKnown ? ' (known)' : ''}`, width, INDENT)}`;
}

export function findingText(check: ReportedCheck, width: number): string {
  const { id, title, evidence, exchanges = [], repeat = [], asvs, wstg, fix = '', grade = '' } = check;
  const block = (mark: string, lines: readonly string[]) =>
    lines.map((line) => wrap(`  ${mark} ${line}`, width, 4, true)).join('\n');
  return [
    wrap(`✖ ${id} ${title} (${grade})`, width, 2),
    wrap(`  ${evidence}`, width, 2),
    ...exchanges.flatMap(({ sent, answer }) => ['', block('>', sent), block('<', answer)]),
    '',
    ...(repeat.some((line) => line.includes('$COOKIE')) ? [wrap(`  ${REPEAT}`, width, 2)] : []),
    // Not wrapped, so that it can be copied.
    ...repeat.map((line) => `  ${line}`),
    wrap(`  OWASP ASVS 5.0: ${asvs}. ${wstg}.`, width, 2),
    wrap(`  Fix: ${fix}`, width, 2),
  ].join('\n');
}

export function endText(document: AuditDocument, width: number): string {
  const { areas, grade, checks, notes, requests, seconds, wanted, ok } = document;
  const unknown = checks.filter(({ verdict }) => verdict === 'unknown').map(({ id }) => id);
  const longest = Math.max(...areas.map(({ title }) => title.length));
  return [
    ...areas.map((area) => `  ${area.title.padEnd(longest)}  ${area.grade}`),
    '',
    wrap(`Grade ${grade}${ok ? '' : ` (wanted: ${wanted} or better)`}`, width, 0),
    ...(unknown.length > 0
      ? [wrap(`Not measured: ${unknown.join(', ')}. Without them the best grade is A-.`, width, 0)]
      : []),
    ...notes.map((note) => wrap(`Note: ${note}`, width, 0)),
    `${requests} requests in ${seconds} s`,
    wrap(LEGEND, width, 0),
  ].join('\n');
}

// --- internal ---

/** Breaks between words, and with `isHard` in them where one is longer than a line. Later lines are indented. */
function wrap(text: string, width: number, indent: number, isHard = false): string {
  const room = Math.max(20, width);
  const lines: string[] = [];
  const lead = /^ */.exec(text)?.[0] ?? '';
  let line = lead;
  let isEmpty = true;
  const words = text.slice(lead.length).split(' ');
  for (const word of isHard ? words.flatMap((one) => pieces(one, room - indent)) : words) {
    if (!isEmpty && line.length + 1 + word.length > room) {
      lines.push(line);
      line = ' '.repeat(indent);
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].join('\n');
}

function pieces(word: string, length: number): string[] {
  return word.match(new RegExp(`.{1,${length}}`, 'gu')) ?? [word];
}

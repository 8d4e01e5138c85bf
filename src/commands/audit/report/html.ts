/** The report as one page without scripts: nothing is loaded, and it follows the reader's light or dark theme. */
import { LEFT_OUT } from '../checks/index.ts';
import { type AuditDocument, findingsOf, type ReportedCheck } from './document.ts';
import { escapeXml as e } from './escape.ts';

export function htmlText(document: AuditDocument): string {
  const { url, grade, areas, checks, notes, requests, seconds, generator } = document;
  const findings = findingsOf(document);
  const unknown = checks.filter(({ verdict }) => verdict === 'unknown').length;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Sessions of ${e(url)}: ${grade}</title>
<style>${STYLE}</style>
<h1><b class="${grade[0]}">${grade}</b> Sessions of ${e(url)}</h1>
<p>The grade is that of the weakest area.${unknown > 0 ? ` ${unknown} ${unknown === 1 ? 'check' : 'checks'} could not be measured: without them the best grade is A-.` : ''}</p>
<table><caption>Areas</caption>${areas.map(({ title, grade }) => `<tr><th scope="row">${e(title)}<td class="${grade[0]}">${grade}`).join('')}</table>
${findings.length > 0 ? '<h2>Findings</h2>' : ''}${findings.map(finding).join('')}
<table><caption>All checks</caption>${checks.map(row).join('')}</table>
<ul>${[...notes, ...LEFT_OUT.map(({ id, why }) => `${id}: ${why}`)].map((note) => `<li>${e(note)}`).join('')}</ul>
<p>${requests} requests in ${seconds} s, ${generator.name} ${generator.version}</p>
</html>
`;
}

// --- internal ---

const WORD: Readonly<Record<string, string>> = {
  pass: 'passed',
  'not-found': 'nothing found',
  fail: 'failed',
  unknown: 'not measured',
  'not-applicable': 'n/a',
  info: 'info',
};

const row = ({ id, title, verdict, evidence, grade }: ReportedCheck): string =>
  `<tr><th scope="row">${id}<td>${e(title)}<br><small>${e(evidence)}</small><td class="${grade ?? ''}">${WORD[verdict]}`;

function finding(check: ReportedCheck): string {
  const { id, title, evidence, grade = '', exchanges = [], repeat = [], fix = '', asvs, wstg } = check;
  const lines = exchanges.flatMap(({ sent, answer }) => [
    ...sent.map((line) => `> ${line}`),
    ...answer.map((line) => `< ${line}`),
    '',
  ]);
  return `<section><h3><b class="${grade}">${grade}</b> ${id} ${e(title)}</h3><p>${e(evidence)}</p>
<pre>${e([...lines, ...repeat].join('\n'))}</pre><p><b>Fix:</b> ${e(fix)}</p><p><small>OWASP ASVS 5.0: ${e(asvs)} · ${e(wstg)}</small></p></section>`;
}

const STYLE = `:root{color-scheme:light dark}
body{overflow-wrap:break-word;font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:2rem 0}
caption,th{text-align:left}caption{font-weight:bold}
th,td{padding:.3rem .6rem;border-top:1px solid #8886;vertical-align:top}
td:last-child{white-space:nowrap}
small,pre{overflow-wrap:anywhere}pre{white-space:pre-wrap;padding:1rem;background:#8882}
b[class]{padding:0 .5rem;border-radius:.3rem;border:2px solid}
.A{color:light-dark(#116329,#56d364)}.B{color:light-dark(#4d5a00,#c9d442)}.C{color:light-dark(#8a4b00,#f0a44b)}
.D,.F{color:light-dark(#a40e26,#ff7b72)}`;

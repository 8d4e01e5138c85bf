/** An exchange as people read it, and as they can repeat it. Secrets are masked by the caller. */
import { type Exchange, headerOf } from '../http/exchange.ts';
import { setCookiesOf } from '../http/set-cookie.ts';

/** What a finding is about, of all the headers there are. */
const TOLD =
  /^(cookie|origin|sec-fetch-site|content-type|x-forwarded-.*|forwarded|host|authorization|x-http-method.*|x-method-override|x-session.*|x-auth-token)$/i;
const BODY_SHOWN = 160;

/** Control characters from outside must not reach a terminal. */
export const harmless = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '·');

export function sentLines({ sent }: Exchange): string[] {
  const headers = Object.entries(sent.headers).filter(([name]) => TOLD.test(name));
  return [
    `${sent.method} ${sent.path}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(sent.body ? [sent.body.slice(0, BODY_SHOWN)] : []),
  ].map(harmless);
}

export function answerLines(exchange: Exchange): string[] {
  const shown = [
    'location',
    'cache-control',
    'access-control-allow-origin',
    'access-control-allow-credentials',
    'retry-after',
    'server',
    'x-powered-by',
  ];
  const headers = shown.flatMap((name) => {
    const value = headerOf(exchange, name);
    return value === undefined ? [] : [`${name}: ${value}`];
  });
  const body = exchange.body.replace(/\s+/g, ' ').slice(0, BODY_SHOWN);
  return [
    String(exchange.status),
    ...headers,
    ...setCookiesOf(exchange).map(({ raw }) => `set-cookie: ${raw}`),
    ...(body ? [body] : []),
  ].map(harmless);
}

/** How the certificate was checked. */
export interface CurlTrust {
  isInsecure: boolean;
  /** As it is written where the audit was started. */
  caFile: string | undefined;
}

/** Secrets are variables of the shell there. */
export function curlOf({ sent }: Exchange, origin: string, { isInsecure, caFile }: CurlTrust): string {
  const { method, path, headers, body } = sent;
  const own = Object.entries(headers).filter(([name]) => TOLD.test(name) && !/^cookie$/i.test(name));
  const names = (headers.Cookie ?? '')
    .split('; ')
    .filter(Boolean)
    .map((pair) => pair.slice(0, pair.indexOf('=')));
  const cookies = names.map((name, i) => `${name}=$COOKIE${names.length > 1 ? i + 1 : ''}`).join('; ');
  const authority = isInsecure
    ? '-k'
    : caFile
      ? `--cacert ${/^[\w./-]+$/.test(caFile) ? caFile : quoted(caFile)}`
      : '';
  const parts = [
    'curl -i',
    origin.startsWith('https:') ? authority : '',
    method === 'GET' ? '' : method === 'HEAD' ? '--head' : `-X ${method}`,
    ...own.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    cookies && `-H "Cookie: ${cookies}"`,
    body && `--data-raw ${quoted(body)}`,
    path.startsWith('/') ? quoted(origin + path) : `--request-target ${quoted(path)} ${origin}`,
  ];
  return parts.filter(Boolean).map(harmless).join(' ');
}

// --- internal ---

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

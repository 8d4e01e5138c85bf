/** The tests' browser is the one that `npm run attack` attacks with. */
export { type Answer, Browser, exchange } from '../../scripts/attack/browser.ts';

/** The session id inside a signed cookie value. */
export function idIn(cookieValue: string | undefined): string {
  const match = /^(?:s:)?([\w-]+)/.exec(decodeURIComponent(cookieValue ?? ''));
  if (!match?.[1]) throw new Error(`no session id in ${cookieValue}`);
  return match[1];
}

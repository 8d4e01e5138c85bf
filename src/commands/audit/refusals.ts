/** Why can an app not be audited? One line that says what was seen, and what to do about it. */
import { UserError } from '../../errors.ts';
import { type Exchange, headerOf, NoAnswer } from './http/exchange.ts';
import { portOf, type Target } from './http/target.ts';

/** @param fix what to do, when it is not the recipe that has to change */
export function cannotTell(reason: string, fix?: string): UserError {
  return notCalibrated(`the recipe cannot tell signed in from signed out: ${reason}`, fix);
}

export function notCalibrated(
  message: string,
  fix = 'Correct the recipe, or pass one with --recipe.',
): UserError {
  return new UserError('target_not_calibrated', message, { fix });
}

export function throttled(answer: Exchange, what: string): UserError {
  const seconds = Number(headerOf(answer, 'retry-after'));
  return new UserError('target_unreachable', `the app refuses ${what} after too many attempts (429)`, {
    fix: seconds > 0 ? `Try again in ${waitOf(seconds)}.` : 'Try again later.',
  });
}

/** Before anything was answered. Errors of another kind stay as they are. */
export function unreachable(target: Target, error: unknown): unknown {
  if (!(error instanceof NoAnswer)) return error;
  const { reason, fix } = explained(target, error);
  return new UserError('target_unreachable', `${target.origin.origin} cannot be used: ${reason}`, { fix });
}

// --- internal ---

const EXPIRED = /CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/;
const UNTRUSTED = /SELF_SIGNED|ISSUER|LEAF_SIGNATURE|CERT_UNTRUSTED|CERT_CHAIN/;

function explained(
  { origin, route }: Target,
  { reason, message }: NoAnswer,
): { reason: string; fix: string } {
  const other = `${route.isTls ? 'http' : 'https'}://${origin.hostname}:${portOf(origin)}`;
  if (reason === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return {
      reason: `its certificate is not for ${origin.hostname}`,
      fix: 'Use a name of the certificate in the address, or audit the rest with --insecure.',
    };
  if (EXPIRED.test(reason))
    return {
      reason: `its certificate ${reason === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet'}`,
      fix: 'Renew it (in a generated project: npm run certs), or audit the rest with --insecure.',
    };
  if (UNTRUSTED.test(reason))
    return {
      reason: `its certificate is from an authority that is not trusted (${reason})`,
      fix: 'Pass the authority with --ca FILE (in a generated project: certs/ca.pem).',
    };
  if (/^HPE_/.test(reason)) return { reason: 'it does not speak HTTP on this port', fix: 'Check the port.' };
  if (route.isTls && /EPROTO|^ERR_SSL/.test(reason))
    return { reason: 'it does not speak TLS on this port', fix: `Try ${other}.` };
  if (!route.isTls && /ECONNRESET|^the connection closed/.test(reason))
    return { reason: 'it closed the connection', fix: `If it speaks TLS on this port, try ${other}.` };
  if (/^the answer/.test(reason)) return { reason: message, fix: 'Check the address.' };
  return { reason: message, fix: 'Is the app running there?' };
}

const waitOf = (seconds: number): string =>
  seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`;

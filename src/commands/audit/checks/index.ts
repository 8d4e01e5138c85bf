/** All checks in the order of play: what reads the traffic comes after what makes it, and hostile traffic later. */
import type { Check } from '../check.ts';
import { cookieFlags } from './b01-cookie-flags.ts';
import { cookiePrefix } from './b02-cookie-prefix.ts';
import { opaqueIds } from './b03-opaque-ids.ts';
import { visitors } from './b04-visitors.ts';
import { persistence } from './b05-persistence.ts';
import { fixation } from './b06-fixation.ts';
import { renewal } from './b07-renewal.ts';
import { foreignIds } from './b08-foreign-ids.ts';
import { otherPlaces } from './b09-other-places.ts';
import { leaks } from './b10-leaks.ts';
import { logout } from './b11-logout.ts';
import { deletion } from './b12-deletion.ts';
import { resurrection } from './b13-resurrection.ts';
import { logoutMethod } from './b14-logout-method.ts';
import { atOnce } from './b15-at-once.ts';
import { crossSite } from './b16-cross-site.ts';
import { methodOverride } from './b17-method-override.ts';
import { cors } from './b18-cors.ts';
import { plainHttp } from './b19-plain-http.ts';
import { forwarded } from './b20-forwarded.ts';
import { tlsVersions } from './b21-tls.ts';
import { headers } from './b22-headers.ts';
import { caching } from './b23-caching.ts';
import { idle } from './b24-idle.ts';
import { absolute } from './b25-absolute.ts';
import { editedEnd } from './b26-edited-end.ts';
import { passwordChange } from './b27-password-change.ts';
import { foreignSessions } from './b28-foreign-sessions.ts';
import { howMany } from './b29-how-many.ts';
import { reauthentication } from './b30-reauthentication.ts';
import { throttling } from './b32-throttling.ts';
import { enumeration } from './b33-enumeration.ts';
import { openRedirect } from './b34-open-redirect.ts';
import { malformed } from './b35-malformed.ts';
import { fingerprint } from './b36-fingerprint.ts';
import { cookieSize } from './b39-cookie-size.ts';
import { methods } from './b40-methods.ts';

const active = [
  ...[
    fixation,
    renewal,
    foreignIds,
    otherPlaces,
    visitors,
    logout,
    deletion,
    logoutMethod,
    atOnce,
    resurrection,
  ],
  ...[crossSite, cors, passwordChange, foreignSessions, howMany, enumeration],
];
const passive = [cookieFlags, cookiePrefix, opaqueIds, persistence, leaks, caching, fingerprint, cookieSize];
const hostile = [
  headers,
  methodOverride,
  plainHttp,
  forwarded,
  tlsVersions,
  openRedirect,
  malformed,
  methods,
];
const waiting = [reauthentication, idle, editedEnd, absolute];

export const CHECKS: readonly Check[] = [...active, ...passive, ...hostile, ...waiting];

/** Played when all is over and cleaned up, as the server may refuse every login after it. */
export const LAST_CHECKS: readonly Check[] = [throttling];

/** Numbers of life.md that need an operator, or knowledge of the app: not asked from outside. */
export const LEFT_OUT = [
  { id: 'B31', why: 'puzzling (session variables shared by flows) needs knowledge of the flows' },
  { id: 'B37', why: 'a database outage needs an operator' },
  { id: 'B38', why: 'a restart needs an operator' },
] as const;

import { UserError } from '../errors.ts';
import { type Known, OPTIONS, type OptionName } from './options.ts';
import { certificateProblem } from './own-certificate.ts';
import { formatDuration, MINUTE_MS } from './values/durations.ts';
import { isHops } from './values/proxies.ts';

/** The first conflict among the answers known so far. Prompts check after each answer, where it can be corrected. */
export function findConflict(known: Known): UserError | undefined {
  for (const rule of RULES) {
    const found = rule(known);
    if (found)
      return new UserError('conflict', found.problem, { flag: OPTIONS[found.option].flag, fix: found.fix });
  }
  return undefined;
}

// --- internal ---

interface Conflict {
  /** The option to change. */
  option: OptionName;
  problem: string;
  fix: string;
}

/** Each rule returns undefined until everything it compares is known. `null` is known: it means "none". */
const RULES: readonly ((known: Known) => Conflict | undefined)[] = [
  function idleIsAtLeastAMinute({ idleTimeout }) {
    if (idleTimeout === undefined || idleTimeout >= MINUTE_MS) return undefined;
    return conflict(
      'idleTimeout',
      `--idle-timeout ${formatDuration(idleTimeout)} is less than a minute`,
      'Use 1m or more.',
    );
  },
  function absoluteIsAtLeastIdle({ idleTimeout, absoluteTimeout }) {
    if (idleTimeout === undefined || absoluteTimeout === undefined || absoluteTimeout >= idleTimeout)
      return undefined;
    const times = `--absolute-timeout ${formatDuration(absoluteTimeout)} is shorter than --idle-timeout ${formatDuration(idleTimeout)}`;
    return conflict('absoluteTimeout', times, 'The idle time-out would never be reached.');
  },
  function reauthenticationIsWithinTheSession({ reauthWindow, absoluteTimeout }) {
    if (reauthWindow === undefined || absoluteTimeout === undefined || reauthWindow <= absoluteTimeout)
      return undefined;
    const times = `--reauth-window ${formatDuration(reauthWindow)} is longer than --absolute-timeout ${formatDuration(absoluteTimeout)}`;
    return conflict('reauthWindow', times, 'Nobody would ever be asked again.');
  },
  function filesBelongToTlsFiles({ tls, tlsCert, tlsKey }) {
    const given = tlsCert ? 'tlsCert' : tlsKey ? 'tlsKey' : undefined;
    if (tls === undefined || tls === 'files' || !given) return undefined;
    return conflict(given, `--${OPTIONS[given].flag} has no effect with --tls ${tls}`, 'Use --tls files.');
  },
  function tlsFilesNeedsBothFiles({ tls, tlsCert, tlsKey }) {
    if (tls !== 'files') return undefined;
    if (tlsCert === null)
      return conflict('tlsCert', '--tls files needs a certificate', 'Add --tls-cert FILE.');
    return tlsKey === null
      ? conflict('tlsKey', '--tls files needs a private key', 'Add --tls-key FILE.')
      : undefined;
  },
  function certificateIsUsable({ tlsCert, tlsKey }) {
    if (!tlsCert) return undefined;
    const problem = certificateProblem(tlsCert, tlsKey ?? undefined);
    if (!problem) return undefined;
    return conflict(problem.isAbout === 'key' ? 'tlsKey' : 'tlsCert', problem.message, problem.fix);
  },
  function proxiesBelongToTlsProxy({ tls, trustProxy }) {
    if (tls === undefined || tls === 'proxy' || !trustProxy?.length) return undefined;
    return conflict('trustProxy', `--trust-proxy has no effect with --tls ${tls}`, 'Use --tls proxy.');
  },
  function tlsProxyNeedsItsProxies({ tls, trustProxy }) {
    if (tls !== 'proxy' || trustProxy?.length !== 0) return undefined;
    const problem = '--tls proxy needs to know which proxies to trust';
    return conflict(
      'trustProxy',
      problem,
      'Add --trust-proxy with the addresses of the proxy (10.0.0.0/8) or their number (1).',
    );
  },
  function hopsStandAlone({ trustProxy = [] }) {
    if (trustProxy.length < 2 || !trustProxy.some(isHops)) return undefined;
    return conflict(
      'trustProxy',
      '--trust-proxy takes either one number of hops or addresses',
      'Use one of the two.',
    );
  },
  function portsDiffer({ port, httpPort }) {
    if (port === undefined || httpPort === undefined || port !== httpPort) return undefined;
    return conflict('httpPort', `--http-port and --port are both ${port}`, 'Use two different ports.');
  },
];

const conflict = (option: OptionName, problem: string, fix: string): Conflict => ({ option, problem, fix });

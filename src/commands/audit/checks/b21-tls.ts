/** Attack: make both sides speak a TLS version with known weaknesses, or pass with a certificate nobody checks. */
import { connect, type SecureVersion } from 'node:tls';
import { type Check, fail, notApplicable, pass, unknown } from '../check.ts';
import type { Target } from '../http/target.ts';

const DEADLINE_MS = 5000;

export const tlsVersions: Check = {
  id: 'B21',
  title: 'TLS 1.2 or 1.3 with a valid certificate',
  area: 'transport',
  asvs: '12.1.1, 12.2.2',
  wstg: 'WSTG-CRYP-01',
  fix: 'Set TLS 1.2 as the oldest version (minVersion in Node), and use a certificate whose subjectAltName has the host.',
  own: 'src/protection/https.ts TLS_OPTIONS',
  async run({ target }) {
    if (!target.route.isTls) return notApplicable('plain http');
    for (const version of ['TLSv1', 'TLSv1.1'] as const) {
      const answer = await handshake(target, version, version);
      if (answer.protocol) return fail('C', `the server accepts ${answer.protocol}`);
      // Only an alert of the server says that it refused; anything else may be our side or the network.
      if (!/ALERT|UNSUPPORTED_PROTOCOL|WRONG_VERSION/.test(answer.error)) {
        return unknown(`whether ${version} is refused cannot be seen: ${answer.error}`);
      }
    }
    const best = await handshake(target, 'TLSv1.2', 'TLSv1.3');
    if (!best.protocol) return unknown(`no handshake: ${best.error}`);
    if (target.isInsecure) return unknown('the certificate was not checked (--insecure)');
    // OpenSSL then looks at the common name, which RFC 9525 (6.3) no longer allows.
    if (!/(DNS|IP Address):/.test(best.names ?? ''))
      return fail('C', 'the certificate has no subjectAltName: browsers refuse it');
    return pass(`${best.protocol}; 1.0 and 1.1 are refused; suites: ask testssl.sh or sslyze`);
  },
};

// --- internal ---

interface Answer {
  protocol?: string;
  /** Of the certificate. */
  names?: string;
  error: string;
}

/** At security level 0, as OpenSSL otherwise refuses the old versions on our side. */
function handshake(target: Target, minVersion: SecureVersion, maxVersion: SecureVersion) {
  return new Promise<Answer>((resolve) => {
    const { host, port, lookup } = target.route.options;
    const socket = connect({
      host: String(host),
      port: Number(port),
      ...(lookup && { lookup }),
      servername: target.origin.hostname.replace(/^\[.*|^[\d.]+$/, ''),
      minVersion,
      maxVersion,
      ciphers: 'DEFAULT:@SECLEVEL=0',
      // Versions only: the certificate was checked by every request before.
      rejectUnauthorized: false,
    });
    const end = (answer: Answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(DEADLINE_MS, () => end({ error: 'no answer' }));
    socket.on('error', (error: NodeJS.ErrnoException) => end({ error: error.code ?? error.message }));
    socket.on('close', () => end({ error: 'closed' }));
    socket.on('secureConnect', () => {
      const names = socket.getPeerCertificate().subjectaltname ?? '';
      end({ protocol: socket.getProtocol() ?? '', names, error: '' });
    });
  });
}

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { reasonOf } from '../system-errors.ts';

interface CertificateProblem {
  isAbout: 'certificate' | 'key';
  message: string;
  fix: string;
}

/** Those of projects; a test keeps them the same. */
export const TLS_OPTIONS = {
  minVersion: 'TLSv1.2',
  ciphers:
    'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE+AESGCM:ECDHE+CHACHA20',
} as const;

/** Reports a bad certificate or key before anything is written, not when the server starts or browsers refuse it. */
export function certificateProblem(
  certFile: string,
  keyFile?: string,
  now = new Date(),
): CertificateProblem | undefined {
  try {
    const cert = read(certFile, 'certificate');
    const server = checkChain(cert, now);
    if (keyFile !== undefined) checkKey(read(keyFile, 'key'), server, cert, certFile);
    return undefined;
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    const { isAbout, message } = error;
    const [flag, file = ''] = isAbout === 'key' ? ['--tls-key', keyFile] : ['--tls-cert', certFile];
    return { isAbout, message: `${flag}: ${file} ${message}`, fix: FIX[isAbout] };
  }
}

// --- internal ---

class Unusable extends Error {
  readonly isAbout: CertificateProblem['isAbout'];

  constructor(isAbout: CertificateProblem['isAbout'], message: string) {
    super(message);
    this.isAbout = isAbout;
  }
}

const FIX = {
  certificate: "Give the path of a server's current certificate, followed by those that issued it.",
  key: 'Give the path of the private key that belongs to the certificate.',
};

function read(path: string, isAbout: CertificateProblem['isAbout']): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    throw new Unusable(isAbout, `cannot be read: ${reasonOf(error)}`);
  }
}

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** RFC 5280, 4.2.1.12: for TLS servers, and for everything. */
const FOR_SERVERS = ['1.3.6.1.5.5.7.3.1', '2.5.29.37.0'];

/** The server's certificate, which comes first; each one after it issued the one before (RFC 5246, 7.4.2). */
function checkChain(pem: string, now: Date): X509Certificate {
  const chain = parsed('certificate', 'is not a PEM certificate', () =>
    (pem.match(PEM) ?? []).map((certificate) => new X509Certificate(certificate)),
  );
  const [server] = chain;
  if (!server) throw new Unusable('certificate', 'is not a PEM certificate');
  if (server.ca) throw new Unusable('certificate', 'is that of a CA');
  for (const [index, certificate] of chain.entries()) {
    const { validFrom, validTo } = certificate;
    if (new Date(validTo) <= now) throw new Unusable('certificate', `expired on ${validTo}`);
    if (new Date(validFrom) > now) throw new Unusable('certificate', `is not valid before ${validFrom}`);
    const issuer = chain[index + 1];
    if (issuer && !certificate.checkIssued(issuer))
      throw new Unusable(
        'certificate',
        `has a certificate at position ${index + 2} that did not issue the one before`,
      );
  }
  // Node calls the extended key usage so.
  if (server.keyUsage && !server.keyUsage.some((usage) => FOR_SERVERS.includes(usage)))
    throw new Unusable('certificate', 'is not for servers');
  return server;
}

/** What browsers know; TLS itself takes more. */
const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];

function checkKey(pem: string, server: X509Certificate, cert: string, certFile: string): void {
  const isNoKey = 'is not a PEM private key, or is encrypted';
  const key: KeyObject = parsed('key', isNoKey, () => createPrivateKey(pem));
  if (!server.checkPrivateKey(key)) throw new Unusable('key', `is not the key of ${certFile}`);
  const { namedCurve } = key.asymmetricKeyDetails ?? {};
  if (namedCurve && !CURVES.includes(namedCurve))
    throw new Unusable('certificate', `is on the curve ${namedCurve}, which browsers do not know`);
  try {
    // Not imported: few runs need it, and it takes milliseconds.
    process.getBuiltinModule('node:tls').createSecureContext({ ...TLS_OPTIONS, cert, key: pem });
  } catch (error) {
    throw new Unusable('certificate', `cannot be used: ${reasonOf(error)}`);
  }
}

function parsed<Value>(isAbout: CertificateProblem['isAbout'], problem: string, parse: () => Value): Value {
  try {
    return parse();
  } catch {
    throw new Unusable(isAbout, problem);
  }
}

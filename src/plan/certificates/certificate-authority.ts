import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { type HostNames, sortHostNames } from './host-names.ts';
import { type Authority, authorityCertificate, serverCertificate, type Validity } from './x509.ts';

/**
 * The organization in the subject of every CA and certificate created here. Production refuses a certificate whose
 * issuer has it, and renewal overwrites no other.
 */
export const DEVELOPMENT_ORGANIZATION = 'create-secure-session-app development';

/** PEM texts. Servers send only `cert`: clients already trust `ca`. */
export interface DevelopmentCertificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** The longest that browsers accepted for years (CA/Browser Forum ballot SC31). */
export const VALIDITY_DAYS = 397;

/** The clocks of containers and virtual machines may be behind that of the host that created the certificate. */
const CLOCK_SKEW_MS = 60 * 60 * 1000;

const DAY_MS = 24 * 60 * 60 * 1000;

/** The project can always be opened at these addresses too. */
const LOOPBACK_ADDRESSES = ['127.0.0.1', '::1'];

/**
 * A new development CA and one server certificate issued by it, ECDSA P-256, valid for 397 days, for the given host
 * names (addresses allowed) and the two loopback addresses.
 *
 * Developers add the CA to a trust store, so a stolen CA key could impersonate any site to that browser. Two things
 * prevent this: the private key never leaves this function, and critical name constraints limit the CA to these names
 * and their sub-domains, which OpenSSL, Node and Chromium enforce. Renewal creates a new CA.
 *
 * @throws RangeError for a name that is neither a host name nor an IP address
 * @see RFC 5280, 4.2.1.10 (name constraints)
 */
export function createDevelopmentCertificates(
  hostnames: readonly string[],
  now: Date = new Date(),
): DevelopmentCertificates {
  const names = sortHostNames([...hostnames, ...LOOPBACK_ADDRESSES]);
  const authority = developmentAuthority(names, now, newKeyPair());
  const server = newKeyPair();
  const cert = serverCertificate(authority, server.publicKey, SERVER_SUBJECT, names);
  return {
    ca: pem(authorityCertificate(authority)),
    cert: pem(cert),
    key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

/** Takes the key pair from the caller, so that a test can sign foreign names with it. */
export function developmentAuthority(names: HostNames, now: Date, keys: KeyPair): Authority {
  // Renewal leaves the old CA in the trust store; with the same name, clients would confuse the two.
  const project = names.dns.find((name) => name !== 'localhost') ?? names.dns[0] ?? names.ips[0] ?? '';
  const commonName = `Development CA for ${project.slice(0, PROJECT_NAME_LENGTH)} (${randomBytes(4).toString('hex')})`;
  return {
    ...keys,
    names,
    subject: { organization: DEVELOPMENT_ORGANIZATION, commonName },
    validity: validityFrom(now),
  };
}

// --- internal ---

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** The space keeps clients from reading it as a host name; the names are in the subjectAltName. */
const SERVER_SUBJECT = { organization: DEVELOPMENT_ORGANIZATION, commonName: 'Development server' };

/** A common name has at most 64 characters (RFC 5280, ub-common-name); the rest of ours takes 30. */
const PROJECT_NAME_LENGTH = 34;

const newKeyPair = (): KeyPair => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** The period includes both ends (RFC 5280, 4.1.2.5), hence one second less. */
function validityFrom(now: Date): Validity {
  const notBefore = new Date(now.getTime() - CLOCK_SKEW_MS);
  return { notBefore, notAfter: new Date(notBefore.getTime() + VALIDITY_DAYS * DAY_MS - 1000) };
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

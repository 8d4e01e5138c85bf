import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEVELOPMENT_ORGANIZATION, type DevelopmentCertificates } from './certificate-authority.ts';
import { sortHostNames } from './host-names.ts';

/** Something is wrong with the certificate files, and the message says what to do about it. */
export class CertificateProblem extends Error {
  override name = 'CertificateProblem';
}

export interface ExistingCertificate {
  readonly hostnames: string[];
  readonly notAfter: Date;
}

/**
 * The development certificate in `directory`, if there is one.
 *
 * @throws CertificateProblem when the file cannot be read as a certificate, or when it was issued by anybody else: a
 * certificate that its owner paid or waited for must not be overwritten.
 */
export function readDevelopmentCertificate(directory: string): ExistingCertificate | undefined {
  const file = join(directory, 'server.pem');
  if (!existsSync(file)) return undefined;
  const certificate = parseCertificate(file);
  if (!certificate.issuer.split('\n').includes(`O=${DEVELOPMENT_ORGANIZATION}`)) {
    const issuer = certificate.issuer.replaceAll('\n', ', ');
    throw new CertificateProblem(`${file} was issued by "${issuer}", not by this script. ${MOVE_AWAY}`);
  }
  return { hostnames: subjectNames(certificate), notAfter: new Date(certificate.validTo) };
}

/**
 * Writes ca.pem, server.pem and server-key.pem (mode 0600). Each file appears whole, by a rename; a server that starts
 * between two renames finds a key that does not match and says so, starting it again cures it.
 */
export function writeCertificates(directory: string, { ca, cert, key }: DevelopmentCertificates): void {
  mkdirSync(directory, { recursive: true });
  const files = [
    { path: join(directory, 'server-key.pem'), text: key, mode: 0o600 },
    { path: join(directory, 'server.pem'), text: cert, mode: 0o644 },
    { path: join(directory, 'ca.pem'), text: ca, mode: 0o644 },
  ].map((file) => ({ ...file, temporary: `${file.path}.${process.pid}.tmp` }));
  try {
    // `wx` with the mode: the key is never readable by others, not even before a later chmod.
    for (const { temporary, text, mode } of files) writeFileSync(temporary, text, { mode, flag: 'wx' });
    for (const { temporary, path } of files) renameSync(temporary, path);
  } finally {
    for (const { temporary } of files) rmSync(temporary, { force: true });
  }
}

// --- internal ---

const MOVE_AWAY = 'Move it and its key away, then run: npm run certs -- --hostname localhost --hostname NAME.localhost';

function parseCertificate(file: string): X509Certificate {
  try {
    return new X509Certificate(readFileSync(file));
  } catch (cause) {
    throw new CertificateProblem(`${file} cannot be read as a certificate. ${MOVE_AWAY}`, { cause });
  }
}

function subjectNames({ subjectAltName = '' }: X509Certificate): string[] {
  const names = subjectAltName.split(', ').map((name) => name.replace(/^(DNS|IP Address):/, ''));
  const { dns, ips } = sortHostNames(names);
  return [...dns, ...ips];
}

/** The server's certificate: TLS 1.2 and 1.3 only, and nothing made for development in production. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { SecureContextOptions } from 'node:tls';

/** In the subject of every certificate made by `npm run certs`. */
export const DEVELOPMENT_ORGANIZATION = 'create-secure-session-app development';

/** PEM texts. */
export interface Tls {
  cert: string;
  key: string;
}

/** @see OWASP ASVS 5.0 12.1.1 and 12.1.2: forward secrecy and authenticated encryption only */
export const TLS_OPTIONS: SecureContextOptions = {
  minVersion: 'TLSv1.2',
  ciphers: 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE+AESGCM:ECDHE+CHACHA20',
};

/**
 * Reads the certificate and its key; null when neither is named and a trusted proxy speaks TLS.
 * @throws Error with what is wrong: missing, unreadable, not a pair, expired, or for development only
 */
export function readTls(
  { TLS_CERT_FILE, TLS_KEY_FILE, TRUST_PROXY }: Record<string, string | undefined>,
  production: boolean,
): Tls | null {
  if (!TLS_CERT_FILE && !TLS_KEY_FILE && TRUST_PROXY) return null;
  if (!TLS_CERT_FILE || !TLS_KEY_FILE) {
    throw new Error('and TLS_KEY_FILE are needed, or TRUST_PROXY where a proxy speaks TLS');
  }
  const cert = readFileSync(TLS_CERT_FILE, 'utf8');
  const key = readFileSync(TLS_KEY_FILE, 'utf8');
  const certificate = new X509Certificate(cert);
  if (!certificate.checkPrivateKey(createPrivateKey(key))) throw new Error('and TLS_KEY_FILE are not a pair');
  if (new Date(certificate.validTo) < new Date()) throw new Error(`expired on ${certificate.validTo}`);
  if (production && certificate.issuer.includes(DEVELOPMENT_ORGANIZATION)) {
    throw new Error('was made for development: nobody else trusts it');
  }
  return { cert, key };
}

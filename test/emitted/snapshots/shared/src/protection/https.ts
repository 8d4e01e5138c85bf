/**
 * Attack: somebody on the network reads the session cookie. The app answers over TLS only; a second listener, where
 * wanted, does nothing but redirect people to it. @see OWASP ASVS 5.0 4.1.2, 12.1.1 and 12.2.1
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
import { ApiError } from '../errors.ts';
import type { TrustProxy } from './addresses.ts';

/** In the subject of every certificate made by scripts/certs.ts. Production refuses a certificate from this issuer. */
export const DEVELOPMENT_ORGANIZATION = 'create-secure-session-app development';

/** Forward secrecy and authenticated encryption only (ASVS 12.1.2). */
export const TLS_OPTIONS: SecureContextOptions = {
  minVersion: 'TLSv1.2',
  ciphers: 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE+AESGCM:ECDHE+CHACHA20',
};

/** PEM texts. */
export interface Tls {
  cert: string;
  key: string;
}

/**
 * Reads the server's certificate and key.
 * @throws Error that says what is wrong: missing, unreadable, not a pair, expired, or made for development
 */
export function readTls(certFile: string, keyFile: string, production: boolean): Tls {
  const cert = readFileSync(certFile, 'utf8');
  const key = readFileSync(keyFile, 'utf8');
  const certificate = new X509Certificate(cert);
  if (!certificate.checkPrivateKey(createPrivateKey(key))) throw new Error('and TLS_KEY_FILE are not a pair');
  if (new Date(certificate.validTo) < new Date()) throw new Error(`expired on ${certificate.validTo}`);
  if (production && certificate.issuer.includes(DEVELOPMENT_ORGANIZATION)) {
    throw new Error('was made for development: no other machine trusts it');
  }
  return { cert, key };
}

/**
 * A request is https when its connection is. Where a trusted proxy reports the scheme it saw, that counts instead.
 * Every value of X-Forwarded-Proto must agree: a value that a client put in front can then only hurt that client.
 * @throws ApiError `https_required`
 */
export function requireHttps({ socket, headers }: IncomingMessage, trustProxy: TrustProxy): void {
  const forwarded = trustProxy(socket.remoteAddress ?? '', 0) ? headers['x-forwarded-proto'] : undefined;
  const isHttps =
    forwarded === undefined
      ? (socket as Partial<TLSSocket>).encrypted
      : String(forwarded)
          .split(',')
          .every((scheme) => scheme.trim() === 'https');
  if (!isHttps) throw new ApiError('https_required');
}

/**
 * The listener on the plain port: redirects page views to the configured origin, whatever Host was asked for.
 * Anything else is refused, so that no script goes on sending passwords in clear text.
 */
export function redirectToHttps(origin: string): RequestListener {
  const error = new ApiError('https_required');
  return (request, response) => {
    const isPageView = request.method === 'GET' && String(request.headers.accept).includes('text/html');
    if (!isPageView) {
      response.writeHead(error.status, { 'Content-Type': 'application/json', Connection: 'close' });
      response.end(JSON.stringify(error.body));
      return;
    }
    // Only the path is kept: `//evil.example` must not become a host.
    const path = new URL(`http://local${request.url?.startsWith('/') ? request.url : '/'}`);
    const location = `${origin}${path.pathname.replace(/^\/+/, '/')}${path.search}`;
    response.writeHead(308, { Location: location, Connection: 'close' });
    response.end();
  };
}

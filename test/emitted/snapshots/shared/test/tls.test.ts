import { type ConnectionOptions, connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TLS_OPTIONS } from '../src/tls.ts';
import { startApp, type TestApp } from './support/app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

/** The protocol and cipher agreed on; rejects when there is none. */
function handshake(options: ConnectionOptions): Promise<{ protocol: string | null; cipher: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect(
      { port: Number(new URL(app.origin).port), host: 'localhost', ca: app.ca, ...options },
      () => {
        resolve({ protocol: socket.getProtocol(), cipher: socket.getCipher().standardName });
        socket.destroy();
      },
    );
    socket.on('error', reject);
  });
}

describe('TLS', () => {
  it('is 1.3 where the client can do it', async () => {
    expect((await handshake({})).protocol).toBe('TLSv1.3');
  });

  it('is 1.2 at least, with forward secrecy and authenticated encryption', async () => {
    const { protocol, cipher } = await handshake({ maxVersion: 'TLSv1.2' });
    expect(protocol).toBe('TLSv1.2');
    expect(cipher).toMatch(/^TLS_ECDHE_.*(GCM|POLY1305)/);
  });

  it('names no suite without either, not even one that only another certificate could use', () => {
    const suites = String(TLS_OPTIONS.ciphers).split(':');
    for (const suite of suites) expect(suite).toMatch(/^(TLS_.*_(GCM|POLY1305)_.*|ECDHE\+(AESGCM|CHACHA20))$/);
  });

  it.each(['TLSv1', 'TLSv1.1'] as const)('is never %s', async (version) => {
    const weak = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
    await expect(handshake(weak)).rejects.toThrow();
  });

  it.each(['AES128-SHA', 'AES256-GCM-SHA384', 'ECDHE-ECDSA-AES128-SHA', 'ECDHE-RSA-AES256-SHA384'])(
    'does not offer %s',
    async (ciphers) => {
      await expect(handshake({ maxVersion: 'TLSv1.2', ciphers })).rejects.toThrow();
    },
  );
});

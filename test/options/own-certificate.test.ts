import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { certificateProblem } from '../../src/options/own-certificate.ts';
import { temporaryOwnCertificate } from '../support/own-certificate.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

describe('certificateProblem', () => {
  it('has nothing against a current certificate with its key', () => {
    const { cert, key } = temporaryOwnCertificate();
    expect(certificateProblem(cert, key)).toBeUndefined();
  });

  it('refuses the key of another certificate', () => {
    const { cert } = temporaryOwnCertificate();
    const { key } = temporaryOwnCertificate();
    expect(certificateProblem(cert, key)?.message).toBe(`--tls-key: ${key} is not the key of ${cert}`);
  });

  it('refuses one that has expired', () => {
    const { cert, key } = temporaryOwnCertificate(new Date(Date.now() - 400 * DAY_MS));
    expect(certificateProblem(cert, key)?.message).toContain('expired on');
  });

  it('refuses one that is not valid yet', () => {
    const { cert, key } = temporaryOwnCertificate(new Date(Date.now() + 2 * DAY_MS));
    expect(certificateProblem(cert, key)?.message).toContain('is not valid before');
  });

  it('tells which of the two files is something else', () => {
    const { cert, key } = temporaryOwnCertificate();
    expect(certificateProblem(key, cert)).toMatchObject({ isAbout: 'certificate' });
    expect(certificateProblem(cert, cert)).toMatchObject({ isAbout: 'key' });
    expect(certificateProblem('/nowhere.pem', key)).toMatchObject({ isAbout: 'certificate' });
  });

  it('refuses an encrypted key, which a server could not open without somebody at its side', () => {
    const { cert, key } = temporaryOwnCertificate();
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(
      key,
      privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }),
    );
    expect(certificateProblem(cert, key)?.message).toContain('or is encrypted');
  });
});

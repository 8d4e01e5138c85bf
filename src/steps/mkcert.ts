import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf, UserError } from '../errors.ts';
import type { DevelopmentCertificates } from '../plan/certificates/certificate-authority.ts';
import type { World } from '../world.ts';

/**
 * A certificate from the user's mkcert, and the CA that issued it. Does not change what the machine trusts: that is
 * `mkcert -install`, which is up to the user.
 *
 * @throws UserError when mkcert is missing or fails
 */
export function mkcertCertificates(hostnames: readonly string[], env: World['env']): DevelopmentCertificates {
  const folder = mkdtempSync(join(tmpdir(), 'mkcert-'));
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  try {
    mkcert(['-cert-file', certFile, '-key-file', keyFile, ...hostnames, '127.0.0.1', '::1'], env);
    const root = mkcert(['-CAROOT'], env).trim();
    const [ca = '', cert = '', key = ''] = [join(root, 'rootCA.pem'), certFile, keyFile].map((path) =>
      readFileSync(path, 'utf8'),
    );
    return { ca, cert, key };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// --- internal ---

function mkcert(args: readonly string[], env: World['env']): string {
  try {
    return execFileSync('mkcert', args, {
      env: { ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      throw new UserError('missing_program', '--tls mkcert: mkcert is not on the PATH', {
        flag: 'tls',
        fix: 'Install it (Debian: apt install mkcert; macOS: brew install mkcert), or use --tls self-signed.',
      });
    }
    const said =
      error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n').pop() : error;
    throw new UserError('missing_program', `--tls mkcert: mkcert failed: ${said}`, {
      flag: 'tls',
      fix: 'Fix that, or use --tls self-signed.',
    });
  }
}

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cancelled, UserError } from '../errors.ts';
import type { DevelopmentCertificates } from '../plan/certificates/certificate-authority.ts';
import { reasonOf } from '../system-errors.ts';
import { runProgram } from './program.ts';
import type { StepWorld } from './step.ts';

/**
 * A certificate from the user's mkcert, and the CA that issued it. Does not change what the machine trusts: that is
 * `mkcert -install`, which is up to the user.
 *
 * @throws UserError when mkcert is missing or fails
 */
export async function mkcertCertificates(
  hostnames: readonly string[],
  world: StepWorld,
): Promise<DevelopmentCertificates> {
  const folder = temporaryFolder();
  const mkcert = async (...args: string[]): Promise<string> => {
    const outcome = await runProgram('mkcert', args, folder, world);
    if (world.signal.aborted) throw new Cancelled();
    if (!outcome.ok) throw failure(outcome);
    return lastLine(outcome.output);
  };
  try {
    const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    await mkcert('-cert-file', certFile, '-key-file', keyFile, ...hostnames, '127.0.0.1', '::1');
    const root = await mkcert('-CAROOT');
    const [ca = '', cert = '', key = ''] = [join(root, 'rootCA.pem'), certFile, keyFile].map((path) =>
      readFileSync(path, 'utf8'),
    );
    return { ca, cert, key };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// --- internal ---

function temporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'mkcert-'));
  } catch (error) {
    throw new UserError('not_usable', `the temporary folder ${tmpdir()} cannot be used: ${reasonOf(error)}`, {
      fix: 'Set TMPDIR to one that exists.',
    });
  }
}

const lastLine = (text: string): string => text.trim().split('\n').pop() ?? '';

const failure = ({ isMissing, output }: { isMissing: boolean; output: string }): UserError =>
  isMissing
    ? new UserError('missing_program', '--tls mkcert: mkcert is not on the PATH', {
        flag: 'tls',
        fix: 'Install it (Debian: apt install mkcert; macOS: brew install mkcert), or use --tls self-signed.',
      })
    : new UserError('missing_program', `--tls mkcert: mkcert failed: ${lastLine(output)}`, {
        flag: 'tls',
        fix: 'Fix that, or use --tls self-signed.',
      });

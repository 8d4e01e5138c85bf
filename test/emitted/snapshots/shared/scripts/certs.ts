import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createDevelopmentCertificates, VALIDITY_DAYS } from './certificate-authority.ts';
import { CertificateProblem, readDevelopmentCertificate, writeCertificates } from './certificate-files.ts';
import { trustInstructions } from './trust-instructions.ts';

/**
 * `npm run certs [-- --hostname NAME…]`: a new certificate authority and server certificate in certs/, for the names
 * of the certificate that is there, or for the names given. Changes no trust store.
 */

const DIRECTORY = 'certs';

try {
  renew(process.argv.slice(2), new Date());
} catch (error) {
  if (!isUsersProblem(error)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function renew(args: string[], now: Date): void {
  const { hostname: given } = parseArgs({
    args,
    options: { hostname: { type: 'string', multiple: true } },
  }).values;
  const existing = readDevelopmentCertificate(DIRECTORY);
  const hostnames = given ?? existing?.hostnames;
  if (!hostnames) {
    throw new CertificateProblem(
      'There is no certificate to take the names from. Run: npm run certs -- --hostname localhost --hostname NAME.localhost',
    );
  }
  writeCertificates(DIRECTORY, createDevelopmentCertificates(hostnames, now));
  if (existing && existing.notAfter < now) console.log(`The old certificate expired on ${day(existing.notAfter)}.`);
  console.log(`New certificate for ${hostnames.join(', ')}, good for ${VALIDITY_DAYS} days. Restart the server.`);
  console.log('Its authority is new too: trust this one, and remove the old one from your trust store.\n');
  console.log(trustInstructions(join(DIRECTORY, 'ca.pem'), `${projectName(hostnames)}-development-ca`));
}

function day(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

function projectName(hostnames: string[]): string {
  const name = hostnames.find((hostname) => hostname !== 'localhost') ?? 'localhost';
  return name.replace(/[^a-z0-9]+/gi, '-');
}

/** Wrong arguments, a name that is none, a file that is in the way: a line is enough. Anything else keeps its stack. */
function isUsersProblem(error: unknown): error is Error {
  if (error instanceof CertificateProblem || error instanceof RangeError) return true;
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

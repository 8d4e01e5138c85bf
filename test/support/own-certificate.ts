import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDevelopmentCertificates } from '../../src/plan/certificates/certificate-authority.ts';
import { temporaryDirectory } from './temporary.ts';

/** A certificate and its key as files, as a user would have them. */
export function temporaryOwnCertificate(madeAt = new Date()): { cert: string; key: string } {
  const directory = temporaryDirectory();
  const paths = { cert: join(directory, 'cert.pem'), key: join(directory, 'key.pem') };
  const { ca, cert, key } = createDevelopmentCertificates(['app.test'], madeAt);
  writeFileSync(join(directory, 'ca.pem'), ca);
  writeFileSync(paths.cert, cert);
  writeFileSync(paths.key, key);
  return paths;
}

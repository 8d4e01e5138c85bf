import type { PlannedFile } from '../planned-file.ts';
import type { View } from '../view.ts';
import { createDevelopmentCertificates, type DevelopmentCertificates } from './certificate-authority.ts';

/**
 * The development authority and the certificate under it, by the very code that renews them in the project.
 * `others` are those of mkcert. None with own files: there the server has its certificate.
 */
export function certificateFiles(
  { answers, project }: View,
  others?: DevelopmentCertificates,
): PlannedFile[] {
  if (answers.tls === 'files') return [];
  const { ca, cert, key } = others ?? createDevelopmentCertificates([...project.hostnames]);
  const files: readonly PlannedFile[] = [
    { path: 'certs/ca.pem', contents: ca, mode: 0o644 },
    { path: 'certs/server.pem', contents: cert, mode: 0o644 },
    { path: 'certs/server-key.pem', contents: key, mode: 0o600 },
  ];
  return files.map((file) => ({ ...file, isMadeAnew: true }));
}

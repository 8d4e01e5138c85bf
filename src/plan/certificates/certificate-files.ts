import type { PlannedFile } from '../planned-file.ts';
import type { View } from '../view.ts';
import { createDevelopmentCertificates, type DevelopmentCertificates } from './certificate-authority.ts';

/**
 * The development CA and the server certificate it issued; `others` are those of mkcert. None with --tls files, where
 * the user already has a certificate.
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

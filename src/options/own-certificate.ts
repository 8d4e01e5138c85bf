import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

interface CertificateProblem {
  isAbout: 'certificate' | 'key';
  message: string;
  fix: string;
}

/** Reports a bad certificate or key before anything is written, not when the server starts. */
export function certificateProblem(
  certFile: string,
  keyFile?: string,
  now = new Date(),
): CertificateProblem | undefined {
  const certificate = readAs(certFile, (pem) => new X509Certificate(pem));
  if (!certificate) return about('certificate', `--tls-cert: ${certFile} is not a PEM certificate`);
  if (new Date(certificate.validTo) <= now) {
    return about('certificate', `--tls-cert: ${certFile} expired on ${certificate.validTo}`);
  }
  if (new Date(certificate.validFrom) > now) {
    return about('certificate', `--tls-cert: ${certFile} is not valid before ${certificate.validFrom}`);
  }
  return keyFile === undefined ? undefined : keyProblem(certificate, certFile, keyFile);
}

function keyProblem(
  certificate: X509Certificate,
  certFile: string,
  keyFile: string,
): CertificateProblem | undefined {
  const key = readAs(keyFile, (pem) => createPrivateKey(pem));
  if (!key) return about('key', `--tls-key: ${keyFile} is not a PEM private key, or is encrypted`);
  if (!certificate.checkPrivateKey(key))
    return about('key', `--tls-key: ${keyFile} is not the key of ${certFile}`);
  return undefined;
}

/** Undefined when the file cannot be read or parsed: the advice to the user is the same. */
function readAs<Value extends X509Certificate | KeyObject>(
  path: string,
  parse: (pem: Buffer) => Value,
): Value | undefined {
  try {
    return parse(readFileSync(path));
  } catch {
    return undefined;
  }
}

function about(isAbout: CertificateProblem['isAbout'], message: string): CertificateProblem {
  const wanted =
    isAbout === 'key' ? 'the private key that belongs to the certificate' : 'a current certificate';
  return { isAbout, message, fix: `Give the path of ${wanted}.` };
}

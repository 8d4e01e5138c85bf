import { hash, type KeyObject, randomBytes, sign } from 'node:crypto';
import {
  bitString,
  booleanTrue,
  integer,
  objectId,
  octetString,
  sequence,
  set,
  tagged,
  taggedConstructed,
  time,
  utf8String,
} from './der.ts';
import { nameConstraints, subjectAltName } from './general-names.ts';
import type { HostNames } from './host-names.ts';

/**
 * X.509 certificates for ECDSA P-256 keys, as bytes. Callers own the keys: certificate-authority.ts discards the CA's.
 *
 * @see RFC 5280, section 4 (certificate and extensions)
 */

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface Subject {
  readonly organization: string;
  readonly commonName: string;
}

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** A certificate authority with the key it signs with. */
export interface Authority extends KeyPair {
  readonly subject: Subject;
  readonly validity: Validity;
  readonly names: HostNames;
}

/** The CA's own certificate, valid only for issuing to servers with these names. */
export function authorityCertificate(authority: Authority): Buffer {
  const spki = publicKeyInfo(authority.publicKey);
  return signCertificate(authority, authority.subject, spki, [
    // Path length 0: the CA cannot create another CA.
    critical(OID.basicConstraints, sequence(booleanTrue(), integer(Uint8Array.of(0)))),
    critical(OID.keyUsage, bitString(Uint8Array.of(KEY_CERT_SIGN), 2)),
    extension(OID.extendedKeyUsage, sequence(objectId(OID.serverAuth))),
    critical(OID.nameConstraints, nameConstraints(authority.names)),
    ...keyIdentifiers(spki, spki),
  ]);
}

/** A server certificate signed by the CA. Clients compare the names with the CA's constraints; this function does not. */
export function serverCertificate(
  authority: Authority,
  publicKey: KeyObject,
  subject: Subject,
  names: HostNames,
): Buffer {
  const spki = publicKeyInfo(publicKey);
  return signCertificate(authority, subject, spki, [
    critical(OID.basicConstraints, sequence()),
    critical(OID.keyUsage, bitString(Uint8Array.of(DIGITAL_SIGNATURE), 7)),
    extension(OID.extendedKeyUsage, sequence(objectId(OID.serverAuth))),
    extension(OID.subjectAltName, subjectAltName(names)),
    ...keyIdentifiers(spki, publicKeyInfo(authority.publicKey)),
  ]);
}

// --- internal ---

const OID = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  organizationName: '2.5.4.10',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;

const DIGITAL_SIGNATURE = 0b1000_0000;
const KEY_CERT_SIGN = 0b0000_0100;

/** CA/Browser Forum baseline requirements, 7.1: at least 64 random bits, so that the signed bytes are unpredictable. */
const SERIAL_BYTES = 16;

/** An uncompressed P-256 point, which ends the SubjectPublicKeyInfo: 0x04 and two coordinates of 32 bytes. */
const P256_POINT_BYTES = 65;

function signCertificate(issuer: Authority, subject: Subject, spki: Buffer, extensions: Buffer[]): Buffer {
  const algorithm = sequence(objectId(OID.ecdsaWithSha256));
  const body = sequence(
    taggedConstructed(0, integer(Uint8Array.of(2))), // version 3
    integer(randomBytes(SERIAL_BYTES)),
    algorithm,
    distinguishedName(issuer.subject),
    sequence(time(issuer.validity.notBefore), time(issuer.validity.notAfter)),
    distinguishedName(subject),
    spki,
    taggedConstructed(3, sequence(...extensions)),
  );
  return sequence(body, algorithm, bitString(sign('sha256', body, issuer.privateKey)));
}

const distinguishedName = ({ organization, commonName }: Subject): Buffer =>
  sequence(
    set(sequence(objectId(OID.organizationName), utf8String(organization))),
    set(sequence(objectId(OID.commonName), utf8String(commonName))),
  );

const extension = (id: string, value: Buffer): Buffer => sequence(objectId(id), octetString(value));

/** A client that does not understand a critical extension must reject the certificate. */
const critical = (id: string, value: Buffer): Buffer =>
  sequence(objectId(id), booleanTrue(), octetString(value));

/** The SubjectPublicKeyInfo. */
const publicKeyInfo = (publicKey: KeyObject): Buffer => publicKey.export({ type: 'spki', format: 'der' });

/** Of the subject's own key, and of the one that signs. */
const keyIdentifiers = (own: Buffer, issuer: Buffer): Buffer[] => [
  extension(OID.subjectKeyIdentifier, octetString(keyIdentifier(own))),
  extension(OID.authorityKeyIdentifier, sequence(tagged(0, keyIdentifier(issuer)))),
];

/** RFC 7093, method 1: the first 160 bits of the SHA-256 of the public key's bits, without SHA-1. */
function keyIdentifier(spki: Buffer): Buffer {
  const point = spki.subarray(spki.length - P256_POINT_BYTES);
  return hash('sha256', point, 'buffer').subarray(0, 20);
}

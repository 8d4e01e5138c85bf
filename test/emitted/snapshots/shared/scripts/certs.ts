/**
 * Where do the development certificates come from? `npm run certs [NAME…]` creates a new certificate authority (CA) and
 * a server certificate in certs/, for the given names or those of the current certificate. It changes no trust store.
 */
import { KeyObject, randomBytes, X509Certificate } from 'node:crypto';
import * as fs from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { domainToASCII } from 'node:url';
import * as asn1 from 'asn1js';
import ipaddr from 'ipaddr.js';
import * as pki from 'pkijs';
import { DEVELOPMENT_ORGANIZATION } from '../src/protection/https.ts';

/** Browsers reject certificates that are valid for longer (CA/Browser Forum ballot SC31). */
const VALIDITY_DAYS = 397;
const HOUR_MS = 60 * 60 * 1000;
/** Package names may contain underscores. Some clients read a name that ends in a number as an address. */
const DNS_NAME = /^(?=.{1,253}$)(?!(.*\.)?\d+$)((?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!$)|$))+$/;

/** Something is wrong with the certificate files, and the message says what to do about it. */
export class CertificateProblem extends Error {}

/**
 * Returns PEM texts. A stolen CA that a browser trusts could impersonate any site. So its private key never leaves this
 * function, and critical name constraints limit it to these names, their subdomains and the loopback addresses.
 * @throws RangeError for a name that is neither a host name nor an IP address
 * @see RFC 5280 section 4.2.1.10
 */
export async function createDevelopmentCertificates(hostnames: string[], now = new Date()) {
  const names = [...new Set([...hostnames, '127.0.0.1', '::1'].map(canonicalName))];
  // Unique, as the old CA may still be in the trust store. At most 64 characters.
  const name = `Development CA for ${projectOf(names).slice(0, 34)} (${randomBytes(4).toString('hex')})`;
  const [authority, server] = [await newParty(name, false), await newParty('Development server', true)];
  const ca = await issue(authority, authority, now, [
    extension(pki.id_BasicConstraints, new pki.BasicConstraints({ cA: true, pathLenConstraint: 0 }).toSchema(), true),
    // keyCertSign
    extension(pki.id_KeyUsage, new asn1.BitString({ valueHex: Uint8Array.of(0b100), unusedBits: 2 }), true),
    extension(pki.id_NameConstraints, nameConstraints(names).toSchema(), true),
  ]);
  const cert = await issue(authority, server, now, [
    extension(pki.id_BasicConstraints, new pki.BasicConstraints().toSchema(), true),
    // digitalSignature
    extension(pki.id_KeyUsage, new asn1.BitString({ valueHex: Uint8Array.of(0x80), unusedBits: 7 }), true),
    extension(pki.id_SubjectAltName, new pki.GeneralNames({ names: names.map((n) => generalName(n)) }).toSchema()),
  ]);
  return { ca, cert, key: KeyObject.from(server.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/**
 * Writes ca.pem, server.pem and server-key.pem. Each file appears whole, by a rename.
 * @throws CertificateProblem when it would overwrite a certificate that this script did not issue
 */
export function writeCertificates(directory: string, { ca, cert, key }: Record<'ca' | 'cert' | 'key', string>): void {
  readCertificate(directory);
  fs.mkdirSync(directory, { recursive: true, mode: 0o755 });
  fs.chmodSync(directory, fs.statSync(directory).mode & 0o755); // So that nobody else can replace a file.
  const fresh = fs.mkdtempSync(join(directory, 'new-'));
  // New files (`wx`) have the right mode from the start. The old key may be readable by others.
  fs.writeFileSync(join(fresh, 'server-key.pem'), key, { mode: 0o600, flag: 'wx' });
  fs.writeFileSync(join(fresh, 'server.pem'), cert, { mode: 0o644, flag: 'wx' });
  fs.writeFileSync(join(fresh, 'ca.pem'), ca, { mode: 0o644, flag: 'wx' });
  for (const name of fs.readdirSync(fresh)) fs.renameSync(join(fresh, name), join(directory, name));
  fs.rmdirSync(fresh);
}

// --- internal ---

async function renew(args: string[]): Promise<void> {
  const current = readCertificate('certs');
  const names = args.length ? args : current?.subjectAltName?.split(', ').map((name) => name.replace(/^.*?:/, ''));
  if (!names) throw new CertificateProblem('Which host names? For example: npm run certs localhost my-app.localhost');
  writeCertificates('certs', await createDevelopmentCertificates(names));
  console.log(`New certificate for ${names.join(', ')}, valid for ${VALIDITY_DAYS} days. Restart the server.
Its CA is new too. To trust it (your choice; remove the old one; on Linux, certutil comes with libnss3-tools):
  Chrome   mkdir -p ~/.pki/nssdb && certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n ${projectOf(names)} -i certs/ca.pem
  Debian   sudo cp certs/ca.pem /usr/local/share/ca-certificates/${projectOf(names)}.crt && sudo update-ca-certificates
  macOS    security add-trusted-cert -r trustRoot -p ssl -k ~/Library/Keychains/login.keychain-db certs/ca.pem
  Windows  certutil -user -addstore Root certs\\ca.pem
  Firefox  Settings > Certificates > View Certificates > Authorities > Import certs/ca.pem
  Clients  curl --cacert certs/ca.pem …    NODE_EXTRA_CA_CERTS=certs/ca.pem node …`);
}

function readCertificate(directory: string): X509Certificate | undefined {
  const file = join(directory, 'server.pem');
  if (!fs.existsSync(file)) return undefined;
  let problem = 'cannot be read as a certificate';
  try {
    const certificate = new X509Certificate(fs.readFileSync(file));
    if (certificate.issuer.split('\n').includes(`O=${DEVELOPMENT_ORGANIZATION}`)) return certificate;
    problem = `was issued by "${certificate.issuer.replaceAll('\n', ', ')}"`;
  } catch {
    // The message below says so.
  }
  throw new CertificateProblem(`${file} ${problem}. Move it and its key away, then run npm run certs NAME… again.`);
}

function canonicalName(name: string): string {
  if (isIP(name) && !name.includes('%')) return ipaddr.parse(name).toString();
  // domainToASCII drops paths and line ends: "a/b" becomes "a".
  const ascii = /[\s%/?#\\@:]/.test(name) ? '' : domainToASCII(name.replace(/\.$/, ''));
  if (!DNS_NAME.test(ascii)) throw new RangeError(`"${name}" is neither a host name nor an IP address`);
  return ascii;
}

const projectOf = (names: string[]) => names.find((name) => name !== 'localhost' && !isIP(name)) ?? 'localhost';

/** A subject with its keys. The key identifier only has to be unique (RFC 5280 section 4.2.1.2). */
async function newParty(commonName: string, extractable: boolean) {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, extractable, ['sign', 'verify']);
  const keyIdentifier = new asn1.OctetString({ valueHex: randomBytes(20) });
  const attributes = [attribute('2.5.4.10', DEVELOPMENT_ORGANIZATION), attribute('2.5.4.3', commonName)];
  const valueBeforeDecode = new asn1.Sequence({ value: attributes }).toBER(); // pkijs would use one set for both.
  return { ...keys, keyIdentifier, subject: new pki.RelativeDistinguishedNames({ valueBeforeDecode }) };
}

const attribute = (type: string, value: string) =>
  new asn1.Set({ value: [new pki.AttributeTypeAndValue({ type, value: new asn1.Utf8String({ value }) }).toSchema()] });

type Party = Awaited<ReturnType<typeof newParty>>;

async function issue(issuer: Party, { subject, publicKey, keyIdentifier }: Party, now: Date, own: pki.Extension[]) {
  // The clocks of containers and virtual machines run a little behind. Both ends belong to the period.
  const start = Math.floor(now.getTime() / 1000) * 1000 - HOUR_MS;
  const validity = { notBefore: time(start), notAfter: time(start + VALIDITY_DAYS * 24 * HOUR_MS - 1000) };
  const serialNumber = new asn1.Integer({ valueHex: Uint8Array.of(0x40, ...randomBytes(15)) }); // A positive number.
  const certificate = new pki.Certificate({ version: 2, serialNumber, issuer: issuer.subject, subject, ...validity });
  certificate.extensions = [
    ...own,
    extension(pki.id_ExtKeyUsage, new pki.ExtKeyUsage({ keyPurposes: ['1.3.6.1.5.5.7.3.1'] }).toSchema()), // serverAuth
    extension(pki.id_SubjectKeyIdentifier, keyIdentifier),
    extension(pki.id_AuthorityKeyIdentifier, new pki.AuthorityKeyIdentifier(issuer).toSchema()),
  ];
  await certificate.subjectPublicKeyInfo.importKey(publicKey);
  await certificate.sign(issuer.privateKey, 'SHA-256');
  return new X509Certificate(Buffer.from(certificate.toSchema().toBER())).toString();
}

const extension = (extnID: string, value: asn1.BaseBlock, critical = false) =>
  new pki.Extension({ extnID, critical, extnValue: value.toBER() });

/** Permits these names only. A kind of name it does not mention is unlimited: without DNS names, it excludes all. */
function nameConstraints(names: string[]): pki.NameConstraints {
  const permittedSubtrees = names.map((name) => new pki.GeneralSubtree({ base: generalName(name, [0xff]) }));
  const excludedSubtrees = [new pki.GeneralSubtree({ base: generalName('') })];
  return new pki.NameConstraints({ permittedSubtrees, ...(names.every(isIP) && { excludedSubtrees }) });
}

/** A DNS name, or the bytes of an address, followed in a constraint by a mask for each byte. */
function generalName(name: string, mask: number[] = []): pki.GeneralName {
  if (!isIP(name)) return new pki.GeneralName({ type: 2, value: name });
  const bytes = ipaddr.parse(name).toByteArray();
  const valueHex = Uint8Array.from([...bytes, ...bytes.flatMap(() => mask)]);
  return new pki.GeneralName({ type: 7, value: new asn1.OctetString({ valueHex }) });
}

/** RFC 5280 section 4.1.2.5: UTCTime until 2049, then GeneralizedTime. Both in whole seconds. */
const time = (ms: number) => new pki.Time({ value: new Date(ms), type: new Date(ms).getUTCFullYear() < 2050 ? 0 : 1 });

const program = process.argv[1] ?? '';
if (fs.existsSync(program) && fs.realpathSync(program) === import.meta.filename) {
  const args = process.argv.slice(2).filter((arg) => arg !== '--'); // npm removes it, pnpm does not.
  await renew(args).catch((error: unknown) => {
    console.error(error instanceof CertificateProblem || error instanceof RangeError ? error.message : error);
    process.exitCode = 1;
  });
}

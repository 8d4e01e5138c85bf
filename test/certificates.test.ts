import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { createPrivateKey, KeyObject, X509Certificate } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import * as ours from '../src/plan/certificates/certificate-authority.ts';
import { sortHostNames } from '../src/plan/certificates/host-names.ts';
import { authorityCertificate } from '../src/plan/certificates/x509.ts';
import { browserTrusting } from './support/browser-trust.ts';
import { folder, getFrom, keyPair, listen, needsTool, opensslVerify, pem, put } from './support/tls.ts';

/** Development certificates: those that the generator writes, and those that a project makes for itself. */

type Certificates = Record<'ca' | 'cert' | 'key', string>;

const SCRIPT = resolve('test/emitted/snapshots/shared/scripts/certs.ts');

// As a project has it, and by its path: the compiler would read it by other rules.
const {
  CertificateProblem,
  createDevelopmentCertificates,
  writeCertificates,
}: {
  CertificateProblem: new () => Error;
  createDevelopmentCertificates(hostnames: string[], now?: Date): Promise<Certificates>;
  writeCertificates(directory: string, certificates: Certificates): void;
} = await import(SCRIPT);

const run = promisify(execFile);
const NOW = new Date();
const HOSTNAMES = ['localhost', 'my-app.localhost', 'our-app.example', '10.1.2.3'];
const NAMES = [...HOSTNAMES, '127.0.0.1', '::1'];
const DAY_MS = 24 * 60 * 60 * 1000;

interface Writer {
  writer: string;
  create(hostnames: string[], now?: Date): Promise<Certificates>;
  /** What only a test can have: an authority with its private key. */
  authorityWithKey(hostnames: string[]): Promise<{ ca: string; caKey: KeyObject }>;
}

const WRITERS: Writer[] = [
  {
    writer: 'the generator',
    create: async (...choice) => ours.createDevelopmentCertificates(...choice),
    async authorityWithKey(hostnames) {
      const keys = keyPair();
      const ca = authorityCertificate(ours.developmentAuthority(sortHostNames(hostnames), NOW, keys));
      return { ca: pem(ca), caKey: keys.privateKey };
    },
  },
  {
    writer: 'scripts/certs.ts of the project',
    create: createDevelopmentCertificates,
    async authorityWithKey(hostnames) {
      const { made, pairs } = await recordingKeys(true, () => createDevelopmentCertificates(hostnames));
      return { ca: made.ca, caKey: KeyObject.from(authorityPair(made.ca, pairs).privateKey) };
    },
  },
];

describe.each(WRITERS)('the certificates of $writer', ({ create }) => {
  it('name every host, and the loopback addresses without being asked', async () => {
    const { cert } = await create(HOSTNAMES);
    expect(new X509Certificate(cert).subjectAltName?.split(', ')).toEqual([
      'DNS:localhost',
      'DNS:my-app.localhost',
      'DNS:our-app.example',
      'IP Address:10.1.2.3',
      'IP Address:127.0.0.1',
      'IP Address:0:0:0:0:0:0:0:1',
    ]);
  });

  it('are valid from a little before now for 397 days, both ends included', async () => {
    const { ca, cert } = await create(HOSTNAMES, NOW);
    for (const { validFrom, validTo } of [new X509Certificate(ca), new X509Certificate(cert)]) {
      expect(Date.parse(validFrom)).toBeLessThanOrEqual(NOW.getTime() - 60_000);
      expect(Date.parse(validTo) + 1000 - Date.parse(validFrom)).toBe(397 * DAY_MS);
    }
  });

  it('still write dates after 2049 the way RFC 5280 wants them', async () => {
    const { cert } = await create([], new Date('2050-03-01T12:00:00.500Z'));
    expect(new Date(new X509Certificate(cert).validFrom).toISOString()).toBe('2050-03-01T11:00:00.000Z');
    expect(der(cert)).toContain(hex('20500301110000Z'));
  });

  it('use P-256 keys and serial numbers nobody can guess', async () => {
    const [{ ca, cert }, again] = [await create(HOSTNAMES), await create(HOSTNAMES)];
    const serials = [ca, cert, again.ca, again.cert].map((text) => {
      const { publicKey, serialNumber } = new X509Certificate(text);
      expect(publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
      return serialNumber;
    });
    expect(new Set(serials).size).toBe(4);
    // 15 random bytes at least, of which a leading zero may drop off, and no sign.
    for (const serial of serials) expect(serial).toMatch(/^[\dA-F]{28,}$/);
  });

  it('come with the key of the server and no other key', async () => {
    const made = await create(HOSTNAMES);
    expect(new X509Certificate(made.cert).checkPrivateKey(createPrivateKey(made.key))).toBe(true);
    expect(JSON.stringify(made).match(/PRIVATE KEY-----\\n/g)).toHaveLength(2);
  });

  it('carry the extensions that make the authority harmless, critical where a client must obey', async () => {
    const { ca, cert } = await create(['localhost']);
    const text = (pemText: string) =>
      execFileSync('openssl', ['x509', '-noout', '-text'], { input: pemText });
    expect(String(text(ca))).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0\n/);
    expect(String(text(ca))).toMatch(/Key Usage: critical\s+Certificate Sign\n/);
    expect(String(text(ca))).toMatch(
      /Name Constraints: critical\s+Permitted:\s+DNS:localhost\s+IP:127.0.0.1\/255.255.255.255\s+IP:0:0:0:0:0:0:0:1\/(FFFF:?){8}\n\s+X509v3/,
    );
    expect(String(text(cert))).toMatch(/Basic Constraints: critical\s+CA:FALSE\n/);
    expect(String(text(cert))).toMatch(/Key Usage: critical\s+Digital Signature\n/);
    for (const each of [ca, cert]) {
      expect(String(text(each))).toMatch(/Extended Key Usage: \s+TLS Web Server Authentication\n/);
      expect(String(text(each))).toMatch(
        /Issuer: O ?= ?create-secure-session-app development, CN ?= ?Development CA/,
      );
    }
    const [, caKeyId] = /Subject Key Identifier: \s+(\S+)/.exec(String(text(ca))) ?? [];
    expect(String(text(cert))).toMatch(new RegExp(`Authority Key Identifier: \\s+(keyid:)?${caKeyId}`));
  });

  it('give each authority a name of its own, so that two in one trust store are not confused', async () => {
    const [first, second] = [await create(HOSTNAMES), await create(HOSTNAMES)];
    expect(new X509Certificate(first.ca).subject).toContain('Development CA for my-app.localhost (');
    expect(new X509Certificate(first.ca).subject).not.toBe(new X509Certificate(second.ca).subject);
    const { ca } = await create(['10.1.2.3', 'localhost']);
    expect(new X509Certificate(ca).subject).toContain('Development CA for localhost (');
  });

  it('take the longest of names', async () => {
    const name = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`;
    const { ca, cert } = await create([name]);
    expect(opensslVerify(put('long-ca.pem', ca), cert, name)).toBe('OK');
    expect(/^CN=(.*)$/m.exec(new X509Certificate(ca).subject)?.[1]?.length).toBeLessThanOrEqual(64);
    await expect(create([`${name}d`])).rejects.toThrow(RangeError);
  });

  it.each([
    '*.example.test',
    'a b',
    '',
    '.',
    'a..',
    'a..b',
    '127.1',
    '1.2.3.999',
    'a/b',
    'host:443',
    'user@host',
    '[::1]',
    'fe80::1%eth0',
    '-a',
    'a-',
    'a\0b',
    'a\nb',
    '%61b',
    "a';b",
    'a$(b)',
    `${'a'.repeat(64)}.localhost`,
  ])('refuse %j as a host name', async (name) => {
    await expect(create(['localhost', name])).rejects.toThrow(
      /^".*" is neither a host name nor an IP address/s,
    );
  });

  it('take an international name as punycode and each name once', async () => {
    const { cert } = await create([
      'Bücher.localhost',
      'LOCALHOST',
      'localhost.',
      '::ffff:127.0.0.1',
      '0::1',
    ]);
    expect(new X509Certificate(cert).subjectAltName).toBe(
      'DNS:xn--bcher-kva.localhost, DNS:localhost, IP Address:0:0:0:0:0:FFFF:7F00:1, IP Address:0:0:0:0:0:0:0:1, IP Address:127.0.0.1',
    );
  });
});

describe.each(WRITERS)('the authority of $writer, to a client that trusts it', ({ create }) => {
  let made: Certificates;
  let caFile: string;
  beforeAll(async () => {
    made = await create(HOSTNAMES);
    caFile = put('good-ca.pem', made.ca);
  });

  it.each(NAMES)('is accepted by openssl verify -x509_strict for %s', (name) => {
    expect(opensslVerify(caFile, made.cert, name)).toBe('OK');
  });

  it.each(NAMES)('is accepted by Node for %s', async (name) => {
    expect(await getFrom(await listen(made.cert, made.key), made.ca, name)).toBe('hello');
  });

  it.for(NAMES)('is accepted by curl for %s', async (name, context) => {
    needsTool(context, 'curl');
    const port = await listen(made.cert, made.key);
    const host = name.includes(':') ? `[${name}]` : name;
    const target = ['--connect-to', `::127.0.0.1:${port}`, `https://${host}:${port}/`];
    const { stdout } = await run('curl', ['-sS', '--noproxy', '*', '--cacert', caFile, ...target]);
    expect(stdout).toBe('hello');
  });
});

describe.each(WRITERS)(
  'a certificate for a foreign name under the key of $writer',
  ({ authorityWithKey }) => {
    // What an attacker could do who had the key of the authority. OpenSSL signs.
    let authority: Authority;
    beforeAll(async () => {
      authority = await authorityFiles('foreign', authorityWithKey(NAMES));
    });

    it('differs from a good one by the name alone', () => {
      expect(opensslVerify(authority.caFile, signedBy(authority, 'DNS:localhost'), 'localhost')).toBe('OK');
    });

    it.each([
      ['another domain', 'DNS:bank.example', 'bank.example'],
      ['the parent domain of a permitted name', 'DNS:example', 'example'],
      ['a name that merely ends alike', 'DNS:evil-our-app.example', 'evil-our-app.example'],
      ['another address', 'IP:10.1.2.4', '10.1.2.4'],
      ['another IPv6 address', 'IP:2001:db8::1', '2001:db8::1'],
      ['another loopback address', 'IP:127.0.0.2', '127.0.0.2'],
      ['a permitted name hiding a foreign one', 'DNS:localhost,DNS:bank.example', 'bank.example'],
    ])('is rejected by OpenSSL and Node: %s', async (_what, subjectAltName, name) => {
      const cert = signedBy(authority, subjectAltName);
      expect(opensslVerify(authority.caFile, cert, name)).toMatch(/permitted subtree violation/);
      const port = await listen(cert, SERVER_KEY);
      await expect(getFrom(port, readFileSync(authority.caFile, 'utf8'), name)).rejects.toThrow(
        /permitted subtree violation/,
      );
    });

    it('is rejected when the name stands in the common name only', () => {
      const cert = signedBy(authority, 'IP:127.0.0.1', { commonName: 'bank.example' });
      expect(opensslVerify(authority.caFile, cert, undefined)).toMatch(/permitted subtree violation/);
    });

    it('is rejected when the authority permits addresses only', async () => {
      const addressesOnly = await authorityFiles('addresses', authorityWithKey(['10.1.2.3']));
      const cert = signedBy(addressesOnly, 'DNS:bank.example');
      expect(opensslVerify(addressesOnly.caFile, cert, 'bank.example')).toMatch(/excluded subtree violation/);
      expect(opensslVerify(addressesOnly.caFile, signedBy(addressesOnly, 'IP:10.1.2.3'), '10.1.2.3')).toBe(
        'OK',
      );
    });

    it('permits sub-domains of a permitted name, as RFC 5280 defines DNS constraints', () => {
      const cert = signedBy(authority, 'DNS:other.localhost');
      expect(opensslVerify(authority.caFile, cert, 'other.localhost')).toBe('OK');
    });

    it('is rejected under an authority below it, even for a permitted name', () => {
      const chain = put('below.pem', signedBy(authority, 'DNS:localhost', { commonName: 'below', ca: true }));
      const below = { caFile: chain, keyFile: serverKeyFile() };
      const cert = signedBy(below, 'DNS:localhost');
      expect(opensslVerify(authority.caFile, cert, 'localhost', '-untrusted', chain)).toMatch(
        /path length constraint exceeded/,
      );
    });

    it('is rejected under a certificate of the server, which is no authority', () => {
      const chain = put('leaf.pem', signedBy(authority, 'DNS:localhost', { commonName: 'leaf' }));
      const cert = signedBy({ caFile: chain, keyFile: serverKeyFile() }, 'DNS:localhost');
      expect(opensslVerify(authority.caFile, cert, 'localhost', '-untrusted', chain)).toMatch(
        /invalid CA certificate/,
      );
    });

    it('is rejected by Chromium, which opens the right ones', { timeout: 60_000 }, async (context) => {
      for (const tool of ['chromium', 'certutil']) needsTool(context, tool);
      const listenAs = (subjectAltName: string) => listen(signedBy(authority, subjectAltName), SERVER_KEY);
      const good = await listenAs('DNS:localhost,DNS:my-app.localhost,DNS:our-app.example,IP:127.0.0.1');
      const [foreign, foreignAddress] = [await listenAs('DNS:bank.example'), await listenAs('IP:10.1.2.4')];
      const visit = await browserTrusting(readFileSync(authority.caFile, 'utf8'));
      try {
        for (const host of ['localhost', 'my-app.localhost', 'our-app.example', '127.0.0.1'])
          expect(await visit(`https://${host}:${good}/`)).toBe('hello');
        const rejected = /ERR_CERT_(NAME_CONSTRAINT_VIOLATION|INVALID)/;
        expect(await visit(`https://bank.example:${foreign}/`)).toMatch(rejected);
        expect(await visit(`https://10.1.2.4:${foreignAddress}/`)).toMatch(rejected);
      } finally {
        await visit.close();
      }
    });
  },
);

describe('createDevelopmentCertificates of the project', () => {
  it('makes the key of the authority one that nothing can export', async () => {
    const { made, pairs } = await recordingKeys(false, () => createDevelopmentCertificates(HOSTNAMES));
    expect(pairs).toHaveLength(2);
    expect(authorityPair(made.ca, pairs).privateKey.extractable).toBe(false);
  });
});

describe('writeCertificates of the project', () => {
  const mode = (...path: string[]) => statSync(join(...path)).mode & 0o777;
  const newFolder = (name: string) => join(folder(), name);

  it('leaves three files and nothing else, the key for its owner only', async () => {
    const directory = newFolder('written');
    const made = await createDevelopmentCertificates(['localhost']);
    writeCertificates(directory, made);
    expect(readdirSync(directory).sort()).toEqual(['ca.pem', 'server-key.pem', 'server.pem']);
    expect(readFileSync(join(directory, 'ca.pem'), 'utf8')).toBe(made.ca);
    expect(readFileSync(join(directory, 'server.pem'), 'utf8')).toBe(made.cert);
    expect(readFileSync(join(directory, 'server-key.pem'), 'utf8')).toBe(made.key);
    expect([mode(directory, 'ca.pem'), mode(directory, 'server.pem')]).toEqual([0o644, 0o644]);
    expect(mode(directory, 'server-key.pem')).toBe(0o600);
  });

  it('keeps the folder and the files from other writers, also under umask 000 and where they were open', async () => {
    const directory = join(newFolder('open'), 'certs');
    const made = await createDevelopmentCertificates(['localhost']);
    const umask = process.umask(0);
    try {
      writeCertificates(directory, made);
      expect([mode(dirname(directory)), mode(directory)]).toEqual([0o755, 0o755]);
      const stale = newFolder('stale');
      mkdirSync(stale, { mode: 0o777 });
      writeFileSync(join(stale, 'server-key.pem'), 'old', { mode: 0o666 });
      writeCertificates(stale, made);
      expect([mode(stale), mode(stale, 'server-key.pem')]).toEqual([0o755, 0o600]);
    } finally {
      process.umask(umask);
    }
    expect(mode(directory, 'server-key.pem')).toBe(0o600);
    expect([mode(directory, 'ca.pem'), mode(directory, 'server.pem')]).toEqual([0o644, 0o644]);
  });

  it('leaves a folder closed that its owner has closed', async () => {
    const directory = newFolder('closed');
    mkdirSync(directory, { mode: 0o700 });
    writeCertificates(directory, await createDevelopmentCertificates(['localhost']));
    expect(mode(directory)).toBe(0o700);
  });

  it('replaces a link instead of writing through it', async () => {
    const directory = newFolder('linked');
    mkdirSync(directory);
    const elsewhere = put('elsewhere.pem', 'not to be touched');
    symlinkSync(elsewhere, join(directory, 'server-key.pem'));
    writeCertificates(directory, await createDevelopmentCertificates(['localhost']));
    expect(readFileSync(elsewhere, 'utf8')).toBe('not to be touched');
  });

  it('never overwrites a certificate that somebody else issued', async () => {
    const directory = newFolder('foreign');
    mkdirSync(directory);
    writeFileSync(join(directory, 'server.pem'), boughtCertificate());
    writeFileSync(join(directory, 'server-key.pem'), 'bought key');
    const made = await createDevelopmentCertificates(['localhost']);
    expect(() => writeCertificates(directory, made)).toThrow(CertificateProblem);
    expect(readFileSync(join(directory, 'server-key.pem'), 'utf8')).toBe('bought key');
    expect(readdirSync(directory).sort()).toEqual(['server-key.pem', 'server.pem']);
  });
});

describe('npm run certs', () => {
  const project = join(folder(), 'project');
  const certs = join(project, 'certs');
  const script = join(folder(), 'dist', 'certs.mjs');
  const node = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: project, encoding: 'utf8' });
    return { status, stdout, stderr };
  };
  const renew = (...args: string[]) => node(script, ...args);
  const serverNames = () => new X509Certificate(readFileSync(join(certs, 'server.pem'))).subjectAltName;

  beforeAll(async () => {
    // Node 20 runs no TypeScript.
    const bundle = await rolldown({ input: SCRIPT, platform: 'node' });
    await bundle.write({ file: script });
    mkdirSync(project);
  });

  it('says what to type where there is no certificate to take the names from', () => {
    const { status, stdout, stderr } = renew();
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('npm run certs localhost my-app.localhost');
    expect(existsSync(certs)).toBe(false);
  });

  it('does nothing when it is imported', () => {
    const importing = [
      '--input-type=module',
      '-e',
      `await import(${JSON.stringify(script)})`,
      'demo.localhost',
    ];
    expect(node(...importing)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(existsSync(certs)).toBe(false);
  });

  it.each([
    ['npm hands them on', ['localhost', 'demo.localhost']],
    ['pnpm hands them on, behind --', ['--', 'localhost', 'demo.localhost']],
  ])('takes the names as %s', (_how, args) => {
    expect(renew(...args)).toMatchObject({ status: 0, stderr: '' });
    expect(serverNames()).toMatch(/^DNS:localhost, DNS:demo.localhost, IP Address:127.0.0.1, /);
  });

  it('renews for the names of the certificate that is there, under a new authority, and says how to trust it', () => {
    const [names, oldCa] = [serverNames(), readFileSync(join(certs, 'ca.pem'), 'utf8')];
    const { status, stdout } = renew();
    expect(status).toBe(0);
    expect(stdout).toContain(
      'certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n demo.localhost -i certs/ca.pem\n',
    );
    expect(stdout).toMatch(
      /update-ca-certificates[\s\S]*security add-trusted-cert[\s\S]*Root certs\\ca\.pem\n/,
    );
    expect(serverNames()).toBe(names);
    expect(readFileSync(join(certs, 'ca.pem'), 'utf8')).not.toBe(oldCa);
    const cert = readFileSync(join(certs, 'server.pem'), 'utf8');
    expect(opensslVerify(join(certs, 'ca.pem'), cert, 'demo.localhost')).toBe('OK');
    const key = createPrivateKey(readFileSync(join(certs, 'server-key.pem')));
    expect(new X509Certificate(cert).checkPrivateKey(key)).toBe(true);
  });

  it('makes the key private again where everybody could read it', () => {
    const key = join(certs, 'server-key.pem');
    execFileSync('chmod', ['644', key]);
    expect(renew().status).toBe(0);
    expect(statSync(key).mode & 0o777).toBe(0o600);
  });

  it('works where the project lies behind a link', () => {
    symlinkSync(dirname(script), join(folder(), 'link'));
    expect(node(join(folder(), 'link', 'certs.mjs'), 'linked.localhost').status).toBe(0);
    expect(serverNames()).toContain('DNS:linked.localhost');
  });

  it.each([
    ['a flag', ['--hostname', 'a'], '"--hostname" is neither a host name nor an IP address\n'],
    ['a name that is none', ['localhost', 'a b'], '"a b" is neither a host name nor an IP address\n'],
  ])('answers %s with one line and leaves the files alone', (_what, args, line) => {
    const before = readFileSync(join(certs, 'server.pem'));
    expect(renew(...args)).toEqual({ status: 1, stdout: '', stderr: line });
    expect(readFileSync(join(certs, 'server.pem'))).toEqual(before);
  });

  it('says what to do about a certificate that cannot be read, and leaves it', () => {
    writeFileSync(join(certs, 'server.pem'), 'not a certificate');
    expect(renew('localhost').stderr).toMatch(/cannot be read as a certificate\. Move it/);
    expect(readFileSync(join(certs, 'server.pem'), 'utf8')).toBe('not a certificate');
  });

  it('refuses to replace a certificate that somebody else issued, with or without names', () => {
    const bought = boughtCertificate();
    writeFileSync(join(certs, 'server.pem'), bought);
    for (const names of [[], ['localhost']]) {
      const { status, stdout, stderr } = renew(...names);
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toMatch(/^certs\/server\.pem was issued by "O=Public CA, CN=R1"\. Move it .*\n$/);
    }
    expect(readFileSync(join(certs, 'server.pem'), 'utf8')).toBe(bought);
  });
});

// --- support ---

interface Authority {
  caFile: string;
  keyFile: string;
}

const server = keyPair();
const SERVER_KEY = server.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;

const serverKeyFile = (): string => put('foreign-key.pem', SERVER_KEY);

async function authorityFiles(
  name: string,
  made: ReturnType<Writer['authorityWithKey']>,
): Promise<Authority> {
  const { ca, caKey } = await made;
  const key = caKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  return { caFile: put(`${name}-ca.pem`, ca), keyFile: put(`${name}-ca-key.pem`, key) };
}

function signedBy(
  { caFile, keyFile }: Authority,
  subjectAltName: string,
  { commonName = 'Development server', ca = false } = {},
): string {
  const extensions = put(
    'extensions.cnf',
    `basicConstraints=critical,CA:${ca ? 'TRUE' : 'FALSE'}
keyUsage=critical,${ca ? 'keyCertSign' : 'digitalSignature'}
extendedKeyUsage=serverAuth
subjectAltName=${subjectAltName}
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
`,
  );
  const subject = ['-subj', `/O=Mallory/CN=${commonName}`];
  const request = execFileSync('openssl', ['req', '-new', '-key', serverKeyFile(), ...subject]);
  const issuer = ['-CA', caFile, '-CAkey', keyFile, '-set_serial', '0x40aa', '-days', '30'];
  const sign = ['x509', '-req', '-sha256', ...issuer, '-extfile', extensions];
  return execFileSync('openssl', sign, { input: request, stdio: 'pipe', encoding: 'utf8' });
}

/** The kind that was waited or paid for. */
function boughtCertificate(): string {
  const args = ['req', '-x509', '-key', serverKeyFile(), '-days', '30', '-subj', '/O=Public CA/CN=R1'];
  return execFileSync('openssl', args, { encoding: 'utf8' });
}

type KeyPair = Record<'publicKey' | 'privateKey', Parameters<typeof KeyObject.from>[0]>;

/** Lets `work` make its keys, keeps them, and makes them exportable if `extractable`. */
async function recordingKeys<T>(extractable: boolean, work: () => Promise<T>) {
  const generateKey = crypto.subtle.generateKey.bind(crypto.subtle) as (
    ...args: unknown[]
  ) => Promise<KeyPair>;
  const pairs: KeyPair[] = [];
  const recording = async (algorithm: unknown, wanted: boolean, usages: unknown) => {
    const pair = await generateKey(algorithm, extractable || wanted, usages);
    pairs.push(pair);
    return pair;
  };
  const spy = vi.spyOn(crypto.subtle, 'generateKey').mockImplementation(recording as never);
  try {
    return { made: await work(), pairs };
  } finally {
    spy.mockRestore();
  }
}

function authorityPair(ca: string, pairs: KeyPair[]): KeyPair {
  const { publicKey } = new X509Certificate(ca);
  const pair = pairs.find((candidate) => KeyObject.from(candidate.publicKey).equals(publicKey));
  if (!pair) throw new Error('No recorded key belongs to the authority.');
  return pair;
}

const der = (certificate: string): string => new X509Certificate(certificate).raw.toString('hex');

const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');

/** What a configuration, above all one for production, is refused for. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const tests = ['config.test.ts'];

const config = mutantsOf({ file: 'src/config.ts', tests }, [
  {
    id: 'development-secret-in-production',
    requirement: '13.3.1',
    what: 'Production runs with a secret that was made for development.',
    find: "if (production && secret.startsWith('dev-')) throw",
    replace: "if (production && secret === 'dev-') throw",
  },
  {
    id: 'development-secret-behind-another',
    requirement: '13.3.1',
    what: 'Only the first secret is looked at.',
    find: 'listed(list).map((secret) => parseSecret(secret, production))',
    replace: 'listed(list).map((secret, index) => parseSecret(secret, production && index === 0))',
  },
  {
    id: 'default-secret',
    requirement: '13.3.1',
    what: 'Without a secret the app signs with one that everybody knows.',
    find: "SESSION_SECRETS: text('', ",
    replace: "SESSION_SECRETS: text('a secret that everybody can read in the source', ",
  },
  {
    id: 'short-secret',
    requirement: 'config.refusal',
    what: 'A secret may be short enough to be guessed.',
    find: 'MIN_SECRET_BYTES = 32',
    replace: 'MIN_SECRET_BYTES = 4',
  },
  {
    id: 'short-old-secret',
    requirement: 'config.refusal',
    what: 'Only one of the secrets must be long enough.',
    find: 'listed(list).map((secret) => parseSecret(secret, production))',
    replace:
      'listed(list).map((secret, index) => (index > 0 && secret.length < MIN_SECRET_BYTES ? secret : parseSecret(secret, production)))',
  },
  {
    id: 'empty-secrets',
    requirement: 'config.refusal',
    what: 'A list of secrets without any is accepted.',
    find: 'listed(list).map((secret) =>',
    replace: "list.split(',').filter(Boolean).map((secret) =>",
  },
  {
    id: 'database-optional-in-production',
    requirement: 'config.refusal',
    what: 'Production starts without a database.',
    find: "if (!url) throw new Error('is not set');",
    replace: "if (!url) return '';",
  },
  {
    id: 'unverified-database-in-production',
    requirement: '12.3.1',
    what: 'Production starts on a database without verified TLS.',
    find: "if (production && problem && env.ALLOW_UNVERIFIED_DATABASE !== 'true') {",
    replace: "if (production && problem && env.ALLOW_UNVERIFIED_DATABASE === 'false') {",
  },
  {
    id: 'unverified-database-by-any-value',
    requirement: '12.3.1',
    what: 'Whatever value allows a database without verified TLS, "false" too.',
    find: "env.ALLOW_UNVERIFIED_DATABASE !== 'true'",
    replace: '!env.ALLOW_UNVERIFIED_DATABASE',
  },
  {
    id: 'production-misspelt',
    requirement: 'config.refusal',
    what: 'A misspelt NODE_ENV runs production with the settings of development.',
    find: "if (!['development', 'test', 'production'].includes(NODE_ENV)) {",
    replace: "if (NODE_ENV === ' ') {",
  },
  {
    id: 'listens-on-all-networks',
    requirement: 'server.loopback',
    what: 'Unless it is told otherwise the app is open to every network.',
    find: "HOST: text('127.0.0.1', ",
    replace: "HOST: text('0.0.0.0', ",
  },
  {
    id: 'plain-http-origin',
    requirement: 'config.refusal',
    what: 'A page that came over plain HTTP counts as one of our own.',
    find: " && origin.startsWith('https:')",
    replace: '',
  },
  {
    id: 'inexact-origin',
    requirement: 'config.refusal',
    what: 'An origin that no browser sends is accepted, and never matches.',
    find: ' && new URL(origin).origin === origin',
    replace: '',
  },
  {
    id: 'no-origin-needed',
    requirement: 'config.refusal',
    what: 'The app starts without knowing its own origin.',
    find: 'listed(list).map(parseOrigin)',
    replace: "list.split(',').filter((item) => item.trim()).map(parseOrigin)",
  },
  {
    id: 'first-problem-only',
    requirement: 'config.refusal',
    what: 'Of several problems only the last one is told.',
    find: 'result.error.issues.map(',
    replace: 'result.error.issues.slice(-1).map(',
  },
  {
    id: 'problems-ignored',
    requirement: 'config.refusal',
    what: 'The app starts whatever is wrong.',
    find: 'if (result.success) return result.data;',
    replace: 'if (result.success) return result.data;\n  if (env) return { ...env } as unknown as T;',
    tests: ['config.test.ts', 'server.test.ts'],
  },
  {
    id: 'no-certificate-needed',
    requirement: 'config.refusal',
    what: 'Without a certificate the app listens in clear.',
    find: 'if (!file && !env.TLS_KEY_FILE && env.TRUST_PROXY) return null;',
    replace: 'if (!file && !env.TLS_KEY_FILE) return null;',
  },
  {
    id: 'public-development-allowed',
    requirement: 'server.loopback',
    what: 'A development server, with its development secrets, is open to others without a word.',
    find: 'if (production || isLoopback(host) || ',
    replace: 'if (production || isLoopback(host) || host || ',
  },
  {
    id: 'public-development-by-any-value',
    requirement: 'server.loopback',
    what: 'Whatever value opens a development server to others, "false" too.',
    find: "env.ALLOW_PUBLIC_DEVELOPMENT === 'true'",
    replace: 'env.ALLOW_PUBLIC_DEVELOPMENT',
  },
  {
    id: 'public-development-impossible',
    requirement: 'server.loopback',
    what: 'ALLOW_PUBLIC_DEVELOPMENT is ignored, so that people run development as production.',
    find: " || env.ALLOW_PUBLIC_DEVELOPMENT === 'true'",
    replace: '',
  },
  {
    id: 'any-address-is-loopback',
    requirement: 'server.loopback',
    what: 'Every address that can be read counts as one of this machine alone.',
    find: " && ipaddr.process(host).range() === 'loopback'",
    replace: " && ipaddr.process(host).range() !== 'unspecified'",
  },
  {
    id: 'certificates-not-verified-at-all',
    requirement: '12.3.1',
    what: 'NODE_TLS_REJECT_UNAUTHORIZED=0, left over from an experiment, makes production take any server for its database.',
    find: "if (production && value === '0') throw new Error('turns off the verification of certificates');",
    replace: 'void value;',
  },
  {
    id: 'development-database-in-production',
    requirement: 'config.refusal',
    what: 'Production without an address takes the database of development.',
    find: "given || (production ? '' : readDevelopmentUrl())",
    replace: 'given || readDevelopmentUrl()',
  },
]);

const certificates = mutantsOf({ file: 'src/protection/https.ts', tests }, [
  {
    id: 'development-certificate-in-production',
    requirement: '12.2.2',
    what: 'Production runs with a certificate that nobody trusts, so people learn to click warnings away.',
    find: 'if (production && certificate.issuer.includes(DEVELOPMENT_ORGANIZATION)) {',
    replace: 'if (production && certificate.issuer.includes("no such organization")) {',
  },
  {
    id: 'development-certificate-by-subject',
    requirement: '12.2.2',
    what: 'Only a development certificate that issued itself is known as one.',
    find: 'certificate.issuer.includes(DEVELOPMENT_ORGANIZATION)',
    replace:
      '(certificate.issuer === certificate.subject && certificate.issuer.includes(DEVELOPMENT_ORGANIZATION))',
  },
  {
    id: 'expired-certificate',
    requirement: '12.2.2',
    what: 'The app starts with a certificate that has expired.',
    find: 'if (new Date(certificate.validTo) < new Date())',
    replace: 'if (new Date(certificate.validTo) < new Date(0))',
  },
  {
    id: 'key-of-another-certificate',
    requirement: '12.2.2',
    what: 'A certificate and a key that do not belong together are noticed by the first visitor.',
    find: "if (!certificate.checkPrivateKey(createPrivateKey(key))) throw new Error('and TLS_KEY_FILE are not a pair');",
    replace: 'createPrivateKey(key);',
  },
]);

export const CONFIGURATION: Mutant[] = [...config, ...certificates];

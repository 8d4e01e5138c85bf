/** What a configuration, above all one for production, is refused for. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const tests = ['config.test.ts'];

const config = mutantsOf({ file: 'src/config.ts', tests }, [
  {
    id: 'development-secret-in-production',
    requirement: '13.3.1',
    what: 'Production runs with a secret that was made for development.',
    find: "if (production && secrets.some((secret) => secret.startsWith('dev-')))",
    replace: 'if (production && secrets.length === 0)',
  },
  {
    id: 'development-secret-behind-another',
    requirement: '13.3.1',
    what: 'Only the first secret is looked at.',
    find: "production && secrets.some((secret) => secret.startsWith('dev-'))",
    replace: "production && secrets[0]?.startsWith('dev-')",
  },
  {
    id: 'default-secret',
    requirement: '13.3.1',
    what: 'Without a secret the app signs with one that everybody knows.',
    find: "function parseSecrets(text = '', production",
    replace: "function parseSecrets(text = 'a secret that everybody can read in the source', production",
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
    find: 'secrets.some((secret) => Buffer.byteLength(secret) < MIN_SECRET_BYTES)',
    replace: 'secrets.every((secret) => Buffer.byteLength(secret) < MIN_SECRET_BYTES)',
  },
  {
    id: 'empty-secrets',
    requirement: 'config.refusal',
    what: 'A list of secrets without any is accepted.',
    find: "if (secrets.length === 0) throw new Error('is not set');",
    replace: '',
  },
  {
    id: 'engine-optional-in-production',
    requirement: 'config.refusal',
    what: 'Production starts without an engine.',
    find: "if (!url) throw new Error('is not set');",
    replace: "if (!url) return '';",
  },
  {
    id: 'unverified-engine-in-production',
    requirement: '12.3.1',
    what: 'Production starts on an engine without verified TLS.',
    find: "if (problem && environment.ALLOW_UNVERIFIED_DATABASE !== 'true') {",
    replace: "if (problem && environment.ALLOW_UNVERIFIED_DATABASE === 'false') {",
  },
  {
    id: 'unverified-engine-by-any-value',
    requirement: '12.3.1',
    what: 'Whatever value allows an engine without verified TLS, "false" too.',
    find: "environment.ALLOW_UNVERIFIED_DATABASE !== 'true'",
    replace: '!environment.ALLOW_UNVERIFIED_DATABASE',
  },
  {
    id: 'production-misspelt',
    requirement: 'config.refusal',
    what: 'A misspelt NODE_ENV runs production with the settings of development.',
    find: "if (!['', 'development', 'test', 'production'].includes(NODE_ENV)) {",
    replace: "if (NODE_ENV === ' ') {",
  },
  {
    id: 'listens-on-all-networks',
    requirement: 'server.loopback',
    what: 'Unless it is told otherwise the app is open to every network.',
    find: "env.HOST || '127.0.0.1'",
    replace: "env.HOST || '0.0.0.0'",
  },
  {
    id: 'plain-listener-by-default',
    requirement: 'server.loopback',
    what: 'A listener for plain HTTP runs without being asked for.',
    find: 'env.HTTP_PORT ? parsePort(env.HTTP_PORT) : null',
    replace: "parsePort(env.HTTP_PORT || '3080')",
  },
  {
    id: 'plain-http-origin',
    requirement: 'config.refusal',
    what: 'A page that came over plain HTTP counts as one of our own.',
    find: "|| !origin.startsWith('https:')",
    replace: '',
  },
  {
    id: 'inexact-origin',
    requirement: 'config.refusal',
    what: 'An origin that no browser sends is accepted, and never matches.',
    find: 'new URL(origin).origin !== origin || ',
    replace: '',
  },
  {
    id: 'no-origin-needed',
    requirement: 'config.refusal',
    what: 'The app starts without knowing its own origin.',
    find: "if (origins.length === 0) throw new Error('is not set');",
    replace: '',
  },
  {
    id: 'first-problem-only',
    requirement: 'config.refusal',
    what: 'Of several problems only the last one is told.',
    find: "problems.join('\\n')",
    replace: "problems.at(-1) ?? ''",
  },
  {
    id: 'problems-ignored',
    requirement: 'config.refusal',
    what: 'The app starts whatever is wrong.',
    find: "if (problems.length > 0) throw new ConfigError(problems.join('\\n'));",
    replace: '',
    tests: ['config.test.ts', 'server.test.ts'],
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
  {
    id: 'no-certificate-needed',
    requirement: 'config.refusal',
    what: 'Without a certificate the app listens in clear.',
    find: 'if (!TLS_CERT_FILE && !TLS_KEY_FILE && TRUST_PROXY) return null;',
    replace: 'if (!TLS_CERT_FILE && !TLS_KEY_FILE) return null;\n  void TRUST_PROXY;',
  },
]);

export const CONFIGURATION: Mutant[] = [...config, ...certificates];

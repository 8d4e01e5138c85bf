import { describe, expect, it } from 'vitest';
import { answersOf } from '../support/answers.ts';

describe('answers that do not go together', () => {
  it.each([
    ['--idle-timeout 59s', '--idle-timeout 59s is less than a minute. Use 1m or more.'],
    ['--absolute-timeout 20m', '--absolute-timeout 20m is shorter than --idle-timeout 30m'],
    ['--idle-timeout 9h', '--absolute-timeout 8h is shorter than --idle-timeout 9h'],
    ['--reauth-window 9h', '--reauth-window 9h is longer than --absolute-timeout 8h'],
    ['--tls files', '--tls files needs a certificate. Add --tls-cert FILE.'],
    ['--tls files --tls-key package.json', '--tls files needs a certificate. Add --tls-cert FILE.'],
    [
      '--tls self-signed --tls-key package.json',
      '--tls-key has no effect with --tls self-signed. Use --tls files.',
    ],
    ['--tls proxy', '--tls proxy needs to know which proxies to trust'],
    [
      '--tls self-signed --trust-proxy 1',
      '--trust-proxy has no effect with --tls self-signed. Use --tls proxy.',
    ],
    [
      '--trust-proxy 1 --trust-proxy 10.0.0.0/8',
      '--trust-proxy takes either one number of hops or addresses',
    ],
    ['--trust-proxy 1 --trust-proxy 2', '--trust-proxy takes either one number of hops or addresses'],
    ['--http-port 3443', '--http-port and --port are both 3443'],
  ])('%s', async (line, message) => {
    const argv = line.replace('package.json', `${process.cwd()}/package.json`).split(' ');
    const error = await answersOf(...argv).catch((reason) => reason);
    expect(`${error.message}. ${error.details.fix}`).toContain(message);
    expect(error.exitCode).toBe(2);
  });

  it.each([
    '--idle-timeout 1m',
    '--idle-timeout 8h',
    '--reauth-window 8h',
    '--trust-proxy 10.0.0.0/8,::1',
    '--http-port 3080',
  ])('%s is fine', async (line) => {
    await expect(answersOf(...line.split(' '))).resolves.toBeTruthy();
  });
});

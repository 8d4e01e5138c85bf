import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { runInProcess } from '../support/in-process.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { serve } from './support/form-app.ts';

/** What an audit uses up and leaves behind. */

/** Registers people and refuses every login, as an app does after too many guesses. */
function throttledApp() {
  const accounts = new Set<string>();
  const addresses = new Set<string>();
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    addresses.add(request.socket.remoteAddress ?? '');
    let text = '';
    for await (const chunk of request) text += chunk;
    const name = /sid=(.+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    response.setHeader('Content-Type', 'application/json');
    switch (`${request.method} ${request.url}`) {
      case 'POST /api/auth/register': {
        const { email } = JSON.parse(text);
        accounts.add(email);
        return response.writeHead(201, { 'Set-Cookie': `sid=${email}` }).end('{}');
      }
      case 'POST /api/auth/login':
        return response.writeHead(429, { 'Retry-After': '300' }).end('{}');
      case 'DELETE /api/account':
        return response.writeHead(accounts.delete(name) ? 204 : 401).end();
    }
    response.end(JSON.stringify({ authenticated: accounts.has(name) }));
  };
  return { accounts, addresses, answer };
}

async function auditOf(answer: Parameters<typeof serve>[0]) {
  return runInProcess(['audit', await serve(answer)], temporaryDirectory());
}

describe('audit', () => {
  it('removes the accounts it made from an app that refuses logins, and says when to try again', async () => {
    const { accounts, answer } = throttledApp();
    const { code, stderr } = await auditOf(answer);
    expect(stderr).toContain('the app refuses logins after too many attempts (429). Try again in 5 minutes.');
    expect(stderr).not.toContain('the account');
    expect({ code, accounts: [...accounts] }).toEqual({ code: 3, accounts: [] });
  });

  it('says which accounts may be left where removing them gets no answer', async () => {
    const { answer } = throttledApp();
    const { code, stderr } = await auditOf((request, response) =>
      request.method === 'DELETE' ? request.socket.destroy() : answer(request, response),
    );
    expect(
      stderr.match(/the account audit-\w+@example.com may be left: DELETE \/api\/account: /g),
    ).toHaveLength(2);
    expect(code).toBe(3);
  });

  it.skipIf(process.platform === 'darwin')(
    'comes from an address of its own each time, so that it neither locks out the developer nor itself',
    async () => {
      const { addresses, answer } = throttledApp();
      for (let times = 0; times < 2; times += 1) await auditOf(answer);
      expect([...addresses]).toEqual([expect.stringMatching(/^127\./), expect.stringMatching(/^127\./)]);
      expect([...addresses]).not.toContain('127.0.0.1');
    },
  );
});

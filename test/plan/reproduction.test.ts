import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { reproductionCommand } from '../../src/plan/reproduction.ts';
import { answersOf } from '../support/answers.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

describe('reproductionCommand', () => {
  it.each([
    ['my-app', 'my-app -- --yes'],
    ['my-app --store pg --no-install', 'my-app -- --no-install --yes'],
    ['/elsewhere/@scope/my-app --store mongo', '@scope/my-app -- --store mongo --yes'],
    ['my-app --policy strict --idle-timeout 15m', 'my-app -- --policy strict --yes'],
    ['my-app --policy strict --idle-timeout 10m', 'my-app -- --policy strict --idle-timeout 10m --yes'],
    ['my-app --policy relaxed', 'my-app -- --policy relaxed --yes'],
    ['my-app --trust-proxy 10.0.0.0/8,::1', 'my-app -- --trust-proxy 10.0.0.0/8 --trust-proxy ::1 --yes'],
    ['my-app --cookie-name __Host-$id', "my-app -- --cookie-name '__Host-$id' --yes"],
    ['my-app --http-port 3080 --same-site strict', 'my-app -- --same-site strict --http-port 3080 --yes'],
    ['/elsewhere/update', './update -- --yes'],
    ['./create', './create -- --yes'],
  ])('of "%s" is pinned and names what differs from the defaults', async (line, words) => {
    const answers = await answersOf(...line.split(' '));
    expect(reproductionCommand(answers)).toBe(`npm create secure-session-app@${version} ${words}`);
  });

  it.each([
    ['npm', 'npm create', 'my-app -- --no-pages --yes'],
    ['pnpm', 'pnpm create', 'my-app --no-pages --yes'],
    ['bun', 'bun create', 'my-app --no-pages --yes'],
    // Of yarn 1 "yarn create" with a version starts a program that is not there.
    ['yarn', 'npm create', 'my-app -- --no-pages --package-manager yarn --yes'],
  ])('is for %s: %s', async (manager, create, words) => {
    const answers = await answersOf('my-app', '--no-pages', '--package-manager', manager);
    expect(reproductionCommand(answers)).toBe(`${create} secure-session-app@${version} ${words}`);
  });

  it('leads to the same answers', async () => {
    const line =
      'my-app --store redis --policy relaxed --cookie-lifetime session --trust-proxy 2 --no-git --port 9000';
    const answers = await answersOf(...line.split(' '));
    const [, words = ''] = reproductionCommand(answers).split(`@${version} `);
    const again = await answersOf(...words.split(' ').filter((word) => word !== '--'));
    expect(again).toEqual(answers);
  });
});

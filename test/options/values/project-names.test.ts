import { describe, expect, it } from 'vitest';
import { checkProjectName, projectName, slug } from '../../../src/options/values/project-names.ts';

describe('projectName', () => {
  it.each([
    ['/projects/my-app', 'my-app'],
    ['/projects/@scope/my-app', '@scope/my-app'],
    ['/projects/with space/my-app', 'my-app'],
    ['/projects/@/my-app', 'my-app'],
  ])('of %s is %s', (directory, name) => {
    expect(projectName(directory)).toBe(name);
    expect(checkProjectName(directory)).toBe(name);
  });
});

describe('checkProjectName', () => {
  it.each([
    ['/projects/My App!', 'try my-app'],
    ['/projects/Shop', 'try shop'],
    ['/projects/.hidden', 'try hidden'],
    ['/projects/node_modules', 'node_modules'],
    ['/projects/http', 'core module'],
    ['/projects/größe', 'try gro-e'],
    [`/projects/${'a'.repeat(215)}`, 'try '],
    ['/', 'not a valid npm package name'],
  ])('refuses %s', (directory, message) => {
    expect(() => checkProjectName(directory)).toThrow(message);
  });
});

describe('checkProjectName, so that a project can be cloned on Windows', () => {
  it.each(['con', 'nul', 'aux', 'prn', 'com1', 'lpt9', 'nul.txt', 'con.tar.gz', 'my-app.', 'my-app..'])(
    'refuses %s',
    (name) => {
      expect(() => checkProjectName(`/projects/${name}`)).toThrow(/Windows/);
      expect(() => checkProjectName(`/projects/@scope/${name}`)).toThrow(/Windows/);
    },
  );

  it.each(['consoles', 'com', 'com10', 'lpt', 'null', 'my.app', 'a-con'])('takes %s', (name) => {
    expect(checkProjectName(`/projects/${name}`)).toBe(name);
  });
});

describe('slug', () => {
  it.each([
    ['my-app', 'my-app'],
    ['@scope/my-app', 'my-app'],
    ['my.app_2', 'my-app-2'],
    ['--', 'app'],
    ['a'.repeat(80), 'a'.repeat(63)],
    [`${'a'.repeat(62)}-b`, 'a'.repeat(62)],
  ])('of %s is %s', (name, label) => {
    expect(slug(name)).toBe(label);
  });
});

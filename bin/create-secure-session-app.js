#!/usr/bin/env node
// Old syntax on purpose: a Node too old for the generator must still be able to read this file and say so.
var version = process.versions.node.split('.');
var major = Number(version[0]);
var minor = Number(version[1]);
// The same range as "engines" in package.json; a test keeps them equal.
var isSupported = (major === 20 && minor >= 19) || (major === 22 && minor >= 13) || major >= 24;

if (isSupported) {
  require('../dist/cli.cjs').start();
} else {
  console.error(
    'create-secure-session-app needs Node 20.19 or newer 20, 22.13 or newer 22, or 24 and later; this is Node ' +
      process.versions.node +
      '. Install a current one from https://nodejs.org',
  );
  process.exitCode = 2;
}

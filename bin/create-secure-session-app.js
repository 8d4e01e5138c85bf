#!/usr/bin/env node
// Old syntax on purpose: a Node too old for the generator must still be able to read this file and say so.
var version = process.versions.node.split('.');
var major = Number(version[0]);
var minor = Number(version[1]);
// The same range as "engines" in package.json; a test keeps them equal.
var isSupported = (major === 20 && minor >= 19) || (major === 22 && minor >= 13) || major >= 24;
var needs = 'create-secure-session-app needs Node 20.19 or newer 20, 22.13 or newer 22, or 24 and later';

if (isSupported) {
  require('../dist/cli.cjs').start();
} else {
  // In one line, as the formatter would put a comma after the last of several, which Node 7 and older cannot read.
  console.error(needs + '; this is Node ' + process.versions.node + '. Install one from https://nodejs.org');
  process.exitCode = 2;
}

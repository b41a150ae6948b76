import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { matchesPattern } from '../../../../src/supervisor/files/glob.ts';
import { whyNotExecutable } from '../../../../src/supervisor/process/executable.ts';
import { WorkloadPaths } from '../../../../src/supervisor/workload/paths.ts';
import { placeThatNamesApp } from '../../../../src/supervisor/workload/start-script.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'paths-'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('paths of a workload', () => {
  const paths = (dir = '/d/units/u/containers/c') =>
    new WorkloadPaths({ dir, socket: '/r/c/pebble.socket', workload: { kind: 'directory', app: '/store/app' } });

  test.each([
    ['/app', '/store/app'],
    ['/app/', '/store/app'],
    ['/app/scripts/start', '/store/app/scripts/start'],
    ['/app/../app/x', '/store/app/x'],
    ['/application', '/d/units/u/containers/c/root/application'],
    ['/app/../../etc/x', '/d/units/u/containers/c/root/etc/x'],
    ['/charm/bin/pebble', '/d/units/u/containers/c/bin/pebble'],
    ['/charm/container/pebble.socket', '/r/c/pebble.socket'],
    ['/etc/x', '/d/units/u/containers/c/root/etc/x'],
    ['/d/units/u/data/x', '/d/units/u/data/x'],
    ['/d/units/u/../v/x', '/d/units/u/containers/c/root/d/units/v/x'],
  ])('%s is written to %s', (path, real) => {
    expect(paths().toWrite(path)).toBe(real);
  });

  test('what was pushed is read before what the machine has', () => {
    const own = paths(join(root, 'u', 'containers', 'c'));
    expect(own.toRead('/etc/passwd')).toBe('/etc/passwd');
    mkdirSync(join(own.overlay, 'etc'), { recursive: true });
    writeFileSync(join(own.overlay, 'etc/passwd'), '');
    expect(own.toRead('/etc/passwd')).toBe(join(own.overlay, 'etc/passwd'));
    expect([own.isPushed('/etc/passwd'), own.isPushed('/etc/group'), own.isPushed('/')]).toEqual([true, false, false]);
  });
});

describe('a start script', () => {
  test.each([
    ['#!/bin/sh\necho\npython3 /app/worker.py\n', 'scripts/start.sh:3'],
    ['#!/bin/sh\ncd /app\n', 'scripts/start.sh:2'],
    ['#!/bin/sh\nX="/app/x"\n', 'scripts/start.sh:2'],
    ['#!/bin/sh\n# see /app/x\n', null],
    ['#!/bin/sh\ncd "$HERE/app/x"; ls ./app/y /srv/app/z /application\n', null],
    ['python3 /app/x', null],
  ])('%j names /app at %s', (text, place) => {
    mkdirSync(join(root, 'scripts'));
    writeFileSync(join(root, 'scripts/start.sh'), text);
    expect(placeThatNamesApp(join(root, 'scripts/start.sh'), root)).toBe(place);
  });

  test('is looked at with what lies beside it, but not with the rest of the workload', () => {
    mkdirSync(join(root, 'scripts'));
    writeFileSync(join(root, 'scripts/start.sh'), '#!/bin/sh\n. ./env.sh\n');
    writeFileSync(join(root, 'other.sh'), '#!/bin/sh\nls /app/\n');
    expect(placeThatNamesApp(join(root, 'scripts/start.sh'), root)).toBeNull();
    writeFileSync(join(root, 'scripts/env.sh'), 'export A=/app/x\n');
    expect(placeThatNamesApp(join(root, 'scripts/start.sh'), root)).toBe('scripts/env.sh:1');
  });
});

describe('whether a command can be started', () => {
  const file = (name: string, text: string, mode = 0o755) => {
    writeFileSync(join(root, name), text);
    chmodSync(join(root, name), mode);
  };
  test.each([
    ['./none', 'fork/exec ./none: no such file or directory'],
    ['./plain', 'fork/exec ./plain: permission denied'],
    ['./dir', 'fork/exec ./dir: permission denied'],
    ['./no-interpreter', 'fork/exec ./no-interpreter: no such file or directory'],
    ['./text', 'fork/exec ./text: exec format error'],
    ['./good', null],
    ['/bin/sh', null],
    ['sh', null],
    ['no-such-program', 'exec: "no-such-program": executable file not found in $PATH'],
  ])('%s: %s', (command, why) => {
    file('plain', 'x', 0o644);
    mkdirSync(join(root, 'dir'));
    file('no-interpreter', '#!/no/such/python\n');
    file('text', 'echo\n');
    file('good', '#!/bin/sh\n');
    expect(whyNotExecutable({ command, cwd: root, path: '/usr/bin:/bin', real: (path) => path })).toBe(why);
  });
});

test.each([
  ['a.txt', '*.txt', true],
  ['a.txt', '*.md', false],
  ['abc', 'a?c', true],
  ['b', '[a-c]', true],
  ['d', '[^a-c]', true],
  ['a*b', 'a\\*b', true],
  ['axb', 'a\\*b', false],
  ['.x', '*', true],
])('%s matches %s: %s', (name, pattern, matches) => {
  expect(matchesPattern(name, pattern)).toBe(matches);
  expect(() => matchesPattern('x', '[a')).toThrow('syntax error in pattern');
});

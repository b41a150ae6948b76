import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lintCharm } from '../../../../src/controller/charm/lint-charm.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'charmlet-lint-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const good = {
  'metadata.yaml':
    'name: w\ncontainers: {box: {resource: image}}\nresources: {image: {type: oci-image}}\nprovides: {db: {interface: sql}}\n',
  'manifest.yaml': 'bases: [{name: ubuntu, channel: "24.04"}]\n',
  dispatch: '#!/bin/sh\n',
};

function write(files: Readonly<Record<string, string | undefined>>, mode = 0o755): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    if (text !== undefined) writeFileSync(join(directory, name), text, { mode });
  }
}

test('finds nothing in a charm that is as it should be', async () => {
  write({ ...good, 'hooks/db-relation-joined': '#!/bin/sh\n', 'hooks/box-pebble-ready': '#!/bin/sh\n' });
  expect(await lintCharm(directory)).toEqual([]);
});

test.each([
  {
    name: 'a dispatch that cannot be executed',
    files: { ...good, dispatch: undefined },
    text: 'error: dispatch: there is none, so no event would run anything',
  },
  {
    name: 'a missing manifest',
    files: { ...good, 'manifest.yaml': undefined },
    text: 'warning: manifest.yaml: there is none, and Juju takes the base from it',
  },
  {
    name: 'a hook that is no event',
    files: { ...good, 'hooks/bd-relation-joined': '' },
    text: 'warning: hooks/bd-relation-joined: there is no such event',
  },
  {
    name: 'an endpoint of two roles',
    files: { ...good, 'metadata.yaml': `${good['metadata.yaml']}requires: {db: {interface: sql}}\n` },
    text: 'error: metadata.yaml: endpoint "db" stands more than once among provides, requires and peers',
  },
  {
    name: 'a reserved name',
    files: { ...good, 'metadata.yaml': `${good['metadata.yaml']}requires: {juju-x: {interface: sql}}\n` },
    text: 'error: charm "w" using a reserved relation name: "juju-x"',
  },
  {
    name: 'storage that is not there',
    files: {
      ...good,
      'metadata.yaml': 'name: w\ncontainers: {box: {mounts: [{storage: certs, location: /certs}]}}\n',
    },
    text: 'error: metadata.yaml: container "box" mounts storage "certs", which is not there',
  },
  {
    name: 'an image that no container runs',
    files: { ...good, 'metadata.yaml': 'name: w\nresources: {image: {type: oci-image}}\n' },
    text: 'warning: metadata.yaml: no container runs the image of resource "image"',
  },
  {
    name: 'a directory that is no charm',
    files: { dispatch: '', 'manifest.yaml': '' },
    text: 'is no charm: there is no metadata.yaml in it',
  },
])('finds $name', async ({ files, text }) => {
  write(files);
  const found = await lintCharm(directory);
  expect(found.map((finding) => `${finding.level}: ${finding.text}`)).toEqual([expect.stringContaining(text)]);
});

test('finds a program that cannot be executed, and a link that leaves the charm', async () => {
  write({ ...good, dispatch: undefined });
  write({ dispatch: '#!/bin/sh\n' }, 0o644);
  symlinkSync('/etc/hostname', join(directory, 'out'));
  symlinkSync('dispatch', join(directory, 'in'));
  expect(await lintCharm(directory)).toEqual([
    { level: 'error', text: 'dispatch: it cannot be executed (chmod +x dispatch)' },
    { level: 'error', text: 'out: is a symbolic link that leaves the charm, which Juju refuses' },
  ]);
});

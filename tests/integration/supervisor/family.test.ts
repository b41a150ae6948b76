import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { familyMembers, startVariable } from '../../../src/supervisor/process/family.ts';
import { mountNamespace } from '../../../src/supervisor/process/proc.ts';
import { whyNoNamespace } from '../foreign/why-no-namespace.ts';
import { eventually } from './run-supervisor.ts';

const impossible = await whyNoNamespace();
const bin = mkdtempSync(join(tmpdir(), 'family-'));
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(bin, { recursive: true }));

/** Somebody's process in a mount namespace of its own, and that namespace's name. */
async function elsewhere(env: Record<string, string>): Promise<{ pid: number; namespace: string }> {
  const child = spawn('unshare', ['--user', '--map-root-user', '--mount', 'sleep', '1000'], {
    env: { PATH: process.env.PATH, ...env },
  });
  started.push(child);
  const pid = child.pid as number;
  const namespace = await eventually('a namespace of its own', () => {
    const name = mountNamespace(pid);
    return name === mountNamespace('self') ? undefined : (name ?? undefined);
  });
  return { pid, namespace };
}

/** A start whose processes are gone; what it was known by the kernel may have given to others. */
const gone = { pid: 2 ** 22, start: 'mine', bin };

test.skipIf(impossible)('a start of another service in a namespace of the same name is not meant', async () => {
  const { pid, namespace } = await elsewhere({ [startVariable]: 'theirs' });
  expect(familyMembers({ ...gone, mountNamespace: namespace })).toEqual([]);
  expect(familyMembers({ ...gone, mountNamespace: namespace, pid })).toEqual([]);
});

test.skipIf(impossible)('nor is a process without a variable that does not see this supervisor there', async () => {
  const { namespace } = await elsewhere({});
  expect(familyMembers({ ...gone, mountNamespace: namespace })).toEqual([]);
});

test('who carries the variable is meant, wherever it is', async () => {
  const child = spawn('sleep', ['1000'], { env: { PATH: process.env.PATH, [startVariable]: 'mine' }, detached: true });
  started.push(child);
  await eventually('the member', () => familyMembers({ ...gone, mountNamespace: null }).includes(child.pid as number));
});

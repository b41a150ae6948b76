import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyTree } from '../../../src/controller/copy-tree.ts';

test('a copy has the modes, the times of change and the links of what was copied', async () => {
  const root = mkdtempSync(join(tmpdir(), 'copy-tree-'));
  try {
    const [from, to] = [join(root, 'from'), join(root, 'to')];
    mkdirSync(join(from, 'src'), { recursive: true });
    writeFileSync(join(from, 'src/charm.py'), 'import ops\n');
    chmodSync(join(from, 'src/charm.py'), 0o755);
    utimesSync(join(from, 'src/charm.py'), 1_700_000_000, 1_600_000_000);
    symlinkSync('src/charm.py', join(from, 'dispatch'));
    await copyTree(from, to);
    const { mode, mtimeMs } = lstatSync(join(to, 'src/charm.py'));
    expect([mode & 0o777, mtimeMs]).toEqual([0o755, 1_600_000_000_000]);
    expect(readlinkSync(join(to, 'dispatch'))).toBe('src/charm.py');
  } finally {
    rmSync(root, { recursive: true });
  }
});

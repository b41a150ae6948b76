import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command, System } from './system.ts';

test('a verb finds the controller of its data directory whatever runtime directory the environment names', async () => {
  const runtime = mkdtempSync(join(tmpdir(), 'run-'));
  const system = new System({ env: { XDG_RUNTIME_DIR: runtime } });
  try {
    await system.do('status');
    const { XDG_RUNTIME_DIR: _, ...bare } = system.env;
    const pid = system.controllerPid();
    const ran = await command(process.execPath, ['src/bin/charmlet.ts', 'status'], { env: bare });
    expect(ran).toMatchObject({ code: 0 });
    expect(system.controllerPid()).toBe(pid);

    // As after a reboot: the processes and the runtime directory are gone, the data directory still points there.
    process.kill(pid, 'SIGKILL');
    rmSync(runtime, { recursive: true });
    mkdirSync(runtime, { mode: 0o700 });
    await system.do('status');
    expect(system.controllerPid()).not.toBe(pid);
  } finally {
    await system.close();
    rmSync(runtime, { recursive: true, force: true });
  }
});

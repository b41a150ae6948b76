import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Namespace } from '../../../src/supervisor/workload/namespace.ts';

/** Null where mount namespaces can be had, else why not (said aloud). */
export async function whyNoNamespace(): Promise<string | null> {
  const dir = mkdtempSync(join(tmpdir(), 'view-'));
  try {
    const namespace = new Namespace({ dir, overlay: null, places: [{ at: '/charm/containers', directory: dir }] });
    namespace.prepare();
    const why = await namespace.whyImpossible();
    if (why !== null) console.warn(`skipped: charms cannot be given a /charm of their own here: ${why}`);
    return why;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

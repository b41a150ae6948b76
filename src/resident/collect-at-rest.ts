import { flushCompileCache } from 'node:module';
import { constants, PerformanceObserver } from 'node:perf_hooks';

/**
 * Collects garbage once `quietMs` after the process has worked, from its start on, and keeps what was compiled meanwhile.
 * V8 itself collects when memory is wanted; a process that has done its work and waits wants none, and would keep what
 * its start or its last burst has left. Does nothing in a Node that was started without `--expose-gc`.
 */
export function collectAtRest(quietMs = 20_000): void {
  const { gc } = globalThis;
  if (!gc) return;
  const collect = (): void => {
    flushCompileCache();
    gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    worked.observe({ entryTypes: ['gc'] });
  };
  // Whoever allocates has the young generation collected: that is what work looks like from here.
  const worked = new PerformanceObserver((list) => {
    if (!list.getEntries().some(isMinor)) return;
    worked.disconnect();
    setTimeout(collect, quietMs).unref();
  });
  setTimeout(collect, quietMs).unref();
}

function isMinor(entry: object): boolean {
  return (entry as { detail?: { kind?: number } }).detail?.kind === constants.NODE_PERFORMANCE_GC_MINOR;
}

import type { Invocation } from '../verb.ts';

/**
 * Draws again after every change of the model, and at the latest after `intervalMs`, until the signal of the call is
 * aborted or the controller ends. On a terminal the screen is rewritten; elsewhere the pictures follow each other.
 */
export async function drawLive(call: Invocation, intervalMs: number, picture: () => Promise<string>): Promise<void> {
  let wake = () => {};
  let changed = false;
  const ended = new AbortController();
  const onEvent = () => {
    changed = true;
    wake();
  };
  const watching = call.client.call('watch', {}, { onEvent, signal: AbortSignal.any([call.signal, ended.signal]) });
  let failure: unknown;
  let over = false;
  watching
    .catch((error: unknown) => {
      failure = error;
    })
    .finally(() => {
      over = true;
      wake();
    });
  try {
    while (!over) {
      changed = false;
      draw(call, await picture());
      if (over || changed) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, intervalMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  } finally {
    ended.abort();
  }
  if (failure && !call.signal.aborted) throw failure;
}

function draw(call: Invocation, text: string): void {
  if (!call.stdout.isTTY) {
    call.out(`${text}\n`);
    return;
  }
  const rows = call.stdout.rows ?? 24;
  const lines = text.trimEnd().split('\n');
  const shown = lines.length < rows ? lines : lines.slice(0, rows - 1);
  call.out(`\x1b[H${shown.map((line) => `${line}\x1b[K`).join('\n')}\n\x1b[J`);
}

import { isUtf8 } from 'node:buffer';
import type { ProcessEnd } from './process.ts';

/**
 * What a task reports: the keys that the action set, and how its process ended. Output that is no UTF-8 is given in
 * base64 and named so, as in Juju. `refused` is why the action's writes were not taken, or null.
 */
export function actionResults(
  set: Readonly<Record<string, unknown>>,
  end: ProcessEnd | undefined,
  refused: string | null,
): Record<string, unknown> {
  const results: Record<string, unknown> = { ...set };
  if (end) {
    results['return-code'] = end.exitCode ?? -1;
    addOutput(results, 'stdout', end.stdout);
    addOutput(results, 'stderr', end.stderr);
  }
  if (refused !== null) {
    results.stderr = typeof results.stderr === 'string' ? `${results.stderr}\n${refused}` : refused;
    results['return-code'] = Number(results['return-code'] ?? 0) || 1;
  }
  return results;
}

function addOutput(results: Record<string, unknown>, name: 'stdout' | 'stderr', output: Buffer): void {
  if (output.length === 0) {
    return;
  }
  const text = completeCharacters(output);
  if (isUtf8(text)) {
    results[name] = text.toString();
  } else {
    results[name] = output.toString('base64');
    results[`${name}-encoding`] = 'base64';
  }
}

/** Without a character that was cut in two where the kept output ends. */
function completeCharacters(output: Buffer): Buffer {
  for (let cut = 1; cut <= 3 && cut < output.length; cut++) {
    const byte = output[output.length - cut]!;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > cut ? output.subarray(0, -cut) : output;
    }
    if (byte < 0x80) {
      return output;
    }
  }
  return output;
}

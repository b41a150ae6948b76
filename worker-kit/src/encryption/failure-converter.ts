/**
 * Loaded by path, in the worker's thread and inside the workflows' sandbox: it may import nothing else.
 */
import { DefaultFailureConverter } from '@temporalio/common';

/**
 * Moves the messages and stack traces of failures into a payload, which the codec encrypts like any other. Without it,
 * an error that quotes an argument would stand in the server's history in plain text. Clients of every SDK read it.
 *
 * A workflow bundle is built once and runs with encryption or without; the worker tells the sandbox which (`worker-options.ts`).
 */
class PrivateFailureConverter extends DefaultFailureConverter {
  constructor() {
    super({ encodeCommonAttributes: !('__temporalWorkerKitPlainFailures' in globalThis) });
  }
}

export const failureConverter = new PrivateFailureConverter();

import type { PebbleApiError } from '../../../src/pebble/client.ts';

/** What a call was refused with, as status and text; `accepted` when it was not. */
export function refusalOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'accepted',
    (error: PebbleApiError) => `${error.statusCode} ${error.message}`,
  );
}
